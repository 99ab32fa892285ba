"""An answer is not posted to a home that its people left: it waits for a person, in code and in a trigger."""

import datetime
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction

from letters.actions import addresses, answers, batch_counts, batches, parts, reprints, untold, work
from letters.actions.ledger import Told, tell
from letters.models import (
    Application,
    Axis,
    Batch,
    DeliveryState,
    Letter,
    LetterKind,
    Production,
    Rejection,
    WorkItem,
    WorkKind,
)
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Role
from outreach.models.person import Departed
from outreach.policies import NotNow
from tests import factories
from tests.letters import applications, rounds

pytestmark = pytest.mark.django_db
KINDS = (LetterKind.REFUSAL, LetterKind.MISSING, LetterKind.GRANT)


@pytest.fixture(autouse=True)
def folder(settings, tmp_path) -> Path:
    settings.LETTER_FOLDER = tmp_path / "brieven"
    return settings.LETTER_FOLDER


def _answer(kind: LetterKind = LetterKind.REFUSAL) -> tuple[Letter, Batch]:
    """A letter that answers an application, in a batch that is not released."""
    application = applications.application(factories.household(in_handover=factories.handover()))
    points = {LetterKind.REFUSAL: [{"code": "doelgroep"}], LetterKind.MISSING: [{"code": "handtekening"}]}
    with acting_as(SYSTEM_ACTOR):
        application = Application.objects.select_related("approach").get(pk=application.pk)
        if kind == LetterKind.MISSING:
            Application.objects.filter(pk=application.pk).update(
                paused_until=clock.today() + datetime.timedelta(days=14)
            )
        letter = answers.plan(application=application, kind=kind, points=points.get(kind, []))
        round_ = application.approach.round
        part = round_.parts.planned().get()
        round_.parts.filter(pk=part.pk).update(planned_at=clock.now())
        round_.parts.exclude(pk=part.pk).update(destroyed_at=clock.now())
    assert parts.make(part_id=part.pk)
    assert _now(letter).rejected == ""
    return letter, rounds.compose(round_)


def _gone(letter: Letter, departed: Departed) -> None:
    with acting_as(SYSTEM_ACTOR):
        household = Letter.objects.select_related("household").get(pk=letter.pk).household
    rounds.change_addressee(household, departed=departed)


def _now(letter: Letter) -> Letter:
    with acting_as(SYSTEM_ACTOR):
        return Letter.objects.select_related("household", "round", "part").get(pk=letter.pk)


def _work(kind: WorkKind = WorkKind.ADDRESS) -> list[WorkItem]:
    with acting_as(SYSTEM_ACTOR):
        return list(WorkItem.objects.open().filter(kind=kind).select_related("letter"))


def _settle(item: WorkItem, how: str) -> bool:
    consulent = factories.user(Role.CONSULENT, team=None)
    with acting_as(SYSTEM_ACTOR):
        return addresses.settle(item=item, resolution=how, by=consulent)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("departed", [Departed.DIED, Departed.MOVED])
def test_an_answer_to_who_died_or_moved_is_held_and_put_before_a_person(kind, departed):
    letter, batch = _answer(kind)
    _gone(letter, departed)
    assert rounds.release(batch) == batches.Released(letters=0, lapsed=0, held=1)
    assert (_now(letter).rejected, _now(letter).production) == (Rejection.DEPARTED, Production.MADE)
    assert batch_counts.left(batch).homeless == 1
    assert [(item.letter_id, item.kind) for item in _work()] == [(letter.pk, WorkKind.ADDRESS)]
    with acting_as(SYSTEM_ACTOR):
        assert not untold.to_settle().exists(), "one thing is put before a person once"


def test_an_answer_goes_to_who_opted_out():
    letter, batch = _answer()
    rounds.opt_out_of(_now(letter).household)
    assert rounds.release(batch).letters == 1


