"""A whole batch is asked back, and what was withdrawn as wrong is planned anew with the mended texts."""

import datetime
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse

from letters import tasks
from letters.actions import alarms, batch_recalls, parts, recalls, reprints, vendor_messages
from letters.models import (
    Batch,
    BatchState,
    Letter,
    Part,
    Production,
    Recall,
    RecallReason,
    RecallResult,
    VendorClient,
)
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Role
from outreach.policies import NotNow
from tests import factories
from tests.api import calling
from tests.letters import rounds

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


@pytest.fixture(autouse=True)
def folder(settings, tmp_path) -> Path:
    settings.LETTER_FOLDER = tmp_path / "brieven"
    return settings.LETTER_FOLDER


def _released(count: int, per_part: int, monkeypatch) -> Batch:
    monkeypatch.setattr(parts, "MAX_LETTERS", per_part)
    round_ = rounds.round_of(count)
    parts.plan(round_id=round_.pk)
    for part in round_.parts.order_by("number"):
        parts.make(part_id=part.pk)
    batch = rounds.compose(round_)
    rounds.release(batch)
    return batch


def _ask(batch: Batch, reason: RecallReason = RecallReason.MISTAKE) -> bool:
    with acting_as(rounds.leader().actor()):
        return batch_recalls.ask(batch=batch, reason=reason, by=rounds.leader())


def _anew(batch: Batch) -> bool:
    with acting_as(rounds.leader().actor()):
        return batch_recalls.ask_anew(batch=batch, by=rounds.leader())


def _production(part: Part) -> set[str]:
    return {letter.production for letter in rounds.letters(part)}


def _answer(client: VendorClient, result: RecallResult) -> int:
    with acting_as(SYSTEM_ACTOR):
        found = list(Recall.objects.filter(result="").values_list("pk", flat=True))
        for key in found:
            vendor_messages.answer_recall(client=client, recall_id=key, result=result)
    return len(found)


def test_of_a_hundred_letters_half_are_too_late_and_the_others_are_planned_anew(monkeypatch):
    batch = _released(100, 50, monkeypatch)
    first, second = batch.parts.order_by("number")
    assert [_ask(batch), _ask(batch)] == [True, False], "a second click"
    assert batch_recalls.due() == [batch.pk]
    # Meanwhile the vendor confirms half of it.
    rounds.confirm(first)
    assert [batch_recalls.carry_out(batch_id=batch.pk), batch_recalls.carry_out(batch_id=batch.pk)] == [
        100,
        0,
    ]
    assert (batch_recalls.due(), recalls.sweep()) == ([], 0)
    assert (_production(first), _production(second)) == ({"bevestigd"}, {"ingetrokken"})
    assert _answer(calling.issue().client, RecallResult.TOO_LATE) == 50
    with acting_as(SYSTEM_ACTOR):
        answers = Recall.objects.values_list("letter__part", "result").distinct()
        assert set(answers) == {(first.pk, "te_laat"), (second.pk, "ingetrokken")}
    assert batch_recalls.wrong(batch) == 50
    before = {letter.pk for letter in rounds.letters(second)}
    assert [_anew(batch), _anew(batch)] == [True, False]
    assert [batch_recalls.plan_anew(batch_id=batch.pk), batch_recalls.plan_anew(batch_id=batch.pk)] == [50, 0]
    [later] = batch.round.parts.exclude(batch=batch)
    again = rounds.letters(later)
    assert {letter.pk for letter in again} == before
    assert {(one.production, one.print_run, one.rejected) for one in again} == {("gepland", 2, "")}
    assert {one.print_run for one in rounds.letters(first)} == {1}
    assert parts.make(part_id=later.pk)
    assert rounds.release(rounds.compose(batch.round)).letters == 50
    with pytest.raises(NotNow, match="geen brieven ingetrokken"):
        _anew(batch)


def test_a_batch_of_which_nothing_is_left_is_not_stuck(monkeypatch):
    batch = _released(2, 2, monkeypatch)
    Batch.objects.filter(pk=batch.pk).update(released_at=batch.made_at - 9 * DAY)
    assert [one.pk for one in alarms.stuck_batches()] == [batch.pk]
    _ask(batch)
    batch_recalls.carry_out(batch_id=batch.pk)
    assert not alarms.stuck_batches().exists()


