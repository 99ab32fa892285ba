"""Sections 1, 1.1, 1.2a and 1.3: from a folder of files to clean rows."""

import csv
import hashlib
import io
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from tests.oracle.gba_v import LOOKED_AT, Row, as_brp, persoonslijsten

VOORZIENINGEN = [
    "stadspas", "scholierenvergoeding", "laptop", "reiskosten", "czv", "iit", "ov_ouderen", "aov",
    "ov_mantelzorg", "rtm", "energietoeslag",
]  # fmt: skip
RECIPIENTS = ["bijstand", "aio", "bijzondere_bijstand", "bbz_gift", "kwijtschelding"]
BRP = [
    "bsn", "voornamen", "voorvoegsel", "geslachtsnaam", "naamgebruik", "voorvoegsel_partner",
    "geslachtsnaam_partner", "geslacht", "geboortedatum", "overlijdensdatum", "opschorting", "geheim",
    "bsn_partner", "bsn_ouder1", "bsn_ouder2", "gemeentecode", "functie_adres", "adres_id", "straat",
    "huisnummer", "huisletter", "toevoeging", "postcode", "woonplaats", "buurtcode",
]  # fmt: skip
LAYOUT: dict[str, tuple[set[str], set[str]]] = {
    "brp": (set(BRP), set()),
    "gba_v": (LOOKED_AT, set()),
    "leerlingen": ({"bsn", "onderwijs", "leerjaar"}, set()),
    "ib_toets": ({"bsn", "antwoord"}, set()),
    "optout": ({"bsn", "regeling"}, set()),
    **{bron: ({"bsn"}, set()) for bron in RECIPIENTS},
    **{bron: ({"bsn"}, {"bsn_kind"}) for bron in VOORZIENINGEN},
}
PER_YEAR = {*RECIPIENTS, *VOORZIENINGEN, "ib_toets"}
FIRST_AGREEMENT = date(2019, 1, 1)
DIGITS = set("0123456789")

MAY_BE_EMPTY = {
    "naamgebruik": "EPVN", "geslacht": "MVO", "opschorting": "EFMORW", "geheim": "01234567",
    "functie_adres": "WB", "leerjaar": "12345678",
}  # fmt: skip
ONE_OF = {
    "onderwijs": {"PO", "SO", "VO", "MBO"},
    "antwoord": {"ja", "nee", "onbekend"},
    "regeling": {"", *VOORZIENINGEN},
}


class Refused(Exception):
    """ "The whole file, before one row is stored": exit code 2."""


@dataclass
class Delivery:
    """One file after 1.3: the rows that stayed, and what is told of the others."""

    bron: str
    jaar: int | None
    peildatum: date
    rows: list[Row] = field(default_factory=list)
    read: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    restored: int = 0
    emptied: int = 0

    @property
    def held(self) -> bool:
        """ "Over 5% of rows refused holds the delivery"."""
        return sum(self.refused.values()) * 100 > self.read * 5


# -- the number ------------------------------------------------------------------------------------


def with_zeros(bsn: str) -> str:
    """ "Fewer than nine digits are a BSN that lost its leading zeros: restored"."""
    return bsn.rjust(9, "0") if bsn and set(bsn) <= DIGITS else bsn


def passes(bsn: str) -> bool:
    """The 11-proef: 9a+8b+7c+6d+5e+4f+3g+2h-i divides by eleven; 000000000 is no BSN."""
    if len(bsn) != 9 or not set(bsn) <= DIGITS or bsn == "000000000":
        return False
    a, b, c, d, e, f, g, h, i = (int(digit) for digit in bsn)
    return (9 * a + 8 * b + 7 * c + 6 * d + 5 * e + 4 * f + 3 * g + 2 * h - i) % 11 == 0


# -- one row ---------------------------------------------------------------------------------------


def possible(text: str) -> bool:
    """ "impossible date (not 8 digits, a month or day that does not exist, a known part after an unknown
    one)".

    Section 1.1: "Dates yyyymmdd; unknown parts are 00".
    """
    if len(text) != 8 or not set(text) <= DIGITS:
        return False
    year, month, day = int(text[:4]), int(text[4:6]), int(text[6:])
    if year == 0:
        return month == day == 0
    if month == 0:
        return day == 0
    if month > 12:
        return False
    return day <= days_in_month(year, month)


def days_in_month(year: int, month: int) -> int:
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31


def rule_broken(bron: str, row: Row) -> str | None:
    """Which rule of 1.3 "A row" refuses this row; None when it stays."""
    if bron == "gba_v" and not row["bsn"]:
        return "zonder bsn"  # 1.2: "A list without BSN … left out"
    if not passes(row["bsn"]):
        return "bsn"
    if row.get("bsn_kind") and not passes(row["bsn_kind"]):
        return "bsn_kind"
    if any(row.get(column) and not possible(row[column]) for column in ("geboortedatum", "overlijdensdatum")):
        return "datum"
    return None if known_codes(row) else "code"


def known_codes(row: Row) -> bool:
    """ "unknown code (…, all of which may be empty; onderwijs; leerjaar 1–8 or empty; antwoord; optout's
    regeling: one of the eleven or empty)"."""
    for column, codes in MAY_BE_EMPTY.items():
        if row.get(column) and row[column] not in list(codes):
            return False
    return all(row[column] in choices for column, choices in ONE_OF.items() if column in row)


NUMBERS = ["bsn", "bsn_kind", "bsn_partner", "bsn_ouder1", "bsn_ouder2"]
RELATIVES = ["bsn_partner", "bsn_ouder1", "bsn_ouder2"]


