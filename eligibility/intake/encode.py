"""Checked rows as lines of COPY text, with pseudonyms and seals in the place of BSNs."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter

from eligibility.bronnen import BRP_COLUMNS
from eligibility.intake.counts import LoadResult, Refusals
from eligibility.intake.layouts import PERSON_CODES, Layout
from eligibility.intake.refusals import RowRefusal, Rule
from eligibility.intake.rows import (
    MAX_VALUE,
    UNKNOWN_DATE,
    Fault,
    SourceRow,
    address_id,
    checked_bsn,
    code_fault,
    code_places,
    is_date,
    length_fault,
)

_NUMBERS = ("bsn", "bsn_partner", "bsn_ouder1", "bsn_ouder2")
_PLAIN = tuple(name for name in BRP_COLUMNS if name not in (*_NUMBERS, "geboortedatum", "adres_id"))
_plain_values = itemgetter(*map(BRP_COLUMNS.index, _PLAIN))
_relatives = itemgetter(*map(BRP_COLUMNS.index, _NUMBERS[1:]))
_BIRTH = BRP_COLUMNS.index("geboortedatum")
_DEATH = BRP_COLUMNS.index("overlijdensdatum")
_ADDRESS_ID = BRP_COLUMNS.index("adres_id")
_PERSON_CODES = code_places(BRP_COLUMNS, PERSON_CODES)

#: The columns of each parent in the box, in the order of the lines made here.
TABLE_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "inwoner": (
        *("levering", "regel", "bsn", "zegel", "partner", "ouder1", "ouder2"),
        *("geboortedatum", "adres_id", *_PLAIN),
    ),
    "klant": ("levering", "bsn", "kind"),
    "leerling": ("levering", "bsn", "onderwijs", "leerjaar"),
    "antwoord": ("levering", "bsn", "antwoord"),
    "afmelding": ("levering", "bsn", "regeling"),
}

_NULL = "\\N"
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
_UNKNOWN_ANSWER = "onbekend"

#: The BSN of a good row of a list and its other values.
_ListRow = tuple[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Work:
    """What the encoding of one file needs: its number in the box, the keys, and where counts go.

    `repeated` are the BSNs on more than one row; `names` says how a column is called in this file
    where that differs from the layout (GBA-V elements).
    """

    levering: int
    pseudonym: Callable[[str], bytes]
    seal: Callable[[str], bytes]
    repeated: frozenset[str]
    result: LoadResult
    refusals: Refusals
    names: Mapping[str, str]

    def refuse(self, line: int, fault: Fault) -> None:
        column, rule = fault
        self.refusals.add(RowRefusal(line, self.names.get(column, column), rule))


def copy_lines(layout: Layout, rows: Iterable[SourceRow], work: Work) -> Iterator[str]:
    """The lines for the parent of this layout, each ending in a newline."""
    if layout.holds_persons:
        return _person_lines(rows, work)
    good = _good_list_rows(rows, layout, work)
    if layout.table == "klant":
        return _client_lines(_once(good, work), work)
    single = _one_answer(good, work) if layout.table == "antwoord" else _once(good, work)
    return _list_lines(single, work, empty=_NULL if layout.table == "leerling" else "")


def _copy_text(values: Sequence[str]) -> str:
    joined = "\t".join(values)
    if "\\" in joined or "\n" in joined or "\r" in joined or joined.count("\t") >= len(values):
        return "\t".join(value.translate(_ESCAPES) for value in values)
    return joined


def _person_lines(rows: Iterable[SourceRow], work: Work) -> Iterator[str]:
    result, pseudonym, seal = work.result, work.pseudonym, work.seal
    for line, values in rows:
        result.rows_read += 1
        if isinstance(values, RowRefusal):
            work.refusals.add(values)
            continue
        number, restored = checked_bsn(values[0])
        result.restored_zeros += restored
        relatives = _relatives_text(_relatives(values), work)
        if number is None:
            work.refuse(line, ("bsn", Rule.BSN_INVALID))
            continue
        text = _copy_text(_plain_values(values))
        fault = _person_fault(values, len(text))
        if fault is None and number in work.repeated:
            fault = ("bsn", Rule.BSN_TWICE)
        if fault:
            work.refuse(line, fault)
            continue
        result.rows_kept += 1
        yield (
            f"{work.levering}\t{line}\t\\\\x{pseudonym(number).hex()}\t\\\\x{seal(number).hex()}\t"
            f"{relatives}\t{values[_BIRTH] or UNKNOWN_DATE}\t"
            f"{address_id(values[_ADDRESS_ID]) or _NULL}\t{text}\n"
        )


def _person_fault(values: tuple[str, ...], length: int) -> Fault | None:
    birth, death = values[_BIRTH], values[_DEATH]
    if birth and not is_date(birth):
        return "geboortedatum", Rule.DATE_IMPOSSIBLE
    if death and not is_date(death):
        return "overlijdensdatum", Rule.DATE_IMPOSSIBLE
    return code_fault(values, _PERSON_CODES) or (
        length_fault(values, BRP_COLUMNS) if length > MAX_VALUE else None
    )


def _relatives_text(numbers: tuple[str, ...], work: Work) -> str:
    """Partner and parents as three fields; one whose BSN fails the 11-proef is emptied and counted."""
    fields = []
    for place, text in enumerate(numbers):
        if not text:
            fields.append(_NULL)
            continue
        number, restored = checked_bsn(text)
        work.result.restored_zeros += restored
        if number is None:
            _count_emptied(work.result, partner=place == 0)
        fields.append(f"\\\\x{work.pseudonym(number).hex()}" if number else _NULL)
    return "\t".join(fields)


def _count_emptied(result: LoadResult, *, partner: bool) -> None:
    if partner:
        result.emptied_partner += 1
    else:
        result.emptied_parent += 1


def _good_list_rows(rows: Iterable[SourceRow], layout: Layout, work: Work) -> Iterator[_ListRow]:
    """The rows of a list that pass the checks, a child's BSN with its zeros back."""
    codes = code_places(layout.columns, layout.codes)
    with_child = "bsn_kind" in layout.columns
    for line, values in rows:
        work.result.rows_read += 1
        if isinstance(values, RowRefusal):
            work.refusals.add(values)
            continue
        number, restored = checked_bsn(values[0])
        work.result.restored_zeros += restored
        fault = code_fault(values, codes)
        rest = values[1:]
        if with_child and rest[0]:
            child, restored = checked_bsn(rest[0])
            work.result.restored_zeros += restored
            rest = (child or "",)
            fault = fault if child else ("bsn_kind", Rule.CHILD_BSN_INVALID)
        if number is None or fault:
            work.refuse(line, fault if number and fault else ("bsn", Rule.BSN_INVALID))
            continue
        yield number, rest


