"""Background work of the letters. A lost task is harmless: the sweep finds what is due in the database.

Tasks expire, so that a worker that comes back after an hour does not find the work of an hour a hundred
times over: the next sweep asks for what is still due.
"""

from uuid import UUID

from celery import shared_task
from celery.signals import worker_ready

from letters.actions import (
    alarms,
    batch_recalls,
    batches,
    destroying,
    errands,
    fitting,
    parts,
    recalls,
    report,
    scans,
    terms,
    waiting,
)


@shared_task(expires=60)
def sweep_letters() -> None:
    """Plan the letters that are due, and those that waited for a colleague; ask for each part to be made."""
    waiting.free()
    for round_id in parts.rounds_due():
        parts.plan(round_id=round_id)
    for part_id in parts.parts_due():
        make_part.delay(part_id)
    for part_id in fitting.due():
        fit_part.delay(part_id)


@shared_task(expires=60)
def make_part(part_id: int) -> None:
    """Make one part."""
    parts.make(part_id=part_id)


@shared_task(expires=60)
def fit_part(part_id: int) -> None:
    """Make one part again as its vendor wants it."""
    fitting.fit(part_id=part_id)


@shared_task(expires=60)
def sweep_batches() -> None:
    """Ask for every release and errand that somebody wants, and ask back what may not be sent any more."""
    for batch_id in batches.releases_due():
        release_batch.delay(str(batch_id))
    for batch_id in batch_recalls.due():
        recall_batch.delay(str(batch_id))
    for batch_id in batch_recalls.anew_due():
        plan_batch_anew.delay(str(batch_id))
    for errand_id in errands.due():
        carry_out.delay(errand_id)
    recalls.sweep()


@shared_task(expires=60)
def release_batch(batch_id: str) -> None:
    """Release one batch, in the name of who asked for it."""
    batches.release_asked(batch_id=UUID(batch_id))


@shared_task(expires=60)
def recall_batch(batch_id: str) -> None:
    """Ask back all letters of one batch."""
    batch_recalls.carry_out(batch_id=UUID(batch_id))


@shared_task(expires=60)
def plan_batch_anew(batch_id: str) -> None:
    """Plan anew what of one batch was withdrawn as wrong."""
    batch_recalls.plan_anew(batch_id=UUID(batch_id))


@shared_task(expires=60)
def carry_out(errand_id: int) -> None:
    """Do what somebody asked for a whole round, in his name."""
    errands.carry_out(errand_id=errand_id)


@shared_task(expires=60)
def sweep_scans() -> None:
    """Ask for every scan that was not taken in yet."""
    for scan_id in scans.due():
        process_scan.delay(str(scan_id))


@shared_task(expires=60)
def process_scan(scan_id: str) -> None:
    """Take in one scan."""
    scans.process(scan_id=UUID(scan_id))


@shared_task(expires=3600)
def keep_house() -> None:
    """Carry out lists of destruction that are due, end the wait for answers, and say what got stuck."""
    destroying.carry_out_due()
    terms.end_pauses()
    alarms.sweep()


@worker_ready.connect
def sweep_at_start(sender: object = None, **kwargs: object) -> None:
    """A worker that starts looks at once for what a killed one left."""
    sweep_letters.delay()
    sweep_scans.delay()


@shared_task(expires=3600)
def make_report() -> None:
    """Make the stand of the rapport of this month, when there is none yet and enough to tell."""
    report.make()
