"""All that happened with a household, in one list: the newest first, and never how it was found."""

import datetime
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from letters.models import Application, Grant, LegalBasis, Letter, LetterEvent
from outreach.actions import claims, tasks
from outreach.audit import Event
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Approach, Household, Role, User
from outreach.models.gesprek import GesprekResult
from outreach.models.task import TaskKind
from tests import factories
from tests.letters import rounds
from tests.outreach import visits
from tests.outreach.visits import AuditTail
from tests.roles import as_role

pytestmark = pytest.mark.django_db
_TITLE = re.compile(r'<span class="kit-event__title">(?:<a [^>]*>)?([^<]*)')


def _at(day: int) -> datetime.datetime:
    return datetime.datetime(2026, 4, day, 10, tzinfo=datetime.UTC)


@pytest.fixture
def consulent() -> User:
    return factories.user(Role.CONSULENT)


def _page(user: User, household: Household) -> str:
    client = Client(raise_request_exception=False)
    client.force_login(user)
    response = client.get(reverse("household", args=[household.pk]))
    assert response.status_code == 200
    return response.content.decode()


def _titles(user: User, household: Household) -> list[str]:
    return _TITLE.findall(_page(user, household))


def _letter() -> Letter:
    [letter] = rounds.letters(rounds.made(1, children=1, regeling="stadspas"))
    with as_role("migrate"):
        Letter.objects.filter(pk=letter.pk).update(production="verzonden", response="ontvangen")
        LetterEvent.objects.create(
            letter=letter, axis="productie", code="verzonden", occurred_at=_at(1), received_at=_at(1)
        )
    return letter


def _granted(letter: Letter, by: User) -> None:
    """The form came back on the third, and on the fifth it was granted."""
    with acting_as(SYSTEM_ACTOR):
        application = Application.objects.create(
            letter=letter,
            approach=letter.approach,
            received_on=_at(3).date(),
            decide_by=_at(28).date(),
            state="toegekend",
            decided_at=_at(5),
            decided_by=by,
        )
        Grant.objects.create(
            approach=letter.approach,
            basis="formulier",
            application=application,
            by_person=by,
            granted_on=_at(5).date(),
        )


def test_all_kinds_stand_in_one_order(consulent):
    letter = _letter()
    _granted(letter, consulent)
    household = letter.household
    with acting_as(consulent.actor()):
        fresh = Household.objects.with_page_data().get(pk=household.pk)
        factories.representative(fresh.adults()[0], set_by=consulent)
        todo = tasks.ToDo(TaskKind.CALL_BACK, datetime.date(2099, 1, 1), "Na vier uur.")
        tasks.make(household=fresh, todo=todo, to=consulent, by=consulent)
        factories.referral(fresh, asked_by=consulent)
        claims.take(household=fresh, by=consulent)
    titles = _titles(consulent, household)
    assert titles == [
        "Bezig met dit huishouden",
        "Overgedragen aan Voedselbank Waterveen",
        "Taak: terugbellen",
        "Vertegenwoordiger vastgelegd: bewindvoerder",
        "Toegekend: Stadspas",
        "Formulier terug: Stadspas",
        "Brief: aanvraag met formulier, Stadspas",
    ]


def test_it_says_no_source_no_klasse_and_not_on_what_ground(consulent):
    letter = _letter()
    lawyer = factories.user(Role.JURIDISCH_ADVISEUR)
    basis = LegalBasis.objects.create(
        regeling_id=letter.approach.regeling_id, text="Besluit", dated=_at(1).date(), signed_by=lawyer
    )
    with as_role("migrate"):
        Approach.objects.filter(pk=letter.approach_id).update(mode="ambtshalve")
    with acting_as(SYSTEM_ACTOR):
        Grant.objects.create(
            approach=letter.approach, basis="ambtshalve", legal_basis=basis, granted_on=_at(5).date()
        )
    text = _page(consulent, letter.household).lower()
    assert "toegekend" in text
    for word in ("ambtshalve", "onzeker", ">zeker", "bijstand", "kwijtschelding", "levering", "bsn"):
        assert word not in text


def test_it_tells_of_earlier_households_of_its_adults_and_writes_that_down(consulent):
    parent, child = factories.person(), factories.person(birth_date="20180101")
    team = factories.team()
    old = factories.handover(datetime.date(2025, 1, 1))
    before = factories.household(in_handover=old, adults=[parent], children=[child])
    factories.candidacy(before)
    [stop] = visits.items(visits.lists_of(old, team, name="Vorig jaar"))
    visits.save(stop, consulent, result=GesprekResult.INFORMED)
    now = factories.household(in_handover=factories.handover(), adults=[parent])
    with_child = factories.household(in_handover=now.handover, children=[child])
    tail = AuditTail()
    assert "Uitleg gegeven, vraagt zelf aan" in _titles(consulent, now)
    [(_, _, keys, _)] = tail.lines(Event.HOUSEHOLD_SEEN)
    assert keys == [str(now.pk), str(before.pk)]
    assert _titles(consulent, with_child) == []


def test_a_team_outside_the_municipality_hears_of_no_representative():
    household = factories.household()
    with acting_as(SYSTEM_ACTOR):
        factories.representative(household.members.get().person)
    outside = factories.user(Role.BUURTTEAM, team=factories.team("Wijkteam", municipal=False))
    assert _titles(outside, household) == []


def test_a_long_history_costs_as_many_queries_as_a_short_one(consulent):
    household = factories.household()
    client = Client()
    client.force_login(consulent)
    counts = []
    for more in (1, 9):
        with acting_as(consulent.actor()):
            fresh = Household.objects.with_page_data().get(pk=household.pk)
            for _ in range(more):
                todo = tasks.ToDo(TaskKind.OTHER, datetime.date(2099, 1, 1))
                tasks.make(household=fresh, todo=todo, to=consulent, by=consulent)
                factories.referral(
                    fresh, asked_by=consulent, state="ingetrokken", answered_by=consulent, answered_at=_at(9)
                )
            claims.take(household=fresh, by=consulent)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse("household", args=[household.pk])).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]
