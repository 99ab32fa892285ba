"""A visitor finds a share that the juridisch adviseur of the demo can sign."""

import pytest
from django.test import Client

from letters.models import Share
from outreach.management.demo import people, sharing
from outreach.models import User
from tests import factories

pytestmark = pytest.mark.django_db


def test_one_share_waits_for_the_signature_of_julia():
    people.make_people([("BU03630001", "Oude Haven")], "proef")
    handover, anna = factories.handover(), User.objects.get(username="anna")
    made = sharing.propose(handover, anna)
    assert sharing.propose(handover, anna) == made == Share.objects.get()
    client = Client()
    client.force_login(User.objects.get(username="julia"))
    assert f"/brieven/delen/{made.pk}/" in client.get("/brieven/delen/").content.decode()
    assert "Ondertekenen</button>" in client.get(f"/brieven/delen/{made.pk}/").content.decode()
    client.post(f"/brieven/delen/{made.pk}/ondertekenen/")
    made.refresh_from_db()
    assert made.state == "getekend"
