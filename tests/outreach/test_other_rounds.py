"""A new round leaves to other rounds who is theirs: who is on one that runs, and for whom it was arranged."""

import datetime
import html
import re
from collections.abc import Iterator

import pytest
from django.test import Client

from outreach.actions import rounds
from outreach.audit import Event
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import (
    Approach,
    Handover,
    Household,
    Klasse,
    Looplijst,
    Regeling,
    Role,
    Round,
    Team,
    User,
)
from outreach.models.approach import Result
from outreach.models.gesprek import GesprekResult
from outreach.models.looplijst import ItemState
from outreach.models.round import RoundKind
from outreach.policies import NotNow
from tests import factories
from tests.outreach import visits
from tests.outreach.many import many

pytestmark = pytest.mark.django_db
BOTH = ("stadspas", "czv")


@pytest.fixture
def team() -> Team:
    return factories.team()


@pytest.fixture
def fixer() -> User:
    return factories.user(Role.TEAMLEIDER)


def _home(handover: Handover, *regelingen: str, **fields: object) -> Household:
    home = factories.household(in_handover=handover, **fields)
    for regeling in regelingen or BOTH:
        factories.candidacy(home, regeling)
    return home


def _concept(handover: Handover, kind: RoundKind = RoundKind.VISIT, regelingen=BOTH) -> Round:
    maker = factories.user(Role.TEAMLEIDER)
    with acting_as(maker.actor()):
        return rounds.make(
            name="Tweede",
            kind=kind,
            handover=handover,
            regelingen=Regeling.objects.filter(pk__in=regelingen),
            klassen=Klasse.values,
            reply_before=None,
            by=maker,
        )


def _fixed(round_: Round, by: User, **how: bool) -> set[tuple[object, str]]:
    with acting_as(by.actor()):
        rounds.fix(round_=round_, by=by, **how)
    with acting_as(SYSTEM_ACTOR):
        return set(Approach.objects.filter(round=round_).values_list("household", "regeling"))


def _ended(round_: Round, result: Result, *regelingen: str) -> None:
    with acting_as(SYSTEM_ACTOR):
        Approach.objects.filter(round=round_, regeling__in=regelingen).update(result=result)


def _words(response) -> str:
    main = response.content.decode().split("<main", 1)[1].split("</main>")[0]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main)).split())


