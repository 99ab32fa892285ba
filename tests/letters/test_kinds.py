"""Letters of every kind from rows of the database: with their own words, dates, points and form."""

import datetime
import secrets

import pytest
import zxingcpp
from django.utils import timezone

from letters.actions import parts, storage
from letters.actions.contents import read_part
from letters.actions.dates import AT_LEAST
from letters.composition.codes import new_code, payload
from letters.composition.dutch import long_date
from letters.models import Application, ApplicationState, Letter, LetterKind, Part, Rejection
from letters.models.letter import letter_id
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from tests.letters import rounds
from tests.letters.samples import page_image, page_texts

pytestmark = pytest.mark.django_db
RECEIVED = datetime.date(2026, 3, 9)
TERM = timezone.localdate() + datetime.timedelta(weeks=3)


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.LETTER_FOLDER = tmp_path / "brieven"


def _follow(first: Letter, kind: LetterKind, *, points=(), application: bool = True) -> Part:
    """A second letter to the household of a first one, planned in a part of its own."""
    with acting_as(SYSTEM_ACTOR):
        if application:
            Application.objects.create(
                letter=first,
                approach=first.approach,
                state=ApplicationState.INCOMPLETE,
                received_on=RECEIVED,
                decide_by=RECEIVED + datetime.timedelta(weeks=8),
                paused_until=TERM if kind == LetterKind.MISSING else None,
            )
        part = Part.objects.create(round=first.round, number=first.part.number + 1, letters_count=1)
        Letter.objects.create(
            id=letter_id(first.round_id, first.household_id, kind),
            round=first.round,
            household=first.household,
            approach=first.approach,
            reminder_of=first if kind == LetterKind.REMINDER else None,
            kind=kind,
            klasse=first.klasse,
            form_code=new_code(secrets.randbits),
            part=part,
            position=1,
            points=list(points),
        )
    return part


def _first(klasse: str = "onzeker") -> Letter:
    letters = rounds.letters(rounds.made(2))
    return next(letter for letter in letters if letter.klasse == klasse)


def _made(part: Part) -> tuple[Letter, list[str]]:
    assert parts.make(part_id=part.pk)
    [letter] = rounds.letters(part)
    part.refresh_from_db()
    return letter, page_texts(storage.read(part)) if part.letters_count else []


@pytest.mark.parametrize("klasse", ["zeker", "onzeker"])
def test_a_reminder_has_its_own_words_and_the_form_with_the_code_of_its_row(klasse):
    part = _follow(_first(klasse), LetterKind.REMINDER, application=False)
    letter, (page, form) = _made(part)
    assert (letter.template.kind, letter.template.regeling) == ("herinnering", None)
    assert "Stuurt u uw formulier nog terug?" in page
    assert ("Wat was uw inkomen" in form) == (klasse == "onzeker")
    codes = zxingcpp.read_barcodes(page_image(storage.read(part), 1, 200))
    assert {code.text for code in codes} == {payload(letter.form_code, 1)}


def test_a_reminder_leaves_two_weeks_when_the_date_of_the_round_is_near():
    today = timezone.localdate()
    for before, expected in [
        (today + datetime.timedelta(days=3), today + AT_LEAST),
        (today + datetime.timedelta(weeks=5), today + datetime.timedelta(weeks=5)),
    ]:
        first = _first()
        part = _follow(first, LetterKind.REMINDER, application=False)
        with acting_as(SYSTEM_ACTOR):
            part.round.reply_before = before
            [data] = read_part(part).values()
        assert data.reply_by == expected


def test_a_request_for_what_is_missing_names_it_with_the_term_of_the_application():
    points = [{"code": "handtekening"}, {"code": "jaaropgave"}]
    letter, (page, form) = _made(_follow(_first(), LetterKind.MISSING, points=points))
    assert letter.template.kind == "aanvulling"
    for words in (long_date(RECEIVED), "– uw handtekening", "jaaropgave van 2025", f"vóór {long_date(TERM)}"):
        assert words in page
    assert f"vóór {long_date(TERM)}" in form


def test_a_refusal_gives_the_reasons_of_its_row():
    points = [{"code": "inkomen", "bedrag": 31_200, "grens": 28_900}, {"code": "doelgroep"}]
    letter, (page, back) = _made(_follow(_first(), LetterKind.REFUSAL, points=points))
    assert letter.template.kind == "afwijzing"
    assert "Uw inkomen was € 31.200 in 2025." in page
    assert "U hoort niet bij de mensen" in page
    assert "binnen 6 weken" in back
    assert letter.form_code not in page + back


def test_a_grant_on_an_application_has_the_words_of_its_regeling():
    letter, (page, back) = _made(_follow(_first("zeker"), LetterKind.GRANT))
    assert (letter.template.kind, letter.template.regeling_id) == ("toekenning", "scholierenvergoeding")
    assert "U krijgt geld voor school" in page
    assert long_date(RECEIVED) in page
    assert "geboren" in page
    assert "binnen 6 weken" in back


@pytest.mark.parametrize(
    ("kind", "points", "application"),
    [
        (LetterKind.REFUSAL, [], True),
        (LetterKind.REFUSAL, [{"code": "inkomen"}], True),
        (LetterKind.MISSING, [{"code": "nooit_gehoord"}], True),
        (LetterKind.MISSING, [{"code": "handtekening"}], False),
        (LetterKind.GRANT, [], False),
    ],
)
def test_without_what_it_must_say_a_letter_is_left_out(kind, points, application):
    letter, _ = _made(_follow(_first(), kind, points=points, application=application))
    assert letter.rejected == Rejection.DATA
