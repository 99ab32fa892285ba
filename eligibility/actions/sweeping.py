"""What is due, according to the database: a task that got lost is found here."""

from eligibility import files
from eligibility.actions.keys import keep_ready
from eligibility.actions.koppeling import drop_finished
from eligibility.blackbox.run import LOCK_BROWSER
from eligibility.locks import holding
from eligibility.models import Delivery, Run


def due_deliveries() -> list[int]:
    """Keep keys ready, remove what dead uploads left, and give the deliveries that wait for a worker."""
    keep_ready()
    files.remove_orphans(set(Delivery.objects.values_list("stored_as", flat=True)))
    working = Delivery.objects.working().order_by("pk").values_list("pk", flat=True)
    return [*working, *Delivery.objects.unsettled().order_by("pk").values_list("pk", flat=True)]


def due_runs() -> list[int]:
    """Drop the tables of runs that are over, and give the runs that wait for a worker."""
    with holding(LOCK_BROWSER, 1) as box:
        if box is not None:
            drop_finished(box)
    return list(Run.objects.open().values_list("pk", flat=True))
