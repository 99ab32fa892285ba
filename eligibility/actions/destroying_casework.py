"""Destroying what rounds did for households, and people: remove, write the tables anew, search, and say so.

Their rows lie in tables that live on, so unlike those of a delivery they are removed one by one, by doors of
the database, and the tables are written anew: a row that is only removed stays in the files. One list is done
together: writing anew and searching cost the same for one row as for all. Each step may be done again, as in
`destroying`. The WAL and backups hold what went until they end themselves.
"""

import datetime
import json
import logging
import struct
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

import psycopg
from django.conf import settings
from django.db import connection

from eligibility.actions import box as boxes
from eligibility.actions.keys import key_folder
from eligibility.actions.remains import RemainsFound, packed, unpacked
from eligibility.actions.settling import LOG
from outreach.actions import destruction
from outreach.audit import Event, record
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.kernel.destruction_log import DestructionLog, LogBroken, flush_folder
from outreach.kernel.keys import KeyUnavailable
from outreach.kernel.remains import Needles, Searched, search
from outreach.models import DestructionItem
from outreach.models.destruction import DestructionState, RetentionKind

KINDS = (RetentionKind.ROUND, RetentionKind.PERSON)
#: So many people go in one transaction.
_TOGETHER = 200
#: So many rows of a list are searched for: each is one look through all files of the database.
_SAMPLE = 20
#: A text of so many bytes lies in a row with its length in one byte before it.
_SHORT = 120

#: What a closed round waits for (public.ronde_wacht_op), as the list says it.
WAITS = {
    "open": "Deze ronde is niet afgesloten.",
    "brieven": "Er zijn nog bestanden met brieven van deze ronde. Die gaan eerst.",
    "scans": "Er zijn nog beelden van scans van deze ronde. Die gaan eerst.",
    "aanvraag": "Op een aanvraag van deze ronde is nog niet beslist.",
    "uitbetaling": "Een toekenning van deze ronde is nog niet uitbetaald: haal de uitvoer eerst op.",
    "werk": "Er ligt nog werk bij een brief van deze ronde.",
    "opdracht": "De werker is nog bezig met deze ronde.",
    "papier": "Er is nog een looplijst op papier van deze ronde, of een datalek daarover.",
    "deling": "De deling van deze ronde is nog niet klaar.",
}

_logger = logging.getLogger(__name__)


def carry_out(box: psycopg.Connection) -> None:
    """Destroy what is due. Closing the lists is for the caller, who holds the locks of destruction."""
    with acting_as(SYSTEM_ACTOR):
        due = destruction.due_items(*KINDS)
    for number in sorted({item.listed_on_id for item in due}):
        items = [item for item in due if item.listed_on_id == number]
        try:
            _one_list(box, number, items)
        except (boxes.BoxBusy, RemainsFound, LogBroken, OSError) as failure:
            problem = (
                "Een map is niet te lezen of te schrijven." if isinstance(failure, OSError) else str(failure)
            )
            _logger.error("vernietigingslijst %s: %s", number, type(failure).__name__)
            with acting_as(SYSTEM_ACTOR):
                for item in items:
                    if item.begun_at is not None and item.state == DestructionState.OPEN:
                        destruction.note(item, problem)


def needles_name(number: int) -> str:
    """What is searched for of a list lies under this name in the key folder, until it was searched for."""
    return f"zoek-lijst-{number}"


def _one_list(box: psycopg.Connection, number: int, items: Sequence[DestructionItem]) -> None:
    began = _begin(number, items)
    if not began:
        return
    _log(began)
    gone = _remove(began)
    if not gone:
        return
    write_anew(box)
    facts = _look(number)
    for item in gone:
        _say(item, facts)
    key_folder().destroy(needles_name(number))
    flush_folder(Path(settings.KEY_FOLDER))


# --- the steps, in their order ---


