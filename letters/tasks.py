"""Background work of the letters. A lost task is harmless: the sweep finds what is due in the database.

Tasks expire, so that a worker that comes back after an hour does not find the work of an hour a hundred
times over: the next sweep asks for what is still due.
"""

from celery import shared_task
from celery.signals import worker_ready

from letters.actions import parts


@shared_task(expires=60)
def sweep_letters() -> None:
    """Plan the letters of every round that has some due, and ask for every part that is not made yet."""
    for round_id in parts.rounds_due():
        parts.plan(round_id=round_id)
    for part_id in parts.parts_due():
        make_part.delay(part_id)


@shared_task(expires=60)
def make_part(part_id: int) -> None:
    """Make one part."""
    parts.make(part_id=part_id)


@worker_ready.connect
def sweep_at_start(sender: object = None, **kwargs: object) -> None:
    """A worker that starts looks at once for what a killed one left."""
    sweep_letters.delay()
