"""Every kind of bad input on the command line: what and where in Dutch, no value, and nothing half stored."""

import io
import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import psycopg
import pytest

from eligibility.blackbox import headless
from eligibility.bronnen import Agreement, seeded_agreements
from eligibility.intake.refusals import Rule
from tests.blackbox.command import Koppel

CASES = Path(__file__).parent.parent / "cases"
DAY = "2026-03-01"
#: A value that may stand in no message.
NUMBER = "999900006"
GOOD = f"bsn\n{NUMBER}\n".encode()
ENTRY = {"bron": "aio", "jaar": 2024, "peildatum": "2026-02-15"}


def workbook(cell: object) -> bytes:
    book = openpyxl.Workbook()
    book.active.append(["bsn"])
    book.active.append([cell])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def bomb() -> bytes:
    packed = io.BytesIO(workbook(NUMBER))
    with zipfile.ZipFile(packed, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/image1.bin", bytes(50_000_000))
    return packed.getvalue()


@pytest.fixture
def town(tmp_path: Path) -> Path:
    folder = tmp_path / "town"
    shutil.copytree(CASES / "huishoudens", folder, ignore=shutil.ignore_patterns("verwacht*"))
    return folder


@pytest.fixture
def refused(koppel: Koppel, box: psycopg.Connection, town: Path, tmp_path: Path) -> Callable[[], str]:
    """The last line that the command says of the town, when it refuses and leaves nothing anywhere."""

    def run() -> str:
        ended = koppel(town, DAY, tmp_path / "uit")
        assert ended.code == 2
        assert NUMBER not in ended.said
        assert not (tmp_path / "uit").exists()
        assert box.execute("SELECT count(*) FROM blackbox.run WHERE soort = 'map'").fetchone() == (0,)
        assert box.execute(
            "SELECT count(*) FROM pg_class"
            " WHERE relnamespace = 'blackbox'::regnamespace AND relname ~ '_[0-9]+$'"
        ).fetchone() == (0,)
        return ended.said.splitlines()[-1]

    return run


def add(town: Path, name: str, content: bytes, **changes: object) -> None:
    (town / name).write_bytes(content)
    listed = json.loads((town / "levering.json").read_text(encoding="utf-8"))
    (town / "levering.json").write_text(json.dumps([*listed, {"bestand": name, **ENTRY, **changes}]))


@pytest.mark.parametrize(
    ("name", "content", "place", "rule"),
    [
        ("a.csv", f"nummer\n{NUMBER}\n".encode(), "a.csv, regel 1, kolom bsn", Rule.COLUMN_MISSING),
        ("a.csv", f"bsn;{NUMBER}\n{NUMBER};1\n".encode(), "a.csv, regel 1, kolom 2", Rule.COLUMN_UNKNOWN),
        ("a.csv", f"bsn,naam\n{NUMBER},x\n".encode(), "a.csv, regel 1", Rule.DELIMITER),
        ("a.csv", b"bsn\n" + NUMBER.encode() + b"\x81\n", "a.csv, regel 2", Rule.ENCODING),
        ("a.csv", b"bsn\n" + NUMBER.encode() + b"\0\n", "a.csv, regel 2", Rule.NUL_BYTE),
        ("a.csv", b"bsn\n" + NUMBER.encode() * 10_000, "a.csv, regel 2", Rule.LINE_TOO_LONG),
        ("a.csv", b"bsn\n", "a.csv", Rule.NO_ROWS),
        ("a.csv", b"", "a.csv", Rule.EMPTY_FILE),
        ("a.xlsx", bomb(), "a.xlsx", Rule.XLSX_BOMB),
        ("a.xlsx", workbook(f"={NUMBER}+0"), "a.xlsx, regel 2, kolom A", Rule.XLSX_FORMULA),
        ("a.xlsx", workbook(NUMBER)[:-50], "a.xlsx", Rule.XLSX_BROKEN),
        ("a.xls", b"\xd0\xcf\x11\xe0" + NUMBER.encode(), "a.xls", Rule.FILE_KIND),
    ],
)
def test_a_bad_file(
    refused: Callable[[], str], town: Path, name: str, content: bytes, place: str, rule: Rule
):
    add(town, name, content)
    assert refused() == f"{place}: {rule.sentence}"


def test_a_line_of_a_gigabyte(refused: Callable[[], str], town: Path):
    """A hole in the file: as long as it says, and nothing on the disk. Its first bytes are enough."""
    add(town, "a.csv", b"bsn\n" + b"1" * 100_000)
    with (town / "a.csv").open("r+b") as file:
        file.truncate(1 << 30)
    assert refused() == f"a.csv, regel 2: {Rule.LINE_TOO_LONG.sentence}"


def test_the_same_file_twice(refused: Callable[[], str], town: Path):
    add(town, "a.csv", GOOD)
    add(town, "b.csv", GOOD)
    assert refused() == f"b.csv: {Rule.DELIVERED_BEFORE.sentence}"


def test_an_agreement_that_expired(refused: Callable[[], str], town: Path, monkeypatch: pytest.MonkeyPatch):
    add(town, "a.csv", GOOD)
    ended = [
        Agreement(one.bron, one.valid_from, one.valid_from, one.purposes, one.columns)
        for one in _agreements("aio")
    ]
    others = [one for one in seeded_agreements() if one.bron != "aio"]
    monkeypatch.setattr(headless, "seeded_agreements", lambda: (*others, *ended))
    assert refused() == f"a.csv: {Rule.NO_AGREEMENT.sentence}"


def _agreements(bron: str) -> list[Agreement]:
    return [one for one in seeded_agreements() if one.bron == bron]


@pytest.mark.parametrize(
    ("changes", "key", "rule"),
    [
        ({"bron": NUMBER}, "bron", Rule.SOURCE_UNKNOWN),
        ({"peildatum": NUMBER}, "peildatum", Rule.REFERENCE_DATE),
        ({"jaar": None}, "jaar", Rule.YEAR_MISSING),
        ({"bestand": "../levering.json"}, "bestand", Rule.OUTSIDE_FOLDER),
    ],
)
def test_a_bad_entry(
    refused: Callable[[], str], town: Path, changes: dict[str, object], key: str, rule: Rule
):
    add(town, "a.csv", GOOD, **changes)
    number = len(json.loads((town / "levering.json").read_text(encoding="utf-8")))
    assert refused() == f"levering.json, onderdeel {number}, gegeven {key}: {rule.sentence}"


@pytest.mark.parametrize("content", [b"{", b'["' + NUMBER.encode(), b"\xff\xfe", b"[" * 100_000])
def test_a_broken_manifest(refused: Callable[[], str], town: Path, content: bytes):
    (town / "levering.json").write_bytes(content)
    assert refused() == f"levering.json: {Rule.MANIFEST_BROKEN.sentence}"


def test_bad_rows_are_told_by_rule_and_hold_the_folder(koppel: Koppel, town: Path, tmp_path: Path):
    """A BSN that fails the 11-proef refuses its row; one that lost its zeros does not."""
    add(town, "a.csv", b"bsn\n123456789\n12345672\n")
    ended = koppel(town, DAY, tmp_path / "uit")
    assert ended.code == 3
    assert f"a.csv: 1 geweigerd. {Rule.BSN_INVALID.sentence}" in ended.said
    assert "van de 2 rijen zijn er 1 geweigerd" in ended.said
    assert not any(number in ended.said for number in ("123456789", "12345672"))
    assert not (tmp_path / "uit").exists()
