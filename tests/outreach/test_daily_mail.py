"""The daily mail: counts and nothing else, once a day, to who wants it, and one bad address stops nobody."""

import datetime
import logging
from collections.abc import Sequence
from smtplib import SMTPRecipientsRefused

import pytest
import time_machine
from django.core import mail
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.core.management import call_command
from django.template.loader import render_to_string
from django.test import Client

from letters.texts import language
from outreach.actions import daily_mail, tasks
from outreach.actions.tasks import ToDo
from outreach.kernel.db import acting_as
from outreach.models import DailyMail, Household, Role, User
from outreach.models.task import TaskKind
from outreach.tasks import send_daily_mail
from tests import factories
from tests.roles import as_role

pytestmark = pytest.mark.django_db
MONDAY = datetime.date(2026, 11, 23)
BAD = "weg@example.org"


class Picky(BaseEmailBackend):
    """Refuses one address, and says it aloud as a mail server does."""

    def send_messages(self, messages: Sequence[EmailMessage]) -> int:
        for message in messages:
            if BAD in message.to:
                raise SMTPRecipientsRefused({BAD: (550, b"no such user")})
            mail.outbox.append(message)
        return len(messages)


@pytest.fixture(autouse=True)
def mails(settings):
    settings.SENDS_MAIL = True
    settings.SITE_URL = "https://bereik.example"
    settings.DEFAULT_FROM_EMAIL = "bereik@gemeente.example"


@pytest.fixture
def household() -> Household:
    adult = factories.person(given_names="Mirjam", family_name="Vlinderveen")
    return factories.household(adults=[adult], street="Zonnebloemlaan", house_number=4711, postcode="1098ZQ")


def somebody(email: str = "sam@example.org", role: Role = Role.CONSULENT, **fields: object) -> User:
    user = factories.user(role)
    User.objects.filter(pk=user.pk).update(email=email, **fields)
    return User.objects.get(pk=user.pk)


def give_late_task(to: User, household: Household, text: str = "") -> None:
    by = factories.user(Role.CONSULENT)
    todo = ToDo(TaskKind.CALL_BACK, MONDAY - datetime.timedelta(days=3), text)
    with acting_as(by.actor()):
        tasks.make(household=household, todo=todo, to=to, by=by)


def receivers() -> list[str]:
    return sorted(address for one in mail.outbox for address in one.to)


def test_it_counts_what_waits_and_says_where(household):
    user = somebody()
    give_late_task(user, household)
    assert daily_mail.send(MONDAY) == 1
    (sent,) = mail.outbox
    assert sent.to == ["sam@example.org"]
    assert "Je hebt 1 melding die je nog niet hebt gelezen." in sent.body
    assert "Er is 1 taak te laat." in sent.body
    assert "https://bereik.example/meldingen/" in sent.body


def test_nothing_about_anybody_is_in_it(household):
    user = somebody()
    give_late_task(user, household, "Mirjam Vlinderveen belt terug, zie 123456782")
    with time_machine.travel(datetime.datetime(2026, 11, 23, 6, 1, tzinfo=datetime.UTC), tick=False):
        send_daily_mail()
    (sent,) = mail.outbox
    said = f"{sent.subject}\n{sent.body}\n{sent.extra_headers}".lower()
    for secret in ("mirjam", "vlinderveen", "zonnebloem", "4711", "1098", "123456782", str(household.pk)):
        assert secret not in said
    for regeling in ("stadspas", "bijstand", "toeslag"):
        assert regeling not in said


def test_who_has_nothing_or_wants_none_or_has_no_address_gets_none(household):
    somebody("niets@example.org")
    for index, fields in enumerate(
        ({"daily_mail": False}, {"is_active": False}, {"email": ""}, {"role": ""})
    ):
        user = somebody(f"{index}@example.org")
        give_late_task(user, household)
        User.objects.filter(pk=user.pk).update(**fields)
    assert daily_mail.send(MONDAY) == 0
    assert mail.outbox == []


def test_there_is_one_a_day_however_often_the_clock_rings(household):
    user = somebody()
    give_late_task(user, household)
    assert [daily_mail.send(MONDAY) for _ in range(3)] == [1, 0, 0]
    assert daily_mail.send(MONDAY + datetime.timedelta(days=1)) == 1
    assert len(mail.outbox) == 2


def test_a_worker_that_died_in_between_sends_none_that_day_and_never_two(household, monkeypatch):
    user = somebody()
    give_late_task(user, household)

    class Killed(BaseException):
        pass

    def dies(self: EmailMessage) -> int:
        raise Killed

    monkeypatch.setattr(EmailMessage, "send", dies)
    with pytest.raises(Killed):
        daily_mail.send(MONDAY)
    monkeypatch.undo()
    assert daily_mail.send(MONDAY) == 0
    with as_role("migrate"):
        assert DailyMail.objects.count() == 1


def test_no_mail_in_the_weekend_or_where_none_is_sent(household, settings):
    give_late_task(somebody(), household)
    assert daily_mail.send(MONDAY - datetime.timedelta(days=1)) == 0
    settings.SENDS_MAIL = False
    assert daily_mail.send(MONDAY) == 0


def test_one_bad_address_stops_nobody_and_is_not_logged(household, settings, caplog):
    settings.EMAIL_BACKEND = f"{__name__}.Picky"
    bad, good = somebody(BAD), somebody("goed@example.org")
    for user in (bad, good):
        give_late_task(user, household)
    with caplog.at_level(logging.ERROR):
        assert daily_mail.send(MONDAY) == 1
    assert receivers() == ["goed@example.org"]
    assert f"user {bad.pk} failed: SMTPRecipientsRefused" in caplog.text
    assert BAD not in caplog.text
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert daily_mail.send(MONDAY) == 1, "a later beat of the morning sends what failed"
    assert receivers() == ["goed@example.org", BAD]


def test_one_turns_it_off_and_on_oneself():
    user = somebody()
    client = Client()
    client.force_login(user)
    assert "sam@example.org" in client.get("/instellingen/").content.decode()
    for sent, on in (({}, False), ({"daily_mail": "on"}, True)):
        assert client.post("/instellingen/", sent).status_code == 302
        assert User.objects.get(pk=user.pk).daily_mail is on


def test_the_page_says_when_no_mail_goes_out(settings):
    settings.SENDS_MAIL = False
    client = Client()
    client.force_login(somebody())
    assert "Deze gemeente verstuurt nu geen mail" in client.get("/instellingen/").content.decode()


@pytest.mark.parametrize(("password", "said"), [("", True), ("demo", False)])
def test_the_start_says_that_no_mail_is_sent_and_does_not_stop(settings, capsys, password, said):
    settings.SENDS_MAIL, settings.DEMO_PASSWORD = False, password
    call_command("check", fail_level="WARNING")
    assert ("outreach.I001" in capsys.readouterr().err) is said


def test_the_words_are_plain():
    text = render_to_string(
        "outreach/daily_mail.txt", {"unread": 12, "late": 3, "notifications_url": "", "settings_url": ""}
    )
    assert language.faults([line for line in text.splitlines() if line.strip()]) == []
