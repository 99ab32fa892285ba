"""What the deliveries that lie in the box say of one person: looked up by pseudonym, delivery by delivery.

Nothing is written. What comes out goes into the encrypted answer to that person and nowhere else.
"""

import datetime
from collections.abc import Collection, Iterable
from dataclasses import dataclass

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from eligibility.actions.expiring import KEPT
from eligibility.actions.keys import key_folder
from eligibility.models import WORKING, Delivery, DeliveryState, Layout
from outreach.kernel.keys import KeyUnavailable, Pseudonymiser, cycle_key_name

#: The table of the box in which the rows of a file lie.
TABLES = {
    Layout.BRP: "inwoner",
    Layout.GBA_V: "inwoner",
    Layout.LEERLINGEN: "leerling",
    Layout.ONTVANGERS: "klant",
    Layout.VOORZIENING: "klant",
    Layout.IB_TOETS: "antwoord",
    Layout.OPTOUT: "afmelding",
}
#: Where somebody stands in the row of another.
_BESIDE = {"inwoner": ("partner", "ouder1", "ouder2"), "klant": ("kind",)}
#: What a row holds beside what somebody can read: numbers of ours, and pseudonyms.
_OURS = {"levering", "regel", "bsn", "zegel", "partner", "ouder1", "ouder2", "kind"}


@dataclass(frozen=True, slots=True)
class Source:
    """One delivery. `rows` are those about the person, `beside` how often another's row names him. One that
    is `held` waits for somebody to accept it: no koppeling used it."""

    delivery: int
    bron: str
    supplier: str
    year: int | None
    peildatum: datetime.date
    received_at: datetime.datetime
    rows: tuple[dict[str, str], ...] = ()
    beside: int = 0
    named: tuple[str, ...] = ()
    held: bool = False
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Sources:
    """`found` are the deliveries that hold him, `searched` is how many were looked through. In `lost` nobody
    can look any more or just now, in `gone` never: those were destroyed or withdrawn."""

    found: tuple[Source, ...]
    searched: int
    lost: tuple[Source, ...]
    gone: tuple[Source, ...]


def sources(box: psycopg.Connection, numbers: Collection[str]) -> Sources:
    """Look through all that lies in the box for who bears one of these numbers.

    What counts is where the rows are, not what state a delivery is in: one that waits for somebody to accept
    it is there, and so is one that was withdrawn after a koppeling used it, or while a hold forbids to
    remove it.
    """
    found, lost, gone, searched = [], [], [], 0
    there = {number for (number,) in box.execute(b"SELECT levering FROM blackbox.levering_merk").fetchall()}
    for delivery in Delivery.objects.select_related("bron").order_by("pk"):
        if delivery.box_number not in there:
            if _has_a_file(delivery):
                lost.append(_source(delivery))
            elif delivery.state == DeliveryState.DESTROYED or _was_in_the_box(delivery):
                gone.append(_source(delivery))
        elif (pseudonyms := _pseudonyms(delivery, numbers)) is None:
            lost.append(_source(delivery))
        else:
            searched += 1
            one = _looked_up(box, delivery, pseudonyms)
            if one.rows or one.beside:
                found.append(one)
    return Sources(tuple(found), searched, tuple(lost), tuple(gone))


def _has_a_file(delivery: Delivery) -> bool:
    """Without rows: it still has to be loaded, or after a crash of the server it is to be loaded anew."""
    return delivery.state in (*KEPT, *WORKING) or not (
        delivery.settled or delivery.state == DeliveryState.DESTROYED
    )


def _was_in_the_box(delivery: Delivery) -> bool:
    """What was refused before it was loaded was used for nobody; what was taken back may have been."""
    return delivery.state == DeliveryState.CANCELLED or delivery.cycle is not None


def _pseudonyms(delivery: Delivery, numbers: Iterable[str]) -> list[bytes] | None:
    if delivery.cycle is None:
        return None
    try:
        keyed = Pseudonymiser(key_folder().load(cycle_key_name(delivery.cycle)))
    except KeyUnavailable:
        return None
    return [keyed.pseudonym(number) for number in numbers]


def _looked_up(box: psycopg.Connection, delivery: Delivery, pseudonyms: list[bytes]) -> Source:
    table = TABLES[Layout(delivery.bron.layout)]
    source = sql.Identifier("blackbox", table)
    whose = sql.SQL("SELECT * FROM {} WHERE levering = %s AND bsn = ANY (%s)").format(source)
    with box.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(whose, (delivery.box_number, pseudonyms)).fetchall()
    beside, columns = 0, _BESIDE.get(table, ())
    if columns:
        named = sql.SQL(" OR ").join(sql.SQL("{} = ANY (%(who)s)").format(sql.Identifier(c)) for c in columns)
        count = sql.SQL(
            "SELECT count(*) FROM {} WHERE levering = %(levering)s AND bsn <> ALL (%(who)s) AND ({})"
        )
        query = count.format(source, named)
        answer = box.execute(query, {"levering": delivery.box_number, "who": pseudonyms}).fetchone()
        beside = answer[0] if answer else 0
    return _source(
        delivery,
        rows=tuple(map(_readable, rows)),
        beside=beside,
        named=tuple(sorted({name for row in rows for name in columns if row[name] is not None})),
    )


def _readable(row: dict[str, object]) -> dict[str, str]:
    """What stands in a row, without pseudonyms and seals."""
    return {name: str(value) for name, value in row.items() if name not in _OURS and value not in ("", None)}


def _source(delivery: Delivery, **found: object) -> Source:
    return Source(
        delivery=delivery.pk,
        bron=delivery.bron.name,
        supplier=delivery.bron.supplier,
        year=delivery.year,
        peildatum=delivery.peildatum,
        received_at=delivery.received_at,
        held=delivery.state == DeliveryState.HELD,
        withdrawn=delivery.state == DeliveryState.CANCELLED,
        **found,  # type: ignore[arg-type]
    )
