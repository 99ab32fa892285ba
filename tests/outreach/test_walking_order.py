"""The order of a looplijst, on made-up streets: what holds for every walk."""

import random
from collections import Counter
from collections.abc import Iterator
from itertools import groupby

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from outreach.actions import cutting
from outreach.actions.looplijsten import WALKING_ORDER
from outreach.kernel.db import acting_as
from outreach.models import Household, Role, Round, User
from outreach.policies import NotNow
from tests import factories
from tests.outreach import visits

pytestmark = pytest.mark.django_db

_ADDRESSES = st.lists(
    st.tuples(
        st.sampled_from(["Waterveen", "Waterveen-Oost"]),
        st.sampled_from(["Akkerweg", "akkerweg", "Élan", "'t Laantje", "1e Dwarsstraat", "IJkade"]),
        st.integers(1, 60),
        st.sampled_from(["", "A", "B", "a"]),
        st.sampled_from(["", "1", "2", "hs", "10"]),
    ),
    max_size=60,
)


Address = tuple[str, str, int, str, str]


def _walked(addresses: list[Address], order: str = WALKING_ORDER) -> list[Address]:
    """The addresses as the statement that fills a looplijst puts them in order, or in another order."""
    columns = "city, street, house_number, house_letter, house_suffix"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {columns} FROM unnest(%s::text[], %s::text[], %s::int[], %s::text[], %s::text[])"
            f" WITH ORDINALITY AS address ({columns}, household_id) ORDER BY {order}",
            [list(column) for column in zip(*addresses, strict=True)] if addresses else [[]] * 5,
        )
        return cursor.fetchall()


def _is_one_stretch(keys: list) -> bool:
    """Whether nothing is left and entered again."""
    stretches = [key for key, _ in groupby(keys)]
    return len(stretches) == len(set(stretches))


def _is_up_and_back(numbers: list[int]) -> bool:
    """Whether one walks up one side of the street and back along the other."""
    odd = [number for number in numbers if number % 2]
    even = [number for number in numbers if not number % 2]
    return numbers == sorted(odd) + sorted(even, reverse=True)


def _faults(walked: list[Address]) -> set[str]:
    """What is wrong with a walk; nothing with a good one."""
    streets = groupby(walked, key=lambda address: address[:2])
    holds = {
        "a street is left and entered again": _is_one_stretch([one[:2] for one in walked]),
        "a side is crossed twice": _is_one_stretch([(*one[:2], one[2] % 2) for one in walked]),
        "equal numbers are parted": _is_one_stretch([one[:3] for one in walked]),
        "not up and back": all(_is_up_and_back([one[2] for one in street]) for _, street in streets),
    }
    return {fault for fault, fine in holds.items() if not fine}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(addresses=_ADDRESSES)
def test_every_walk(transactional_db, addresses):
    walked = _walked(addresses)
    assert sorted(walked) == sorted(addresses)
    assert _faults(walked) == set()


@pytest.mark.parametrize(
    ("order", "fault"),
    [
        ("house_number, street", "a street is left and entered again"),
        ("city, street, house_number", "a side is crossed twice"),
        ("city, street, house_letter, house_number", "equal numbers are parted"),
        ("city, street, house_number %% 2, house_number", "not up and back"),
    ],
)
def test_a_worse_walk_is_noticed(transactional_db, order, fault):
    addresses = [
        ("Waterveen", street, number, letter, "")
        for street in ("Akkerweg", "IJkade")
        for number in range(1, 7)
        for letter in "AB"
    ]
    assert fault in _faults(_walked(addresses, order))
    assert _faults(_walked(addresses)) == set()


def test_the_same_addresses_give_the_same_walk(transactional_db):
    addresses = [
        ("Waterveen", "Akkerweg", number, letter, "") for number in range(9, 0, -1) for letter in "BA"
    ]
    assert _walked(addresses) == _walked(list(addresses))
    assert [address[2:4] for address in _walked(addresses)][:4] == [(1, "A"), (1, "B"), (3, "A"), (3, "B")]


