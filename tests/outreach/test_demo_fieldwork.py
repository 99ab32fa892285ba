"""What the demo leaves behind to look at: work that is late, lost and handed over, of more than one day."""

import datetime

import pytest

from optout.models import OptOut, PublicNotice
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.management.demo import fieldwork, mishaps, months, people, rounds
from outreach.models import (
    Breach,
    Gesprek,
    Looplijst,
    Notification,
    Referral,
    Representative,
    Round,
    SafetyInstruction,
    Task,
    User,
)
from outreach.models.round import RoundKind
from tests import factories

pytestmark = pytest.mark.django_db
BUURTEN = [(f"BU0363000{number}", f"Buurt {number}") for number in range(1, 5)]


def demo_user(name: str) -> User:
    return User.objects.get(username=name)


@pytest.fixture
def visits() -> Round:
    """A visit round over forty addresses of each team, of which some doors were tried."""
    people.make_people(BUURTEN, "waterveen-proef")
    handover, today = factories.handover(), clock.today()
    for code, _ in BUURTEN:
        for _ in range(40):
            factories.candidacy(factories.household(in_handover=handover, buurt_code=code), "czv")
    tess, bram = demo_user("tess"), demo_user("bram")
    made = rounds.make_and_fix(handover, RoundKind.VISIT, ("czv",), today, tess, bram)
    months.fixed_ago(made, months.VISITS_AGO)
    rounds.hold_some_gesprekken(made, today)
    return made


def test_there_is_work_that_is_late_lost_and_handed_over(visits):
    today = clock.today()
    fieldwork.leave_behind(visits, today)
    with acting_as(SYSTEM_ACTOR):
        late = Task.objects.overdue(today).values_list("owner__username", flat=True)
        assert sorted(late) == ["bea", "tess"]
        assert Breach.objects.get().reported_by == demo_user("zeki")
        assert SafetyInstruction.objects.get().state == "goedgekeurd"
        assert Referral.objects.count() == Representative.objects.count() == 1
        assert Task.objects.open().filter(team__name=people.TEAMS[1]).count() == 1
        assert not Looplijst.objects.filter(assigned_to__username=mishaps.LEAVER).exists()
        assert OptOut.objects.get().scope == "delen"
    assert PublicNotice.objects.get().registered_by == demo_user("pieter")
    assert not demo_user(mishaps.LEAVER).is_active
    for name in ("bea", "tess", "pieter"):
        user = demo_user(name)
        with acting_as(user.actor()):
            assert Notification.objects.filter(user=user).exists(), name


def test_the_gesprekken_are_of_the_weeks_since_the_round_was_fixed(visits):
    with acting_as(SYSTEM_ACTOR):
        days = set(Gesprek.objects.values_list("happened_on", flat=True))
    assert len(days) > 3
    assert (
        clock.today() - datetime.timedelta(days=months.VISITS_AGO) <= min(days) < max(days) <= clock.today()
    )