def _once(rows: Iterable[_ListRow], work: Work) -> Iterator[_ListRow]:
    """Leave out a row that was there before. Only repeated BSNs are remembered, so memory stays small."""
    seen: set[_ListRow] = set()
    for row in rows:
        if row[0] in work.repeated:
            if row in seen:
                work.result.merged += 1
                continue
            seen.add(row)
        yield row


def _one_answer(rows: Iterable[_ListRow], work: Work) -> Iterator[_ListRow]:
    """One answer per BSN; two different ones are together `onbekend`."""
    answers: dict[str, str] = {}
    for number, (answer,) in rows:
        if number not in work.repeated:
            yield number, (answer,)
        elif number not in answers:
            answers[number] = answer
        else:
            work.result.merged += 1
            if answers[number] != answer:
                answers[number] = _UNKNOWN_ANSWER
    for number, answer in answers.items():
        yield number, (answer,)


def _list_lines(rows: Iterable[_ListRow], work: Work, *, empty: str) -> Iterator[str]:
    """The other values are codes from a short list: they need no escape. `empty` stands for a missing one."""
    for number, rest in rows:
        work.result.rows_kept += 1
        codes = "\t".join(code or empty for code in rest)
        yield f"{work.levering}\t\\\\x{work.pseudonym(number).hex()}\t{codes}\n"


def _client_lines(rows: Iterable[_ListRow], work: Work) -> Iterator[str]:
    for number, rest in rows:
        work.result.rows_kept += 1
        child = f"\\\\x{work.pseudonym(rest[0]).hex()}" if rest and rest[0] else _NULL
        yield f"{work.levering}\t\\\\x{work.pseudonym(number).hex()}\t{child}\n"
