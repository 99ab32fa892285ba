"""What is left to do for the worker once a delivery has come to rest."""

import psycopg
from django.conf import settings

from eligibility import files
from eligibility.actions import box as boxes
from eligibility.actions.keys import key_folder
from eligibility.actions.known_persons import register_listed
from eligibility.bronnen import LAYOUT_OPTOUT
from eligibility.locks import LOCK_LISTS, holding
from eligibility.models import AT_REST, Delivery, DeliveryState
from outreach.kernel import clock
from outreach.kernel.destruction_log import DestructionLog
from outreach.models import LegalHold
from outreach.models.destruction import RetentionKind

#: The log of what the worker of the box destroyed.
LOG = "koppel"


def settle(box: psycopg.Connection, delivery: Delivery) -> None:
    """Do it once: remove what was refused or withdrawn; register the opt-outs of an accepted list."""
    if delivery.settled or delivery.state not in AT_REST:
        return
    if delivery.state != DeliveryState.LOADED:
        if LegalHold.objects.covers(RetentionKind.DELIVERY, str(delivery.pk)):
            # Due again at each sweep, until the hold is lifted.
            return
        if delivery.waits_for_list():
            # What people came out of waits for a list, with a second person (`expiring.deliveries`).
            return
        _remove(box, delivery)
    elif delivery.bron.layout == LAYOUT_OPTOUT:
        _register(box, delivery)
        return
    _done(delivery)


def _register(box: psycopg.Connection, delivery: Delivery) -> None:
    """Register who does not want to be approached, unless people come out of a koppeling just now.

    Who comes out is known to nobody before the handover ends, which then has every list read again. Said to
    be done in between, a list would be over for people that it never saw.
    """
    with holding(LOCK_LISTS, 1) as mine:
        if mine is not None:
            register_listed(box, delivery)
            _done(delivery)


def _done(delivery: Delivery) -> None:
    Delivery.objects.filter(pk=delivery.pk, state=delivery.state).update(settled=True)


def _remove(box: psycopg.Connection, delivery: Delivery) -> None:
    """The rows, the file and its key: nothing of a file that does not count is kept.

    First it stands in the log outside the database, as what a list destroys: a backup would bring it back.
    """
    about = {
        "soort": RetentionKind.DELIVERY,
        "onderwerp": str(delivery.pk),
        "op": clock.now().isoformat(),
        "nummer": delivery.box_number,
        "bestand": delivery.stored_as,
        "sleutel": delivery.key_id,
    }
    DestructionLog(settings.DESTRUCTION_FOLDER, LOG).add(f"levering:{delivery.stored_as}", about)
    if delivery.box_number is not None:
        boxes.drop_delivery(box, delivery.box_number)
    files.remove(delivery.stored_as)
    key_folder().destroy(delivery.key_id)
