"""Dates and numbers as Dutch letters write them."""

from __future__ import annotations

from datetime import date

MONTHS = (
    "januari",
    "februari",
    "maart",
    "april",
    "mei",
    "juni",
    "juli",
    "augustus",
    "september",
    "oktober",
    "november",
    "december",
)


def long_date(day: date, blank: str = " ") -> str:
    """`3 maart 2026`; with an NBSP as `blank` a line never breaks inside it."""
    return blank.join((str(day.day), MONTHS[day.month - 1], str(day.year)))


def birth_date(delivered: str) -> str:
    """A birth date as the BRP delivers it (yyyymmdd, unknown parts 00): `3 maart 2014`, `maart 2014`, `2014`.

    Wholly unknown is `onbekend`.
    """
    year, month, day = delivered[:4], delivered[4:6], delivered[6:8]
    if not delivered.isdigit() or len(delivered) != 8 or year == "0000":
        return "onbekend"
    if month == "00":
        return year
    if day == "00":
        return f"{MONTHS[int(month) - 1]} {year}"
    return f"{int(day)} {MONTHS[int(month) - 1]} {year}"


def euros(amount: int, blank: str = " ") -> str:
    """`€ 31.200`: whole euros with points between the thousands."""
    return f"€{blank}{amount:,}".replace(",", ".")
