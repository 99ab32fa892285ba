"""Who asked for restriction or objected before he ever came out of a koppeling: he comes out of none either.

Of him the casework has no row. His BSN lies under the seal in the box, beside the number of his request, as
long as that holds; a trigger takes it away when the request is refused or lifted, or when he is known by now.
Source: AVG art. 18 and 21.
"""

from collections.abc import Collection

import psycopg
from django.db import connection
from django.db.backends.utils import CursorWrapper

from eligibility.actions import typed_numbers
from eligibility.actions.keys import key_folder
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.kernel.keys import SEAL_KEY_NAME, Pseudonymiser, Sealer


def keep(request: int, number: str) -> bool:
    """Keep the number of a request whose person is not known yet; whether it was still to be done."""
    with acting_as(SYSTEM_ACTOR), connection.cursor() as casework:
        casework.execute("SELECT poort.verzoek_bewaard(%s, %s)", [request, _sealer().seal(number)])
        return bool(casework.fetchone()[0])


def derive_for_run(
    box: psycopg.Connection, run: int, pseudonymiser: Pseudonymiser, known: Collection[bytes]
) -> None:
    """Give a run those who asked and did not come out yet; of who is `known`, his own row says what holds."""
    sealer = _sealer()
    for (seal,) in box.execute(b"SELECT zegel FROM blackbox.beperkt_nummer ORDER BY verzoek").fetchall():
        for number in typed_numbers.everyone(box, sealer.open(bytes(seal))):
            pseudonym = pseudonymiser.pseudonym(number)
            if pseudonym not in known:
                box.execute(
                    b"INSERT INTO blackbox.run_afgemeld (run, bsn, regeling) VALUES (%s, %s, '')",
                    (run, pseudonym),
                )


def requests_of(box: psycopg.Connection, numbers: Collection[str]) -> list[int]:
    """The requests under the seal of who bears one of these numbers."""
    sealer = _sealer()
    rows = box.execute(b"SELECT verzoek, zegel FROM blackbox.beperkt_nummer ORDER BY verzoek").fetchall()
    return [request for request, seal in rows if sealer.open(bytes(seal)) in numbers]


def link_who_came_out(casework: CursorWrapper) -> int:
    """Put a request on whom it is of, when he came out all the same, in the transaction of the handover; how
    many requests. A request that was written down while the koppeling was at work holds too, and one by a
    BSN that was followed by another.
    """
    casework.execute("SELECT verzoek, zegel FROM blackbox.beperkt_nummer ORDER BY verzoek")
    sealer = _sealer()
    asked: dict[str, list[int]] = {}
    for request, seal in casework.fetchall():
        asked.setdefault(sealer.open(bytes(seal)), []).append(request)
    if not asked:
        return 0
    casework.execute("SELECT oud, nieuw FROM blackbox.opvolger ORDER BY id")
    for old, new in casework.fetchall():
        asked.setdefault(sealer.open(bytes(new)), []).extend(asked.get(sealer.open(bytes(old)), ()))
    casework.execute("SELECT person_id, zegel FROM poort.bekende_personen()")
    known = [(person, sealer.open(bytes(seal))) for person, seal in casework.fetchall()]
    found = [(request, person) for person, number in known for request in asked.get(number, ())]
    for request, person in found:
        casework.execute("SELECT poort.verzoek_herkend(%s, %s)", [request, person])
    return len(found)


def _sealer() -> Sealer:
    return Sealer(key_folder().load_or_make(SEAL_KEY_NAME))