def _begin(number: int, items: Sequence[DestructionItem]) -> list[DestructionItem]:
    """Learn what to search for, and say of each that it begins; what a hold forbids or is needed stays."""
    fresh = [item for item in items if item.begun_at is None]
    may = _rounds_that_may(fresh) + _people_that_may(fresh)
    before: dict[str, object] = {}
    if may:
        folder = key_folder()
        known = unpacked(folder.load(needles_name(number))) if folder.exists(needles_name(number)) else []
        needles = (known + _needles(may))[-_SAMPLE:]
        folder.destroy(needles_name(number))
        folder.store(needles_name(number), packed(needles))
        before = {"sporen_vooraf": search(_places(), needles).hits, "steekproef": len(needles)}
    began = [item for item in items if item.begun_at is not None]
    for item in may:
        with acting_as(SYSTEM_ACTOR):
            if destruction.begin(item, before):
                began.append(item)
    return began


def _rounds_that_may(fresh: Iterable[DestructionItem]) -> list[DestructionItem]:
    may = []
    for item in (one for one in fresh if one.kind == RetentionKind.ROUND):
        found = _ask("SELECT wacht FROM poort.ronde_te_vernietigen(%s) WHERE NOT leeg", int(item.subject))
        with acting_as(SYSTEM_ACTOR):
            if not found:
                destruction.was_gone(item)
            elif found[0][0] is not None:
                destruction.note(item, WAITS[found[0][0]])
            else:
                may.append(item)
    return may


def _people_that_may(fresh: Iterable[DestructionItem]) -> list[DestructionItem]:
    people = [item for item in fresh if item.kind == RetentionKind.PERSON]
    may = []
    for some in _chunks(people):
        query = "SELECT persoon::text, over FROM poort.personen_te_vernietigen(%s::uuid[], %s, %s)"
        over = dict(_ask(query, _keys(some), some[0].listed_on.cutoff, settings.TIME_ZONE))
        with acting_as(SYSTEM_ACTOR):
            for item in some:
                if item.subject not in over:
                    destruction.was_gone(item)
                elif not over[item.subject]:
                    destruction.needed_again(item)
                else:
                    may.append(item)
    return may


def _log(began: Iterable[DestructionItem]) -> None:
    """Write it down outside the database, before the first row goes."""
    log = DestructionLog(settings.DESTRUCTION_FOLDER, LOG)
    for item in began:
        about: dict[str, object] = {
            "soort": item.kind,
            "onderwerp": item.subject,
            "lijst": item.listed_on_id,
            "op": item.begun_at.isoformat(),  # type: ignore[union-attr]
        }
        if item.kind == RetentionKind.ROUND:
            about["gemaakt"] = _made_at(int(item.subject)).isoformat()
        log.add(str(item.pk), about)


def _remove(began: Iterable[DestructionItem]) -> list[DestructionItem]:
    """The rows, with what went written down in the same transaction. Gives what is not there any more."""
    gone = []
    for item in (one for one in began if one.kind == RetentionKind.ROUND):
        with acting_as(SYSTEM_ACTOR):
            told = remove_round(int(item.subject), _made_at(int(item.subject)))
            if "wacht" in told:
                destruction.note(item, WAITS[told["wacht"]])  # type: ignore[index]
                continue
            if "verwijderd" not in item.facts:
                destruction.learned(item, {"verwijderd": told})
        gone.append(item)
    for some in _chunks([one for one in began if one.kind == RetentionKind.PERSON]):
        with acting_as(SYSTEM_ACTOR):
            became = remove_people(_keys(some), some[0].listed_on.cutoff)
            for item in some:
                if became[item.subject] == "weer_nodig":
                    destruction.needed_again(item)
                    continue
                if became[item.subject] == "kaal":
                    destruction.learned(item, {"zonder_naam": True})
                gone.append(item)
    return gone


def remove_round(number: int, made: datetime.datetime, *, repeat: bool = False) -> dict[str, object]:
    """Of a closed round all that was done for households; empty when there is no such round."""
    query = "SELECT poort.vernietig_ronde(%s, %s, %s, %s)::text"
    ((told,),) = _ask(query, number, made, settings.TIME_ZONE, repeat)
    return json.loads(told) if told else {}


def remove_people(
    keys: Sequence[str], cutoff: datetime.date, *, since: datetime.datetime | None = None
) -> dict[str, str]:
    """People of whom the term is over; what became of each. `since` is when they were destroyed before."""
    query = "SELECT persoon::text, uitkomst FROM poort.vernietig_personen(%s::uuid[], %s, %s, %s)"
    return dict(_ask(query, list(keys), cutoff, settings.TIME_ZONE, since))


