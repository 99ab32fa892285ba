"""How long Waterveen keeps things: what two people agreed to, one term that still waits, and one hold."""

from outreach.actions import destruction
from outreach.kernel.db import acting_as
from outreach.models import LegalHold, RetentionRule, User
from outreach.models.destruction import RetentionKind, Unit

AGREED = (
    (RetentionKind.DELIVERY, 6, Unit.MONTHS, "Transparantiedocument Waterveen, bewaren tot na de koppeling"),
    (RetentionKind.CYCLE, 12, Unit.MONTHS, "Transparantiedocument Waterveen, een refertejaar per sleutel"),
    (RetentionKind.REASONS, 18, Unit.MONTHS, "Algemene wet bestuursrecht, tot na de termijn van bezwaar"),
    (RetentionKind.SHARE_FILE, 6, Unit.MONTHS, "Besluit over het delen met Gemeentebelastingen"),
    (RetentionKind.ROUND, 84, Unit.MONTHS, "Selectielijst gemeenten 2020, aanvragen van inkomenssteun"),
    (RetentionKind.PERSON, 24, Unit.MONTHS, "Transparantiedocument Waterveen, na de laatste ronde"),
    (RetentionKind.LETTER_FILE, 60, Unit.DAYS, "Overeenkomst met de drukker, klachten over drukwerk"),
)
#: The privacy officer of a visitor can agree to this one.
PROPOSED = (RetentionKind.SCAN, 84, Unit.MONTHS, "Selectielijst gemeenten 2020, aanvragen van inkomenssteun")


def write_down() -> int:
    """The terms and the hold, once; how many terms."""
    proposer, officer = (User.objects.get(username=name) for name in ("fatma", "pieter"))
    if RetentionRule.objects.exists():
        return 0
    for kind, term, unit, ground in (*AGREED, PROPOSED):
        with acting_as(proposer.actor()):
            rule = destruction.set_rule(kind=kind, term=term, unit=unit, ground=ground, by=proposer)
        if kind != PROPOSED[0]:
            with acting_as(officer.actor()):
                destruction.agree(rule=rule, by=officer)
    with acting_as(officer.actor()):
        if not LegalHold.objects.exists():
            destruction.place_hold(
                kind=RetentionKind.LETTER_FILE,
                subject="",
                reason="Klacht over een verkeerd bezorgde brief, dossier 26/031",
                by=officer,
            )
    return len(AGREED) + 1
