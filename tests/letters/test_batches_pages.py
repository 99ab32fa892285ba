"""The pages of batches and of one letter: who sees what, a second click is safe, looking is written down."""

import datetime
import uuid
from pathlib import Path

import lxml.html
import pytest
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from letters import tasks
from letters.actions import batch_counts, batches, errands, parts, recalls
from letters.actions.contents import reference
from letters.models import Batch, BatchState, Letter, Recall, RecallReason, ReminderPause, ScanDelivery
from outreach.audit import Event
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Role, User
from tests import factories
from tests.letters import rounds

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


@pytest.fixture(autouse=True)
def folder(settings, tmp_path) -> Path:
    settings.LETTER_FOLDER = tmp_path / "brieven"
    return settings.LETTER_FOLDER


def _as(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def _leader() -> Client:
    return _as(rounds.leader())


def _text(response) -> str:
    """The words of a page, without those for the table's second showing as cards."""
    page = lxml.html.fromstring(response.content.decode())
    for cards in page.find_class("kit-cards"):
        cards.drop_tree()
    return " ".join(page.text_content().split())


def _seen(event: Event, letter: Letter) -> int:
    with connections["migrate"].cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM audit.gebeurtenis WHERE handeling = %s AND %s = ANY (ids)",
            [event.value, str(letter.household_id)],
        )
        return cursor.fetchone()[0]


def test_from_a_round_a_batch_is_made_released_once_and_followed(monkeypatch):
    part = rounds.made(3)
    client, vendor = _leader(), rounds.vendor()
    round_page = reverse("letter_round", args=[part.round_id])
    new = reverse("letter_batch_new", args=[part.round_id])
    assert new in client.get(round_page).content.decode()
    assert "3 brieven, in 1 deel" in _text(client.get(new))
    late = client.post(new, {"vendor": vendor.pk, "planned_on": clock.today() - DAY})
    assert (late.status_code, "latere dag" in _text(late)) == (422, True)
    sent = {"vendor": vendor.pk, "planned_on": clock.today()}
    made = client.post(new, sent)
    batch = Batch.objects.get()
    assert made["Location"] == reverse("letter_batch", args=[batch.pk])
    assert "al in een partij" in _text(client.post(new, sent, follow=True)), "a second click"
    assert new not in client.get(round_page).content.decode()
    page = client.get(made["Location"])
    assert "Samengesteld" in _text(page)
    assert "3 brieven op" in _text(page)
    release = reverse("letter_batch_release", args=[batch.pk])
    assert "binnen een minuut" in _text(client.post(release, follow=True))
    progress = reverse("letter_batch_progress", args=[batch.pk])
    going_on = client.post(release, follow=True)
    assert "wordt al vrijgegeven" in _text(going_on), "a second click"
    assert f'hx-get="{progress}"' in going_on.content.decode()
    assert release not in going_on.content.decode()
    assert "HX-Refresh" not in client.get(progress)
    asked: list[str] = []
    monkeypatch.setattr(tasks.release_batch, "delay", asked.append)
    tasks.sweep_batches()
    assert asked == [str(batch.pk)]
    tasks.release_batch(asked[0])
    assert client.get(progress)["HX-Refresh"] == "true"
    text = _text(client.get(made["Location"]))
    assert "Vrijgegeven doorSam de Wit" in text
    assert "Vrijgegeven3" in text
    assert "wordt al vrijgegeven" in _text(client.post(release, follow=True)), "when it is released"


def test_a_release_that_cannot_be_says_why_and_the_button_comes_back():
    batch = rounds.composed(1)
    client = _leader()
    client.post(reverse("letter_batch_release", args=[batch.pk]))
    Batch.objects.update(planned_on=clock.today() - DAY)
    batches.release_asked(batch_id=batch.pk)
    page = client.get(reverse("letter_batch", args=[batch.pk]))
    assert "Deze partij is niet vrijgegeven De printdatum is al geweest" in _text(page)
    assert reverse("letter_batch_release", args=[batch.pk]) in page.content.decode()
    client.post(reverse("letter_batch_withdraw", args=[batch.pk]))
    again = client.post(reverse("letter_batch_withdraw", args=[batch.pk]), follow=True)
    assert "Dit kan nu niet meer" in _text(again)
    assert Batch.objects.get().state == BatchState.WITHDRAWN


def test_a_leader_of_one_area_and_who_only_looks_see_no_buttons():
    batch = rounds.composed(1)
    own_area = factories.user(Role.TEAMLEIDER, team=factories.team())
    for user in (own_area, factories.user(Role.COMMUNICATIEADVISEUR)):
        client = _as(user)
        page = client.get(reverse("letter_batch", args=[batch.pk])).content.decode()
        assert reverse("letter_batch_release", args=[batch.pk]) not in page
        assert client.post(reverse("letter_batch_release", args=[batch.pk])).status_code == 403
        assert client.get(reverse("letter_batch_new", args=[batch.round_id])).status_code == 403
        assert "Maak partij" not in _text(client.get(reverse("letter_round", args=[batch.round_id])))


