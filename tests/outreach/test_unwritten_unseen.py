"""What cannot be written in the audit is not shown: every page that names a person or an address.

Nobody has to keep up which pages those are: each page of tests/access_table.py is opened as usual, by every
role that may, and what then shows a name or a street must show nothing while the audit refuses the line.
"""

import pytest
from django.http import HttpResponse

from outreach.models import Household, Person
from tests.access_table import LETTERS_ROOM, OUTREACH
from tests.outreach import visits
from tests.outreach.test_access import ask, nobody_is_told, places, users  # noqa: F401
from tests.roles import as_role

pytestmark = pytest.mark.django_db
PAGES = [row for row in OUTREACH + LETTERS_ROOM if row.method == "GET"]
STREET, NAME = "Kanarieweg", "Vogelzang"
#: What is of one person or one household. A page with the key of one in its address names somebody.
OF_SOMEBODY = {"household", "task", "referral", "safety", "representative", "letter", "application", "work"}
#: Images of paper: tests/letters/test_attachments.py has scans to show.
IMAGES = {"work_image", "application_image", "application_scan"}
#: A PDF, of which the words are not its bytes: tests/letters/test_opt_out_letter.py reads it.
PAPER = {"opt_out_letter"}


@pytest.fixture
def named(places: dict[str, object]) -> dict[str, object]:  # noqa: F811
    """The same things, of people who are found back in any text."""
    with as_role("migrate"):
        Household.objects.update(street=STREET)
        Person.objects.update(family_name=NAME)
    return places


def names_somebody(answer: HttpResponse) -> bool:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return any(name.encode() in content for name in (STREET, NAME))


def test_a_page_that_names_somebody_shows_nothing_when_that_cannot_be_written_down(named):
    everybody = users()
    asked = [(row, everybody[role]) for row in PAGES for role in sorted(row.roles)]
    naming = [(row, user) for row, user in asked if names_somebody(ask(row, named, user))]
    with visits.broken_audit():
        answers = [(row, user, ask(row, named, user)) for row, user in naming]
    shown = [
        f"{row.page} as {user.role}: {answer.status_code}"
        for row, user, answer in answers
        if answer.status_code != 500 or names_somebody(answer)
    ]
    assert shown == []
    expected = {row.page for row in PAGES if OF_SOMEBODY & set(row.args)} - IMAGES - PAPER
    lists = {"looplijst", "tasks", "safety_list", "applications", "letter_list"}
    assert expected | lists <= {row.page for row, _ in naming}
