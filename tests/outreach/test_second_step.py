"""Nobody gets anywhere on a password alone, whichever way he tries."""

import io
import logging

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.conf import settings as site
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from outreach.actions import sign_ins
from outreach.audit import Event
from outreach.forms.codes import MfaAdapter
from outreach.management.demo import people
from outreach.models import Role, User
from outreach.sessions import SECOND_STEP
from tests import factories
from tests.access_table import ROOMS
from tests.outreach.test_access import nobody_is_told, places  # noqa: F401
from tests.outreach.test_drafts import client_of
from tests.outreach.visits import AuditTail
from tests.second_step import code_for, code_of, give_app, not_code_of

pytestmark = pytest.mark.django_db
LOGIN, CODE, SET_UP = "/account/login/", "/account/2fa/authenticate/", "/account/2fa/totp/activate/"
#: What somebody who is half signed in may still do, beside what is for everybody.
OPEN = {
    *("mfa_activate_totp", "account_reauthenticate", "mfa_reauthenticate"),
    *("account_logout", "admin:logout"),
}


@pytest.fixture(autouse=True)
def no_tries_of_before() -> None:
    cache.clear()


@pytest.fixture
def user() -> User:
    return factories.user(Role.FUNCTIONEEL_BEHEERDER)


def password(user: User, text: str = factories.PASSWORD, **options: object) -> tuple[Client, HttpResponse]:
    """The first step, in a browser of its own."""
    client = Client()
    return client, client.post(LOGIN, {"login": user.username, "password": text}, **options)


def is_in(client: Client) -> bool:
    return client.get("/instellingen/").status_code == 200


# --- with an app ---


def test_a_password_and_a_code_let_somebody_in(user):
    give_app(user)
    client, answer = password(user)
    assert answer.headers["Location"] == CODE
    assert not is_in(client)
    assert client.post(CODE, {"code": code_of(user)}).status_code == 302
    assert is_in(client)


def test_after_the_password_alone_every_address_is_as_for_a_visitor(user, places):  # noqa: F811
    client, _ = password(give_app(user))
    assert "_auth_user_id" not in client.session
    for row in (row for rows in ROOMS.values() for row in rows if not row.public and not row.program):
        address = reverse(row.page, args=[places.get(name, name) for name in row.args])
        answer = client.generic(row.method, address)
        assert (answer.status_code, answer.headers["Location"].startswith((LOGIN, "/beheer/"))) == (302, True)


def test_a_wrong_code_and_a_code_that_was_used_let_nobody_in(user):
    give_app(user)
    client, _ = password(user)
    assert client.post(CODE, {"code": not_code_of(user)}).status_code == 200
    assert not is_in(client)
    code = code_of(user)
    client.post(CODE, {"code": code})
    assert is_in(client)
    thief, _ = password(user)
    assert thief.post(CODE, {"code": code}).status_code == 200
    assert not is_in(thief)


def test_who_signs_in_and_out_and_who_fails_stands_in_the_audit(user):
    give_app(user)
    audit = AuditTail()
    password(user, "een heel ander wachtwoord")
    client, _ = password(user)
    client.post(CODE, {"code": not_code_of(user)})
    assert audit.lines(Event.SIGNED_IN) == []
    client.post(CODE, {"code": code_of(user)})
    client.post("/account/logout/")
    who, account = str(user.pk), ("account", [str(user.pk)])
    assert audit.lines(Event.SIGN_IN_FAILED) == [
        ("systeem", *account, {"stap": "wachtwoord"}),
        ("systeem", *account, {"stap": "code"}),
    ]
    assert audit.lines(Event.SIGNED_IN) == [(who, *account, {"manier": "wachtwoord"})]
    assert audit.lines(Event.SIGNED_OUT) == [(who, *account, {})]


def test_what_somebody_typed_for_a_name_is_not_written_down():
    audit = AuditTail()
    Client().post(LOGIN, {"login": "mijn geheime wachtwoord", "password": "per ongeluk"})
    assert audit.lines(Event.SIGN_IN_FAILED) == [("systeem", "account", [], {"stap": "wachtwoord"})]


