"""An older backup is put back: what was destroyed after it is destroyed again, and nothing else is."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from django.conf import settings
from django.db import connections

from eligibility.actions import keys
from eligibility.models import Delivery
from outreach.kernel.db import acting_as
from outreach.models import Role, User
from outreach.models.destruction import RetentionKind
from tests import factories
from tests.blackbox import test_kill
from tests.eligibility import deliver, destroying
from tools.postgres import binary
from tools.servers import environment
from tools.state import ServersError

pytestmark = [pytest.mark.proof, pytest.mark.django_db, pytest.mark.usefixtures("places")]

NUMBERS = [deliver.bsn(20000000 + 10 * step) for step in range(30)]


class Backup:
    """A dump of the test's database, with copies of the folders, put back as a database beside it."""

    def __init__(self, folder: Path, admin: str) -> None:
        self._folder = folder
        self._admin = urlsplit(admin)
        self._name = connections["migrate"].settings_dict["NAME"]
        self.restored = f"{self._name}_terug"

    def _url(self, name: str) -> str:
        return urlunsplit(self._admin._replace(path=f"/{name}"))

    def _tool(self, name: str, *words: str) -> None:
        program = Path(binary("pg_ctl", self._folder)).parent / name
        done = subprocess.run([program, *words], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-2000:]

    def make(self) -> None:
        """With the rows of unlogged tables, as an operator might by mistake."""
        self._tool("pg_dump", "-Fc", "-f", str(self._folder / "dump"), self._url(self._name))
        for kept in (settings.UPLOAD_FOLDER, settings.KEY_FOLDER):
            shutil.copytree(kept, self._folder / "copy" / Path(kept).name)

    def put_back(self) -> None:
        with psycopg.connect(self._url("postgres"), autocommit=True) as admin:
            admin.execute(f'DROP DATABASE IF EXISTS "{self.restored}"'.encode())
            admin.execute(f'CREATE DATABASE "{self.restored}"'.encode())
        self._tool("pg_restore", "-d", self._url(self.restored), str(self._folder / "dump"))
        for kept in (settings.UPLOAD_FOLDER, settings.KEY_FOLDER):
            shutil.copytree(self._folder / "copy" / Path(kept).name, kept, dirs_exist_ok=True)

    def ask(self, query: str, *values: object) -> list[tuple]:
        with psycopg.connect(self._url(self.restored), autocommit=True) as admin:
            return admin.execute(query.encode(), values).fetchall()

    def forget(self) -> None:
        with psycopg.connect(self._url("postgres"), autocommit=True) as admin:
            admin.execute(f'DROP DATABASE IF EXISTS "{self.restored}" WITH (FORCE)'.encode())


@pytest.fixture
def backup(tmp_path: Path, transactional_db: None) -> Iterator[Backup]:
    try:
        admin = environment("admin")["DATABASE_ADMIN_URL"]
    except ServersError:
        pytest.skip("no superuser on servers from outside")
    (tmp_path / "backup").mkdir()
    made = Backup(tmp_path / "backup", admin)
    yield made
    made.forget()


@pytest.fixture(autouse=True)
def log_folder(places: Path, tmp_path: Path) -> None:
    settings.DESTRUCTION_FOLDER = tmp_path / "vernietigd"
    settings.DATABASE_FILES = ""


def repeated(backup: Backup, box: psycopg.Connection) -> subprocess.CompletedProcess[str]:
    """The command, as somebody types it, in the restored database."""
    env = test_kill.environment(box) | {
        name: str(getattr(settings, name))
        for name in ("UPLOAD_FOLDER", "KEY_FOLDER", "MASTER_KEY", "DESTRUCTION_FOLDER", "GEMEENTECODE")
    }
    address = urlsplit(env["DATABASE_URL_KOPPEL"])
    env["DATABASE_URL_KOPPEL"] = urlunsplit(address._replace(path=f"/{backup.restored}"))
    env.pop("DJANGO_SETTINGS_MODULE", None)
    words = [sys.executable, "manage.py", "vernietig_opnieuw"]
    return subprocess.run(words, cwd=settings.BASE_DIR, env=env, capture_output=True, text=True, check=False)


