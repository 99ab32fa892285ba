"""The file for somebody who asks what is known about him (AVG art. 15), made by the worker of the box.

The number is in memory for one request. The file is made in memory and lies encrypted; broker, logs and audit
know the number of the request alone. First the file is on disk, then the database is told: a worker that dies
in between makes it once more, in the same place.
"""

import datetime
import hashlib
import logging
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pyrage
from django.conf import settings
from django.db import DatabaseError, connection

from eligibility.actions import keys, restricted_numbers, typed_numbers, unsealing
from eligibility.actions.found_in import Sources, sources
from eligibility.actions.keys import key_folder
from eligibility.locks import LOCK_PACKS, holding
from eligibility.models import Bron, Run, RunState
from outreach.audit import Event, record
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.kernel.destruction_log import flush_folder
from outreach.kernel.keys import KeyUnavailable
from outreach.models import Regeling, RetentionRule
from outreach.models.subject_request import PACK_DAYS, RESTRICTS, RequestKind, pack_file_name

#: So many lines of the audit are in the file; it says so when there are more.
LINES = 2000
_SUBJECT = "verzoek van een inwoner"
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Look:
    """One line of the audit: when, in which role, what. Of staff the role alone: see docs/security.md."""

    at: datetime.datetime
    role: str
    act: str
    subject: str


@dataclass(frozen=True, slots=True)
class Ground:
    """That being in this list of this year made an income zeker or onzeker."""

    bron: str
    year: int
    klasse: str


@dataclass(frozen=True, slots=True)
class Koppeling:
    """One koppeling. `used` are the deliveries that hold the person, `came_out` is whether he did."""

    run: int
    peildatum: datetime.date
    used: tuple[int, ...]
    came_out: bool
    #: Of how many lists that it used nobody can see any more whether he was in them.
    gone: int
    #: What being in a list said of income then: its name, the year and the class. Of everybody, not of him.
    grounds: tuple[Ground, ...] = ()


