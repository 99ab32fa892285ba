"""Files of letters and images of scans: gone after two people and seven days, and never while held."""

import datetime
import os
from pathlib import Path

import pytest
from django.db import IntegrityError
from pytest_django import Settings

from letters.actions import destroying as worker
from letters.actions import expiring, repeating, scan_storage
from letters.models import Part, Scan
from letters.tasks import keep_house
from outreach.actions import destruction
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.kernel.destruction_log import DestructionLog
from outreach.models import DestructionList, HouseholdMember, Person, Role
from tests import factories
from tests.eligibility import destroying
from tests.letters import rounds, sheets
from tests.roles import as_role

pytestmark = pytest.mark.django_db
CONTENT = b"%PDF-1.4 een formulier"


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.LETTER_FOLDER = tmp_path / "brieven"
    settings.SCAN_FOLDER = tmp_path / "scans"
    settings.DESTRUCTION_FOLDER = tmp_path / "vernietigd"
    return settings.LETTER_FOLDER


def ready(kind: str, subjects: list[object]) -> DestructionList:
    made = destroying.approve(destroying.draft(subjects, kind))
    destroying.cool_off(made)
    return made


def scan() -> Scan:
    """One that was looked at and is no form."""
    key = sheets.deliver(CONTENT)
    with as_role("migrate"):
        Scan.objects.filter(pk=key).update(outcome="uitval", problem="geen_code", reading={"pages": 1})
        return Scan.objects.get(pk=key)


def again(one: Part | Scan) -> Part | Scan:
    with as_role("migrate"):
        one.refresh_from_db()
    return one


def hold(kind: str, subject: object) -> None:
    officer = factories.user(Role.PRIVACY_OFFICER)
    with acting_as(officer.actor()):
        destruction.place_hold(kind=kind, subject=str(subject), reason="Bezwaar 26/9", by=officer)


def logged() -> list[tuple[object, object]]:
    lines = DestructionLog(worker.settings.DESTRUCTION_FOLDER, "kantoor").lines()
    return [(line["soort"], line["bestand"]) for line in lines]


def test_a_file_of_letters_goes_with_all_its_versions(folder: Path):
    part = rounds.made(2)
    (folder / f"{part.file_name()}.123").write_bytes(b"left by a killed maker")
    of = ready("brieven", [part.pk])
    assert worker.carry_out_due() == [of.pk]
    assert list(folder.iterdir()) == []
    assert again(part).destroyed_at
    (item,) = destroying.items(of)
    assert (item.state, item.facts["bestanden"], item.facts["gevonden"]) == ("vernietigd", 2, 0)
    assert item.facts["gezocht_naar"] == 2
    assert logged() == [("brieven", part.download_name())]


def test_an_image_goes_and_what_was_read_from_it(settings: Settings):
    one = scan()
    of = ready("scan", [one.pk])
    assert worker.carry_out_due() == [of.pk]
    assert list(settings.SCAN_FOLDER.iterdir()) == []
    one = again(one)
    assert one.destroyed_at
    assert one.reading == {}
    assert logged() == [("scan", str(one.pk))]


def test_a_copy_keeps_the_list_open(settings: Settings):
    one = scan()
    (path,) = settings.SCAN_FOLDER.iterdir()
    copy = settings.SCAN_FOLDER / "kopie"
    os.link(path, copy)
    of = ready("scan", [one.pk])
    assert worker.carry_out_due() == []
    assert "kopie" in destroying.items(of)[0].problem
    assert again(one).destroyed_at is None
    copy.unlink()
    assert worker.carry_out_due() == [of.pk]
    assert again(one).destroyed_at