def test_who_lost_his_role_meanwhile_leaves_under_his_own_number(user):
    audit = AuditTail()
    user.role = ""
    sign_ins.told_out(user)
    assert [line[0] for line in audit.lines(Event.SIGNED_OUT)] == [str(user.pk)]


def test_a_recovery_code_works_once(user):
    give_app(user)
    code = RecoveryCodes.activate(user).get_unused_codes()[0]
    for expected in (True, False):
        client, _ = password(user)
        client.post(CODE, {"code": code})
        assert is_in(client) is expected


def test_a_code_of_one_user_does_not_serve_another(user):
    other = give_app(factories.user(Role.CONSULENT))
    client, _ = password(give_app(user))
    client.post(CODE, {"code": code_of(other)})
    assert not is_in(client)


def test_who_guesses_codes_is_stopped(user):
    client, _ = password(give_app(user))
    for _ in range(5):
        client.post(CODE, {"code": not_code_of(user)})
    answer = client.post(CODE, {"code": code_of(user)})
    assert answer.status_code == 200
    assert not is_in(client)


def test_a_session_without_the_step_is_ended_when_its_user_has_an_app(user):
    """Whatever way made that session: the step is asked again from the start."""
    client = client_of(give_app(user))
    session = client.session
    del session[SECOND_STEP]
    session.save()
    assert client.get("/beheer/").headers["Location"] == LOGIN
    assert not Session.objects.filter(pk=session.session_key).exists()


def test_the_step_of_another_user_does_not_count(user):
    client = client_of(give_app(user))
    session = client.session
    session[SECOND_STEP] = str(factories.user(Role.CONSULENT).pk)
    session.save()
    assert client.get("/", headers={"HX-Request": "true"}).status_code == 401


# --- without an app ---


def test_without_an_app_there_is_one_page_on_every_address(user, places):  # noqa: F811
    client, answer = password(user)
    assert answer.status_code == 302
    logging.getLogger("django.request").disabled = True
    wrong = []
    for row in (row for rows in ROOMS.values() for row in rows if not row.public):
        if row.page in OPEN or row.program:
            continue
        address = reverse(row.page, args=[places.get(name, name) for name in row.args])
        answer = client.generic(row.method, address)
        if answer.headers.get("Location") != SET_UP:
            wrong.append(f"{row.method} {row.page}: {answer.status_code}")
    logging.getLogger("django.request").disabled = False
    assert wrong == []
    assert client.get("/", headers={"HX-Request": "true"}).status_code == 401


def test_setting_it_up_lets_somebody_in_with_codes_for_when_his_phone_is_gone(user):
    client, _ = password(user)
    page = client.get(SET_UP)
    secret = page.context["form"].secret
    wrong = client.post(SET_UP, {"code": not_code(secret)})
    assert wrong.status_code == 200
    assert not is_in(client)
    done = client.post(SET_UP, {"code": code_for(secret)})
    assert done.headers["Location"] == "/account/2fa/recovery-codes/"
    assert is_in(client)
    assert "Schrijf deze codes op" in client.get("/account/2fa/recovery-codes/").content.decode()


def not_code(secret: str) -> str:
    return f"{(int(code_for(secret)) + 500_000) % 1_000_000:06}"


def test_another_phone_is_set_up_before_anything_else(user):
    client, _ = password(give_app(user))
    client.post(CODE, {"code": code_of(user)})
    client.post("/account/reauthenticate/", {"password": factories.PASSWORD})
    assert client.post("/account/2fa/totp/deactivate/").status_code == 302
    assert client.get("/instellingen/").headers["Location"] == SET_UP
    assert client.get(SET_UP).status_code == 200


def test_what_makes_the_codes_is_not_readable_in_the_database(user):
    secret = "JBSWY3DPEHPK3PXP"
    give_app(user)
    Authenticator.objects.filter(user=user).update(data={"secret": MfaAdapter().encrypt(secret)})
    with connection.cursor() as cursor:
        cursor.execute("SELECT data::text FROM mfa_authenticator")
        assert secret not in cursor.fetchone()[0]
    client, _ = password(user)
    client.post(CODE, {"code": code_for(secret)})
    assert is_in(client)


