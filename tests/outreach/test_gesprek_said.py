"""What was said per regeling ends it, holds it back until one may ask again, and makes tasks."""

import datetime
import uuid

import pytest
from django.db import DatabaseError, IntegrityError, connection

from outreach.actions import gesprekken, next_try, rounds
from outreach.actions.gesprekken import Attempt, Changed, Planned, Said
from outreach.actions.next_try import Try
from outreach.actions.tasks import ToDo
from outreach.audit import Event
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import (
    Approach,
    Gesprek,
    GesprekOutcome,
    Handover,
    Household,
    Klasse,
    LooplijstItem,
    Person,
    Regeling,
    Role,
    Round,
    SituationChange,
    Task,
)
from outreach.models.approach import Result
from outreach.models.gesprek import AttemptKind, DayPart, GesprekResult
from outreach.models.gesprek_said import ENDS, GGM_OUTCOME, ChangeKind, Outcome
from outreach.models.looplijst import ItemState
from outreach.models.round import RoundKind
from outreach.models.task import Meeting, TaskKind
from tests import days, factories
from tests.outreach import ggm, visits

pytestmark = pytest.mark.django_db
DAY = datetime.date(2026, 11, 22)
LATER = datetime.date(2027, 6, 1)
CALL = ToDo(TaskKind.CALL_BACK, DAY + datetime.timedelta(days=7), "Na zes uur")
APPOINTMENT = ToDo(
    TaskKind.APPOINTMENT, DAY + datetime.timedelta(days=2), "", Meeting.DESK, "Loket", datetime.time(14)
)


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    days.pin(monkeypatch, DAY)


@pytest.fixture
def walker():
    return factories.user(Role.BUURTTEAM, team=factories.team())


@pytest.fixture
def handover() -> Handover:
    return factories.handover()


@pytest.fixture
def adult() -> Person:
    return factories.person()


@pytest.fixture
def item(handover, adult, walker) -> LooplijstItem:
    """An address on a list, that may have a right to two regelingen."""
    of = factories.household(adults=[adult], in_handover=handover)
    for code in visits.REGELINGEN:
        factories.candidacy(of, code)
    return visits.items(visits.lists_of(handover, walker.team))[0]


def _attempt(*, reached=True, day=DAY, part=DayPart.MORNING, kind=AttemptKind.VISIT, **more) -> Attempt:
    result = GesprekResult.INFORMED if reached else None
    return Attempt(kind, part, day, reached, **{"result": result} | more)


def _save(item, by, attempt=None, submission=None) -> Gesprek:
    with acting_as(by.actor()):
        return gesprekken.save(
            submission=submission or uuid.uuid4(),
            household=item.household,
            item=item,
            attempt=attempt or _attempt(),
            by=by,
        )[0]


def _say(item, by, outcome, *, ask_again_on=None, day=DAY, regeling="stadspas") -> Gesprek:
    said = frozenset({Said(regeling, outcome, ask_again_on)})
    return _save(item, by, _attempt(said=said, day=day))


def _item(item) -> LooplijstItem:
    with acting_as(SYSTEM_ACTOR):
        return LooplijstItem.objects.get(pk=item.pk)


def _result(round_id, regeling="stadspas") -> str:
    with acting_as(SYSTEM_ACTOR):
        return Approach.objects.get(round_id=round_id, regeling=regeling).result


def _letter_round(handover) -> Round:
    maker, fixer = factories.user(Role.TEAMLEIDER), factories.user(Role.TEAMLEIDER)
    with acting_as(maker.actor()):
        made = rounds.make(
            name="Brieven",
            kind=RoundKind.LETTER,
            handover=handover,
            regelingen=Regeling.objects.filter(pk="stadspas"),
            klassen=Klasse.values,
            reply_before=datetime.date(2027, 1, 1),
            by=maker,
        )
    with acting_as(fixer.actor()):
        return rounds.fix(round_=made, by=fixer)


# --- per regeling ---


def test_every_outcome_has_a_word_of_the_ggm():
    assert set(GGM_OUTCOME) == set(Outcome)
    assert set(GGM_OUTCOME.values()) <= ggm.END_RESULTS


