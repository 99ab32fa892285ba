"""Destroying deliveries, keys of cycles and sealed reasons: partition, file, key, and a search for the rest.

The order is fixed, and each step may be done again: a worker that is killed anywhere leaves a row that says
what is due, and the next one begins at the first step. Nothing is said to be gone before it was searched for.
What to search for lies wrapped in the key folder meanwhile, since its source is the first thing that goes.
"""

import hashlib
import logging
import struct
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from django.conf import settings
from django.db.models.functions import Now
from psycopg import sql

from eligibility import files, transitions
from eligibility.actions import box as boxes
from eligibility.actions import destroying_casework, expiring
from eligibility.actions.keys import key_folder
from eligibility.actions.remains import RemainsFound, packed, unpacked
from eligibility.actions.settling import LOG
from eligibility.blackbox.run import LOCK_BROWSER
from eligibility.intake.layouts import LAYOUTS
from eligibility.locks import LOCK_DELIVERY, LOCK_DESTRUCTION, holding
from eligibility.models import Delivery, DeliveryState, RunSeal
from eligibility.policies import NotNow, check_not_in_use
from outreach.actions import destruction
from outreach.audit import Event, record
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.kernel.destruction_log import DestructionLog, LogBroken, flush_folder
from outreach.kernel.keys import KeyUnavailable, cycle_key_name
from outreach.kernel.remains import Needles, Searched, search
from outreach.models import DestructionItem
from outreach.models.destruction import RetentionKind

KINDS = (RetentionKind.DELIVERY, RetentionKind.CYCLE, RetentionKind.REASONS)
#: So many rows of a delivery are searched for; a DELETE would leave them all.
_SAMPLE = 500
_HEAD_BYTES = 200
#: The table with sealed reasons. Unlike the rows of a delivery, these are numbered by the koppeling.
SEALED = "verzegeld"
#: How PostgreSQL writes a value of 16 bytes in a row: its length, then the bytes.
_LENGTH_16 = b"\x23" if sys.byteorder == "little" else b"\x91"

_logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Work:
    """One thing that is being destroyed. The names are what the log keeps, for after an older backup."""

    box: psycopg.Connection
    item: DestructionItem
    number: int | None = None
    table: str = ""
    stored_as: str = ""
    key: str = ""
    facts: dict[str, object] = field(default_factory=dict)

    @property
    def needles_name(self) -> str:
        return f"zoek-{self.item.pk.hex}"


def carry_out_due() -> list[int]:
    """Destroy what is due, and close the lists on which nothing is left; which lists.

    Leaves it while a koppeling is at work, or somebody is told facts: those load again what they miss.
    """
    with holding(LOCK_DESTRUCTION, 1) as box, holding(LOCK_BROWSER, 1) as alone:
        if box is None or alone is None:
            return []
        with acting_as(SYSTEM_ACTOR):
            due = destruction.due_items(*KINDS)
        for item in due:
            _attempt(box, item)
        destroying_casework.carry_out(box)
        with acting_as(SYSTEM_ACTOR):
            return destruction.close_finished(*KINDS, *destroying_casework.KINDS)


def _attempt(box: psycopg.Connection, item: DestructionItem) -> None:
    """One thing that cannot go now does not keep the others; its page says why."""
    try:
        if item.kind == RetentionKind.CYCLE:
            _destroy_cycle(box, item)
            return
        if item.kind == RetentionKind.REASONS:
            _destroy_reasons(box, item)
            return
        with holding(LOCK_DELIVERY, int(item.subject)) as free:
            if free is not None:
                _destroy_delivery(box, item)
    except (NotNow, boxes.BoxBusy, RemainsFound, LogBroken, OSError) as failure:
        problem = (
            "Een map is niet te lezen of te schrijven." if isinstance(failure, OSError) else str(failure)
        )
        _logger.error("vernietiging %s: %s", item.pk, type(failure).__name__)
        with acting_as(SYSTEM_ACTOR):
            destruction.note(item, problem)


