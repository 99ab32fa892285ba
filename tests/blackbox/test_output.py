"""The bytes of the lists, and that they come all at once or not at all."""

import json
from pathlib import Path

import pytest

from eligibility.blackbox.output import HEADER, all_or_nothing, csv_line, write_json, write_lists
from eligibility.regelingen import REGELING_CODES
from tests.blackbox.town import Town


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("Aad", "Aad"),
        ("", ""),
        (" Aad ", " Aad "),
        ("O'Neill, 'x", "O'Neill, 'x"),
        ("a;b", '"a;b"'),
        ('a"b', '"a""b"'),
        ("a\nb", '"a\nb"'),
        ("a\rb", '"a\rb"'),
        ("a\tb\\", "a\tb\\"),
        ("=1+1", "=1+1"),
    ],
)
def test_quotes_stand_only_where_they_must(value: str, written: str) -> None:
    assert csv_line([value] * 11) == ";".join([written] * 11) + "\n"


def lists(town: Town, folder: Path) -> dict[str, list[str]]:
    write_lists(town.connection, town.number, folder)
    return {file.stem: file.read_text(encoding="utf-8").split("\n") for file in folder.iterdir()}


def test_every_regeling_has_a_file_also_when_it_is_empty(town: Town, tmp_path: Path) -> None:
    written = lists(town.person("aad").run(), tmp_path)
    assert set(written) == set(REGELING_CODES)
    assert all(lines == [HEADER, ""] for lines in written.values())


def test_rows_are_sorted_by_what_they_say_and_never_merged(town: Town, tmp_path: Path) -> None:
    same = {"voornamen": "Aad", "at": 3}
    town.person("a", huisnummer="10").person("b", huisnummer="9", at=None, adres_id="0363010000000010")
    town.person("c", postcode="1011AA", at=99).person("d", huisnummer="10", huisletter="a", at=11)
    town.person("e", huisnummer="10", huisletter="B", at=12).person("f", **same).person("g", **same)
    town.person("h", at=4, voornamen="Ö").person("i", at=4, voornamen="z").person("j", at=4, voornamen="Z")
    town.person("k", at=4, voornamen="Z", geboortedatum="19700101", geslachtsnaam="")
    town.on("aio", *"abcdefghij", year=2025).on("kwijtschelding", "k").run()
    rows = [line.split(";") for line in lists(town, tmp_path)["stadspas"][1:-1]]
    assert [(row[6], row[3] + row[4], row[1], row[0]) for row in rows] == [
        ("1011AA", "99", "c Smit", "zeker"),
        ("1099AB", "3", "Aad Smit", "zeker"),
        ("1099AB", "3", "Aad Smit", "zeker"),
        ("1099AB", "4", "Z", "onzeker"),
        ("1099AB", "4", "Z Smit", "zeker"),
        ("1099AB", "4", "z Smit", "zeker"),
        ("1099AB", "4", "Ö Smit", "zeker"),
        ("1099AB", "9", "b Smit", "zeker"),
        ("1099AB", "10", "a Smit", "zeker"),
        ("1099AB", "10B", "e Smit", "zeker"),
        ("1099AB", "10a", "d Smit", "zeker"),
    ]


def test_a_row_is_the_addressee_and_everyone_named(town: Town, tmp_path: Path) -> None:
    town.person(
        "aad", "19700000", voornamen="Jan;Piet", voorvoegsel="van 't", partner="bea", straat='Hof "Noord"'
    )
    town.person("bea", "19710203", voornamen="Zoë", straat="Elders", huisletter="Z")
    town.person("kim", "20150100", voornamen="", geslachtsnaam="Ünal\nJr", ouder1="bea")
    town.on("aio", "bea", year=2025).run()
    named = "\"Jan;Piet van 't Smit 19700000|Zoë Smit 19710203|Ünal"
    assert lists(town, tmp_path)["stadspas"][1:] == [
        'zeker;"Jan;Piet van \'t Smit";"Hof ""Noord""";1;;;1099AB;Amsterdam;BU03630001;ambtshalve;' + named,
        'Jr 20150100"',
        "",
    ]


# -- all or nothing --------------------------------------------------------------------------------


def test_a_new_folder_appears_when_all_is_written(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "uit"
    with all_or_nothing(target) as draft:
        (draft / "a.csv").write_text("a")
        assert not target.exists()
    assert [file.name for file in target.iterdir()] == ["a.csv"]
    assert list(target.parent.iterdir()) == [target]


def test_an_existing_folder_keeps_its_other_files(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("old")
    (tmp_path / "mine.txt").write_text("mine")
    with all_or_nothing(tmp_path) as draft:
        (draft / "a.csv").write_text("new")
        assert (tmp_path / "a.csv").read_text() == "old"
    assert {file.name: file.read_text() for file in tmp_path.iterdir()} == {
        "a.csv": "new",
        "mine.txt": "mine",
    }


@pytest.mark.parametrize("exists", [True, False])
def test_after_a_failure_nothing_is_written(tmp_path: Path, exists: bool) -> None:
    target = tmp_path / "uit"
    if exists:
        target.mkdir()

    def fail() -> None:
        with all_or_nothing(target) as draft:
            (draft / "a.csv").write_text("half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert target.exists() is exists
    assert [file for file in tmp_path.rglob("*") if file != target] == []


def test_json_is_the_same_for_the_same_content(tmp_path: Path) -> None:
    write_json(tmp_path / "a", {"b": 1, "a": {"d": "é", "c": 2}})
    write_json(tmp_path / "b", {"a": {"c": 2, "d": "é"}, "b": 1})
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert json.loads((tmp_path / "a").read_text(encoding="utf-8")) == {"a": {"c": 2, "d": "é"}, "b": 1}
