"""The checks on one row (sections 1.2a and 1.3 of the koppeling), and the rows of a flat file."""

from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter

from eligibility.intake.refusals import RowRefusal, Rule
from eligibility.intake.streams import Record
from outreach.kernel import bsn

#: What a source of rows gives: the values in the order of the layout, or why there are none.
SourceRow = tuple[int, tuple[str, ...] | RowRefusal]

#: A column and the rule it broke.
Fault = tuple[str, Rule]

#: A place in the values, the name of its column and the codes that may stand there.
CodePlace = tuple[int, str, frozenset[str]]

MAX_VALUE = 1000
UNKNOWN_DATE = "00000000"
_NO_ADDRESS_ID = "0" * 16


def flat_rows(records: Iterable[Record], width: int, order: Sequence[int]) -> Iterator[SourceRow]:
    """The values of each record in the order asked for, blanks at their ends dropped.

    `order` holds places in a record to which one empty field was added (see `Heading.order`). A
    record with another number of fields than the header has no values: nobody knows which is which.
    """
    pick = itemgetter(*order) if len(order) > 1 else lambda fields: (fields[order[0]],)
    strip = str.strip
    for line, fields in records:
        if len(fields) != width:
            yield line, RowRefusal(line, "", Rule.FIELD_COUNT)
            continue
        fields.append("")
        yield line, tuple(map(strip, pick(fields)))


def checked_bsn(text: str) -> tuple[str | None, bool]:
    """A BSN with its leading zeros back (None when it fails the 11-proef), and whether they were lost."""
    number, restored = bsn.restore(text)
    return (number if bsn.is_valid(number) else None), restored


def is_date(text: str) -> bool:
    """Whether `text` is a date as delivered: `yyyymmdd`, unknown parts `00` and nothing known after them."""
    return len(text) == 8 and _is_date(text)


# The dates of a town are few; eight characters each keep the cache small.
@lru_cache(maxsize=1 << 16)
def _is_date(text: str) -> bool:
    if not (text.isascii() and text.isdigit()):
        return False
    year, month, day = int(text[:4]), int(text[4:6]), int(text[6:])
    if not year:
        return not month and not day
    if not month:
        return not day
    return month <= 12 and day <= monthrange(year, month)[1]


def address_id(text: str) -> str:
    """The BAG id when it is one (16 digits, not all zero); anything else is none, an empty text."""
    if len(text) == 16 and text.isascii() and text.isdigit() and text != _NO_ADDRESS_ID:
        return text
    return ""


def code_places(columns: Sequence[str], codes: Mapping[str, frozenset[str]]) -> tuple[CodePlace, ...]:
    """The columns that hold codes. A column that was dropped is empty, which its codes then allow."""
    return tuple((place, column, codes[column]) for place, column in enumerate(columns) if column in codes)


def code_fault(values: Sequence[str], codes: Sequence[CodePlace]) -> Fault | None:
    """The first column whose value is not one of its codes."""
    for place, column, allowed in codes:
        if values[place] not in allowed:
            return column, Rule.CODE_UNKNOWN
    return None


def length_fault(values: Sequence[str], columns: Sequence[str]) -> Fault | None:
    """The first column with more than 1000 characters in it."""
    for column, value in zip(columns, values, strict=True):
        if len(value) > MAX_VALUE:
            return column, Rule.VALUE_TOO_LONG
    return None