def _destroy_delivery(box: psycopg.Connection, item: DestructionItem) -> None:
    delivery = Delivery.objects.select_related("bron").get(pk=int(item.subject))
    if item.begun_at is None:
        if not expiring.is_kept(delivery):
            with acting_as(SYSTEM_ACTOR):
                destruction.was_gone(item)
            return
        check_not_in_use(delivery)
    table = LAYOUTS[delivery.bron.layout].table
    _through(Work(box, item, delivery.box_number, table, delivery.stored_as, delivery.key_id))


def _destroy_cycle(box: psycopg.Connection, item: DestructionItem) -> None:
    if item.begun_at is None and expiring.in_use(int(item.subject)):
        raise NotNow("Er is nog een levering of koppeling van dit refertejaar. Die gaat eerst.")
    _through(Work(box, item, key=cycle_key_name(int(item.subject))))


def _destroy_reasons(box: psycopg.Connection, item: DestructionItem) -> None:
    seal = RunSeal.objects.get(run=int(item.subject))
    if item.begun_at is None:
        if seal.destroyed_at is not None:
            with acting_as(SYSTEM_ACTOR):
                destruction.was_gone(item)
            return
        if waits := expiring.reasons_wait(seal.run_id):
            raise NotNow(waits)
    _through(Work(box, item, seal.run_id, SEALED, key=seal.key_name))


def _through(work: Work) -> None:
    for step in STEPS:
        if step(work) is False:
            return


# --- the steps, in their order ---


def prepare(work: Work) -> bool:
    """Learn what to search for, and say that it begins. False when a hold forbids it."""
    if work.item.begun_at is not None:
        return True
    folder = key_folder()
    folder.destroy(work.needles_name)
    needles = _needles(work)
    folder.store(work.needles_name, packed(needles))
    before = search(_places(), needles)
    with acting_as(SYSTEM_ACTOR):
        begun = destruction.begin(work.item, work.facts | {"sporen_vooraf": before.hits})
    if not begun:
        folder.destroy(work.needles_name)
    return begun


def log(work: Work) -> None:
    """Write it down outside the database, before the first byte goes."""
    DestructionLog(settings.DESTRUCTION_FOLDER, LOG).add(
        str(work.item.pk),
        {
            "soort": work.item.kind,
            "onderwerp": work.item.subject,
            "lijst": work.item.listed_on_id,
            "op": work.item.begun_at.isoformat(),  # type: ignore[union-attr]
            "nummer": work.number,
            "bestand": work.stored_as,
            "sleutel": work.key,
        },
    )


def drop_rows(work: Work) -> None:
    """The partition as a whole: rows that are deleted one by one stay in its files."""
    if work.table == SEALED and work.number is not None:
        boxes.drop_reasons(work.box, work.number)
    elif work.number is not None:
        boxes.drop_delivery(work.box, work.number)


def remove_file(work: Work) -> None:
    """The encrypted upload."""
    if work.stored_as:
        files.remove(work.stored_as)
        flush_folder(Path(settings.UPLOAD_FOLDER))


def remove_key(work: Work) -> None:
    """The key: a copy of the file that somebody kept cannot be opened any more."""
    key_folder().destroy(work.key)
    flush_folder(Path(settings.KEY_FOLDER))


def look(work: Work) -> None:
    """Search for all of it. Raises RemainsFound."""
    try:
        needles = unpacked(key_folder().load(work.needles_name))
    except KeyUnavailable:
        # Somebody took it out of the folder. The certificate then says that nothing was searched for.
        needles = []
    table = f"{work.table}_{work.number}"
    if work.number is not None and _is_there(work.box, table):
        raise RemainsFound(Searched(hits=1))
    found = search(_places(), needles)
    if found.hits:
        raise RemainsFound(found)
    work.facts = {
        "gezocht_bestanden": found.files,
        "gezocht_bytes": found.size,
        "gezocht_naar": sum(len(one.whole) for one in needles),
        "gevonden": found.hits,
        "database_doorzocht": bool(settings.DATABASE_FILES),
    }