@dataclass(frozen=True, slots=True)
class Sealed:
    """What lies under his number in the box and nowhere else: wishes, requests (what, received on) and how
    many numbers he had before. `reasons` is why he was found, of each koppeling of which it was opened."""

    wishes: tuple[typed_numbers.Stored, ...] = ()
    requests: tuple[tuple[str, datetime.date], ...] = ()
    former: int = 0
    reasons: Mapping[datetime.date, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Facts:
    """All that goes into one file. `casework` is empty for who never came out of a koppeling."""

    request: int
    made_on: datetime.date
    until: datetime.date
    casework: dict[str, list[dict[str, Any]]]
    sources: Sources
    sealed: Sealed
    runs: tuple[Koppeling, ...]
    looks: tuple[Look, ...]
    regelingen: dict[str, str]
    #: The agreed term of each kind that has one, by RetentionKind.
    terms: dict[str, str]


@dataclass(frozen=True, slots=True)
class _Due:
    request: int
    kind: str
    ended: bool
    person: UUID | None
    sealed: bytes | None
    key_name: str | None
    recipient: str


Draw = Callable[[Facts], bytes]
#: A key, a disk or the database; and what stands in the data of one resident and nobody thought of.
_KEEPS_ONE_WAITING = (
    *(KeyUnavailable, pyrage.DecryptError, pyrage.RecipientError, OSError, psycopg.Error, DatabaseError),
    *(ValueError, TypeError, LookupError, AttributeError, AssertionError),
)


def make_due(draw: Draw) -> list[int]:
    """Settle the numbers that were typed and make each file that waits; which requests were served."""
    with holding(LOCK_PACKS, 1) as box:
        if box is None:
            return []
        due = [_Due(*row) for row in box.execute(b"SELECT * FROM poort.verzoeken_te_doen()").fetchall()]
        return [one.request for one in due if _attempt(box, one, draw)]


def _attempt(box: psycopg.Connection, due: _Due, draw: Draw) -> bool:
    """One that cannot be made does not keep the others; its page says that it waits."""
    try:
        done = _settle(box, due, draw)
    except _KEEPS_ONE_WAITING as failure:
        # Its name alone: the message of an error may hold what somebody wrote.
        _logger.error("verzoek %s: %s", due.request, type(failure).__name__)
        return False
    if due.key_name:
        key_folder().destroy(due.key_name)
    return done


def _settle(box: psycopg.Connection, due: _Due, draw: Draw) -> bool:
    if due.ended:
        return _linked(due, None)
    number = _number(box, due)
    person = due.person or (typed_numbers.person_of(box, number) if number else None)
    if due.kind != RequestKind.ACCESS:
        unknown = number if person is None and due.kind in RESTRICTS else None
        return restricted_numbers.keep(due.request, unknown) if unknown else _linked(due, person)
    return _make(box, due, number, person, draw)


def _number(box: psycopg.Connection, due: _Due) -> str | None:
    if due.sealed is None or due.key_name is None:
        return typed_numbers.number_of(box, due.person) if due.person else None
    identity = pyrage.x25519.Identity.from_str(keys.identity_of(due.key_name))
    return pyrage.decrypt(bytes(due.sealed), [identity]).decode("ascii")


def _linked(due: _Due, person: UUID | None) -> bool:
    with acting_as(SYSTEM_ACTOR):
        return bool(_ask("SELECT poort.verzoek_gekoppeld(%s, %s)", [due.request, person]))


def _ask(query: str, values: list[object]) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchone()[0]


def _make(box: psycopg.Connection, due: _Due, number: str | None, person: UUID | None, draw: Draw) -> bool:
    facts = _facts(box, due.request, number, person)
    sealed = pyrage.encrypt(draw(facts), [pyrage.x25519.Recipient.from_str(due.recipient)])
    _write(due.request, sealed)
    told = [due.request, person, hashlib.sha256(sealed).hexdigest(), len(sealed), facts.until]
    with acting_as(SYSTEM_ACTOR):
        made = bool(_ask("SELECT poort.pakket_gemaakt(%s, %s, %s, %s, %s)", told))
        if made:
            record(Event.SUBJECT_PACK_MADE, _SUBJECT, [due.request])
    return made


def _facts(box: psycopg.Connection, request: int, number: str | None, person: UUID | None) -> Facts:
    today = clock.today()
    numbers = typed_numbers.everyone(box, number) if number else []
    found = sources(box, numbers)
    casework = _casework(box, request, person)
    return Facts(
        request=request,
        made_on=today,
        until=today + datetime.timedelta(days=PACK_DAYS),
        casework=casework,
        sources=found,
        sealed=_sealed(box, request, numbers, person),
        runs=_runs(found, {row["koppeling"] for row in casework.get("huishoudens", [])}),
        looks=_looks(box, request, person),
        regelingen=dict(Regeling.objects.values_list("code", "name")),
        terms={kind: rule.term_text() for kind, rule in RetentionRule.objects.all_current().items()},
    )


def _casework(box: psycopg.Connection, request: int, person: UUID | None) -> dict[str, list[dict[str, Any]]]:
    if person is None:
        return {}
    row = box.execute(b"SELECT poort.inzage_gegevens(%s, %s)", (request, person)).fetchone()
    return {name: rows or [] for name, rows in ((row and row[0]) or {}).items()}


def _sealed(box: psycopg.Connection, request: int, numbers: list[str], person: UUID | None) -> Sealed:
    query = b"SELECT soort, ontvangen FROM poort.inzage_bewaard(%s, %s, %s)"
    kept = restricted_numbers.requests_of(box, numbers)
    return Sealed(
        wishes=typed_numbers.stored_of(box, numbers[0]) if numbers else (),
        requests=tuple(box.execute(query, (request, person, kept)).fetchall()),
        former=max(len(numbers) - 1, 0),
        reasons=unsealing.opened_lines(box, person) if person else {},
    )


def _looks(box: psycopg.Connection, request: int, person: UUID | None) -> tuple[Look, ...]:
    if person is None:
        return ()
    query = b"SELECT op, rol, handeling, onderwerp FROM poort.inzage_regels(%s, %s)"
    return tuple(Look(*row) for row in box.execute(query, (request, person)).fetchall())


def _runs(found: Sources, came_out: set[int]) -> tuple[Koppeling, ...]:
    """Every koppeling that was carried out, with what it took of this person."""
    held = {source.delivery for source in found.found}
    gone = {source.delivery for source in found.gone}
    names = dict(Bron.objects.values_list("code", "name"))
    done = Run.objects.filter(state=RunState.DONE).prefetch_related("deliveries").order_by("pk")
    return tuple(
        Koppeling(
            run.pk,
            run.peildatum,
            tuple(one.pk for one in run.deliveries.all() if one.pk in held),
            run.pk in came_out,
            sum(one.pk in gone for one in run.deliveries.all()),
            _grounds(run, names),
        )
        for run in done
    )


def _grounds(run: Run, names: Mapping[str, str]) -> tuple[Ground, ...]:
    return tuple(
        Ground(names.get(bron, bron), run.peildatum.year + offset, klasse)
        for bron, offset, klasse in run.grounds or ()
    )


def _write(request: int, sealed: bytes) -> None:
    """Whole or not at all. Readable for the group: the pages run as another user of the system."""
    folder = Path(settings.EXPORT_FOLDER)
    folder.mkdir(mode=0o750, parents=True, exist_ok=True)
    path = folder / pack_file_name(request)
    draft = path.with_suffix(f".{os.getpid()}")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640)
    with os.fdopen(descriptor, "wb") as file:
        file.write(sealed)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    flush_folder(folder)


def destroy_due() -> list[int]:
    """Remove the files of which the days are over, with the key that opens a copy of them; which requests."""
    today = clock.today()
    with holding(LOCK_PACKS, 1) as box:
        if box is None:
            return []
        over = box.execute(b"SELECT * FROM poort.pakketten_voorbij(%s)", (today,)).fetchall()
        return [request for (request,) in over if _destroyed(request, today)]


def _destroyed(request: int, today: datetime.date) -> bool:
    folder = Path(settings.EXPORT_FOLDER)
    for path in folder.glob(f"{Path(pack_file_name(request)).stem}.*"):
        path.unlink(missing_ok=True)
    if folder.exists():
        flush_folder(folder)
    with acting_as(SYSTEM_ACTOR):
        done = bool(_ask("SELECT poort.pakket_vernietigd(%s, %s)", [request, today]))
        if done:
            record(Event.SUBJECT_PACK_DESTROYED, _SUBJECT, [request])
    return done
