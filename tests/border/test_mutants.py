"""A guard is believed when the tests go red without it."""

import sys

import pytest

from tests.border.guards import GUARDS, connected
from tests.border.mutants import MUTANTS, Mutant

pytestmark = [pytest.mark.django_db, pytest.mark.proof]


def _run(statements: str) -> None:
    with connected("migrate") as migrate, migrate.transaction():
        migrate.execute(statements.encode())


def _red() -> list[str]:
    names = []
    for guard in GUARDS:
        try:
            guard()
        except AssertionError:
            names.append(guard.__name__)
    return names


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_mutant_is_noticed(mutant: Mutant, capsys):
    _run(mutant.breaks)
    try:
        red = _red()
    finally:
        _run(mutant.mends)
    with capsys.disabled():
        sys.stdout.write(f"\n  {mutant.name}: {len(red)} red ({', '.join(red)})")
    assert red
    assert _red() == []