def test_an_applicatiebeheerder_sees_counts_and_no_people():
    batch = rounds.composed(3)
    rounds.opt_out_of(rounds.letters(batch.parts.get())[0].household)
    rounds.release(batch)
    part = batch.parts.get()
    rounds.confirm(part)
    rounds.lapse(rounds.letters(part)[1])
    recalls.sweep()
    client = _as(factories.user(Role.APPLICATIEBEHEERDER))
    page = client.get(reverse("letter_batch", args=[batch.pk]))
    text = _text(page)
    assert "Vervallen of uitgevallen 1" in text
    assert "Teruggevraagd 1" in text
    assert "nog niet overal op geantwoord" in text
    for name in ("letter_batch_left", "letter_batch_recalls"):
        address = reverse(name, args=[batch.pk])
        assert address not in page.content.decode()
        assert client.get(address).status_code == 403


def test_who_was_left_out_and_what_was_asked_back_is_shown_and_written_down():
    batch = rounds.composed(3)
    part = batch.parts.get()
    out, back, _ = rounds.letters(part)
    rounds.opt_out_of(out.household)
    rounds.release(batch)
    rounds.confirm(part)
    rounds.lapse(back)
    recalls.sweep()
    client = _leader()
    page = client.get(reverse("letter_batch", args=[batch.pk])).content.decode()
    left, asked = (reverse(name, args=[batch.pk]) for name in ("letter_batch_left", "letter_batch_recalls"))
    assert left in page
    assert asked in page
    text = _text(client.get(left))
    assert "Iemand heeft zich afgemeld" in text
    assert reference(part.round_id, out.form_code) in text
    assert reference(part.round_id, back.form_code) not in text
    assert _seen(Event.LETTERS_SEEN, out) == 1
    text = _text(client.get(asked))
    assert "het huishouden heeft de regeling al" in text
    assert "Nog geen antwoord" in text
    assert _seen(Event.LETTERS_SEEN, back) == 1


def test_the_list_of_batches_announces_letters_and_sheets_per_day():
    first = rounds.composed(2)
    second = rounds.made(3)
    with acting_as(rounds.leader().actor()):
        batches.compose(
            round_=second.round, vendor=rounds.vendor(), planned_on=clock.today(), by=rounds.leader()
        )
    assert [(one.batches, one.letters, one.sheets) for one in batch_counts.announced()] == [(2, 5, 5)]
    text = _text(_as(factories.user(Role.COMMUNICATIEADVISEUR)).get(reverse("letter_batches")))
    assert "Vooraankondiging" in text
    assert "Drukkerij Waterveen 2 5 5" in text
    assert first.round.name in text


def test_pages_ask_as_much_for_one_letter_as_for_many():
    def counted(size: int) -> list[int]:
        batch = rounds.released(size)
        part = batch.parts.get()
        client = _leader()
        found = []
        for name, key in (
            ("letter_batches", None),
            ("letter_batch", batch.pk),
            ("letter_batch_left", batch.pk),
            ("letter_batch_recalls", batch.pk),
            ("letter_list", part.round_id),
            ("letter_round", part.round_id),
        ):
            with CaptureQueriesContext(connection) as queries:
                assert client.get(reverse(name, args=[key] if key else [])).status_code == 200
            found.append(len(queries))
        return found

    few = counted(2)
    assert counted(12) == few
    assert max(few) <= 40


def test_the_letters_of_a_round_are_found_by_their_kenmerk():
    part = rounds.made(3)
    one, other, _ = rounds.letters(part)
    client, address = _leader(), reverse("letter_list", args=[part.round_id])
    for typed in (
        reference(part.round_id, one.form_code),
        reference(part.round_id, one.form_code).lower(),
        "-".join((one.form_code[:4], one.form_code[4:8], one.form_code[8:])),
        one.form_code,
    ):
        text = _text(client.get(address, {"kenmerk": typed}))
        assert reference(part.round_id, one.form_code) in text
        assert reference(part.round_id, other.form_code) not in text
    assert "Geen brieven gevonden" in _text(client.get(address, {"stand": "verzonden"}))
    assert _seen(Event.LETTERS_SEEN, one) == 4


