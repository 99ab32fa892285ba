"""Wishes about contact of which the BSN was typed. A page encrypts it for the worker, who alone opens it.

What is known of a number lies under the seal in the box, so that it also holds for who comes out later, in
every cycle. In the casework there is no number.
"""

import datetime
import logging
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

import psycopg
import pyrage
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from eligibility.actions import keys
from eligibility.actions.keys import key_folder
from eligibility.locks import LOCK_TYPED, holding
from optout.models import Channel, Scope, TypedKind, TypedWish
from outreach.audit import Event, record
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.kernel.keys import SEAL_KEY_NAME, KeyUnavailable, Pseudonymiser, Sealer
from outreach.models import User
from outreach.permissions import Permission, check

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Stored:
    """A wish that lies under the seal: what somebody does not want, how he said it and since when."""

    scope: str
    regeling: str | None
    channel: str
    since: datetime.datetime


@transaction.atomic
def register(
    *,
    kind: TypedKind,
    numbers: Iterable[str],
    channel: Channel,
    by: User,
    scope: Scope | None = None,
    regeling: str | None = None,
) -> None:
    """Encrypt the typed numbers (of a successor the old one and the new one) and leave them to the worker.

    The numbers are valid BSNs. Raises PermissionDenied, and NoKeyReady when the worker made no key yet.
    """
    check(by, Permission.OPT_OUT_BY_NUMBER)
    key = keys.take()
    recipient = pyrage.x25519.Recipient.from_str(key.public_key)
    wish = TypedWish(
        kind=kind,
        scope=scope or "",
        regeling_id=regeling,
        channel=channel,
        sealed=pyrage.encrypt(" ".join(numbers).encode("ascii"), [recipient]),
        key_name=key.name,
        registered_by=by,
    )
    wish.save(force_insert=True)
    record(Event.OPT_OUT_TYPED, "wens met een BSN", [wish.pk], details={"soort": kind, "kanaal": channel})


def settle_due() -> int:
    """Settle what was typed; how many. A worker that dies halfway does the rest again: each is done once."""
    with holding(LOCK_TYPED, 1) as box:
        if box is None:
            return 0
        due = box.execute(b"SELECT wens, soort, versleuteld, sleutel FROM poort.getypte_wensen()").fetchall()
        return sum(_attempt(box, *row) for row in due)


def _attempt(box: psycopg.Connection, wish: int, kind: str, sealed: bytes, key_name: str) -> bool:
    """One that cannot be opened does not keep the others; the page says that it waits."""
    try:
        identity = pyrage.x25519.Identity.from_str(keys.identity_of(key_name))
        numbers = pyrage.decrypt(bytes(sealed), [identity]).decode("ascii").split()
    except (KeyUnavailable, pyrage.DecryptError) as failure:
        _logger.error("wens %s: %s", wish, type(failure).__name__)
        return False
    done = _settle(box, wish, kind, numbers)
    key_folder().destroy(key_name)
    return done


def _settle(box: psycopg.Connection, wish: int, kind: str, numbers: list[str]) -> bool:
    sealer = _sealer()
    if kind != TypedKind.SUCCESSOR:
        numbers = [_newest(box, sealer, numbers[0])]
    people = _known(box, numbers)
    stored = [row for row, number in _stored(box, sealer) if number == numbers[0]]
    persons = [people.get(number) for number in numbers]
    seals = [sealer.seal(number) for number in numbers]
    with acting_as(SYSTEM_ACTOR), connection.cursor() as casework:
        if kind == TypedKind.SUCCESSOR:
            casework.execute(
                "SELECT poort.verwerk_opvolger(%s, %s, %s, %s, %s, %s)", [wish, *seals, *persons, stored]
            )
        else:
            casework.execute("SELECT poort.verwerk_wens(%s, %s, %s, %s)", [wish, *seals, *persons, stored])
        done = bool(casework.fetchone()[0])
        if done:
            found = [person for person in persons if person]
            record(Event.OPT_OUT_SETTLED, "persoon", found, details={"wens": wish, "soort": kind})
    return done


def apply_stored(casework: CursorWrapper) -> int:
    """Put stored wishes on who came out just now, in the transaction of the handover; on how many people."""
    casework.execute("SELECT id, zegel FROM blackbox.getypte_wens ORDER BY id")
    sealer = _sealer()
    wishes: dict[str, list[int]] = {}
    for wish, seal in casework.fetchall():
        wishes.setdefault(sealer.open(bytes(seal)), []).append(wish)
    if not wishes:
        return 0
    casework.execute("SELECT person_id, zegel FROM poort.bekende_personen()")
    people = {person: wishes.get(sealer.open(bytes(seal)), []) for person, seal in casework.fetchall()}
    applied = set()
    for person, chosen in sorted(people.items()):
        for wish in chosen:
            casework.execute("SELECT poort.pas_wens_toe(%s, %s)", [wish, person])
            if casework.fetchone()[0]:
                applied.add(person)
    if applied:
        record(Event.OPT_OUT_SETTLED, "persoon", sorted(applied), details={"soort": "overdracht"})
    return len(applied)


