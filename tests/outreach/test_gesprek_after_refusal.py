"""What happened is written down, also when an opt-out or the end of a round came in between."""

import uuid

import pytest
from django.test import Client
from django.utils import timezone

from optout.actions import opt_out
from optout.models import Channel, Scope
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Draft, Gesprek, Role, Round, Task
from outreach.models.round import RoundState
from tests import factories
from tests.outreach import visits

pytestmark = pytest.mark.django_db


@pytest.fixture
def walker():
    return factories.user(Role.BUURTTEAM, team=factories.team())


@pytest.fixture
def item(walker):
    return visits.items(visits.list_of(walker.team))[0]


def _client(user) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


def _url(item, more: str = "") -> str:
    return f"/huishoudens/{item.household_id}/gesprek/?lijst={item.looplijst_id}{more}"


def _answers(**changed) -> dict[str, str]:
    today = timezone.localdate().isoformat()
    answers = {
        "submission": str(uuid.uuid4()),
        "reached": "ja",
        "result": "uitleg_gegeven",
        "note": "Wij spraken aan de deur.",
        "kind": "huisbezoek",
        "day_part": "middag",
        "happened_on": today,
    }
    return {**answers, **changed}


def _call_back() -> dict[str, str]:
    return {
        "task_kind": "terugbellen",
        "task_for": "ik",
        "task_due_on": timezone.localdate().isoformat(),
    }


def _rows() -> tuple[list[str], int]:
    with acting_as(SYSTEM_ACTOR):
        return list(Gesprek.objects.values_list("note", flat=True)), Task.objects.count()


@pytest.mark.parametrize("reached", ["ja", "nee"])
def test_what_was_said_before_an_opt_out_came_in_is_saved_without_new_contact(walker, item, reached):
    visits.opt_out(item.household)
    client = _client(walker)
    result = "uitleg_gegeven" if reached == "ja" else ""
    answers = _answers(reached=reached, result=result, blijven="1", **_call_back())
    page = client.post(_url(item), answers, follow=True)
    assert _rows() == (["Wij spraken aan de deur."], 0)
    assert "Opgeslagen. Dit huishouden wil geen contact meer." in page.content.decode()
    again = client.post(_url(item), answers)
    assert (again.status_code, _rows()) == (302, (["Wij spraken aan de deur."], 0))


def test_a_retry_after_an_opt_out_knows_what_was_saved_before_it(walker, item):
    client, answers = _client(walker), _answers(**_call_back())
    assert client.post(_url(item), answers).status_code == 302
    visits.opt_out(item.household)
    assert client.post(_url(item), answers).status_code == 302
    assert _rows() == (["Wij spraken aan de deur."], 1)


def test_what_was_said_about_a_regeling_that_was_refused_meanwhile_is_kept(walker, item):
    visits.opt_out(item.household, "stadspas")
    assert _client(walker).post(_url(item), _answers(said_stadspas="geholpen")).status_code == 302
    with acting_as(SYSTEM_ACTOR):
        assert Gesprek.objects.get().outcomes.get().regeling_id == "stadspas"


def test_what_was_said_before_the_round_was_closed_is_saved(walker, item):
    Round.objects.filter(pk=item.round_id).update(state=RoundState.CLOSED)
    assert _client(walker).post(_url(item), _answers()).status_code == 302
    assert _rows() == (["Wij spraken aan de deur."], 0)
    assert Round.objects.get(pk=item.round_id).state == RoundState.CLOSED


def test_a_draft_is_reached_after_an_opt_out(walker, item):
    client, key = _client(walker), str(uuid.uuid4())
    client.post(_url(item), _answers(submission=key, concept="1"))
    visits.opt_out(item.household)
    with acting_as(walker.actor()):
        assert Draft.objects.count() == 1
    household = client.get(f"/huishoudens/{item.household_id}/?lijst={item.looplijst_id}").content.decode()
    assert "Verder met je concept" in household
    assert client.get(_url(item)).status_code == 200
    assert "Wij spraken aan de deur." in client.get(_url(item, f"&concept={key}")).content.decode()


