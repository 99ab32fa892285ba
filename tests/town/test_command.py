"""`manage.py stadje` speaks Dutch and never writes over a folder that is in use."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command


def test_makes_a_town_and_says_what_it_made(tmp_path: Path) -> None:
    said = StringIO()
    call_command("stadje", tmp_path / "stad", inwoners=150, peildatum="2026-03-01", seed=4, stdout=said)
    assert "150 inwoners op" in said.getvalue()
    assert (tmp_path / "stad" / "levering.json").is_file()


@pytest.mark.parametrize("peildatum", ["1 maart", "2026-02-30", ""])
def test_a_peildatum_that_is_no_date_is_explained(tmp_path: Path, peildatum: str) -> None:
    with pytest.raises(CommandError, match="jjjj-mm-dd"):
        call_command("stadje", tmp_path / "stad", peildatum=peildatum)
    assert not (tmp_path / "stad").exists()


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "brief.txt").write_text("blijft", encoding="utf-8")
    with pytest.raises(CommandError, match="niet leeg"):
        call_command("stadje", tmp_path, peildatum="2026-03-01")
    assert [path.name for path in tmp_path.iterdir()] == ["brief.txt"]


def test_a_year_that_the_koppeling_does_not_know_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="tussen 2019 en 2031"):
        call_command("stadje", tmp_path / "stad", peildatum="2032-01-01")


def test_a_place_that_is_no_folder_is_explained(tmp_path: Path) -> None:
    (tmp_path / "stad").write_text("een bestand", encoding="utf-8")
    with pytest.raises(CommandError, match="kan niet worden geschreven"):
        call_command("stadje", tmp_path / "stad", inwoners=5, peildatum="2026-03-01")


def test_a_town_without_people_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="1 of meer"):
        call_command("stadje", tmp_path / "stad", inwoners=0, peildatum="2026-03-01")
