"""The first reading: what refuses a whole file, and what it finds in a good one."""

import hashlib
import tracemalloc
from codecs import BOM_UTF8
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eligibility.intake.counts import RepeatedNumbers
from eligibility.intake.files import FileFacts, FileKind, examine
from eligibility.intake.layouts import LAYOUTS
from eligibility.intake.refusals import FileRefused, Rule
from tests.intake.builders import BAD_BSN, bsns, csv_bytes, csv_text, opener, people, some_bsns


def facts_of(layout: str, content: bytes, **options) -> FileFacts:
    return examine(LAYOUTS[layout], opener(content), **options)


def refused(layout: str, content: bytes, **options) -> tuple[Rule, int | None, str | None]:
    with pytest.raises(FileRefused) as caught:
        facts_of(layout, content, **options)
    assert caught.value.__cause__ is None
    return caught.value.rule, caught.value.line, caught.value.column


def test_facts_of_a_good_file():
    content = csv_bytes([["bsn"], *([number] for number in some_bsns(3))])
    facts = facts_of("ontvangers", content)
    assert (facts.rows, facts.kind, facts.encoding, facts.size) == (3, FileKind.CSV, "utf-8", len(content))
    assert facts.sha256 == hashlib.sha256(content).hexdigest()
    assert facts.repeated == frozenset()


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", (Rule.EMPTY_FILE, None, None)),
        (BOM_UTF8, (Rule.EMPTY_FILE, None, None)),
        (b"\r\n\r\n", (Rule.EMPTY_FILE, None, None)),
        (b"bsn", (Rule.NO_ROWS, None, None)),
        (b"bsn\r\n\r\n\r\n", (Rule.NO_ROWS, None, None)),
        (b"bsn,naam\r\n1,2\r\n", (Rule.DELIMITER, 1, None)),
        (b"bsn\r\n123456782\0\r\n", (Rule.NUL_BYTE, 2, None)),
        ("bsn\r\n123456782\r\n".encode("utf-16"), (Rule.NUL_BYTE, 1, None)),
        (b"bsn\n123456782\n\x81\n", (Rule.ENCODING, 3, None)),
        (b'bsn\n"123456782\n', (Rule.OPEN_QUOTE, 2, None)),
        (b"bsn\n" + b"1" * 70_000, (Rule.LINE_TOO_LONG, 2, None)),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 an old workbook", (Rule.FILE_KIND, None, None)),
        (b"naam\n123456782\n", (Rule.COLUMN_MISSING, 1, "bsn")),
        (b"\n\nnaam\n123456782\n", (Rule.COLUMN_MISSING, 3, "bsn")),
    ],
)
def test_a_file_that_is_refused_as_a_whole(content, expected):
    assert refused("ontvangers", content) == expected


def test_the_bron_declares_the_delimiter():
    content = csv_bytes([["bsn", "antwoord"], [next(bsns()), "ja"]], delimiter="|")
    assert facts_of("ib_toets", content, delimiter="|").rows == 1
    assert refused("ib_toets", content)[0] is Rule.DELIMITER


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_utf_8_with_or_without_bom_then_cp1252(encoding):
    content = people({"bsn": next(bsns()), "geslachtsnaam": "Béamont"}).decode().replace("Yılmaz", "Yilmaz")
    facts = facts_of("brp", content.encode(encoding))
    assert facts.rows == 1
    assert facts.encoding == ("cp1252" if encoding == "cp1252" else "utf-8")


def test_a_late_character_decides_the_encoding_of_the_whole_file():
    rows = [{"bsn": number, "geslachtsnaam": "Jansen"} for number in some_bsns(2000)]
    content = people(*rows, {"bsn": next(bsns(5)), "geslachtsnaam": "Béamont"})
    assert facts_of("brp", content.decode().encode("cp1252")).encoding == "cp1252"


def test_a_bron_may_allow_one_encoding_only():
    content = "bsn;regeling\n123456782;é\n".encode("cp1252")
    assert refused("optout", content, encodings=["utf-8-sig"]) == (Rule.ENCODING, 2, None)
    assert facts_of("optout", content, encodings=["cp1252"]).rows == 1


