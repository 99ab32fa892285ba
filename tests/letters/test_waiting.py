"""A letter waits for who is busy with its household: it leaves its batch, and is planned anew by itself."""

import datetime

import pytest

from letters.actions import batch_counts, batches, closing, parts, waiting
from letters.models import Letter, Part, Rejection
from letters.tasks import sweep_letters
from outreach.actions import claims, subject_requests
from outreach.actions.subject_requests import Asked
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Claim, HouseholdMember, Role
from outreach.models.subject_request import RequestChannel, RequestKind
from tests import factories
from tests.letters import rounds

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings, tmp_path) -> None:
    settings.LETTER_FOLDER = tmp_path / "brieven"


def _busy_with(letter: Letter) -> None:
    with acting_as(rounds.leader().actor()):
        claims.take(household=letter.household, by=rounds.leader())


def _done_with(letter: Letter) -> None:
    with acting_as(rounds.leader().actor()):
        claims.give_back(household=letter.household, by=rounds.leader())


def _held() -> tuple[Part, Letter]:
    """A released batch of three of which one letter waits."""
    batch = rounds.composed(3)
    part = batch.parts.get()
    letter = rounds.letters(part)[1]
    _busy_with(letter)
    assert rounds.release(batch) == batches.Released(letters=2, lapsed=0, held=1)
    assert batch_counts.left(batch).busy == 1
    return part, letter


def _again(letter: Letter) -> Letter:
    with acting_as(SYSTEM_ACTOR):
        return Letter.objects.select_related("part").get(pk=letter.pk)


def test_a_letter_leaves_its_batch_while_somebody_is_busy_and_goes_when_he_is_done():
    part, letter = _held()
    assert _again(letter).rejected == Rejection.BUSY
    assert letter.pk not in [one.pk for one in rounds.letters(part) if not one.rejected]
    assert waiting.free() == 0
    _done_with(letter)
    assert waiting.free() == 1
    assert waiting.free() == 0
    later = _again(letter)
    assert (later.rejected, later.part_id == part.pk) == ("", False)
    assert parts.make(part_id=later.part_id)
    assert rounds.release(rounds.compose(part.round)).letters == 1


def test_a_letter_waits_while_a_resident_says_that_something_is_wrong():
    """AVG art. 16: what is disputed is not printed; once he has an answer the letter goes."""
    batch = rounds.composed(3)
    letter = rounds.letters(batch.parts.get())[1]
    officer = factories.user(Role.PRIVACY_OFFICER)
    with acting_as(SYSTEM_ACTOR):
        person = HouseholdMember.objects.get(household=letter.household_id, addressee=True).person_id
    told = Asked(
        kind=RequestKind.CORRECTION,
        channel=RequestChannel.LETTER,
        received_on=clock.today(),
        about="Het huisnummer is 9",
    )
    with acting_as(officer.actor()):
        asked = subject_requests.register(asked=told, person=person, by=officer)
    assert rounds.release(batch) == batches.Released(letters=2, lapsed=0, held=1)
    assert _again(letter).rejected == Rejection.BUSY
    assert waiting.free() == 0
    with acting_as(officer.actor()):
        subject_requests.refuse(request=asked, reason="Het klopte toch.", by=officer)
    assert waiting.free() == 1


def test_a_lease_that_ends_by_itself_frees_the_letter_in_the_sweep():
    _, letter = _held()
    with acting_as(SYSTEM_ACTOR):
        Claim.objects.update(
            taken_at=clock.now() - datetime.timedelta(hours=2),
            until=clock.now() - datetime.timedelta(hours=1),
        )
    sweep_letters()
    assert _again(letter).rejected == ""


def test_who_opted_out_in_the_gesprek_gets_no_letter_after_it():
    _, letter = _held()
    rounds.opt_out_of(letter.household)
    _done_with(letter)
    assert waiting.free() == 1
    parts.make(part_id=_again(letter).part_id)
    assert _again(letter).rejected == Rejection.OPTED_OUT


def test_a_waiting_letter_ends_with_its_round():
    part, letter = _held()
    assert closing.left(part.round).letters == 1
    with acting_as(rounds.leader().actor()):
        closing.close(round_=part.round, by=rounds.leader(), withdraw=True)
    assert _again(letter).rejected == Rejection.LAPSED
    _done_with(letter)
    assert waiting.free() == 0


def test_a_decision_does_not_wait():
    """An answer to what somebody asked is owed; a gesprek about it is better with it than before it."""
    batch = rounds.composed(1)
    [letter] = rounds.letters(batch.parts.get())
    _busy_with(letter)
    with acting_as(SYSTEM_ACTOR):
        Letter.objects.filter(pk=letter.pk).update(kind="afwijzing", response="nvt")
        assert waiting.busy(Letter.objects.filter(pk=letter.pk)) == {}
