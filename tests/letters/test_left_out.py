"""A letter that was left out is work with an owner and a term, until its cause is mended or none goes."""

from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from letters.actions import alarms, closing, left_out, parts, storage
from letters.actions.work import AlreadySettled
from letters.models import Letter, Part, PartState, Production, Rejection, WorkItem, WorkKind
from outreach.audit import Event
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Role
from outreach.policies import NotNow
from tests import factories
from tests.letters import rounds
from tests.letters.samples import page_texts
from tests.roles import as_role

pytestmark = pytest.mark.django_db
STRANGE = "Ъuríć"


@pytest.fixture(autouse=True)
def folder(settings, tmp_path) -> Path:
    settings.LETTER_FOLDER = tmp_path / "brieven"
    return settings.LETTER_FOLDER


def _work() -> list[WorkItem]:
    with acting_as(SYSTEM_ACTOR):
        found = WorkItem.objects.open().filter(kind=WorkKind.REJECTED_LETTER)
        return list(found.select_related("letter", "owner").order_by("pk"))


def _now(letter: Letter) -> Letter:
    with acting_as(SYSTEM_ACTOR):
        return Letter.objects.select_related("part__round", "household").get(pk=letter.pk)


def _without_a_name(count: int = 2) -> Letter:
    """The first letter of a part that was made without it."""
    part = rounds.planned(count)
    letter = rounds.letters(part)[0]
    rounds.change_addressee(letter.household, given_names="", prefix="", family_name="")
    assert parts.make(part_id=part.pk)
    letter = _now(letter)
    assert letter.rejected == Rejection.NAME
    return letter


def _mend(letter: Letter) -> None:
    rounds.change_addressee(letter.household, given_names="Aad", prefix="van", family_name="Kanariepiet0")


def _plan(item: WorkItem, role: Role = Role.CONSULENT) -> None:
    somebody = factories.user(role)
    with acting_as(somebody.actor()):
        left_out.plan_anew(item=item, by=somebody)


def test_a_letter_that_cannot_be_made_is_work_of_who_leads_the_round():
    letter = _without_a_name()
    [item] = _work()
    assert (item.letter_id, item.household_id) == (letter.pk, letter.household_id)
    assert item.owner == letter.part.round.made_by
    assert (item.due_on - clock.today()).days == 1
    assert alarms.sweep() == (0, 0)
    assert [one.pk for one in _work()] == [item.pk]


def test_a_letter_that_leaves_a_part_that_is_made_again_is_work_too():
    batch = rounds.composed(3)
    first, second, _ = rounds.letters(batch.parts.get())
    rounds.change_addressee(first.household, given_names="", prefix="", family_name="")
    rounds.opt_out_of(second.household)
    assert rounds.release(batch).letters == 1
    assert [item.letter_id for item in _work()] == [first.pk]


@pytest.mark.parametrize("happens", [lambda one: rounds.opt_out_of(one.household), rounds.lapse])
def test_what_is_a_wish_or_not_needed_any_more_is_no_work(happens):
    part = rounds.planned(2)
    happens(rounds.letters(part)[0])
    parts.make(part_id=part.pk)
    assert _work() == []
    assert alarms.sweep() == (0, 0)


def test_the_sweep_finds_one_that_a_killed_worker_left_without_an_item():
    letter = _without_a_name()
    with as_role("migrate"):
        WorkItem.objects.all().delete()
    assert alarms.sweep() == (1, 0)
    assert [item.letter_id for item in _work()] == [letter.pk]
    assert alarms.sweep() == (0, 0)


def test_one_that_may_get_no_letter_any_more_settles_itself():
    letter = _without_a_name()
    rounds.opt_out_of(letter.household)
    assert alarms.sweep() == (0, 1)
    assert _work() == []


def test_with_its_round_closed_it_is_over():
    letter = _without_a_name()
    leader = rounds.leader()
    with acting_as(leader.actor()):
        closing.close(round_=letter.part.round, by=leader, withdraw=True)
    alarms.sweep()
    assert _work() == []


