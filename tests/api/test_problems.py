"""Every answer has its headers and every error is a problem, also what never reaches a view."""

import pytest
from django.core.exceptions import SuspiciousOperation
from django.http import HttpResponse, JsonResponse
from django.test import Client
from django.test.utils import override_settings
from django.urls import get_resolver
from redis.exceptions import RedisError

from letters.api import BASE, VERSION, batches, problems, throttles
from letters.api.base import ApiView
from letters.api.urls import urlpatterns
from tests.api import calling
from tests.letters import rounds
from tests.outreach.test_access import patterns

pytestmark = pytest.mark.django_db
HEADERS = {
    "API-Version": VERSION,
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Frame-Options": "DENY",
}


def _nobody(**options: object) -> Client:
    return Client(raise_request_exception=False, **options)


def _has_headers(answer) -> None:
    assert {name: answer[name] for name in HEADERS} == HEADERS
    assert len(answer["X-Request-Id"]) == 36
    assert not answer.cookies


def _paths() -> list[str]:
    """Every address of the API, with something in each place."""
    found = [route for name, route in patterns(get_resolver().url_patterns) if name.startswith("api_")]
    filled = {"nummer:nummer": "1", "maand:maand": "2026-03"}
    paths = []
    for route in found:
        path = "/" + route
        for place, text in filled.items():
            path = path.replace(f"<{place}>", text)
        while "<uuid:" in path:
            begin, rest = path.split("<uuid:", 1)
            path = f"{begin}6f1b7f0e-9a52-4a55-8a5b-7c3f0f0b5f10{rest.split('>', 1)[1]}"
        paths.append(path)
    return paths


def test_no_address_ends_in_a_slash_and_none_is_sent_on(api):
    paths = _paths()
    assert len(paths) == len(urlpatterns) + 1
    for path in paths:
        for method in ("GET", "PUT", "POST"):
            answer = api.call(method, f"{path}/") if path.startswith("/api") else _nobody().post(f"{path}/")
            calling.problem(answer, 404, "niet-gevonden")
            assert "Location" not in answer


def test_without_a_token_everything_but_the_document_is_closed():
    for path in _paths():
        if path.startswith("/oauth"):
            continue
        answer = _nobody().get(path)
        if path.endswith("openapi.json"):
            assert answer.status_code == 200
            assert answer["Access-Control-Allow-Origin"] == "*"
        else:
            calling.problem(answer, 401, "token-ongeldig")
            assert answer["WWW-Authenticate"] == 'Bearer realm="drukwerk"'
        _has_headers(answer)


def test_a_session_of_the_site_opens_nothing():
    browser = _nobody()
    browser.force_login(rounds.leader())
    calling.problem(browser.get(f"{BASE}/partijen"), 401, "token-ongeldig")


@pytest.mark.parametrize(
    "path", ["/api", "/api/", "/api/drukwerk/v2/partijen", "/api/drukwerk/v1", "/api/%ff/x", "/api/jansen/"]
)
def test_what_does_not_exist_says_so(path):
    answer = _nobody().get(path)
    assert "jansen" not in str(calling.problem(answer, 404, "niet-gevonden"))
    _has_headers(answer)


def test_the_headers_are_on_good_answers_too(api):
    batch = rounds.released(1)
    good = api.get(f"/partijen/{batch.pk}")
    for answer in (
        good,
        api.get(f"/partijen/{batch.pk}", If_None_Match=good["ETag"]),
        api.get(f"{calling.part_path(batch.parts.get())}/document"),
        api.get("/partijen/6f1b7f0e-9a52-4a55-8a5b-7c3f0f0b5f10"),
        api.call("DELETE", "/partijen"),
    ):
        _has_headers(answer)
        assert answer["RateLimit-Limit"]
        assert "text/html" not in answer["Content-Type"] if "Content-Type" in answer else True


def test_a_method_that_is_not_there_names_those_that_are(api):
    for method in ("DELETE", "PATCH", "POST", "OPTIONS", "TRACE"):
        answer = api.call(method, "/partijen")
        calling.problem(answer, 405, "methode-niet-toegestaan")
        assert answer["Allow"] == "GET, HEAD"
    calling.problem(_nobody().get("/oauth/token"), 405, "methode-niet-toegestaan")


def test_what_we_do_not_take_and_do_not_give_is_said(api):
    calling.problem(api.get("/partijen", Accept="text/html"), 406, "accept-niet-mogelijk")
    answer = api.post("/statusmeldingen/_batch", b"a=1", Content_Type="application/x-www-form-urlencoded")
    calling.problem(answer, 415, "type-niet-ondersteund")


@pytest.mark.parametrize(
    "body", [b"{", b"\xff\xfe", b"[NaN]", b'{"requests": NaN}', b"[" * 100_000, b"1" * 5000, b"\x00"]
)
def test_what_is_no_json_is_refused(api, body):
    answer = api.post("/statusmeldingen/_batch", body, Content_Type="application/json; charset=raar")
    calling.problem(answer, 400, "ongeldige-invoer")


