"""Each guard of destruction refuses raw SQL, and is noticed when it is taken away."""

import datetime
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import DatabaseError, connections, transaction
from pytest_django import Settings

from eligibility.models import Delivery
from outreach.actions import destruction
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import DestructionList, LegalHold, RetentionRule, Role, User
from tests import factories
from tests.eligibility import deliver, destroying
from tests.roles import as_role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("places")]
NUMBERS = [deliver.bsn(20000000 + 10 * step) for step in range(5)]
LONG_AGO = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
TIMES = {"approved_at": LONG_AGO, "execute_from": LONG_AGO + datetime.timedelta(days=7)}


@pytest.fixture(autouse=True)
def log_folder(settings: Settings, tmp_path: Path) -> None:
    settings.DESTRUCTION_FOLDER = tmp_path / "vernietigd"
    settings.DATABASE_FILES = ""


def _delivery() -> Delivery:
    manager = factories.user(Role.APPLICATIEBEHEERDER)
    return deliver.deliver(deliver.client_file(NUMBERS), "bijstand", 2025, by=manager)


def _list(of: list[object] | None = None) -> DestructionList:
    return destroying.draft([1] if of is None else of)


def _approve(of: DestructionList, by: User, **times: object) -> None:
    with acting_as(by.actor()):
        DestructionList.objects.filter(pk=of.pk).update(state="goedgekeurd", approved_by=by, **times)


def _held(kind: str, subject: str) -> None:
    officer = factories.user(Role.PRIVACY_OFFICER)
    with acting_as(officer.actor()):
        LegalHold.objects.create(kind=kind, subject=subject, reason="Bezwaar", placed_by=officer)


def _begin(of: DestructionList) -> None:
    with as_role("koppel"), acting_as(SYSTEM_ACTOR):
        of.items.update(begun_at=clock.now())


# Each gets past its guard, or is refused.


def the_same_person_approves() -> None:
    officer = factories.user(Role.PRIVACY_OFFICER)
    _approve(destroying.draft([1], asker=officer), officer, **TIMES)


def somebody_of_another_role_approves() -> None:
    _approve(_list(), factories.user(Role.TEAMLEIDER), **TIMES)


def somebody_approves_for_another() -> None:
    of, officer = _list(), factories.user(Role.PRIVACY_OFFICER)
    with acting_as(factories.user(Role.FUNCTIONEEL_BEHEERDER).actor()):
        DestructionList.objects.filter(pk=of.pk).update(state="goedgekeurd", approved_by=officer, **TIMES)


def a_week_is_skipped() -> None:
    of = _list()
    _approve(of, factories.user(Role.PRIVACY_OFFICER), **TIMES)
    of.refresh_from_db()
    if of.approved_at.year > LONG_AGO.year:
        raise DatabaseError("the database kept its own time")


def it_begins_before_its_time() -> None:
    _begin(destroying.approve(_list()))


def it_begins_although_it_is_held() -> None:
    of = destroying.approve(_list())
    destroying.cool_off(of)
    _held("levering", "")
    _begin(of)


def a_hold_on_nothing() -> None:
    _held("levering", "4123456789")


def a_hold_comes_after_the_beginning() -> None:
    of = destroying.approve(_list())
    destroying.cool_off(of)
    _begin(of)
    _held("levering", "1")


def a_list_is_done_while_something_is_open() -> None:
    of = destroying.approve(_list())
    destroying.cool_off(of)
    with as_role("koppel"), acting_as(SYSTEM_ACTOR):
        DestructionList.objects.filter(pk=of.pk).update(state="uitgevoerd", executed_at=clock.now())


def a_term_changes_after_it_was_agreed() -> None:
    rule = destroying.rule()
    officer = factories.user(Role.PRIVACY_OFFICER)
    with acting_as(officer.actor()):
        RetentionRule.objects.filter(pk=rule.pk).update(agreed_by=officer)


def the_maker_of_a_term_agrees() -> None:
    maker = factories.user(Role.FUNCTIONEEL_BEHEERDER)
    with acting_as(maker.actor()):
        made = destruction.set_rule(kind="scan", term=1, unit="maanden", ground="Besluit", by=maker)
    with connections["migrate"].cursor() as cursor:
        cursor.execute("UPDATE outreach_user SET role = 'privacy_officer' WHERE id = %s", [maker.pk])
    with acting_as(maker.actor()):
        RetentionRule.objects.filter(pk=made.pk).update(agreed_by=maker, agreed_at=clock.now())


def a_page_says_that_a_delivery_is_gone() -> None:
    one = _delivery()
    with transaction.atomic():
        Delivery.objects.filter(pk=one.pk).update(state="vernietigd")


def what_is_gone_comes_back() -> None:
    one = _delivery()
    destroying.ready([one])
    destroying.carry_out()
    with as_role("koppel"), transaction.atomic():
        Delivery.objects.filter(pk=one.pk).update(state="ingeladen")


def a_list_without_a_term() -> None:
    asker = factories.user(Role.FUNCTIONEEL_BEHEERDER)
    with acting_as(asker.actor()):
        made = destruction.set_rule(kind="scan", term=1, unit="maanden", ground="Besluit", by=asker)
        DestructionList.objects.create(rule=made, kind="scan", cutoff=LONG_AGO, asked_by=asker)


LIST, ITEM, RULE, HOLD = (
    "outreach_destructionlist",
    "outreach_destructionitem",
    "outreach_retentionrule",
    "outreach_legalhold",
)
#: What somebody tries, and what is between: a trigger of a table, or a constraint.
GUARDS: list[tuple[Callable[[], None], str, str]] = [
    (the_same_person_approves, LIST, "destruction_second_person"),
    (somebody_of_another_role_approves, LIST, "rol"),
    (somebody_approves_for_another, LIST, "wie"),
    (a_week_is_skipped, LIST, "bewaking"),
    (it_begins_before_its_time, ITEM, "bewaking"),
    (it_begins_although_it_is_held, ITEM, "bewaking"),
    (a_hold_comes_after_the_beginning, HOLD, "verbod"),
    (a_hold_on_nothing, HOLD, "verbod"),
    (a_list_is_done_while_something_is_open, LIST, "bewaking"),
    (a_list_without_a_term, LIST, "bewaking"),
    (a_term_changes_after_it_was_agreed, RULE, "getekend"),
    (the_maker_of_a_term_agrees, RULE, "retention_second_person"),
    (a_page_says_that_a_delivery_is_gone, "eligibility_delivery", "vernietigd"),
    (what_is_gone_comes_back, "eligibility_delivery", "vernietigd"),
]
CASES = pytest.mark.parametrize(
    ("attempt", "table", "guard"), GUARDS, ids=[one.__name__ for one, *_ in GUARDS]
)


@CASES
def test_it_is_refused(attempt: Callable[[], None], table: str, guard: str):
    with pytest.raises(DatabaseError):
        attempt()


@CASES
def test_a_guard_that_is_taken_away_is_noticed(attempt: Callable[[], None], table: str, guard: str):
    with connections["migrate"].cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE conname = %s AND conrelid = %s::regclass",
            [guard, table],
        )
        check = cursor.fetchone()
        if check:
            away = f"ALTER TABLE {table} DROP CONSTRAINT {guard}"
            back = f"ALTER TABLE {table} ADD CONSTRAINT {guard} {check[0]} NOT VALID"
        else:
            away, back = (f"ALTER TABLE {table} {what} TRIGGER {guard}" for what in ("DISABLE", "ENABLE"))
        cursor.execute(away)
        try:
            attempt()
        finally:
            cursor.execute(back)
