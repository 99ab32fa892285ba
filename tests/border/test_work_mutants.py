"""A guard of the casework is believed when it goes red, by name, as soon as what it guards is taken away."""

import pytest

from tests.border.guards import connected
from tests.border.work_guards import WORK_GUARDS
from tests.border.work_mutants import WORK_MUTANTS, WorkMutant

pytestmark = pytest.mark.django_db
BY_NAME = {guard.__name__: guard for guard in WORK_GUARDS}


def _run(statements: str) -> None:
    with connected("migrate") as migrate, migrate.transaction():
        migrate.execute(statements.encode())


@pytest.mark.parametrize("guard", WORK_GUARDS, ids=lambda guard: guard.__name__)
def test_guard_holds(guard):
    guard()


def test_each_guard_has_a_mutant():
    assert {mutant.noticed_by for mutant in WORK_MUTANTS} == set(BY_NAME)


@pytest.mark.proof
@pytest.mark.parametrize("mutant", WORK_MUTANTS, ids=lambda mutant: mutant.name)
def test_a_mutant_is_noticed(mutant: WorkMutant):
    guard = BY_NAME[mutant.noticed_by]
    _run(mutant.breaks)
    try:
        with pytest.raises(AssertionError):
            guard()
    finally:
        _run(mutant.mends)
    guard()
