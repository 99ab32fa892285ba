"""Two who write about one household: the second sees what the first saved, and saves with one tap more."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from outreach.audit import Event
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Gesprek, Role, User
from tests import factories
from tests.outreach import visits
from tests.outreach.test_drafts import client_of, filled, hidden, page
from tests.outreach.visits import AuditTail

pytestmark = pytest.mark.django_db
FIRST, SECOND = "Ze werkt overdag, kom 's avonds", "De bel doet het niet"


@pytest.fixture
def two() -> tuple[User, User]:
    team = factories.team()
    found = [factories.user(Role.BUURTTEAM, team=team) for _ in range(2)]
    for user, name in zip(found, ("Zeki", "Bea"), strict=True):
        user.first_name, user.last_name = name, "Kaya"
        user.save()
    return tuple(found)


@pytest.fixture
def stop(two):
    return visits.items(visits.list_of(two[0].team, visits.streets(1, 3)))[0]


def saved() -> list[str]:
    with acting_as(SYSTEM_ACTOR):
        return list(Gesprek.objects.order_by("pk").values_list("note", flat=True))


def test_the_second_sees_both_texts_and_who_and_when(two, stop):
    first, second = map(client_of, two)
    one, other = filled(first.get(page(stop)), note=FIRST), filled(second.get(page(stop)), note=SECOND)
    assert first.post(page(stop), one).status_code == 302
    tail = AuditTail()
    shown = second.post(page(stop), other)
    text = shown.content.decode()
    assert shown.status_code == 200
    assert saved() == [FIRST]
    assert escape(FIRST) in text
    assert SECOND in text
    assert "Zeki Kaya</strong> sloeg om" in text
    assert "Niet thuis" in text
    assert len(tail.lines(Event.HOUSEHOLD_SEEN)) == 1
    again = filled(shown, note=SECOND)
    assert again["submission"] == other["submission"]
    assert second.post(page(stop), again).status_code == 302
    assert saved() == [FIRST, SECOND]


def test_what_was_known_when_the_form_was_opened_stops_nobody(two, stop):
    first, second = map(client_of, two)
    first.post(page(stop), filled(first.get(page(stop)), note=FIRST))
    assert second.post(page(stop), filled(second.get(page(stop)), note=SECOND)).status_code == 302
    assert saved() == [FIRST, SECOND]


def test_a_gesprek_elsewhere_stops_nobody(two, stop):
    first, second = map(client_of, two)
    other = visits.items(stop.looplijst)[1]
    opened = filled(second.get(page(stop)), note=SECOND)
    first.post(page(other), filled(first.get(page(other)), note=FIRST))
    assert second.post(page(stop), opened).status_code == 302


def test_a_retry_of_what_was_saved_stays_saved_once(two, stop):
    first, second = map(client_of, two)
    one = filled(first.get(page(stop)), note=FIRST)
    first.post(page(stop), one)
    second.post(page(stop), filled(second.get(page(stop)), note=SECOND))
    assert first.post(page(stop), one).status_code == 302
    assert saved() == [FIRST, SECOND]


def test_a_number_that_is_none_is_no_version(two, stop):
    first = client_of(two[0])
    for known in ("", "x", "9" * 30, "-1"):
        fields = filled(first.get(page(stop)), bekend=known)
        assert first.post(page(stop), fields).status_code == 302


def test_of_two_at_the_same_moment_one_is_shown_the_other(two, stop, unblocked):
    clients = [client_of(user) for user in two]
    forms = [filled(client.get(page(stop)), note=FIRST) for client in clients]
    assert len({form["bekend"] for form in forms}) == 1
    start = threading.Barrier(2)

    def send(client, fields) -> int:
        start.wait()
        try:
            return client.post(page(stop), fields).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(send, clients, forms))
    assert sorted(found) == [200, 302]
    assert len(saved()) == 1


def test_the_form_carries_the_newest_it_knows(two, stop):
    first = client_of(two[0])
    assert hidden(first.get(page(stop)))["bekend"] == "0"
    first.post(page(stop), filled(first.get(page(stop))))
    with acting_as(SYSTEM_ACTOR):
        newest = Gesprek.objects.get().pk
    assert hidden(first.get(page(stop)))["bekend"] == str(newest)


def test_the_form_asks_as_much_with_many_drafts_and_gesprekken(two, stop):
    client = client_of(two[0])

    def asked() -> int:
        with CaptureQueriesContext(connections["default"]) as queries:
            assert client.get(page(stop)).status_code == 200
        return len(queries)

    opened = client.get(page(stop))
    draft_url = f"/huishoudens/{stop.household_id}/concept/"
    client.post(draft_url, filled(opened))
    visits.save(stop, two[1])
    few = asked()
    for _ in range(4):
        client.post(draft_url, filled(client.get(page(stop))))
        visits.save(stop, two[1])
    # One fewer, once nobody has to go there any more.
    assert asked() <= few
