"""Who watches over the data of residents is told what waits for him, once, and is led to it."""

import datetime
from collections.abc import Iterable

import pyrage
import pytest
from django.test import Client
from django.urls import reverse

from eligibility.actions import agreements
from eligibility.models import Bron
from letters.actions import storage
from optout.actions import notices
from optout.models import PublicNotice
from outreach import tasks
from outreach.actions import destruction, oversight, role_reviews
from outreach.actions.destruction import Due
from outreach.kernel import clock
from outreach.kernel.db import acting_as
from outreach.models import Notification, Role, User
from outreach.models.destruction import RetentionKind
from outreach.models.notification import NotificationKind as Kind
from tests import factories
from tests.eligibility import destroying
from tests.roles import as_role

pytestmark = pytest.mark.django_db

OLD = Due("7", datetime.date(2020, 1, 1), "Levering 7: Bijstand")


@pytest.fixture
def officer() -> User:
    return factories.user(Role.PRIVACY_OFFICER)


@pytest.fixture
def beheerder() -> User:
    return factories.user(Role.FUNCTIONEEL_BEHEERDER)


@as_role("migrate")
def told() -> list[tuple[int, str, int]]:
    return sorted(Notification.objects.values_list("user", "kind", "about"))


def opened(user: User) -> str:
    """Where the one melding of this user leads."""
    client = Client()
    client.force_login(user)
    with acting_as(user.actor()):
        melding = Notification.objects.get(user=user)
    assert melding.get_kind_display() in client.get(reverse("notifications")).content.decode()
    return client.post(reverse("notification", args=[melding.pk]))["Location"]


def sources(*found: Due, of: str = "levering") -> dict:
    """Nothing of any kind is old, but for these."""
    none: Iterable[Due] = ()
    return {kind: lambda cutoff, kind=kind: found if kind == of else none for kind in RetentionKind}


def test_what_is_past_its_term_and_on_no_list_is_told_to_who_makes_lists(officer, beheerder):
    factories.user(Role.CONSULENT)
    rule = destroying.rule()
    oversight.tell_terms(sources())
    assert told() == []
    oversight.tell_terms(sources(OLD))
    oversight.tell_terms(sources(OLD))
    both = {officer.pk, beheerder.pk}
    assert {user for user, kind, about in told() if (kind, about) == (Kind.TERM_OVER, rule.pk)} >= both
    client = Client()
    client.force_login(officer)
    assert "Levering van een bron: 24 maanden" in client.get(reverse("notifications")).content.decode()
    assert opened(officer) == reverse("admin:outreach_destructionlist_add")


def test_what_stands_on_a_list_or_is_held_is_not_told(officer):
    somebody = Due(str(factories.person().pk), OLD.since, "Persoon")
    old = sources(somebody, of="persoon")
    destroying.rule("persoon")
    made = destroying.draft([somebody.subject], "persoon")
    oversight.tell_terms(old)
    assert [kind for _, kind, _ in told() if kind == Kind.TERM_OVER] == []
    with acting_as(made.asked_by.actor()):
        destruction.withdraw(of=made, by=made.asked_by)
    with acting_as(officer.actor()):
        hold = destruction.place_hold(kind="persoon", subject=somebody.subject, reason="Zaak 12", by=officer)
    oversight.tell_terms(old)
    assert [kind for _, kind, _ in told() if kind == Kind.TERM_OVER] == []
    with acting_as(officer.actor()):
        destruction.lift_hold(hold=hold, by=officer)
    oversight.tell_terms(old)
    assert [kind for _, kind, _ in told() if kind == Kind.TERM_OVER]


def test_a_new_list_is_told_to_who_may_approve_it_and_not_to_who_asked(officer):
    other = factories.user(Role.PRIVACY_OFFICER)
    made = destroying.draft(["7"], asker=other)
    waits = {user for user, kind, about in told() if (kind, about) == (Kind.LIST_WAITS, made.pk)}
    assert officer.pk in waits
    assert other.pk not in waits
    assert opened(officer) == reverse("admin:outreach_destructionlist_change", args=[made.pk])


@pytest.mark.parametrize("days", [0, 1])
def test_a_list_that_is_not_carried_out_is_told(officer, days, monkeypatch):
    made = destroying.approve(destroying.draft(["7"]))
    destroying.cool_off(made)
    made.refresh_from_db()
    with as_role("migrate"):
        Notification.objects.all().delete()
    monkeypatch.setattr(clock, "now", lambda: made.execute_from + datetime.timedelta(days=days))
    oversight.tell_stuck_lists()
    oversight.tell_stuck_lists()
    mine = [row for row in told() if row[0] == officer.pk]
    assert mine == ([(officer.pk, Kind.LIST_STUCK, made.pk)] if days else [])


