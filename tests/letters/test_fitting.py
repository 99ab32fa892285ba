"""Each vendor gets the pages as he wants them: made again where they were not, whole whatever happens."""

from pathlib import Path

import pytest

from letters import tasks
from letters.actions import batches, fitting, originals, parts, recalls, reprints, storage, vendor_documents
from letters.actions.batch_counts import totals
from letters.actions.sandbox import batch as sandbox_batch
from letters.composition.layout import WINDOWS
from letters.models import Batch, BatchState, Letter, Part, Production, RecallReason, Vendor
from outreach.audit import Event
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.policies import NotNow
from tests.api import calling
from tests.letters import rounds, workers
from tests.letters.samples import char_boxes, page_texts
from tests.letters.test_paper import _inside

pytestmark = pytest.mark.django_db
LEFT, RIGHT = WINDOWS["links"], WINDOWS["rechts"]


@pytest.fixture(autouse=True)
def folder(settings, tmp_path) -> Path:
    settings.LETTER_FOLDER = tmp_path / "brieven"
    return settings.LETTER_FOLDER


@pytest.fixture
def right_hand() -> Vendor:
    return Vendor.objects.create(
        name="Drukkerij Rechts", window="rechts", return_window="rechts", duplex=False, code_zone=12
    )


def _compose(part: Part, vendor: Vendor) -> Batch:
    leader = rounds.leader()
    with acting_as(leader.actor()):
        return batches.compose(round_=part.round, vendor=vendor, planned_on=clock.today(), by=leader)


def _withdraw(batch: Batch) -> None:
    with acting_as(rounds.leader().actor()):
        batches.withdraw(batch=batch, by=rounds.leader())


def _in(pdf: bytes, page: int, window) -> str:
    return "".join(char for char, *_ in _inside(pdf, page, window))


def test_the_address_moves_to_the_window_of_the_vendor(right_hand):
    part = rounds.made(3)
    before = storage.read(part)
    assert _in(before, 0, LEFT).startswith("A.van")
    batch = _compose(part, right_hand)
    assert fitting.due() == [part.pk]
    assert fitting.fit(part_id=part.pk)
    assert not fitting.fit(part_id=part.pk)
    assert fitting.due() == []
    part.refresh_from_db()
    pdf = storage.read(part)
    for number in range(3):
        page = 2 * number
        assert _in(pdf, page, RIGHT) == _in(before, page, LEFT)
        assert not _in(pdf, page, LEFT).startswith("A.van")
        assert "Antwoordnummer" in _in(pdf, page + 1, RIGHT)
    assert (part.version, part.window, part.duplex, part.code_zone) == (2, "rechts", False, 12)
    assert "op het tweede blad" in page_texts(pdf)[0]
    assert totals([batch])[batch.pk].sheets == part.pages == 6
    assert rounds.release(batch).letters == 3
    assert len(rounds.audited(part, Event.PART_REMADE)) == 1


def test_it_is_not_released_until_each_part_is_as_the_vendor_wants_it(right_hand):
    part = rounds.made(2)
    batch = _compose(part, right_hand)
    leader = rounds.leader()
    with acting_as(leader.actor()):
        for release in (batches.ask_release, batches.release):
            with pytest.raises(NotNow, match="nog gemaakt zoals deze drukker"):
                release(batch=batch, by=leader)
        assert batch.state == BatchState.COMPOSED
    assert fitting.fit(part_id=part.pk)
    with acting_as(leader.actor()):
        assert batches.ask_release(batch=batch, by=leader)
        # He changed his mind in between.
        Vendor.objects.filter(pk=right_hand.pk).update(code_zone=15)
    batches.release_asked(batch_id=batch.pk)
    batch.refresh_from_db()
    assert "zoals deze drukker" in batch.problem
    assert fitting.due() == [part.pk]


def test_from_one_vendor_to_another_and_back_gives_the_same_bytes(right_hand):
    part = rounds.made(4)
    first = storage.read(part)
    _withdraw(_compose(part, right_hand))
    assert fitting.due() == []
    batch = _compose(part, right_hand)
    fitting.fit(part_id=part.pk)
    part.refresh_from_db()
    to_right = part.sha256
    _withdraw(batch)
    batch = _compose(part, rounds.vendor())
    fitting.fit(part_id=part.pk)
    part.refresh_from_db()
    assert (part.version, part.window) == (3, "links")
    assert storage.read(part) == first
    _withdraw(batch)
    _compose(part, right_hand)
    fitting.fit(part_id=part.pk)
    part.refresh_from_db()
    assert part.sha256 == to_right


