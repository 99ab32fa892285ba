"""The database keeps the arrows and the names itself: a plain update by the web gets nowhere else."""

import datetime
import re
import uuid

import pytest
from django.db import DatabaseError, connection, models

from outreach import transitions
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import (
    Breach,
    Gesprek,
    Household,
    LooplijstItem,
    Referral,
    Role,
    SafetyInstruction,
    Sheet,
    Task,
    User,
)
from tests import factories
from tests.outreach import visits

pytestmark = pytest.mark.django_db
DAY = datetime.date(2026, 3, 2)
MACHINES = {
    LooplijstItem: transitions.ITEM_ARROWS,
    Task: transitions.TASK_ARROWS,
    Sheet: transitions.SHEET_ARROWS,
    Referral: transitions.REFERRAL_ARROWS,
    SafetyInstruction: transitions.SAFETY_ARROWS,
    Breach: transitions.BREACH_ARROWS,
}


@pytest.fixture
def walker() -> User:
    return factories.user(Role.CONSULENT)


@pytest.fixture
def colleague() -> User:
    return factories.user(Role.TEAMLEIDER)


@pytest.fixture
def of() -> Household:
    return factories.household(in_handover=factories.handover())


@pytest.mark.parametrize("model", MACHINES, ids=lambda model: model.__name__)
def test_the_arrows_are_those_of_python(model):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgname = 'stand' AND tgrelid = %s::regclass",
            [model._meta.db_table],
        )
        first, arrows, *_ = re.findall(r"'([^']*)'", cursor.fetchone()[0])
    wanted = {f"{source}>{arrow.target}" for arrow in MACHINES[model] for source in arrow.sources}
    assert (first, set(arrows.split())) == (model._meta.get_field("state").default, wanted)


def _update(row: models.Model, by: User, **changes: object) -> None:
    with acting_as(by.actor()):
        assert type(row).objects.filter(pk=row.pk).update(**changes) == 1


def test_what_was_refused_is_not_approved_after_all(walker, colleague, of):
    with acting_as(SYSTEM_ACTOR):
        safety = factories.safety(
            of, made_by=walker, state="afgekeurd", decided_by=colleague, decided_at=clock.now()
        )
        referral = factories.referral(
            of, state="geweigerd", reason="Vol", answered_by=walker, answered_at=clock.now()
        )
    with pytest.raises(DatabaseError, match="no arrow of outreach_safetyinstruction"):
        _update(safety, colleague, state="goedgekeurd")
    with pytest.raises(DatabaseError, match="no arrow of outreach_referral"):
        _update(referral, walker, state="geaccepteerd", reason="")
    with pytest.raises(DatabaseError, match="changes with its state alone"):
        _update(referral, walker, reason="Toch vol")


def _sheet(by: User) -> Sheet:
    looplijst = visits.list_of(factories.team())
    with acting_as(by.actor()):
        return Sheet.objects.create(
            submission=uuid.uuid4(), looplijst=looplijst, number=1, pages=1, households=[], made_by=by
        )


def test_what_was_shredded_is_not_in_use_again(colleague):
    sheet = _sheet(colleague)
    _update(sheet, colleague, state="vernietigd", shredded_on=clock.today(), shredded_by=colleague)
    with pytest.raises(DatabaseError, match="no arrow of outreach_sheet"):
        _update(sheet, colleague, state="in_gebruik", shredded_on=None, shredded_by=None)


def test_nothing_begins_where_it_ends(walker, colleague, of):
    """Approved by a colleague who knows nothing of it, says its writer."""
    row = SafetyInstruction(
        household=of,
        made_by=walker,
        category="met_twee",
        starts_on=clock.today(),
        ends_on=clock.today(),
        state="goedgekeurd",
        decided_by=colleague,
        decided_at=clock.now(),
    )
    for actor in (walker.actor(), SYSTEM_ACTOR):
        with pytest.raises(DatabaseError, match=r"begins as voorgesteld|is who acts"), acting_as(actor):
            row.save(force_insert=True)


def test_nobody_puts_the_name_of_another_to_it(walker, colleague, of):
    with acting_as(SYSTEM_ACTOR):
        safety = factories.safety(of, made_by=walker)
        referral = factories.referral(of, asked_by=walker)
        task = Task.objects.create(household=of, kind="overig", due_on=DAY, owner=walker, made_by=walker)
    sheet = _sheet(colleague)
    now = clock.now()
    forged = (
        (safety, {"state": "goedgekeurd", "decided_by": colleague, "decided_at": now}),
        (safety, {"state": "beeindigd", "ended_by": colleague, "ended_at": now}),
        (referral, {"state": "geaccepteerd", "answered_by": colleague, "answered_at": now}),
        (task, {"state": "gedaan", "done_by": colleague, "done_at": now}),
        (sheet, {"state": "vernietigd", "shredded_by": colleague, "shredded_on": clock.today()}),
    )
    for row, changes in forged:
        with pytest.raises(DatabaseError, match="is who acts"):
            _update(row, walker, **changes)


@pytest.mark.parametrize("make", ["task", "referral", "safety", "gesprek"])
def test_nobody_makes_a_row_for_another(walker, colleague, of, make):
    rows = {
        "task": lambda: Task.objects.create(
            household=of, kind="overig", due_on=DAY, owner=walker, made_by=colleague
        ),
        "referral": lambda: factories.referral(of, asked_by=colleague),
        "safety": lambda: factories.safety(of, made_by=colleague),
        "gesprek": lambda: Gesprek.objects.create(
            household=of, by=colleague, submission=uuid.uuid4(), kind="huisbezoek", happened_on=DAY
        ),
    }
    with pytest.raises(DatabaseError, match="is who acts"), acting_as(walker.actor()):
        rows[make]()
