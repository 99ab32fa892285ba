"""The page on operations names every variable, and no other."""

import re
from pathlib import Path

from django.conf import settings

from tools import servers

ROOT = Path(settings.BASE_DIR)
TABLE = (ROOT / "docs/operations.md").read_text(encoding="utf-8").split("## Variables")[1].split("\n## ")[0]


def _named() -> set[str]:
    first_cells = (line.split("|")[1] for line in TABLE.splitlines() if line.startswith("| `"))
    return {name for cell in first_cells for name in re.findall(r"`([A-Z_]+)`", cell)}


def _read() -> set[str]:
    code = (ROOT / "outreach/settings.py").read_text(encoding="utf-8")
    asked = re.findall(r"(?:env\.\w+|required|sender)\(\s*\"([A-Z_]+)\"", code)
    return {*asked, *servers.ADDRESSES.values(), "BEREIK_RUN"}


def test_every_variable_has_a_row_and_every_row_a_variable():
    assert _named() == _read()