@pytest.mark.parametrize("outcome", Outcome)
def test_an_outcome_ends_its_regeling_or_leaves_it_open_and_no_other(item, walker, outcome):
    _say(item, walker, outcome, ask_again_on=LATER if outcome == Outcome.DECLINED else None)
    assert _result(item.round_id) == ENDS.get(outcome, Result.OPEN)
    assert _result(item.round_id, "czv") == Result.OPEN


def test_the_last_word_counts(item, walker):
    _say(item, walker, Outcome.HAS_IT)
    _say(item, walker, Outcome.WANTS)
    assert _result(item.round_id) == Result.OPEN


def test_a_decision_that_was_taken_stays(item, walker):
    with acting_as(SYSTEM_ACTOR):
        Approach.objects.filter(round_id=item.round_id).update(result=Result.GRANTED)
    _say(item, walker, Outcome.DECLINED, ask_again_on=LATER)
    assert _result(item.round_id) == Result.GRANTED


def test_who_does_not_want_it_says_until_when(item, walker):
    with pytest.raises(IntegrityError, match="outcome_declined_until"):
        _say(item, walker, Outcome.DECLINED)
    with pytest.raises(IntegrityError, match="outcome_declined_until"):
        _say(item, walker, Outcome.WANTS, ask_again_on=LATER)


@pytest.mark.parametrize(
    ("outcome", "sent"),
    [
        (Outcome.WANTS, 1),
        (Outcome.HELPED, 1),
        (Outcome.REFERRED, 1),
        (Outcome.HAS_IT, 0),
        (Outcome.DECLINED, 0),
        (Outcome.NO_RIGHT, 0),
    ],
)
def test_no_letter_follows_about_what_he_has_or_does_not_want(item, handover, walker, outcome, sent):
    """Who was helped still gets his form decided on: the letter round stays open for him."""
    letters = _letter_round(handover)
    _say(item, walker, outcome, ask_again_on=LATER if outcome == Outcome.DECLINED else None)
    with acting_as(SYSTEM_ACTOR):
        assert Approach.objects.due_for_letter(letters).count() == sent


def test_who_was_helped_at_the_door_still_gets_his_form_decided_on(item, handover, walker):
    letters = _letter_round(handover)
    _say(item, walker, Outcome.HELPED)
    assert _result(item.round_id) == Result.HELPED
    assert _result(letters.pk) == Result.OPEN
    _say(item, walker, Outcome.HAS_IT)
    assert _result(letters.pk) == Result.HAS_IT


# --- asking again ---


def _brought(handover: Handover) -> dict[str, int]:
    return {count.regeling.pk: count.total for count in rounds.counts(handover)}


def test_what_he_does_not_want_is_not_brought_before_the_day(item, handover, walker, monkeypatch):
    assert _brought(handover) == {"stadspas": 1, "czv": 1}
    _say(item, walker, Outcome.DECLINED, ask_again_on=LATER)
    assert _brought(handover) == {"czv": 1}
    again = visits.visit_round(handover)
    with acting_as(SYSTEM_ACTOR):
        brought = Approach.objects.filter(round=again).values_list("regeling", flat=True)
        assert list(brought) == ["czv"]
    days.pin(monkeypatch, LATER)
    assert _brought(handover) == {"stadspas": 1, "czv": 1}


def test_it_holds_for_the_same_people_in_a_later_koppeling(item, adult, walker):
    _say(item, walker, Outcome.DECLINED, ask_again_on=LATER)
    later = factories.handover()
    factories.candidacy(factories.household(adults=[adult], in_handover=later))
    factories.candidacy(factories.household(in_handover=later))
    assert _brought(later) == {"stadspas": 1}


def test_a_child_that_grew_up_is_asked_himself(handover, walker):
    child = factories.person(birth_date="20081201")
    of = factories.household(children=[child], in_handover=handover)
    factories.candidacy(of)
    item = visits.items(visits.lists_of(handover, walker.team))[0]
    _say(item, walker, Outcome.DECLINED, ask_again_on=LATER)
    later = factories.handover()
    factories.candidacy(factories.household(adults=[child], in_handover=later))
    assert _brought(later) == {"stadspas": 1}