def test_the_history_of_a_letter_says_all_that_happened_and_that_somebody_looked():
    part = rounds.released(2).parts.get()
    letter, other = rounds.letters(part)
    rounds.confirm(part)
    with acting_as(rounds.leader().actor()):
        recall = recalls.ask(letter=letter, reason=RecallReason.MISTAKE)
    with acting_as(SYSTEM_ACTOR):
        Recall.objects.filter(pk=recall.pk).update(result="te_laat", answered_at=clock.now())
    rounds.post(part)
    client = _as(factories.user(Role.CONSULENT))
    household = client.get(reverse("household", args=[letter.household_id])).content.decode()
    assert reverse("letter", args=[letter.pk]) in household
    page = client.get(reverse("letter", args=[letter.pk]))
    text = _text(page)
    for words in ("Te laat om in te trekken", "De brief klopt niet", "Verzonden", "Vrijgegeven", "Gemaakt"):
        assert words in text
    assert _seen(Event.LETTER_SEEN, letter) == 1
    assert _seen(Event.LETTER_SEEN, other) == 0
    assert reverse("letter_reprint", args=[letter.pk]) not in page.content.decode()
    elsewhere = factories.user(Role.BUURTTEAM, team=factories.team("Zuid", buurten=["BU9"]))
    assert _as(elsewhere).get(reverse("letter", args=[letter.pk])).status_code == 404


def test_a_letter_is_printed_again_and_a_second_click_is_safe():
    part = rounds.released(1).parts.get()
    rounds.confirm(part)
    rounds.post(part)
    [letter] = rounds.letters(part)
    client, address = _leader(), reverse("letter_reprint", args=[letter.pk])
    assert address in client.get(reverse("letter", args=[letter.pk])).content.decode()
    assert "volgende partij" in _text(client.post(address, {"druk": "1"}, follow=True))
    assert "wordt al opnieuw gemaakt" in _text(client.post(address, {"druk": "1"}, follow=True))
    with acting_as(SYSTEM_ACTOR):
        assert Letter.objects.get(pk=letter.pk).print_run == 2
    assert "Gepland" in _text(client.get(reverse("letter", args=[letter.pk])))


def test_a_letter_that_is_wrong_is_asked_back_once():
    part = rounds.released(2).parts.get()
    letter = rounds.letters(part)[0]
    client, address = _leader(), reverse("letter_recall", args=[letter.pk])
    assert address in client.get(reverse("letter", args=[letter.pk])).content.decode()
    assert "uit het deel gehaald" in _text(client.post(address, follow=True))
    page = client.post(address, follow=True)
    assert "uit het deel gehaald" in _text(page)
    assert address not in page.content.decode()
    with acting_as(SYSTEM_ACTOR):
        assert Recall.objects.count() == 1


def test_reminders_are_stopped_and_started_for_one_household():
    [letter] = rounds.letters(rounds.made(1))
    client = _as(factories.user(Role.CONSULENT))
    address = reverse("letter_pause", args=[letter.pk])
    refused = client.post(address, {"reason": "gesprek", "until": clock.today() - DAY})
    assert (refused.status_code, "latere dag" in _text(refused)) == (422, True)
    sent = {"reason": "gesprek", "until": clock.today() + 10 * DAY}
    for _ in range(2):
        page = client.post(address, sent, follow=True)
    assert "Er loopt een gesprek, tot en met" in _text(page)
    with acting_as(SYSTEM_ACTOR):
        pause = ReminderPause.objects.get()
    end = reverse("letter_pause_end", args=[letter.pk, pause.pk])
    for _ in range(2):
        assert "Er loopt een gesprek" not in _text(client.post(end, follow=True))


def test_the_round_says_why_there_are_no_reminders_yet_and_plans_them_once():
    part = rounds.released(2).parts.get()
    rounds.confirm(part)
    rounds.post(part)
    client, address = _leader(), reverse("letter_round", args=[part.round_id])
    remind = reverse("letter_round_remind", args=[part.round_id])
    assert "nog niet allemaal geleverd" in _text(client.get(address))
    assert "nog niet allemaal geleverd" in _text(client.post(remind, follow=True))
    ScanDelivery.objects.create(
        id=uuid.uuid4(),
        vendor=rounds.vendor(),
        expected=0,
        received_until=clock.today(),
        closed_at=clock.now(),
    )
    assert "2 huishoudens hebben nog niet gereageerd" in _text(client.get(address))
    assert "binnen een minuut gedaan" in _text(client.post(remind, follow=True))
    assert "al gevraagd" in _text(client.post(remind, follow=True))
    [key] = errands.due()
    progress = reverse("letter_errand_progress", args=[key])
    assert "Gevraagd door" in _text(client.get(progress))
    tasks.carry_out(key)
    assert client.get(progress).headers["HX-Refresh"] == "true"
    page = _text(client.get(address))
    assert "2 herinneringen staan klaar" in page
    assert "niemand die nu een herinnering krijgt" in page
    parts.make(part_id=part.round.parts.exclude(pk=part.pk).get().pk)
    assert "Maak partij" in _text(client.get(address))
