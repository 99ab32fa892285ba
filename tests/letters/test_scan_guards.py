"""What keeps a form from being granted by itself, each alone: in judging, in granting and in the database."""

import pytest
from django.db import IntegrityError

from letters.actions import forms, grants, parts, reminders
from letters.actions.ledger import Told, tell
from letters.actions.work import open_item
from letters.models import (
    Application,
    ApplicationState,
    Axis,
    Grant,
    GrantBasis,
    Letter,
    LetterKind,
    Production,
    Scan,
    ScanOutcome,
    Signature,
    WorkKind,
)
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Approach, Person, Round
from outreach.models.approach import Result
from outreach.models.person import Departed
from outreach.models.round import RoundState
from tests.letters import rounds, sheets
from tests.letters.sheets import blank, signed
from tests.roles import as_role

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(tmp_path, settings):
    settings.LETTER_FOLDER = tmp_path / "brieven"
    settings.SCAN_FOLDER = tmp_path / "scans"
    return tmp_path


@pytest.fixture
def letter(folder):
    """A zeker letter that is in the post."""
    return sheets.posted(1)[0]


def _told(letter, code):
    with acting_as(SYSTEM_ACTOR):
        tell([letter.pk], Told(Axis.PRODUCTION, code))


@as_role("migrate")
def _adult(letter, **fields):
    Person.objects.filter(memberships__household=letter.household_id, memberships__adult=True).update(
        **fields
    )


@as_role("migrate")
def _approach(letter, **fields):
    Approach.objects.filter(pk=letter.approach_id).update(**fields)


@as_role("migrate")
def _closed(letter):
    Round.objects.filter(pk=letter.round_id).update(state=RoundState.CLOSED)


SINCE = {
    "granted elsewhere": lambda one: _approach(one, lapsed=True),
    "declined": lambda one: _approach(one, result=Result.DECLINED),
    "wants no contact": rounds.opt_out_of,
    "wants this not": lambda household: rounds.opt_out_of(household, "scholierenvergoeding"),
    "died": lambda one: _adult(one, departed=Departed.DIED),
    "moved": lambda one: _adult(one, departed=Departed.MOVED),
    "round closed": _closed,
}


@pytest.mark.parametrize("change", SINCE)
def test_what_changed_since_the_letter_was_sent_is_for_a_person(letter, change, monkeypatch):
    """In judging alone: the second look of the grant is away."""
    monkeypatch.setattr(grants, "_check_by_itself", lambda *_: None)
    SINCE[change](letter.household if change.startswith("wants") else letter)
    sheets.taken_in(sheets.scanned(letter, signed))
    assert (sheets.granted(), sheets.queues()) == (0, [WorkKind.LATE_FORM])


def test_who_wants_nothing_else_has_asked_for_this_all_the_same(letter):
    rounds.opt_out_of(letter.household, "stadspas")
    sheets.taken_in(sheets.scanned(letter, signed))
    assert (sheets.granted(), sheets.queues()) == (1, [])


@pytest.mark.parametrize("end", [Production.LAPSED, Production.WITHDRAWN, Production.REFUSED, ""])
def test_the_form_of_a_letter_that_never_left_is_for_a_person(end):
    """Asked back, refused by the vendor, lapsed, or made and never released."""
    letter = rounds.letters(rounds.made(1))[0]
    if end:
        _told(letter, end)
    sheets.taken_in(sheets.scanned(letter, signed))
    assert (sheets.granted(), sheets.queues()) == (0, [WorkKind.LATE_FORM])


def test_the_first_print_may_come_back_while_the_second_is_made(letter):
    content = sheets.scanned(letter, signed)
    with as_role("migrate"):
        Letter.objects.filter(pk=letter.pk).update(print_run=2)
    _told(letter, Production.PLANNED)
    sheets.taken_in(content)
    assert (sheets.granted(), sheets.queues()) == (1, [])


