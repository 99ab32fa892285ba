"""From bytes to records: line ends, quotes, and what is refused before it can fill the memory."""

import hashlib
import io
from codecs import BOM_UTF8
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eligibility.intake.refusals import FileRefused, Rule
from eligibility.intake.streams import MAX_LINE, GuardedStream, csv_records, undecodable_line
from tests.intake.builders import csv_text, opener


class Endless(io.RawIOBase):
    """A gigabyte that is made as it is read."""

    def __init__(self, pattern: bytes, start: bytes = b"", size: int = 1 << 30) -> None:
        self._pattern = pattern
        self._start = start
        self._left = size
        self.given = 0

    def read(self, size: int = -1) -> bytes:
        assert 0 < size <= 1 << 20, "an unbounded read would hold the whole file"
        piece = (self._start + self._pattern * (size // len(self._pattern) + 1))[: min(size, self._left)]
        self._start = b""
        self._left -= len(piece)
        self.given += len(piece)
        return piece


class Dribble(io.RawIOBase):
    """A source that gives one byte at a time, as a slow decryption may."""

    def __init__(self, content: bytes) -> None:
        self._content = io.BytesIO(content)

    def read(self, size: int = -1) -> bytes:
        return self._content.read(min(size, 1))


def records(source, encoding: str = "utf-8") -> Iterator[tuple[int, list[str]]]:
    return csv_records(GuardedStream(source), encoding, ";")


def refused(source, encoding: str = "utf-8") -> tuple[Rule, int | None]:
    with pytest.raises(FileRefused) as caught:
        list(records(source, encoding))
    return caught.value.rule, caught.value.line


def test_a_record_has_the_line_it_starts_on_and_blank_lines_are_left_out():
    content = b'a;b\r\n\r\n1;"two\r\nlines"\r\n\r\n3;4'
    assert list(records(io.BytesIO(content))) == [
        (1, ["a", "b"]),
        (3, ["1", "two\r\nlines"]),
        (6, ["3", "4"]),
    ]


@pytest.mark.parametrize("eol", [b"\n", b"\r\n", b"\r"])
def test_every_kind_of_line_end(eol):
    content = eol.join([b"a;b", b"1;2", b"3;4", b""])
    assert list(records(io.BytesIO(content))) == [(1, ["a", "b"]), (2, ["1", "2"]), (3, ["3", "4"])]


def test_a_quote_inside_a_value_is_a_character():
    assert list(records(io.BytesIO(b'a\nJan "Piet"\n"say ""hi"""\n'))) == [
        (1, ["a"]),
        (2, ['Jan "Piet"']),
        (3, ['say "hi"']),
    ]


def test_a_quote_that_is_never_closed():
    assert refused(io.BytesIO(b'a;b\n1;2\n3;"4\n5;6\n')) == (Rule.OPEN_QUOTE, 3)


def test_a_quote_that_closes_at_the_very_end():
    assert list(records(io.BytesIO(b'a\n"b"')))[-1] == (2, ["b"])
    assert list(records(io.BytesIO(b'a\n"b\n"')))[-1] == (2, ["b\n"])


def test_fingerprint_of_all_bytes():
    guarded = GuardedStream(io.BytesIO(b"a;b\n1;2\n"))
    assert len(list(csv_records(guarded, "utf-8", ";"))) == 2
    assert guarded.size == 8
    assert guarded.sha256 == hashlib.sha256(b"a;b\n1;2\n").hexdigest()


@pytest.mark.parametrize(
    ("content", "line"), [(b"\0", 1), (b"a\nb\n\0c", 3), (b"a\r\nb\0", 2), (b"a\rb\rc\0", 3)]
)
def test_a_nul_is_refused_with_its_line(content, line):
    assert refused(io.BytesIO(content)) == (Rule.NUL_BYTE, line)


def test_line_ends_are_counted_across_chunks():
    """A CR LF that lies over the border of two chunks is one line end."""
    assert refused(Dribble(b"a\r\nb\r\n\nc\0")) == (Rule.NUL_BYTE, 4)
    assert list(records(Dribble(b"a\r\nb\r\n")))[-1] == (2, ["b"])


def test_a_gigabyte_on_one_line_is_refused_after_its_first_part():
    source = Endless(b"x", start=b"bsn\n123456782\n")
    assert refused(source) == (Rule.LINE_TOO_LONG, 3)
    assert source.given < 4 * MAX_LINE


def test_a_gigabyte_within_quotes_is_refused_after_its_first_part():
    """Its lines are short, but one record would hold them all."""
    source = Endless(b"x\n", start=b'bsn\n"')
    assert refused(source) == (Rule.LINE_TOO_LONG, 2)
    assert source.given < 8 * MAX_LINE


def test_the_longest_line_that_passes():
    content = b"a\n" + b"x" * (MAX_LINE - 1) + b"\nb\n"
    assert len(list(records(io.BytesIO(content)))) == 3
    assert refused(io.BytesIO(b"a\n" + b"x" * (MAX_LINE + 1) + b"\n")) == (Rule.LINE_TOO_LONG, 2)


@pytest.mark.parametrize("byte", [b"\x81", b"\x8d", b"\x8f", b"\x90", b"\x9d"])
def test_cp1252_is_strict(byte):
    content = b"a\nb\n" + byte + b"\n"
    assert refused(io.BytesIO(content), "cp1252")[0] is Rule.ENCODING
    assert undecodable_line(opener(content), "cp1252") == 3


@pytest.mark.parametrize(("content", "line"), [(b"a\n\xff", 2), (b"a\r\n" * 50_000 + b"\xe9x", 50_001)])
def test_the_line_that_cannot_be_decoded(content, line):
    assert undecodable_line(opener(content), "utf-8") == line
    assert undecodable_line(opener(b"a\n"), "utf-8") is None


def test_the_error_of_an_encoding_carries_no_bytes_of_the_file():
    with pytest.raises(FileRefused) as caught:
        list(records(io.BytesIO(b"a\nGeheimen\xff\n")))
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


_values = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=8)


_line_ends = st.sampled_from(["\n", "\r\n", "\r"])


def is_plain(value: str) -> bool:
    return not set(value) & set('"\r\n')


@given(
    rows=st.lists(st.lists(_values, min_size=2, max_size=3), min_size=1, max_size=5),
    eol=_line_ends,
    bom=st.booleans(),
    quote_all=st.booleans(),
)
def test_what_was_written_is_what_is_read(rows, eol, bom, quote_all):
    quote_all = quote_all or not all(is_plain(value) for row in rows for value in row)
    content = csv_text(rows, eol=eol, quote_all=quote_all).encode("utf-8-sig" if bom else "utf-8")
    if content.startswith(BOM_UTF8) and not bom:
        rows[0][0] = rows[0][0][1:]
    assert [fields for _line, fields in records(io.BytesIO(content))] == rows


@given(rows=st.lists(st.lists(_values, min_size=2, max_size=2), min_size=1, max_size=5), eol=_line_ends)
def test_cp1252_gives_the_same_rows_too(rows, eol):
    content = csv_text(rows, eol=eol, quote_all=True).encode("cp1252", errors="replace")
    expected = [[value.encode("cp1252", errors="replace").decode("cp1252") for value in row] for row in rows]
    assert [fields for _line, fields in records(io.BytesIO(content), "cp1252")] == expected


@given(st.binary(max_size=200))
def test_any_bytes_give_records_or_a_refusal(content):
    rule = None
    try:
        list(records(io.BytesIO(content)))
    except FileRefused as refusal:
        rule = refusal.rule
    assert rule in (None, Rule.ENCODING, Rule.NUL_BYTE, Rule.OPEN_QUOTE)
