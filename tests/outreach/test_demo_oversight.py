"""The demo shows a list of roles that was signed, and a data breach that was closed."""

import pytest

from outreach.kernel.db import acting_as
from outreach.management.demo import oversight, people
from outreach.models import Breach, RoleReview, User
from outreach.models.breach import BreachState

pytestmark = pytest.mark.django_db


def test_the_signed_list_and_the_closed_breach_are_there_once():
    people.make_people([("BU03630001", "Oude Haven")], "proef")
    assert [oversight.look_after(), oversight.look_after()] == [(1, 1), (0, 0)]
    assert {line["gebruiker"] for line in RoleReview.objects.get().listed} >= {"pieter", "carla"}
    with acting_as(User.objects.get(username="pieter").actor()):
        assert [one.state for one in Breach.objects.all()] == [BreachState.CLOSED]
