"""The bundled cases, read by the intake and by the oracle, which share no code."""

import json
from pathlib import Path

import pytest
from django.conf import settings

from eligibility.bronnen import BRON_BY_CODE
from eligibility.intake.levering_json import read_manifest
from tests.intake.builders import SEALER, Loaded, load_file, pseudonym
from tests.oracle.reading import Delivery, Row, read_file

CASES = Path(settings.BASE_DIR).parent / "shared" / "cases"
FOLDERS = sorted(path.parent for path in CASES.glob("*/levering.json"))
NAMES_OF_RULES = {"bsn": "bsn_ongeldig", "bsn_kind": "bsn_kind_ongeldig", "datum": "datum_onmogelijk",
                  "code": "code_onbekend", "dubbel": "bsn_dubbel", "velden": "aantal_velden"}  # fmt: skip


def compare(loaded: Loaded, told: Delivery) -> None:
    result = loaded.result
    assert (result.rows_read, result.restored_zeros) == (told.read, told.restored)
    assert result.emptied_partner + result.emptied_parent == told.emptied
    assert result.refused == {NAMES_OF_RULES[rule]: number for rule, number in told.refused.items()}
    if told.bron == "brp":
        assert [person_of(row) for row in loaded.rows] == [expected_person(row) for row in told.rows]
    elif told.bron != "ib_toets":
        assert sorted(row["bsn"] for row in loaded.rows) == sorted(pseudonym(row["bsn"]) for row in told.rows)
    else:
        assert {row["bsn"] for row in loaded.rows} == {pseudonym(row["bsn"]) for row in told.rows}


def person_of(row: dict[str, object]) -> dict[str, object]:
    left_out = {"levering", "regel", "zegel"}
    return {
        **{name: value for name, value in row.items() if name not in left_out},
        "open": SEALER.open(row["zegel"]),
    }


def expected_person(row: Row) -> dict[str, object]:
    """The oracle looks at the address id and an empty birth date later, in its section 2."""
    kept = {name: value for name, value in row.items() if not name.startswith("bsn")}
    usable = len(row["adres_id"]) == 16 and row["adres_id"].isdigit() and int(row["adres_id"])
    numbers = {"partner": "bsn_partner", "ouder1": "bsn_ouder1", "ouder2": "bsn_ouder2"}
    return {
        **kept,
        **{name: pseudonym(row[column]) if row[column] else None for name, column in numbers.items()},
        "bsn": pseudonym(row["bsn"]),
        "open": row["bsn"],
        "geboortedatum": row["geboortedatum"] or "00000000",
        "adres_id": row["adres_id"] if usable else None,
    }


@pytest.mark.django_db
@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_both_keep_and_refuse_the_same(box_connection, folder):
    sources = {code: bron.per_year for code, bron in BRON_BY_CODE.items()}
    entries = read_manifest(folder, sources)
    assert len(entries) == len(json.loads((folder / "levering.json").read_text(encoding="utf-8")))
    for entry in entries:
        content = entry.path.read_bytes()
        loaded = load_file(box_connection, BRON_BY_CODE[entry.bron].layout, content)
        compare(loaded, read_file(content, entry.bron, entry.jaar, entry.peildatum))
