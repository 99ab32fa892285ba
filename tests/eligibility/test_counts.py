"""The counts of a koppeling: nothing under ten people can be read or worked out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eligibility.views import counts
from outreach.views.counted import SMALL, WITHHELD, bars, texts

numbers = st.integers(min_value=0, max_value=40)


def shown(cell: str | None) -> int | None:
    return int(cell.replace(".", "")) if cell and cell.replace(".", "").isdigit() else None


@given(
    st.dictionaries(st.sampled_from(["kandidaat", "heeft_al", "opt_out", "geen_grond"]), numbers, min_size=1)
)
def test_a_row_of_the_waterfall_gives_no_small_count_away(found):
    total, candidate, already, why = counts._waterfall_cells(found)
    parts = {"kandidaat": candidate, "heeft_al": already}
    parts |= {
        bucket: text.removeprefix(f"{label}: ")
        for bucket, label in counts._BUCKETS.items()
        for text in (why or "").split("; ")
        if text.startswith(label)
    }
    known = {bucket: shown(parts.get(bucket)) for bucket in found}
    assert not any(0 < (value or 0) < 10 for value in known.values())
    if shown(total) is not None:
        assert shown(total) == 0 or shown(total) >= 10
        hidden = [bucket for bucket, value in known.items() if value is None and found[bucket]]
        assert len(hidden) != 1
        assert not hidden or sum(found[bucket] for bucket in hidden) >= 10 or len(hidden) == len(found)


@given(st.lists(st.tuples(numbers, numbers), min_size=1, max_size=6))
def test_zeker_and_onzeker_do_not_betray_a_hidden_sum(pairs):
    account = {
        "kandidaten": {str(place): {"zeker": z, "onzeker": o} for place, (z, o) in enumerate(pairs)},
    }
    page = counts._candidates(account, {})
    for bar, row, (z, o) in zip(page["candidates"], page["candidate_rows"], pairs, strict=True):
        cells = [shown(cell) for cell in row["cells"][1:]]
        assert not any(0 < (cell or 0) < 10 for cell in cells)
        if bar.get("hidden"):
            assert all(cell in (None, 0) for cell in cells)
        elif z and o:
            assert (cells[0] is None) == (cells[1] is None)


@pytest.mark.parametrize(
    ("given_counts", "expected"),
    [
        ([3], [SMALL]),
        ([0, 12], ["0", "12"]),
        ([3, 40, 1200], [SMALL, WITHHELD, "1.200"]),
        ([3, 8, 1200], [SMALL, SMALL, "1.200"]),
    ],
)
def test_what_stands_for_counts_beside_their_sum(given_counts, expected):
    assert texts(given_counts) == expected
    found = bars(["a"] * len(given_counts), given_counts)
    assert ["hidden" in bar for bar in found] == [text in (SMALL, WITHHELD) for text in expected]
