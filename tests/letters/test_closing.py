"""Closing a letter round: nothing stays behind, and what is not sent is withdrawn only by choice."""

import datetime
import json
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connections, transaction
from django.test import Client
from django.urls import reverse

from letters.actions import answers, batches, closing, errands, expiring, parts, reprints, storage
from letters.actions import destroying as worker
from letters.actions.closing import Left
from letters.actions.ledger import Told, tell
from letters.models import (
    Application,
    Axis,
    Batch,
    BatchState,
    Grant,
    Letter,
    LetterEvent,
    LetterKind,
    Part,
    PartState,
    Production,
    ResponseState,
)
from letters.models.letter import letter_id
from outreach.audit import Event
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Role, Round
from outreach.models.approach import Contact
from outreach.models.round import RoundState
from outreach.policies import NotNow
from tests import factories
from tests.eligibility import destroying
from tests.letters import rounds
from tests.letters.samples import page_texts
from tests.roles import as_role

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


@pytest.fixture(autouse=True)
def folder(settings, tmp_path) -> Path:
    settings.LETTER_FOLDER = tmp_path / "brieven"
    settings.LETTER_FOLDER.mkdir()
    return settings.LETTER_FOLDER


def _close(round_: Round, *, withdraw: bool = False) -> int:
    with acting_as(rounds.leader().actor()):
        return closing.close(round_=round_, by=rounds.leader(), withdraw=withdraw)


def _left(round_: Round) -> Left:
    with acting_as(rounds.leader().actor()):
        return closing.left(round_)


def _production(round_: Round) -> list[tuple[str, str]]:
    with acting_as(SYSTEM_ACTOR):
        found = Letter.objects.filter(round=round_).order_by("part", "position")
        return list(found.values_list("production", "rejected"))


def _applied(letter: Letter) -> Application:
    """A form that came back, and waits."""
    with acting_as(SYSTEM_ACTOR):
        tell([letter.pk], Told(Axis.PRODUCTION, Production.SENT))
        return Application.objects.create(
            letter=letter,
            approach=letter.approach,
            received_on=clock.today(),
            decide_by=clock.today() + 56 * DAY,
        )


def _answer(application: Application, kind: LetterKind = LetterKind.GRANT) -> Letter:
    with acting_as(SYSTEM_ACTOR):
        points = [{"code": "verhuisd"}] if kind == LetterKind.REFUSAL else []
        letter = answers.plan(application=application, kind=kind, points=points)
        # The moment has come to make it.
        Part.objects.filter(pk=letter.part_id).update(planned_at=clock.now() - DAY)
    return letter


def test_nothing_is_in_the_way_of_a_round_that_was_posted():
    part = rounds.released(2).parts.get()
    rounds.post(part)
    assert _left(part.round) == Left()
    assert _close(part.round) == 0
    assert Round.objects.get().state == RoundState.CLOSED
    with pytest.raises(NotNow, match="al afgesloten"):
        _close(part.round)


def test_what_is_at_the_vendor_goes_on_after_the_round_is_closed():
    part = rounds.released(2).parts.get()
    assert _close(part.round) == 0
    rounds.confirm(part)
    rounds.post(part)
    assert _production(part.round) == [("verzonden", "")] * 2


def test_what_is_open_is_named_and_the_round_stays_open():
    batch = rounds.composed(3)
    round_ = batch.round
    late = rounds.households(2, round_.handover)
    more = rounds.letter_round(late)
    with as_role("migrate"):
        more.approaches.update(round=round_)
        Round.objects.filter(pk=more.pk).delete()
    assert _left(round_) == Left(without_letter=2, letters=3, batches=1)
    parts.plan(round_id=round_.pk)
    assert _left(round_) == Left(letters=5, parts_to_make=1, batches=1)
    with pytest.raises(NotNow) as refusal:
        _close(round_)
    assert str(refusal.value) == (
        "Nog niet alles van deze ronde is verstuurd: 1 deel om te maken, 1 partij om vrij te geven,"
        " 5 brieven die nog niet weg zijn. Rond dit eerst af, of kies ervoor om in te trekken wat nog niet is"
        " verstuurd."
    )
    assert Round.objects.get(pk=round_.pk).state == RoundState.RUNNING
    assert batches.releases_due() == []