def test_what_is_drawn_again_later_is_drawn_as_it_was_printed(right_hand):
    part = rounds.made(2)
    batch = _compose(part, right_hand)
    fitting.fit(part_id=part.pk)
    rounds.release(batch)
    part.refresh_from_db()
    pdf = storage.read(part)
    with acting_as(SYSTEM_ACTOR):
        letter = Letter.objects.select_related("part__round__handover").get(part=part, position=2)
        form, _ = originals.form_of(letter)
    assert char_boxes(form, 1) == char_boxes(pdf, 3)
    client = calling.issue(vendor=right_hand).client
    with acting_as(SYSTEM_ACTOR):
        again = vendor_documents.letter_again(client=client, letter_id=letter.pk)
    assert char_boxes(again, 0) == char_boxes(pdf, 2)
    with acting_as(SYSTEM_ACTOR):
        recalls.ask(letter=letter, reason=RecallReason.MISTAKE)
    part.refresh_from_db()
    assert _in(storage.read(part), 0, RIGHT) == _in(pdf, 0, RIGHT)


def test_a_reprint_goes_as_the_vendor_wants_it_too(right_hand):
    part = rounds.made(2)
    batch = _compose(part, right_hand)
    fitting.fit(part_id=part.pk)
    rounds.release(batch)
    rounds.post(part)
    letter = rounds.letters(part)[0]
    assert letter.production == Production.SENT
    with acting_as(rounds.leader().actor()):
        reprints.reprint(letter=letter, by=rounds.leader())
    again = part.round.parts.get(number=2)
    assert parts.parts_due() == [again.pk]
    assert parts.make(part_id=again.pk)
    _compose(part, right_hand)
    assert fitting.due() == [again.pk]
    fitting.fit(part_id=again.pk)
    again.refresh_from_db()
    assert _in(storage.read(again), 0, RIGHT).startswith("A.van")


def test_what_was_released_stays_whatever_the_vendor_wants_later():
    batch = rounds.released(2)
    Vendor.objects.filter(pk=batch.vendor_id).update(window="rechts")
    assert fitting.due() == []
    assert not fitting.fit(part_id=batch.parts.get().pk)


def test_the_sweep_asks_for_what_does_not_fit(right_hand, monkeypatch):
    part = rounds.made(1)
    asked: list[int] = []
    monkeypatch.setattr(tasks.fit_part, "delay", asked.append)
    tasks.sweep_letters()
    _compose(part, right_hand)
    tasks.sweep_letters()
    assert asked == [part.pk]
    tasks.fit_part(part.pk)
    tasks.sweep_letters()
    assert asked == [part.pk]


def test_what_fails_three_times_waits_for_a_person(right_hand, monkeypatch):
    part = rounds.made(1)
    batch = _compose(part, right_hand)

    def break_down(*args: object) -> None:
        raise MemoryError

    with monkeypatch.context() as broken:
        broken.setattr(parts, "render_part", break_down)
        for _ in range(3):
            with pytest.raises(MemoryError):
                fitting.fit(part_id=part.pk)
    assert fitting.due() == []
    assert not fitting.fit(part_id=part.pk)
    leader = rounds.leader()
    with acting_as(leader.actor()), pytest.raises(NotNow, match="drie keer mislukt"):
        batches.ask_release(batch=batch, by=leader)
    _withdraw(batch)
    _compose(part, right_hand)
    assert fitting.fit(part_id=part.pk)


@pytest.mark.parametrize("point", ["before the render", "in the draft", "after the draft", "after the name"])
def test_a_killed_worker_leaves_the_version_of_before(unblocked, right_hand, point):
    part = rounds.made(3)
    before = storage.read(part)
    _compose(part, right_hand)
    with workers.maker(point, part.pk, "fit") as worker:
        assert not fitting.fit(part_id=part.pk), "two are busy with one part"
        workers.kill(worker)
    part.refresh_from_db()
    assert (part.version, part.window) == (1, "links")
    assert storage.read(part) == before
    workers.wait_for(lambda: fitting.fit(part_id=part.pk))
    part.refresh_from_db()
    assert (part.version, part.window) == (2, "rechts")
    assert _in(storage.read(part), 0, RIGHT).startswith("A.van")
    assert [path.name for path in storage.settings.LETTER_FOLDER.iterdir()] == [part.file_name()]


def test_the_batch_to_test_with_is_as_the_vendor_wants_it(right_hand):
    drawn = sandbox_batch(right_hand).file
    assert _in(drawn.pdf, 0, RIGHT).endswith("PROEFDAM")
    assert drawn.sha256 == sandbox_batch(right_hand).file.sha256 != sandbox_batch().file.sha256