def successors(box: psycopg.Connection, pseudonymiser: Pseudonymiser) -> list[tuple[bytes, bytes]]:
    """The pseudonyms of the old and the new BSN of who got another one."""
    sealer = _sealer()
    return [
        (pseudonymiser.pseudonym(old), pseudonymiser.pseudonym(new)) for old, new in _numbers(box, sealer)
    ]


def derive_for_run(
    box: psycopg.Connection, run: int, pseudonymiser: Pseudonymiser, known: Collection[bytes]
) -> None:
    """Give a run the stored wishes of who did not come out yet (`known` are the pseudonyms of who did: their
    own row says what holds), and what a list says of the old BSN of somebody who got another."""
    sealer = _sealer()
    rows = box.execute(
        b"SELECT zegel, coalesce(regeling, '') FROM blackbox.getypte_wens"
        b" WHERE scope IN ('alles', 'regeling')"
    )
    for seal, regeling in rows.fetchall():
        pseudonym = pseudonymiser.pseudonym(sealer.open(bytes(seal)))
        if pseudonym not in known:
            box.execute(
                b"INSERT INTO blackbox.run_afgemeld (run, bsn, regeling) VALUES (%s, %s, %s)",
                (run, pseudonym, regeling),
            )
    for before, after in successors(box, pseudonymiser):
        box.execute(
            b"INSERT INTO blackbox.run_afgemeld (run, bsn, regeling)"
            b" SELECT %s, %s, a.regeling FROM blackbox.afmelding a"
            b" JOIN blackbox.run_levering l ON l.run = %s AND l.levering = a.levering WHERE a.bsn = %s",
            (run, after, run, before),
        )


def _sealer() -> Sealer:
    return Sealer(key_folder().load_or_make(SEAL_KEY_NAME))


def _numbers(box: psycopg.Connection, sealer: Sealer) -> list[tuple[str, str]]:
    rows = box.execute(b"SELECT oud, nieuw FROM blackbox.opvolger ORDER BY id").fetchall()
    return [(sealer.open(bytes(old)), sealer.open(bytes(new))) for old, new in rows]


def _newest(box: psycopg.Connection, sealer: Sealer, number: str) -> str:
    """The BSN that somebody has by now. Successors were written down one after the other."""
    for old, new in _numbers(box, sealer):
        if number == old:
            number = new
    return number


def _known(box: psycopg.Connection, numbers: Collection[str]) -> dict[str, UUID]:
    """Who of these numbers came out before."""
    sealer = _sealer()
    found = {}
    with box.transaction(), box.cursor(name="getypt") as cursor:
        cursor.execute(b"SELECT person_id, zegel FROM poort.bekende_personen()")
        for person, seal in cursor:
            if (number := sealer.open(bytes(seal))) in numbers:
                found[number] = person
    return found


def person_of(box: psycopg.Connection, number: str) -> UUID | None:
    """Who bears this number, or bore it before he got another; None for who never came out."""
    return next((found for found in _known(box, everyone(box, number)).values()), None)


def number_of(box: psycopg.Connection, person: UUID) -> str | None:
    """The number of who came out before. Raises KeyUnavailable when it was sealed under another key."""
    query = b"SELECT zegel FROM poort.bekende_personen() WHERE person_id = %s"
    row = box.execute(query, (person,)).fetchone()
    return _sealer().open(bytes(row[0])) if row else None


def everyone(box: psycopg.Connection, number: str) -> list[str]:
    """All numbers of one person: those he got, and those he had before. The newest first."""
    found = [_newest(box, _sealer(), number)]
    pairs = _numbers(box, _sealer())
    for new in found:
        found += [old for old, to in pairs if to == new and old not in found]
    return found


def stored_of(box: psycopg.Connection, number: str) -> tuple[Stored, ...]:
    """The wishes under the seal of a number, the oldest first; also of who never came out, of whom the
    casework has nothing. Those of a former number lie under the newest one too, and are taken back there."""
    sealer = _sealer()
    rows = box.execute(
        b"SELECT zegel, scope, regeling, kanaal, gemeld_op FROM blackbox.getypte_wens ORDER BY gemeld_op, id"
    ).fetchall()
    return tuple(Stored(*said) for seal, *said in rows if sealer.open(bytes(seal)) == number)


def _stored(box: psycopg.Connection, sealer: Sealer) -> list[tuple[int, str]]:
    rows = box.execute(b"SELECT id, zegel FROM blackbox.getypte_wens").fetchall()
    return [(wish, sealer.open(bytes(seal))) for wish, seal in rows]
