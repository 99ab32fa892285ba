"""Seals the audit, every minute, in the worker of the box: the key to sign with is his alone.

Each seal also goes to a second channel, a file (`AUDIT_SEAL_FILE`) and the log, which the municipality ships
to where the superuser of the database has no say. Without it, who cuts off lines and seals leaves no trace.
"""

import json
import logging
import os
from dataclasses import asdict
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction

from outreach.kernel.keys import KeyFolder
from outreach.sealing import FIRST, KEY_NAME, Seal, public_text

#: For pg_try_advisory_xact_lock(class, key); eligibility/locks.py has the other classes.
LOCK_SEALS = 7108
#: Longer than any line of the seal file.
_TAIL_BYTES = 4096

_logger = logging.getLogger(__name__)


class SealsMissing(Exception):
    """The seal file knows seals that the database has not: they were cut off, or a backup was restored."""


def sealing_key() -> Ed25519PrivateKey:
    """The key to sign with, made on first use. Raises ImproperlyConfigured where there is no key folder."""
    if not settings.KEY_FOLDER or not settings.MASTER_KEY:
        raise ImproperlyConfigured("KEY_FOLDER en MASTER_KEY ontbreken: alleen de werker koppel verzegelt.")
    folder = KeyFolder.from_text(settings.KEY_FOLDER, settings.MASTER_KEY)
    return Ed25519PrivateKey.from_private_bytes(folder.load_or_make(KEY_NAME))


def seal_due() -> list[Seal]:
    """Seal all lines of which no transaction can still be under way, and ship; the new seals.

    Raises SealsMissing, and seals nothing, while the database has fewer seals than the file: going on would
    give two seals one number. docs/operations.md says what to do then.
    """
    key = sealing_key()
    made: list[Seal] = []
    with transaction.atomic():
        if not _alone():
            return []
        _refuse_after_a_cut()
        made = _seal(key)
    # Only what is committed is shipped: a file that knows more than the database means a cut.
    _ship(public_text(key.public_key()))
    return made


def _alone() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, 1)", [LOCK_SEALS])
        return bool(cursor.fetchone()[0])


def _seal(key: Ed25519PrivateKey) -> list[Seal]:
    former = last_seal()
    made = []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT cluster, van::text, tot::text, regels, eerste, laatste, encode(inhoud, 'hex')"
            " FROM audit.te_verzegelen() ORDER BY cluster"
        )
        for cluster, start, end, lines, first, last, digest in cursor.fetchall():
            number, mark = (former.number + 1, former.mark()) if former else (1, FIRST)
            seal = Seal(number, cluster, int(start), int(end), lines, first, last, digest, mark).signed(key)
            _store(seal)
            made.append(seal)
            former = seal
    return made


def _store(seal: Seal) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO audit.zegel (nummer, cluster, van, tot, regels, eerste, laatste, inhoud, vorige,"
            " handtekening) VALUES (%s, %s, %s::text::xid8, %s::text::xid8, %s, %s, %s, decode(%s, 'hex'),"
            " decode(%s, 'hex'), decode(%s, 'hex'))",
            [
                seal.number,
                seal.cluster,
                str(seal.start),
                str(seal.end),
                seal.lines,
                seal.first,
                seal.last,
                seal.digest,
                seal.former,
                seal.signature,
            ],
        )


def stored_seals(after: int = 0) -> list[Seal]:
    """The seals in the database with a number above `after`, in order."""
    with connection.cursor() as cursor:
        cursor.execute(_SEALS + " WHERE nummer > %s ORDER BY nummer", [after])
        return [_from_columns(row) for row in cursor.fetchall()]


def last_seal() -> Seal | None:
    """The newest seal in the database; None when nothing was sealed yet."""
    with connection.cursor() as cursor:
        cursor.execute(_SEALS + " ORDER BY nummer DESC LIMIT 1")
        row = cursor.fetchone()
    return _from_columns(row) if row else None


_SEALS = (
    "SELECT nummer, cluster, van::text, tot::text, regels, eerste, laatste, encode(inhoud, 'hex'),"
    " encode(vorige, 'hex'), encode(handtekening, 'hex') FROM audit.zegel"
)


def _from_columns(row: tuple) -> Seal:
    number, cluster, start, end, *rest = row
    return Seal(number, cluster, int(start), int(end), *rest)


def last_shipped() -> int:
    """The number of the last whole line of the seal file; 0 when there is none."""
    path = Path(settings.AUDIT_SEAL_FILE)
    if not path.exists():
        return 0
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _TAIL_BYTES))
        whole = file.read().split(b"\n")[:-1]
    return int(json.loads(whole[-1])["number"]) if whole else 0


def _refuse_after_a_cut() -> None:
    there = last_seal()
    known, stored = last_shipped(), there.number if there else 0
    if known > stored:
        raise SealsMissing(
            f"Het bestand met zegels gaat tot {known}, de database tot {stored}. Zie docs/operations.md,"
            " De audit."
        )


def _ship(public_key: str) -> None:
    """Write what the file does not have yet, so that a worker that died in between loses no seal."""
    with transaction.atomic():
        if not _alone():
            return
        lines = [
            json.dumps({**asdict(seal), "key": public_key}, sort_keys=True)
            for seal in stored_seals(after=last_shipped())
        ]
        if lines:
            _append("".join(f"{line}\n" for line in lines))
    for line in lines:
        _logger.info("auditzegel %s", line)


def _append(text: str) -> None:
    path = Path(settings.AUDIT_SEAL_FILE)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with path.open("a+b") as file:
        # Half a line of a worker that was killed is no seal: the whole one is written now.
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - _TAIL_BYTES))
        torn = file.read().rpartition(b"\n")[2]
        file.truncate(size - len(torn))
        file.write(text.encode("ascii"))
        file.flush()
        os.fsync(file.fileno())
