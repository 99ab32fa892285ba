"""Two workers at once, a killed worker, and an opt-out in between: one file, and nobody in it who said no."""

import random
import threading
import time
from pathlib import Path

import pytest
import redis
from django.db import connections

from letters.actions import parts, storage
from letters.models import Letter, Part, PartState
from optout.actions import opt_out
from optout.models import Channel
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from tests import factories
from tests.letters import rounds, workers
from tests.letters.samples import open_pdf

pytestmark = [pytest.mark.django_db]
POINTS = ["before the render", "in the draft", "after the draft", "after the name"]


@pytest.fixture(autouse=True)
def folder(settings, tmp_path) -> Path:
    settings.LETTER_FOLDER = tmp_path / "brieven"
    return settings.LETTER_FOLDER


def _at_once(*jobs) -> list:
    """Run jobs in threads that start together; what they gave."""
    barrier = threading.Barrier(len(jobs))
    results: list = [None] * len(jobs)

    def run(index: int) -> None:
        try:
            barrier.wait()
            results[index] = jobs[index]()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(jobs))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def _check_consistent(part: Part, folder: Path) -> None:
    """One file of the part, and it is what the rows say."""
    part.refresh_from_db()
    assert part.state == PartState.MADE
    assert [path.name for path in folder.iterdir()] == [part.file_name()]
    with open_pdf(storage.read(part)) as document:
        assert len(document.pages) == part.pages == 2 * part.letters_count
    made = [letter.first_page for letter in rounds.letters(part) if not letter.rejected]
    assert made == list(range(1, part.pages, 2))


def test_of_two_makers_one_makes(unblocked, folder):
    part = rounds.planned(3)
    results = _at_once(*[lambda: parts.make(part_id=part.pk)] * 4)
    assert sorted(results) == [False, False, False, True]
    _check_consistent(part, folder)
    assert part.attempts == 1


def test_of_two_planners_each_letter_is_planned_once(unblocked):
    round_ = rounds.round_of(40)
    assert sum(_at_once(*[lambda: parts.plan(round_id=round_.pk)] * 4)) == 1
    with acting_as(SYSTEM_ACTOR):
        assert Letter.objects.count() == 40
    assert list(round_.parts.values_list("number", "letters_count")) == [(1, 40)]


@pytest.mark.parametrize("point", POINTS)
def test_a_killed_maker_leaves_one_file_and_a_part_that_can_be_made(unblocked, folder, point):
    part = rounds.planned(3)
    with workers.maker(point, part.pk) as maker:
        assert not parts.make(part_id=part.pk), "two are busy with one part"
        workers.kill(maker)
    part.refresh_from_db()
    assert (part.state, part.attempts, part.sha256) == (PartState.PLANNED, 1, "")
    workers.wait_for(lambda: parts.make(part_id=part.pk))
    _check_consistent(part, folder)


def test_a_part_that_kills_its_worker_is_stranded(unblocked):
    part = rounds.planned(1)
    for attempt in range(1, 4):
        with workers.maker("before the render", part.pk) as maker:
            workers.kill(maker)
        part.refresh_from_db()
        assert part.attempts == attempt

    def stranded() -> bool:
        assert not parts.make(part_id=part.pk)
        part.refresh_from_db()
        return part.state == PartState.STRANDED

    workers.wait_for(stranded)


@pytest.mark.proof
@pytest.mark.parametrize("locked", [True, False])
def test_an_opt_out_that_was_confirmed_is_never_in_the_file(unblocked, monkeypatch, locked):
    """Sixty times an opt-out and the making of the letter at once; without the lock it does go wrong."""
    user = factories.user()
    part = rounds.planned(2)
    out = rounds.letters(part)[0]
    with acting_as(SYSTEM_ACTOR):
        person = out.household.members.select_related("person").get(addressee=True).person
    dice = random.Random(5)
    if not locked:
        monkeypatch.setattr(parts, "lock_adults", lambda households: None)
    violations, left_out, reach = 0, 0, 0.03
    for _ in range(60):
        pause = dice.uniform(0, reach)

        def opts_out(pause: float = pause) -> tuple:
            time.sleep(pause)
            with acting_as(SYSTEM_ACTOR):
                made = opt_out.register(person=person, regeling=None, channel=Channel.DOOR, by=user)
            # What somebody is told at the moment his wish is saved.
            return made, Part.objects.get(pk=part.pk).state == PartState.MADE

        (wish, told_it_was_made), _made = _at_once(opts_out, lambda: parts.make(part_id=part.pk))
        printed = not rounds.letters(part)[0].rejected
        violations += printed and not told_it_was_made
        left_out += not printed
        # Who came too early comes later, and the other way around: on a fast and on a slow machine the two
        # meet about where it is decided.
        reach = max(reach / 1.25, 0.001) if printed else min(reach * 1.25, 5.0)
        with acting_as(SYSTEM_ACTOR):
            opt_out.withdraw(opt_out=wish, by=user)
        rounds.plan_again(part)
    assert (violations == 0) == locked
    assert 0 < left_out < 60


@pytest.mark.proof
def test_a_real_worker_makes_the_letters_and_goes_on_after_kill_9(unblocked, folder, tmp_path):
    """Nobody sends a task: a worker that starts finds what is due, also what a killed one left."""
    round_ = rounds.round_of(1600)
    log = tmp_path / "kantoor.log"
    with redis.Redis.from_url(workers.environment()["REDIS_URL"]) as broker:
        broker.flushdb()
    made = Part.objects.filter(round=round_, state=PartState.MADE)
    with workers.celery_worker(log) as worker:
        workers.wait_for(lambda: made.exists())
        workers.kill(worker)
    before = dict(made.values_list("number", "sha256"))
    with redis.Redis.from_url(workers.environment()["REDIS_URL"]) as broker:
        broker.flushdb()
    with workers.celery_worker(log):
        workers.wait_for(lambda: made.count() == 4)
    assert 0 < len(before) < 4
    parts_made = list(made.order_by("number"))
    assert {part.number: part.sha256 for part in parts_made if part.number in before} == before
    assert sorted(path.name for path in folder.iterdir()) == [part.file_name() for part in parts_made]
    assert sum(part.letters_count for part in parts_made) == 1600
    for part in parts_made:
        with open_pdf(storage.read(part)) as document:
            assert len(document.pages) == part.pages
    text = log.read_text()
    assert "make_part" in text
    assert rounds.SURNAME not in text
