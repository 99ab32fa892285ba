"""What agreements and states allow, apart from who asks."""

import datetime
from collections.abc import Iterable

from django.db import IntegrityError

from eligibility import bronnen
from eligibility.blackbox import folder
from eligibility.intake.layouts import LAYOUTS, check_agreed
from eligibility.intake.refusals import FileRefused, Rule
from eligibility.models import Agreement, Bron, Delivery, DeliveryState, Run, Transparency
from outreach.models import Regeling


class NotNow(Exception):
    """What is asked cannot be done in this state. The message is Dutch and says why."""


def agreed_columns(bron: Bron, days: Iterable[datetime.date]) -> frozenset[str]:
    """The columns that may be kept of a file, given the days on which an agreement must be in force.

    In the browser those are the day of delivery and the peildatum: an agreement that has ended covers no
    new file, and one that had not begun does not cover what the file is about. With a different agreement on
    each day, only what both name is kept. Raises FileRefused: no agreement in force, none with our
    purpose, none of which all was written down, or one that lacks a column without which the rows mean
    nothing.
    """
    rows = list(Agreement.objects.filter(bron=bron))
    whole = [_told(row) for row in rows if row.is_whole()]
    drafts = [_told(row) for row in rows]
    columns = frozenset.intersection(*(_columns_on(bron.code, day, whole, drafts) for day in days))
    check_agreed(LAYOUTS[bron.layout], columns)
    return columns


def _told(row: Agreement) -> bronnen.Agreement:
    return bronnen.Agreement(
        row.bron_id, row.valid_from, row.valid_to, tuple(row.purposes), tuple(row.columns)
    )


def _columns_on(
    code: str, day: datetime.date, whole: Iterable[bronnen.Agreement], drafts: Iterable[bronnen.Agreement]
) -> frozenset[str]:
    """What is agreed on a day; says of a draft that would cover it that it is one."""
    try:
        return folder.agreed_columns(code, day, whole)
    except FileRefused:
        folder.agreed_columns(code, day, drafts)
        raise FileRefused(Rule.NOT_WHOLE) from None


def without_agreement(sources: Iterable[Bron], day: datetime.date) -> list[Bron]:
    """The bronnen with no whole agreement for this purpose in force on this day (triggers `afspraak`)."""
    wanted = {bron.code: bron for bron in sources}
    agreed = Agreement.objects.filter(bron__in=wanted, purposes__contains=[bronnen.PURPOSE])
    covered = {row.bron_id for row in agreed if row.in_force(day) and row.is_whole()}
    return sorted((bron for code, bron in wanted.items() if code not in covered), key=str)


def check_agreed_now(deliveries: Iterable[Delivery], day: datetime.date) -> None:
    """Raise NotNow when with the bron of one of these deliveries no whole agreement is in force any more."""
    ended = without_agreement({delivery.bron for delivery in deliveries}, day)
    if ended:
        raise NotNow(
            f"De afspraak met deze bronnen geldt niet meer: {', '.join(map(str, ended))}. Hun leveringen"
            " mogen niet meer mee in een koppeling. Laat in Beheer een nieuwe afspraak vastleggen, of de"
            " afspraak aanvullen. Of trek de leveringen in."
        )


def check_told(bron: Bron) -> None:
    """Raise FileRefused for a bron that the transparantiedocument which holds does not name.

    Before the first version files may come in; no koppeling starts with them (triggers `transparantie`).
    """
    version = Transparency.objects.current()
    if version is not None and bron.code not in version.bronnen:
        raise FileRefused(Rule.NOT_TOLD)


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


def is_not_told(error: IntegrityError) -> bool:
    """Whether it was a trigger `transparantie` that refused: another version was approved after we looked."""
    return refused_by(error) == "geen_transparantie"


def carries_delivery(error: IntegrityError) -> bool:
    """Whether it was the trigger `vast` that refused: a delivery came in under the agreement."""
    return refused_by(error) == "afspraak_draagt_levering"


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
