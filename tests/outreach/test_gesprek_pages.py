"""Writing down a gesprek: few taps, once, honest about what was left out; and on to the next address."""

import datetime
import re
import threading
import uuid

import pytest
from django.db import IntegrityError, connections
from django.test import Client
from django.utils import timezone

from optout.actions import at_the_door
from optout.models import OptOut
from outreach.actions import claims, gesprekken
from outreach.actions.gesprekken import Attempt
from outreach.audit import Event
from outreach.forms import gesprek as forms
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Gesprek, HouseholdMember, Role, Round, Team
from outreach.models.gesprek import NOTE_LENGTH, AttemptKind, DayPart, GesprekResult
from outreach.models.looplijst import ItemState
from outreach.models.round import RoundState
from tests import days, factories
from tests.outreach import visits

pytestmark = pytest.mark.django_db
URL = "/huishoudens/{}/gesprek/"
TODAY = datetime.date(2026, 11, 22)
FIXED_ON = datetime.date(2026, 3, 1)


@pytest.fixture
def team() -> Team:
    return factories.team()


@pytest.fixture
def walker(team):
    return factories.user(Role.BUURTTEAM, team=team)


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    days.pin(monkeypatch, TODAY)


@pytest.fixture
def looplijst(team):
    made = visits.list_of(team, visits.streets(1, 3, 5))
    Round.objects.filter(pk=made.round_id).update(
        fixed_at=datetime.datetime.combine(FIXED_ON, datetime.time(12), datetime.UTC)
    )
    return made


def _client(user) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


def _url(item, query="") -> str:
    return URL.format(item.household_id) + f"?lijst={item.looplijst_id}{query}"


def _answers(**changed) -> dict[str, str]:
    answers = {
        "submission": str(uuid.uuid4()),
        "reached": "nee",
        "result": "",
        "note": "",
        "kind": "huisbezoek",
        "day_part": "middag",
        "happened_on": "2026-11-22",
    }
    return {**answers, **changed}


def _saved() -> list[Gesprek]:
    with acting_as(SYSTEM_ACTOR):
        return list(Gesprek.objects.order_by("pk"))


def _state(item) -> tuple[str, int]:
    with acting_as(SYSTEM_ACTOR):
        item.refresh_from_db()
    return item.state, item.attempts


def _errors(response) -> list[str]:
    return [str(error) for errors in response.context["form"].errors.values() for error in errors]


# --- the form ---


@pytest.mark.parametrize(
    ("hour", "part"), [(0, "ochtend"), (11, "ochtend"), (12, "middag"), (17, "middag"), (18, "avond")]
)
def test_visit_today_and_the_part_of_the_day_are_filled_in(walker, looplijst, monkeypatch, hour, part):
    now = timezone.make_aware(datetime.datetime(2026, 11, 22, hour, 59))
    monkeypatch.setattr(clock, "now", lambda: now)
    response = _client(walker).get(_url(visits.items(looplijst)[0]))
    form = response.context["form"]
    assert [form[name].value() for name in ("kind", "day_part", "happened_on", "reached")] == [
        "huisbezoek",
        part,
        TODAY,
        None,
    ]
    text = response.content.decode()
    assert f'huisbezoek, {part}, <span class="case-day">22-11-2026</span>' in text
    assert 'min="2026-03-01"' in text
    assert 'max="2026-11-22"' in text


def test_who_calls_gets_no_answer_and_nobody_is_out(walker, looplijst):
    """In the list of choices and in what is said about a wrong one."""
    item = visits.items(looplijst)[0]
    for query, word, other in (
        ("&bellen=1", "Geen gehoor", "Niet thuis"),
        ("", "Niet thuis", "Geen gehoor"),
    ):
        for response in (
            _client(walker).get(_url(item, query)),
            _client(walker).post(_url(item, query), _answers(reached="", kind="telefoon")),
        ):
            text = response.content.decode()
            assert word in text
            assert other not in text


def test_each_form_has_a_number_of_its_own(walker, looplijst):
    client, url = _client(walker), _url(visits.items(looplijst)[0])
    seen = {str(client.get(url).context["form"]["submission"].value()) for _ in range(3)}
    assert len(seen) == 3


