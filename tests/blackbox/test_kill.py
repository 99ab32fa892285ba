"""A `manage.py koppel` that is killed leaves nothing that the next one does not clear up."""

import datetime as dt
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import quote, urlencode

import psycopg
import pytest
from django.conf import settings

from eligibility.town import generate

DAY = dt.date(2026, 3, 1)
ROUNDS = 6


@pytest.fixture(scope="module")
def village(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Large enough that a kill lands in the middle of something."""
    folder = tmp_path_factory.mktemp("village")
    generate(folder, inhabitants=20_000, peildatum=DAY, seed=7)
    return folder


def environment(box: psycopg.Connection) -> dict[str, str]:
    info = box.info
    place = urlencode({"host": info.host, "port": info.port})
    address = f"postgres://{info.user}:{quote(info.password, safe='')}@/{info.dbname}?{place}"
    return os.environ | {"BEREIK_ROLE": "koppel", "DATABASE_URL_KOPPEL": address}


def start(box: psycopg.Connection, village: Path, target: Path) -> subprocess.Popen[str]:
    words = [sys.executable, "manage.py", "koppel", str(village), "--peildatum", DAY.isoformat()]
    return subprocess.Popen(
        [*words, "--uit", str(target)],
        cwd=settings.BASE_DIR,
        env=environment(box),
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.proof
def test_a_killed_run_leaves_nothing_behind_and_changes_nothing(
    box: psycopg.Connection, village: Path, tmp_path: Path
) -> None:
    whole = start(box, village, tmp_path / "whole")
    said = whole.communicate()[1].splitlines()
    assert whole.returncode == 0
    expected = {file.name: file.read_bytes() for file in (tmp_path / "whole").iterdir()}
    inside = set()
    for number in range(ROUNDS):
        victim = start(box, village, tmp_path / "killed")
        # Just after a line a new thing has begun: loading at first, later the steps.
        for _ in range((number + 1) * (len(said) - 1) // (ROUNDS + 1)):
            line = victim.stderr.readline()
        inside.add("stappen" if line.startswith("stap ") else "inladen")
        time.sleep(0.02)
        victim.send_signal(signal.SIGKILL)
        victim.communicate()
        assert not (tmp_path / "killed").exists()
    assert inside == {"inladen", "stappen"}
    again = start(box, village, tmp_path / "again")
    assert len(again.communicate()[1].splitlines()) == len(said)
    assert again.returncode == 0
    assert {file.name: file.read_bytes() for file in (tmp_path / "again").iterdir()} == expected
    left = box.execute(
        "SELECT count(*) FROM pg_class WHERE relnamespace = 'blackbox'::regnamespace AND relname ~ '_[0-9]+$'"
    )
    assert left.fetchone() == (0,)
