"""Checks the audit against its seals, and names the range that somebody was in.

It reads the lines themselves, as the owner of the audit, and makes their digest anew with a statement of its
own: the function in the database that the seals were made with could have been replaced.
"""

import datetime
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.db import connection

from outreach.actions.sealing import stored_seals
from outreach.sealing import FIRST, Seal, from_row, public_from_text

_DIGEST = """
SELECT count(*), min(g.id), max(g.id), encode(sha256(string_agg(sha256(convert_to(jsonb_build_array(
  g.id, g.op, g.actor, g.soort, g.team, g.handeling, g.onderwerp, to_jsonb(g.ids), g.bijzonderheden,
  g.verzoek, g.transactie::text, g.cluster)::text, 'UTF8')), ''::bytea ORDER BY g.id)), 'hex')
FROM audit.gebeurtenis g
WHERE g.cluster = %s AND g.transactie >= %s::text::xid8 AND g.transactie < %s::text::xid8
"""
_UNSEALED = """
SELECT count(*), min(g.op) FROM audit.gebeurtenis g
WHERE g.transactie >= coalesce((SELECT max(z.tot) FROM audit.zegel z WHERE z.cluster = g.cluster), '0')
"""
_OPEN_GUARDS = """
SELECT w.tabel || '.' || w.naam FROM (VALUES
  ('gebeurtenis', 'alleen_toevoegen'), ('gebeurtenis', 'niet_leegmaken'),
  ('zegel', 'alleen_toevoegen'), ('zegel', 'niet_leegmaken')) AS w (tabel, naam)
WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_trigger t WHERE t.tgname = w.naam AND t.tgenabled IN ('O', 'A')
  AND t.tgrelid = ('audit.' || w.tabel)::regclass) ORDER BY 1
"""


#: A line is sealed within a minute, but for who still writes; a koppeling writes for minutes, not for hours.
STOPPED_AFTER = datetime.timedelta(hours=1)


@dataclass(frozen=True)
class Finding:
    """What is wrong, in Dutch, with the range of lines when it is about lines."""

    text: str
    first: int | None = None
    last: int | None = None


@dataclass
class Report:
    """The outcome. `unpinned` tells that the key was only known from the seal file itself."""

    seals: int = 0
    lines: int = 0
    unsealed: int = 0
    unsealed_since: datetime.datetime | None = None

    def stopped(self, now: datetime.datetime) -> bool:
        """Whether a line waits for its seal so long that sealing has stopped."""
        return self.unsealed_since is not None and now - self.unsealed_since > STOPPED_AFTER

    keys: set[str] = field(default_factory=set)
    unpinned: bool = False
    findings: list[Finding] = field(default_factory=list)


def read_seal_file(path: Path) -> list[tuple[Seal, str]]:
    """The seals of the second channel, each with the public key it says it was signed under.

    Raises ValueError with the number of the line that is no seal; a file that is not there is empty.
    """
    if not path.exists():
        return []
    found = []
    for number, line in enumerate(path.read_text(encoding="ascii").splitlines(), start=1):
        try:
            row = json.loads(line)
            key = row.pop("key")
            found.append((from_row(row), key))
        except (ValueError, TypeError, KeyError, AttributeError):
            raise ValueError(f"regel {number} van het bestand met zegels is geen zegel") from None
    return found


def check(shipped: list[tuple[Seal, str]], trusted: list[str]) -> Report:
    """Check all of the audit, in one snapshot of the caller's transaction.

    `trusted` are the public keys that were written down; without any, those that the seal file names are
    believed, and the report says so. Raises ValueError when one of them is no key.
    """
    report = Report(keys=set(trusted) or {key for _, key in shipped}, unpinned=not trusted)
    keys = [public_from_text(key) for key in sorted(report.keys)]
    seals = stored_seals()
    report.seals = len(seals)
    signed = [lambda seal, key=key: seal.is_signed_by(key) for key in keys]
    report.findings += _chain(seals, signed)
    report.findings += _second_channel(seals, shipped)
    for seal in seals:
        report.lines += seal.lines
        report.findings += _range(seal)
    with connection.cursor() as cursor:
        cursor.execute(_UNSEALED)
        report.unsealed, report.unsealed_since = cursor.fetchone()
        cursor.execute(_OPEN_GUARDS)
        report.findings += [
            Finding(f"de bewaking {name} staat uit: regels kunnen veranderd worden")
            for (name,) in cursor.fetchall()
        ]
    return report


def _chain(seals: list[Seal], signed: list[Callable[[Seal], bool]]) -> Iterator[Finding]:
    """Each seal is signed, names the one before it, and begins where the last of its cluster ended."""
    former: Seal | None = None
    ends: dict[int, int] = {}
    for seal in seals:
        where = {"first": seal.first, "last": seal.last}
        if not any(check(seal) for check in signed):
            yield Finding(f"zegel {seal.number} is niet ondertekend met de sleutel van de werker", **where)
        expected = former.number + 1 if former else 1
        if seal.number != expected:
            missing = f"{expected}" if seal.number - expected == 1 else f"{expected}–{seal.number - 1}"
            yield Finding(f"zegel {missing} is weg", former.last if former else None, seal.first)
        elif seal.former != (former.mark() if former else FIRST):
            yield Finding(f"zegel {seal.number} volgt niet op het zegel ervoor", **where)
        if seal.start != ends.get(seal.cluster, 0):
            yield Finding(f"zegel {seal.number} begint niet waar het vorige ophield", **where)
        ends[seal.cluster] = seal.end
        former = seal


def _second_channel(seals: list[Seal], shipped: list[tuple[Seal, str]]) -> Iterator[Finding]:
    """What left the database must still be there, as it was."""
    stored = {seal.number: seal for seal in seals}
    gone = [seal for seal, _ in shipped if seal.number not in stored]
    if gone:
        yield Finding(
            f"{len(gone)} zegels uit het bestand staan niet in de database (zegel {gone[0].number} tot en met"
            f" {gone[-1].number}): het einde is afgekapt, of er is een oude back-up teruggezet",
            min(seal.first for seal in gone),
            max(seal.last for seal in gone),
        )
    for seal, _ in shipped:
        if seal.number in stored and stored[seal.number] != seal:
            yield Finding(f"zegel {seal.number} is een ander zegel dan in het bestand", seal.first, seal.last)


def _range(seal: Seal) -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute(_DIGEST, [seal.cluster, str(seal.start), str(seal.end)])
        lines, first, last, digest = cursor.fetchone()
    if (lines, first, last, digest) == (seal.lines, seal.first, seal.last, seal.digest):
        return
    if lines < seal.lines:
        what = f"{seal.lines - lines} van de {seal.lines} regels zijn weg"
    elif lines > seal.lines:
        what = f"er zijn {lines - seal.lines} regels bij gezet"
    else:
        what = "regels zijn veranderd of verwisseld"
    yield Finding(f"zegel {seal.number}: {what}", seal.first, seal.last)
