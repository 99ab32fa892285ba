"""Loading as a whole: all or nothing, in batches, and silent about values."""

import traceback

import psycopg
import pytest

from eligibility.bronnen import BRP_COLUMNS
from eligibility.intake.counts import LoadResult
from eligibility.intake.encode import TABLE_COLUMNS
from eligibility.intake.files import examine
from eligibility.intake.layouts import LAYOUTS
from eligibility.intake.load import Delivered, Keys, load
from eligibility.intake.refusals import FileRefused, LoadFailed, Rule
from tests.intake.builders import (
    BAD_BSN,
    KEYS,
    PERSON,
    PSEUDONYMISER,
    SEALER,
    csv_bytes,
    load_file,
    new_partition,
    opener,
    people,
    rows_of,
    some_bsns,
)

pytestmark = pytest.mark.django_db


class ShortPseudonym:
    """A key that is broken: the box refuses pseudonyms of another length."""

    def pseudonym(self, bsn: str) -> bytes:
        return PSEUDONYMISER.pseudonym(bsn)[:-1]


def everything_about(error: BaseException) -> str:
    """What a log may show of an error: its text and chain."""
    assert error.__cause__ is None
    assert error.__context__ is None
    return "".join(traceback.format_exception(error)) + repr(error) + repr(vars(error))


def test_the_table_has_the_columns_that_are_filled(box_connection):
    for table, columns in TABLE_COLUMNS.items():
        found = box_connection.execute(
            "SELECT column_name FROM information_schema.columns"
            " WHERE table_schema = 'blackbox' AND table_name = %s",
            (table,),
        ).fetchall()
        assert {name for (name,) in found} == set(columns)


def test_an_error_of_the_database_says_nothing_of_the_row(box_connection):
    bsn = some_bsns(1)[0]
    with pytest.raises(LoadFailed) as caught:
        load_file(box_connection, "brp", people({"bsn": bsn}), keys=Keys(ShortPseudonym(), SEALER))
    assert caught.value.sqlstate == "23514"
    assert PERSON["geslachtsnaam"] not in everything_about(caught.value)
    assert bsn not in everything_about(caught.value)


def test_the_error_that_is_held_back_does_tell_the_row(box_connection):
    """Positive control: what PostgreSQL says is why it is not passed on."""
    number = new_partition(box_connection, "antwoord")
    with pytest.raises(psycopg.errors.CheckViolation, match="gevoelig"), box_connection.transaction():
        box_connection.execute(
            "INSERT INTO blackbox.antwoord (levering, bsn, antwoord) VALUES (%s, '\\x00', 'gevoelig')",
            (number,),
        )


def test_a_number_without_a_partition(box_connection):
    content = csv_bytes([["bsn"], *([bsn] for bsn in some_bsns(3))])
    layout = LAYOUTS["ontvangers"]
    delivered = Delivered(987_654, layout, examine(layout, opener(content)), opener(content), ["bsn"])
    with pytest.raises(LoadFailed) as caught:
        load(box_connection, delivered, KEYS)
    assert caught.value.sqlstate == "23514"


def test_a_file_that_changed_since_it_was_examined_leaves_nothing(box_connection):
    first = csv_bytes([["bsn"], *([bsn] for bsn in some_bsns(3000))])
    layout = LAYOUTS["ontvangers"]
    number = new_partition(box_connection, "klant")
    for other in (first[:-2], first + b"\r\n", first.replace(b"\r\n", b"\n")):
        delivered = Delivered(number, layout, examine(layout, opener(first)), opener(other), ["bsn"])
        with pytest.raises(FileRefused) as caught:
            load(box_connection, delivered, KEYS)
        assert caught.value.rule is Rule.FILE_CHANGED
        assert rows_of(box_connection, "klant", number) == []
    assert box_connection.info.transaction_status is psycopg.pq.TransactionStatus.IDLE


def test_a_refused_load_leaves_the_transaction_of_the_caller_usable(box_connection):
    content = csv_bytes([["bsn"], *([bsn] for bsn in some_bsns(3))])
    layout = LAYOUTS["ontvangers"]
    number = new_partition(box_connection, "klant")
    facts = examine(layout, opener(content))
    with box_connection.transaction():
        with pytest.raises(FileRefused):
            load(box_connection, Delivered(number, layout, facts, opener(content + b"\n"), ["bsn"]), KEYS)
        load(box_connection, Delivered(number, layout, facts, opener(content), ["bsn"]), KEYS)
    assert len(rows_of(box_connection, "klant", number)) == 3


def test_a_source_that_breaks_off_leaves_nothing(box_connection):
    """As a decryption that fails half-way does."""
    content = csv_bytes([["bsn"], *([bsn] for bsn in some_bsns(30_000))])
    layout = LAYOUTS["ontvangers"]
    number = new_partition(box_connection, "klant")

    class Broken:
        def __init__(self) -> None:
            self._source = opener(content)()

        def __enter__(self) -> "Broken":
            return self

        def __exit__(self, *error: object) -> None:
            self._source.close()

        def read(self, size: int) -> bytes:
            if self._source.tell() > 200_000:
                raise OSError("broken off")
            return self._source.read(size)

    delivered = Delivered(number, layout, examine(layout, opener(content)), Broken, ["bsn"])
    with pytest.raises(OSError, match="broken off"):
        load(box_connection, delivered, KEYS)
    assert rows_of(box_connection, "klant", number) == []


def test_an_agreement_without_the_number(box_connection):
    with pytest.raises(FileRefused) as caught:
        load_file(box_connection, "brp", people({"bsn": some_bsns(1)[0]}), allowed=BRP_COLUMNS[1:])
    assert (caught.value.rule, caught.value.column) == (Rule.NOT_AGREED, "bsn")


def test_refusals_come_in_batches_and_progress_in_steps(box_connection):
    content = csv_bytes([["bsn"], *([BAD_BSN] for _ in range(2300)), *([bsn] for bsn in some_bsns(2300))])
    layout = LAYOUTS["ontvangers"]
    number = new_partition(box_connection, "klant")
    delivered = Delivered(number, layout, examine(layout, opener(content)), opener(content), ["bsn"])
    batches: list[int] = []
    steps: list[int] = []
    result = load(
        box_connection,
        delivered,
        KEYS,
        on_progress=steps.append,
        on_refusals=lambda batch: batches.append(len(batch)),
    )
    assert batches == [1000, 1000, 300]
    assert steps == [3300, 4300, 4600]
    assert result == LoadResult(4600, 2300, 0, {Rule.BSN_INVALID: 2300}, 0, 0, 0)


def test_the_same_file_gives_the_same_rows_but_for_the_seals(box_connection):
    """The seals differ each time: equal ones would tell equal numbers."""
    content = people(*({"bsn": bsn} for bsn in some_bsns(50)))
    first, second = (load_file(box_connection, "brp", content).rows for _ in range(2))
    assert {row.pop("zegel") for row in first}.isdisjoint({row.pop("zegel") for row in second})
    for row in (*first, *second):
        row.pop("levering")
    assert first == second
