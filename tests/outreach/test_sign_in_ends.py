"""When a sign-in ends: after doing nothing, after a day's work, and when its user is not who he was."""

import datetime
import re
from collections.abc import Callable

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client

from outreach import sessions
from outreach.kernel import clock
from outreach.models import Role, User
from tests import factories
from tests.outreach.test_drafts import client_of
from tests.roles import as_role

pytestmark = pytest.mark.django_db
DAY = datetime.datetime(2026, 3, 2, 8, tzinfo=datetime.UTC)
SITE, REGISTERS = "/instellingen/", "/beheer/"


def later(minutes: float) -> time_machine.travel:
    return time_machine.travel(DAY + datetime.timedelta(minutes=minutes), tick=False)


def is_in(client: Client, place: str = SITE) -> bool:
    response = client.get(place)
    assert response.status_code == 200 or response.headers["Location"].startswith(
        ("/account/", "/beheer/login")
    )
    return response.status_code == 200


@pytest.fixture
def manager() -> User:
    return factories.user(Role.FUNCTIONEEL_BEHEERDER)


@pytest.fixture
def client(manager: User) -> Client:
    """Somebody who signs in at eight in the morning."""
    with later(0):
        return client_of(manager)


@pytest.mark.parametrize(("place", "minutes"), [(SITE, 30), (REGISTERS, 15)])
def test_who_does_nothing_is_signed_out(client, place, minutes):
    with later(1):
        assert is_in(client, place)
    with later(minutes + 0.9):
        assert is_in(client, place)
    with later(2 * minutes + 0.8):
        assert is_in(client, place)
    with later(3 * minutes + 1):
        assert not is_in(client, place)
    with later(3 * minutes + 1.1):
        assert not is_in(client, SITE)


def test_after_doing_nothing_elsewhere_the_registers_are_shut_as_well(client):
    with later(1):
        assert is_in(client, SITE)
    with later(17):
        assert not is_in(client, REGISTERS)
        assert not is_in(client, SITE)


def test_who_left_the_registers_has_the_time_of_the_site_again(client):
    with later(1):
        assert is_in(client, REGISTERS)
    with later(10):
        assert is_in(client, SITE)
    with later(35):
        assert is_in(client, SITE)


@pytest.mark.parametrize("place", [SITE, REGISTERS])
def test_a_day_is_over_after_ten_hours_also_for_who_works_on(client, place):
    for minutes in range(10, 600, 10):
        with later(minutes):
            assert is_in(client, place)
    with later(595):
        assert client.post("/aanmelding/").json()["seconden"] == 300
    with later(600.1):
        assert not is_in(client, place)


def test_a_page_of_the_registers_warns_before_its_own_quarter_of_an_hour_is_over(client):
    """What stays in is asked there: at the address of the other pages it would count as work outside."""
    with later(1):
        text = client.get(REGISTERS).content.decode()
    assert 'data-session-seconds="900"' in text
    assert 'data-session-warn="120"' in text
    (where,) = set(re.findall(r'data-session-url="([^"]+)"', text))
    assert "js/session" in text
    assert text.count("data-session-stay") == 1
    with later(14):
        assert client.get(where).json()["seconden"] == 120
    with later(15):
        assert client.get(where).json()["seconden"] == 60
        assert client.post(where).json()["seconden"] == 900
    with later(29):
        assert is_in(client, REGISTERS)
    with later(45):
        assert not is_in(client, REGISTERS)


def test_a_page_says_the_seconds_that_hold_there(client):
    with later(590):
        Session.objects.update(expire_date=clock.now() + datetime.timedelta(minutes=5))
        text = client.get(SITE).content.decode()
    assert 'data-session-seconds="600"' in text


def test_changing_ones_own_password_makes_no_new_day(client, manager):
    with later(1):
        fresh = "een heel ander lang wachtwoord"
        sent = {"oldpassword": factories.PASSWORD, "password1": fresh, "password2": fresh}
        assert client.post("/account/password/change/", sent).status_code == 302
        manager.refresh_from_db()
        assert manager.check_password(fresh)
        assert is_in(client)
    with later(1.5):
        assert client.session[sessions.BEGAN] == DAY.timestamp()


# --- its user is not who he was ---

