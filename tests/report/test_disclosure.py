"""Nobody works out a count under ten from all that the rapport ever told."""

from collections.abc import Callable, Iterator

import pytest

from outreach import disclosure
from outreach.disclosure import Stand, next_stand
from outreach.small_cells import SMALLEST
from tests.report import towns
from tests.report.solver import Attack, Group

ONE = ("regeling",)
TWO = ("regeling", "buurt")
THREE = ("regeling", "buurt", "maand")


def attacks(tables: tuple[str, ...], rows: tuple[int, ...], moments: int, seeds: int) -> Iterator[Attack]:
    for seed in range(seeds):
        stands, units = towns.told(towns.units(seed, rows, moments), tables, moments)
        if stands:
            yield Attack(stands, tables, units)


def leaks(tables: tuple[str, ...], rows: tuple[int, ...], moments: int, seeds: int) -> list[Group]:
    return [group for attack in attacks(tables, rows, moments, seeds) for group in attack.found()]


@pytest.mark.parametrize(
    ("tables", "rows", "moments", "seeds"),
    [
        (ONE, (5,), 1, 200),
        (ONE, (4,), 2, 80),
        (ONE, (4,), 3, 60),
        (TWO, (3, 3), 1, 40),
        (TWO, (2, 3), 2, 20),
        (THREE, (2, 2, 2), 1, 20),
    ],
)
def test_no_group_under_ten_is_found(tables, rows, moments, seeds):
    assert leaks(tables, rows, moments, seeds) == []


def test_there_is_something_to_find_and_something_told():
    small = told = 0
    for attack in attacks(ONE, (5,), 1, 50):
        small += sum(1 for _ in attack.small())
    for seed in range(50):
        stands, _ = towns.told(towns.units(seed, (5,), 1), ONE, 1)
        told += sum(len(row) for stand in stands for row in stand.tables["regeling"].values())
    assert small > 500
    assert told > 150


def _only_small_ones_hidden(before, key, total, found):
    return {stage: found[stage] for stage in total if disclosure.safe(found[stage])}


def _row_by_row(before, key, total, found):
    fit = [stage for stage in total if disclosure.safe(found[stage])]
    return {stage: found[stage] for stage in disclosure._apart(fit, found)}


MUTANTS: dict[str, tuple[str, Callable, int]] = {
    "only the small ones hidden": ("_leak", lambda *_: None, 1),
    "nothing left within a stand": ("_left_within", lambda *_: (), 1),
    "nothing left over time": ("_left_over_time", lambda *_: (), 2),
    "stages beside each other": ("_apart", lambda stages, _: tuple(stages), 1),
    "a count is told again whenever it is ten": ("_row", _row_by_row, 2),
    "rows that are only looked at one by one": ("_row", _only_small_ones_hidden, 1),
}


@pytest.mark.parametrize("mutant", MUTANTS)
def test_each_rule_is_needed(mutant, monkeypatch):
    name, instead, moments = MUTANTS[mutant]
    monkeypatch.setattr(disclosure, name, instead)
    assert any(attack.found() for attack in attacks(ONE, (4,), moments, 200))


def test_with_only_the_small_ones_hidden_the_number_itself_is_found(monkeypatch):
    monkeypatch.setattr(disclosure, "_leak", lambda *_: None)
    assert any(attack.pinned() for attack in attacks(ONE, (5,), 1, 20))


def test_large_counts_are_told_as_they_are():
    true = {"Noord": (120, 80, 40, 20), "Zuid": (300, 200, 100, 50)}
    stand = next_stand([], {"buurt": true})
    assert stand == Stand(
        {0: 420, 1: 280, 2: 140, 3: 70},
        {"buurt": {row: dict(enumerate(found)) for row, found in true.items()}},
    )


def test_one_small_count_takes_another_with_it():
    true = {"A": (100, 60, 30, 15), "B": (200, 150, 60, 30), "C": (90, 50, 20, 4)}
    told = next_stand([], {"buurt": true}).tables["buurt"]
    assert 3 not in told["C"]
    assert 3 not in told["A"]
    assert told["B"][3] == 30