def test_withdrawing_takes_back_what_is_planned_made_and_put_in_a_batch(folder):
    batch = rounds.composed(3)
    round_, made = batch.round, batch.parts.get()
    late = rounds.letter_round(rounds.households(2, round_.handover))
    with as_role("migrate"):
        late.approaches.update(round=round_)
        Round.objects.filter(pk=late.pk).delete()
    parts.plan(round_id=round_.pk)
    stranded = round_.parts.exclude(pk=made.pk).get()
    Part.objects.filter(pk=stranded.pk).update(state=PartState.STRANDED, problem="Drie keer mislukt.")
    assert _close(round_, withdraw=True) == 5
    assert _production(round_) == [("vervallen", "vervallen")] * 5
    assert Batch.objects.get().state == BatchState.WITHDRAWN
    states = Part.objects.order_by("number").values_list("state", "letters_count", "rejected_count", "batch")
    assert list(states) == [("gemaakt", 0, 3, None), ("gemaakt", 0, 2, None)]
    assert list(folder.iterdir()) == [], "no letter of a closed round lies on the disk"
    with acting_as(SYSTEM_ACTOR):
        told = LetterEvent.objects.filter(code=Production.LAPSED).values_list("reason", flat=True)
        assert list(told) == ["ronde_afgesloten"] * 5
        assert set(round_.approaches.values_list("contact", flat=True)) == {Contact.NONE}
    line = rounds.audited_since(made, Event.ROUND_CLOSED)[-1]
    assert json.loads(line["bijzonderheden"]) == {"ingetrokken": 5, "zonder_brief": 0}


def test_a_letter_that_could_not_be_made_and_one_that_is_held_lapse_with_the_round():
    batch = rounds.ambtshalve(3, all_=False)
    rounds.release(batch)
    with acting_as(SYSTEM_ACTOR):
        released = Letter.objects.get(production=Production.RELEASED)
    assert _left(batch.round).letters == 2
    assert _close(batch.round, withdraw=True) == 2
    assert sorted(_production(batch.round)) == [("vervallen", "vervallen")] * 2 + [("vrijgegeven", "")]
    rounds.sign()
    with acting_as(rounds.leader().actor()), pytest.raises(NotNow, match="afgesloten"):
        batches.free_held(batch=batch, by=rounds.leader())
    with acting_as(SYSTEM_ACTOR):
        released.refresh_from_db()
        assert not Grant.objects.exists()


def test_who_applied_gets_his_answer_out_of_a_closed_round():
    part = rounds.released(3).parts.get()
    rounds.post(part)
    first, second, _ = rounds.letters(part)
    one, two = _applied(first), _applied(second)
    _answer(one)
    assert _left(part.round) == Left(applications=2, answers=1)
    assert _close(part.round) == 0
    refusal = _answer(two, LetterKind.REFUSAL)
    assert refusal.part_id in parts.parts_due()
    assert parts.rounds_due() == []
    for part_id in parts.parts_due():
        assert parts.make(part_id=part_id)
    assert rounds.release(rounds.compose(part.round)).letters == 2
    with acting_as(SYSTEM_ACTOR):
        refusal.refresh_from_db()
    assert refusal.production == Production.RELEASED


def test_a_part_with_both_keeps_the_answers(folder):
    part = rounds.released(3).parts.get()
    rounds.post(part)
    first, second, third = rounds.letters(part)
    answer = _answer(_applied(first))
    for one in (second, third):
        reprints.reprint(letter=one, by=None)
    parts.make(part_id=answer.part_id)
    batch = rounds.compose(part.round)
    assert _left(part.round) == Left(letters=2, batches=1, applications=1, answers=1)
    assert _close(part.round, withdraw=True) == 2
    mixed = Part.objects.get(pk=answer.part_id)
    assert (mixed.letters_count, mixed.rejected_count, mixed.version, mixed.batch_id) == (1, 2, 2, batch.pk)
    assert len(page_texts(storage.read(mixed))) == mixed.pages
    assert rounds.release(batch).letters == 1
    with acting_as(SYSTEM_ACTOR):
        answer.refresh_from_db()
    assert answer.production == Production.RELEASED