def test_opening_the_form_is_written_down(walker, looplijst):
    item = visits.items(looplijst)[0]
    tail = visits.AuditTail()
    _client(walker).get(_url(item))
    assert tail.lines(Event.HOUSEHOLD_SEEN) == [(str(walker.pk), "huishouden", [str(item.household_id)], {})]


# --- saving ---


def test_nobody_home_is_saved_and_leads_to_the_next_address(walker, looplijst):
    first, second, _ = visits.items(looplijst)
    client = _client(walker)
    response = client.post(_url(first, "&status=te_doen"), _answers())
    assert response.status_code == 302
    assert response["Location"] == URL.format(second.household_id) + (f"?status=te_doen&lijst={looplijst.pk}")
    assert "Opgeslagen. Dit is het volgende adres." in client.get(response["Location"]).content.decode()
    [saved] = _saved()
    assert (saved.reached, saved.result, saved.day_part, saved.by_id) == (False, "", "middag", walker.pk)
    assert _state(first) == (ItemState.VISITED, 1)


def test_saving_alone_stays_at_the_household(walker, looplijst):
    first = visits.items(looplijst)[0]
    client = _client(walker)
    response = client.post(_url(first), _answers(blijven="1", note="Hond"))
    assert response["Location"] == f"/huishoudens/{first.household_id}/?lijst={looplijst.pk}"
    text = client.get(response["Location"]).content.decode()
    assert "Opgeslagen." in text
    assert "Hond" in text


def test_a_message_holds_no_name_and_no_address(walker, looplijst):
    client = _client(walker)
    client.post(_url(visits.items(looplijst)[0]), _answers())
    assert "Gerststraat" not in str(client.cookies)


def test_after_the_last_address_the_list_comes_back_as_it_was(walker, looplijst):
    client = _client(walker)
    for item in visits.items(looplijst):
        response = client.post(
            _url(item, "&sort=contact"), _answers(reached="ja", result="hulp_bij_aanvraag")
        )
    assert response["Location"] == f"/looplijsten/{looplijst.pk}/?sort=contact"
    assert "Er is geen volgend adres meer" in client.get(response["Location"]).content.decode()


def test_skipped_addresses_come_after_the_last_one(walker, looplijst):
    first, second, third = visits.items(looplijst)
    client = _client(walker)
    assert str(first.household_id) in client.post(_url(third), _answers())["Location"]
    assert str(second.household_id) in client.post(_url(first), _answers())["Location"]


def test_the_next_address_keeps_to_the_filters(team, walker):
    handover = factories.handover()
    for number, regeling in [(1, "czv"), (3, "stadspas"), (5, "czv")]:
        factories.candidacy(factories.household(in_handover=handover, house_number=number), regeling)
    first, _, third = visits.items(visits.lists_of(handover, team))
    response = _client(walker).post(_url(first, "&regeling=czv"), _answers())
    assert str(third.household_id) in response["Location"]


def test_who_walks_past_those_that_were_out_gets_the_next_of_those(walker, looplijst):
    first, _, third = visits.items(looplijst)
    for item in (first, third):
        visits.save(item, walker)
    client = _client(walker)
    assert str(third.household_id) in client.post(_url(first, "&status=bezocht"), _answers())["Location"]
    assert client.post(_url(third, "&status=bezocht"), _answers())["Location"].startswith(
        f"/looplijsten/{looplijst.pk}/"
    )


def test_an_address_that_opted_out_is_not_the_next_one(walker, looplijst):
    first, second, third = visits.items(looplijst)
    visits.opt_out(second.household)
    assert str(third.household_id) in _client(walker).post(_url(first), _answers())["Location"]


def test_without_a_list_in_the_address_the_household_is_ticked_off_all_the_same(walker, looplijst):
    first = visits.items(looplijst)[0]
    _client(walker).post(URL.format(first.household_id), _answers())
    assert _state(first) == (ItemState.VISITED, 1)


