"""Under the folds of the form: what is chosen must be whole, is saved once, and is shown after."""

import datetime
import uuid

import pytest
from django.test import Client

from outreach.actions import tasks
from outreach.audit import Event
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Approach, Gesprek, GesprekOutcome, Role, SituationChange, Task, User
from outreach.models.approach import Result
from outreach.models.looplijst import ItemState
from tests import days, factories
from tests.outreach import visits
from tests.roles import as_role

pytestmark = pytest.mark.django_db
URL = "/huishoudens/{}/gesprek/"
TODAY = datetime.date(2026, 11, 22)
BSN = "123456782"


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    days.pin(monkeypatch, TODAY)


@pytest.fixture
def walker():
    return factories.user(Role.BUURTTEAM, team=factories.team())


@pytest.fixture
def item(walker):
    handover = factories.handover()
    of = factories.household(in_handover=handover)
    for code in visits.REGELINGEN:
        factories.candidacy(of, code)
    return visits.items(visits.lists_of(handover, walker.team))[0]


@pytest.fixture
def client(walker) -> Client:
    made = Client(raise_request_exception=False)
    made.force_login(walker)
    return made


def _answers(**changed) -> dict[str, str]:
    answers = {
        "submission": str(uuid.uuid4()),
        "reached": "ja",
        "result": "uitleg_gegeven",
        "note": "",
        "kind": "huisbezoek",
        "day_part": "middag",
        "happened_on": "2026-11-22",
        # As a browser sends what nobody touched.
        "said_stadspas": "",
        "again_stadspas": "2027-11-22",
        "said_czv": "",
        "again_czv": "2027-11-22",
        "change_1": "",
        "change_1_on": "",
        "change_2": "",
        "change_2_on": "",
        "meeting": "",
        "meeting_on": "",
        "meeting_at": "",
        "meeting_place": "",
        "task_kind": "",
        "task_for": "ik",
        "task_due_on": "2026-11-29",
        "task_text": "",
    }
    return answers | changed


def _post(client, item, **changed):
    return client.post(URL.format(item.household_id) + f"?lijst={item.looplijst_id}", _answers(**changed))


def _count() -> list[int]:
    with acting_as(SYSTEM_ACTOR):
        return [model.objects.count() for model in (Gesprek, GesprekOutcome, SituationChange, Task)]


ALL = {
    "said_stadspas": "wil_niet",
    "again_stadspas": "2027-06-01",
    "said_czv": "geholpen",
    "change_1": "kind_geboren",
    "change_1_on": "2026-11-03",
    "meeting": "balie",
    "meeting_on": "2026-11-26",
    "meeting_at": "14:30",
    "meeting_place": "Stadsloket",
    "task_kind": "terugbellen",
    "task_text": "Na zes uur",
}


def test_what_nobody_touched_says_nothing(client, item):
    assert _post(client, item).status_code == 302
    assert _count() == [1, 0, 0, 0]


def test_sent_twice_all_of_it_is_saved_once(client, item):
    answers, tail = _answers(**ALL), visits.AuditTail()
    url = URL.format(item.household_id) + f"?lijst={item.looplijst_id}"
    one, two = (client.post(url, answers) for _ in range(2))
    assert one.status_code == two.status_code == 302
    assert one["Location"] == two["Location"]
    assert _count() == [1, 2, 1, 2]
    assert len(tail.lines(Event.GESPREK_SAVED)) == 1
    assert len(tail.lines(Event.TASK_MADE)) == 2


def test_an_old_form_with_another_word_about_a_regeling_is_not_taken_for_saved(client, item):
    answers = _answers(**ALL)
    url = URL.format(item.household_id) + f"?lijst={item.looplijst_id}"
    client.post(url, answers)
    response = client.post(url, answers | {"said_czv": "heeft_al"})
    assert "met een ander antwoord" in response.content.decode()
    assert _count()[0] == 1


def test_what_was_said_stands_on_the_page_of_the_household(client, item):
    _post(client, item, **ALL)
    text = client.get(f"/huishoudens/{item.household_id}/").content.decode()
    for part in (
        "Laatst gezegd: wil het niet, weer vragen vanaf 1 juni 2027. Begin er nu niet over.",
        "Laatst gezegd: geholpen met aanvragen.",
        "Kind geboren, per 3 november 2026",
        "Aan de balie, Stadsloket",
        "do 26 nov, 14.30 uur",
        "Na zes uur",
    ):
        assert part in text, part