def test_who_calls_himself_is_written_down_though_nobody_seeks_him(walker, item):
    visits.opt_out(item.household)
    client = _client(walker)
    household = client.get(f"/huishoudens/{item.household_id}/").content.decode()
    assert "Inwoner zocht zelf contact" in household
    assert "zelf=1" in household
    form = client.get(_url(item, "&zelf=1"))
    assert [kind for kind, _ in form.context["form"].fields["kind"].choices] == [
        "telefoon",
        "afspraak_op_locatie",
    ]
    refused = client.post(_url(item, "&zelf=1"), _answers())
    assert "kind" in refused.context["form"].errors
    answers = _answers(kind="telefoon", note="Belde zelf.")
    saved = client.post(_url(item, "&zelf=1"), answers)
    assert saved["Location"] == f"/huishoudens/{item.household_id}/?lijst={item.looplijst_id}"
    assert _rows() == (["Belde zelf."], 0)


def test_to_open_a_visit_stays_blocked(walker, item):
    visits.opt_out(item.household)
    client = _client(walker)
    assert client.get(_url(item)).status_code == 302
    page = client.get(f"/huishoudens/{item.household_id}/").content.decode()
    assert "Gesprek vastleggen" not in page


def _no_visit(item) -> None:
    with acting_as(SYSTEM_ACTOR):
        person = item.household.members.get(addressee=True).person
        opt_out.register(
            person=person, regeling=None, scope=Scope.VISITS, channel=Channel.LETTER, by=factories.user()
        )


def _closed(item) -> None:
    Round.objects.filter(pk=item.round_id).update(state=RoundState.CLOSED)


@pytest.mark.parametrize("why", [_no_visit, _closed])
def test_who_may_not_be_visited_may_be_called(walker, item, why):
    why(item)
    client = _client(walker)
    page = client.get(f"/huishoudens/{item.household_id}/").content.decode()
    assert "Telefoon of balie vastleggen" in page
    assert "Gesprek vastleggen" not in page
    assert client.get(_url(item)).status_code == 302
    form = client.get(_url(item, "&bellen=1"))
    assert [kind for kind, _ in form.context["form"].fields["kind"].choices] == [
        "telefoon",
        "afspraak_op_locatie",
    ]
    assert "kind" in client.post(_url(item, "&bellen=1"), _answers()).context["form"].errors
    saved = client.post(_url(item, "&bellen=1"), _answers(kind="telefoon", reached="nee", result=""))
    assert saved["Location"] == f"/huishoudens/{item.household_id}/?lijst={item.looplijst_id}"
    assert _rows() == (["Wij spraken aan de deur."], 0)


def test_who_may_be_visited_may_be_called_too_without_saying_first_that_nobody_went(walker, item):
    client = _client(walker)
    page = client.get(f"/huishoudens/{item.household_id}/?lijst={item.looplijst_id}")
    text = page.content.decode()
    assert text.count("Telefoon of balie vastleggen") == text.count("Gesprek vastleggen") == 1
    form = client.get(page.context["call_url"]).context["form"]
    assert (form["kind"].value(), form["reached"].value()) == ("telefoon", None)
    assert text.count("Inwoner zocht zelf contact") == 1
    form = client.get(page.context["themselves_url"]).context["form"]
    assert (form["kind"].value(), form["reached"].value()) == ("telefoon", "ja")


def test_who_wants_no_contact_is_not_called(walker, item):
    visits.opt_out(item.household)
    client = _client(walker)
    page = client.get(f"/huishoudens/{item.household_id}/").content.decode()
    assert "Telefoon of balie vastleggen" not in page
    assert client.get(_url(item, "&bellen=1")).status_code == 302


def test_a_call_that_begins_at_the_search_goes_back_to_the_household(item):
    """Also of an address that stands on a list: nobody walks on to the next one."""
    client = _client(factories.user(Role.CONSULENT))
    household = client.get(f"/huishoudens/{item.household_id}/")
    form = client.get(household.context["call_url"])
    assert form.context["form"]["kind"].value() == "telefoon"
    assert [kind for kind, _ in form.context["form"].fields["kind"].choices] == [
        "telefoon",
        "afspraak_op_locatie",
    ]
    assert "Opslaan en volgende" not in form.content.decode()
    saved = client.post(household.context["call_url"], _answers(kind="afspraak_op_locatie"))
    assert saved["Location"].startswith(f"/huishoudens/{item.household_id}/")
