import logging
from pathlib import Path

import pytest
from celery.app.task import Task

from tests.api import calling


@pytest.fixture(autouse=True)
def folders(settings, tmp_path) -> Path:
    """Files of their own, no limit that a test does not ask for, and no news of refusals."""
    settings.LETTER_FOLDER = tmp_path / "brieven"
    settings.SCAN_FOLDER = tmp_path / "scans"
    settings.API_CALLS_PER_MINUTE = settings.API_TOKENS_PER_MINUTE = 10**6
    return tmp_path


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("django.request", "oauthlib", "oauth2_provider", "letters.api"):
        monkeypatch.setattr(logging.getLogger(name), "disabled", True)


@pytest.fixture(autouse=True)
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, list]]:
    """What the workers were asked; no worker outside the test may hear of its rows."""
    asked: list[tuple[str, list]] = []
    monkeypatch.setattr(
        Task, "apply_async", lambda self, args=None, *_, **__: asked.append((self.name, list(args or [])))
    )
    return asked


@pytest.fixture
def api(transactional_db: None) -> calling.Caller:
    """A program of the vendor of the test, with both scopes."""
    return calling.caller()