def test_a_planned_part_with_both_is_made_with_the_answers_alone():
    part = rounds.released(2).parts.get()
    rounds.post(part)
    first, second = rounds.letters(part)
    answer = _answer(_applied(first))
    reprints.reprint(letter=second, by=None)
    assert _close(part.round, withdraw=True) == 1
    assert parts.make(part_id=answer.part_id)
    later = Part.objects.get(pk=answer.part_id)
    assert (later.state, later.letters_count, later.rejected_count) == ("gemaakt", 1, 1)


def test_a_grant_that_was_told_is_printed_again_after_the_round_was_closed():
    rounds.sign()
    batch = rounds.ambtshalve(2)
    rounds.release(batch)
    part = batch.parts.get()
    rounds.post(part)
    _close(batch.round)
    letter = rounds.letters(part)[0]
    reprints.reprint(letter=letter, by=None)
    [again] = batch.round.parts.exclude(pk=part.pk)
    assert parts.make(part_id=again.pk)
    assert rounds.release(rounds.compose(batch.round)).letters == 1


@pytest.mark.parametrize("kind", [LetterKind.FORM, LetterKind.REMINDER])
def test_no_first_letter_and_no_reminder_comes_into_a_closed_round(kind):
    """The trigger holds it, whatever the code above it does; red without it."""
    part = rounds.released(1).parts.get()
    rounds.post(part)
    letter = rounds.letters(part)[0]
    _close(part.round)
    other = rounds.letter_round(rounds.households(1, part.round.handover))
    with as_role("migrate"):
        other.approaches.update(round=part.round)
    with acting_as(SYSTEM_ACTOR):
        approach = part.round.approaches.exclude(pk=letter.approach_id).get()
        with pytest.raises(IntegrityError, match="the round is closed"), transaction.atomic():
            Letter.objects.create(
                id=letter_id(part.round_id, approach.household_id, kind),
                round=part.round,
                household_id=approach.household_id,
                approach=approach,
                kind=kind,
                klasse=approach.klasse,
                reminder_of=letter if kind == LetterKind.REMINDER else None,
                form_code="K7QF3MZD8W2X",
                part=part,
                position=9,
                response=ResponseState.OPEN,
            )


def test_the_database_closes_no_round_with_letters_that_are_not_sent_and_releases_none_of_a_closed_one():
    """The triggers hold it, whatever the code above it does; red without them."""
    batch = rounds.composed(2)
    with pytest.raises(IntegrityError, match="not sent yet"), transaction.atomic():
        Round.objects.update(state=RoundState.CLOSED)
    _closed_before_this_was_held(batch.round)
    letters = [one.pk for one in rounds.letters(batch.parts.get())]
    with pytest.raises(IntegrityError, match="round is closed"), acting_as(SYSTEM_ACTOR):
        tell(letters, Told(Axis.PRODUCTION, Production.RELEASED))


@as_role("migrate")
def _closed_before_this_was_held(round_: Round) -> None:
    """As an older version of the software closed a round."""
    with connections["default"].cursor() as cursor:
        cursor.execute("ALTER TABLE outreach_round DISABLE TRIGGER afsluiten")
        cursor.execute("UPDATE outreach_round SET state = 'afgesloten' WHERE id = %s", [round_.pk])
        cursor.execute("ALTER TABLE outreach_round ENABLE TRIGGER afsluiten")


def test_letters_of_a_round_that_was_closed_long_ago_lapse_when_they_are_made_or_released():
    batch = rounds.composed(2)
    _closed_before_this_was_held(batch.round)
    assert rounds.release(batch) == batches.Released(letters=0, lapsed=2)
    assert Batch.objects.get().state == BatchState.WITHDRAWN
    part = rounds.planned(1)
    _closed_before_this_was_held(part.round)
    assert parts.make(part_id=part.pk)
    assert _production(part.round) == [("vervallen", "vervallen")]


