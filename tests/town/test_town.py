"""The invented town: the same seed gives the same bytes, and every trap of the rules is in it."""

import csv
import hashlib
import json
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from eligibility.town import TownFacts, buurten, generate
from eligibility.town.numbers import BsnSequence, broken, without_zeros
from eligibility.town.traps import HARMLESS, REFUSED
from tests.oracle import Result, oracle
from tests.oracle.reading import passes

PEILDATUM = date(2026, 3, 1)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> TownFacts:
    folder = tmp_path_factory.mktemp("town")
    return generate(folder, inhabitants=12_000, peildatum=PEILDATUM, seed=11)


@pytest.fixture(scope="module")
def outcome(town: TownFacts) -> Result:
    return oracle(town.folder, PEILDATUM)


def _digest(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def _inhabitants(folder: Path) -> list[dict[str, str]]:
    with (folder / "brp.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def test_same_seed_same_bytes_and_another_seed_another_town(tmp_path: Path) -> None:
    for name, seed in (("one", 5), ("again", 5), ("other", 6)):
        generate(tmp_path / name, inhabitants=400, peildatum=PEILDATUM, seed=seed)
    assert _digest(tmp_path / "one") == _digest(tmp_path / "again")
    assert _digest(tmp_path / "one")["brp.csv"] != _digest(tmp_path / "other")["brp.csv"]


def test_levering_lists_exactly_the_files_that_are_there(town: TownFacts) -> None:
    entries = json.loads((town.folder / "levering.json").read_text(encoding="utf-8"))
    listed = [entry["bestand"] for entry in entries]
    assert sorted(listed) == sorted(p.name for p in town.folder.iterdir() if p.name != "levering.json")
    assert sorted(listed) == sorted(town.rows)
    assert len(listed) >= 35


def test_facts_count_what_is_in_the_files(town: TownFacts) -> None:
    rows = _inhabitants(town.folder)
    twins = [row for row, times in Counter(row["bsn"] for row in rows).items() if times > 1]
    assert len(rows) == town.rows["brp.csv"] == town.inhabitants + len(twins)
    assert town.traps["dubbel"] == len(twins) > 0


def test_every_trap_is_sprung(town: TownFacts) -> None:
    expected = {*HARMLESS, *REFUSED, "dubbel", "nullen_verloren"}
    assert expected == set(town.traps)


def test_the_town_is_not_held_and_every_reason_occurs(outcome: Result) -> None:
    assert not outcome.held
    brp = next(delivery for delivery in outcome.leveringen if delivery.bron == "brp")
    assert set(brp.refused) == {"bsn", "datum", "code", "dubbel"}
    assert brp.restored > 0
    assert brp.emptied > 0
    assert set(outcome.doet_niet_mee) == {"overleden", "opschorting", "gemeente", "adres"}
    assert min(outcome.leeftijd_onzeker, outcome.minderjarige_zonder_ouder, outcome.toets_strijdig) > 0


def test_candidates_are_as_many_as_in_a_real_town(town: TownFacts, outcome: Result) -> None:
    households = sum(outcome.huishoudens.values())
    for regeling in ("stadspas", "czv"):
        assert 0.06 < sum(outcome.kandidaten[regeling].values()) / households < 0.20
    assert outcome.kandidaten["energietoeslag"] == {}
    for regeling, classes in outcome.kandidaten.items():
        if regeling not in ("energietoeslag", "iit"):
            assert set(classes) == {"zeker", "onzeker"}, regeling
    buckets = {bucket for counts in outcome.waterval.values() for bucket in counts}
    assert buckets == {
        "niet_in_brp", "doet_niet_mee", "geen_huishouden", "geen_volwassene", "opt_out", "gesloten",
        "toets_nee", "geen_doelgroep", "heeft_al", "kandidaat",
    }  # fmt: skip


def test_names_come_from_more_than_one_alphabetical_corner(town: TownFacts) -> None:
    letters = set("".join(row["voornamen"] + row["geslachtsnaam"] for row in _inhabitants(town.folder)))
    assert letters >= set("ŞığŁżěễőčəḤā'-")


def test_an_institution_has_more_than_twenty_inhabitants(town: TownFacts) -> None:
    at = Counter(row["adres_id"] for row in _inhabitants(town.folder) if row["adres_id"].strip("0"))
    assert max(at.values()) > 20


def test_even_a_handful_of_people_is_never_held(tmp_path: Path) -> None:
    for seed in range(12):
        folder = tmp_path / str(seed)
        facts = generate(folder, inhabitants=1 + seed * 23, peildatum=date(2020, 2, 29), seed=seed)
        result = oracle(folder, date(2020, 2, 29))
        assert not result.held
        assert facts.inhabitants == 1 + seed * 23


def test_municipality_is_a_parameter(tmp_path: Path) -> None:
    generate(tmp_path, inhabitants=300, peildatum=PEILDATUM, seed=1, gemeentecode="0599")
    rows = _inhabitants(tmp_path)
    assert {row["buurtcode"] for row in rows} <= {code for code, _ in buurten(1, "0599")}
    assert oracle(tmp_path, PEILDATUM, "0599").deelnemers > 250
    with pytest.raises(ValueError, match="four digits"):
        generate(tmp_path, inhabitants=3, peildatum=PEILDATUM, seed=1, gemeentecode="363")
    with pytest.raises(ValueError, match="one inhabitant"):
        generate(tmp_path, inhabitants=0, peildatum=PEILDATUM, seed=1)


def test_bsns_are_valid_and_never_repeat() -> None:
    numbers = BsnSequence(3)
    drawn = [numbers.next() for _ in range(20_000)]
    assert len(set(drawn)) == len(drawn)
    assert all(passes(bsn) for bsn in drawn)
    assert not any(passes(broken(bsn)) for bsn in drawn)
    assert without_zeros("001234567") == "1234567"


def test_buurten_have_names_and_codes_of_the_municipality() -> None:
    named = buurten(2026)
    assert len(named) == len({code for code, _ in named}) == len({name for _, name in named}) >= 20
    assert named[0][0] == "BU03630001"
    assert named == buurten(2026)
