"""The measuring of the looplijst goes red by itself when a promise about it is not kept."""

import pytest

from tools.bench_walks import Measured, broken, tell

QUERIES = [13, 13, 12]
KEPT = Measured((QUERIES, QUERIES), (100.0, 150.0), 600.0)


def test_what_is_just_kept_is_kept(capsys):
    assert broken(KEPT) == []
    assert tell(KEPT, 200) == 0
    assert "NIET GEHAALD" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("measured", "word"),
    [
        (Measured((QUERIES, [13, 14, 12]), (100.0, 150.0), 600.0), "vragen"),
        (Measured((QUERIES, QUERIES), (100.0, 150.1), 600.0), "huishoudens"),
        (Measured((QUERIES, QUERIES), (100.0, 150.0), 600.1), "koppeling"),
    ],
)
def test_what_is_not_kept_is_said_and_ends_with_1(measured, word, capsys):
    [said] = broken(measured)
    assert word in said
    assert tell(measured, 200) == 1
    assert f"NIET GEHAALD: {said}" in capsys.readouterr().out