def write_anew(box: psycopg.Connection) -> None:
    """Write every table with rows about people anew, without those that went. Raises BoxBusy."""
    for (tables,) in box.execute(b"SELECT public.uitvoeringstabellen()"):
        for table in tables:
            boxes.write_anew(box, table)
    boxes.write_known_anew(box)


def _look(number: int) -> dict[str, object]:
    """Search for all of it. Raises RemainsFound."""
    try:
        needles = unpacked(key_folder().load(needles_name(number)))
    except KeyUnavailable:
        # Somebody took it out of the folder. The certificate then says that nothing was searched for.
        needles = []
    with acting_as(SYSTEM_ACTOR):
        listed = list(DestructionItem.objects.filter(listed_on=number))
    # What stays, for a hold or somebody's wish, is where it was.
    stays = set(_rows_as_stored(listed))
    needles = [one for one in needles if one.prefix not in stays]
    found = search(_places(), needles)
    if found.hits:
        raise RemainsFound(found)
    return _told(found, needles)


def _told(found: Searched, needles: Sequence[Needles]) -> dict[str, object]:
    return {
        "gezocht_bestanden": found.files,
        "gezocht_bytes": found.size,
        "gezocht_naar": len(needles),
        "gevonden": found.hits,
        "database_doorzocht": bool(settings.DATABASE_FILES),
    }


def _say(item: DestructionItem, facts: dict[str, object]) -> None:
    event = Event.ROUND_DESTROYED if item.kind == RetentionKind.ROUND else Event.PERSON_DESTROYED
    with acting_as(SYSTEM_ACTOR):
        destruction.destroyed(item, facts)
        record(event, item.kind, [item.subject], details={"lijst": item.listed_on_id})


# --- what to search for ---


def _needles(items: Sequence[DestructionItem]) -> list[Needles]:
    """The beginnings of some rows: of each round some, and of some people."""
    rounds = sum(item.kind == RetentionKind.ROUND for item in items)
    made = islice(_rows_as_stored(items, some=max(1, _SAMPLE // max(1, rounds))), _SAMPLE)
    return [Needles(one, frozenset({one})) for one in made]


def _rows_as_stored(items: Sequence[DestructionItem], *, some: int = 0) -> Iterator[bytes]:
    """How the rows of these rounds and people begin as PostgreSQL writes them; of a round `some`, or all."""
    for item in items:
        if item.kind == RetentionKind.ROUND:
            rows = _ask("SELECT * FROM poort.sporen_van_ronde(%s, %s)", int(item.subject), some)
            for key, *words, household in rows:
                yield struct.pack("=q", key) + b"".join(map(_as_stored, words)) + household.bytes
    for people in _chunks([item for item in items if item.kind == RetentionKind.PERSON]):
        for key, names in _ask("SELECT * FROM poort.sporen_van_personen(%s::uuid[])", _keys(people)):
            # Who opted out keeps his row, without a name; a long text lies in a row in another way.
            if 0 < len(names.encode()) <= _SHORT:
                yield key.bytes + _as_stored(names)


def _as_stored(text: str) -> bytes:
    """A short text as it lies in a row: its length, that byte included, and the text."""
    stored = text.encode()
    length = len(stored) + 1
    return bytes([length << 1 | 1 if sys.byteorder == "little" else length | 0x80]) + stored


def _places() -> list[Path]:
    """The files of the tables. Not the WAL: what was removed is in there until PostgreSQL uses it again."""
    return [Path(settings.DATABASE_FILES) / "base"] if settings.DATABASE_FILES else []


def _made_at(number: int) -> datetime.datetime:
    """When a round was made: after an older backup its number may be that of another."""
    ((made,),) = _ask("SELECT gemaakt FROM poort.ronde_te_vernietigen(%s)", number)
    return made


def _chunks(items: Sequence[DestructionItem]) -> Iterator[Sequence[DestructionItem]]:
    for at in range(0, len(items), _TOGETHER):
        yield items[at : at + _TOGETHER]


def _keys(items: Iterable[DestructionItem]) -> list[str]:
    return [item.subject for item in items]


def _ask(query: str, *values: object) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchall()
