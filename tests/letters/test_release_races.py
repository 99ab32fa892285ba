"""An opt-out and a release at once, two at once of what may be done once, and a composer that is killed."""

import hashlib
import random
import threading
import time
from pathlib import Path

import pytest
from django.db import IntegrityError, connections

from letters.actions import batches, parts, recheck, storage
from letters.models import Batch, BatchState, Letter, Part, PartState, Production
from optout.actions import opt_out
from optout.models import Channel
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models.gesprek import GONE
from outreach.policies import NotNow
from outreach.transitions import StateChanged
from tests import factories
from tests.letters import rounds, workers
from tests.letters.samples import open_pdf
from tests.roles import as_role

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings, tmp_path) -> Path:
    settings.LETTER_FOLDER = tmp_path / "brieven"
    return settings.LETTER_FOLDER


def _at_once(*jobs) -> list:
    """Run jobs in threads that start together, each with a connection of its own; what they gave."""
    barrier = threading.Barrier(len(jobs))
    results: list = [None] * len(jobs)

    def run(index: int) -> None:
        try:
            barrier.wait()
            results[index] = jobs[index]()
        except (NotNow, StateChanged) as refusal:
            results[index] = type(refusal)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(jobs))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_of_two_who_compose_or_release_at_once_one_does(unblocked):
    part = rounds.made(3)
    vendor, leader = rounds.vendor(), rounds.leader()
    made = _at_once(*[lambda: rounds.compose(part.round)] * 4)
    assert sorted(isinstance(one, Batch) for one in made) == [False, False, False, True]
    batch = Batch.objects.get(vendor=vendor, made_by=leader)
    released = _at_once(*[lambda: rounds.release(Batch.objects.get(pk=batch.pk))] * 4)
    assert released.count(batches.Released(letters=3, lapsed=0)) == 1
    assert released.count(StateChanged) == 3
    with acting_as(SYSTEM_ACTOR):
        told = Letter.objects.filter(part=part).values_list("events__code", flat=True)
        assert sorted(told) == ["gemaakt"] * 3 + ["vrijgegeven"] * 3


@as_role("migrate")
def _trigger(state: str, name: str = "vrijgave") -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute(f"ALTER TABLE letters_letter {state} TRIGGER {name}")


@as_role("migrate")
def _compose_again(batch: Batch) -> None:
    """Put a batch back as it was before its release. No page and no worker can."""
    with connections["default"].cursor() as cursor:
        cursor.execute("ALTER TABLE letters_part DISABLE TRIGGER ligt_vast")
        cursor.execute("ALTER TABLE letters_letterevent DISABLE TRIGGER alleen_met_de_brief")
        cursor.execute("DELETE FROM letters_letterevent WHERE code IN ('vrijgegeven', 'vervallen')")
        cursor.execute(
            "UPDATE letters_batch SET state = 'samengesteld', released_by_id = NULL, released_at = NULL"
        )
        cursor.execute("UPDATE letters_letter SET production = 'gemaakt', rejected = ''")
        cursor.execute("ALTER TABLE letters_part ENABLE TRIGGER ligt_vast")
        cursor.execute("ALTER TABLE letters_letterevent ENABLE TRIGGER alleen_met_de_brief")


@pytest.mark.proof
@pytest.mark.parametrize("guarded", [True, False])
def test_nobody_who_opted_out_before_the_release_is_released(unblocked, monkeypatch, guarded):
    """Three hundred times an opt-out and a release at once; without lock and trigger it does go wrong."""
    batch = rounds.composed(2)
    user, part = factories.user(), batch.parts.get()
    letter = rounds.letters(part)[0]
    with acting_as(SYSTEM_ACTOR):
        person = letter.household.members.select_related("person").get(addressee=True).person
    if not guarded:
        monkeypatch.setattr(batches, "lock_adults", lambda households: None)
        _trigger("DISABLE")
    dice = random.Random(11)
    violations = left_out = 0
    try:
        for _ in range(300):
            wish, released_before = _race(batch, person, user, dice.uniform(0, 0.05))
            goes = rounds.letters(part)[0].production == Production.RELEASED
            violations += goes and not released_before
            left_out += not goes
            with acting_as(SYSTEM_ACTOR):
                opt_out.withdraw(opt_out=wish, by=user)
            _compose_again(batch)
    finally:
        _trigger("ENABLE")
    assert (violations == 0) == guarded
    assert 0 < left_out < 300


