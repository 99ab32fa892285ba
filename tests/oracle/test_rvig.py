"""The public test persons of RvIG, as the oracle reads them: real persoonslijsten, real oddities."""

import json
import shutil
from datetime import date
from pathlib import Path

import pytest

from tests.oracle import oracle

SET = Path(__file__).resolve().parents[3] / "shared" / "data" / "brp"
PEILDATUM = date(2022, 5, 2)
# Per municipality: who takes part, households, couples.
EXPECTED = {"0363": (111, 90, 7), "0518": (163, 122, 27), "0599": (135, 110, 13)}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    files = sorted(SET.glob("*GBA-V.csv"))
    if not files:
        pytest.skip("the public set is not here")
    place = tmp_path_factory.mktemp("rvig")
    shutil.copy(files[0], place / "gba_v.csv")
    entry = {"bestand": "gba_v.csv", "bron": "gba_v", "peildatum": PEILDATUM.isoformat()}
    (place / "levering.json").write_text(json.dumps([entry]), encoding="utf-8")
    return place


@pytest.mark.parametrize(("gemeente", "expected"), EXPECTED.items())
def test_persons_households_and_couples(folder: Path, gemeente: str, expected: tuple[int, int, int]) -> None:
    result = oracle(folder, PEILDATUM, gemeente)
    assert (result.deelnemers, sum(result.huishoudens.values()), result.paren) == expected


def test_lists_that_are_left_out(folder: Path) -> None:
    lists = oracle(folder, PEILDATUM).leveringen[0]
    assert lists.read == 687
    assert lists.refused == {"dubbel": 10, "zonder bsn": 2, "datum": 2}
    assert not lists.held
    assert any(row["bsn"].startswith("00") for row in lists.rows)
