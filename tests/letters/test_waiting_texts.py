"""A letter of which the text was not approved waits for it: it is not made without, and is not left out."""

from pathlib import Path

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse

from letters.actions import alarms, answers, assessment, editions, parts, reminders
from letters.models import Application, Letter, LetterKind, Part, PartState, Production, WorkItem, WorkKind
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Role
from outreach.policies import NotNow
from tests import factories
from tests.letters import applications, rounds
from tests.letters.test_reminders import DAY, _posted, _scans

pytestmark = pytest.mark.django_db
TEXT = "Afwijzing (voor alle regelingen)"


@pytest.fixture(autouse=True)
def folder(settings, tmp_path) -> Path:
    settings.LETTER_FOLDER = tmp_path / "brieven"
    return settings.LETTER_FOLDER


def _approved(kind: str, *, state: str = "goedgekeurd") -> None:
    """The text of a kind as it is, or not, approved; no page takes an approval back."""
    with connections["migrate"].cursor() as cursor:
        cursor.execute("ALTER TABLE letters_template DISABLE TRIGGER USER")
        cursor.execute("UPDATE letters_template SET state = %s WHERE kind = %s", [state, kind])
        cursor.execute("ALTER TABLE letters_template ENABLE TRIGGER USER")


def _refused() -> tuple[Application, Part]:
    """A refusal that is planned while its text is not approved, at the end of its day."""
    one = applications.application()
    _approved("afwijzing", state="vervangen")
    with acting_as(SYSTEM_ACTOR):
        letter = answers.plan(application=one, kind=LetterKind.REFUSAL, points=[{"code": "doelgroep"}])
    Part.objects.filter(pk=letter.part_id).update(planned_at=clock.now())
    return one, Part.objects.select_related("round").get(pk=letter.part_id)


def _letter(part: Part) -> Letter:
    [letter] = rounds.letters(part)
    return letter


def test_a_letter_about_a_decision_waits_for_its_text_and_is_then_made():
    _, part = _refused()
    assert parts.parts_due() == []
    assert not parts.make(part_id=part.pk)
    part.refresh_from_db()
    letter = _letter(part)
    assert (part.state, part.attempts) == (PartState.PLANNED, 0)
    assert (letter.rejected, letter.edition_id) == ("", None)
    _approved("afwijzing")
    assert parts.parts_due() == [part.pk]
    assert parts.make(part_id=part.pk)
    letter = _letter(part)
    assert (letter.production, letter.template.kind) == (Production.MADE, "afwijzing")


def test_the_texts_are_written_down_with_those_alone_that_have_all_of_theirs():
    one, part = _refused()
    with acting_as(SYSTEM_ACTOR):
        missing = answers.plan(application=one, kind=LetterKind.MISSING, points=[{"code": "inkomen"}])
        Letter.objects.filter(pk=missing.pk).update(part=part, position=2)
        editions.pin(part)
        refusal, missing = Letter.objects.filter(part=part).order_by("position")
    assert (refusal.edition_id, missing.edition_id is None) == (None, False)
    assert editions.lacking_in([part.pk]) == {part.pk: {("afwijzing", ""), ("afwijzing", "czv")}}


def test_the_pages_of_the_round_and_of_the_texts_say_what_is_waited_for():
    _, part = _refused()
    client = Client()
    client.force_login(rounds.leader())
    for address in (reverse("letter_round", args=[part.round_id]), reverse("letter_texts")):
        page = client.get(address).content.decode()
        assert "Er wachten brieven op een tekst" in page
        assert TEXT in page
    assert "hx-get" not in client.get(reverse("letter_round", args=[part.round_id])).content.decode()
    _approved("afwijzing")
    assert "Er wachten brieven" not in client.get(reverse("letter_texts")).content.decode()


def test_waiting_for_long_is_work_that_names_the_text():
    _, part = _refused()
    alarms.sweep()
    Part.objects.filter(pk=part.pk).update(planned_at=clock.now() - 2 * DAY)
    assert alarms.sweep() == (1, 0)
    with acting_as(SYSTEM_ACTOR):
        item = WorkItem.objects.open().get(kind=WorkKind.STUCK, part=part)
    client = Client()
    client.force_login(factories.user(Role.TEAMLEIDER))
    page = client.get(reverse("work_item", args=[item.pk])).content.decode()
    assert f"Nog niet goedgekeurd: {TEXT}" in page


def test_made_late_it_has_the_date_of_the_day_on_which_it_is_made():
    _, part = _refused()
    Part.objects.filter(pk=part.pk).update(planned_at=clock.now() - 20 * DAY)
    _approved("afwijzing")
    assert parts.make(part_id=part.pk)
    part.refresh_from_db()
    assert (clock.now() - part.planned_at) < DAY


def test_reminders_are_not_planned_while_their_text_is_not_approved():
    part = _posted(2)
    _scans(clock.today())
    _approved("herinnering", state="vervangen")
    lacking = editions.lacking_of(part.round, LetterKind.REMINDER)
    assert lacking == [("herinnering", ""), ("herinnering", "scholierenvergoeding")]
    with acting_as(rounds.leader().actor()), pytest.raises(NotNow, match="Herinnering"):
        reminders.plan(round_=part.round, by=rounds.leader())
    _approved("herinnering")
    with acting_as(rounds.leader().actor()):
        assert reminders.plan(round_=part.round, by=rounds.leader()) == 2


def test_asking_for_what_is_missing_waits_as_well():
    one = applications.application()
    sam = applications.consulent()
    _approved("aanvulling", state="vervangen")
    with acting_as(sam.actor()):
        assessment.ask_missing(application=one, codes=["inkomen"], version=one.version, by=sam)
    with acting_as(SYSTEM_ACTOR):
        letter = Letter.objects.get(kind=LetterKind.MISSING)
    Part.objects.filter(pk=letter.part_id).update(planned_at=clock.now())
    assert parts.parts_due() == []
    _approved("aanvulling")
    assert parts.parts_due() == [letter.part_id]
