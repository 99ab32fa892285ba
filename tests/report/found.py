"""Households that came this far and no further, to count."""

import datetime

from letters.models import Application, Axis, DeliveryState, Letter, LetterEvent, Production
from letters.models import Grant as GrantRow
from letters.models.grant import GrantBasis
from outreach.models import Approach, Buurt, Handover, Round
from tests import factories
from tests.letters import rounds
from tests.roles import as_role

FIXED = datetime.date(2026, 3, 2)


@as_role("migrate")
def _buurt(households: list, buurt: str) -> None:
    Buurt.objects.get_or_create(code=buurt, defaults={"name": f"Buurt {buurt}"})
    for one in households:
        one.buurt_code = buurt
        one.save(update_fields=["buurt_code"])


def letter_round(
    *,
    found: int,
    reached: int = 0,
    applied: int = 0,
    granted: int = 0,
    returned: int = 0,
    buurt: str = "BU1",
    regeling: str = "scholierenvergoeding",
    handover: Handover | None = None,
    month: int = FIXED.month,
) -> Round:
    """A fixed round of letters. Of its households so many were reached, applied, got it; of some the
    letter came back. Posted on day 3, forms after 10 days more, granted after 20 more."""
    households = rounds.households(found, handover or factories.handover(), regeling=regeling)
    _buurt(households, buurt)
    made = rounds.letter_round(households, regeling=regeling, month=month)
    rounds.parts.plan(round_id=made.pk)
    fixed = FIXED.replace(month=month)
    _post(made, fixed, reached, returned)
    _decide(made, fixed, applied, granted)
    return made


@as_role("migrate")
def _post(made: Round, fixed: datetime.date, reached: int, returned: int) -> None:
    letters = list(Letter.objects.filter(round=made).order_by("position"))[: reached + returned]
    sent_at = datetime.datetime.combine(fixed, datetime.time(12), datetime.UTC) + datetime.timedelta(days=3)
    Letter.objects.filter(pk__in=[one.pk for one in letters]).update(production=Production.SENT)
    back = [one.pk for one in letters[reached:]]
    Letter.objects.filter(pk__in=back).update(delivery=DeliveryState.RETURNED)
    LetterEvent.objects.bulk_create(
        LetterEvent(letter=one, axis=Axis.PRODUCTION, code=Production.SENT, occurred_at=sent_at)
        for one in letters
    )


@as_role("migrate")
def _decide(made: Round, fixed: datetime.date, applied: int, granted: int) -> None:
    received = fixed + datetime.timedelta(days=13)
    letters = list(Letter.objects.filter(round=made).order_by("position"))[:applied]
    forms = Application.objects.bulk_create(
        Application(
            letter=one,
            approach_id=one.approach_id,
            received_on=received,
            decide_by=received + datetime.timedelta(weeks=8),
        )
        for one in letters
    )
    GrantRow.objects.bulk_create(
        GrantRow(
            approach_id=form.approach_id,
            basis=GrantBasis.FORM,
            application=form,
            by_person=rounds.leader(),
            granted_on=received + datetime.timedelta(days=20),
        )
        for form in forms[:granted]
    )
    Approach.objects.filter(pk__in=[form.approach_id for form in forms[:granted]]).update(result="toegekend")
