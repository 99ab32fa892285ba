"""A koppeling as people ask for it: start, cancel, try again. The work itself is in koppeling.py."""

import datetime
from collections.abc import Iterable

from django.db import IntegrityError, transaction

from eligibility import transitions
from eligibility.actions import columns
from eligibility.models import Delivery, Run
from eligibility.policies import NotNow, check_agreed_now, refused_by, transparent
from eligibility.selection import choose
from optout.actions import notices
from outreach.audit import Event, record
from outreach.kernel import clock
from outreach.models import User
from outreach.permissions import Permission, check

FIRST_DAY, LAST_DAY = datetime.date(2019, 1, 1), datetime.date(2031, 12, 31)

ONE_AT_A_TIME = "Er loopt al een koppeling. Wacht tot die klaar is, of annuleer die eerst."
ENDED_NOW = "De afspraak met een bron is net geëindigd. Bekijk opnieuw wat de koppeling meeneemt."
ANOTHER_VERSION = (
    "Er geldt een andere versie van het transparantiedocument dan toen. Start een nieuwe koppeling."
)
VERSION_CHANGED = (
    "Er is net een andere versie van het transparantiedocument goedgekeurd. Probeer het opnieuw."
)
#: What the database refuses after we looked, in a sentence.
_REFUSALS = {"geen_afspraak": ENDED_NOW, "geen_transparantie": VERSION_CHANGED}


def start(*, peildatum: datetime.date, by: User) -> Run:
    """Ask for a koppeling and fix which deliveries it takes. Raises NotNow, PermissionDenied.

    Two who start at once: the database lets one through.
    """
    check(by, Permission.DELIVERY_MANAGE)
    if not FIRST_DAY <= peildatum <= LAST_DAY:
        raise NotNow("Kies een peildatum van 2019 tot en met 2031.")
    try:
        with transaction.atomic():
            return _start(peildatum, by)
    except IntegrityError as error:
        raise NotNow(_REFUSALS.get(refused_by(error), ONE_AT_A_TIME)) from None


def _start(peildatum: datetime.date, by: User) -> Run:
    choice = choose(peildatum)
    if not choice.has_population:
        raise NotNow("Er is geen ingeladen levering van de BRP tot en met deze peildatum.")
    numbers = [delivery.pk for delivery in choice.taken]
    # Who withdraws a delivery at this moment waits for us, and then finds it in use.
    locked = Delivery.objects.accepted().filter(pk__in=numbers).order_by("pk").select_for_update()
    if len(locked) != len(numbers):
        raise NotNow("Een levering is net ingetrokken. Bekijk opnieuw wat de koppeling meeneemt.")
    check_agreed_now(choice.taken, clock.today())
    _check_notice(choice.taken)
    version = transparent(delivery.bron for delivery in choice.taken)
    run = Run.objects.create(peildatum=peildatum, asked_by=by, transparency=version)
    run.deliveries.set(locked)
    columns.note(run, choice.taken)
    record(
        Event.RUN_STARTED,
        "koppeling",
        [run.pk],
        details={"peildatum": peildatum.isoformat(), "leveringen": len(numbers)},
    )
    return run


def _check_notice(taken: Iterable[Delivery]) -> None:
    """Raise NotNow without a recent public notice where a bron asks for one (trigger `mededeling`)."""
    asking = sorted({delivery.bron.name for delivery in taken if delivery.bron.notice_required})
    if asking and not notices.is_recent(clock.today()):
        raise NotNow(
            f"Voor {', '.join(asking)} moet de gemeente elk jaar openbaar bekendmaken wat ze doet. De"
            " laatste mededeling is ouder dan twaalf maanden, of er is er geen. De privacy officer legt een"
            " nieuwe vast in Beheer."
        )


def cancel(*, run: Run, by: User) -> None:
    """Stop a koppeling that is not done. The worker notices after the step it is at."""
    transitions.apply(run, transitions.CANCEL, by=by)


@transaction.atomic
def retry(*, run: Run, by: User) -> None:
    """Let the worker begin a stranded koppeling anew.

    Raises NotNow when another one is under way, when an agreement has ended, when the public notice is too
    old by now, when another version of the transparantiedocument holds, or when a delivery of this one was
    withdrawn since: what somebody took back must not count, and the run cannot do without.
    """
    deliveries = run.deliveries.select_related("bron")
    check_agreed_now(deliveries, clock.today())
    _check_notice(deliveries)
    if transparent(delivery.bron for delivery in deliveries) != run.transparency:
        raise NotNow(ANOTHER_VERSION)
    try:
        transitions.apply(run, transitions.RETRY, by=by, attempts=0, problem="")
    except IntegrityError as error:
        raise NotNow(_REFUSALS.get(refused_by(error), ONE_AT_A_TIME)) from None
    # First the run, then its deliveries: who withdraws one at this moment finds the run open, or we find him.
    if len(Delivery.objects.accepted().filter(runs=run).select_for_update()) != run.deliveries.count():
        raise NotNow("Een levering van deze koppeling is intussen ingetrokken. Start een nieuwe koppeling.")
