"""Rounds and people are destroyed: in no file, whatever kills the worker, and by no older backup back."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pypdfium2
import pytest
from django.db import connections
from pytest_django import Settings

from eligibility.actions import destroying as worker
from eligibility.actions import destroying_casework as casework
from outreach.actions import destruction
from outreach.kernel import clock
from outreach.kernel.db import acting_as
from outreach.kernel.destruction_log import DestructionLog
from outreach.models import DestructionList, Role
from outreach.views.certificate_pdf import certificate
from tests import factories
from tests.blackbox import test_kill
from tests.eligibility import destroying
from tests.eligibility.casework import (
    OF_PEOPLE,
    OF_ROUNDS,
    Casework,
    ask,
    counted,
    destroy_rounds,
    know,
    ready,
)
from tests.eligibility.test_repeating import Backup, backup, repeated
from tests.eligibility.worker import wait_for
from tests.outreach import visits
from tests.roles import as_role
from tests.waiting import until
from tools.servers import environment
from tools.state import ServersError

__all__ = ["backup"]

pytestmark = [pytest.mark.proof, pytest.mark.django_db, pytest.mark.usefixtures("places")]


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Iterator[None]:
    settings.LETTER_FOLDER = tmp_path / "brieven"
    settings.LETTER_FOLDER.mkdir()
    settings.DESTRUCTION_FOLDER = tmp_path / "vernietigd"
    settings.DATABASE_FILES = ""
    yield
    with visits.as_owner() as cursor:
        cursor.execute("DELETE FROM blackbox.bekende_persoon")


class Files:
    """The files of the test's own database, and a way to have all of it in them."""

    def __init__(self, folder: Path) -> None:
        try:
            self._admin = environment("admin")["DATABASE_ADMIN_URL"]
            data = Path(environment("koppel")["DATABASE_FILES"])
        except (ServersError, KeyError):
            pytest.skip("the files of the servers from outside cannot be read")
        with connections["migrate"].cursor() as cursor:
            cursor.execute("SELECT oid FROM pg_database WHERE datname = current_database()")
            ((number,),) = cursor.fetchall()
        folder.mkdir()
        (folder / "base").symlink_to(data / "base" / str(number))
        worker.settings.DATABASE_FILES = str(folder)

    def write(self) -> None:
        with psycopg.connect(self._admin, autocommit=True) as admin:
            admin.execute(b"CHECKPOINT")


@pytest.fixture
def files(tmp_path: Path, transactional_db: None) -> Files:
    return Files(tmp_path / "pg")


def carried_out(of: DestructionList) -> DestructionList:
    """Once nobody looks at the rows of before any more, as autovacuum may: those are written anew too."""
    until(lambda: of.pk in destroying.carry_out(), f"the end of list {of.pk}")
    return of


def facts(of: DestructionList) -> list[dict[str, object]]:
    return [item.facts for item in destroying.items(of)]


def test_after_it_no_row_is_left_in_the_files_of_the_database(files: Files):
    of = Casework()
    files.write()
    made = carried_out(ready("ronde", [of.letters.pk, of.visits.pk]))
    for told in facts(made):
        assert (told["sporen_vooraf"], told["gezocht_naar"], told["gevonden"]) == (2, 2, 0)
        assert told["database_doorzocht"] is True
    made.refresh_from_db()
    pages = pypdfium2.PdfDocument(certificate(made, destroying.items(made)))
    text = " ".join(" ".join(page.get_textpage().get_text_range() for page in pages).split())
    assert "Steekproef van de lijst. Naar 2 sporen" in text
    assert "Gevonden: 0. Vooraf gevonden: 2." in text
    of.age()
    files.write()
    people = carried_out(ready("persoon", of.people()))
    for told in facts(people):
        assert (told["sporen_vooraf"], told["gezocht_naar"], told["gevonden"]) == (2, 2, 0)


def test_what_stays_is_not_taken_for_what_was_left_behind(files: Files):
    """Of two rounds one is held, and of the other the one household stays since somebody asked for that."""
    of = Casework()
    officer = factories.user(Role.PRIVACY_OFFICER)
    made = ready("ronde", [of.letters.pk, of.visits.pk])
    with acting_as(officer.actor()):
        destruction.place_hold(kind="ronde", subject=str(of.letters.pk), reason="Beroep 26/4", by=officer)
    ask("UPDATE outreach_person SET restricted = true WHERE id = %s", of.person.pk)
    files.write()
    carried_out(made)
    states = {int(item.subject): (item.state, item.problem) for item in destroying.items(made)}
    assert states == {of.letters.pk: ("vastgehouden", ""), of.visits.pk: ("vernietigd", "")}
    assert counted(["outreach_approach"]) == {"outreach_approach": 2}


def test_what_is_removed_and_not_written_anew_is_found(files: Files, monkeypatch: pytest.MonkeyPatch):
    """The mutant: the rows are removed and that is all."""
    of = Casework()
    files.write()
    made = ready("ronde", [of.letters.pk, of.visits.pk])
    with monkeypatch.context() as patch:
        patch.setattr(casework, "write_anew", lambda box: None)
        assert destroying.carry_out() == []
    assert ["2 sporen" in item.problem for item in destroying.items(made)] == [True, True]
    assert counted(OF_ROUNDS) == dict.fromkeys(OF_ROUNDS, 0)
    carried_out(made)
    assert [told["gevonden"] for told in facts(made)] == [0, 0]


# --- kill -9 ---

