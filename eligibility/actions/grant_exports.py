"""Files of grants for the administrations that pay: the one place where a BSN is written out.

The lines are made and encrypted in memory; what lies on disk opens with the key of the administration alone.
Nothing of a line is logged, and the broker hears no number at all.
"""

import csv
import hashlib
import io
import logging
import os
from pathlib import Path

import psycopg
import pyrage
from django.conf import settings
from django.db import IntegrityError, connection

from eligibility.actions.keys import key_folder
from eligibility.locks import LOCK_EXPORT, holding
from outreach.audit import Event, record
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.kernel.keys import SEAL_KEY_NAME, KeyUnavailable, Sealer

#: What is in the file; docs/operations.md says what each column means.
COLUMNS = ("bsn", "regeling", "datum", "toekenning", "rol", "voor", "grond")

_logger = logging.getLogger(__name__)


class SealMissing(Exception):
    """Somebody was granted something and his number is not there. Nothing is left out silently."""


def make_due() -> list[int]:
    """Make every file that was asked and is not there yet; which ones."""
    with holding(LOCK_EXPORT, 1) as box:
        if box is None:
            return []
        due = box.execute(b"SELECT uitvoer, openbare_sleutel FROM poort.uitvoer_te_maken()").fetchall()
        return [export for export, public_key in due if _attempt(box, export, public_key)]


def _attempt(box: psycopg.Connection, export: int, public_key: str) -> bool:
    """One file that cannot be made does not keep the others; its page says how long it waits."""
    try:
        return _make(box, export, public_key)
    except (SealMissing, KeyUnavailable, pyrage.RecipientError, OSError, IntegrityError) as failure:
        _logger.error("uitvoer %s: %s", export, type(failure).__name__)
        return False


def _make(box: psycopg.Connection, export: int, public_key: str) -> bool:
    """Make one file: first on disk, then said to be there. A worker that dies in between does both again."""
    rows = box.execute(
        b"SELECT toekenning, zegel, rol, voor, regeling, datum, grond FROM poort.uitvoer(%s)", (export,)
    ).fetchall()
    sealed = pyrage.encrypt(_lines(rows), [pyrage.x25519.Recipient.from_str(public_key)])
    write_sealed(f"toekenningen-{export}.csv.age", sealed)
    granted = len({row[0] for row in rows})
    with acting_as(SYSTEM_ACTOR), connection.cursor() as cursor:
        cursor.execute(
            "SELECT poort.uitvoer_gemaakt(%s, %s, %s, %s, %s)",
            [export, granted, len(rows), len(sealed), hashlib.sha256(sealed).hexdigest()],
        )
        made = bool(cursor.fetchone()[0])
        if made:
            record(
                Event.EXPORT_MADE, "uitvoer", [export], details={"toekenningen": granted, "regels": len(rows)}
            )
    return made


def _lines(rows: list[tuple]) -> bytes:
    """The CSV: UTF-8, semicolons, lines end in LF. Raises SealMissing."""
    sealer = Sealer(key_folder().load(SEAL_KEY_NAME))
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\n")
    writer.writerow(COLUMNS)
    for grant, seal, role, named, regeling, day, ground in rows:
        if seal is None:
            raise SealMissing(f"toekenning {grant}")
        named_as = "ja" if named else "nee"
        writer.writerow([sealer.open(bytes(seal)), regeling, day.isoformat(), grant, role, named_as, ground])
    return text.getvalue().encode()


def write_sealed(name: str, sealed: bytes) -> None:
    """Write a file to be handed over: whole or not at all. Readable for the group: the pages run as another
    user of the system."""
    folder = Path(settings.EXPORT_FOLDER)
    folder.mkdir(mode=0o750, parents=True, exist_ok=True)
    path = folder / name
    draft = path.with_suffix(f".{os.getpid()}")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640)
    with os.fdopen(descriptor, "wb") as file:
        file.write(sealed)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    folder_descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(folder_descriptor)
    finally:
        os.close(folder_descriptor)