def pseudonyms(backup: Backup, delivery: Delivery) -> list[tuple]:
    """Whose rows of a delivery the restored database holds."""
    (known,) = backup.ask("SELECT to_regclass(%s)", f"blackbox.klant_{delivery.box_number}")[0]
    return backup.ask(f"SELECT bsn FROM {known}") if known else []


def test_what_was_destroyed_after_the_backup_is_destroyed_again(manager: User, box, backup: Backup, places):
    stays = deliver.deliver(deliver.client_file(NUMBERS[:7]), "bijstand", 2024, by=manager)
    goes = deliver.deliver(deliver.client_file(NUMBERS), "bijstand", 2025, by=manager)
    backup.make()
    later = deliver.deliver(deliver.client_file(NUMBERS[3:]), "bijstand", 2023, by=manager)
    destroying.ready([goes, later])
    assert destroying.carry_out()
    backup.put_back()
    # As a backup does: the rows, the file and the key are there again.
    assert len(pseudonyms(backup, goes)) == 30
    assert (places / goes.stored_as).exists()
    assert keys.key_folder().exists(goes.key_id)
    # The audit of the tests is never emptied.
    told = "SELECT count(*) FROM audit.gebeurtenis WHERE handeling = 'vernietiging_herhaald'"
    ((before,),) = backup.ask(told)

    done = repeated(backup, box)
    assert (done.returncode, done.stdout) == (0, "Opnieuw vernietigd: 2.\n"), done.stderr
    assert pseudonyms(backup, goes) == []
    assert not (places / goes.stored_as).exists()
    assert not keys.key_folder().exists(goes.key_id)
    assert not keys.key_folder().exists(later.key_id)
    states = "SELECT id, state FROM eligibility_delivery ORDER BY id"
    assert backup.ask(states) == [(stays.pk, "ingeladen"), (goes.pk, "vernietigd")]
    taken = "SELECT taken FROM eligibility_deliverykey WHERE name = %s"
    assert backup.ask(taken, later.key_id) == [(True,)]
    assert len(pseudonyms(backup, stays)) == 7
    assert (places / stays.stored_as).exists()
    assert backup.ask(told) == [(before + 1,)]

    again = repeated(backup, box)
    assert (again.returncode, again.stdout) == (0, "Opnieuw vernietigd: 0.\n"), again.stderr


def test_a_hold_in_the_backup_wins_and_the_command_says_so(manager: User, box, backup: Backup, places):
    goes = deliver.deliver(deliver.client_file(NUMBERS), "bijstand", 2025, by=manager)
    officer = factories.user(Role.PRIVACY_OFFICER)
    with acting_as(officer.actor()):
        hold = destroying.destruction.place_hold(
            kind=RetentionKind.DELIVERY, subject=str(goes.pk), reason="Bezwaar", by=officer
        )
    backup.make()
    with acting_as(officer.actor()):
        destroying.destruction.lift_hold(hold=hold, by=officer)
    destroying.ready([goes])
    assert destroying.carry_out()
    backup.put_back()
    done = repeated(backup, box)
    assert done.returncode == 1
    assert f"levering {goes.pk}" in done.stderr
    assert len(pseudonyms(backup, goes)) == 30


def test_a_log_that_was_changed_stops_the_command(manager: User, box, backup: Backup):
    for number in (5, 6):
        destroying.ready(
            [deliver.deliver(deliver.client_file(NUMBERS[number:]), "bijstand", 2025, by=manager)]
        )
    destroying.carry_out()
    path = destroying.log_file()
    path.write_text(path.read_text().replace('"onderwerp": "1"', '"onderwerp": "9"'))
    backup.make()
    backup.put_back()
    done = repeated(backup, box)
    assert done.returncode == 1
    assert "Regel 2 van koppel.jsonl klopt niet" in done.stderr
