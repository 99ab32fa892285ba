"""Letters about decisions go together at the end of a working day; all others are made at once."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from letters.actions import answers, parts, reprints, storage
from letters.actions.answers import collected_at
from letters.composition.parts import MAX_LETTERS
from letters.models import Letter, LetterKind, Part, PartState
from outreach.audit import Event
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Klasse, Mode, Role, Round
from tests import factories
from tests.letters import applications, rounds
from tests.letters.samples import page_texts

pytestmark = pytest.mark.django_db
HOUR = datetime.timedelta(hours=1)


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.LETTER_FOLDER = tmp_path / "brieven"
    return settings.LETTER_FOLDER


def _refused(count: int) -> Part:
    """So many refusals of one round, planned one by one; the part that holds them."""
    houses = [factories.household(in_handover=factories.handover()) for _ in range(count)]
    one = applications.application(houses[0])
    round_ = one.approach.round
    keys = [one.approach_id]
    with acting_as(SYSTEM_ACTOR):
        for house in houses[1:]:
            keys.append(_another(round_, house))
        for key in keys:
            application = applications.Application.objects.select_related("approach").get(approach=key)
            answers.plan(application=application, kind=LetterKind.REFUSAL, points=[{"code": "doelgroep"}])
    return round_.parts.planned().get()


def _another(round_: Round, house) -> int:
    factories.candidacy(house, "czv", Klasse.ONZEKER, Mode.FORMULIER)
    approach = round_.approaches.create(
        household=house, regeling_id="czv", klasse=Klasse.ONZEKER, mode=Mode.FORMULIER
    )
    letter = applications.sent(round_, house)
    day = applications.RECEIVED
    applications.Application.objects.create(
        letter=letter, approach=approach, state="te_beoordelen", received_on=day, decide_by=day
    )
    return approach.pk


def _come(part: Part) -> None:
    """The day is over."""
    Part.objects.filter(pk=part.pk).update(planned_at=clock.now() - HOUR)


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ("2026-11-20 09:00", "2026-11-20 17:00"),
        ("2026-11-20 16:59", "2026-11-20 17:00"),
        ("2026-11-20 17:00", "2026-11-23 17:00"),
        ("2026-11-21 10:00", "2026-11-23 17:00"),
        ("2026-11-22 23:59", "2026-11-23 17:00"),
        ("2026-03-27 18:00", "2026-03-30 17:00"),
    ],
)
def test_the_end_of_a_working_day(settings, now, then):
    zone = answers.ZoneInfo(settings.TIME_ZONE)
    moment = datetime.datetime.fromisoformat(now).replace(tzinfo=zone)
    expected = datetime.datetime.fromisoformat(then).replace(tzinfo=zone)
    assert collected_at(moment) == collected_at(moment.astimezone(datetime.UTC)) == expected


def test_decisions_of_a_day_wait_together_and_go_at_its_end():
    part = _refused(3)
    assert part.letters_count == 3
    assert part.planned_at == collected_at(clock.now())
    assert parts.parts_due() == []
    assert part.round.parts.totals_by_round()[part.round_id].waiting == 0
    _come(part)
    assert parts.parts_due() == [part.pk]
    assert parts.make(part_id=part.pk)
    part.refresh_from_db()
    assert len(page_texts(storage.read(part))) == 6


def test_a_full_part_waits_no_more():
    part = _refused(1)
    Part.objects.filter(pk=part.pk).update(letters_count=MAX_LETTERS)
    assert parts.parts_due() == [part.pk]


def test_made_before_its_time_it_has_the_date_of_that_day():
    part = _refused(1)
    assert parts.make(part_id=part.pk)
    part.refresh_from_db()
    assert part.planned_at <= clock.now()
    before = part.sha256
    rounds.plan_again(part)
    assert parts.make(part_id=part.pk)
    part.refresh_from_db()
    assert part.sha256 == before


def test_what_is_printed_again_does_not_wait_among_them():
    part = _refused(1)
    with acting_as(SYSTEM_ACTOR):
        letter = Letter.objects.get(part__round=part.round, kind=LetterKind.FORM)
        [again] = reprints.into_open_part(part.round, [letter.pk])
    assert again.pk != part.pk
    assert parts.parts_due() == [again.pk]


def test_first_letters_are_made_at_once():
    part = rounds.planned(1)
    assert parts.parts_due() == [part.pk]


def test_a_person_may_have_them_made_now():
    part = _refused(2)
    client = Client()
    client.force_login(rounds.leader())
    page = f"/brieven/{part.round_id}/"
    shown = client.get(page).content.decode()
    assert f"Deel {part.number} nu maken" in shown
    assert "vanaf " in shown
    assert client.post(f"/brieven/deel/{part.pk}/nu/").status_code == 302
    assert parts.parts_due() == [part.pk]
    assert f"Deel {part.number} nu maken" not in client.get(page).content.decode()
    lines = len(rounds.audited(part, Event.PART_HURRIED))
    assert client.post(f"/brieven/deel/{part.pk}/nu/").status_code == 302
    assert len(rounds.audited(part, Event.PART_HURRIED)) == lines
    assert Part.objects.get(pk=part.pk).state == PartState.PLANNED


def test_who_may_release_may_hurry_and_nobody_else():
    part = _refused(1)
    consulent = factories.user(Role.CONSULENT)
    with acting_as(consulent.actor()), pytest.raises(PermissionDenied):
        parts.hurry(part=part, by=consulent)