def test_a_utf_8_bom_rules_out_every_other_encoding():
    """Read as cp1252 such a file would be names full of rubbish, without anyone noticing."""
    content = BOM_UTF8 + b"bsn\n123456782\n\xe9\n"
    assert refused("ontvangers", content) == (Rule.ENCODING, 3, None)
    assert refused("ontvangers", content, encodings=["cp1252"]) == (Rule.ENCODING, 1, None)


@given(
    names=st.lists(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])), max_size=5),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "cp1252"]),
    delimiter=st.sampled_from(";,|\t"),
    eol=st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_the_same_rows_however_they_are_written(names, encoding, delimiter, eol):
    rows = [["bsn", "regeling"], *([number, name] for number, name in zip(bsns(), names, strict=False))]
    text = csv_text(rows, delimiter=delimiter, eol=eol, quote_all=True)
    content = text.encode(encoding, errors="replace")
    if not names:
        assert refused("optout", content, delimiter=delimiter)[0] is Rule.NO_ROWS
        return
    facts = facts_of("optout", content, delimiter=delimiter)
    assert facts.rows == len(names)
    assert content.decode("utf-8-sig" if facts.encoding == "utf-8" else facts.encoding)


def test_numbers_that_stand_there_twice():
    first, second, third = some_bsns(3)
    short = next(bsns(1234))
    content = csv_bytes(
        [["bsn", "antwoord"], [first, "ja"], [second, "?"], [f" {first} ", "nee"], [second, "ja"],
         [third, "ja"], [short, "ja"], [short.lstrip("0"), "ja"], [BAD_BSN, "ja"], [BAD_BSN, "ja"]]
    )  # fmt: skip
    facts = facts_of("ib_toets", content)
    assert facts.repeated == {first, second, short, BAD_BSN}
    assert first not in repr(facts)


def test_a_row_with_a_wrong_number_of_fields_makes_no_double():
    """Nobody knows which of its fields is which."""
    first = next(bsns())
    content = f"bsn;antwoord\n{first};ja\n{first};ja;nee\n{first}\n".encode()
    assert facts_of("ib_toets", content).repeated == frozenset()


@given(st.lists(st.integers(0, 10**9 - 1) | st.integers(0, 30), max_size=40))
def test_repeated_numbers_are_those_that_count_more_than_one(numbers):
    repeated = RepeatedNumbers()
    for number in numbers:
        repeated.add(str(number))
    assert repeated.found() == {f"{number:09d}" for number in numbers if numbers.count(number) > 1}


@pytest.mark.parametrize("text", ["", "1_2", "+12", "١٢", "²", "1234567890", "12x"])
def test_what_is_no_number_is_no_double(text):
    repeated = RepeatedNumbers()
    for _ in range(2):
        repeated.add(text)
    assert repeated.found() == frozenset()


def test_progress_is_told_on_the_way():
    content = csv_bytes([["bsn"], *([number] for number in some_bsns(20_001))])
    told: list[int] = []
    assert facts_of("ontvangers", content, on_progress=told.append).rows == 20_001
    assert told == [10_000, 20_000]


def peak_of(rows: int, folder: Path) -> int:
    path = folder / f"{rows}.csv"
    # Spread out, as the numbers of a town are.
    numbers = (next(bsns(10_000_000 + 1300 * place)) for place in range(rows))
    path.write_bytes(csv_bytes([["bsn"], *([number] for number in numbers)]))
    tracemalloc.start()
    examine(LAYOUTS["ontvangers"], lambda: path.open("rb"))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def test_memory_grows_by_a_few_bytes_a_row(tmp_path):
    """Four for the number that is kept to find doubles, and the room that a growing array takes."""
    peak_of(100, tmp_path)
    assert (peak_of(60_000, tmp_path) - peak_of(6_000, tmp_path)) / 54_000 < 8