def test_a_row_under_ten_is_hidden_and_so_is_the_next():
    true = {"A": (100, 100, 100, 100), "B": (40, 40, 40, 40), "C": (9, 9, 9, 9)}
    assert list(next_stand([], {"buurt": true}).tables["buurt"]) == ["A"]


def test_who_dropped_out_is_no_small_count_either():
    told = next_stand([], {"buurt": {"A": (100, 97, 40, 0), "B": (100, 60, 40, 0)}}).tables["buurt"]
    assert 1 not in told["A"]


def test_from_nine_to_ten_tells_nothing():
    """Of a row that grew from nine to ten nobody learns that it was nine, whatever he kept."""
    rows = {"A": (100,) * 4, "B": (40,) * 4}
    before = next_stand([], {"buurt": rows | {"C": (9,) * 4}})
    grown = {"A": (120,) * 4, "B": (60,) * 4, "C": (10,) * 4}
    after = next_stand([before], {"buurt": grown})
    assert "C" not in before.tables["buurt"]
    units = {
        ("A",): {(3, 3): 100, (-1, 3): 20},
        ("B",): {(3, 3): 40, (-1, 3): 20},
        ("C",): {(3, 3): 9, (-1, 3): 1},
    }
    assert Attack([before, after], ("buurt",), units).found() == []


def test_a_total_that_grew_by_one_makes_no_new_stand():
    before = next_stand([], {"buurt": {"A": (100,) * 4, "B": (40,) * 4}})
    assert next_stand([before], {"buurt": {"A": (101,) * 4, "B": (40,) * 4}}) is None
    assert next_stand([before], {"buurt": {"A": (110,) * 4, "B": (40,) * 4}}) is not None


def test_nobody_at_all_makes_no_stand():
    assert next_stand([], {"buurt": {}}) is None
    assert next_stand([], {"buurt": {"A": (0, 0, 0, 0)}}) is None
    assert next_stand([], {"buurt": {"A": (9, 9, 9, 9)}}) is None


def test_the_same_counts_tell_the_same():
    true = towns.counts(towns.units(3, (5,), 1), 0, 0)
    backwards = dict(reversed(list(true.items())))
    first, second = next_stand([], {"buurt": true}), next_stand([], {"buurt": backwards})
    assert first == second


def test_a_month_in_which_nothing_changed_looks_like_one_in_which_too_little_did():
    rows = {"A": (100,) * 4, "B": (40,) * 4}
    before = next_stand([], {"buurt": rows})
    assert next_stand([before], {"buurt": rows}) is None
    grown = {"A": (100,) * 4, "B": (40,) * 4, "C": (10, 10, 0, 0)}
    assert next_stand([before], {"buurt": grown}).tables["buurt"]["A"] == dict.fromkeys(range(4), 100)


def test_a_stand_of_a_city_is_made_within_a_moment_and_tells_most():
    units = towns.units(1, (60,), 1)
    told = next_stand([], {"buurt": towns.counts(units, 0, 0)}).tables["buurt"]
    large = [key for key, found in towns.counts(units, 0, 0).items() if found[0] >= 5 * SMALLEST]
    assert sum(1 for key in large if key in told) > 0.9 * len(large)


def test_a_nought_is_told_of_nobody_or_of_ten_and_more():
    """Of a row with a small count found nothing is told, not even that none of them came further."""
    told = next_stand(
        [], {"buurt": {"A": (40, 0, 0, 0), "B": (90, 30, 12, 0), "C": (9, 0, 0, 0), "D": (0,) * 4}}
    )
    assert told.tables["buurt"].get("C") is None
    assert told.tables["buurt"]["D"] == dict.fromkeys(range(4), 0)
    noughts = 0
    for seed in range(40):
        for stand in towns.told(towns.units(seed, (5,), 1), ONE, 1)[0]:
            for row in stand.tables["regeling"].values():
                noughts += 0 in row.values()
                assert row[disclosure.FOUND] == 0 or row[disclosure.FOUND] >= SMALLEST
    assert noughts > 10