def test_who_thinks_better_of_it_is_asked_again_at_once(item, handover, walker):
    _say(item, walker, Outcome.DECLINED, ask_again_on=LATER)
    _say(item, walker, Outcome.WANTS)
    assert _brought(handover) == {"stadspas": 1, "czv": 1}


# --- what changed, and what follows ---


def test_all_that_was_sent_is_kept_once(item, walker):
    changes = frozenset({Changed(ChangeKind.CHILD_BORN, DAY), Changed(ChangeKind.INCOME, LATER)})
    planned = frozenset({Planned(CALL, walker.team), Planned(APPOINTMENT, walker)})
    said = frozenset({Said("stadspas", Outcome.WANTS), Said("czv", Outcome.DECLINED, LATER)})
    attempt = _attempt(changes=changes, planned=planned, said=said, note="Fijn gesprek")
    submission, tail = uuid.uuid4(), visits.AuditTail()
    first, second = (_save(item, walker, attempt, submission) for _ in range(2))
    assert first == second
    with acting_as(walker.actor()):
        assert gesprekken.written(first) == attempt
        assert [model.objects.count() for model in (GesprekOutcome, SituationChange, Task)] == [2, 2, 2]
    assert len(tail.lines(Event.GESPREK_SAVED)) == 1
    assert len(tail.lines(Event.TASK_MADE)) == 2


def test_lives_not_here_makes_a_task_for_the_brp(item, walker, settings):
    settings.BRP_REPORT_DAYS = 5
    saved = _save(item, walker, _attempt(reached=False, result=GesprekResult.MOVED))
    with acting_as(walker.actor()):
        [task] = Task.objects.all()
    assert (task.kind, task.team, task.due_on) == (
        TaskKind.REPORT_MOVED,
        walker.team,
        DAY + datetime.timedelta(days=5),
    )
    assert task.gesprek_id == saved.pk
    assert _item(item).state == ItemState.DONE


@pytest.mark.parametrize("table", ["outreach_gesprekoutcome", "outreach_situationchange"])
@pytest.mark.parametrize("act", ["DELETE FROM {}", "UPDATE {} SET gesprek_id = gesprek_id"])
def test_what_was_said_stays(item, walker, table, act):
    refused = pytest.raises(DatabaseError, match="permission denied")
    with refused, acting_as(walker.actor()), connection.cursor() as cursor:
        cursor.execute(act.format(table))


@pytest.mark.parametrize("model", [GesprekOutcome, SituationChange])
def test_what_was_said_is_seen_where_its_household_is(item, walker, model):
    said, changes = {Said("stadspas", Outcome.WANTS)}, {Changed(ChangeKind.INCOME, DAY)}
    _save(item, walker, _attempt(said=frozenset(said), changes=frozenset(changes)))
    elsewhere = factories.user(Role.BUURTTEAM, team=factories.team("Zuid", buurten=["BU03630009"]))
    for user, seen in ((walker, 1), (elsewhere, 0), (factories.user(Role.ANALIST), 0)):
        with acting_as(user.actor()):
            assert model.objects.count() == seen


# --- not home ---


def _out(days_ago: int, **more: object) -> Attempt:
    """Nobody home, so many days ago."""
    return _attempt(reached=False, day=DAY - datetime.timedelta(days=days_ago), **more)


def test_after_so_many_attempts_the_address_is_done_without_having_been_reached(item, walker, settings):
    settings.MAX_ATTEMPTS = 3
    tail = visits.AuditTail()
    for each in (2, 1):
        _save(item, walker, _out(each))
    assert (_item(item).state, _item(item).unreached) == (ItemState.VISITED, False)
    _save(item, walker, _out(0))
    assert (_item(item).state, _item(item).unreached) == (ItemState.DONE, True)
    assert len(tail.lines(Event.ITEM_NOT_REACHED)) == 1
    assert tail.lines(Event.ITEM_DONE) == []
    # Somebody calls after all.
    _save(item, walker)
    assert (_item(item).state, _item(item).unreached) == (ItemState.DONE, False)


def test_who_was_spoken_at_the_last_attempt_was_reached(item, walker, settings):
    settings.MAX_ATTEMPTS = 2
    _save(item, walker, _attempt(reached=False))
    _save(item, walker, _attempt(result=GesprekResult.COME_BACK))
    assert (_item(item).state, _item(item).unreached) == (ItemState.VISITED, False)


