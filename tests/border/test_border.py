"""The border holds on the database as the migrations make it."""

import os
import re
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connections

from outreach.models import Buurt
from tests.border import guards
from tools.servers import environment

pytestmark = pytest.mark.django_db

ROOT = Path(settings.BASE_DIR)


@pytest.mark.parametrize("guard", guards.GUARDS, ids=lambda guard: guard.__name__)
def test_guard_holds(guard):
    guard()


def test_the_search_for_the_canary_finds_what_is_there():
    Buurt.objects.create(code="BU1", name=f"Buurt {guards.CANARY}")
    assert guards.relations_that_show(guards.CANARY) == ["public.outreach_buurt"]


@pytest.mark.parametrize("role", ["koppel", "migrate", "postgres"])
def test_the_web_cannot_log_in_as_another_role(role):
    """With its own password, with none, and with the role's name as password."""
    own = connections["default"].get_connection_params()
    for password in (own["password"], "", role):
        attempt = {key: own[key] for key in ("dbname", "host", "port") if key in own}
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(**attempt, user=role, password=password)


def _in_web_process(code: str) -> str:
    """Run code in a process that has the web's variables and no other."""
    kept = {"PATH", "HOME", "LANG", "VIRTUAL_ENV", "SYSTEMROOT"}
    own = {name: value for name, value in os.environ.items() if name in kept}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**own, **environment("web"), "DJANGO_SETTINGS_MODULE": "outreach.settings"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_the_web_process_knows_one_database_and_no_key():
    shown = _in_web_process(
        "import os; from django.conf import settings as s; print(sorted(s.DATABASES), s.DATABASES['default']['USER'],"
        " repr(s.KEY_FOLDER), repr(s.MASTER_KEY)); print(sorted(os.environ))"
    )
    assert shown.startswith("['default'] web '' ''")
    assert not re.search(r"DATABASE_URL_|DATABASE_ADMIN|MASTER_KEY|KEY_FOLDER", shown.splitlines()[1])


def test_a_missing_variable_says_how_to_mend_it():
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "import django; django.setup(); from django.conf import settings; settings.DEBUG",
        ],
        env={**kept, "DJANGO_SETTINGS_MODULE": "outreach.settings", "SECRET_KEY": "x"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "De omgevingsvariabele DATABASE_URL ontbreekt" in done.stderr
    assert "make demo" in done.stderr


@pytest.mark.parametrize(
    ("password", "problem"), [("", "De omgevingsvariabele GEMEENTE_NAAM ontbreekt"), ("demo", "")]
)
def test_only_the_demo_writes_as_an_invented_municipality(password: str, problem: str):
    """A letter to a resident must not carry a sender that does not exist."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    web = {
        "SECRET_KEY": "x",
        "DATABASE_URL": "postgres://web:x@db.example/b",
        "REDIS_URL": "redis://r.example",
    }
    done = subprocess.run(
        [sys.executable, "-c", "import outreach.settings"],
        env={**kept, **web, "BEREIK_ROLE": "web", "DEMO_PASSWORD": password},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode == 0, problem in done.stderr) == (not problem, True)
