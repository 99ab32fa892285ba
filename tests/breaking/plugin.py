"""Says how a run of pytest ended in which one guard is broken (see sitecustomize.py beside this).

With `NOTICED` when a test itself turned red, and with pytest's own codes otherwise: a mutant that only keeps
the suite from starting proves nothing.
"""

import pytest

from tools.code_mutants import NOTICED

_red: list[str] = []


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.when == "call" and report.failed:
        _red.append(report.nodeid)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    if _red:
        session.exitstatus = NOTICED