def test_who_did_not_come_from_a_list_calls_first_and_is_sent_to_no_next_address(walker, looplijst):
    client, first = _client(walker), visits.items(looplijst)[0]
    page = client.get(f"/huishoudens/{first.household_id}/")
    text = page.content.decode()
    assert text.index("Telefoon of balie vastleggen") < text.index("Huisbezoek vastleggen")
    assert [item["label"] for item in page.context["menu"] if item["current"]] == ["Zoeken"]
    assert page.context["back_label"] == "Zoeken"
    for url in (page.context["call_url"], page.context["gesprek_url"]):
        form = client.get(url).content.decode()
        assert "lijst=" not in url
        assert "Opslaan en volgende" not in form
        assert "Overslaan" not in form
    saved = client.post(page.context["gesprek_url"], _answers())
    assert saved["Location"] == f"/huishoudens/{first.household_id}/"


def test_who_came_from_a_list_visits_first(walker, looplijst):
    first = visits.items(looplijst)[0]
    page = _client(walker).get(f"/huishoudens/{first.household_id}/?lijst={looplijst.pk}")
    text = page.content.decode()
    assert text.index("Gesprek vastleggen") < text.index("Telefoon of balie vastleggen")
    assert [item["label"] for item in page.context["menu"] if item["current"]] == ["Looplijsten"]
    assert "Opslaan en volgende" in _client(walker).get(page.context["gesprek_url"]).content.decode()


def test_a_household_on_no_list_can_be_spoken_with_too():
    consulent, of = factories.user(Role.CONSULENT), factories.household()
    client = _client(consulent)
    text = client.get(URL.format(of.pk)).content.decode()
    response = client.post(URL.format(of.pk), _answers(kind="telefoon"))
    assert "Opslaan en volgende" not in text
    assert response["Location"] == f"/huishoudens/{of.pk}/"
    assert _saved()[0].item_id is None


# --- once ---


def test_the_same_form_sent_twice_is_saved_once_and_answered_alike(walker, looplijst):
    first = visits.items(looplijst)[0]
    client, answers, tail = _client(walker), _answers(), visits.AuditTail()
    one, two = (client.post(_url(first), answers) for _ in range(2))
    assert one["Location"] == two["Location"]
    assert len(_saved()) == 1
    assert _state(first) == (ItemState.VISITED, 1)
    assert len(tail.lines(Event.GESPREK_SAVED)) == 1


def test_a_double_tap_at_the_same_moment_is_saved_once(walker, looplijst, unblocked):
    first = visits.items(looplijst)[0]
    answers, barrier, codes = _answers(), threading.Barrier(4), []
    clients = [_client(walker) for _ in range(4)]

    def tap(client) -> None:
        barrier.wait()
        codes.append(client.post(_url(first), answers).status_code)
        connections.close_all()

    threads = [threading.Thread(target=tap, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes == [302] * 4
    assert len(_saved()) == 1
    assert _state(first) == (ItemState.VISITED, 1)


def test_an_old_form_with_another_answer_is_not_taken_for_saved(walker, looplijst):
    first = visits.items(looplijst)[0]
    client, answers = _client(walker), _answers()
    client.post(_url(first), answers)
    changed = {**answers, "reached": "ja", "result": "hulp_bij_aanvraag", "note": "Toch open gedaan"}
    response = client.post(_url(first), changed)
    assert response.status_code == 200
    assert "was al opgeslagen, met een ander antwoord" in _errors(response)[0]
    renewed = response.context["form"]["submission"].value()
    assert renewed != answers["submission"]
    assert "Toch open gedaan" in response.content.decode()
    assert client.post(_url(first), {**changed, "submission": renewed}).status_code == 302
    assert [saved.result for saved in _saved()] == ["", "hulp_bij_aanvraag"]


def test_who_saves_where_a_colleague_is_busy_is_told_and_both_are_kept(team, walker, looplijst):
    item = visits.items(looplijst)[0]
    colleague = factories.user(Role.BUURTTEAM, team=team)
    with acting_as(colleague.actor()):
        claims.take(household=item.household, by=colleague)
    page = _client(walker).post(_url(item), _answers(blijven="1"), follow=True).content.decode()
    assert page.count("Vertel je collega wat jij al hebt opgeslagen.") == 1
    assert f"{colleague.display_name()} is hiermee bezig" in page
    with acting_as(SYSTEM_ACTOR):
        assert claims.holder(item.household).by == colleague
    page = _client(colleague).post(_url(item), _answers(blijven="1"), follow=True).content.decode()
    assert "Vertel je collega" not in page
    assert {one.by for one in _saved()} == {walker, colleague}


def test_two_people_at_one_door_both_keep_what_they_wrote(team, walker, looplijst):
    first = visits.items(looplijst)[0]
    colleague = factories.user(Role.BUURTTEAM, team=team)
    for user in (walker, colleague):
        _client(user).post(_url(first), _answers(note=user.username))
    assert [saved.note for saved in _saved()] == [walker.username, colleague.username]
    assert _state(first) == (ItemState.VISITED, 2)


# --- what is refused ---


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"result": "<b>"}, "Kies een van deze antwoorden."),
        ({"reached": ""}, "Kies ‘Gesproken’ of ‘Niet thuis’."),
        ({"reached": "ja"}, "Kies wat er uit het gesprek kwam."),
        ({"result": "hulp_bij_aanvraag"}, "Je koos ‘Niet thuis’."),
        ({"happened_on": "2026-11-23"}, "Deze dag moet nog komen."),
        ({"happened_on": "2026-02-28"}, "De ronde begon op 01-03-2026."),
        ({"happened_on": "2026-02-30"}, "Vul een bestaande datum in."),
        ({"happened_on": ""}, "Vul een datum in."),
        ({"note": "x" * (NOTE_LENGTH + 1)}, "De notitie is te lang: hooguit 500 tekens."),
        ({"kind": "duif"}, "Kies hoe je contact zocht."),
        ({"day_part": ""}, "Kies een deel van de dag."),
        ({"submission": "x"}, "Dit formulier is niet meer geldig."),
    ],
)
def test_what_cannot_be_right_is_said_and_nothing_is_saved(walker, looplijst, changed, message):
    item = visits.items(looplijst)[0]
    response = _client(walker).post(_url(item), _answers(**{"note": "Blijft staan", **changed}))
    assert any(error.startswith(message) for error in _errors(response))
    assert _saved() == []
    if "note" not in changed:
        assert "Blijft staan" in response.content.decode()


