"""What a browser is told with every answer of the site as a municipality runs it, files and errors too."""

import datetime
import json
import logging
from collections.abc import Iterator

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from outreach.kernel import clock
from outreach.models import Role, User
from tests import factories
from tests.access_table import ROOMS, Row
from tests.outreach import production
from tests.outreach.test_access import places  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.outreach.probe_urls")]

# What decides of headers and cookies; the values come from a process of the site itself.
NAMES = (
    *("SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE"),
    *("SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS", "SECURE_HSTS_INCLUDE_SUBDOMAINS", "SECURE_HSTS_PRELOAD"),
)
READ = f"""
import json, django
from django.conf import settings
print(json.dumps({{name: getattr(settings, name) for name in {NAMES!r}}}))
"""
FIXED = {
    "permissions-policy": "camera=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "x-frame-options": "DENY",
    "strict-transport-security": "includeSubDomains",
}


@pytest.fixture(scope="module")
def real() -> dict[str, object]:
    read = production.run("-c", READ)
    assert read.returncode == 0, read.stderr
    return json.loads(read.stdout)


@pytest.fixture(autouse=True)
def as_in_production(settings, real, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in real.items():
        setattr(settings, name, value)
    settings.ALLOWED_HOSTS = ["testserver"]
    monkeypatch.setattr("celery.app.task.Task.apply_async", lambda *args, **kwargs: None)
    for name in ("django.request", "django.security.DisallowedHost", "django.security.csrf"):
        monkeypatch.setattr(logging.getLogger(name), "disabled", True)


def client_of(user: User | None = None, **options: object) -> Client:
    made = Client(raise_request_exception=False, **options)
    if user is not None:
        made.force_login(user)
    return made


def wrong(name: str, response: HttpResponse) -> Iterator[str]:
    """What is missing or too loose, a line each."""
    headers = {key.lower(): value for key, value in response.headers.items()}
    told = f"{name} ({response.status_code})"
    for header, part in FIXED.items():
        if part not in headers.get(header, ""):
            yield f"{told}: {header} is {headers.get(header)}"
    policy = headers.get("content-security-policy", "")
    if not ("default-src 'none'" in policy and "frame-ancestors 'none'" in policy):
        yield f"{told}: content-security-policy is {policy}"
    if "unsafe" in policy or "*" in policy:
        yield f"{told}: loose content-security-policy"
    for cookie in response.cookies.values():
        if not cookie.key.startswith("__Host-") or not cookie["secure"] or cookie["domain"]:
            yield f"{told}: cookie {cookie.key}"
        # Django takes a cookie away without the mark; there is nothing in it then.
        seen_by_scripts = not cookie["httponly"] and cookie.value != ""
        if cookie["path"] != "/" or seen_by_scripts or cookie["samesite"] not in ("Lax", "Strict"):
            yield f"{told}: cookie {cookie.key}"


def kept(name: str, response: HttpResponse) -> Iterator[str]:
    """A page that a cache may keep."""
    if "no-store" not in response.headers.get("Cache-Control", ""):
        yield f"{name} ({response.status_code}): {response.headers.get('Cache-Control')}"


def ask(row: Row, places: dict[str, object], client: Client) -> HttpResponse:  # noqa: F811
    address = reverse(row.page, args=[places.get(name, name) for name in row.args])
    form = "application/x-www-form-urlencoded"
    return client.generic(row.method, address, row.sent, content_type=form, secure=True)


@pytest.mark.parametrize("room", ROOMS)
def test_every_address_answers_with_all_of_it(room, places):  # noqa: F811
    """As a visitor, as somebody who may, and as somebody who may not."""
    team = factories.team("Zuid", buurten=["BU9"])
    users = {role: factories.user(role, team=team if role == Role.BUURTTEAM else None) for role in Role}
    found: list[str] = []
    for row in ROOMS[room]:
        refused = sorted(set(Role) - row.roles)[:1]
        for who in (None, *sorted(row.roles)[:1], *refused):
            response = ask(row, places, client_of(users.get(who)))
            name = f"{row.method} {row.page} as {who}"
            found += [*wrong(name, response), *kept(name, response)]
    assert found == []


def errors() -> Iterator[tuple[str, HttpResponse]]:
    """What never reaches a view, or breaks in one."""
    leader = client_of(factories.user(Role.TEAMLEIDER))
    manager = client_of(factories.user(Role.APPLICATIEBEHEERDER))
    yield "another host", client_of().get("/", headers={"host": "elders.example"}, secure=True)
    yield "no token", client_of(enforce_csrf_checks=True).post(reverse("account_login"), secure=True)
    yield "another method", leader.delete(reverse("rounds"), secure=True)
    yield "another method on a file", client_of().post("/static/img/logo.svg", secure=True)
    yield "nowhere", leader.get("/bestaat/niet/", secure=True)
    yield "no such file", client_of().get("/static/bestaat/niet.css", secure=True)
    yield "nowhere in the API", client_of().get("/api/drukwerk/v1/niets", secure=True)
    yield "no token of a program", client_of().post("/oauth/token", secure=True)
    yield "nowhere in the registers", manager.get("/beheer/niets/", secure=True)
    yield "too many fields", leader.post(reverse("sign_in"), {f"v{n}": "" for n in range(2000)}, secure=True)
    upload = {"CONTENT_LENGTH": str(10**13), "CONTENT_TYPE": "multipart/form-data; boundary=grens"}
    bijstand = reverse("delivery_upload") + "?bron=bijstand&jaar=2025&peildatum=2026-03-01"
    yield "too big", manager.generic("POST", bijstand, b"", secure=True, **upload)
    for how in ("403", "404", "503", "raise"):
        yield how, leader.get(f"/schrijf/{how}/", secure=True)


def test_an_error_answers_with_all_of_it():
    found, statuses = [], set()
    for name, response in errors():
        statuses.add(response.status_code)
        # A file is for everybody.
        found += [*wrong(name, response), *(() if "file" in name else kept(name, response))]
    assert found == []
    assert statuses >= {400, 403, 404, 405, 413, 500, 503}


def test_a_file_answers_with_all_of_it_and_may_be_kept():
    response = client_of().get("/static/img/logo.svg", secure=True)
    response.close()
    assert response.status_code == 200
    assert [*wrong("file", response)] == []
    assert [*kept("file", response)]


@pytest.mark.parametrize(
    "taken",
    [
        "csp.middleware.CSPMiddleware",
        "outreach.middleware.BrowserRightsMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
        "django.middleware.security.SecurityMiddleware",
    ],
)
def test_what_is_taken_away_is_noticed(settings, taken):
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if name != taken]
    assert [*wrong("page", client_of().get("/account/login/", secure=True))]


