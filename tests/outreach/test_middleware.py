"""What surrounds every page: one transaction with one actor, no copy kept anywhere, and strict headers."""

import logging
import threading
from collections.abc import Iterator

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import OperationalError, connection, connections
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from outreach.kernel.db import NOBODY, SYSTEM_ACTOR, acting_as, current_actor
from outreach.models import Buurt, Role, User
from outreach.views import context
from tests import factories
from tests.access_table import ROOMS
from tests.outreach import visits

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.outreach.probe_urls")]


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """The errors are made on purpose."""
    monkeypatch.setattr(logging.getLogger("django.request"), "disabled", True)


def _client(user: User | None = None, **options: object) -> Client:
    made = Client(raise_request_exception=False, **options)
    if user is not None:
        made.force_login(user)
    return made


# --- the actor and the transaction ---


def test_a_request_acts_as_its_user_and_the_next_one_does_not():
    team = factories.team("Noord", buurten=["BU1", "BU2"])
    walker = factories.user(Role.BUURTTEAM, team=team)
    seen = _client(walker).get("/wie/").json()
    assert seen == {"id": str(walker.pk), "kind": "buurtteam", "team": str(team.pk), "areas": ["BU1", "BU2"]}
    # On this same connection nothing of it is left, even before the next request says who it is.
    assert current_actor() == NOBODY
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('bereik.actor', true), current_setting('bereik.buurten', true)"
        )
        assert not any(cursor.fetchone())
    assert _client().get("/iedereen/").json()["kind"] == ""


def test_who_is_inactive_or_has_no_role_acts_as_nobody():
    inactive = factories.user(Role.TEAMLEIDER)
    client = _client(inactive)
    User.objects.filter(pk=inactive.pk).update(is_active=False)
    assert client.get("/wie/").status_code == 302
    without = User.objects.create_superuser(username="root", password=factories.PASSWORD)
    assert _client(without).get("/wie/").json()["kind"] == ""


@pytest.mark.parametrize("how", ["200", "302", "403", "404"])
def test_what_a_page_wrote_stays_also_when_it_refuses(how):
    """What was seen before somebody was refused has been seen: its line in the audit stays."""
    assert _client().get(f"/schrijf/{how}/").status_code == int(how)
    assert Buurt.objects.exists()


@pytest.mark.parametrize("how", ["500", "503", "raise"])
def test_an_error_takes_back_all_that_the_page_wrote(how):
    assert _client().get(f"/schrijf/{how}/").status_code == (503 if how == "503" else 500)
    assert not Buurt.objects.exists()


def test_a_view_that_reads_for_minutes_holds_no_transaction():
    assert _client().get("/alleen/").json() == {"inside": False}


