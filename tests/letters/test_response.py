"""What came back of a round: each household once, of who could answer, and no small count that leaks."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from letters.actions import response
from letters.actions.ledger import Told, tell
from letters.actions.response import Responses
from letters.models import Axis, DeliveryState, Letter, LetterKind, Part, Production, ResponseState
from letters.models.letter import letter_id
from letters.views import response_shown as shown
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Approach, Role
from outreach.models.approach import Result
from tests import factories
from tests.letters import rounds

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.LETTER_FOLDER = tmp_path / "brieven"


def _answered(letter: Letter, *, granted: bool = False) -> None:
    with acting_as(SYSTEM_ACTOR):
        tell([letter.pk], Told(Axis.RESPONSE, ResponseState.RECEIVED))
        if granted:
            Approach.objects.filter(pk=letter.approach_id).update(result=Result.GRANTED)


def _returned(letter: Letter) -> None:
    with acting_as(SYSTEM_ACTOR):
        tell([letter.pk], Told(Axis.DELIVERY, DeliveryState.RETURNED))


def _reminder(letter: Letter) -> Letter:
    """A reminder of this letter, in the post."""
    with acting_as(SYSTEM_ACTOR):
        part = Part.objects.create(round=letter.round, number=letter.position + 1, letters_count=1)
        made = Letter.objects.create(
            id=letter_id(letter.round_id, letter.household_id, LetterKind.REMINDER),
            round_id=letter.round_id,
            household_id=letter.household_id,
            approach_id=letter.approach_id,
            reminder_of=letter,
            kind=LetterKind.REMINDER,
            klasse=letter.klasse,
            form_code=f"{letter.position:012d}",
            part=part,
            position=1,
            response=ResponseState.OPEN,
        )
        tell([made.pk], Told(Axis.PRODUCTION, Production.SENT))
    return made


def test_each_household_counts_once_whichever_of_its_letters_it_answers():
    part = rounds.made(6)
    assert response.of_round(part.round) == Responses()
    rounds.post(part)
    first, second, third, fourth, fifth, _ = rounds.letters(part)
    _answered(first, granted=True)
    _answered(_reminder(second))
    _reminder(third)
    _returned(fourth)
    # The post brought it back, and the form came all the same.
    _returned(fifth)
    _answered(fifth)
    found = response.of_round(part.round)
    assert found == Responses(sent=6, returned=2, answerable=5, answered=3, granted=1)


def test_the_page_shows_it_without_one_query_for_each_letter():
    def counted(size: int) -> tuple[int, str]:
        part = rounds.made(size)
        client = Client()
        client.force_login(factories.user(Role.COMMUNICATIEADVISEUR))
        page = reverse("letter_round", args=[part.round_id])
        assert "Reacties" not in client.get(page).content.decode()
        rounds.post(part)
        for letter in rounds.letters(part)[: size // 2]:
            _answered(letter)
        with CaptureQueriesContext(connection) as queries:
            text = client.get(page).content.decode()
        return len(queries), text

    few, small = counted(2)
    many, large = counted(24)
    assert many == few
    assert "Reacties" in small
    assert "50%" not in small
    assert "50%" in large
    with CaptureQueriesContext(connection) as queries, acting_as(SYSTEM_ACTOR):
        response.of_round(rounds.Round.objects.last())
    assert sum('FROM "letters_letter"' in one["sql"] for one in queries) == 2


def _values(**counts: int) -> list[str]:
    return [one["value"] for one in shown.kpis(Responses(**counts))]


@pytest.mark.parametrize(
    ("counts", "texts"),
    [
        ((0, 0, 0, 0, 0), []),
        ((9, 0, 9, 0, 0), ["minder dan 10", "niet getoond", "niet getoond", "0", "niet getoond"]),
        ((400, 20, 380, 95, 40), ["400", "20", "95", "40", "25%"]),
        ((2000, 3, 1997, 500, 400), ["2.000", "minder dan 10", "500", "400", "25%"]),
        # Twenty who answered, at exactly 40%, are of fifty: with 53 sent, three came back.
        ((53, 3, 50, 20, 0), ["53", "minder dan 10", "20", "0", "niet getoond"]),
        ((303, 3, 300, 100, 95), ["303", "minder dan 10", "100", "niet getoond", "ongeveer 35%"]),
        ((100, 0, 100, 97, 50), ["100", "0", "niet getoond", "50", "niet getoond"]),
        ((100, 0, 100, 4, 0), ["100", "0", "minder dan 10", "niet getoond", "niet getoond"]),
        ((100, 0, 100, 0, 0), ["100", "0", "0", "0", "0%"]),
    ],
)
def test_small_counts_are_hidden_and_cannot_be_worked_out(counts, texts):
    names = ("sent", "returned", "answerable", "answered", "granted")
    assert _values(**dict(zip(names, counts, strict=True))) == texts
