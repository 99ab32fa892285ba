"""Tasks of the box: queue `koppel`, and `spoed` for what may not wait for a koppeling of half an hour.

A number goes in, an action is called; the database says what is due.

The broker may lose a task or give it twice. A sweep finds what was lost: every thirty seconds, and at once
when a worker starts.
"""

from celery import Task, shared_task
from celery.signals import worker_ready
from django.conf import settings

from eligibility.actions import (
    destroying,
    facts,
    grant_exports,
    koppeling,
    loading,
    sharing,
    sweeping,
    typed_numbers,
    unsealing,
)
from eligibility.actions.keys import keep_ready
from eligibility.models import Delivery, Layout

# A sweep that waited longer than until the next one has nothing to add.
_SWEEP_EXPIRES = 25


@shared_task
def process_delivery(delivery_id: int) -> None:
    """Check and load one delivery, or do what its end asks for."""
    loading.process(delivery_id)


@shared_task
def process_list(delivery_id: int) -> None:
    """The same for a list of who does not want to be approached, which does not wait for a koppeling."""
    loading.process(delivery_id)


def processing_of(delivery: Delivery) -> Task:
    """The task that a delivery is handed to."""
    return process_list if delivery.bron.layout == Layout.OPTOUT else process_delivery


@shared_task
def carry_out_run(run_id: int) -> None:
    """Do what is left of one koppeling."""
    koppeling.carry_out(run_id)


@shared_task(expires=_SWEEP_EXPIRES)
def sweep_deliveries() -> None:
    """Find deliveries that wait for a worker."""
    for delivery_id in sweeping.due_deliveries():
        process_delivery.delay(delivery_id)


@shared_task(expires=_SWEEP_EXPIRES)
def sweep_lists() -> None:
    """The same for lists of who does not want to be approached."""
    for delivery_id in sweeping.due_lists():
        loading.process(delivery_id)


@shared_task(expires=_SWEEP_EXPIRES)
def sweep_runs() -> None:
    """Find koppelingen that wait for a worker."""
    for run_id in sweeping.due_runs():
        carry_out_run.delay(run_id)


@shared_task(expires=_SWEEP_EXPIRES)
def sweep_facts() -> None:
    """Tell the casework what newer deliveries say of people who came out before."""
    facts.tell_due()


@shared_task(expires=_SWEEP_EXPIRES)
def sweep_exports() -> None:
    """Make the files of grants that somebody asked for."""
    grant_exports.make_due()


@shared_task(expires=_SWEEP_EXPIRES)
def sweep_sharing() -> None:
    """Choose the households of a share, and make its files."""
    sharing.do_due()


@shared_task(expires=600)
def sweep_destruction() -> None:
    """Destroy what was approved and whose cooling-off is over."""
    destroying.carry_out_due()
    destroying.forget_searches()


@shared_task(expires=_SWEEP_EXPIRES)
def sweep_typed() -> None:
    """Settle wishes of which the BSN was typed, and keep keys ready for the next, also during a koppeling."""
    keep_ready()
    typed_numbers.settle_due()


@shared_task(expires=_SWEEP_EXPIRES)
def sweep_unsealing() -> None:
    """Open what two people agreed to, and take away what was readable long enough."""
    unsealing.open_due()


@worker_ready.connect
def sweep_at_start(**_signal: object) -> None:
    """What a killed worker left is taken up as soon as the next one is there."""
    if settings.BEREIK_ROLE == "koppel":
        sweep_runs.delay()
        sweep_lists.delay()
        sweep_deliveries.delay()