def test_two_teams_on_the_same_connections_never_see_each_other(unblocked):
    """Each thread keeps its connection, as a server does, and serves both teams in turn."""
    handover = factories.handover()
    teams = {name: factories.team(name, buurten=[f"BU{name}"]) for name in ("Noord", "Zuid")}
    for name in teams:
        place = {"street": f"{name}straat", "buurt_code": f"BU{name}"}
        factories.candidacy(factories.household(in_handover=handover, **place))
    round_ = visits.visit_round(handover, ["stadspas"])
    with acting_as(SYSTEM_ACTOR):
        pages = {one.team.name: reverse("looplijst", args=[one.pk]) for one in round_.looplijsten.all()}
    clients = {name: _client(factories.user(Role.BUURTTEAM, team=team)) for name, team in teams.items()}
    wrong: list[str] = []

    def serves(turns: int) -> None:
        for turn in range(turns):
            own, other = ("Noord", "Zuid") if turn % 2 else ("Zuid", "Noord")
            client = Client()
            client.cookies = clients[own].cookies.copy()
            text = client.get(pages[own]).content.decode()
            if f"{own}straat" not in text or f"{other}straat" in text:
                wrong.append(f"{own} in turn {turn}")
            if client.get(pages[other]).status_code != 404:
                wrong.append(f"{own} opened the list of {other}")
        connections.close_all()

    threads = [threading.Thread(target=serves, args=(20,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


# --- headers ---


def _answers() -> Iterator[tuple[str, HttpResponse]]:
    """Pages, redirects, files and errors of every kind."""
    roles = (Role.TEAMLEIDER, Role.APPLICATIEBEHEERDER, Role.FUNCTIONEEL_BEHEERDER)
    clients = {"visitor": _client(), **{role.value: _client(factories.user(role)) for role in roles}}
    pages = {row.page for rows in ROOMS.values() for row in rows if row.method == "GET" and not row.args}
    addresses = [reverse(page) for page in sorted(pages)]
    addresses += ["/bestaat/niet/", "/wie", "/schrijf/403/", "/schrijf/503/", "/schrijf/raise/"]
    for who, client in clients.items():
        for address in addresses:
            yield f"{who} {address}", client.get(address)
    yield "wrong host", _client().get("/", headers={"host": "elders.example"})
    yield "no token", _client(enforce_csrf_checks=True).post(reverse("account_login"))
    yield "wrong method", clients[Role.TEAMLEIDER].delete(reverse("rounds"))


def _headers(response: HttpResponse) -> dict[str, str]:
    return {name.lower(): value for name, value in response.headers.items()}


def _lacks(response: HttpResponse) -> list[str]:
    """The headers that are missing or too loose."""
    headers = _headers(response)
    policy = headers.get("content-security-policy", "")
    rules = {
        "policy": "default-src 'none'" in policy and "unsafe" not in policy and "*" not in policy,
        "frames": "frame-ancestors 'none'" in policy and headers.get("x-frame-options") == "DENY",
        "sniffing": headers.get("x-content-type-options") == "nosniff",
        "referrer": headers.get("referrer-policy") == "same-origin",
    }
    return [name for name, holds in rules.items() if not holds]


def _file() -> HttpResponse:
    """The logo, which is one of the files beside the pages."""
    response = _client().get("/static/img/logo.svg")
    response.close()
    return response


def test_every_answer_has_strict_headers_also_an_error():
    statuses, wrong = set(), []
    for name, response in _answers():
        statuses.add(response.status_code)
        wrong += [f"{name} ({response.status_code}): {lack}" for lack in _lacks(response)]
    assert wrong == []
    assert statuses >= {200, 301, 302, 400, 403, 404, 405, 500, 503}


def test_a_file_and_the_step_to_https_have_them_too(settings):
    assert _lacks(_file()) == []
    settings.SECURE_SSL_REDIRECT = True
    response = _client().get("/")
    assert response.status_code == 301
    assert _lacks(response) == []


def test_when_the_database_is_gone_the_page_says_so_with_the_same_headers(monkeypatch):
    def gone(actor: object) -> None:
        raise OperationalError("proef")

    client = _client(factories.user(Role.TEAMLEIDER))
    monkeypatch.setattr("outreach.middleware.set_actor", gone)
    response = client.get(reverse("home"))
    assert response.status_code == 500
    assert _lacks(response) == []
    assert "Er ging iets mis" in response.content.decode()


def test_no_cache_keeps_a_page():
    """Also not what says that something is refused or broken; only files may be kept."""
    wrong = []
    for name, response in _answers():
        headers = _headers(response)
        kept = "no-store" not in headers.get("cache-control", "")
        mixed = "hx-request" not in headers.get("vary", "").lower()
        if kept or mixed:
            wrong.append(f"{name}: {headers.get('cache-control')}, {headers.get('vary')}")
    assert wrong == []
    assert "no-store" not in _headers(_file()).get("cache-control", "")


# --- what the frame shows ---


def test_the_menu_is_of_the_role_and_at_most_five():
    expected = {
        Role.BUURTTEAM: ["Looplijsten", "Taken", "Zoeken"],
        Role.CONSULENT: ["Looplijsten", "Taken", "Zoeken", "Werkvoorraad", "Meer"],
        Role.TEAMLEIDER: ["Looplijsten", "Taken", "Zoeken", "Werkvoorraad", "Meer"],
        Role.APPLICATIEBEHEERDER: ["Rondes", "Brieven", "Leveringen", "Koppelingen", "Meer"],
        Role.FUNCTIONEEL_BEHEERDER: ["Medewerkers", "Beheer"],
        Role.PRIVACY_OFFICER: ["Beheer", "Afmelden met BSN"],
        Role.COMMUNICATIEADVISEUR: ["Brieven", "Briefteksten"],
        Role.ANALIST: ["Rapport"],
        Role.JURIDISCH_ADVISEUR: ["Grondslagen", "Delen", "Ontzegelen"],
        Role.DRUKKER: [],
    }
    for role, labels in expected.items():
        user = factories.user(role, team=factories.team() if role == Role.BUURTTEAM else None)
        found = _client(user).get("/").context["menu"]
        assert [item["label"] for item in found] == labels, role
        assert len(found) <= context.MOST_ITEMS


def test_what_does_not_fit_in_the_menu_is_one_step_further(monkeypatch):
    user = factories.user(Role.APPLICATIEBEHEERDER)
    client = _client(user)
    monkeypatch.setattr(context, "MOST_ITEMS", 3)
    found = client.get("/").context["menu"]
    assert [(item["label"], item["current"]) for item in found] == [
        ("Rondes", False),
        ("Brieven", False),
        ("Meer", False),
    ]
    more = client.get(reverse("places"))
    assert more.context["menu"][2]["current"]
    for label in ("Rondes", "Brieven", "Leveringen", "Koppelingen", "Kalender", "Delen"):
        assert f">{label}</a>" in more.content.decode()
    assert "Aanvragen" not in more.content.decode()
    assert client.get(reverse("deliveries")).context["menu"][2]["current"]


@pytest.mark.parametrize(
    ("page", "label"),
    [("rounds", "Rondes"), ("round_new", "Rondes"), ("deliveries", "Leveringen"), ("runs", "Koppelingen")],
)
def test_the_menu_marks_where_one_is(page, label):
    client = _client(factories.user(Role.APPLICATIEBEHEERDER))
    marked = [item["label"] for item in client.get(reverse(page)).context["menu"] if item["current"]]
    assert marked == [label]
    assert not any(item["current"] for item in client.get("/").context["menu"])


def test_a_page_of_a_room_that_is_not_there_is_left_out(monkeypatch, rf):
    item = context.Item("bestaat_niet", "Nergens", context.Permission.LETTER_SEE, "Niets.")
    monkeypatch.setattr(context, "MENU", (item, *context.MENU))
    request = rf.get("/")
    request.resolver_match = None
    request.user = factories.user(Role.COMMUNICATIEADVISEUR)
    assert [found["label"] for found in context.menu(request)] == ["Brieven", "Briefteksten"]
    request.user = AnonymousUser()
    assert context.menu(request) == []
    assert context.account(request) == {}


def test_the_frame_says_who_and_for_which_team():
    walker = factories.user(Role.BUURTTEAM, team=factories.team("Buurtteam Noord"))
    page = _client(walker).get("/")
    assert dict(page.context["account"]) == {"name": "Sam de Wit", "role": "Buurtteam · Buurtteam Noord"}
    assert f"Bereik {context.VERSION}" in page.content.decode()
