"""What nobody was told, and a pile of scans that stays open, are put before a person."""

import datetime
import uuid
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from letters.actions import alarms, answers, closing, parts, recalls, work
from letters.actions.ledger import Told, tell
from letters.models import (
    Application,
    Axis,
    Batch,
    Grant,
    Letter,
    LetterKind,
    Part,
    Production,
    RecallReason,
    ScanDelivery,
    WorkItem,
    WorkKind,
)
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


def _work(kind: WorkKind) -> list[WorkItem]:
    with acting_as(SYSTEM_ACTOR):
        return list(WorkItem.objects.open().filter(kind=kind).order_by("pk"))


def _page(user: User, name: str, key: object) -> str:
    client = Client()
    client.force_login(user)
    response = client.get(reverse(name, args=[key]))
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def _granted(count: int = 2) -> Part:
    """Letters that granted something without a form, released."""
    rounds.sign()
    batch = rounds.ambtshalve(count)
    rounds.release(batch)
    return batch.parts.get()


# --- decisions that nobody was told of ---


@pytest.mark.parametrize(
    "happens",
    [
        lambda letter: rounds.opt_out_of(letter.household),
        lambda letter: rounds.change_addressee(letter.household, departed="overleden"),
        rounds.lapse,
    ],
)
def test_a_grant_whose_letter_left_its_part_is_work_and_stays_a_grant(happens):
    part = _granted()
    first, _ = rounds.letters(part)
    happens(first)
    assert recalls.sweep() == 1
    [item] = _work(WorkKind.UNTOLD)
    assert (item.letter_id, item.household_id, item.owner) == (first.pk, first.household_id, None)
    assert item.due_on == clock.today() + 3 * DAY
    with acting_as(SYSTEM_ACTOR):
        assert Grant.objects.filter(approach=first.approach_id).exists()
    page = _page(rounds.leader(), "letter", first.pk)
    assert "Dit besluit is niet verteld" in page
    assert "Het besluit blijft staan" in page
    assert "Het besluit geldt, maar de brief erover is niet verstuurd." in _page(
        rounds.leader(), "work_item", item.pk
    )


def test_a_grant_that_the_vendor_withdrew_is_work_too(monkeypatch):
    part = _granted()
    rounds.confirm(part)
    letter = rounds.letters(part)[0]
    with acting_as(SYSTEM_ACTOR):
        recall = recalls.ask(letter=letter, reason=RecallReason.MISTAKE)
    assert "Dit besluit is niet verteld" not in _page(rounds.leader(), "letter", letter.pk)
    assert (recall.result, _work(WorkKind.UNTOLD)) == ("", [])
    with acting_as(SYSTEM_ACTOR):
        tell([letter.pk], Told(Axis.PRODUCTION, Production.WITHDRAWN))
    assert alarms.sweep() == (1, 0)
    assert [item.letter_id for item in _work(WorkKind.UNTOLD)] == [letter.pk]


def test_what_a_person_settled_is_not_put_before_him_again():
    part = _granted(1)
    rounds.opt_out_of(rounds.letters(part)[0].household)
    recalls.sweep()
    [item] = _work(WorkKind.UNTOLD)
    with acting_as(rounds.leader().actor()):
        work.settle(item=item, resolution="gebeld", by=rounds.leader())
    assert alarms.sweep() == (0, 0)
    assert _work(WorkKind.UNTOLD) == []


def test_a_form_that_was_asked_back_told_no_decision():
    part = rounds.released(2).parts.get()
    letter = rounds.letters(part)[0]
    rounds.opt_out_of(letter.household)
    assert recalls.sweep() == 1
    assert alarms.sweep() == (0, 0)
    assert _work(WorkKind.UNTOLD) == []
    assert "Dit besluit is niet verteld" not in _page(rounds.leader(), "letter", letter.pk)