def test_who_moved_and_is_represented_gets_it_through_who_represents_him():
    letter, batch = _answer()
    _gone(letter, Departed.MOVED)
    with acting_as(SYSTEM_ACTOR):
        factories.representative(_now(letter).household.members.get(addressee=True).person)
    assert rounds.release(batch).letters == 1
    assert _now(letter).representative_id


@pytest.mark.parametrize("departed", [Departed.DIED, Departed.MOVED])
def test_what_a_person_says_goes_all_the_same_goes_with_the_next_batch(departed):
    letter, batch = _answer()
    _gone(letter, departed)
    rounds.release(batch)
    assert _settle(_work()[0], addresses.RIGHT)
    with pytest.raises(work.AlreadySettled), acting_as(SYSTEM_ACTOR):
        addresses.settle(
            item=WorkItem.objects.get(letter=letter), resolution=addresses.RIGHT, by=rounds.leader()
        )
    assert parts.make(part_id=_now(letter).part_id)
    assert rounds.release(rounds.compose(batch.round)).letters == 1
    assert (_now(letter).production, _now(letter).print_run) == (Production.RELEASED, 1)
    assert not _work()


def test_what_was_posted_by_hand_is_told_and_what_found_no_address_is_not():
    letter, batch = _answer()
    _gone(letter, Departed.MOVED)
    rounds.release(batch)
    [item] = _work()
    with acting_as(SYSTEM_ACTOR), transaction.atomic():
        assert not _settle(item, "geen_adres")
        assert untold.to_settle().get().pk == letter.pk
        transaction.set_rollback(True)
    assert not _settle(item, work.SENT_BY_HAND)
    with acting_as(SYSTEM_ACTOR):
        assert not untold.to_settle().exists()


@pytest.mark.parametrize(
    ("happens", "released"),
    [(None, True), (Departed.DIED, False), (Departed.MOVED, False)],
)
def test_the_trigger_holds_it_whatever_the_code_above_it_does(monkeypatch, happens, released):
    """Red without the trigger: the code that looks is taken away here."""
    monkeypatch.setattr(addresses, "to_an_old_home", lambda letters: {})
    letter, batch = _answer()
    if happens:
        _gone(letter, happens)
    if released:
        assert rounds.release(batch).letters == 1
        return
    with pytest.raises(IntegrityError, match="nobody lives there"):
        rounds.release(batch)
    assert _now(letter).production == Production.MADE


def _came_back(letter: Letter) -> None:
    with acting_as(SYSTEM_ACTOR):
        tell([letter.pk], Told(Axis.PRODUCTION, Production.SENT))
        tell([letter.pk], Told(Axis.DELIVERY, DeliveryState.RETURNED, reason="onbekend_op_adres"))
        work.open_item(WorkKind.ADDRESS, letter=_now(letter))


def test_a_letter_that_came_back_to_a_right_address_is_planned_again():
    part = rounds.released(1).parts.get()
    [letter] = rounds.letters(part)
    _came_back(letter)
    assert _settle(_work()[0], addresses.RIGHT)
    again = _now(letter)
    assert (again.print_run, again.production, again.delivery) == (2, "gepland", DeliveryState.UNKNOWN)


def test_what_cannot_be_sent_again_stays_work():
    part = rounds.released(1).parts.get()
    [letter] = rounds.letters(part)
    _came_back(letter)
    rounds.opt_out_of(letter.household)
    with pytest.raises(NotNow, match="niet meer"):
        _settle(_work()[0], addresses.RIGHT)
    assert len(_work()) == 1
    assert _now(letter).print_run == 1


def test_what_somebody_had_printed_again_already_is_not_printed_a_third_time():
    part = rounds.released(1).parts.get()
    [letter] = rounds.letters(part)
    _came_back(letter)
    reprints.reprint(letter=letter, by=None)
    assert not _settle(_work()[0], addresses.RIGHT)
    assert _now(letter).print_run == 2