@pytest.mark.parametrize("day", ["2026-03-01", "2026-11-22"])
def test_the_first_and_the_last_day_are_allowed(walker, looplijst, day):
    response = _client(walker).post(_url(visits.items(looplijst)[0]), _answers(happened_on=day))
    assert response.status_code == 302


def test_a_new_line_counts_as_one_character(walker, looplijst):
    note = "\r\n".join(["x"] * (NOTE_LENGTH // 2)) + "x"
    _client(walker).post(_url(visits.items(looplijst)[0]), _answers(note=note))
    assert len(_saved()[0].note) == NOTE_LENGTH


@pytest.mark.parametrize("result", forms.HEARD_FROM_OTHERS)
def test_a_neighbour_may_say_that_somebody_moved_or_died(walker, looplijst, result):
    item = visits.items(looplijst)[0]
    _client(walker).post(_url(item), _answers(result=result.value))
    assert _state(item)[0] == ItemState.DONE


def test_the_form_warns_against_what_may_not_be_written_down(walker, looplijst):
    text = _client(walker).get(_url(visits.items(looplijst)[0])).content.decode()
    for word in ("gezondheid", "geloof", "afkomst"):
        assert word in text


def test_a_failing_audit_saves_nothing(walker, looplijst):
    item = visits.items(looplijst)[0]
    with visits.broken_audit():
        assert _client(walker).post(_url(item), _answers()).status_code == 500
    assert _saved() == []
    assert _state(item) == (ItemState.OPEN, 0)


# --- no contact any more ---


def test_who_wants_no_contact_is_opted_out_with_all_adults_at_once(team, walker):
    handover = factories.handover()
    adults = [factories.person(), factories.person()]
    child = factories.person(birth_date="20180101")
    of = factories.household(in_handover=handover, adults=adults, children=[child])
    factories.candidacy(of)
    looplijst = visits.lists_of(handover, team)
    [item] = visits.items(looplijst)
    tail, client = visits.AuditTail(), _client(walker)
    answers = _answers(reached="ja", result=GesprekResult.NO_CONTACT.value)
    response = client.post(_url(item), answers)
    again = client.post(_url(item), answers)
    assert response["Location"] == again["Location"] == f"/looplijsten/{looplijst.pk}/"
    with acting_as(SYSTEM_ACTOR):
        outs = list(OptOut.objects.values_list("person_id", "regeling_id", "channel", "registered_by"))
        refused = set(
            HouseholdMember.objects.filter(person__no_contact=True).values_list("person", flat=True)
        )
    assert sorted(outs) == sorted((adult.pk, None, "deur", walker.pk) for adult in adults)
    assert refused == {adult.pk for adult in adults}
    assert _state(item)[0] == ItemState.DONE
    assert len(tail.lines(Event.OPT_OUT_REGISTERED)) == 2
    assert "Gerststraat" not in client.get(response["Location"]).content.decode()


def test_no_gesprek_says_so_without_the_opt_out_whatever_writes_it(walker, looplijst):
    item = visits.items(looplijst)[0]
    attempt = Attempt(AttemptKind.VISIT, DayPart.MORNING, TODAY, True, GesprekResult.NO_CONTACT)
    words = {"household": item.household, "item": item, "attempt": attempt, "by": walker}
    with pytest.raises(IntegrityError, match="gaat samen met de afmelding"), acting_as(walker.actor()):
        gesprekken.save(submission=uuid.uuid4(), **words)
    assert _saved() == []
    with acting_as(walker.actor()):
        at_the_door.save_gesprek(submission=uuid.uuid4(), **words)
    with acting_as(SYSTEM_ACTOR):
        assert OptOut.objects.filter(withdrawn_at=None).count() == 1
    assert len(_saved()) == 1


@pytest.mark.parametrize(
    ("kind", "channel"), [("huisbezoek", "deur"), ("telefoon", "telefoon"), ("afspraak_op_locatie", "balie")]
)
def test_how_somebody_told_us_is_how_he_was_spoken_to(walker, looplijst, kind, channel):
    item = visits.items(looplijst)[0]
    answers = _answers(reached="ja", result=GesprekResult.NO_CONTACT.value, kind=kind)
    _client(walker).post(_url(item), answers)
    with acting_as(SYSTEM_ACTOR):
        assert OptOut.objects.get().channel == channel


def test_opting_out_and_the_gesprek_are_both_done_or_neither(walker, looplijst, monkeypatch):
    def breaks(**_: object) -> None:
        raise RuntimeError("broken on purpose")

    monkeypatch.setattr("optout.actions.opt_out.register", breaks)
    item = visits.items(looplijst)[0]
    answers = _answers(reached="ja", result=GesprekResult.NO_CONTACT.value)
    assert _client(walker).post(_url(item), answers).status_code == 500
    assert _saved() == []
    assert _state(item) == (ItemState.OPEN, 0)


def test_there_is_no_form_for_who_does_not_want_contact(walker, looplijst):
    item = visits.items(looplijst)[0]
    visits.opt_out(item.household)
    response = _client(walker).get(_url(item))
    assert response["Location"] == f"/huishoudens/{item.household_id}/?lijst={looplijst.pk}"


def test_a_closed_round_is_not_walked_any_more(walker, looplijst):
    item = visits.items(looplijst)[0]
    Round.objects.filter(pk=looplijst.round_id).update(state=RoundState.CLOSED)
    client = _client(walker)
    response = client.get(_url(item))
    assert response["Location"] == f"/huishoudens/{item.household_id}/?lijst={looplijst.pk}"
    assert "Gesprek vastleggen" not in client.get(response["Location"]).content.decode()
    assert "/gesprek/" not in client.get(f"/looplijsten/{looplijst.pk}/").content.decode()


# --- who may ---


def test_a_list_of_another_team_cannot_be_ticked_off(looplijst):
    item = visits.items(looplijst)[0]
    neighbour = factories.user(Role.BUURTTEAM, team=factories.team("Buren"))
    assert _client(neighbour).post(_url(item), _answers()).status_code == 404
    assert _saved() == []


def test_ids_of_the_form_are_unique_and_every_field_has_its_error_beside_it(walker, looplijst):
    response = _client(walker).post(_url(visits.items(looplijst)[0]), _answers(reached="", happened_on=""))
    text = response.content.decode()
    ids = re.findall(r'\sid="([^"]+)"', text)
    assert sorted(ids) == sorted(set(ids))
    assert 'href="#id_reached"' in text
    assert re.search(r"<details[^>]* open>", text)
    assert "<title>Fout: " in text