def test_a_refusal_that_cannot_be_made_is_work_until_it_is_posted():
    part = rounds.released(1).parts.get()
    rounds.post(part)
    form = rounds.letters(part)[0]
    with acting_as(SYSTEM_ACTOR):
        one = Application.objects.create(
            letter=form, approach=form.approach, received_on=clock.today(), decide_by=clock.today() + 56 * DAY
        )
        refusal = answers.plan(application=one, kind=LetterKind.REFUSAL, points=[{"code": "verhuisd"}])
        Letter.objects.filter(pk=refusal.pk).update(rejected="adres")
    # The decision has to be told, and the letter has to be mended: two people see to it.
    assert alarms.sweep() == (2, 0)
    assert [item.letter_id for item in _work(WorkKind.UNTOLD)] == [refusal.pk]
    assert [item.letter_id for item in _work(WorkKind.REJECTED_LETTER)] == [refusal.pk]
    with acting_as(SYSTEM_ACTOR):
        Letter.objects.filter(pk=refusal.pk).update(rejected="")
    assert alarms.sweep() == (0, 2)


# --- a pile of scans that stays open ---


def _announced(days_ago: int, name: str = "Drukkerij Waterveen") -> ScanDelivery:
    return ScanDelivery.objects.create(
        id=uuid.uuid4(),
        vendor=rounds.vendor(name),
        expected=40,
        received_until=clock.today() - days_ago * DAY,
        announced_at=clock.now() - days_ago * DAY,
    )


def test_a_pile_of_scans_that_was_not_closed_has_an_owner_and_goes_when_it_is():
    batch = rounds.released(1)
    late = _announced(4)
    _announced(2)
    assert [alarms.sweep(), alarms.sweep()] == [(1, 0), (0, 0)]
    [item] = _work(WorkKind.STUCK)
    assert (item.delivery_id, item.owner) == (late.pk, batch.made_by)
    page = _page(rounds.leader(), "work_item", item.pk)
    assert "Drukkerij Waterveen" in page
    assert "sloot de aanlevering niet af" in page
    client = Client()
    client.force_login(rounds.leader())
    assert "Scans van Drukkerij Waterveen" in client.get(reverse("work")).content.decode()
    ScanDelivery.objects.filter(pk=late.pk).update(closed_at=clock.now())
    assert alarms.sweep() == (0, 1)
    with acting_as(SYSTEM_ACTOR):
        assert WorkItem.objects.get(pk=item.pk).resolution == work.BY_ITSELF


def test_the_pile_of_a_vendor_without_a_batch_is_of_the_queue():
    _announced(9, "Andere drukker")
    assert alarms.sweep() == (1, 0)
    [item] = _work(WorkKind.STUCK)
    assert item.owner is None
    assert "wachtrij teamleider" in _page(rounds.leader(), "work_item", item.pk)


# --- a closed round ---


def test_in_a_closed_round_letters_about_decisions_are_stuck_like_others():
    part = rounds.released(1).parts.get()
    rounds.post(part)
    form = rounds.letters(part)[0]
    with acting_as(SYSTEM_ACTOR):
        one = Application.objects.create(
            letter=form, approach=form.approach, received_on=clock.today(), decide_by=clock.today() + 56 * DAY
        )
    with acting_as(rounds.leader().actor()):
        closing.close(round_=part.round, by=rounds.leader())
    with acting_as(SYSTEM_ACTOR):
        answer = answers.plan(application=one, kind=LetterKind.GRANT)
    Batch.objects.update(state="bevestigd", confirmed_at=clock.now())
    Part.objects.filter(pk=answer.part_id).update(planned_at=clock.now() - 2 * DAY)
    assert alarms.sweep() == (1, 0)
    [item] = _work(WorkKind.STUCK)
    page = _page(rounds.leader(), "work_item", item.pk)
    assert reverse("letter_round", args=[part.round_id]) in page
    assert parts.make(part_id=answer.part_id)
    assert alarms.sweep() == (0, 1)
    Part.objects.filter(pk=answer.part_id).update(made_at=clock.now() - 15 * DAY)
    assert alarms.sweep() == (1, 0)


def test_somebody_outside_the_work_sees_no_item():
    _announced(9)
    alarms.sweep()
    client = Client()
    client.force_login(factories.user(Role.COMMUNICATIEADVISEUR))
    [item] = _work(WorkKind.STUCK)
    assert client.get(reverse("work_item", args=[item.pk])).status_code == 403
