"""Asking back what was released: out of the part at once, or an honest answer of the vendor."""

import datetime
import threading
from pathlib import Path

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from letters.actions import alarms, batches, closing, parts, recalls, reprints, storage, work
from letters.actions.contents import reference
from letters.actions.ledger import Told, tell
from letters.models import (
    Axis,
    Batch,
    BatchState,
    FormerPrint,
    Letter,
    Part,
    Production,
    Recall,
    RecallReason,
    RecallResult,
    Rejection,
    WorkItem,
)
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models.person import Departed
from outreach.policies import NotNow
from tests.letters import rounds
from tests.letters.samples import page_texts

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


@pytest.fixture(autouse=True)
def folder(settings, tmp_path) -> Path:
    settings.LETTER_FOLDER = tmp_path / "brieven"
    return settings.LETTER_FOLDER


def _recalls() -> list[Recall]:
    with acting_as(SYSTEM_ACTOR):
        return list(Recall.objects.select_related("letter").order_by("asked_at"))


def _ask(letter: Letter, reason: RecallReason = RecallReason.MISTAKE) -> Recall:
    with acting_as(rounds.leader().actor()):
        return recalls.ask(letter=letter, reason=reason)


def test_before_the_confirmation_the_letter_leaves_its_part_at_once(folder):
    part = rounds.released(3).parts.get()
    out = rounds.letters(part)[0]
    rounds.opt_out_of(out.household)
    assert [recalls.sweep(), recalls.sweep()] == [1, 0]
    before = part.sha256
    part.refresh_from_db()
    assert (part.version, part.letters_count, part.rejected_count) == (2, 2, 1)
    assert part.sha256 != before
    assert reference(part.round_id, out.form_code) not in " ".join(page_texts(storage.read(part)))
    found = rounds.letters(part)
    assert [one.production for one in found] == ["ingetrokken", "vrijgegeven", "vrijgegeven"]
    assert [one.first_page for one in found] == [None, 1, 3]
    assert found[0].rejected == Rejection.OPTED_OUT
    [recall] = _recalls()
    assert (recall.reason, recall.result, recall.print_run) == ("afgemeld", RecallResult.WITHDRAWN, 1)


def test_after_the_confirmation_the_vendor_is_asked_and_the_part_stays():
    part = rounds.released(2).parts.get()
    rounds.confirm(part)
    out = rounds.letters(part)[0]
    rounds.change_addressee(out.household, departed=Departed.DIED)
    assert [recalls.sweep(), recalls.sweep()] == [1, 0]
    assert Part.objects.get(pk=part.pk).sha256 == part.sha256
    [recall] = _recalls()
    assert (recall.reason, recall.result, recall.answered_at) == ("overleden", "", None)
    assert recall.vendor == rounds.vendor()
    assert rounds.letters(part)[0].production == Production.CONFIRMED


def test_what_is_in_the_post_is_not_asked_back():
    part = rounds.released(1).parts.get()
    rounds.post(part)
    [letter] = rounds.letters(part)
    rounds.lapse(letter)
    assert recalls.sweep() == 0
    with pytest.raises(NotNow, match="op de post"):
        _ask(letter)


def test_a_letter_is_asked_back_once_per_print_run():
    part = rounds.released(1).parts.get()
    rounds.confirm(part)
    [letter] = rounds.letters(part)
    assert _ask(letter).pk == _ask(letter, RecallReason.DIED).pk
    assert [one.reason for one in _recalls()] == [RecallReason.MISTAKE]
    with acting_as(SYSTEM_ACTOR):
        tell([letter.pk], Told(Axis.PRODUCTION, Production.REFUSED))
    reprints.reprint(letter=letter, by=None)
    part = part.round.parts.exclude(pk=part.pk).get()
    parts.make(part_id=part.pk)
    rounds.release(rounds.compose(part.round))
    assert _ask(rounds.letters(part)[0]).print_run == 2


def test_with_its_last_letter_gone_a_part_has_no_file_and_a_batch_is_whole(folder):
    batch = rounds.released(2)
    part = batch.parts.get()
    for one in rounds.letters(part):
        rounds.lapse(one)
    assert recalls.sweep() == 2
    part.refresh_from_db()
    assert (part.letters_count, part.pages) == (0, 0)
    assert list(folder.iterdir()) == []
    assert Batch.objects.get().state == BatchState.RELEASED, "nobody confirmed anything"


def test_the_last_unconfirmed_part_that_empties_makes_a_batch_confirmed(monkeypatch):
    monkeypatch.setattr(parts, "MAX_LETTERS", 2)
    round_ = rounds.round_of(3)
    parts.plan(round_id=round_.pk)
    first, second = round_.parts.order_by("number")
    for part in (first, second):
        parts.make(part_id=part.pk)
    batch = rounds.compose(round_)
    rounds.release(batch)
    rounds.confirm(first)
    rounds.lapse(rounds.letters(second)[0])
    assert recalls.sweep() == 1
    assert Batch.objects.get().state == BatchState.CONFIRMED


def test_the_sweep_asks_as_much_of_the_database_for_one_as_for_many():
    def counted(size: int) -> int:
        part = rounds.released(size).parts.get()
        rounds.confirm(part)
        for one in rounds.letters(part):
            rounds.lapse(one)
        with CaptureQueriesContext(connection) as queries:
            assert recalls.sweep() == size
        return len(queries)

    few = counted(1)
    assert counted(12) == few <= 25