@pytest.mark.parametrize(
    ("result", "said"),
    [
        ("geen_hulp_nodig", "heeft_al"),
        ("hulp_bij_aanvraag", ""),
        ("hulp_bij_aanvraag", "geholpen"),
        ("uitleg_gegeven", "geholpen"),
        ("overleden", "wil_aanvragen"),
    ],
)
def test_what_came_of_it_and_of_a_regeling_may_both_be_true(client, item, result, said):
    _post(client, item, result=result, said_czv=said)
    with acting_as(SYSTEM_ACTOR):
        saved = Gesprek.objects.get()
        assert saved.result == result
        assert [one.outcome for one in saved.outcomes.all()] == [said] * bool(said)


@pytest.mark.parametrize("sent", ["", "geen"])
@pytest.mark.parametrize(
    ("stadspas", "czv", "result"),
    [
        ("", "wil_aanvragen", "uitleg_gegeven"),
        ("geen_recht", "wil_aanvragen", "uitleg_gegeven"),
        ("wil_aanvragen", "geholpen", "hulp_bij_aanvraag"),
        ("doorverwezen", "wil_aanvragen", "doorverwezen"),
        ("heeft_al", "geen_recht", "geen_hulp_nodig"),
    ],
)
def test_what_came_of_the_regelingen_says_what_came_of_the_whole(client, item, sent, stadspas, czv, result):
    assert _post(client, item, result=sent, said_stadspas=stadspas, said_czv=czv).status_code == 302
    with acting_as(SYSTEM_ACTOR):
        assert Gesprek.objects.get().result == result


def test_no_result_is_chosen_before_somebody_taps_and_who_was_spoken_to_has_to_have_one(client, item):
    text = client.get(URL.format(item.household_id)).content.decode()
    results = [one for one in text.split("<input") if 'name="result"' in one.split(">")[0]]
    assert len(results) == 9
    assert [one for one in results if "checked" in one.split(">")[0] or 'value=""' in one.split(">")[0]] == []
    text = _post(client, item, result="geen").content.decode()
    field = text[text.index('id="id_result"') :]
    field = field[: field.index("</fieldset>")]
    assert "Kies wat er uit het gesprek kwam. Of kies het onder ‘Per regeling’." in field
    assert _count() == [0, 0, 0, 0]
    assert _post(client, item, reached="nee", result="geen").status_code == 302


def test_helped_as_a_whole_names_the_regeling_when_one_was_spoken_about(client, item):
    form = _post(client, item, result="hulp_bij_aanvraag", said_czv="heeft_al").context["form"]
    assert "Bij welke regeling hielp je?" in form.errors["result"][0]
    assert _count()[0] == 0


@pytest.mark.parametrize(
    ("changed", "field", "message"),
    [
        ({"said_stadspas": "wil_niet", "again_stadspas": ""}, "again_stadspas", "Kies vanaf wanneer"),
        ({"said_stadspas": "wil_niet", "again_stadspas": "2026-11-22"}, "again_stadspas", "na vandaag"),
        ({"said_stadspas": "wil_niet", "again_stadspas": "2040-01-01"}, "again_stadspas", "5 jaar"),
        ({"said_stadspas": "onzin"}, "said_stadspas", "Kies een van deze"),
        ({"reached": "nee", "result": "", "said_czv": "heeft_al"}, "said_czv", "alleen als je iemand"),
        ({"reached": "nee", "result": "", "change_1": "inkomen"}, "change_1", "alleen als je iemand"),
        ({"change_1": "inkomen"}, "change_1_on", "op welke dag"),
        ({"change_1_on": "2026-11-01"}, "change_1", "Kies wat er veranderde"),
        ({"change_1": "inkomen", "change_1_on": "1999-01-01"}, "change_1_on", "5 jaar"),
        (
            {
                "change_1": "inkomen",
                "change_1_on": "2026-11-01",
                "change_2": "inkomen",
                "change_2_on": "2026-11-02",
            },
            "change_2",
            "hierboven",
        ),
        ({"meeting": "thuis", "meeting_on": "2026-11-26"}, "meeting_at", "Vul een tijd in"),
        ({"meeting": "thuis", "meeting_at": "14:00"}, "meeting_on", "Vul een datum in"),
        ({"meeting": "thuis", "meeting_on": "2026-11-21", "meeting_at": "14:00"}, "meeting_on", "latere"),
        ({"meeting_place": "Loket"}, "meeting", "Kies hoe jullie"),
        ({"task_text": "Neem de map mee"}, "task_kind", "Kies wat er moet"),
        ({"task_kind": "overig", "task_due_on": ""}, "task_due_on", "Vul een datum in"),
        ({"task_kind": "overig", "task_text": BSN}, "task_text", "BSN"),
        ({"task_kind": "terugmelding_brp"}, "task_kind", "Kies een van deze"),
        ({"task_kind": "overig", "task_for": "team-999"}, "task_for", "Kies een van deze"),
        ({"result": "geen_contact_gewenst", "task_kind": "terugbellen"}, "task_kind", "niemand meer terug"),
        ({"result": "geen_hulp_nodig", "said_czv": "wil_aanvragen"}, "said_czv", "‘Heeft geen hulp nodig’"),
        ({"result": "geen_hulp_nodig", "said_czv": "geholpen"}, "said_czv", "past hier niet bij"),
        ({"result": "geen_hulp_nodig", "said_czv": "doorverwezen"}, "said_czv", "past hier niet bij"),
        ({"result": "woont_hier_niet", "said_czv": "heeft_al"}, "said_czv", "‘Woont hier niet’"),
        (
            {
                "result": "geen_contact_gewenst",
                "meeting": "thuis",
                "meeting_on": "2026-11-26",
                "meeting_at": "14:00",
            },
            "meeting",
            "niemand meer terug",
        ),
    ],
)
def test_what_is_not_whole_is_said_beside_it_under_an_open_fold(client, item, changed, field, message):
    response = _post(client, item, **changed)
    assert response.status_code == 200
    form = response.context["form"]
    assert message in " ".join(form.errors[field])
    text = response.content.decode()
    before = text[: text.index(f'id="id_{field}"')]
    assert before.rindex("<details") == before.rindex("open>") - before[before.rindex("<details") :].index(
        "open>"
    )
    assert _count() == [0, 0, 0, 0]


