"""Who waits for an answer of an organisation gives that on or waits longer; of two the second is told."""

import datetime
import re
import threading

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connections
from django.test import Client
from django.urls import reverse

from outreach.actions import handing_over, tasks
from outreach.audit import Event
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Household, Notification, Referral, Role, Team, User
from outreach.models.notification import NotificationKind
from outreach.policies import NotNow
from outreach.transitions import StateChanged
from tests import factories
from tests.outreach import visits

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
KIND = NotificationKind


@pytest.fixture
def team() -> Team:
    return factories.team()


@pytest.fixture
def walker(team) -> User:
    return factories.user(Role.BUURTTEAM, team=team)


@pytest.fixture
def colleague(team) -> User:
    return factories.user(Role.BUURTTEAM, team=team)


@pytest.fixture
def leader() -> User:
    return factories.user(Role.TEAMLEIDER)


@pytest.fixture
def waits(walker) -> Referral:
    with acting_as(SYSTEM_ACTOR):
        return factories.referral(factories.household(), asked_by=walker, due_on=clock.today() + DAY)


def _client(user: User) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


def _page(user: User, of: Referral) -> str:
    answer = _client(user).get(reverse("referral", args=[of.household_id, of.pk]))
    assert answer.status_code == 200
    return answer.content.decode()


def _post(user: User, of: Referral, act: str, **sent: str):
    """As from a page that was opened when it was as given, unless told otherwise."""
    known = tasks.whose(of) if act == "give" else handing_over.planned(of)
    address = reverse(f"referral_{act}", args=[of.household_id, of.pk])
    return _client(user).post(address, {"known": known} | sent)


def _now(of: Referral) -> tuple[int | None, int | None, datetime.date]:
    with acting_as(SYSTEM_ACTOR):
        return Referral.objects.values_list("owner", "team", "due_on").get(pk=of.pk)


def _told(user: User) -> list[tuple[str, int]]:
    with acting_as(user.actor()):
        return list(Notification.objects.order_by("pk").values_list("kind", "about"))


def _known(page: str, act: str) -> str:
    form = page[page.index(f"/{act}/") :]
    return re.search(r'name="known" value="([^"]*)"', form)[1]


def test_it_is_given_to_a_colleague_who_is_told_and_written_down(walker, colleague, leader, waits):
    tail = visits.AuditTail()
    assert _post(walker, waits, "give", to=f"collega-{colleague.pk}").status_code == 302
    assert _now(waits) == (colleague.pk, None, waits.due_on)
    assert _told(colleague) == [(KIND.REFERRAL_GIVEN, waits.pk)]
    assert _told(walker) == []
    [(actor, thing, keys, details)] = tail.lines(Event.REFERRAL_GIVEN)
    assert (actor, thing, keys) == (str(walker.pk), "overdracht", [str(waits.pk)])
    assert details == {"gebruiker": colleague.pk}
    with acting_as(SYSTEM_ACTOR):
        given = Referral.objects.get(pk=waits.pk)
    assert _post(leader, given, "give", to=f"team-{walker.team_id}").status_code == 302
    assert _now(waits) == (None, walker.team_id, waits.due_on)
    assert _told(colleague) == [(KIND.REFERRAL_GIVEN, waits.pk), (KIND.REFERRAL_CHANGED, waits.pk)]


def test_it_waits_until_another_day_and_whose_it_is_hears_of_it(walker, leader, waits):
    tail, day = visits.AuditTail(), clock.today() + 9 * DAY
    for _ in range(2):
        assert _post(leader, waits, "move", due_on=day.isoformat()).status_code == 302
    assert _now(waits) == (walker.pk, None, day)
    assert _told(walker) == [(KIND.REFERRAL_CHANGED, waits.pk)]
    [(actor, thing, keys, details)] = tail.lines(Event.REFERRAL_MOVED)
    assert (actor, thing, keys) == (str(leader.pk), "overdracht", [str(waits.pk)])
    assert (details["van"], details["naar"]) == (waits.due_on.isoformat(), day.isoformat())
    with acting_as(walker.actor()):
        row = Notification.objects.get()
    assert f"Overdracht {waits.pk}" in _client(walker).get(reverse("notifications")).content.decode()
    opened = _client(walker).post(reverse("notification", args=[row.pk]))
    assert opened["Location"] == reverse("referral", args=[waits.household_id, waits.pk])


def test_it_is_of_who_waits_his_team_or_who_leads_him(team, walker, colleague, waits):
    own_leader = factories.user(Role.TEAMLEIDER, team=team)
    other = factories.user(Role.CONSULENT)
    day = (clock.today() + 9 * DAY).isoformat()
    for user, may in ((walker, True), (own_leader, True), (colleague, False), (other, False)):
        page = _page(user, waits)
        assert ("Verzetten" in page, "Doorgeven" in page) == (may, may)
    for act, sent in (("give", {"to": "ik"}), ("move", {"due_on": day})):
        refused = _post(other, waits, act, **sent)
        assert (refused.status_code, "wacht een ander" in refused.content.decode()) == (422, True)
    outsider = factories.user(Role.TEAMLEIDER, team=factories.team("Zuid", buurten=["BU9"]))
    with acting_as(outsider.actor()), pytest.raises(PermissionDenied):
        handing_over.give(referral=waits, to=outsider, by=outsider, known=tasks.whose(waits))
    assert _post(outsider, waits, "move", due_on=day).status_code == 404
    assert _now(waits) == (walker.pk, None, waits.due_on)
    with acting_as(walker.actor()):
        handing_over.give(referral=waits, to=team, by=walker, known=tasks.whose(waits))
    with acting_as(SYSTEM_ACTOR):
        given = Referral.objects.get(pk=waits.pk)
    assert _post(colleague, given, "give", to="ik").status_code == 302
    assert _now(waits)[0] == colleague.pk


