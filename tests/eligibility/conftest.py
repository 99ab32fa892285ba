"""A place of its own for files and keys, and somebody who may deliver."""

import base64
import os
from pathlib import Path

import pytest
from pytest_django import Settings

from outreach.models import Role, User
from tests import factories


@pytest.fixture
def places(settings: Settings, tmp_path: Path) -> Path:
    """Folders for uploads and keys that nobody else uses; gives the one for uploads."""
    settings.UPLOAD_FOLDER = tmp_path / "uploads"
    settings.KEY_FOLDER = str(tmp_path / "keys")
    settings.MASTER_KEY = base64.b64encode(os.urandom(32)).decode()
    settings.GEMEENTECODE = "0363"
    settings.UPLOAD_FOLDER.mkdir()
    return settings.UPLOAD_FOLDER


@pytest.fixture
def manager(transactional_db: None) -> User:
    """An applicatiebeheerder."""
    return factories.user(Role.APPLICATIEBEHEERDER)
