"""Delivering the files of the town, as an applicatiebeheerder does in the browser."""

import datetime
import json
import time
from collections.abc import Callable
from pathlib import Path

from django.core.management.base import CommandError
from django.db import transaction

from eligibility.actions import deliveries, keys, runs
from eligibility.files import EncryptedWriter
from eligibility.models import Bron, Delivery, DeliveryKey, DeliveryState, Run, RunState
from eligibility.tasks import carry_out_run, processing_of
from outreach.kernel.db import acting_as
from outreach.models import User
from tools.state import RUN

PIECE = 1 << 16
POLL_SECONDS = 0.2
PATIENCE_SECONDS = 240


def wait_until(done: Callable[[], bool], what: str) -> None:
    """Look again until it is so. Raises CommandError when it takes longer than four minutes."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not done():
        if time.monotonic() > deadline:
            raise CommandError(f"{what} duurt te lang. Kijk in {RUN / 'log'} wat er aan de hand is.")
        time.sleep(POLL_SECONDS)


# On which day of the month a bron delivers, and every how many months.
_EXPECTED = {
    "brp": (5, 1),
    "bijstand": (10, 1),
    "kwijtschelding": (15, 3),
    "leerlingen": (20, 12),
    "ib_toets": (1, 12),
}


def expect() -> None:
    """Agree on fixed days with some suppliers, so that the calendar has something to tell."""
    for code, (day, months) in _EXPECTED.items():
        Bron.objects.filter(pk=code).update(expected_on_day=day, expected_every_months=months)


def deliver(folder: Path, by: User) -> int:
    """Hand in every file of `levering.json`; the number of files."""
    listed = json.loads((folder / "levering.json").read_text(encoding="utf-8"))
    for entry in listed:
        _deliver(folder / entry["bestand"], entry, by)
    return len(listed)


def _take_key() -> DeliveryKey:
    """A key pair; the worker that has just started may still be making the first ones."""
    wait_until(lambda: DeliveryKey.objects.filter(taken=False).exists(), "Het klaarleggen van sleutels")
    return keys.take()


def _deliver(path: Path, entry: dict[str, object], by: User) -> None:
    key = _take_key()
    writer = EncryptedWriter(key.public_key)
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            writer.write(piece)
    writer.finish()
    with acting_as(by.actor()):
        delivery = deliveries.receive(
            bron=Bron.objects.get(pk=entry["bron"]),
            year=entry.get("jaar"),
            peildatum=datetime.date.fromisoformat(str(entry["peildatum"])),
            file_name=path.name,
            file=writer,
            key=key,
            by=by,
        )
        transaction.on_commit(lambda: processing_of(delivery).delay(delivery.pk))


def accept_held(by: User) -> int:
    """Accept what is held, as a person who looked at the report would; the number of deliveries."""
    held = Delivery.objects.filter(state=DeliveryState.HELD)
    for delivery in held:
        with acting_as(by.actor()):
            deliveries.accept(delivery=delivery, reason="Demo: de afwijking is bekeken en verklaard.", by=by)
    return len(held)


def koppel(peildatum: datetime.date, by: User) -> Run:
    """Ask for a koppeling and wait for its end. Raises CommandError when it strands."""
    with acting_as(by.actor()):
        run = runs.start(peildatum=peildatum, by=by)
    carry_out_run.delay(run.pk)
    wait_until(lambda: not Run.objects.open().filter(pk=run.pk).exists(), "De koppeling")
    run.refresh_from_db()
    if run.state != RunState.DONE:
        raise CommandError(f"De koppeling is niet gelukt: {run.problem}")
    return run