def test_tries_in_vain_are_counted_from_when_somebody_was_last_spoken(item, walker, settings):
    settings.MAX_ATTEMPTS = 2
    spoken = _attempt(
        result=GesprekResult.COME_BACK,
        day=DAY - datetime.timedelta(days=3),
    )
    _save(item, walker, _out(4))
    _save(item, walker, spoken)
    _save(item, walker, _out(2))
    assert _item(item).state == ItemState.VISITED
    _save(item, walker, _out(1))
    assert (_item(item).state, _item(item).unreached) == (ItemState.DONE, False), "he was spoken to"


def test_ringing_calling_and_a_card_in_one_part_of_a_day_are_one_try_and_a_card_alone_none(
    item, walker, settings
):
    settings.MAX_ATTEMPTS = 2
    for kind in (AttemptKind.VISIT, AttemptKind.PHONE, AttemptKind.CARD):
        _save(item, walker, _out(2, kind=kind))
    _save(item, walker, _out(1, kind=AttemptKind.CARD))
    assert (_item(item).state, _item(item).attempts) == (ItemState.VISITED, 4)
    _save(item, walker, _out(0, kind=AttemptKind.PHONE))
    assert (_item(item).state, _item(item).unreached) == (ItemState.DONE, True)


MONDAY = datetime.date(2026, 11, 16)


def _days(*tried: tuple[int, DayPart]) -> list[tuple[datetime.date, DayPart]]:
    """The last one first."""
    return [(MONDAY + datetime.timedelta(days=day), part) for day, part in tried]


@pytest.mark.parametrize(
    ("tried", "text"),
    [
        (_days((0, DayPart.MORNING)), "woensdagavond"),
        (_days((2, DayPart.EVENING), (0, DayPart.MORNING)), "vrijdagmiddag"),
        (_days((4, DayPart.AFTERNOON), (2, DayPart.EVENING), (0, DayPart.MORNING)), "dinsdagavond"),
        # On a Sunday somebody went: Tuesday is two days on.
        (_days((6, DayPart.EVENING)), "dinsdagmiddag"),
    ],
)
def test_another_day_and_another_part_of_it_are_proposed(tried, text):
    assert next_try.propose(tried).text() == text


def test_what_was_tried_last_is_never_proposed():
    tried: list[tuple[datetime.date, DayPart]] = _days((0, DayPart.MORNING))
    for _ in range(20):
        proposed = next_try.propose(tried)
        assert proposed.weekday != tried[0][0].weekday()
        assert proposed.day_part != tried[0][1]
        tried.insert(0, (MONDAY + datetime.timedelta(days=proposed.weekday), proposed.day_part))
    assert {day.weekday() for day, _ in tried} == {0, 1, 2, 3, 4}
    assert {part for _, part in tried} == set(DayPart)


def test_nothing_is_proposed_before_somebody_went():
    assert next_try.propose([]) is None


def test_the_attempts_before_somebody_was_spoken_do_not_count():
    said = Gesprek(reached=True, result=GesprekResult.COME_BACK, happened_on=DAY, day_part="avond")
    out = Gesprek(reached=False, result="", happened_on=DAY, day_part="ochtend")
    assert next_try.in_vain([out, said, out]) == [(DAY, DayPart.MORNING)]
    assert next_try.in_vain([said, out]) == []
    assert Try(0, DayPart.MORNING).text() == "maandagochtend"


def test_a_household_that_stands_on_no_list_can_end_a_regeling_too(handover):
    consulent, of = factories.user(Role.CONSULENT), factories.household(in_handover=handover)
    assert isinstance(of, Household)
    with acting_as(consulent.actor()):
        saved, _ = gesprekken.save(
            submission=uuid.uuid4(),
            household=of,
            item=None,
            attempt=_attempt(said=frozenset({Said("stadspas", Outcome.HAS_IT)})),
            by=consulent,
        )
        assert [one.outcome for one in GesprekOutcome.objects.of_adults(of)] == [Outcome.HAS_IT]
    assert saved.pk
