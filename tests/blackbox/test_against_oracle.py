"""The product's `koppel` beside the plain-Python reading of the rules, on tiny towns full of edges.

Bytes of every list, the waterval and every count that the rules define must be the same.
"""

import io
import json
import os
import shutil
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from random import Random

import pytest
from django.core.management import call_command
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from eligibility.town import generate
from tests.oracle import Result, oracle
from tests.oracle.random_towns import random_town

AsRole = Callable[[str], AbstractContextManager[None]]

EDGES = [date(2020, 2, 29), date(2024, 2, 29), date(2022, 12, 31), date(2028, 2, 29), date(2031, 12, 31)]
ANY_DAY = st.one_of(st.sampled_from(EDGES), st.dates(date(2019, 1, 1), date(2031, 12, 31)))

# What the oracle calls a reason, and what the product calls it.
REASONS = {
    "overleden": "overleden",
    "opschorting": "opgeschort",
    "gemeente": "andere_gemeente",
    "adres": "adres_onbekend",
}

RULES = {
    "velden": "aantal_velden",
    "bsn": "bsn_ongeldig",
    "bsn_kind": "bsn_kind_ongeldig",
    "datum": "datum_onmogelijk",
    "code": "code_onbekend",
    "dubbel": "bsn_dubbel",
}

quick = settings(
    max_examples=60, deadline=None, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
)  # fmt: skip
# BEREIK_TOWNS=1000 looks for minutes more.
thorough = settings(quick, max_examples=int(os.environ.get("BEREIK_TOWNS", "100")), derandomize=False)


def _product(folder: Path, peildatum: date, uit: Path) -> dict[str, object]:
    _koppel(folder, peildatum, uit, accepteer="proef")
    verantwoording: dict[str, object] = json.loads((uit / "verantwoording.json").read_text(encoding="utf-8"))
    return verantwoording


def _koppel(folder: Path, peildatum: date, uit: Path, **more: str) -> int:
    """The exit code of the command."""
    try:
        call_command("koppel", folder, peildatum=peildatum.isoformat(), uit=uit, stderr=io.StringIO(), **more)
    except SystemExit as stopped:
        return int(stopped.code or 0)
    return 0


def _without_zeros(counts: dict[str, int]) -> dict[str, int]:
    return {key: number for key, number in counts.items() if number}


def _expected(result: Result) -> dict[str, object]:
    """The counts of the oracle under the names of the verantwoording."""
    return {
        "doet_mee": result.deelnemers,
        "doet_niet_mee": {REASONS[reason]: number for reason, number in result.doet_niet_mee.items()},
        "huishoudens": {str(size): number for size, number in result.huishoudens.items()},
        "kandidaten": result.kandidaten,
        "leeftijd_onzeker": result.leeftijd_onzeker,
        "minderjarige_zonder_ouder": result.minderjarige_zonder_ouder,
        "toets_strijdig": result.toets_strijdig,
        "waterval": result.waterval,
        "leveringen": {
            (one.bron, one.jaar): {
                "gelezen": one.read,
                "geweigerd": {RULES[rule]: number for rule, number in one.refused.items()},
                "nullen_hersteld": one.restored,
                "geleegd": one.emptied,
            }
            for one in result.geteld
        },
    }


def _found(verantwoording: dict) -> dict[str, object]:
    plain = ("leeftijd_onzeker", "minderjarige_zonder_ouder", "toets_strijdig", "waterval")
    return {
        "doet_mee": verantwoording["personen"]["doet_mee"],
        "doet_niet_mee": _without_zeros(verantwoording["personen"]["doet_niet_mee"]),
        "huishoudens": _without_zeros(verantwoording["huishoudens"]),
        "kandidaten": {code: _without_zeros(of) for code, of in verantwoording["kandidaten"].items()},
        **{name: verantwoording[name] for name in plain},
        "leveringen": {
            (bron, one["jaar"]): {
                **{name: one[name] for name in ("gelezen", "geweigerd", "nullen_hersteld")},
                "geleegd": one["partner_geleegd"] + one["ouder_geleegd"],
            }
            for bron, counts in verantwoording["bronnen"].items()
            for one in counts["leveringen"]
        },
    }


def _compare(peildatum: date, people: int, seed: int) -> None:
    work = Path(tempfile.mkdtemp())
    try:
        random_town(work / "leveringen", Random(seed), peildatum=peildatum, people=people)
        _compare_folder(work / "leveringen", peildatum, work / "uit")
    finally:
        shutil.rmtree(work)


