"""Where a letter stands follows from the facts alone, not from the order in which they came."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from letters.models import Axis, LetterKind
from letters.projection import CODES, Fact, standing

facts = st.lists(
    st.sampled_from([(axis, code) for axis, codes in CODES.items() for code in sorted(codes)]).flatmap(
        lambda pair: st.builds(
            Fact,
            st.just(pair[0]),
            st.just(pair[1]),
            st.sampled_from(["", "verhuisd", "onbekend_op_adres"]),
            st.integers(1, 2),
        )
    ),
    max_size=8,
)


@given(facts, st.randoms(), st.sampled_from(LetterKind.values))
def test_order_and_repetition_change_nothing(known, shuffler, kind):
    expected = standing(kind, 1, known)
    again = [*known, *known]
    shuffler.shuffle(again)
    assert standing(kind, 1, again) == expected


def test_two_hundred_orders_of_one_life_end_the_same():
    life = [
        Fact(Axis.PRODUCTION, "gemaakt"),
        Fact(Axis.PRODUCTION, "vrijgegeven"),
        Fact(Axis.PRODUCTION, "bevestigd"),
        Fact(Axis.PRODUCTION, "geprint"),
        Fact(Axis.PRODUCTION, "verzonden"),
        Fact(Axis.DELIVERY, "onbestelbaar", "verhuisd"),
        Fact(Axis.RESPONSE, "ontvangen"),
        Fact(Axis.RESPONSE, "volledig"),
    ]
    orders = (random.Random(seed).sample(life, len(life)) for seed in range(200))
    ends = {standing("aanvraag", 1, order) for order in orders}
    assert [(e.production, e.delivery, e.delivery_reason, e.response) for e in ends] == [
        ("verzonden", "onbestelbaar", "verhuisd", "volledig")
    ]


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        ([], "gepland"),
        (["vrijgegeven", "verzonden"], "verzonden"),
        (["geprint", "bevestigd"], "geprint"),
        (["bevestigd", "beschadigd"], "bevestigd"),
        (["vrijgegeven", "ingetrokken"], "ingetrokken"),
        (["ingetrokken", "verzonden"], "verzonden"),
        (["gemaakt", "vervallen"], "vervallen"),
        (["vrijgegeven", "geweigerd"], "geweigerd"),
    ],
)
def test_the_paper(codes, expected):
    told = [Fact(Axis.PRODUCTION, code) for code in codes]
    assert standing("aanvraag", 1, told).production == expected


def test_a_new_print_run_begins_anew_and_keeps_what_came_back():
    told = [
        Fact(Axis.PRODUCTION, "verzonden"),
        Fact(Axis.RESPONSE, "ontvangen"),
        Fact(Axis.PRODUCTION, "gemaakt", print_run=2),
    ]
    now = standing("aanvraag", 2, told)
    assert (now.production, now.response) == ("gemaakt", "ontvangen")


def test_what_came_back_is_of_its_own_print_run():
    told = [
        Fact(Axis.PRODUCTION, "verzonden"),
        Fact(Axis.DELIVERY, "onbestelbaar", "verhuisd"),
        Fact(Axis.PRODUCTION, "verzonden", print_run=2),
    ]
    assert [standing("aanvraag", run, told).delivery for run in (1, 2)] == ["onbestelbaar", "onbekend"]
    told.append(Fact(Axis.DELIVERY, "onbestelbaar", "geen_brievenbus", 2))
    assert standing("aanvraag", 2, told).delivery_reason == "geen_brievenbus"


def test_a_letter_without_a_form_has_no_answer():
    assert standing("toekenning", 1, [Fact(Axis.RESPONSE, "ontvangen")]).response == "nvt"