def test_many_are_searched_for_in_one_look_and_a_copy_keeps_its_own_alone(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    scans = [scan() for _ in range(4)]
    (path,) = settings.SCAN_FOLDER.glob(f"{scans[2].pk}.age")
    copy = settings.SCAN_FOLDER / "kopie"
    os.link(path, copy)
    looks, look = [], worker.search
    monkeypatch.setattr(worker, "search", lambda *what: looks.append(what) or look(*what))
    of = ready("scan", [one.pk for one in scans])
    assert worker.carry_out_due() == []
    assert [bool(again(one).destroyed_at) for one in scans] == [True, True, False, True]
    copy.unlink()
    looks.clear()
    assert worker.carry_out_due() == [of.pk]
    assert len(looks) == 1


def test_a_worker_that_dies_after_unlinking_leaves_it_to_the_next(monkeypatch: pytest.MonkeyPatch):
    one = scan()
    of = ready("scan", [one.pk])
    with monkeypatch.context() as patch:
        patch.setattr(destruction, "destroyed", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            worker.carry_out_due()
    assert (again(one).destroyed_at, destroying.items(of)[0].state) == (None, "open")
    assert worker.carry_out_due() == [of.pk]
    assert destroying.items(of)[0].facts["gevonden"] == 0
    assert logged() == [("scan", str(one.pk))]


def test_no_file_of_letters_goes_without_a_list(folder: Path):
    """However long ago the vendor confirmed it: what residents and registers are told is the agreed term."""
    part = rounds.made(1)
    destroying.rule("brieven", term=1)
    with as_role("migrate"):
        Part.objects.update(confirmed_at=clock.now() - datetime.timedelta(days=400))
    keep_house()
    assert [path.name for path in folder.iterdir()] == [part.file_name()]
    assert again(part).destroyed_at is None


def test_what_is_held_stays_also_against_who_says_in_sql_that_it_is_gone():
    held = rounds.made(1)
    hold("brieven", held.pk)
    with pytest.raises(IntegrityError, match="this is held"), acting_as(SYSTEM_ACTOR):
        Part.objects.filter(pk=held.pk).update(destroyed_at=clock.now())
    hold("scan", "")
    one = scan()
    with pytest.raises(IntegrityError, match="this is held"), acting_as(SYSTEM_ACTOR):
        Scan.objects.filter(pk=one.pk).update(destroyed_at=clock.now())
    assert scan_storage.read(one.pk) == CONTENT


def test_the_draft_leaves_what_somebody_waits_for():
    part, one, waiting = rounds.made(1), scan(), sheets.deliver(b"%PDF-1.4 nieuw")
    today = clock.today()
    assert expiring.letter_files(today) == []
    with as_role("migrate"):
        Part.objects.update(confirmed_at=clock.now())
    assert [due.subject for due in expiring.letter_files(today)] == [str(part.pk)]
    assert expiring.letter_files(today - datetime.timedelta(days=1)) == []
    assert [due.subject for due in expiring.scans(today)] == [str(one.pk)]
    assert waiting != one.pk


# --- after an older backup ---


def test_files_that_a_backup_brought_back_go_again(settings: Settings, folder: Path):
    part, one = rounds.made(1), scan()
    kept = {path: path.read_bytes() for path in (*folder.iterdir(), *settings.SCAN_FOLDER.iterdir())}
    ready("brieven", [part.pk])
    ready("scan", [one.pk])
    worker.carry_out_due()
    for path, content in kept.items():
        path.write_bytes(content)
    with as_role("migrate"):
        Part.objects.filter(pk=part.pk).update(destroyed_at=None)
        Scan.objects.filter(pk=one.pk).update(destroyed_at=None, reading={"pages": 1})
    assert repeating.repeat() == (2, [])
    assert not any(path.exists() for path in kept)
    assert again(part).destroyed_at
    assert (again(one).destroyed_at is None, again(one).reading) == (False, {})
    assert repeating.repeat() == (0, [])


def test_a_new_round_of_the_same_number_keeps_its_file(folder: Path):
    part = rounds.made(1)
    ready("brieven", [part.pk])
    worker.carry_out_due()
    path = folder / part.file_name()
    path.write_bytes(b"of another round")
    with as_role("migrate"):
        Part.objects.filter(pk=part.pk).update(destroyed_at=None, sha256="f" * 64)
    assert repeating.repeat() == (0, [])
    assert path.exists()


def test_what_the_backup_holds_is_named_and_stays(settings: Settings):
    one = scan()
    (path,) = settings.SCAN_FOLDER.iterdir()
    content = path.read_bytes()
    ready("scan", [one.pk])
    worker.carry_out_due()
    path.write_bytes(content)
    with as_role("migrate"):
        Scan.objects.filter(pk=one.pk).update(destroyed_at=None)
    hold("scan", "")
    assert repeating.repeat() == (0, [f"scan {one.pk}"])
    assert path.exists()


@pytest.mark.parametrize("why", ["restricted", "disputed"])
def test_an_image_stays_when_somebody_asks_for_it_after_it_was_listed(why: str):
    """AVG art. 18: asked again when the list is carried out, and he is told nothing was destroyed."""
    letter = sheets.posted(1)[0]
    found = sheets.taken_in(sheets.scanned(letter, sheets.blank))
    of = ready("scan", [found.pk])
    person = HouseholdMember.objects.filter(household=letter.household_id).values("person")[:1]
    with as_role("migrate"):
        Person.objects.filter(pk__in=person).update(**{why: True})
    assert worker.carry_out_due() == [of.pk]
    assert again(found).destroyed_at is None
    assert [item.state for item in destroying.items(of)] == ["weer_nodig"]
    assert expiring.scans(clock.today()) == []
