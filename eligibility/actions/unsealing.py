"""Sealed reasons: made in the handover of a koppeling, opened for one person when two people agreed.

Only the worker of the box has the key of a koppeling. It writes a reason nowhere in clear.
"""

import contextlib
import datetime
import logging
from pathlib import Path
from uuid import UUID

import psycopg
import pyrage
from django.db import connection
from django.db.models.functions import Now

from eligibility import reasons, transitions
from eligibility.actions import box as boxes
from eligibility.actions.keys import key_folder
from eligibility.blackbox.run import SETTINGS, step_parameters
from eligibility.locks import LOCK_UNSEAL, holding
from eligibility.models import Run, RunSeal, UnsealAnswer, UnsealRequest, UnsealState
from eligibility.models.unsealing import READABLE_DAYS
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.kernel.keys import KeyUnavailable, ReasonSealer

_BATCH = 5_000
_QUERY = (Path(__file__).parents[1] / "blackbox" / "reasons.sql").read_text(encoding="utf-8")
# What follows in the transaction of the handover plans as it is used to.
_AS_BEFORE = "SET LOCAL enable_nestloop = on; SET LOCAL enable_mergejoin = on"
_logger = logging.getLogger(__name__)


class NotSealed(Exception):
    """Nothing lies sealed about this person in this koppeling, or it was destroyed."""


def key_name(run: Run) -> str:
    """The key of the seals of one koppeling. The moment is in it: a number may come back with a backup."""
    return f"verzegeld-{run.pk}-{int(run.asked_at.timestamp())}"


def seal_run(box: psycopg.Connection, run: Run) -> int:
    """Seal why everybody came out who did, in the transaction of the handover; how many people.

    Done once: what was sealed is not sealed again. Raises BoxBusy, KeyUnavailable.
    """
    if RunSeal.objects.filter(run=run).exists():
        return 0
    name = key_name(run)
    sealer = ReasonSealer(key_folder().load_or_make(name), run.pk)
    if run.box_number is None:
        raise RuntimeError("a run is sealed after it was in the box")
    parameters = step_parameters(box, run.box_number)
    handover = _same_transaction()
    try:
        handover.execute(b"SELECT poort.maak_verzegeld(%s)", (run.pk,))
    except psycopg.errors.LockNotAvailable:
        raise boxes.BoxBusy from None
    handover.execute(SETTINGS.encode())
    people = 0
    query = psycopg.ClientCursor(handover).mogrify(_QUERY.encode(), parameters)
    with handover.cursor(name="redenen") as found:
        found.execute(query.encode())
        while batch := found.fetchmany(_BATCH):
            _write(handover, run.pk, [(person, sealer.seal(person, text)) for person, text in batch])
            people += len(batch)
    handover.execute(_AS_BEFORE.encode())
    RunSeal.objects.create(run=run, key_name=name, people=people)
    return people


def _same_transaction() -> psycopg.Connection:
    """The connection of the pages' tables, below Django: it streams, and copies in."""
    connection.ensure_connection()
    return connection.connection


def _write(handover: psycopg.Connection, run: int, rows: list[tuple[UUID, bytes]]) -> None:
    copying = b"COPY blackbox.verzegeld (run, person_id, inhoud) FROM STDIN WITH (FORMAT BINARY)"
    with psycopg.Cursor(handover) as cursor, cursor.copy(copying) as copy:
        copy.set_types(["int8", "uuid", "bytea"])
        for person, sealed in rows:
            copy.write_row((run, person, sealed))


def open_due() -> int:
    """Open what two people agreed to, and take away what was readable long enough; how many were opened.

    An answer and the state of its request are one transaction: killed anywhere, it is opened once or not yet.
    """
    with holding(LOCK_UNSEAL, 1) as box:
        if box is None:
            return 0
        allowed = UnsealRequest.objects.filter(state=UnsealState.ALLOWED).select_related("run")
        opened = sum(_attempt(box, request) for request in allowed.order_by("pk"))
        _take_away()
        return opened


def _attempt(box: psycopg.Connection, request: UnsealRequest) -> bool:
    """One that cannot be opened does not keep the others; one that was withdrawn just now stays closed."""
    try:
        found = _lines(box, request.person, request.run)
    except (NotSealed, KeyUnavailable) as failure:
        _logger.error("ontzegelen %s: %s", request.pk, type(failure).__name__)
        problem = "Het zegel of de sleutel ervan is er niet meer."
        _move(request, transitions.UNSEAL_FAIL, problem=problem)
        return False
    recipient = pyrage.x25519.Recipient.from_str(request.recipient)
    sealed = pyrage.encrypt("\n".join(found).encode(), [recipient])
    try:
        with acting_as(SYSTEM_ACTOR):
            transitions.apply(
                request,
                transitions.UNSEAL_OPEN,
                opened_at=Now(),
                readable_until=clock.today() + datetime.timedelta(days=READABLE_DAYS),
            )
            UnsealAnswer.objects.create(request=request, sealed=sealed)
    except transitions.StateChanged:
        return False
    return True


def opened_lines(box: psycopg.Connection, person: UUID) -> dict[datetime.date, list[str]]:
    """The same answer in the pack for the resident himself, by the peildatum of the koppeling.

    Only what two people agreed to open and what may still be read; not what was destroyed since.
    """
    opened = UnsealRequest.objects.filter(person=person, state=UnsealState.OPENED).select_related("run")
    readable = [one for one in opened.order_by("run_id") if one.is_readable(clock.today())]
    found = {}
    for request in readable:
        with contextlib.suppress(NotSealed, KeyUnavailable):
            found[request.run.peildatum] = _lines(box, person, request.run)
    return found


def _lines(box: psycopg.Connection, person: UUID, run: Run) -> list[str]:
    seal = RunSeal.objects.filter(run=run, destroyed_at=None).first()
    query = b"SELECT inhoud FROM blackbox.verzegeld WHERE run = %s AND person_id = %s"
    row = box.execute(query, (run.pk, person)).fetchone() if seal else None
    if seal is None or row is None:
        raise NotSealed
    text = ReasonSealer(key_folder().load(seal.key_name), run.pk).open(person, bytes(row[0]))
    return reasons.lines(reasons.read(text), run.peildatum)


def _take_away() -> None:
    """What was readable long enough goes, with what opens it."""
    late = UnsealRequest.objects.filter(state=UnsealState.OPENED, readable_until__lt=clock.today())
    for request in late:
        with acting_as(SYSTEM_ACTOR):
            transitions.apply(request, transitions.UNSEAL_EXPIRE, identity="")
            UnsealAnswer.objects.filter(request=request).delete()


def _move(request: UnsealRequest, arrow: transitions.Arrow, **changes: object) -> None:
    try:
        with acting_as(SYSTEM_ACTOR):
            transitions.apply(request, arrow, **changes)
    except transitions.StateChanged:
        return