def test_the_forms_of_a_letter_and_of_its_reminder_are_one_grant(letter):
    with acting_as(rounds.leader().actor()):
        assert reminders.plan(round_=letter.round, by=rounds.leader()) == 1
    with acting_as(SYSTEM_ACTOR):
        reminder = Letter.objects.select_related("household", "approach").get(kind=LetterKind.REMINDER)
    assert parts.make(part_id=reminder.part_id)
    _told(reminder, Production.SENT)
    assert reminder.form_code != letter.form_code
    for one, seed in ((reminder, 1), (letter, 2)):
        scan = sheets.taken_in(sheets.scanned(one, signed, seed=seed))
        assert (scan.outcome, scan.letter_id) == (ScanOutcome.LINKED, one.pk)
    assert (sheets.granted(), sheets.queues()) == (1, [])
    with acting_as(SYSTEM_ACTOR):
        assert Application.objects.count() == 1


def test_a_form_after_a_refusal_is_for_a_person(letter):
    sheets.taken_in(sheets.scanned(letter, blank))
    with as_role("migrate"):
        Application.objects.update(
            state=ApplicationState.REFUSED,
            points=[{"code": "inkomen"}],
            decided_at=clock.now(),
            decided_by=rounds.leader(),
        )
        Approach.objects.update(result=Result.REFUSED)
    sheets.taken_in(sheets.scanned(letter, signed, seed=2))
    assert sheets.granted() == 0
    assert WorkKind.LATE_FORM in sheets.queues()
    assert sheets.application_of(letter).state == ApplicationState.REFUSED


@pytest.fixture
def application(letter, monkeypatch):
    """A form that is in order, and that nobody judged yet."""
    monkeypatch.setattr(forms, "judge", lambda **_: None)
    sheets.taken_in(sheets.scanned(letter, signed))
    found = sheets.application_of(letter)
    assert found.state == ApplicationState.RECEIVED
    return found


@as_role("migrate")
def _scan(**fields):
    Scan.objects.update(**fields)


def _work(letter):
    with acting_as(SYSTEM_ACTOR):
        open_item(WorkKind.REMARK, letter=letter)


GUARDS = {
    "onzeker": lambda one: _approach(one, klasse="onzeker"),
    "lapsed": lambda one: _approach(one, lapsed=True),
    "not signed": lambda one: _scan(signature=Signature.ABSENT),
    "doubtful": lambda one: _scan(signature=Signature.DOUBTFUL),
    "remarked": lambda one: _scan(remarked=True),
    "rejected": lambda one: _scan(outcome=ScanOutcome.REJECTED, problem="code_wijkt_af"),
}
OF_THE_GRANT = {"declined": lambda one: _approach(one, result=Result.DECLINED), "work": _work}


@pytest.mark.parametrize("guard", [*GUARDS, *OF_THE_GRANT])
def test_a_grant_by_itself_looks_again(letter, application, guard):
    (GUARDS | OF_THE_GRANT)[guard](letter)
    with acting_as(SYSTEM_ACTOR), pytest.raises(grants.NotByItself):
        grants.grant_on_form(application=application, by=None)
    assert sheets.granted() == 0


@pytest.mark.parametrize("guard", GUARDS)
def test_the_database_has_the_last_word(letter, application, guard, monkeypatch):
    GUARDS[guard](letter)
    monkeypatch.setattr(grants, "_check_by_itself", lambda *_: None)
    with acting_as(SYSTEM_ACTOR), pytest.raises(IntegrityError, match=r"not by itself|not assessed"):
        grants.grant_on_form(application=application, by=None)
    assert sheets.granted() == 0


def test_without_all_that_it_is_granted(letter, application):
    with acting_as(SYSTEM_ACTOR):
        grants.grant_on_form(application=application, by=None)
    assert sheets.granted() == 1
    with acting_as(SYSTEM_ACTOR):
        assert Grant.objects.get().basis == GrantBasis.FORM