def test_two_sweeps_at_once_make_one_recall(unblocked):
    part = rounds.released(4).parts.get()
    for one in rounds.letters(part)[:2]:
        rounds.lapse(one)
    barrier, asked = threading.Barrier(4), []

    def sweep() -> None:
        try:
            barrier.wait()
            asked.append(recalls.sweep())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=sweep) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(asked) == [0, 0, 0, 2]
    part.refresh_from_db()
    assert (part.version, part.letters_count) == (2, 2)


def test_a_reprint_keeps_the_code_and_remembers_where_the_letter_stood():
    part = rounds.released(3).parts.get()
    rounds.confirm(part)
    rounds.post(part)
    letter = rounds.letters(part)[1]
    with acting_as(rounds.leader().actor()):
        reprints.reprint(letter=letter, by=rounds.leader())
    with acting_as(SYSTEM_ACTOR):
        letter = Letter.objects.select_related("part").get(pk=letter.pk)
    assert (letter.print_run, letter.production, letter.part.number) == (2, Production.PLANNED, 2)
    with acting_as(SYSTEM_ACTOR):
        former = FormerPrint.objects.get()
    assert (former.part, former.print_run, former.position, former.first_page) == (part, 1, 2, 3)
    assert Part.objects.get(pk=part.pk).sha256 == part.sha256
    assert parts.make(part_id=letter.part_id)
    text = " ".join(page_texts(storage.read(Part.objects.get(pk=letter.part_id))))
    assert reference(part.round_id, letter.form_code) in text
    rounds.release(rounds.compose(part.round))
    [again] = rounds.letters(letter.part)
    assert (again.form_code, again.production, again.print_run) == (letter.form_code, "vrijgegeven", 2)


def test_several_reprints_go_in_one_part_and_what_may_not_be_sent_is_not_printed_again():
    part = rounds.released(4).parts.get()
    rounds.post(part)
    first, second, third, fourth = rounds.letters(part)
    for one in (first, second):
        reprints.reprint(letter=one, by=None)
    [later] = part.round.parts.exclude(pk=part.pk)
    assert (later.letters_count, [one.position for one in rounds.letters(later)]) == (2, [1, 2])
    rounds.opt_out_of(third.household)
    with pytest.raises(NotNow, match="niet meer"):
        reprints.reprint(letter=third, by=None)
    with pytest.raises(NotNow, match="nog niet op de post"):
        reprints.reprint(letter=first, by=None)
    with acting_as(rounds.leader().actor()):
        closing.close(round_=part.round, by=rounds.leader(), withdraw=True)
    with pytest.raises(NotNow, match="afgesloten"):
        reprints.reprint(letter=fourth, by=None)


def _items() -> list[tuple]:
    with acting_as(SYSTEM_ACTOR):
        found = WorkItem.objects.open().filter(kind="blijft_hangen")
        return [(one.letter_id, one.part_id, one.batch_id) for one in found]


def _move_on() -> None:
    Batch.objects.update(state=BatchState.CONFIRMED, confirmed_at=clock.now())


def test_what_is_stuck_is_put_before_a_person_once_and_taken_away_when_it_moves_on():
    batch = rounds.released(2)
    part = batch.parts.get()
    assert alarms.sweep() == (0, 0)
    Batch.objects.update(released_at=clock.now() - 3 * DAY)
    assert [alarms.sweep(), alarms.sweep()] == [(1, 0), (0, 0)]
    assert _items() == [(None, None, batch.pk)]
    rounds.confirm(part)
    _move_on()
    assert alarms.sweep() == (0, 1)
    Batch.objects.update(planned_on=clock.today() - 8 * DAY)
    letter = rounds.letters(part)[0]
    recall = _ask(letter)
    with acting_as(SYSTEM_ACTOR):
        Recall.objects.filter(pk=recall.pk).update(asked_at=clock.now() - 3 * DAY)
    assert alarms.sweep() == (2, 0)
    assert sorted(_items(), key=str) == sorted([(letter.pk, None, None), (None, part.pk, None)], key=str)
    rounds.post(part)
    with acting_as(SYSTEM_ACTOR):
        Recall.objects.update(result=RecallResult.TOO_LATE, answered_at=clock.now())
    assert alarms.sweep() == (0, 2)
    with acting_as(SYSTEM_ACTOR):
        assert set(WorkItem.objects.values_list("resolution", flat=True)) == {work.BY_ITSELF}


@pytest.mark.parametrize(
    "changes",
    [
        {"planned_at": clock.now() - 2 * DAY},
        {"state": "gestrand", "problem": "Het maken van dit deel is 3 keer mislukt."},
    ],
)
def test_a_part_that_is_not_made_is_stuck(changes):
    part = rounds.planned(1)
    assert alarms.sweep() == (0, 0)
    Part.objects.filter(pk=part.pk).update(**changes)
    assert alarms.sweep() == (1, 0)
    assert _items() == [(None, part.pk, None)]


def test_letters_that_nobody_puts_in_a_batch_and_a_batch_past_its_day_are_stuck():
    part = rounds.made(1)
    Part.objects.filter(pk=part.pk).update(made_at=clock.now() - 15 * DAY)
    assert alarms.sweep() == (1, 0)
    batch = rounds.compose(part.round)
    Batch.objects.update(planned_on=clock.today() - DAY)
    assert alarms.sweep() == (1, 1)
    with acting_as(rounds.leader().actor()):
        batches.withdraw(batch=batch, by=rounds.leader())
    Part.objects.filter(pk=part.pk).update(made_at=clock.now())
    assert alarms.sweep() == (0, 1)