def say(work: Work) -> None:
    """In one transaction: what it was about is gone, and what was searched."""
    with acting_as(SYSTEM_ACTOR):
        destruction.destroyed(work.item, work.facts)
        if work.item.kind == RetentionKind.CYCLE:
            record(Event.KEY_DESTROYED, "sleutel", [work.key])
        elif work.item.kind == RetentionKind.REASONS:
            RunSeal.objects.filter(run=work.number, destroyed_at=None).update(destroyed_at=Now())
            record(Event.SEALS_DESTROYED, "koppeling", [work.item.subject], details={"sleutel": work.key})
        else:
            delivery = Delivery.objects.get(pk=int(work.item.subject))
            if delivery.state != DeliveryState.DESTROYED:
                transitions.apply(delivery, transitions.DESTROY, details={"lijst": work.item.listed_on_id})


def forget(work: Work) -> None:
    """What was searched for goes last."""
    key_folder().destroy(work.needles_name)
    flush_folder(Path(settings.KEY_FOLDER))


STEPS: tuple[Callable[[Work], bool | None], ...] = (
    prepare,
    log,
    drop_rows,
    remove_file,
    remove_key,
    look,
    say,
    forget,
)


def forget_searches() -> None:
    """Remove what a worker that was killed at its very last step left to search for."""
    with acting_as(SYSTEM_ACTOR):
        busy = {f"zoek-{item.pk.hex}" for item in destruction.due_items(*KINDS)}
        casework = destruction.due_items(*destroying_casework.KINDS)
        busy |= {destroying_casework.needles_name(item.listed_on_id) for item in casework}
    for path in Path(settings.KEY_FOLDER).glob("zoek-*.key"):
        if path.stem not in busy:
            path.unlink(missing_ok=True)


# --- what to search for, and where ---


def _places() -> list[Path]:
    places = [Path(settings.UPLOAD_FOLDER), Path(settings.KEY_FOLDER)]
    return [*places, Path(settings.DATABASE_FILES)] if settings.DATABASE_FILES else places


def _is_there(box: psycopg.Connection, table: str) -> bool:
    query = b"SELECT to_regclass(%s) IS NOT NULL"
    return bool(box.execute(query, (f"blackbox.{table}",)).fetchone()[0])


def _needles(work: Work) -> list[Needles]:
    """Rows of the partition as they lie in its files, the beginning of the upload, and the wrapped key."""
    made = []
    rows = _rows_as_stored(work)
    if rows:
        made.append(Needles(struct.pack("=q", work.number), rows))
    stored = Path(settings.UPLOAD_FOLDER) / work.stored_as
    if work.stored_as and stored.exists():
        with stored.open("rb") as file:
            head = file.read(_HEAD_BYTES)
            file.seek(0)
            work.facts["bestand_sha256"] = hashlib.file_digest(file, "sha256").hexdigest()
        work.facts["bestand_bytes"] = stored.stat().st_size
        made.append(Needles(head, frozenset({head})))
    wrapped = Path(settings.KEY_FOLDER) / f"{work.key}.key"
    if wrapped.exists():
        whole = wrapped.read_bytes()
        work.facts["sleutel"] = work.key
        made.append(Needles(whole, frozenset({whole})))
    return made


def _rows_as_stored(work: Work) -> frozenset[bytes]:
    """The first columns of some rows as PostgreSQL writes them: together they are of this delivery alone."""
    table = f"{work.table}_{work.number}"
    if work.number is None or not _is_there(work.box, table):
        return frozenset()
    name = sql.Identifier("blackbox", table)
    counted = work.box.execute(sql.SQL("SELECT count(*) FROM {}").format(name)).fetchone()
    work.facts["rijen"] = counted[0] if counted else 0
    if work.table == SEALED:
        # What the WAL and backups hold of a seal is closed by the key, and that is searched for.
        return frozenset()
    line = sql.SQL("regel" if work.table == "inwoner" else "NULL::integer")
    query = sql.SQL("SELECT {}, bsn FROM {} ORDER BY bsn LIMIT {}").format(line, name, sql.Literal(_SAMPLE))
    return frozenset(
        struct.pack("=q", work.number)
        + (b"" if number is None else struct.pack("=i", number))
        + _LENGTH_16
        + bytes(pseudonym)
        for number, pseudonym in work.box.execute(query)
    )
