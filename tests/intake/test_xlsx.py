"""Workbooks: the same rows as CSV gives, and what is refused before or while it is unpacked."""

import datetime as dt
import io
import os
import signal
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from eligibility.intake import xlsx, xlsx_child
from eligibility.intake.files import FileFacts, FileKind, examine
from eligibility.intake.layouts import LAYOUTS
from eligibility.intake.refusals import FileRefused, Rule
from eligibility.intake.xlsx import read_workbook, xlsx_records
from tests.intake.builders import csv_bytes, load_file, opener, some_bsns

SHEET = "xl/worksheets/sheet1.xml"


def workbook(*rows: list[object], fill: Callable[[Worksheet], object] | None = None) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    if fill:
        fill(book.active)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def repacked(content: bytes, changes: dict[str, bytes], *, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The same zip with members replaced or added."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(packed, "w", compression) as new:
        members = {name: old.read(name) for name in old.namelist()} | changes
        for name, member in members.items():
            new.writestr(name, member)
    return packed.getvalue()


def records(content: bytes) -> list[tuple[int, list[str]]]:
    with xlsx_records(read_workbook(io.BytesIO(content))) as rows:
        return list(rows)


def refused(content: bytes) -> tuple[Rule, int | None, str | None]:
    with pytest.raises(FileRefused) as caught:
        records(content)
    return caught.value.rule, caught.value.line, caught.value.column


def facts_of(layout: str, content: bytes) -> FileFacts:
    return examine(LAYOUTS[layout], opener(content))


def test_cells_become_what_csv_would_hold():
    def fill(sheet: Worksheet) -> None:
        sheet["A1"], sheet["B1"], sheet["C1"] = "bsn", "onderwijs", "leerjaar"
        sheet["A2"], sheet["B2"], sheet["C2"] = 12345678, " VO ", 3
        sheet["A4"], sheet["B4"] = "012345678", dt.date(2020, 1, 2)
        sheet["A5"], sheet["B5"], sheet["C5"] = 1.5, dt.datetime(2020, 1, 2, 3, 4), True
        sheet["A6"] = 1234567890123

    assert records(workbook(fill=fill)) == [
        (1, ["bsn", "onderwijs", "leerjaar"]),
        (2, ["12345678", " VO ", "3"]),
        (4, ["012345678", "20200102", ""]),
        (5, ["1.5", "2020-01-02 03:04:00", "WAAR"]),
        (6, ["1234567890123", "", ""]),
    ]


def test_facts_of_a_workbook():
    first, second = some_bsns(2)
    facts = facts_of("ontvangers", workbook(["bsn"], [int(first)], [int(second)], [int(first)]))
    assert (facts.kind, facts.rows, facts.repeated) == (FileKind.XLSX, 3, {first})


@pytest.mark.django_db
def test_a_workbook_loads_as_its_csv_does(box_connection):
    rows = [["bsn", "onderwijs", "leerjaar"], *([bsn, "VO", "3"] for bsn in some_bsns(20, start=1_000_000))]
    numbers = [rows[0], *([int(bsn), onderwijs, int(year)] for bsn, onderwijs, year in rows[1:])]
    book = load_file(box_connection, "leerlingen", workbook(*numbers))
    text = load_file(box_connection, "leerlingen", csv_bytes(rows))
    assert [{**row, "levering": 0} for row in book.rows] == [{**row, "levering": 0} for row in text.rows]
    assert (book.result.rows_kept, book.result.restored_zeros) == (20, 20)


@pytest.mark.django_db
def test_a_bad_row_has_the_number_it_has_in_the_sheet(box_connection):
    good, other = some_bsns(2)
    content = workbook(["bsn"], [good], [None], [good[:-1] + "x"], [other, "more"])
    loaded = load_file(box_connection, "ontvangers", content)
    assert loaded.problems == [(4, "bsn", "bsn_ongeldig"), (5, "", "aantal_velden")]


def test_a_second_sheet_may_be_empty_only():
    book = openpyxl.Workbook()
    book.create_sheet("Blad2")
    book.active.append(["bsn"])
    for filled in (False, True):
        if filled:
            book["Blad2"]["A1"] = "x"
        content = io.BytesIO()
        book.save(content)
        if filled:
            assert refused(content.getvalue())[0] is Rule.XLSX_SHEETS
        else:
            assert records(content.getvalue()) == [(1, ["bsn"])]


def test_an_empty_workbook():
    with pytest.raises(FileRefused) as caught:
        facts_of("ontvangers", workbook())
    assert caught.value.rule is Rule.EMPTY_FILE
    with pytest.raises(FileRefused) as caught:
        facts_of("ontvangers", workbook(["bsn"]))
    assert caught.value.rule is Rule.NO_ROWS


@pytest.mark.parametrize(("cell", "line", "column"), [("A2", 2, "A"), ("C7", 7, "C"), ("AB3", 3, "AB")])
def test_a_formula_is_refused_with_its_cell(cell, line, column):
    content = workbook(["bsn"], fill=lambda sheet: sheet.__setitem__(cell, "=1+1"))
    assert refused(content) == (Rule.XLSX_FORMULA, line, column)


def test_a_formula_in_a_sheet_without_references():
    """Rows and cells may leave their place out; then they follow one another."""
    sheet = b"<worksheet><sheetData><row><c><v>1</v></c><c><f>1+1</f></c></row></sheetData></worksheet>"
    assert refused(repacked(workbook(["bsn"]), {SHEET: sheet})) == (Rule.XLSX_FORMULA, 1, "B")


def test_the_number_of_rows_is_bounded():
    def at(row: int) -> bytes:
        return workbook(["bsn"], fill=lambda sheet: sheet.cell(row, 1, 1))

    assert len(records(at(100_000))) == 2
    assert refused(at(100_001))[0] is Rule.XLSX_TOO_BIG


def test_a_cell_in_the_last_corner_does_not_fill_the_memory():
    content = workbook(["bsn"], fill=lambda sheet: sheet.__setitem__("XFD1048576", 1))
    assert refused(content)[0] is Rule.XLSX_TOO_BIG


def test_a_member_that_packs_too_well():
    content = repacked(workbook(["bsn"]), {"xl/media/image1.bin": bytes(50_000_000)})
    assert len(content) < 100_000
    assert refused(content)[0] is Rule.XLSX_BOMB


@pytest.mark.parametrize("check", [xlsx_child.check_sizes, xlsx_child.check_members])
def test_too_much_in_all(monkeypatch, check):
    """By what the zip says, and again by what comes out of it."""
    with zipfile.ZipFile(io.BytesIO(workbook(["bsn"]))) as archive:
        check(archive)
        monkeypatch.setattr(xlsx_child, "MAX_UNPACKED", 1000)
        with pytest.raises(xlsx_child.Refused, match="xlsx_bom"):
            check(archive)


def test_too_many_members():
    content = repacked(workbook(["bsn"]), {f"xl/{number}.bin": b"" for number in range(250)})
    assert refused(content)[0] is Rule.XLSX_BOMB


def test_a_header_that_lies_about_its_size():
    """The directory of the zip says 1000 bytes; the member holds fifty million."""
    honest = repacked(workbook(["bsn"]), {"xl/media/image1.bin": bytes(50_000_000)})
    lying = honest.replace((50_000_000).to_bytes(4, "little"), (1000).to_bytes(4, "little"))
    assert lying != honest
    assert refused(lying)[0] is Rule.XLSX_BROKEN


def test_entities_that_unfold():
    text = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><worksheet>&b;</worksheet>'
    assert refused(repacked(workbook(["bsn"]), {SHEET: text}))[0] is Rule.XLSX_BOMB


def test_a_workbook_that_is_too_large():
    content = repacked(
        workbook(["bsn"]), {"x.bin": os.urandom(xlsx.MAX_BYTES)}, compression=zipfile.ZIP_STORED
    )
    assert refused(content)[0] is Rule.XLSX_TOO_BIG


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04",
        b"PK\x03\x04" + os.urandom(500),
        workbook(["bsn"])[:-100],
        workbook(["bsn"])[:1000],
        repacked(workbook(["bsn"]), {SHEET: b"<worksheet><sheetData>"}),
        repacked(workbook(["bsn"]), {SHEET: b'<worksheet><row><c r="AAAA1"/></row></worksheet>'}),
    ],
)
def test_a_workbook_that_is_broken(content):
    assert refused(content)[0] is Rule.XLSX_BROKEN