CHANGES: dict[str, Callable[[User], object]] = {
    "role": lambda user: User.objects.filter(pk=user.pk).update(role=Role.CONSULENT),
    "no role": lambda user: User.objects.filter(pk=user.pk).update(role=""),
    "team": lambda user: User.objects.filter(pk=user.pk).update(team=factories.team("Ander")),
    "active": lambda user: User.objects.filter(pk=user.pk).update(is_active=False),
    "superuser": lambda user: User.objects.filter(pk=user.pk).update(is_superuser=True),
    "password": lambda user: (user.set_password("een lang wachtwoord van een ander"), user.save()),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_ends_all_sign_ins_of_that_user_and_of_no_other(change):
    user, other = factories.user(Role.TEAMLEIDER), client_of(factories.user(Role.TEAMLEIDER))
    desk, phone = client_of(user), client_of(user)
    assert is_in(desk)
    CHANGES[change](user)
    assert not is_in(desk)
    assert not is_in(phone)
    assert is_in(other)
    # Who was put out of work is nobody, and Django leaves his sessions to end by themselves.
    if change != "active":
        assert str(user.pk) not in {one.get_decoded().get("_auth_user_id") for one in Session.objects.all()}


def test_back_in_the_old_role_the_old_sign_in_stays_gone():
    user = factories.user(Role.TEAMLEIDER)
    client = client_of(user)
    CHANGES["role"](user)
    assert not is_in(client)
    User.objects.filter(pk=user.pk).update(role=Role.TEAMLEIDER)
    assert not is_in(client)


def _there_and_back(user: User, **changes: object) -> None:
    rows = User.objects.filter(pk=user.pk)
    was = rows.values(*changes).get()
    rows.update(**changes)
    rows.update(**was)


THERE_AND_BACK: dict[str, Callable[[User], object]] = {
    "role": lambda user: _there_and_back(user, role=Role.CONSULENT),
    "team": lambda user: _there_and_back(user, team=None),
    "active": lambda user: _there_and_back(user, is_active=False),
    "superuser": lambda user: _there_and_back(user, is_superuser=True),
    "group": lambda user: (user.groups.create(name="Proef"), user.groups.clear()),
}


@pytest.mark.parametrize("change", THERE_AND_BACK)
def test_what_was_changed_and_put_back_between_two_requests_ends_the_sign_in(change):
    user = factories.user(Role.TEAMLEIDER, team=factories.team("Eigen"))
    client, other = client_of(user), client_of(factories.user(Role.TEAMLEIDER))
    assert is_in(client)
    with as_role("migrate"):
        THERE_AND_BACK[change](user)
    assert not is_in(client)
    assert is_in(other)


def test_without_the_counter_somebody_who_was_put_back_stays_in():
    user = factories.user(Role.TEAMLEIDER)
    client = client_of(user)
    with as_role("migrate"), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE outreach_user DISABLE TRIGGER tel_rechten")
    try:
        THERE_AND_BACK["role"](user)
        assert is_in(client)
    finally:
        with as_role("migrate"), connection.cursor() as cursor:
            cursor.execute("ALTER TABLE outreach_user ENABLE TRIGGER tel_rechten")


def test_the_counter_only_grows_whatever_is_written():
    user = factories.user(Role.TEAMLEIDER)
    rows = User.objects.filter(pk=user.pk)
    rows.update(role=Role.CONSULENT)
    rows.update(standing=0)
    assert rows.get().standing == 1


def test_what_says_nothing_of_his_rights_ends_nothing():
    user = factories.user(Role.TEAMLEIDER)
    client = client_of(user)
    User.objects.filter(pk=user.pk).update(daily_mail=False, first_name="Bea", last_login=clock.now())
    assert is_in(client)


# --- a session of one's own ---


def test_signing_in_makes_a_new_session_and_the_one_of_before_opens_nothing():
    user, client = factories.user(Role.TEAMLEIDER), Client()
    client.get("/account/login/")
    session = client.session
    session["proef"] = "van een ander"
    session.save()
    client.cookies["sessie"] = session.session_key
    sent = {"login": user.username, "password": factories.PASSWORD}
    assert client.post("/account/login/", sent).status_code == 302
    assert client.cookies["sessie"].value != session.session_key
    assert not Session.objects.filter(pk=session.session_key).exists()
    thief = Client()
    thief.cookies["sessie"] = session.session_key
    assert not is_in(thief)
