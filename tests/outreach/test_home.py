"""The first page: what waits for a role, honestly where there is nothing, and never a person."""

import datetime
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.formats import date_format

from letters.models import Template
from outreach.actions import rounds, tasks
from outreach.actions.tasks import ToDo
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Klasse, Looplijst, Regeling, Role, Round, User
from outreach.models.gesprek import GesprekResult
from outreach.models.round import RoundKind
from outreach.models.task import TaskKind
from outreach.views import home
from tests import factories
from tests.outreach import visits
from tests.roles import as_role

pytestmark = pytest.mark.django_db


def _home(user: User) -> str:
    """What somebody reads, in one line."""
    client = Client()
    client.force_login(user)
    response = client.get(reverse("home"))
    assert response.status_code == 200
    main = response.content.decode().split("<main", 1)[1].split("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def _links(user: User) -> set[str]:
    """Where the page leads, but for the report of a data breach: that is for everybody with a role."""
    client = Client()
    client.force_login(user)
    main = client.get(reverse("home")).content.decode().split("<main", 1)[1].split("</main>")[0]
    found = {address.split("?")[0] for address in re.findall(r'href="([^"]+)"', main)}
    assert (reverse("breach_report") in found) == bool(user.role)
    return found - {reverse("breach_report")}


def _concept(maker: User, name: str) -> Round:
    with acting_as(maker.actor()):
        return rounds.make(
            name=name,
            kind=RoundKind.LETTER,
            handover=factories.handover(),
            regelingen=Regeling.objects.filter(pk="stadspas"),
            klassen=Klasse.values,
            reply_before=None,
            by=maker,
        )


def test_a_walker_finds_the_own_lists_with_their_progress():
    team = factories.team("Noord")
    walker = factories.user(Role.BUURTTEAM, team=team)
    assert "Er is nog geen looplijst voor jou" in _home(walker)
    looplijst = visits.list_of(team, visits.streets(1, 3, 5))
    visits.save(visits.items(looplijst)[0], walker, result=GesprekResult.HELPED)
    text = _home(walker)
    assert "Welkom, Sam" in text
    assert "Noord · Bezoeken voorjaar" in text
    assert "1 van 3" in text
    assert reverse("looplijst", args=[looplijst.pk]) in _links(walker)
    assert "Noord" not in _home(factories.user(Role.BUURTTEAM, team=factories.team("Zuid", buurten=["BU9"])))


def test_a_short_list_is_told_from_all_addresses_of_the_team():
    team = factories.team("Noord")
    walker = factories.user(Role.BUURTTEAM, team=team)
    whole = visits.list_of(team)
    assert "Korte lijst" not in _home(walker)
    with acting_as(SYSTEM_ACTOR):
        cut = Looplijst.objects.create(round=whole.round, team=team, pile=False)
        whole.items.update(looplijst=cut)
    assert f"· Bezoeken voorjaar Korte lijst van {date_format(clock.today(), 'j F')} ·" in _home(walker)


def test_more_lists_than_fit_are_one_link_away(monkeypatch):
    monkeypatch.setattr(home, "LISTS_SHOWN", 1)
    team = factories.team("Noord")
    walker = factories.user(Role.BUURTTEAM, team=team)
    visits.list_of(team)
    assert "Bekijk alle looplijsten" not in _home(walker)
    visits.list_of(team)
    assert "Bekijk alle looplijsten" in _home(walker)


@pytest.mark.parametrize("role", [Role.TEAMLEIDER, Role.APPLICATIEBEHEERDER])
def test_a_round_waits_for_the_colleague_of_its_maker(role):
    maker, colleague = factories.user(role), factories.user(role)
    assert "Er wacht geen ronde op jou" in _home(colleague)
    assert "op een collega wachten" not in _home(maker)
    round_ = _concept(maker, "Brieven voorjaar")
    theirs, own = _home(colleague), _home(maker)
    assert theirs.index("Rondes die op jou wachten") < theirs.index("Brieven voorjaar")
    assert "Er wacht geen ronde op jou" in own
    assert own.index("Jouw rondes die op een collega wachten") < own.index("Brieven voorjaar")
    assert reverse("round", args=[round_.pk]) in _links(colleague)


def test_a_consulent_sees_no_rounds_to_fix():
    _concept(factories.user(Role.TEAMLEIDER), "Brieven voorjaar")
    text = _home(factories.user(Role.CONSULENT))
    assert "Er is nog geen looplijst voor jou" in text
    assert "Brieven voorjaar" not in text


def test_ones_own_lists_come_before_those_of_other_teams():
    """Though the other is of a newer round."""
    own = visits.list_of(factories.team("Noord"))
    visits.list_of(factories.team("Zuid", buurten=["BU9"]), [{"buurt_code": "BU9"}])
    consulent = factories.user(Role.CONSULENT)
    with as_role("migrate"):
        assert Looplijst.objects.filter(pk=own.pk).update(assigned_to=consulent) == 1
    text = _home(consulent)
    places = [text.find(word) for word in ("Jouw looplijsten", "Noord", "van andere teams", "Zuid")]
    assert places == sorted(places), text
    assert min(places) > 0, text
    other = _home(factories.user(Role.CONSULENT))
    assert "Jouw looplijsten" not in other
    assert other.index("Looplijsten van de teams") < other.index("Zuid") < other.index("Noord")


def test_what_waits_comes_first_and_what_does_not_is_no_card():
    team = factories.team("Noord")
    stop = visits.items(visits.list_of(team))[0]
    consulent = factories.user(Role.CONSULENT)
    quiet = _home(consulent)
    assert quiet.index("Looplijsten van de teams") < quiet.index("Verder Taken Je hebt geen open taken.")
    with acting_as(consulent.actor()):
        tasks.make(
            household=stop.household, todo=ToDo(TaskKind.OTHER, clock.today()), to=consulent, by=consulent
        )
    busy = _home(consulent)
    assert busy.index("Taken Je hebt 1 open taak.") < busy.index("Looplijsten van de teams")
    assert busy.index("Looplijsten van de teams") < busy.index("Verder Werkvoorraad Er ligt geen werk.")


def test_who_waits_too_long_for_an_organisation_is_told_to_call_it():
    consulent = factories.user(Role.CONSULENT)
    with acting_as(SYSTEM_ACTOR):
        for days in (0, 1):
            due = clock.today() - datetime.timedelta(days=days)
            factories.referral(factories.household(), asked_by=consulent, due_on=due)
    assert "1 organisatie gaf nog geen antwoord." in _home(consulent)
    assert "gaf nog geen antwoord" not in _home(factories.user(Role.CONSULENT))


def test_the_applicatiebeheerder_finds_the_way_from_file_to_round():
    pages = {"deliveries", "delivery_calendar", "runs", "rounds", "letter_rounds"}
    assert {reverse(page) for page in pages} <= _links(factories.user(Role.APPLICATIEBEHEERDER))


@pytest.mark.parametrize(
    ("role", "says"),
    [(Role.FUNCTIONEEL_BEHEERDER, "Maak gebruikers aan"), (Role.PRIVACY_OFFICER, "Je wijzigt er niets")],
)
def test_who_keeps_or_watches_the_registers_is_sent_there(role, says):
    user = factories.user(role)
    assert says in _home(user)
    assert _links(user) == {reverse("admin:index")}


def test_who_has_no_pages_yet_is_told_so():
    user = factories.user(Role.DRUKKER)
    assert "Een drukker gebruikt geen pagina’s" in _home(user)
    assert _links(user) == set()


def test_the_analist_finds_the_rapport():
    assert _links(factories.user(Role.ANALIST)) == {reverse("report")}
    assert reverse("report") in _links(factories.user(Role.TEAMLEIDER))


def test_the_lawyer_signs_and_who_assesses_finds_the_applications():
    assert _links(factories.user(Role.JURIDISCH_ADVISEUR)) == {reverse("legal_bases")}
    assert reverse("applications") in _links(factories.user(Role.CONSULENT))
    assert {reverse("applications"), reverse("exports")} <= _links(factories.user(Role.TEAMLEIDER))


def test_the_communicatieadviseur_writes_letter_texts():
    user = factories.user(Role.COMMUNICATIEADVISEUR)
    with as_role("migrate"):
        Template.objects.all().delete()
    assert "Er wacht geen tekst op een akkoord." in _home(user)
    Template.objects.create(kind="zeker", number=1, content={}, sha256="0" * 64)
    assert "Er is 1 tekst nog niet goedgekeurd." in _home(user)
    assert _links(user) == {reverse("letter_rounds"), reverse("letter_texts")}


def test_without_a_role_one_is_told_whom_to_ask():
    root = User.objects.create_superuser(username="root", password=factories.PASSWORD)
    assert "Je account heeft nog geen rol." in _home(root)
    assert _links(root) == set()


def test_every_role_is_told_something():
    for role in Role:
        text = _home(factories.user(role, team=factories.team() if role == Role.BUURTTEAM else None))
        assert len(text) > len("Welkom, Sam ") + len(role.label) + 40, role


def test_nobody_is_looked_at_on_the_first_page():
    team = factories.team("Noord")
    visits.list_of(team, [{"street": "Kanariestraat"}])
    tail = visits.AuditTail()
    assert "Kanarie" not in _home(factories.user(Role.BUURTTEAM, team=team))
    assert not any(tail.lines(event) for event in (visits.Event.HOUSEHOLD_SEEN, visits.Event.LOOPLIJST_SEEN))
