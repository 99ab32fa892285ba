"""Whatever the order in which things are told of two print runs, through the ledger they end the same."""

import random

import pytest
from django.db.models import F

from letters.actions import ledger
from letters.actions.ledger import Told, tell_each
from letters.models import Axis, Letter
from letters.projection import Standing
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from tests.letters import rounds

pytestmark = pytest.mark.django_db

ORDERS = 200
REPRINT = Told(Axis.PRODUCTION, "gepland")
LIFE = [
    *(
        Told(Axis.PRODUCTION, code, print_run=1)
        for code in ("gemaakt", "vrijgegeven", "bevestigd", "geprint", "verzonden")
    ),
    Told(Axis.DELIVERY, "onbestelbaar", reason="verhuisd", print_run=1),
    REPRINT,
    *(Told(Axis.PRODUCTION, code, print_run=2) for code in ("gemaakt", "vrijgegeven", "beschadigd")),
    Told(Axis.PRODUCTION, "verzonden", print_run=2),
    Told(Axis.RESPONSE, "ontvangen", print_run=1),
    Told(Axis.RESPONSE, "volledig", print_run=2),
]
RETURNED_AGAIN = Told(Axis.DELIVERY, "onbestelbaar", reason="onbekend_op_adres", print_run=2)


def _ends(life: list[Told]) -> set[tuple[str, ...]]:
    """One letter for each order: the n-th thing that happens is told of all letters in one call."""
    keys = [letter.pk for letter in rounds.letters(rounds.planned(ORDERS))]
    orders = {key: random.Random(seed).sample(life, len(life)) for seed, key in enumerate(keys)}
    with acting_as(SYSTEM_ACTOR):
        for step in range(len(life)):
            printed_again = [key for key in keys if orders[key][step] is REPRINT]
            Letter.objects.filter(pk__in=printed_again).update(print_run=F("print_run") + 1)
            tell_each([(key, orders[key][step]) for key in keys])
        found = Letter.objects.filter(pk__in=keys)
        return set(found.values_list("production", "delivery", "delivery_reason", "response"))


@pytest.mark.parametrize(
    ("life", "end"),
    [
        (LIFE, ("verzonden", "onbekend", "", "volledig")),
        ([*LIFE, RETURNED_AGAIN], ("verzonden", "onbestelbaar", "onbekend_op_adres", "volledig")),
    ],
)
def test_two_hundred_orders_with_a_reprint_end_the_same(life, end):
    assert _ends(life) == {end}


def test_a_ledger_in_which_the_last_word_wins_is_found_out(monkeypatch):
    """That the test above can fail."""

    def last_word(kind, print_run, facts):
        codes = {fact.axis: fact.code for fact in facts if fact.code != "beschadigd"}
        return Standing(
            codes.get(Axis.PRODUCTION, "gepland"),
            codes.get(Axis.DELIVERY, "onbekend"),
            "",
            codes.get(Axis.RESPONSE, "open"),
        )

    monkeypatch.setattr(ledger, "standing", last_word)
    assert len(_ends(LIFE)) > 1


def test_a_ledger_that_forgets_the_print_run_of_returned_mail_is_found_out(monkeypatch):
    """The fault that this guards against: after a reprint the letter would still stand as come back."""
    right = ledger.standing

    def of_any_run(kind, print_run, facts):
        known = list(facts)
        now = right(kind, print_run, known)
        back = any(fact.axis == Axis.DELIVERY for fact in known)
        return Standing(now.production, "onbestelbaar" if back else "onbekend", "", now.response)

    monkeypatch.setattr(ledger, "standing", of_any_run)
    assert _ends(LIFE) != {("verzonden", "onbekend", "", "volledig")}
