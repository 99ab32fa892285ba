"""The demo shows terms that hold, one that waits for the privacy officer, and a hold."""

import pytest

from outreach.management.demo import people, retention
from outreach.models import LegalHold, RetentionRule

pytestmark = pytest.mark.django_db


def test_the_terms_and_the_hold_are_there_once():
    people.make_people([("BU03630001", "Oude Haven")], "proef")
    assert [retention.write_down(), retention.write_down()] == [8, 0]
    assert RetentionRule.objects.filter(agreed_at=None).count() == 1
    assert LegalHold.objects.in_force().count() == 1