def test_who_left_meanwhile_gets_no_task_and_nothing_is_saved(client, item, walker, monkeypatch):
    colleague = factories.user(Role.BUURTTEAM, team=walker.team)
    offered = tasks.takers
    User.objects.filter(pk=colleague.pk).update(is_active=False)
    monkeypatch.setattr(tasks, "takers", lambda *args: (offered(*args)[0], [colleague]))
    response = _post(client, item, task_kind="overig", task_for=f"collega-{colleague.pk}")
    assert "werkt hier niet meer" in response.content.decode()
    assert _count() == [0, 0, 0, 0]


def test_lives_not_here_tells_the_brp_and_closes_the_address(client, item):
    _post(client, item, reached="nee", result="woont_hier_niet")
    with acting_as(SYSTEM_ACTOR):
        [task] = Task.objects.all()
        item.refresh_from_db()
    assert task.kind == "terugmelding_brp"
    assert item.state == ItemState.DONE


# --- nobody home ---


def test_the_list_and_the_page_say_when_to_try_again(client, item):
    _post(client, item, reached="nee", result="", day_part="ochtend")
    # 22 November 2026 is a Sunday.
    for url in (f"/looplijsten/{item.looplijst_id}/", f"/huishoudens/{item.household_id}/"):
        assert "Probeer: dinsdagavond" in client.get(url).content.decode()


def test_after_the_last_attempt_the_list_says_that_nobody_was_reached(client, item, settings):
    settings.MAX_ATTEMPTS = 2
    for part in ("ochtend", "middag"):
        _post(client, item, reached="nee", result="", day_part=part)
    text = client.get(f"/looplijsten/{item.looplijst_id}/").content.decode()
    assert "Niet bereikt" in text
    assert "Probeer:" not in text


def test_the_form_costs_as_many_queries_with_ten_colleagues_as_with_one(
    client, item, walker, django_assert_max_num_queries
):
    url = URL.format(item.household_id)
    client.get(url)
    for _ in range(10):
        factories.user(Role.BUURTTEAM, team=walker.team)
    with django_assert_max_num_queries(34):
        assert client.get(url).status_code == 200


def test_what_was_granted_is_not_brought_up_any_more(client, item, django_assert_max_num_queries):
    with as_role("migrate"), acting_as(SYSTEM_ACTOR):
        here = Approach.objects.filter(household=item.household_id, regeling="stadspas")
        assert here.update(result=Result.GRANTED) == 1
    with django_assert_max_num_queries(34):
        form = client.get(URL.format(item.household_id))
    rights = [(one["name"], one["how"]["label"]) for one in form.context["rights"]]
    assert rights[-1] == ("Stadspas", "Toegekend")
    assert "Toegekend" not in dict(rights[:-1]).values()
    assert (
        form.context["to_discuss"]
        == ", ".join(name for name, _ in rights[:-1])
        == "Collectieve zorgverzekering"
    )
    assert list(form.context["form"].around.regelingen) == ["czv"]
    page = client.get(f"/huishoudens/{item.household_id}/").content.decode()
    assert page.count("Toegekend") == 1
    assert "Een pas met korting" not in page
    refused = _post(client, item, said_stadspas="wil_niet", again_stadspas="2027-06-01")
    assert "Stadspas is al toegekend." in refused.content.decode()
    assert _count() == [0, 0, 0, 0]
