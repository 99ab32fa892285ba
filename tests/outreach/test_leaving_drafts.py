"""What somebody was writing when he left: with who takes over, under his name, and read by nobody else."""

import datetime

import pytest
from django.urls import reverse

from outreach.actions import leaving
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Draft, Gesprek, Role, Team, User
from outreach.policies import NotNow
from outreach.tasks import sweep_drafts
from tests import factories
from tests.outreach import visits
from tests.outreach.test_drafts import NOTE, all_drafts, client_of, filled, hidden, page
from tests.roles import as_role

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> Team:
    return factories.team()


@pytest.fixture
def leader() -> User:
    return factories.user(Role.TEAMLEIDER)


@pytest.fixture
def stop(team):
    return visits.items(visits.list_of(team, visits.streets(1, 3)))[0]


@pytest.fixture
def walker(team, stop) -> User:
    """He wrote half a gesprek."""
    user = factories.user(Role.BUURTTEAM, team=team)
    User.objects.filter(pk=user.pk).update(first_name="Bea", last_name="Bakker")
    client = client_of(user)
    client.post(f"/huishoudens/{stop.household_id}/concept/", filled(client.get(page(stop))))
    assert len(all_drafts()) == 1
    return user


def leave(user: User, to: User | Team | None, by: User) -> leaving.InHand:
    with acting_as(by.actor()):
        return leaving.leave(user=User.objects.get(pk=user.pk), to=to, by=by)


def readers() -> set[int]:
    """Who reads some draft, by the row policy alone."""
    found = set()
    for one in User.objects.all():
        with acting_as(one.actor()):
            if Draft.objects.exists():
                found.add(one.pk)
    return found


def test_the_page_says_how_many_and_asks_who_takes_over(walker, team, leader, stop):
    colleague = factories.user(Role.BUURTTEAM, team=team)
    client, url = client_of(leader), reverse("staff_leave", args=[walker.pk])
    shown = client.get(url)
    assert {"term": "Concepten van gesprekken", "text": "1"} in shown.context["facts"]
    assert NOTE not in shown.content.decode()
    assert "Kies wie het overneemt" in client.post(url, {}).content.decode()
    assert client.post(url, {"aan": f"medewerker-{colleague.pk}"}).status_code == 302
    offered = client_of(colleague).get(page(stop))
    assert "Concept van Bea Bakker, " in offered.content.decode()
    assert readers() == {colleague.pk}


def test_who_takes_over_goes_on_with_it_and_saves_it(walker, team, leader, stop):
    colleague = factories.user(Role.BUURTTEAM, team=team)
    (before,) = all_drafts()
    assert leave(walker, colleague, leader).drafts == 1
    client = client_of(colleague)
    gone_on = client.get(client.get(page(stop)).context["draft_offer"]["url"])
    assert gone_on.context["form"]["note"].value() == NOTE
    assert hidden(gone_on)["submission"] == str(before.submission)
    assert client.post(page(stop), filled(gone_on)).status_code == 302
    with acting_as(SYSTEM_ACTOR):
        assert Gesprek.objects.get().by == colleague
    assert all_drafts() == []


def test_with_the_team_each_of_it_reads_it_until_one_saves(walker, team, leader, stop):
    near = [factories.user(Role.BUURTTEAM, team=team) for _ in range(2)]
    factories.user(Role.BUURTTEAM, team=factories.team("Zuid", buurten=["BU2"]))
    factories.user(Role.FUNCTIONEEL_BEHEERDER)
    factories.user(Role.CONSULENT)
    gone = factories.user(Role.BUURTTEAM, team=team)
    User.objects.filter(pk=gone.pk).update(is_active=False)
    leave(walker, team, leader)
    assert readers() == {one.pk for one in near}
    first, second = (client_of(one) for one in near)
    gone_on = first.get(first.get(page(stop)).context["draft_offer"]["url"])
    first.post(page(stop), filled(gone_on))
    assert second.get(page(stop)).context["draft_offer"] is None


def test_it_goes_to_nobody_who_does_not_see_the_household_and_then_he_stays(walker, leader):
    elsewhere = factories.user(Role.BUURTTEAM, team=factories.team("Zuid", buurten=["BU2"]))
    empty = factories.team("Leeg", buurten=[])
    for to, words in ((elsewhere, "een concept"), (empty, "een concept"), (None, "Kies wie")):
        with pytest.raises(NotNow, match=words):
            leave(walker, to, leader)
    assert User.objects.get(pk=walker.pk).is_active
    assert readers() == {walker.pk}


def test_what_was_passed_on_is_kept_no_longer(walker, team, leader, stop):
    colleague = factories.user(Role.BUURTTEAM, team=team)
    (before,) = all_drafts()
    leave(walker, colleague, leader)
    (after,) = all_drafts()
    assert (after.by_id, after.saved_at) == (colleague.pk, before.saved_at)
    with as_role("migrate"):
        Draft.objects.update(saved_at=clock.now() - datetime.timedelta(days=7, minutes=1))
    sweep_drafts()
    assert all_drafts() == []