#: A worker that dies at one place: just before the call that is named.
VICTIM = """
import os, signal, sys
import django
django.setup()
from eligibility.actions import destroying, destroying_casework
from outreach.actions import destruction
def die(*args, **kwargs):
    os.kill(os.getpid(), signal.SIGKILL)
room = {"casework": destroying_casework, "destruction": destruction}
place, name = sys.argv[1].split(" ")
setattr(room[place], name, die)
destroying.carry_out_due()
"""
PLACES = [
    "destruction begin",
    "casework _log",
    "casework _remove",
    "destruction learned",
    "casework write_anew",
    "casework _look",
    "casework _say",
    "casework record",
    "casework flush_folder",
    "destruction close_finished",
]


def killed_at(place: str, box: psycopg.Connection) -> int:
    own = {
        name: str(getattr(worker.settings, name))
        for name in ("UPLOAD_FOLDER", "KEY_FOLDER", "MASTER_KEY", "DESTRUCTION_FOLDER", "GEMEENTECODE")
    }
    env = test_kill.environment(box) | own | {"DJANGO_SETTINGS_MODULE": "outreach.settings"}
    words = [sys.executable, "-c", VICTIM, place]
    return subprocess.run(words, env=env, cwd=worker.settings.BASE_DIR, check=False).returncode


def die_at(place: str, box: psycopg.Connection) -> None:
    """Who finds another at work leaves it for the next sweep, as the worker does; then he begins again."""
    wait_for(lambda: killed_at(place, box) == -signal.SIGKILL, f"a kill at {place}")


def _ended(of: DestructionList, place: str) -> list[str]:
    """The next worker ends it; what is told of each."""
    with as_role("koppel"):
        wait_for(lambda: of.pk in worker.carry_out_due(), f"the end of the list after {place}")
        worker.forget_searches()
    assert {item.state for item in destroying.items(of)} == {"vernietigd"}, place
    told = []
    for one in facts(of):
        assert one["gevonden"] == 0
        told.append(json.dumps(one.get("verwijderd"), sort_keys=True))
    return sorted(told)


def test_killed_at_any_place_the_next_worker_ends_the_same(box):
    ends = []
    for place in PLACES:
        of = Casework()
        know(of.person.pk)
        made = ready("ronde", [of.letters.pk, of.visits.pk])
        die_at(place, box)
        ends.append(_ended(made, place))
        assert counted(OF_ROUNDS) == dict.fromkeys(OF_ROUNDS, 0), place
        of.age()
        people = ready("persoon", of.people())
        # Only of a round what went is written down beside it.
        if place != "destruction learned":
            die_at(place, box)
        _ended(people, place)
        assert counted(OF_PEOPLE) == dict.fromkeys(OF_PEOPLE, 0), place
        assert list(Path(worker.settings.KEY_FOLDER).glob("zoek-*")) == [], place
    assert ends == [ends[0]] * len(PLACES)
    lines = list(DestructionLog(worker.settings.DESTRUCTION_FOLDER, "koppel").lines())
    assert len(lines) == len({line["onderdeel"] for line in lines}) == 4 * len(PLACES)


# --- an older backup ---


def test_after_an_older_backup_they_go_again_and_who_came_out_since_stays(box, backup: Backup):
    of = Casework()
    know(of.person.pk)
    of.age()
    officer = factories.user(Role.PRIVACY_OFFICER)
    # When the backup was made the round of the letters was still open.
    with connections["migrate"].cursor() as cursor:
        cursor.execute(
            "UPDATE outreach_round SET state = 'lopend', closed_at = NULL WHERE id = %s", [of.letters.pk]
        )
    Path(worker.settings.KEY_FOLDER).mkdir()
    backup.make()
    of.close()
    destroy_rounds(of)
    keys = of.people()
    people = ready("persoon", keys)
    assert destroying.carry_out() == [people.pk]

    backup.put_back()
    left = "SELECT (SELECT count(*) FROM letters_letter), (SELECT count(*) FROM outreach_person)"
    assert backup.ask(left) == [(1, 2)]
    # He came out of a koppeling again before the backup was made, and after he was destroyed.
    backup.ask("UPDATE outreach_handover SET handed_over_at = %s RETURNING id", clock.now())
    done = repeated(backup, box)
    assert (done.returncode, done.stdout) == (0, "Opnieuw vernietigd: 2.\n"), done.stderr
    assert backup.ask(left) == [(0, 2)]
    assert backup.ask("SELECT DISTINCT state FROM outreach_round") == [("afgesloten",)]
    assert backup.ask("SELECT count(*) FROM outreach_round WHERE emptied_at IS NULL") == [(0,)]

    backup.put_back()
    done = repeated(backup, box)
    assert (done.returncode, done.stdout) == (0, "Opnieuw vernietigd: 4.\n"), done.stderr
    assert backup.ask(left) == [(0, 0)]
    assert backup.ask("SELECT count(*) FROM blackbox.bekende_persoon") == [(0,)]
    again = repeated(backup, box)
    assert (again.returncode, again.stdout) == (0, "Opnieuw vernietigd: 0.\n"), again.stderr

    # A round that was held when the backup was made keeps its people, and the command says so.
    backup.put_back()
    columns = "(kind, subject, reason, placed_by_id)"
    held = f"INSERT INTO outreach_legalhold {columns} VALUES ('ronde', %s, 'Beroep', %s) RETURNING id"
    backup.ask(held, str(of.visits.pk), officer.pk)
    done = repeated(backup, box)
    assert done.returncode == 1
    for kept in (f"ronde {of.visits.pk}", *(f"persoon {key}" for key in keys)):
        assert kept in done.stderr
    assert backup.ask(left) == [(0, 2)]
