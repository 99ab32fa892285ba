"""The file of a share: gone after its term, two people and seven days, never while held, and for good."""
# ruff: noqa: F811

import datetime
from pathlib import Path

import pytest
from django.db import DatabaseError, IntegrityError
from django.test import Client
from pytest_django import Settings

from letters.actions import destroying as worker
from letters.actions import expiring, repeating, sharing
from letters.models import Share, ShareFile
from outreach.audit import Event
from outreach.kernel import clock
from outreach.kernel.db import acting_as
from outreach.models import User
from outreach.policies import NotNow
from tests.eligibility import destroying
from tests.eligibility.conftest import places as _places  # noqa: F401
from tests.letters.test_destroying import hold, logged, ready
from tests.letters.test_sharing import (  # noqa: F401
    adviser,
    as_migrate,
    ask,
    files,
    long_ago,
    manager,
    named,
    refuse,
    secret,
    told,
    town,
    work,
)
from tests.outreach import visits

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("files")]


@pytest.fixture
def made(told: Share, manager: User, settings: Settings, tmp_path: Path) -> ShareFile:
    settings.LETTER_FOLDER = tmp_path / "brieven"
    settings.SCAN_FOLDER = tmp_path / "scans"
    settings.DESTRUCTION_FOLDER = tmp_path / "vernietigd"
    long_ago(told)
    ask(told, manager)
    work()
    return told.files.get()


def test_it_is_on_a_list_from_the_day_that_its_term_is_over(made):
    assert expiring.share_files(clock.today() - datetime.timedelta(days=1)) == []
    (due,) = expiring.share_files(clock.today())
    assert (due.subject, due.what) == (str(made.pk), f"Deling {made.share_id}, bestand 1")


def test_it_goes_with_what_a_killed_writer_left_and_is_fetched_no_more(made, manager, files):
    (files / made.file_name()).with_suffix(".123").write_bytes(b"left")
    (files / "uitvoer-1.csv.age").write_bytes(b"of another kind")
    of, tail = ready("deling", [made.pk]), visits.AuditTail()
    assert worker.carry_out_due() == [of.pk]
    assert [one.name for one in files.iterdir()] == ["uitvoer-1.csv.age"]
    made.refresh_from_db()
    assert made.destroyed_at
    (item,) = destroying.items(of)
    assert (item.state, item.facts["bestanden"], item.facts["gevonden"]) == ("vernietigd", 2, 0)
    assert logged() == [("deling", made.file_name())]
    assert len(tail.lines(Event.SHARE_FILE_DESTROYED)) == 1
    with acting_as(manager.actor()), pytest.raises(NotNow, match="bewaartermijn is voorbij"):
        sharing.fetch(file=made, by=manager)
    client = Client()
    client.force_login(manager)
    page = client.get(f"/brieven/delen/{made.share_id}/").content.decode()
    assert "vernietigd op" in page
    assert f"/brieven/delen/bestanden/{made.pk}" not in page
    assert "Bestand 1 ophalen" not in page


def test_who_objects_after_that_is_asked_back_all_the_same(made, manager, adviser, secret):
    ready("deling", [made.pk])
    worker.carry_out_due()
    refuse("Els", "delen", adviser)
    work()
    assert named(made.share.files.get(number=2), manager, secret) == ["Els"]


def test_a_copy_keeps_the_list_open(made, files):
    (files / "kopie").hardlink_to(files / made.file_name())
    of = ready("deling", [made.pk])
    assert worker.carry_out_due() == []
    assert "kopie" in destroying.items(of)[0].problem
    (files / "kopie").unlink()
    assert worker.carry_out_due() == [of.pk]


def test_what_is_held_stays(made, files):
    hold("deling", made.pk)
    with pytest.raises(NotNow):
        destroying.draft([made.pk], "deling")
    with pytest.raises(IntegrityError, match="held"):
        ShareFile.objects.filter(pk=made.pk).update(destroyed_at=clock.now())
    assert (files / made.file_name()).exists()


def test_after_an_older_backup_it_goes_again(made, files):
    sealed = (files / made.file_name()).read_bytes()
    ready("deling", [made.pk])
    worker.carry_out_due()
    with pytest.raises(DatabaseError, match="does not come back"):
        ShareFile.objects.filter(pk=made.pk).update(destroyed_at=None)
    triggers = "ALTER TABLE letters_sharefile {} TRIGGER vernietigd_blijft"
    as_migrate(triggers.format("DISABLE"))
    try:
        ShareFile.objects.filter(pk=made.pk).update(destroyed_at=None)
    finally:
        as_migrate(triggers.format("ENABLE"))
    (files / made.file_name()).write_bytes(sealed)
    assert repeating.repeat() == (1, [])
    assert not (files / made.file_name()).exists()
    made.refresh_from_db()
    assert made.destroyed_at


def test_without_its_trigger_what_is_held_would_go(made):
    hold("deling", made.pk)
    as_migrate("ALTER TABLE letters_sharefile DISABLE TRIGGER vastgehouden")
    try:
        assert ShareFile.objects.filter(pk=made.pk).update(destroyed_at=clock.now()) == 1
    finally:
        as_migrate("ALTER TABLE letters_sharefile ENABLE TRIGGER vastgehouden")