@pytest.mark.parametrize(
    ("day", "last"),
    [("2026-12-16", None), ("2026-12-17", "2026-12-31"), ("2026-03-31", "2026-03-31")],
)
def test_roles_that_nobody_signed_are_told_at_the_end_of_the_quarter(officer, monkeypatch, day, last):
    today = datetime.date.fromisoformat(day)
    monkeypatch.setattr(clock, "today", lambda: today)
    oversight.tell_unsigned_roles()
    oversight.tell_unsigned_roles()
    if last is None:
        assert told() == []
        return
    assert [row[:2] for row in told()] == [(officer.pk, Kind.ROLES_UNSIGNED)]
    assert opened(officer) == reverse("admin:audit_roles")


def test_roles_that_were_signed_are_not_told(officer, monkeypatch):
    with acting_as(officer.actor()):
        role_reviews.sign(sha256=role_reviews.current().sha256, remark="", by=officer)
    today = clock.today()
    monkeypatch.setattr(clock, "today", lambda: oversight.end_of_quarter(today))
    oversight.tell_unsigned_roles()
    assert told() == []


@pytest.mark.parametrize(
    ("day", "last"),
    [("2026-01-01", "2026-03-31"), ("2026-11-30", "2026-12-31"), ("2028-02-29", "2028-03-31")],
)
def test_the_last_day_of_a_quarter(day: str, last: str):
    found = oversight.end_of_quarter(datetime.date.fromisoformat(day))
    assert found == datetime.date.fromisoformat(last)


def _notice(day: datetime.date) -> PublicNotice:
    sealed = pyrage.encrypt(b"%PDF-1.7", [storage.identity().to_public()])
    return PublicNotice.objects.create(
        medium="Krant", published_on=day, scan=sealed, scan_name="x", registered_by=factories.user()
    )


@pytest.fixture
def asked_for():
    """A bron that asks for a notice."""
    Bron.objects.filter(pk="aio").update(notice_required=True)
    yield
    Bron.objects.filter(pk="aio").update(notice_required=False)


@pytest.mark.parametrize(("left", "told_of"), [(61, False), (60, True), (0, True), (-1, False)])
def test_a_notice_that_is_nearly_too_old_is_told(officer, asked_for, monkeypatch, left, told_of):
    made = _notice(datetime.date(2026, 3, 1))
    assert notices.last_day(made) == datetime.date(2027, 3, 1)
    monkeypatch.setattr(clock, "today", lambda: notices.last_day(made) - datetime.timedelta(days=left))
    agreements.tell_notice_ends()
    agreements.tell_notice_ends()
    assert told() == ([(officer.pk, Kind.NOTICE_ENDS, made.pk)] if told_of else [])
    if told_of:
        assert opened(officer) == reverse("admin:optout_publicnotice_add")


def test_a_notice_that_no_bron_asks_for_or_that_another_follows_is_not_told(officer, asked_for, monkeypatch):
    made = _notice(datetime.date(2026, 3, 1))
    monkeypatch.setattr(clock, "today", lambda: datetime.date(2027, 2, 1))
    Bron.objects.update(notice_required=False)
    agreements.tell_notice_ends()
    Bron.objects.filter(pk="aio").update(notice_required=True)
    _notice(made.published_on + datetime.timedelta(days=120))
    agreements.tell_notice_ends()
    assert told() == []


def test_the_last_day_of_a_notice_of_the_29th_of_february():
    assert notices.last_day(PublicNotice(published_on=datetime.date(2028, 2, 29))) == datetime.date(
        2029, 2, 28
    )


def test_the_sweep_of_the_morning_tells_all_of_it(officer, asked_for, monkeypatch):
    _notice(datetime.date(2026, 3, 15))
    monkeypatch.setattr(clock, "today", lambda: datetime.date(2026, 12, 30))
    destroying.rule()
    tasks.sweep_oversight()
    assert {kind for _, kind, _ in told()} == {Kind.ROLES_UNSIGNED}
    monkeypatch.setattr(clock, "today", lambda: datetime.date(2027, 2, 20))
    tasks.sweep_oversight()
    assert {kind for _, kind, _ in told()} == {Kind.ROLES_UNSIGNED, Kind.NOTICE_ENDS}
