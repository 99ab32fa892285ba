"""What the page on security names as proof is there."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from tests.border.guards import GUARDS
from tests.border.mutants import MUTANTS

ROOT = Path(settings.BASE_DIR)
PAGE = (ROOT / "docs/security.md").read_text(encoding="utf-8")
BORDER = PAGE.partition("## The border in PostgreSQL")[2].partition("\n## ")[0]
FILES = sorted(set(re.findall(r"`(tests/[\w/]+\.py)`", PAGE)))


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_named_is_there(name):
    assert (ROOT / name).is_file()


def test_every_test_that_is_named_is_in_a_file_that_is_named():
    code = "\n".join(
        (ROOT / name).read_text(encoding="utf-8") for name in [*FILES, "tests/border/test_mutants.py"]
    )
    named = set(re.findall(r"`(test_\w+)`", PAGE))
    assert len(named) >= 15
    assert {name for name in named if f"def {name}(" not in code} == set()


def test_every_guard_and_nearly_every_mutant_of_the_border_is_named():
    assert {guard.__name__ for guard in GUARDS if f"`{guard.__name__}`" not in BORDER} == set()
    assert len([mutant for mutant in MUTANTS if mutant.name in BORDER]) >= len(MUTANTS) * 3 // 4
