"""What is due, according to the database: a task that got lost is found here."""

from eligibility import files
from eligibility.actions.keys import keep_ready
from eligibility.actions.koppeling import drop_finished
from eligibility.blackbox.run import LOCK_BROWSER
from eligibility.locks import holding
from eligibility.models import Delivery, Layout, Run
from eligibility.models.delivery import DeliveryQuerySet


def due_deliveries() -> list[int]:
    """Keep keys ready, remove what dead uploads left, and give the deliveries that wait for a worker."""
    keep_ready()
    files.remove_orphans(set(Delivery.objects.values_list("stored_as", flat=True)))
    return _due(Delivery.objects.exclude(bron__layout=Layout.OPTOUT))


def due_lists() -> list[int]:
    """The same of lists of who does not want to be approached: another worker does those."""
    return _due(Delivery.objects.filter(bron__layout=Layout.OPTOUT))


def _due(of: DeliveryQuerySet) -> list[int]:
    working = of.working().order_by("pk").values_list("pk", flat=True)
    return [*working, *of.unsettled().order_by("pk").values_list("pk", flat=True)]


def due_runs() -> list[int]:
    """Drop the tables of runs that are over, and give the runs that wait for a worker."""
    with holding(LOCK_BROWSER, 1) as box:
        if box is not None:
            drop_finished(box)
    return list(Run.objects.open().values_list("pk", flat=True))
