"""What the page on security names as proof is there, and what breaks a guard in code is named on it."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from tests.border.guards import GUARDS
from tests.border.mutants import MUTANTS
from tests.border.work_guards import WORK_GUARDS
from tools import mutants
from tools.code_mutants import code_mutants

ROOT = Path(settings.BASE_DIR)
PAGE = mutants.PAGE.read_text(encoding="utf-8")
BORDER = PAGE.partition("## The border in PostgreSQL")[2].partition("\n## ")[0]
FILES = sorted(set(re.findall(r"`(tests/[\w/]+\.py)`", PAGE)))
# By their names they take a guard away, or break what one holds.
BREAKING = re.compile(r"def (test_\w+_is_(?:noticed|needed)|test_without_its_(?:guard|trigger)_\w+)\(")
#: What is broken there is no promise of the page: files of others, a walk, a page of docs.
ABOUT_OTHER_THINGS = ("tests/ui/", "tests/docs/", "tests/outreach/test_walking_order.py")


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_named_is_there(name):
    assert (ROOT / name).is_file()


def test_every_test_that_is_named_is_in_a_file_that_is_named():
    code = "\n".join((ROOT / name).read_text(encoding="utf-8") for name in [*FILES, *mutants.LISTS])
    named = set(re.findall(r"`(test_\w+)`", PAGE))
    assert len(named) >= 15
    assert {name for name in named if f"def {name}(" not in code} == set()


def test_every_promise_names_what_holds_it():
    promises = list(mutants.rows(PAGE))
    assert len(promises) > 50
    assert [promise for promise, held, _ in promises if "`" not in held] == []


def test_every_promise_has_a_mutant_that_the_one_command_runs():
    """A test that breaks something itself, a mutant in code, or a guard of which each has mutants in SQL."""
    in_code = [one.name for one in code_mutants()]
    in_sql = [guard.__name__ for guard in (*GUARDS, *WORK_GUARDS)]
    unbroken = [
        promise
        for promise, held, broken in mutants.rows(PAGE)
        if not re.search(r"`test_\w+`", broken)
        and not any(name in broken for name in in_code)
        and not any(f"`{guard}`" in held for guard in in_sql)
    ]
    assert unbroken == []


@pytest.mark.parametrize("mutant", code_mutants(), ids=lambda mutant: mutant.name)
def test_a_mutant_in_code_breaks_what_is_there_and_stands_at_its_promise(mutant):
    assert mutant.broken_text() != (ROOT / mutant.file).read_text(encoding="utf-8")
    file, test = mutant.test.split("::")
    assert f"def {test}(" in (ROOT / file).read_text(encoding="utf-8")
    cells = [(held, broken) for _, held, broken in mutants.rows(PAGE) if mutant.name in broken]
    assert [f"`{file}`" in held and f"`{test}`" in held for held, _ in cells].count(True) == 1


def test_no_two_mutants_in_code_have_one_name():
    names = [one.name for one in code_mutants()]
    assert len(set(names)) == len(names) > 40


def test_every_guard_and_every_mutant_of_the_border_is_named():
    assert {guard.__name__ for guard in GUARDS if f"`{guard.__name__}`" not in BORDER} == set()
    assert {mutant.name for mutant in MUTANTS if mutant.name not in BORDER} == set()


def test_every_guard_of_the_casework_is_named():
    """Each has its mutants: see test_each_guard_has_a_mutant."""
    assert {guard.__name__ for guard in WORK_GUARDS if f"`{guard.__name__}`" not in BORDER} == set()


def test_every_test_that_breaks_something_is_run_by_the_one_command():
    run = set(mutants.tests(PAGE))
    missed = {
        f"{path.relative_to(ROOT)}::{test}"
        for path in (ROOT / "tests").rglob("test_*.py")
        for test in BREAKING.findall(path.read_text(encoding="utf-8"))
        if not str(path.relative_to(ROOT)).startswith((*ABOUT_OTHER_THINGS, *mutants.LISTS))
    }
    assert missed - run == set()


def test_a_mutant_that_is_nowhere_stops_the_command():
    page = (
        "| Promise | Held by | Broken to see it red |\n|---|---|---|\n| all | `tests/x.py` | `test_gone` |\n"
    )
    with pytest.raises(LookupError, match="test_gone"):
        mutants.tests(page)