def test_a_cookie_that_another_site_could_set_is_noticed(settings):
    settings.SESSION_COOKIE_NAME = "sessie"
    client = client_of(factories.user(Role.CONSULENT))
    assert [*wrong("page", client.get("/", secure=True))]


def test_without_tls_nothing_is_answered_but_the_way_to_it():
    response = client_of().get("/rondes/")
    assert (response.status_code, response.headers["Location"]) == (301, "https://testserver/rondes/")
    assert [line for line in wrong("redirect", response) if "strict-transport" not in line] == []


def test_signing_in_and_saying_something_leaves_cookies_of_this_host_alone():
    user = factories.user(Role.CONSULENT)
    client = client_of()
    client.get(reverse("account_login"), secure=True)
    sent = {"login": user.username, "password": factories.PASSWORD}
    assert client.post(reverse("account_login"), sent, secure=True).status_code == 302
    client.post(reverse("own_settings"), {"daily_mail": "on"}, secure=True)
    assert set(client.cookies) <= {"__Host-sessie", "__Host-csrf"}
    assert "__Host-sessie" in client.cookies


# --- security.txt ---


def test_who_finds_a_weakness_knows_where_to_go(settings):
    settings.GEMEENTE_BEVEILIGING = "https://gemeente.example/kwetsbaarheid"
    settings.SITE_URL = "https://bereik.gemeente.example/"
    answer = client_of().get("/.well-known/security.txt", secure=True)
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    lines = dict(line.split(": ", 1) for line in answer.content.decode().splitlines())
    assert lines["Contact"] == "https://gemeente.example/kwetsbaarheid"
    assert lines["Canonical"] == "https://bereik.gemeente.example/.well-known/security.txt"
    left = datetime.datetime.fromisoformat(lines["Expires"]) - clock.now()
    assert datetime.timedelta(days=30) < left < datetime.timedelta(days=365)


# --- the questions of `check --deploy` ---

AT_MUNICIPALITY = {
    "OIDC_ISSUER": "https://gemeente.example",
    "OIDC_CLIENT_ID": "bereik",
    "OIDC_CLIENT_SECRET": "geheim",
    "OIDC_ACR": "substantieel",
}


def check(**changed: str) -> tuple[int, str]:
    done = production.run("-m", "django", "check", "--deploy", "--fail-level", "WARNING", **changed)
    return done.returncode, done.stdout + done.stderr


def test_a_site_as_operations_describes_it_passes_every_check():
    code, said = check(**AT_MUNICIPALITY)
    assert code == 0, said


def test_a_site_that_chose_to_have_no_scanner_passes_too():
    code, said = check(**AT_MUNICIPALITY, CLAMD_ADDRESS="", NO_VIRUS_SCANNER="1")
    assert code == 0, said


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"INSECURE_COOKIES": "1"}, "outreach.E001"),
        ({"DEMO_PASSWORD": "x"}, "outreach.E003"),
        ({"ALLOWED_HOSTS": "*"}, "outreach.E004"),
        ({"ALLOWED_HOSTS": "localhost"}, "outreach.E004"),
        ({"GEMEENTE_BEVEILIGING": "bel ons"}, "outreach.E005"),
        ({"DATABASE_URL": "postgres://koppel:x@db.example/bereik"}, "outreach.E002"),
        ({**AT_MUNICIPALITY, "OIDC_ISSUER": "http://gemeente.example"}, "outreach.E006"),
        ({"GEMEENTE_FG": ""}, "outreach.E007"),
        ({"GEMEENTE_VERANTWOORDELIJKE": ""}, "outreach.E007"),
        ({"CLAMD_ADDRESS": ""}, "outreach.E008"),
        ({"NO_VIRUS_SCANNER": "1"}, "outreach.E008"),
        ({**AT_MUNICIPALITY, "OIDC_ACR": ""}, "OIDC_ACR"),
        ({"SECRET_KEY": "kort"}, "security.W009"),
        ({"DEBUG": "1"}, "security.W018"),
    ],
)
def test_what_is_not_ready_for_others_fails_the_check(changed, told):
    code, said = check(**changed)
    assert code != 0
    assert told in said
