"""The measuring of a visit goes red by itself when the time that was promised is not kept."""

import pytest

from tools.bench_door import PERSON, SCREENS, VISIT, Door, broken, tell

KEPT = Door(nothing=20.0, first=1000.0, visit=(VISIT - PERSON) * 1000)


def test_what_is_just_kept_is_kept(capsys):
    assert broken(KEPT) == []
    assert tell(dict.fromkeys(SCREENS, KEPT)) == 0
    assert "NIET GEHAALD" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("measured", "word"),
    [(Door(20.0, 1001.0, 400.0), "looplijst"), (Door(20.0, 400.0, KEPT.visit + 1), "3 tikken")],
)
def test_what_is_not_kept_is_said_and_ends_with_1(measured, word, capsys):
    [said] = broken(measured)
    assert word in said
    assert tell({"bureau": KEPT, "telefoon": measured}) == 1
    assert f"NIET GEHAALD: telefoon: {said}" in capsys.readouterr().out