def test_files_that_go_to_nobody_are_listed_and_those_that_wait_are_kept(settings, folder, tmp_path):
    settings.DESTRUCTION_FOLDER = tmp_path / "vernietigd"
    waits, old = rounds.made(1), rounds.made(2)
    _closed_before_this_was_held(old.round)
    today = clock.today()
    assert expiring.letter_files(today - DAY) == []
    assert [due.subject for due in expiring.letter_files(today)] == [str(old.pk)]
    destroying.cool_off(destroying.approve(destroying.draft([old.pk], "brieven")))
    assert len(worker.carry_out_due()) == 1
    assert [path.name for path in folder.iterdir()] == [waits.file_name()]
    old.refresh_from_db()
    assert old.destroyed_at
    assert _production(old.round) == [("vervallen", "")] * 2
    assert not batches.unbatched(old.round).exists()


def test_what_a_killed_worker_left_of_an_emptied_part_is_destroyed_too(settings, folder, tmp_path):
    settings.DESTRUCTION_FOLDER = tmp_path / "vernietigd"
    part = rounds.made(1)
    (folder / f"{part.file_name()}.123").write_bytes(b"left by a killed maker")
    _close(part.round, withdraw=True)
    assert [due.subject for due in expiring.letter_files(clock.today())] == [str(part.pk)]
    destroying.cool_off(destroying.approve(destroying.draft([part.pk], "brieven")))
    assert len(worker.carry_out_due()) == 1
    assert list(folder.iterdir()) == []


def test_who_makes_a_part_now_is_not_waited_for():
    part = rounds.planned(1)
    other = connections["migrate"].copy()
    with other.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("SELECT 1 FROM letters_part WHERE id = %s FOR NO KEY UPDATE", [part.pk])
        with pytest.raises(NotNow, match="over een minuut"):
            _close(part.round, withdraw=True)
        cursor.execute("ROLLBACK")
    other.close()
    assert _close(part.round, withdraw=True) == 1


def test_somebody_without_the_role_closes_nothing():
    part = rounds.planned(1)
    user = factories.user(Role.CONSULENT)
    with acting_as(user.actor()), pytest.raises(PermissionDenied):
        closing.close(round_=part.round, by=user, withdraw=True)


# --- the page ---


def _client() -> Client:
    client = Client()
    client.force_login(rounds.leader())
    return client


def _page(response) -> str:
    return " ".join(response.content.decode().split())


def test_the_page_names_what_is_open_and_asks_for_the_choice():
    part = rounds.made(2)
    client, address = _client(), reverse("letter_round_close", args=[part.round_id])
    page = _page(client.get(address))
    assert "Gemaakt deel zonder partij" in page
    assert "Trek in wat nog niet is verstuurd" in page
    refused = client.post(address)
    assert refused.status_code == 422
    assert "rond eerst af wat nog openstaat" in _page(refused)
    assert Round.objects.get().state == RoundState.RUNNING
    for said in ("binnen een minuut gedaan", "al gevraagd"):
        assert said in _page(client.post(address, {"withdraw": "on"}, follow=True))
    assert Round.objects.get().state == RoundState.RUNNING
    [key] = errands.due()
    errands.carry_out(errand_id=key)
    done = _page(client.get(reverse("letter_round", args=[part.round_id])))
    assert "De ronde is afgesloten. 2 brieven zijn ingetrokken." in done
    assert "al afgesloten" in _page(client.post(address, {"withdraw": "on"}, follow=True))


def test_the_page_says_that_applications_go_on():
    part = rounds.released(1).parts.get()
    rounds.post(part)
    _applied(rounds.letters(part)[0])
    page = _page(_client().get(reverse("letter_round_close", args=[part.round_id])))
    assert "Aanvragen die op een besluit wachten" in page
    assert "Trek in" not in page
