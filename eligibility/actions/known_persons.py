"""People who came out before, under the key of another cycle: only here are their seals opened.

A BSN is in memory for one batch, and goes nowhere but into its pseudonym.
"""

import datetime
from collections.abc import Iterable, Iterator
from uuid import UUID

import psycopg
from django.db import connection

from eligibility.actions import restricted_numbers, typed_numbers
from eligibility.actions.keys import key_folder
from eligibility.models import Delivery
from outreach.audit import Event, record
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.kernel.keys import SEAL_KEY_NAME, Pseudonymiser, Sealer, cycle_key_name

_BATCH = 10_000

#: A person of the casework, his pseudonym in a cycle, and what he is opted out of ('' is: of all).
Known = tuple[UUID, bytes, list[str]]


def _pseudonymiser(cycle: int) -> Pseudonymiser:
    return Pseudonymiser(key_folder().load_or_make(cycle_key_name(cycle)))


def _known_persons(box: psycopg.Connection, cycle: int) -> Iterator[list[Known]]:
    """Everyone who came out before, in batches, within a transaction of the caller.

    Raises KeyUnavailable when a seal was made under another key.
    """
    folder = key_folder()
    pseudonymiser = _pseudonymiser(cycle)
    sealer = Sealer(folder.load_or_make(SEAL_KEY_NAME))
    with box.cursor(name="bekenden") as cursor:
        cursor.execute(b"SELECT person_id, zegel, afgemeld_voor FROM poort.bekende_personen()")
        while batch := cursor.fetchmany(_BATCH):
            yield [
                (person, pseudonymiser.pseudonym(sealer.open(seal)), opted_out)
                for person, seal, opted_out in batch
            ]


def pseudonyms(box: psycopg.Connection, cycle: int) -> dict[bytes, UUID]:
    """Everyone who came out before, by his pseudonym in a cycle. Raises KeyUnavailable."""
    with box.transaction():
        return {pseudonym: person for batch in _known_persons(box, cycle) for person, pseudonym, _ in batch}


def derive_for_run(box: psycopg.Connection, run: int, cycle: int, lists: Iterable[Delivery] = ()) -> int:
    """Give a run the pseudonyms of everyone who came out before, and their opt-outs; how many people.

    Of `lists`, the optout deliveries that the run takes, it notes what they took back since it came in. Done
    once: with the rows there, it does nothing and gives 0.
    """
    with box.transaction():
        if box.execute(b"SELECT 1 FROM blackbox.run_bekend WHERE run = %s LIMIT 1", (run,)).fetchone():
            return 0
        total, known = 0, set()
        taken_back = _taken_back(box)
        for batch in _known_persons(box, cycle):
            total += len(batch)
            known |= {pseudonym for _person, pseudonym, _opted_out in batch}
            with box.cursor() as cursor:
                with cursor.copy(b"COPY blackbox.run_bekend (run, bsn, person_id) FROM STDIN") as copy:
                    for person, pseudonym, _opted_out in batch:
                        copy.write_row((run, pseudonym, person))
                with cursor.copy(b"COPY blackbox.run_afgemeld (run, bsn, regeling) FROM STDIN") as copy:
                    for _person, pseudonym, opted_out in batch:
                        for regeling in opted_out:
                            copy.write_row((run, pseudonym, regeling))
                for person, pseudonym, _opted_out in batch:
                    for regeling, since in taken_back.get(person, ()):
                        cursor.executemany(
                            b"INSERT INTO blackbox.run_teruggenomen (run, levering, bsn, regeling)"
                            b" VALUES (%s, %s, %s, %s)",
                            [
                                (run, one.box_number, pseudonym, regeling)
                                for one in lists
                                if one.received_at <= since
                            ],
                        )
        typed_numbers.derive_for_run(box, run, _pseudonymiser(cycle), known)
        restricted_numbers.derive_for_run(box, run, _pseudonymiser(cycle), known)
        for table in ("run_bekend", "run_afgemeld"):
            box.execute(b"SELECT poort.analyseer(%s, %s)", (table, run))
        return total


def _taken_back(box: psycopg.Connection) -> dict[UUID, list[tuple[str, datetime.datetime]]]:
    """What each known person took back, and when."""
    found: dict[UUID, list[tuple[str, datetime.datetime]]] = {}
    for person, regeling, since in box.execute(b"SELECT * FROM poort.teruggenomen()").fetchall():
        found.setdefault(person, []).append((regeling, since))
    return found


def register_listed(box: psycopg.Connection, delivery: Delivery) -> int:
    """Register the opt-outs of an optout delivery on everyone who came out before; on how many."""
    if delivery.cycle is None:
        raise RuntimeError("an optout delivery is registered after it was loaded")
    registered: list[UUID] = []
    before = {new: old for old, new in typed_numbers.successors(box, _pseudonymiser(delivery.cycle))}
    with acting_as(SYSTEM_ACTOR), box.transaction(), connection.cursor() as casework:
        for batch in _known_persons(box, delivery.cycle):
            # A list may still have the old BSN of who got another.
            named = [(person, own) for person, own, _ in batch]
            named += [(person, before[own]) for person, own in named if own in before]
            casework.execute(
                "SELECT poort.meld_af(%s, %s, %s, %s)",
                [
                    delivery.box_number,
                    delivery.received_at,
                    [person for person, _ in named],
                    [pseudonym for _, pseudonym in named],
                ],
            )
            registered += [person for (person,) in casework.fetchall()]
        if registered:
            record(
                Event.OPT_OUT_REGISTERED,
                "persoon",
                registered,
                details={"kanaal": "levering", "levering": delivery.pk},
            )
    return len(registered)
