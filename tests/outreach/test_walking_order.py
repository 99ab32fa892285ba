"""The order of a looplijst, on made-up streets: what holds for every walk."""

from itertools import groupby

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from outreach.actions.looplijsten import WALKING_ORDER

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


def _walked(addresses: list[tuple[str, str, int, str, str]]) -> list[tuple[str, str, int, str, str]]:
    """The addresses as the statement that fills a looplijst puts them in order."""
    columns = "city, street, house_number, house_letter, house_suffix"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {columns} FROM unnest(%s::text[], %s::text[], %s::int[], %s::text[], %s::text[])"
            f" WITH ORDINALITY AS address ({columns}, household_id) ORDER BY {WALKING_ORDER}",
            [list(column) for column in zip(*addresses, strict=True)] if addresses else [[]] * 5,
        )
        return cursor.fetchall()


def _is_one_stretch(keys: list) -> bool:
    """Whether nothing is left and entered again."""
    stretches = [key for key, _ in groupby(keys)]
    return len(stretches) == len(set(stretches))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(addresses=_ADDRESSES)
def test_every_walk(transactional_db, addresses):
    walked = _walked(addresses)
    assert sorted(walked) == sorted(addresses)
    assert _is_one_stretch([(city, street) for city, street, *_ in walked])
    assert _is_one_stretch([(city, street, number % 2) for city, street, number, *_ in walked])
    assert _is_one_stretch([(city, street, number) for city, street, number, *_ in walked])
    for _, street in groupby(walked, key=lambda address: address[:2]):
        numbers = [address[2] for address in street]
        odd = [number for number in numbers if number % 2]
        even = [number for number in numbers if not number % 2]
        assert numbers == sorted(odd) + sorted(even, reverse=True)


def test_the_same_addresses_give_the_same_walk(transactional_db):
    addresses = [
        ("Waterveen", "Akkerweg", number, letter, "") for number in range(9, 0, -1) for letter in "BA"
    ]
    assert _walked(addresses) == _walked(list(addresses))
    assert [address[2:4] for address in _walked(addresses)][:4] == [(1, "A"), (1, "B"), (3, "A"), (3, "B")]
