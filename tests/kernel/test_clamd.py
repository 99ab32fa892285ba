"""The virus scanner: a plain yes of clamd lets a file through, and nothing else does."""

import io
import logging
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from letters.models import Scan
from outreach import virus
from outreach.kernel.clamd import ClamdFailed, is_clean
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Role
from tests import factories
from tests.api import calling
from tests.api.test_scans import _announced, _scan
from tests.eligibility import deliver
from tests.kernel.clamd import SAYS, VIRUS, clamd

CLEAN = b"bsn;naam\n" * 60_000


@pytest.fixture(autouse=True)
def patience(settings) -> None:
    settings.CLAMD_SECONDS = 0.3


@pytest.fixture
def folder() -> Iterator[Path]:
    """The path of a socket may have a hundred characters, and a temporary folder of pytest has more."""
    made = Path(tempfile.mkdtemp())
    yield made
    shutil.rmtree(made)


@pytest.mark.parametrize("tcp", [False, True])
def test_a_clean_file_gets_a_yes_and_a_virus_a_no(folder, settings, tcp, caplog):
    with clamd(folder, tcp=tcp) as (settings.CLAMD_ADDRESS, seen):
        assert is_clean(io.BytesIO(CLEAN)) is True
        assert is_clean(io.BytesIO(b"")) is True
        assert is_clean(io.BytesIO(CLEAN + VIRUS + CLEAN)) is False
    assert seen.heard == [len(CLEAN), 0, 2 * len(CLEAN) + len(VIRUS)]
    assert "Eicar-Test-Signature" in caplog.text


@pytest.mark.parametrize("mood", ["hangs", "deaf", "hasty", *SAYS])
def test_whatever_else_it_does_is_no_yes(folder, settings, mood):
    with clamd(folder, mood) as (settings.CLAMD_ADDRESS, _), pytest.raises(ClamdFailed):
        is_clean(io.BytesIO(CLEAN * 10))


def test_a_file_that_is_too_large_for_it_is_not_let_through(folder, settings):
    with clamd(folder, most=100_000) as (settings.CLAMD_ADDRESS, _):
        assert is_clean(io.BytesIO(b"x" * 100_000)) is True
        for size in (100_001, len(CLEAN * 40)):
            with pytest.raises(ClamdFailed):
                is_clean(io.BytesIO(b"x" * size))


@pytest.mark.parametrize(
    "address", ["", "unix:/nergens/clamd.ctl", "tcp://127.0.0.1:1", "tcp://127.0.0.1", "http://127.0.0.1:1"]
)
def test_without_a_clamd_nothing_is_clean(settings, address):
    settings.CLAMD_ADDRESS = address
    with pytest.raises(ClamdFailed):
        is_clean(io.BytesIO(CLEAN))


def test_a_scanner_that_fails_in_any_way_lets_nothing_through(settings):
    settings.VIRUS_SCANNER = "outreach.kernel.clamd.is_clean"
    settings.CLAMD_ADDRESS = "tcp://127.0.0.1:1"
    with pytest.raises(virus.ScannerFailed):
        virus.is_clean(lambda: io.BytesIO(CLEAN))
    settings.VIRUS_SCANNER = ""
    assert virus.is_clean(lambda: io.BytesIO(CLEAN))


@pytest.fixture
def scanner(settings) -> None:
    settings.VIRUS_SCANNER = "outreach.kernel.clamd.is_clean"


@pytest.mark.django_db
def test_a_delivery_goes_past_it(folder, settings, scanner, tmp_path):
    settings.UPLOAD_FOLDER = tmp_path
    manager = factories.user(Role.APPLICATIEBEHEERDER)
    content = deliver.client_file([deliver.bsn(20000000 + 10 * step) for step in range(30)])
    with clamd(folder) as (settings.CLAMD_ADDRESS, seen):
        assert deliver.deliver(content, "bijstand", 2025, by=manager).state == "ingeladen"
        bad = deliver.deliver(content + VIRUS, "bijstand", 2025, by=manager)
    assert (bad.state, "virusscanner" in bad.file_problem) == ("geweigerd", True)
    assert seen.heard == [len(content), len(content + VIRUS)]
    waits = deliver.deliver(content + b"\n", "bijstand", 2025, by=manager)
    assert (waits.state, "geen antwoord" in waits.file_problem) == ("ontvangen", True)


@pytest.mark.django_db
def test_a_scan_of_a_vendor_is_kept_nowhere_before_its_yes(folder, settings, scanner, tmp_path, monkeypatch):
    settings.SCAN_FOLDER = tmp_path
    monkeypatch.setattr("celery.app.task.Task.apply_async", lambda *args, **kwargs: None)
    monkeypatch.setattr(logging.getLogger("django.request"), "disabled", True)
    api = calling.caller()
    pile, key = _announced(api), str(uuid.uuid4())
    settings.CLAMD_ADDRESS = f"unix:{folder / 'clamd.ctl'}"
    later = _scan(api, pile, key=key)
    assert (later.status_code, later.headers["Retry-After"] > "0") == (503, True)
    with clamd(folder):
        refused = _scan(api, pile, calling.PNG + VIRUS, key=key)
        assert (refused.status_code, refused.json()["errors"][0]["code"]) == (400, "virus")
        with acting_as(SYSTEM_ACTOR):
            assert not Scan.objects.exists()
        assert list(tmp_path.iterdir()) == []
        assert _scan(api, pile, key=key).status_code == 201
    assert len(list(tmp_path.iterdir())) == 1
