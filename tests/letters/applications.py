"""Applications as they come before a consulent, without a printer and a scanner."""

import datetime
import itertools

from letters.actions import work
from letters.models import (
    Application,
    ApplicationState,
    Letter,
    LetterKind,
    Part,
    PartState,
    ResponseState,
    WorkKind,
)
from letters.models.letter import letter_id
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Household, Klasse, Mode, Role, Round, User
from tests import factories
from tests.letters.rounds import letter_round

_codes = itertools.count(1)
RECEIVED = datetime.date(2026, 4, 20)


def consulent(name: str = "") -> User:
    return factories.user(Role.CONSULENT, username=name)


def household(**fields: object) -> Household:
    return factories.household(**fields)


def application(
    of: Household | None = None,
    *,
    regeling: str = "czv",
    klasse: str = Klasse.ONZEKER,
    state: str = ApplicationState.TO_ASSESS,
    received_on: datetime.date = RECEIVED,
) -> Application:
    """One form that came back and waits for somebody to assess it."""
    of = of or household()
    factories.candidacy(of, regeling, klasse, Mode.FORMULIER)
    with acting_as(SYSTEM_ACTOR):
        round_ = letter_round([of], regeling=regeling)
        letter = sent(round_, of)
        made = Application.objects.create(
            letter=letter,
            approach=letter.approach,
            state=state,
            received_on=received_on,
            decide_by=received_on + datetime.timedelta(weeks=8),
        )
        if state == ApplicationState.TO_ASSESS:
            work.open_item(WorkKind.ASSESS, letter=letter)
    return made


def sent(round_: Round, of: Household, kind: str = LetterKind.FORM) -> Letter:
    """A letter that was made and sent, in a part that has no file."""
    number = round_.parts.count() + 1
    part = Part.objects.create(
        round=round_,
        number=number,
        state=PartState.MADE,
        letters_count=1,
        pages=2,
        size=1,
        sha256="0" * 64,
        made_at=datetime.datetime(2026, 3, 3, tzinfo=datetime.UTC),
    )
    approach = round_.approaches.get(household=of)
    return Letter.objects.create(
        id=letter_id(round_.pk, of.pk, kind),
        round=round_,
        household=of,
        approach=approach,
        kind=kind,
        klasse=approach.klasse,
        form_code=f"{next(_codes):012d}",
        part=part,
        position=1,
        first_page=1,
        pages=2,
        response=ResponseState.OPEN,
    )


def read(of: Application) -> Application:
    """How it is now, with what a page brings along."""
    with acting_as(SYSTEM_ACTOR):
        return Application.objects.select_related(
            "letter", "approach__regeling", "approach__round__handover", "approach__household"
        ).get(pk=of.pk)