def test_a_zip_that_is_no_workbook():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("brp.csv", "bsn\n")
        archive.writestr("other.xml", "<note/>")
    assert refused(packed.getvalue())[0] is Rule.FILE_KIND


@pytest.fixture
def children(monkeypatch) -> list[subprocess.Popen]:
    """The processes that are started."""
    started: list[subprocess.Popen] = []

    class Noted(subprocess.Popen):
        def __init__(self, *args, **options):
            super().__init__(*args, **options)
            started.append(self)

    monkeypatch.setattr(xlsx.subprocess, "Popen", Noted)
    return started


LONG = workbook(["bsn"], *([bsn] for bsn in some_bsns(30_000)))


def test_a_child_that_is_killed_leaves_a_refusal(children):
    with xlsx_records(read_workbook(io.BytesIO(LONG))) as records_of_child:
        next(records_of_child)
        children[0].kill()
        with pytest.raises(FileRefused) as caught:
            list(records_of_child)
    assert caught.value.rule is Rule.XLSX_BROKEN
    assert children[0].returncode == -signal.SIGKILL


def test_a_reader_who_stops_half_way_leaves_no_process(children):
    with xlsx_records(read_workbook(io.BytesIO(LONG))) as records_of_child:
        next(records_of_child)
        assert children[0].poll() is None
    assert children[0].returncode == -signal.SIGKILL


def test_the_child_has_limits_and_no_password(monkeypatch, tmp_path):
    """Another script in its place tells what it was given."""
    script = tmp_path / "child.py"
    script.write_text(
        "import json, os, sys\n"
        "sys.stdin.buffer.read()\n"
        "print(json.dumps([1, sorted(os.environ)]))\n"
        "print('{\"done\": true}')\n"
    )
    monkeypatch.setattr(xlsx, "_CHILD", Path(script))
    monkeypatch.setenv("DATABASE_URL_KOPPEL", "secret")
    [(_line, names)] = records(workbook(["bsn"]))
    assert set(names) <= {"LC_CTYPE"}


def test_a_child_that_takes_too_much_memory(monkeypatch, tmp_path):
    """The limit that it sets for itself holds."""
    source = Path(xlsx_child.__file__).read_text()
    script = tmp_path / "child.py"
    greedy = "    grown = bytearray(2 * MEMORY_BYTES)\n    with zipfile.ZipFile("
    assert "    with zipfile.ZipFile(" in source
    script.write_text(source.replace("    with zipfile.ZipFile(", greedy, 1))
    monkeypatch.setattr(xlsx, "_CHILD", script)
    assert refused(workbook(["bsn"]))[0] is Rule.XLSX_BROKEN