def test_it_goes_to_nobody_who_does_not_see_the_household_or_left(walker, leader, waits):
    elsewhere = factories.user(Role.BUURTTEAM, team=factories.team("Zuid", buurten=["BU9"]))
    gone = factories.user(Role.CONSULENT)
    User.objects.filter(pk=gone.pk).update(is_active=False)
    for to in (elsewhere, gone, factories.user(Role.ANALIST)):
        with acting_as(leader.actor()), pytest.raises(NotNow):
            handing_over.give(referral=waits, to=to, by=leader, known=tasks.whose(waits))
        assert _post(leader, waits, "give", to=f"collega-{to.pk}").status_code == 422
    assert _post(leader, waits, "give", to="").status_code == 422
    assert _now(waits)[0] == walker.pk


def test_not_to_the_past_nor_where_contact_or_sharing_is_refused_nor_after_the_answer(walker, waits):
    day = (clock.today() + 9 * DAY).isoformat()
    for wrong in ((clock.today() - DAY).isoformat(), (clock.today() + 400 * DAY).isoformat(), "morgen", ""):
        assert _post(walker, waits, "move", due_on=wrong).status_code == 422
    with acting_as(walker.actor()), pytest.raises(NotNow, match="al voorbij"):
        handing_over.move(
            referral=waits, due_on=clock.today() - DAY, by=walker, known=handing_over.planned(waits)
        )
    with acting_as(SYSTEM_ACTOR):
        done = factories.referral(factories.household(), asked_by=walker)
        handing_over.accept(referral=done, by=walker)
    for act, sent in (("move", {"due_on": day}), ("give", {"to": f"team-{walker.team_id}"})):
        assert _post(walker, done, act, **sent).status_code == 422
    with acting_as(walker.actor()), pytest.raises(StateChanged):
        handing_over.give(referral=done, to=walker.team, by=walker, known=tasks.whose(done))
    assert "Doorgeven" not in _page(walker, done)
    visits.opt_out(Household(pk=waits.household_id))
    refused = _post(walker, waits, "move", due_on=day)
    assert (refused.status_code, "Kies dat je de vraag intrekt" in refused.content.decode()) == (422, True)
    assert ("Verzetten" in _page(walker, waits), "Doorgeven" in _page(walker, waits)) == (False, True)
    assert _now(waits)[2] == waits.due_on


def test_who_moves_or_gives_what_was_changed_meanwhile_is_told_and_keeps_what_he_chose(
    walker, colleague, leader, waits
):
    first, second = ((clock.today() + days * DAY).isoformat() for days in (3, 5))
    opened = _page(walker, waits)
    assert _post(leader, waits, "move", known=_known(opened, "verzetten"), due_on=first).status_code == 302
    refused = _post(walker, waits, "move", known=_known(opened, "verzetten"), due_on=second)
    page = refused.content.decode()
    assert (refused.status_code, "net verzet. Nu staat er:" in page, f'value="{second}"' in page) == (
        422,
        True,
        True,
    )
    assert _post(walker, waits, "move", known=_known(page, "verzetten"), due_on=second).status_code == 302
    to = {"to": f"collega-{colleague.pk}"}
    assert _post(leader, waits, "give", known=_known(opened, "doorgeven"), **to).status_code == 302
    late = _post(walker, waits, "give", known=_known(opened, "doorgeven"), to=f"team-{walker.team_id}")
    page = late.content.decode()
    told = f"net doorgegeven aan {colleague.display_name()}."
    assert (late.status_code, told in page, "Klopt jouw keuze nog?" in page) == (422, True, False)
    assert _now(waits) == (colleague.pk, None, clock.today() + 5 * DAY)


@pytest.mark.parametrize("act", ["give", "move"])
def test_of_two_who_change_it_at_once_one_does(walker, colleague, leader, waits, unblocked, act):
    answers = []
    others = [factories.user(Role.CONSULENT) for _ in range(4)]

    def changes(number: int) -> None:
        try:
            with acting_as(leader.actor()):
                if act == "give":
                    known = tasks.whose(waits)
                    handing_over.give(referral=waits, to=others[number], by=leader, known=known)
                else:
                    day, known = clock.today() + (3 + number) * DAY, handing_over.planned(waits)
                    handing_over.move(referral=waits, due_on=day, by=leader, known=known)
            answers.append("changed")
        except (tasks.Given, tasks.Moved):
            answers.append("told")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=changes, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["changed", "told", "told", "told"]
