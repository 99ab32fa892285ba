"""What agreements and states allow, apart from who asks."""

import datetime
from collections.abc import Iterable

from django.db import IntegrityError

from eligibility import bronnen
from eligibility.blackbox import folder
from eligibility.intake.layouts import LAYOUTS, check_agreed
from eligibility.models import Agreement, Bron, Delivery, DeliveryState, Run, Transparency
from outreach.models import Regeling


class NotNow(Exception):
    """What is asked cannot be done in this state. The message is Dutch and says why."""


def agreed_columns(bron: Bron, days: Iterable[datetime.date]) -> frozenset[str]:
    """The columns that may be kept of a file, given the days on which an agreement must be in force.

    In the browser those are the day of delivery and the peildatum: an agreement that has ended covers no
    new file, and one that had not begun does not cover what the file is about. With a different agreement on
    each day, only what both name is kept. Raises FileRefused: no agreement in force, none with our
    purpose, or one that lacks a column without which the rows mean nothing.
    """
    agreements = [
        bronnen.Agreement(bron.code, row.valid_from, row.valid_to, tuple(row.purposes), tuple(row.columns))
        for row in Agreement.objects.filter(bron=bron)
    ]
    columns = frozenset.intersection(*(folder.agreed_columns(bron.code, day, agreements) for day in days))
    check_agreed(LAYOUTS[bron.layout], columns)
    return columns


def without_agreement(sources: Iterable[Bron], day: datetime.date) -> list[Bron]:
    """The bronnen that have no agreement for this purpose in force on this day (triggers `afspraak`)."""
    wanted = {bron.code: bron for bron in sources}
    agreed = Agreement.objects.filter(bron__in=wanted, purposes__contains=[bronnen.PURPOSE])
    covered = {row.bron_id for row in agreed if row.in_force(day)}
    return sorted((bron for code, bron in wanted.items() if code not in covered), key=str)


def check_agreed_now(deliveries: Iterable[Delivery], day: datetime.date) -> None:
    """Raise NotNow when the agreement with the bron of one of these deliveries has ended by this day."""
    ended = without_agreement({delivery.bron for delivery in deliveries}, day)
    if ended:
        raise NotNow(
            f"De afspraak met deze bronnen geldt niet meer: {', '.join(map(str, ended))}. Hun leveringen"
            " mogen niet meer mee in een koppeling. Laat in Beheer een nieuwe afspraak vastleggen, of trek"
            " de leveringen in."
        )


def transparent(sources: Iterable[Bron], purpose: str = bronnen.PURPOSE) -> Transparency:
    """The version of the transparantiedocument on which a koppeling with these bronnen may rest.

    Raises NotNow: none is approved, or the newest does not tell all of this (triggers `transparantie`).
    """
    version = Transparency.objects.current()
    if version is None:
        raise NotNow(
            "Er is geen goedgekeurd transparantiedocument. Daarin vertelt de gemeente wat ze met gegevens"
            " doet. De functioneel beheerder schrijft het in Beheer, de privacy officer keurt het goed."
        )
    untold = sorted({bron.name for bron in sources if bron.code not in version.bronnen})
    open_ones = Regeling.objects.filter(closed=False).exclude(code__in=version.regelingen)
    untold += [] if purpose in version.purposes else [f"het doel {purpose}"]
    if untold := [*untold, *open_ones.values_list("name", flat=True)]:
        raise NotNow(
            f"Het transparantiedocument (versie {version.number}) noemt niet: {', '.join(untold)}. Laat in"
            " Beheer een nieuwe versie schrijven en goedkeuren."
        )
    return version


def refused_by(error: IntegrityError) -> str:
    """The name of what in the database refused."""
    return getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or ""


def is_outside_agreement(error: IntegrityError) -> bool:
    """Whether it was a trigger `afspraak` that refused: the agreement ended after we looked."""
    return refused_by(error) == "geen_afspraak"


def was_loaded(delivery: Delivery) -> bool:
    """Whether the rows of a held delivery are in the box: then it waits for a person, else for a worker."""
    return delivery.cycle is not None


def check_can_accept(delivery: Delivery) -> None:
    """Only what is in the box can be accepted; raises NotNow for a delivery whose loading got stuck."""
    if delivery.state == DeliveryState.HELD and not was_loaded(delivery):
        raise NotNow("Deze levering is nog niet ingeladen. Probeer het inladen eerst opnieuw.")


def check_can_reload(delivery: Delivery) -> None:
    if delivery.state == DeliveryState.HELD and was_loaded(delivery):
        raise NotNow("Deze levering is al ingeladen. Accepteer haar met een reden, of trek haar in.")


def check_not_in_use(delivery: Delivery) -> None:
    """A koppeling that is under way keeps its deliveries; raises NotNow."""
    if Run.objects.open().filter(deliveries=delivery).exists():
        raise NotNow(
            "Er loopt een koppeling met deze levering. Wacht tot die klaar is, of annuleer die eerst."
        )
