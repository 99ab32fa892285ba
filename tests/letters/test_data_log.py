"""What is done with letters, tasks, lists and files leaves lines about whom it was, as looking does."""

import pytest

from letters.models import GrantExport, Recall, WorkItem
from letters.models.grant import PayingAdministration
from outreach.audit import Event, record
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Person, Referral, SafetyInstruction, Sheet, Task
from tests.eligibility.casework import Casework
from tests.letters import rounds
from tests.outreach.logged import LogTail
from tests.roles import as_role

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.LETTER_FOLDER = tmp_path / "brieven"
    settings.LETTER_FOLDER.mkdir()


def everybody() -> set[str]:
    with as_role("migrate"):
        return {str(one) for one in Person.objects.values_list("pk", flat=True)}


def test_letters_are_logged_when_they_are_planned_made_and_released():
    tail = LogTail()
    rounds.released(2, children=1)
    people = everybody()
    assert len(people) == 4
    lines = [line for line in tail.lines() if line["activity"] == "brieven"]
    for name in ("brieven_gepland", "deel_gemaakt", "partij_vrijgegeven"):
        told = [line["subject"] for line in lines if line["name"] == name]
        assert sorted(told) == sorted(people), name
    # What is asked or confirmed in between processes nobody anew.
    assert {line["name"] for line in lines} == {"brieven_gepland", "deel_gemaakt", "partij_vrijgegeven"}


def _export(of: Casework) -> int:
    payer = PayingAdministration.objects.create(name="Werk en Inkomen", public_key="age1proef")
    made = GrantExport.objects.create(administration=payer, asked_by=of.walker, public_key="age1proef")
    with as_role("migrate"):
        of.letter.approach.grant.export = made
        of.letter.approach.grant.save(update_fields=["export"])
    return made.pk


#: The subject of a line of the audit, what is done, the row it is about, and the activity of the register.
ABOUT = {
    "taak": (Event.TASK_GIVEN, lambda of: Task.objects.get().pk, "bezoeken"),
    "overdracht": (Event.REFERRAL_MOVED, lambda of: Referral.objects.get().pk, "overdracht"),
    "overdracht aan een organisatie": (
        Event.REFERRAL_ACCEPTED,
        lambda of: Referral.objects.get().pk,
        "overdracht",
    ),
    "looplijst": (Event.LOOPLIJST_GIVEN, lambda of: of.list.pk, "bezoeken"),
    "afdruk": (Event.SHEET_SHREDDED, lambda of: Sheet.objects.get().pk, "bezoeken"),
    "brief": (Event.LETTER_FETCHED, lambda of: of.letter.pk, "brieven"),
    "deel": (Event.PART_FETCHED, lambda of: of.letter_part.pk, "brieven"),
    "intrekking": (Event.RECALL_ASKED, lambda of: Recall.objects.get().pk, "brieven"),
    "werk": (Event.WORK_SETTLED, lambda of: WorkItem.objects.get().pk, "formulieren"),
    "uitvoer": (Event.EXPORT_MADE, _export, "toekenningen"),
}


@pytest.mark.parametrize("subject", ABOUT)
def test_each_act_leaves_a_line_for_all_of_the_household(subject: str):
    of = Casework()
    event, row, activity = ABOUT[subject]
    with as_role("migrate"), acting_as(SYSTEM_ACTOR):
        key = row(of)
    tail = LogTail()
    with acting_as(SYSTEM_ACTOR):
        record(event, subject, [key])
    lines = tail.lines()
    assert sorted(line["subject"] for line in lines) == sorted(everybody())
    told = {(line["name"], line["activity"], line["kind"]) for line in lines}
    assert told == {(event, activity, "persoon")}


def test_an_instruction_about_one_person_is_about_him():
    of = Casework()
    with as_role("migrate"):
        key = SafetyInstruction.objects.get().pk
    tail = LogTail()
    with acting_as(SYSTEM_ACTOR):
        record(Event.SAFETY_ENDED, "veiligheidsinstructie", [key])
    assert [line["subject"] for line in tail.lines()] == [str(of.person.pk)]