def _race(batch: Batch, person: object, user: object, pause: float) -> tuple:
    """The opt-out, and whether the batch was released by the time that the wish was saved."""

    def opts_out() -> tuple:
        time.sleep(pause)
        with acting_as(SYSTEM_ACTOR):
            wish = opt_out.register(person=person, regeling=None, channel=Channel.DOOR, by=user)
        return wish, Batch.objects.get(pk=batch.pk).state == BatchState.RELEASED

    told, _ = _at_once(opts_out, lambda: rounds.release(Batch.objects.get(pk=batch.pk)))
    return told


def test_without_the_lock_the_trigger_still_refuses(monkeypatch):
    """The look finds nobody, as when it comes too early; the database says no. Red without the trigger."""
    batch = rounds.composed(2)
    rounds.opt_out_of(rounds.letters(batch.parts.get())[0].household)
    monkeypatch.setattr(batches, "failing", lambda letters: {})
    with pytest.raises(Exception, match="no contact"):
        rounds.release(batch)
    assert Batch.objects.get().state == BatchState.COMPOSED
    _trigger("DISABLE")
    try:
        assert rounds.release(batch).letters == 2, "only the trigger stood between"
    finally:
        _trigger("ENABLE")


@pytest.mark.parametrize("result", GONE)
def test_the_trigger_refuses_a_letter_to_where_somebody_is_said_to_be_gone(monkeypatch, result):
    """Said in between the look and the release. Red without the trigger."""
    batch = rounds.composed(2)
    rounds.told_gone(rounds.letters(batch.parts.get())[0].household, result)
    monkeypatch.setattr(batches, "failing", lambda letters: {})
    with pytest.raises(IntegrityError, match="said to be gone"):
        rounds.release(batch)
    assert Batch.objects.get().state == BatchState.COMPOSED
    _trigger("DISABLE", "vrijgave_gemeld_weg")
    try:
        assert rounds.release(batch).letters == 2, "only the trigger stood between"
    finally:
        _trigger("ENABLE", "vrijgave_gemeld_weg")


def test_an_opt_out_waits_for_the_release_to_end(unblocked, monkeypatch):
    """With the lock the wish comes after the release, whole; without it the test is red."""
    batch = rounds.composed(1)
    [letter] = rounds.letters(batch.parts.get())
    order: list[str] = []
    looked = threading.Event()
    real = recheck.failing

    def slow(letters: object) -> dict:
        found = real(letters)
        looked.set()
        time.sleep(0.4)
        order.append("released")
        return found

    monkeypatch.setattr(batches, "failing", slow)

    def opts_out() -> None:
        looked.wait()
        rounds.opt_out_of(letter.household)
        order.append("opted out")

    _at_once(opts_out, lambda: rounds.release(batch))
    assert order == ["released", "opted out"]


_COMPOSER = """
import sys
import django
django.setup()
from letters.actions import parts
parts.MAX_LETTERS = 20
print("begun", flush=True)
round_id = int(sys.argv[1])
parts.plan(round_id=round_id)
for part_id in parts.parts_due():
    parts.make(part_id=part_id)
print("done", flush=True)
"""


@pytest.mark.proof
def test_a_composer_that_is_killed_ten_times_leaves_each_letter_in_one_part(unblocked, folder):
    """Killed at random moments of planning and making. What was made before a kill stays as it is."""
    round_ = rounds.round_of(400)
    dice, made, kills = random.Random(3), {}, 0
    while kills < 10:
        process = workers.composer(_COMPOSER, round_.pk)
        time.sleep(dice.uniform(0.02, 0.35))
        if process.poll() is None:
            kills += 1
        workers.kill(process)
        process.stdout.close()
        _check_so_far(round_, made)
        # So that three kills in one part do not strand it.
        Part.objects.filter(round=round_).planned().update(attempts=0)
    workers.wait_for(lambda: _finish(round_))
    _check_so_far(round_, made)
    with acting_as(SYSTEM_ACTOR):
        found = Letter.objects.filter(round=round_)
        assert found.count() == found.values("household").distinct().count() == 400
        assert found.filter(production=Production.MADE, first_page__isnull=False).count() == 400
    assert sum(round_.parts.values_list("letters_count", flat=True)) == 400
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        one.file_name() for one in round_.parts.all()
    )


def _finish(round_: object) -> bool:
    parts.plan(round_id=round_.pk)
    for key in parts.parts_due():
        parts.make(part_id=key)
    return not round_.parts.exclude(state=PartState.MADE).exists()


def _check_so_far(round_: object, made: dict[int, str]) -> None:
    """Each part that says it is made has its file, whole, and what was made before did not change."""
    for part in round_.parts.filter(state=PartState.MADE).order_by("number"):
        pdf = storage.read(part)
        assert made.setdefault(part.number, part.sha256) == part.sha256 == hashlib.sha256(pdf).hexdigest()
        with open_pdf(pdf) as document:
            assert len(document.pages) == part.pages