def _compare_folder(folder: Path, peildatum: date, uit: Path) -> None:
    expected = oracle(folder, peildatum)
    found = _product(folder, peildatum, uit)
    assert _found(found) == _expected(expected)
    for regeling, content in expected.files.items():
        assert (uit / f"{regeling}.csv").read_bytes() == content, regeling


@pytest.mark.django_db
@quick
@given(peildatum=ANY_DAY, people=st.integers(5, 150), seed=st.integers(0, 2**32))
def test_random_towns_come_out_as_the_oracle_says(
    as_role: AsRole, peildatum: date, people: int, seed: int
) -> None:
    with as_role("koppel"):
        _compare(peildatum, people, seed)


@pytest.mark.proof
@pytest.mark.django_db
@thorough
@given(peildatum=ANY_DAY, people=st.integers(5, 300), seed=st.integers(0, 2**32))
def test_many_random_towns_come_out_as_the_oracle_says(
    as_role: AsRole, peildatum: date, people: int, seed: int
) -> None:
    with as_role("koppel"):
        _compare(peildatum, people, seed)


@pytest.mark.django_db
@pytest.mark.parametrize("peildatum", EDGES)
def test_larger_towns_at_the_edges_of_the_calendar(as_role: AsRole, peildatum: date) -> None:
    with as_role("koppel"):
        _compare(peildatum, people=400, seed=peildatum.toordinal())


@pytest.mark.django_db
def test_the_invented_town_comes_out_as_the_oracle_says(as_role: AsRole, tmp_path: Path) -> None:
    peildatum = date(2023, 3, 1)
    generate(tmp_path / "in", inhabitants=4_000, peildatum=peildatum, seed=23)
    with as_role("koppel"):
        _compare_folder(tmp_path / "in", peildatum, tmp_path / "uit")


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(3))
def test_a_folder_is_held_exactly_when_the_oracle_says_so(as_role: AsRole, tmp_path: Path, seed: int) -> None:
    peildatum = date(2026, 3, 1)
    random_town(tmp_path / "rough", Random(seed), peildatum=peildatum, people=12)
    generate(tmp_path / "smooth", inhabitants=200, peildatum=peildatum, seed=seed)
    for town, code in (("rough", 3), ("smooth", 0)):
        folder, uit = tmp_path / town, tmp_path / "uit" / town
        assert oracle(folder, peildatum).held is (code == 3)
        with as_role("koppel"):
            assert _koppel(folder, peildatum, uit) == code
        assert uit.exists() is (code == 0)


def _swapped(folder: Path, year: int) -> None:
    """Exchange aio and bbz_gift, and bijzondere_bijstand of Y-1 and kwijtschelding of Y."""
    other = {
        ("aio", year - 1): ("bbz_gift", year - 1),
        ("bijzondere_bijstand", year - 1): ("kwijtschelding", year),
    }
    other |= {after: before for before, after in other.items()}
    entries = json.loads((folder / "levering.json").read_text(encoding="utf-8"))
    for entry in entries:
        bron = (entry["bron"], entry.get("jaar"))
        if bron in other:
            entry["bron"], entry["jaar"] = other[bron]
    (folder / "levering.json").write_text(json.dumps(entries), encoding="utf-8")


def _outcome(uit: Path) -> dict[str, object]:
    """Every list, and the verantwoording without the counts per bron."""
    verantwoording = json.loads((uit / "verantwoording.json").read_text(encoding="utf-8"))
    for about_deliveries in ("bronnen", "niet_gebruikt", "geaccepteerd"):
        del verantwoording[about_deliveries]
    return {file.name: file.read_bytes() for file in uit.glob("*.csv")} | verantwoording


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(4))
def test_exchanging_sources_of_one_class_changes_only_the_counts_per_bron(
    as_role: AsRole, tmp_path: Path, seed: int
) -> None:
    peildatum = date(2026, 3, 1)
    folder, first, again, swapped = (tmp_path / name for name in ("in", "uit", "again", "swapped"))
    random_town(folder, Random(100 + seed), peildatum=peildatum, people=200)
    with as_role("koppel"):
        _koppel(folder, peildatum, first, accepteer="proef")
        _koppel(folder, peildatum, again, accepteer="proef")
        _swapped(folder, peildatum.year)
        _koppel(folder, peildatum, swapped, accepteer="proef")
    assert {file.name: file.read_bytes() for file in first.iterdir()} == {
        file.name: file.read_bytes() for file in again.iterdir()
    }
    assert _outcome(swapped) == _outcome(first)
