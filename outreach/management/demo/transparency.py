"""What Waterveen agreed with its suppliers and tells everybody: two versions, one that still waits."""

import datetime

from eligibility.actions import transparency
from eligibility.bronnen import PURPOSE
from eligibility.models import Agreement, Bron, ControllerRole, Transparency
from outreach.kernel import clock
from outreach.kernel.db import acting_as
from outreach.models import Regeling, User

#: Nobody delivers this one in the demo, so its agreement may end without stopping anything.
ENDING, ENDS_IN = "gba_v", datetime.timedelta(days=45)
DECIDED = datetime.date(2024, 11, 12)
KEPT_MONTHS = 6
WORDS = (
    "De gemeente Waterveen zoekt inwoners die recht hebben op een regeling en die niet krijgen.\n"
    "Daarvoor vergelijkt zij gegevens die zij al heeft: wie hier woont, wie al een regeling of uitkering"
    " heeft, en wie op school zit. Zij kijkt niet naar bankrekeningen of uitgaven.\n"
    "Een computer die niemand kan inzien, zoekt wie in aanmerking komt. Wat eruit komt, is een naam, een"
    " adres en een regeling. Waarom iemand gevonden is, ziet geen consulent.\n"
    "Na de koppeling worden de gegevens vernietigd, uiterlijk na zes maanden.\n"
    "Wilt u dit niet? Bel 14 0999 of kom langs. Dan schrijven wij u niet aan en komen wij niet aan de deur."
)
ADDED = "\nNieuw: op verzoek vertellen wij u welke gegevens wij van u hebben, en waar ze vandaan komen."


def write_down() -> int:
    """What stands in the agreements, and the document, once; how many versions."""
    if Transparency.objects.exists():
        return 0
    writer, officer = (User.objects.get(username=name) for name in ("fatma", "pieter"))
    _agree()
    first = _version(WORDS, writer)
    with acting_as(officer.actor()):
        transparency.approve(version=first, by=officer)
    # The privacy officer of a visitor can approve this one.
    _version(WORDS + ADDED, writer)
    return 2


def _version(text: str, by: User) -> Transparency:
    with acting_as(by.actor()):
        return transparency.draft(
            bronnen=Bron.objects.values_list("pk", flat=True),
            regelingen=Regeling.objects.values_list("pk", flat=True),
            purposes=[PURPOSE],
            text=text,
            by=by,
        )


def _agree() -> None:
    Agreement.objects.filter(role="").update(
        role=ControllerRole.CONTROLLER,
        committee_reference="PC-2024-31",
        committee_dated=DECIDED,
        retention_months=KEPT_MONTHS,
    )
    Agreement.objects.filter(bron="ib_toets").update(
        role=ControllerRole.PROCESSOR, processing_reference="VO-IB-2024-07", processing_dated=DECIDED
    )
    Agreement.objects.filter(bron=ENDING, valid_to=None).update(valid_to=clock.today() + ENDS_IN)
