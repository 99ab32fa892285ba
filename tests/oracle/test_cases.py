"""The oracle gives the expected files of every bundled case, byte for byte."""

import json
from datetime import date
from pathlib import Path

import pytest

from tests.oracle import oracle

ROOT = Path(__file__).resolve().parents[2]
PLACES = [ROOT / "tests" / "cases", ROOT.parent / "shared" / "cases"]
CASES = [
    ("huishoudens", "verwacht", date(2026, 3, 1)),
    ("huishoudens", "verwacht-2026-02-28", date(2026, 2, 28)),
    ("stadje-2026", "verwacht", date(2026, 3, 1)),
    ("stadje-2028", "verwacht", date(2028, 2, 29)),
]


def _cases() -> Path:
    for place in PLACES:
        if place.is_dir():
            return place
    pytest.skip("no cases here")


@pytest.mark.parametrize(("town", "expected", "peildatum"), CASES)
def test_case_comes_out_byte_for_byte(town: str, expected: str, peildatum: date) -> None:
    folder = _cases() / town
    result = oracle(folder, peildatum)
    for file in sorted((folder / expected).glob("*.csv")):
        assert result.files[file.stem] == file.read_bytes(), file.name
    waterval = json.loads((folder / expected / "waterval.json").read_text(encoding="utf-8"))
    assert result.waterval == waterval