def clean(raw: Row) -> Row:
    """ "Blanks at the ends of a value are dropped", lost zeros are put back, a parent or partner that cannot
    be goes."""
    row = {column: value.strip(" ") for column, value in raw.items()}
    row |= {column: with_zeros(row[column]) for column in NUMBERS if column in row}
    return row | {column: "" for column in RELATIVES if column in row and not passes(row[column])}


def restored_in(raw: Row) -> int:
    """ "Fewer than nine digits are a BSN that lost its leading zeros: restored and counted"."""
    texts = [raw[column].strip(" ") for column in NUMBERS if column in raw]
    return sum(with_zeros(text) != text for text in texts)


def emptied_in(raw: Row) -> int:
    """ "A partner's or parent's BSN that fails the 11-proef is emptied and counted"."""
    texts = [raw[column].strip(" ") for column in RELATIVES if column in raw]
    return sum(text != "" and not passes(with_zeros(text)) for text in texts)


# -- one file --------------------------------------------------------------------------------------


def text_of(raw: bytes) -> str:
    """ "UTF-8 with or without BOM, then strict cp1252"."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        return raw.decode("cp1252")
    except UnicodeDecodeError:
        raise Refused("encoding") from None


def check_header(bron: str, header: list[str]) -> None:
    """ "a column missing from or foreign to the bron's layout"."""
    needed, optional = LAYOUT[bron]
    if bron == "gba_v" and all(header.count(element) == 1 for element in needed):
        return  # "Other columns are not looked at (this header has one twice and one without a name)"
    if len(set(header)) != len(header) or not needed <= set(header) <= needed | optional:
        raise Refused("columns")


def read_file(raw: bytes, bron: str, jaar: int | None, peildatum: date) -> Delivery:
    delivery = Delivery(bron, jaar, peildatum)
    # A line with nothing on it, such as a last one, is no row.
    lines = [line for line in csv.reader(io.StringIO(text_of(raw), newline=""), delimiter=";") if line]
    if not lines:
        raise Refused("columns")
    header = [column.strip(" ") for column in lines[0]]
    check_header(bron, header)
    if not lines[1:]:
        raise Refused("zero rows")
    keep_rows(rows_under(header, lines[1:], delivery), delivery)
    return delivery


def rows_under(header: list[str], lines: list[list[str]], delivery: Delivery) -> list[Row]:
    """The rows (of `gba_v` the lists) by column, but for those with "too few or too many fields"."""
    if delivery.bron == "gba_v":
        lists = persoonslijsten(lines)
        whole = [as_brp(header, rows) for rows in lists if all(len(row) == len(header) for row in rows)]
    else:
        lists = [[line] for line in lines]
        whole = [dict(zip(header, line, strict=True)) for line in lines if len(line) == len(header)]
    delivery.read = len(lists)
    delivery.refused += Counter({"velden": len(lists) - len(whole)})
    return whole


def keep_rows(raws: list[Row], delivery: Delivery) -> None:
    """ "in `brp` every row whose BSN stands there twice" goes; in a client file "a duplicate row … is counted
    once"."""
    rows = [clean(raw) for raw in raws]
    times = Counter(row["bsn"] for row in rows)
    kept = set()
    for raw, row in zip(raws, rows, strict=True):
        rule = rule_broken(delivery.bron, row)
        if rule is None and delivery.bron in ("brp", "gba_v") and times[row["bsn"]] > 1:
            rule = "dubbel"
        delivery.restored += restored_in(raw)
        delivery.emptied += emptied_in(raw)
        if rule:
            delivery.refused[rule] += 1
        elif tuple(row.values()) not in kept:
            kept.add(tuple(row.values()))
            delivery.rows.append(row)


# -- one folder ------------------------------------------------------------------------------------


def read_folder(folder: Path) -> list[Delivery]:
    """Every delivery that `levering.json` lists, in its order; "Already delivered" counts within the
    folder.
    """
    deliveries, seen = [], set()
    for entry in json.loads((folder / "levering.json").read_text(encoding="utf-8")):
        bron, jaar, peildatum = entry["bron"], entry.get("jaar"), date.fromisoformat(entry["peildatum"])
        if bron not in LAYOUT or (jaar is None) != (bron not in PER_YEAR):
            raise Refused("bron")
        if peildatum < FIRST_AGREEMENT:
            raise Refused("agreement")
        raw = (folder / entry["bestand"]).read_bytes()
        content = (bron, jaar, hashlib.sha256(raw).hexdigest())
        if content in seen:
            raise Refused("already delivered")
        seen.add(content)
        deliveries.append(read_file(raw, bron, jaar, peildatum))
    return deliveries


def newest(deliveries: list[Delivery], peildatum: date) -> dict[tuple[str, int | None], Delivery]:
    """ "per bron and year the newest delivery with a peildatum up to D counts"; of two on one day the one
    that `levering.json` lists last. `brp` and `gba_v` are two layouts of one register, so they share
    a place."""
    counting: dict[tuple[str, int | None], Delivery] = {}
    for delivery in deliveries:
        key = ("brp" if delivery.bron == "gba_v" else delivery.bron, delivery.jaar)
        if delivery.peildatum > peildatum:
            continue
        if key not in counting or delivery.peildatum >= counting[key].peildatum:
            counting[key] = delivery
    return counting


def rows_of(counting: dict[tuple[str, int | None], Delivery]) -> Callable[..., list[Row]]:
    """Gives the rows of a bron and year; none when it was not delivered."""

    def rows(bron: str, jaar: int | None = None) -> list[Row]:
        return counting[bron, jaar].rows if (bron, jaar) in counting else []

    return rows