def test_once_mended_it_goes_into_a_next_part_and_to_the_vendor():
    letter = _without_a_name()
    [item] = _work()
    _mend(letter)
    _plan(item)
    assert _work() == []
    again = _now(letter)
    assert (again.rejected, again.part_id != letter.part_id) == ("", True)
    assert parts.parts_due() == [again.part_id]
    assert parts.make(part_id=again.part_id)
    again = _now(letter)
    assert (again.production, again.first_page) == (Production.MADE, 1)
    part = Part.objects.get(pk=again.part_id)
    assert "A. van Kanariepiet0" in page_texts(storage.read(part))[0]
    assert len(rounds.audited_since(letter.part, Event.LETTER_PLANNED_ANEW)) == 1
    assert rounds.release(rounds.compose(letter.part.round)).letters == 2
    assert alarms.sweep() == (0, 0)
    with pytest.raises(AlreadySettled), acting_as(SYSTEM_ACTOR):
        left_out.work.settle(item=item, resolution="gezien", by=None)


def test_with_its_cause_still_there_nothing_is_planned():
    letter = _without_a_name()
    [item] = _work()
    with pytest.raises(NotNow, match="Er is geen naam bekend"):
        _plan(item)
    after = _now(letter)
    assert (after.rejected, after.part_id) == (Rejection.NAME, letter.part_id)
    assert Part.objects.filter(state=PartState.PLANNED).count() == 0
    assert [one.pk for one in _work()] == [item.pk]


def test_who_may_get_no_letter_any_more_gets_none():
    letter = _without_a_name()
    [item] = _work()
    _mend(letter)
    rounds.opt_out_of(letter.household)
    with pytest.raises(NotNow, match="krijgt deze brief niet meer"):
        _plan(item)


def test_left_out_again_it_is_work_again():
    letter = _without_a_name()
    _mend(letter)
    _plan(_work()[0])
    rounds.change_addressee(letter.household, given_names="", prefix="", family_name="")
    assert parts.make(part_id=_now(letter).part_id)
    assert [item.letter_id for item in _work()] == [letter.pk]


def test_on_its_page_a_person_sees_why_and_plans_it_anew_or_says_that_none_goes():
    letter = _without_a_name()
    [item] = _work()
    client = Client()
    client.force_login(factories.user(Role.TEAMLEIDER))
    page = client.get(reverse("work_item", args=[item.pk])).content.decode()
    assert "Er is geen naam bekend" in page
    assert "Plan de brief opnieuw" in page
    shown = client.post(reverse("work_plan_anew", args=[item.pk]), follow=True).content.decode()
    assert "De brief kan nog niet worden gemaakt. Er is geen naam bekend." in shown
    assert client.post(reverse("work_close", args=[item.pk])).status_code == 422
    client.post(reverse("work_close", args=[item.pk]), {"reason": "geen_brief"})
    assert _work() == []
    assert alarms.sweep() == (0, 0)
    shown = client.post(reverse("work_plan_anew", args=[item.pk]), follow=True).content.decode()
    assert "Een collega heeft dit intussen afgehandeld." in shown
    assert _now(letter).rejected == Rejection.NAME


@as_role("migrate")
def _too_long(letter: Letter) -> None:
    Letter.objects.filter(pk=letter.pk).update(rejected=Rejection.TEXT_TOO_LONG, first_page=None, pages=None)


def test_left_out_for_its_text_it_is_written_with_the_texts_of_by_then():
    part = rounds.made(2)
    letter = rounds.letters(part)[0]
    _too_long(letter)
    alarms.sweep()
    [item] = _work()
    before = letter.edition_id
    with acting_as(SYSTEM_ACTOR):
        Letter.objects.filter(pk=letter.pk).update(edition=None, template=None)
    _plan(item)
    again = _now(letter)
    assert (again.edition_id, again.rejected) == (before, "")
