"""What agreements and states allow, apart from who asks."""

import datetime
from collections.abc import Iterable

from eligibility import bronnen
from eligibility.blackbox import folder
from eligibility.intake.layouts import LAYOUTS, check_agreed
from eligibility.models import Agreement, Bron, Delivery, DeliveryState, Run


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
