"""A wish about contact is written down and taken back on the page of a household, and holds at once."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from optout.models import OptOut
from outreach.audit import Event
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Household, Person, Role, User
from tests import factories
from tests.outreach import visits

pytestmark = pytest.mark.django_db

URL = "/huishoudens/{}/afmelden/"


@pytest.fixture
def consulent() -> User:
    return factories.user(Role.CONSULENT)


@pytest.fixture
def household() -> Household:
    adults = [factories.person(family_name="Eerste"), factories.person(family_name="Tweede")]
    return factories.household(adults=adults, children=[factories.person(birth_date="20180601")])


def _client(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def _adult(household: Household) -> Person:
    with acting_as(SYSTEM_ACTOR):
        return household.members.select_related("person").get(addressee=True).person


def _send(client: Client, household: Household, **changed: str):
    sent = {"person": str(_adult(household).pk), "scope": "alles", "channel": "telefoon", **changed}
    return client.post(URL.format(household.pk), sent)


def _said() -> list[tuple]:
    with acting_as(SYSTEM_ACTOR):
        rows = OptOut.objects.order_by("pk")
        return list(rows.values_list("scope", "regeling", "channel", "registered_by", "withdrawn_by"))


@pytest.mark.parametrize(
    ("changed", "said", "shown"),
    [
        ({}, ("alles", None, "telefoon"), "helemaal niet benaderen"),
        ({"scope": "brieven", "channel": "formulier"}, ("brieven", None, "formulier"), "geen brieven"),
        ({"scope": "bezoek", "channel": "deur"}, ("bezoek", None, "deur"), "geen bezoek"),
        ({"scope": "delen", "channel": "brief"}, ("delen", None, "brief"), "gegevens niet delen"),
        # Who chose a regeling first and then something else means the something else.
        ({"scope": "brieven", "regeling": "czv"}, ("brieven", None, "telefoon"), "geen brieven"),
    ],
)
def test_a_wish_is_written_down_and_shown(consulent, household, changed, said, shown):
    client, tail = _client(consulent), visits.AuditTail()
    assert _send(client, household, **changed).status_code == 302
    assert _said() == [(*said, consulent.pk, None)]
    assert len(tail.lines(Event.OPT_OUT_REGISTERED)) == 1
    assert shown in client.get(f"/huishoudens/{household.pk}/").content.decode()
    # The same tap twice is one wish.
    assert _send(client, household, **changed).status_code == 302
    assert len(_said()) == 1


def test_a_wish_about_one_regeling_names_it(consulent, household):
    client = _client(consulent)
    refused = _send(client, household, scope="regeling")
    assert refused.status_code == 422
    assert "Kies over welke regeling" in refused.content.decode()
    assert _send(client, household, scope="regeling", regeling="czv").status_code == 302
    assert _said() == [("regeling", "czv", "telefoon", consulent.pk, None)]


def test_it_is_taken_back_on_the_same_page(consulent, household):
    client, tail = _client(consulent), visits.AuditTail()
    _send(client, household)
    with acting_as(SYSTEM_ACTOR):
        wish = OptOut.objects.get()
    page = client.get(URL.format(household.pk)).content.decode()
    assert "Helemaal niet benaderen" in page
    assert client.post(URL.format(household.pk), {"intrekken": wish.pk}).status_code == 302
    assert _said() == [("alles", None, "telefoon", consulent.pk, consulent.pk)]
    assert not _adult(household).no_contact
    assert len(tail.lines(Event.OPT_OUT_WITHDRAWN)) == 1
    assert "Niemand in dit huishouden is afgemeld" in client.get(URL.format(household.pk)).content.decode()


def test_nothing_is_said_for_a_child_or_somebody_elsewhere(consulent, household):
    client = _client(consulent)
    with acting_as(SYSTEM_ACTOR):
        child = household.members.get(adult=False).person
    other = factories.household()
    for person in (child, _adult(other)):
        assert _send(client, household, person=str(person.pk)).status_code == 422
    _send(client, other)
    with acting_as(SYSTEM_ACTOR):
        wish = OptOut.objects.get()
    for key in (str(wish.pk), "", "x", "²"):
        assert client.post(URL.format(household.pk), {"intrekken": key}).status_code == 404
    assert _adult(other).no_contact


def test_a_list_is_no_way_to_tell_it_on_a_form(consulent, household):
    assert _send(_client(consulent), household, channel="levering").status_code == 422
    assert _said() == []


def test_without_the_audit_nothing_is_written(consulent, household):
    client = _client(consulent)
    client.raise_request_exception = False
    with visits.broken_audit():
        assert _send(client, household).status_code == 500
    assert _said() == []


def test_as_many_queries_for_one_wish_as_for_many(consulent, household):
    client = _client(consulent)

    _send(client, household)
    client.get(URL.format(household.pk))
    with CaptureQueriesContext(connection) as few:
        client.get(URL.format(household.pk))
    for scope in ("brieven", "bezoek", "delen"):
        _send(client, household, scope=scope)
    _send(client, household, scope="regeling", regeling="czv")
    _send(client, household, scope="regeling", regeling="stadspas")
    with CaptureQueriesContext(connection) as many:
        client.get(URL.format(household.pk))
    assert len(many) == len(few)