# --- a phone that is lost ---


def test_a_colleague_takes_the_app_off_an_account_and_its_sign_ins_end(user):
    lost, other = give_app(factories.user(Role.CONSULENT)), give_app(factories.user(Role.CONSULENT))
    inside, manager = client_of(lost), client_of(give_app(user))
    audit = AuditTail()
    sent = {"action": "loosen_code_app", "_selected_action": [lost.pk, user.pk]}
    assert manager.post(reverse("admin:outreach_user_changelist"), sent).status_code == 302
    assert set(Authenticator.objects.values_list("user_id", flat=True)) == {other.pk, user.pk}
    assert not is_in(inside)
    assert [line[1:3] for line in audit.lines(Event.CODE_APP_LOOSENED)] == [("gebruiker", [str(lost.pk)])]


def test_who_only_looks_at_the_registers_cannot(user):
    lost = give_app(factories.user(Role.CONSULENT))
    officer = client_of(factories.user(Role.PRIVACY_OFFICER))
    sent = {"action": "loosen_code_app", "_selected_action": [lost.pk]}
    officer.post(reverse("admin:outreach_user_changelist"), sent)
    assert Authenticator.objects.filter(user=lost).exists()


def test_the_operator_can_when_no_manager_gets_in(user):
    give_app(user)
    call_command("code_app_los", user.username, stdout=io.StringIO())
    assert not Authenticator.objects.exists()
    with pytest.raises(CommandError):
        call_command("code_app_los", user.username)


# --- the demo ---


def test_the_demo_has_an_app_for_everybody_and_a_command_shows_its_code():
    people.make_people([], factories.PASSWORD)
    people.make_people([], factories.PASSWORD)
    assert Authenticator.objects.count() == len(people.USERS)
    anna = User.objects.get(username="anna")
    shown = io.StringIO()
    call_command("code", "anna", stdout=shown)
    client, _ = password(anna)
    client.post(CODE, {"code": shown.getvalue()[:6]})
    assert is_in(client)


def test_that_command_shows_nothing_elsewhere(settings, user):
    give_app(user)
    with pytest.raises(CommandError):
        call_command("code", "niemand")
    settings.DEMO_PASSWORD = ""
    with pytest.raises(CommandError):
        call_command("code", user.username)


# --- tries of a password ---


def test_wrong_passwords_stop_who_tries_and_not_the_user_elsewhere(user):
    give_app(user)
    for _ in range(5):
        password(user, "dit is het niet, nee", REMOTE_ADDR="203.0.113.9")
    _, stopped = password(user, REMOTE_ADDR="203.0.113.9")
    assert stopped.status_code == 200
    _, home = password(user, REMOTE_ADDR="198.51.100.7")
    assert home.headers.get("Location") == CODE


def test_a_header_that_anybody_can_send_gives_no_new_tries(user):
    give_app(user)
    for number in range(5):
        password(user, "dit is het niet, nee", HTTP_X_FORWARDED_FOR=f"203.0.113.{number}")
    _, stopped = password(user, HTTP_X_FORWARDED_FOR="203.0.113.99")
    assert stopped.status_code == 200
    assert site.ALLAUTH_TRUSTED_PROXY_COUNT == site.TRUSTED_PROXIES == 0


def test_behind_a_proxy_of_ours_the_address_is_the_one_it_was_called_from(user, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    give_app(user)
    for number in range(5):
        password(user, "dit is het niet, nee", HTTP_X_FORWARDED_FOR=f"10.0.0.{number}, 203.0.113.9")
    _, stopped = password(user, HTTP_X_FORWARDED_FOR="10.0.0.99, 203.0.113.9")
    _, home = password(user, HTTP_X_FORWARDED_FOR="203.0.113.9, 198.51.100.7")
    assert (stopped.status_code, home.status_code) == (200, 302)