def test_a_withdrawn_letter_gets_the_texts_of_the_day_and_a_posted_one_keeps_its_own(monkeypatch):
    batch = _released(2, 1, monkeypatch)
    first, second = batch.parts.order_by("number")
    rounds.post(first)
    [posted], [letter] = rounds.letters(first), rounds.letters(second)
    assert None not in (posted.edition_id, letter.edition_id)
    with acting_as(rounds.leader().actor()):
        recalls.ask(letter=letter, reason=RecallReason.MISTAKE)
        reprints.reprint(letter=letter, by=rounds.leader())
    reprints.reprint(letter=posted, by=None)
    with acting_as(SYSTEM_ACTOR):
        editions = dict(Letter.objects.values_list("pk", "edition"))
        assert editions == {letter.pk: None, posted.pk: posted.edition_id}
    with pytest.raises(IntegrityError, match="keeps its texts"), acting_as(SYSTEM_ACTOR):
        Letter.objects.filter(pk=posted.pk).update(edition=None, template=None)


def test_what_was_asked_back_for_another_reason_or_lapsed_since_stays_away(monkeypatch):
    batch = _released(3, 3, monkeypatch)
    part = batch.parts.get()
    gone, unwilling, wrong = rounds.letters(part)
    with acting_as(rounds.leader().actor()):
        recalls.ask(letter=gone, reason=RecallReason.DIED)
    _ask(batch)
    assert batch_recalls.carry_out(batch_id=batch.pk) == 2
    rounds.opt_out_of(unwilling.household)
    with pytest.raises(NotNow, match="nog niet op de post"):
        reprints.reprint(letter=gone, by=None)
    _anew(batch)
    assert batch_recalls.plan_anew(batch_id=batch.pk) == 1
    with acting_as(SYSTEM_ACTOR):
        assert Letter.objects.get(production=Production.PLANNED).pk == wrong.pk


def test_only_a_released_batch_by_who_may_release(monkeypatch):
    batch = rounds.composed(1)
    with pytest.raises(NotNow, match="niet vrijgegeven"):
        _ask(batch)
    with pytest.raises(ValueError, match="not asked back for that"):
        _ask(batch, RecallReason.DIED)
    for user in (factories.user(Role.CONSULENT), factories.user(Role.TEAMLEIDER, team=factories.team())):
        with acting_as(user.actor()), pytest.raises(PermissionDenied):
            batch_recalls.ask(batch=batch, reason=RecallReason.MISTAKE, by=user)
        with acting_as(user.actor()), pytest.raises(PermissionDenied):
            batch_recalls.ask_anew(batch=batch, by=user)
    Batch.objects.filter(pk=batch.pk).update(
        state=BatchState.CONFIRMED, released_at=batch.made_at, released_by=rounds.leader()
    )
    with pytest.raises(NotNow, match="al bevestigd"):
        _ask(batch)


def test_the_page_of_a_batch_asks_back_and_plans_anew(monkeypatch):
    batch = _released(2, 2, monkeypatch)
    client = Client()
    client.force_login(rounds.leader())
    page, recall, anew = (
        reverse(name, args=[batch.pk])
        for name in ("letter_batch", "letter_batch_recall", "letter_batch_anew")
    )
    assert recall in client.get(page).content.decode()
    refused = client.post(recall, {"reason": "zomaar"}, follow=True).content.decode()
    assert "Kies waarom" in refused
    for said in ("binnen een minuut teruggevraagd", "wordt al teruggevraagd"):
        assert said in client.post(recall, {"reason": "fout"}, follow=True).content.decode()
    waiting = client.get(page).content.decode()
    assert "Alle brieven worden teruggevraagd" in waiting
    assert recall not in waiting
    batch_recalls.carry_out(batch_id=batch.pk)
    assert anew in client.get(page).content.decode()
    assert "worden opnieuw gemaakt" in client.post(anew, follow=True).content.decode()
    batch_recalls.plan_anew(batch_id=batch.pk)
    assert "geen brieven ingetrokken" in client.post(anew, follow=True).content.decode()


def test_the_sweep_does_what_was_asked(monkeypatch):
    batch = _released(1, 1, monkeypatch)
    asked = []
    for task in (tasks.recall_batch, tasks.plan_batch_anew):
        monkeypatch.setattr(task, "delay", lambda key, task=task: (asked.append(task.name), task(key)))
    _ask(batch)
    tasks.sweep_batches()
    _anew(batch)
    tasks.sweep_batches()
    assert asked == ["letters.tasks.recall_batch", "letters.tasks.plan_batch_anew"]
    assert batch_recalls.due() == batch_recalls.anew_due() == []
