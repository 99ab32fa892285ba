"""How long a sign-in lasts: what somebody does puts off its end, what a page does by itself does not."""

import datetime
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver

from outreach.kernel import clock
from outreach.models import Role
from tests import factories
from tests.outreach import visits
from tests.outreach.test_drafts import client_of, filled, page

pytestmark = pytest.mark.django_db
URL = "/aanmelding/"
SOON = 90


@pytest.fixture
def walker():
    return factories.user(Role.BUURTTEAM, team=factories.team())


@pytest.fixture
def stop(walker):
    return visits.items(visits.list_of(walker.team, visits.streets(1)))[0]


def end_soon(client: Client) -> None:
    Session.objects.filter(pk=client.session.session_key).update(
        expire_date=clock.now() + datetime.timedelta(seconds=SOON)
    )


def left(client: Client) -> int:
    return client.get(URL).json()["seconden"]


def test_asking_how_long_puts_off_nothing(walker):
    client = client_of(walker)
    end_soon(client)
    assert SOON - 5 <= left(client) <= SOON
    assert SOON - 5 <= left(client) <= SOON
    assert settings.SESSION_COOKIE_NAME not in client.get(URL).cookies


def test_one_click_puts_off_the_end(walker):
    client = client_of(walker)
    end_soon(client)
    answer = client.post(URL)
    assert answer.json()["seconden"] == settings.SESSION_COOKIE_AGE
    assert answer.json()["wie"] == walker.pk
    assert left(client) > settings.SESSION_COOKIE_AGE - 5


def test_keeping_a_draft_does_not_keep_somebody_signed_in(walker, stop):
    client = client_of(walker)
    fields = filled(client.get(page(stop)))
    end_soon(client)
    client.post(f"/huishoudens/{stop.household_id}/concept/", fields)
    assert left(client) <= SOON
    client.get(page(stop))
    assert left(client) > SOON


def test_a_page_says_how_long_and_for_whom_and_the_page_to_sign_in_does_not(walker):
    text = client_of(walker).get("/looplijsten/").content.decode()
    assert f'data-session-seconds="{settings.SESSION_COOKIE_AGE}"' in text
    assert "data-session" not in Client().get("/account/login/").content.decode()


@pytest.mark.parametrize("url", ["/account/logout/", "/beheer/logout/"])
def test_signing_out_clears_what_the_browser_kept(url):
    client = client_of(factories.user(Role.FUNCTIONEEL_BEHEERDER))
    assert client.post(url).headers["Clear-Site-Data"] == '"cache", "storage"'
    assert "Clear-Site-Data" not in client.get("/account/login/").headers


def test_with_the_browser_of_before_nothing_is_shown_after_signing_out(walker, stop):
    client = client_of(walker)
    assert client.get(page(stop)).headers["Cache-Control"] == "no-store"
    client.post("/account/logout/")
    assert client.get(page(stop)).url.startswith("/account/login/")


def test_what_a_page_asks_by_itself_keeps_nobody_signed_in():
    """Each address that a page asks over and over; a page with a long job would never sign its user out."""
    asked = {
        pattern.name: getattr(pattern.callback, "in_background", frozenset())
        for pattern in _patterns(get_resolver().url_patterns)
        if pattern.name and pattern.name.endswith("_progress")
    }
    assert len(asked) >= 5
    assert set(asked.values()) == {frozenset({"GET"})}


@pytest.mark.parametrize("url", ["/sw.js", "/geen-verbinding/"])
def test_what_the_browser_asks_for_an_app_names_nobody_and_writes_nothing(walker, url):
    client = client_of(walker)
    end_soon(client)
    with CaptureQueriesContext(connection) as queries:
        assert Client().get(url).status_code == 200
    assert len(queries) == 0
    assert walker.username not in client.get(url).content.decode()
    assert left(client) <= SOON


def _patterns(found: list[URLPattern | URLResolver]) -> Iterator[URLPattern]:
    for one in found:
        if isinstance(one, URLPattern):
            yield one
        else:
            yield from _patterns(one.url_patterns)