def test_too_large_a_body_is_not_read(api):
    answer = api.post("/statusmeldingen/_batch", b"0" * (2 * 1024**2 + 1), Content_Type="application/json")
    calling.problem(answer, 413, "bestand-te-groot")
    _has_headers(answer)


@pytest.mark.parametrize("query", ["?onzin=1", "?limiet=0", "?limiet=201", "?limiet=x", "?status=weg"])
def test_what_a_list_is_not_asked_is_refused(api, query):
    assert calling.problem(api.get(f"/partijen{query}"), 400, "ongeldige-invoer")["errors"]


def test_what_goes_wrong_with_us_says_nothing_of_it(api, monkeypatch):
    for error, status, code in (
        (RuntimeError("Jansen, Dorpsstraat 1"), 500, "interne-fout"),
        (SuspiciousOperation("Jansen"), 400, "ongeldige-invoer"),
    ):

        def fails(*args: object, error: Exception = error) -> None:
            raise error

        monkeypatch.setattr(batches, "own_batches", fails)
        answer = api.get("/partijen")
        assert "Jansen" not in str(calling.problem(answer, status, code))
        _has_headers(answer)


def test_what_goes_wrong_in_another_middleware_is_a_problem_too(monkeypatch):
    def fails(self: object, request: object) -> None:
        raise RuntimeError("Jansen")

    monkeypatch.setattr("outreach.middleware.ActorMiddleware.__call__", fails)
    answer = _nobody().get(f"{BASE}/partijen")
    assert "Jansen" not in str(calling.problem(answer, 500, "interne-fout"))
    _has_headers(answer)


def test_a_host_that_is_not_ours_is_a_problem_too():
    calling.problem(
        _nobody().get(f"{BASE}/partijen", headers={"Host": "elders.example"}), 400, "ongeldige-invoer"
    )


@override_settings(SECURE_SSL_REDIRECT=True)
def test_without_tls_nothing_is_sent_on():
    answer = _nobody().get(f"{BASE}/openapi.json")
    calling.problem(answer, 404, "niet-gevonden")
    assert "Location" not in answer


def test_a_page_keeps_its_own_errors():
    answer = _nobody().get("/bestaat-niet/")
    assert answer.status_code == 404
    assert answer["Content-Type"].startswith("text/html")
    assert "API-Version" not in answer


def test_the_number_of_a_request_may_be_the_callers_own(api):
    number = "6f1b7f0e-9a52-4a55-8a5b-7c3f0f0b5f10"
    answer = api.get("/geen", X_Request_Id=number)
    assert (answer["X-Request-Id"], answer.json()["requestId"]) == (number, number)
    assert api.get("/partijen", X_Request_Id="x\u00b2")["X-Request-Id"] != "x\u00b2"


def test_a_view_that_asks_no_scope_is_closed(api, rf):
    class Forgotten(ApiView):
        def get(self, request: object) -> None:
            raise AssertionError

    request = rf.get("/", headers={"Authorization": f"Bearer {api.token}"})
    answer = Forgotten.as_view()(request)
    assert (answer.status_code, answer["Content-Type"]) == (403, problems.CONTENT_TYPE)


def test_too_many_calls_are_told_when_to_come_back(api, settings):
    settings.API_CALLS_PER_MINUTE = 2
    other = calling.caller(rounds.vendor("Een andere drukker"))
    answers = [api.get("/partijen") for _ in range(4)]
    # A minute may end between two of them.
    refused = [one for one in answers if one.status_code == 429]
    assert refused
    for answer in refused:
        calling.problem(answer, 429, "te-vaak")
        assert 1 <= int(answer["Retry-After"]) <= 60
        assert answer["RateLimit-Remaining"] == "0"
        _has_headers(answer)
    assert other.get("/partijen").status_code == 200


def test_a_lost_counter_refuses_nobody(api, settings, monkeypatch):
    settings.API_CALLS_PER_MINUTE = 1

    class Gone:
        def add(self, *args: object, **kwargs: object) -> None:
            raise RedisError

    monkeypatch.setattr(throttles, "cache", Gone())
    assert [api.get("/partijen").status_code for _ in range(3)] == [200] * 3


@pytest.mark.parametrize("word", [rounds.SURNAME, "gerststraat 1", "1980-03-10", "19800310", "10-3-1980"])
def test_a_name_or_date_of_birth_in_an_answer_would_be_seen(word):
    """Every call of these tests looks for them: in addresses, headers and bodies."""
    for told in (JsonResponse({"detail": word}), HttpResponse(headers={"Location": f"/x/{word}"})):
        with pytest.raises(AssertionError):
            calling.names_nobody("/x", told)
    with pytest.raises(AssertionError):
        calling.names_nobody(f"/x/{word}", HttpResponse())
