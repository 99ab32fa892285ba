"""The glossary names every model."""

import re
from pathlib import Path

from django.apps import apps
from django.conf import settings

GLOSSARY = Path(settings.BASE_DIR) / "docs" / "glossary.md"
ROOMS = ("outreach", "optout", "eligibility", "letters")


def test_every_model_has_a_row_and_every_row_a_model():
    text = GLOSSARY.read_text(encoding="utf-8").split("## Models")[1]
    rows = set(re.findall(r"^\| `(\w+)` \| (\w+) \|", text, re.MULTILINE))
    assert rows == {
        (model.__name__, room) for room in ROOMS for model in apps.get_app_config(room).get_models()
    }