def _client(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def running(team) -> Iterator[tuple[Handover, Round]]:
    """A visit round that runs, and the koppeling that it is of: twelve households, of which one is new."""
    handover = factories.handover()
    many(handover, 12)
    round_ = visits.visit_round(handover, ["stadspas"])
    _home(handover, "stadspas")
    return handover, round_


def test_who_is_on_a_round_that_runs_stays_there(running, fixer):
    handover, _ = running
    second = _concept(handover)
    assert rounds.left_out(second).running == 12
    assert len(_fixed(second, fixer)) == 1
    assert len(_fixed(_concept(handover), fixer, with_running=True)) == 13


def test_a_round_that_was_closed_keeps_nobody(running, fixer):
    handover, first = running
    with acting_as(fixer.actor()):
        rounds.close(round_=first, by=fixer)
    assert rounds.left_out(_concept(handover)).running == 0
    assert len(_fixed(_concept(handover), fixer)) == 13


def test_a_letter_round_goes_beside_a_visit(running):
    assert rounds.left_out(_concept(running[0], RoundKind.LETTER, ["stadspas"])).running == 0


def test_who_is_done_there_is_gone_to_for_something_else(team, fixer):
    handover = factories.handover()
    home = _home(handover)
    [stop] = visits.items(visits.lists_of(handover, team, regelingen=["stadspas"]))
    assert _concept_size(handover) == 0
    visits.save(stop, factories.user(Role.CONSULENT), result=GesprekResult.INFORMED)
    assert _fixed(_concept(handover), fixer) == {(home.pk, "czv")}


def _concept_size(handover: Handover) -> int:
    return rounds.size(_concept(handover)).households


def test_they_are_known_again_in_a_newer_koppeling(team, fixer):
    old, new = factories.handover(), factories.handover(datetime.date(2026, 6, 1))
    adult = factories.person()
    _home(old, adults=[adult])
    _home(new, adults=[adult])
    visits.visit_round(old)
    assert rounds.left_out(_concept(new)).running == 1


def test_a_round_with_all_on_another_is_not_fixed_for_nobody(team, fixer):
    handover = factories.handover()
    _home(handover)
    visits.visit_round(handover)
    second = _concept(handover)
    with pytest.raises(NotNow, match="staan al op een lopende ronde"):
        _fixed(second, fixer)
    assert len(_fixed(second, fixer, with_running=True)) == 2


def test_the_page_says_how_many_and_asks(running, fixer):
    handover, _ = running
    second = _concept(handover)
    tail = visits.AuditTail()
    client, page = _client(fixer), f"/rondes/{second.pk}/"
    said = "12 huishoudens staan al op een lopende ronde"
    shown = client.get(page)
    assert said in _words(shown)
    assert re.search(r'name="lopend" value="nee"[^>]* checked', shown.content.decode())
    seen = _words(_client(second.made_by).get(page))
    assert f"{said} Zij blijven daar" in seen
    start = f"/rondes/nieuw/?soort=bezoek&koppeling={handover.pk}"
    assert "Er staan al huishoudens op een lopende ronde" in _words(client.get(start))
    assert "lopende ronde" not in _words(client.get(start.replace("bezoek", "brief")))
    assert said not in _words(client.post(f"{page}vaststellen/", {"lopend": "ja"}, follow=True))
    with acting_as(SYSTEM_ACTOR):
        assert Approach.objects.filter(round=second).count() == 13
    [(_, _, _, details)] = tail.lines(Event.ROUND_FIXED)
    assert (details["op_lopende_ronde"], details["lopend_meegenomen"]) == (12, True)


@pytest.mark.parametrize("posted", [{}, {"lopend": "nee"}])
def test_without_a_choice_they_stay_where_they_are(running, fixer, posted):
    second = _concept(running[0])
    _client(fixer).post(f"/rondes/{second.pk}/vaststellen/", posted)
    with acting_as(SYSTEM_ACTOR):
        assert Approach.objects.filter(round=second).count() == 1


def test_a_few_are_told_as_few(team, fixer):
    handover = factories.handover()
    _home(handover)
    visits.visit_round(handover, ["stadspas"])
    _home(handover)
    page = _words(_client(fixer).get(f"/rondes/{_concept(handover).pk}/"))
    assert "Minder dan 10 huishoudens staan al op een lopende ronde" in page


@pytest.mark.parametrize("kind", RoundKind)
@pytest.mark.parametrize("result", [Result.HELPED, Result.GRANTED, Result.HAS_IT])
def test_what_was_arranged_is_not_brought_again(team, fixer, kind, result):
    handover = factories.handover()
    home = _home(handover)
    first = visits.visit_round(handover)
    _ended(first, result, "stadspas")
    with acting_as(fixer.actor()):
        rounds.close(round_=first, by=fixer)
    visit = kind == RoundKind.VISIT
    second = _concept(handover, kind, BOTH if visit else ["stadspas"])
    assert rounds.left_out(second).settled == (0 if visit else 1)
    assert _fixed(second, fixer) == ({(home.pk, "czv")} if visit else set())
    _ended(first, result, *BOTH)
    assert rounds.left_out(_concept(handover)).settled == 1


def test_what_was_refused_or_left_open_is_brought_again(team, fixer):
    handover = factories.handover()
    _home(handover)
    first = visits.visit_round(handover)
    _ended(first, Result.REFUSED, "stadspas")
    with acting_as(fixer.actor()):
        rounds.close(round_=first, by=fixer)
    assert len(_fixed(_concept(handover), fixer)) == 2


@pytest.mark.parametrize(
    ("peildatum", "together", "again"),
    [
        (datetime.date(2027, 2, 28), False, False),
        (datetime.date(2027, 3, 1), False, True),
        (datetime.date(2026, 6, 1), True, True),
    ],
)
def test_it_holds_for_a_year_and_for_the_same_adults(team, fixer, peildatum, together, again):
    old, new = factories.handover(datetime.date(2026, 3, 1)), factories.handover(peildatum)
    adult = factories.person()
    _home(old, adults=[adult])
    first = visits.visit_round(old)
    _ended(first, Result.GRANTED, *BOTH)
    with acting_as(fixer.actor()):
        rounds.close(round_=first, by=fixer)
    _home(new, adults=[adult, factories.person()] if together else [adult])
    assert bool(_concept_size(new)) is again


def test_the_page_says_that_nobody_is_asked_twice(team, fixer):
    handover = factories.handover()
    many(handover, 12)
    first = visits.visit_round(handover, ["stadspas"])
    _ended(first, Result.GRANTED, "stadspas")
    many(handover, 11)
    page = _words(_client(fixer).get(f"/rondes/{_concept(handover).pk}/"))
    assert "12 huishoudens doen niet mee. Zij kregen in een eerdere ronde al hulp" in page
    assert "lopende ronde" not in page


# --- the last contact over all rounds ---


def _list_and_stop(handover: Handover, team: Team) -> Looplijst:
    return visits.lists_of(handover, team, name="Tweede")


def test_a_list_tells_the_last_contact_of_every_round(team):
    walker = factories.user(Role.BUURTTEAM, team=team)
    old, new = factories.handover(), factories.handover(datetime.date(2026, 6, 1))
    adult = factories.person()
    _home(old, adults=[adult], house_number=3)
    _home(new, adults=[adult], house_number=3)
    _home(new, house_number=5)
    [before] = visits.items(visits.lists_of(old, team, name="Eerste"))
    visits.save(before, walker, day=datetime.date(2026, 3, 2))
    second = _list_and_stop(new, team)
    client = _client(walker)
    rows = client.get(f"/looplijsten/{second.pk}/").context["rows"]
    assert [(row["last"], row["who"]) for row in rows] == [("ma 2 mrt", "Jij"), ("", "")]
    assert rows[0]["status"]["label"] == ItemState.OPEN.label
    by_contact = client.get(f"/looplijsten/{second.pk}/?sort=contact").context["rows"]
    assert [row["number"] for row in by_contact] == [1, 2]
    # Of a household elsewhere this team sees nothing, also not that somebody was there.
    away = factories.handover()
    factories.team("Zuid", buurten=["BU2"])
    _home(away, adults=[adult], buurt_code="BU2")
    [elsewhere] = visits.items(visits.lists_of(away, Team.objects.get(name="Zuid"), name="Zuid"))
    visits.save(elsewhere, factories.user(Role.CONSULENT), day=datetime.date(2026, 3, 9))
    assert client.get(f"/looplijsten/{second.pk}/").context["rows"][0]["last"] == "ma 2 mrt"
    desk = _client(factories.user(Role.CONSULENT))
    assert desk.get(f"/looplijsten/{second.pk}/").context["rows"][0]["last"] == "ma 9 mrt"