def test_numbers_in_a_suffix_are_walked_by_their_value(transactional_db):
    walked = ["", "1", "2", "2-9", "2-10", "10", "21", "A9", "A10", "hs"]
    addresses = [("Waterveen", "Akkerweg", 3, "", suffix) for suffix in sorted(walked)]
    assert [address[4] for address in _walked(addresses)] == walked


def test_a_suffix_of_digits_alone_keeps_its_place(transactional_db):
    walked = ["3", "03", "12345678901234567890"]
    addresses = [("Waterveen", "Akkerweg", 3, "", suffix) for suffix in sorted(walked)]
    assert [address[4] for address in _walked(addresses)] == ["03", "3", "12345678901234567890"]


# --- a walk that is cut from a round, of at most so many addresses ---


def _town(seed: int) -> Round:
    """A visit round over made-up streets with porches, gaps and names that look alike."""
    chance = random.Random(seed)
    handover = factories.handover()
    for _ in range(70):
        home = factories.household(
            in_handover=handover,
            city=chance.choice(["Waterveen", "Waterveen-Oost"]),
            street=chance.choice(["Akkerweg", "akkerweg", "Élan", "1e Dwarsstraat"]),
            house_number=chance.randint(1, 12),
            house_letter=chance.choice(["", "A", "B"]),
            house_suffix=chance.choice(["", "1", "hs"]),
        )
        factories.candidacy(home)
    factories.team()
    return visits.visit_round(handover, ["stadspas"])


def _cuts(round_: Round, at_most: int, by: User) -> Iterator[list[Address]]:
    """Lists of at most so many addresses, cut one after another until nothing is left."""
    for seed in range(1, 200):
        chosen = cutting.criteria(
            team=factories.team(),
            buurten=["BU03630001"],
            regelingen=["stadspas"],
            klassen=["zeker", "onzeker"],
            at_most=at_most,
            seed=seed,
        )
        try:
            with acting_as(by.actor()):
                made, _ = cutting.cut(round_=round_, chosen=chosen, by=by)
        except NotNow:
            return
        yield [_address(item.household) for item in visits.items(made)]


def _address(home: Household) -> Address:
    return home.city, home.street, home.house_number, home.house_letter, home.house_suffix


def _cut_faults(lists: list[list[Address]], at_most: int) -> set[str]:
    """What is wrong with any of the lists, or between them."""
    faults = {fault for walked in lists for fault in _faults(walked)}
    doors = Counter(one[:3] for walked in lists for one in walked)
    on = Counter(door for walked in lists for door in {one[:3] for one in walked})
    if any(on[door] > 1 and doors[door] <= at_most for door in doors):
        faults.add("equal numbers are on two lists")
    if not all(0 < len(walked) <= at_most for walked in lists):
        faults.add("too long")
    return faults


@pytest.mark.parametrize(("seed", "at_most"), [(1, 1), (2, 4), (3, 9), (4, 23), (5, 500)])
def test_every_walk_that_is_cut(seed, at_most):
    round_, by = _town(seed), factories.user(Role.TEAMLEIDER)
    lists = list(_cuts(round_, at_most, by))
    assert sum(len(walked) for walked in lists) == 70
    assert _cut_faults(lists, at_most) == set()


@pytest.mark.parametrize(
    ("good", "bad", "fault"),
    [
        (WALKING_ORDER, "house_number, street", "a street is left and entered again"),
        ("filled <= %(at_most)s", "nth <= %(at_most)s", "equal numbers are on two lists"),
        ("filled <= %(at_most)s", "true", "too long"),
    ],
)
def test_a_worse_cut_is_noticed(monkeypatch, good, bad, fault):
    assert good in cutting._DRAWN
    monkeypatch.setattr(cutting, "_DRAWN", cutting._DRAWN.replace(good, bad))
    round_, by = _town(6), factories.user(Role.TEAMLEIDER)
    assert fault in _cut_faults(list(_cuts(round_, 9, by)), 9)
