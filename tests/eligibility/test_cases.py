"""The bundled cases through the browser's way: what reaches the casework is what the cases say."""

import datetime
from pathlib import Path

import pytest
from django.conf import settings

from outreach.models import User
from tests.eligibility import deliver

CASES = Path(settings.BASE_DIR).parent / "shared" / "cases"

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not CASES.exists(), reason="the cases are not in this checkout"),
]


def expected(folder: Path) -> dict[str, list[str]]:
    lists = {path.stem: path.read_text(encoding="utf-8").splitlines()[1:] for path in folder.glob("*.csv")}
    return {regeling: lines for regeling, lines in lists.items() if lines}


@pytest.mark.parametrize(
    ("name", "verwacht", "day"),
    [
        ("huishoudens", "verwacht", datetime.date(2026, 3, 1)),
        ("huishoudens", "verwacht-2026-02-28", datetime.date(2026, 2, 28)),
        ("stadje-2026", "verwacht", datetime.date(2026, 3, 1)),
        ("stadje-2028", "verwacht", datetime.date(2028, 2, 29)),
    ],
)
def test_the_casework_gets_what_the_case_says(
    places: Path, manager: User, name: str, verwacht: str, day: datetime.date
):
    deliveries = deliver.deliver_folder(CASES / name, manager)
    assert {delivery.state for delivery in deliveries} == {"ingeladen"}
    run = deliver.run_through(manager, day)
    assert (run.state, run.problem) == ("klaar", "")
    assert deliver.handed_over(run) == expected(CASES / name / verwacht)
