"""What people do with deliveries: receive, accept, offer again, withdraw."""

import datetime
import re

from django.db import IntegrityError, transaction

from eligibility import transitions
from eligibility.files import EncryptedWriter
from eligibility.intake.refusals import FileRefused, Rule
from eligibility.models import Bron, Delivery, DeliveryKey
from eligibility.policies import (
    NotNow,
    check_can_accept,
    check_can_reload,
    check_not_in_use,
    is_not_told,
    is_outside_agreement,
)
from outreach.audit import Event, record
from outreach.kernel import bsn
from outreach.models import User

_NUMBER = re.compile(r"\d{8,9}")
_NAME_LENGTH = 200


def safe_name(file_name: str) -> str:
    """The name of a file as it may be shown: without anything in it that could be a BSN."""
    printable = "".join(char for char in file_name if char.isprintable())
    return _NUMBER.sub(_masked, printable)[-_NAME_LENGTH:]


def _masked(found: re.Match[str]) -> str:
    number, _restored = bsn.restore(found.group())
    return "…" if bsn.is_valid(number) else found.group()


@transaction.atomic
def receive(
    *,
    bron: Bron,
    year: int | None,
    peildatum: datetime.date,
    file_name: str,
    file: EncryptedWriter,
    key: DeliveryKey,
    by: User,
) -> Delivery:
    """Register a file that came in whole, and keep it. The caller checked who and which agreement.

    Raises FileRefused when the agreement ended while the file came in, or another transparantiedocument
    was approved that does not name the bron.
    """
    try:
        delivery = Delivery.objects.create(
            bron=bron,
            year=year,
            peildatum=peildatum,
            file_name=safe_name(file_name),
            stored_as=file.name,
            key=key,
            size=file.size,
            sha256=file.sha256,
            received_by=by,
        )
    except IntegrityError as error:
        if is_outside_agreement(error):
            raise FileRefused(Rule.NO_AGREEMENT) from None
        if is_not_told(error):
            raise FileRefused(Rule.NOT_TOLD) from None
        raise
    details = {"bron": bron.code, "jaar": year, "bytes": file.size}
    record(Event.DELIVERY_RECEIVED, "levering", [delivery.pk], details=details)
    # Last, so that a file under its own name has a row, but for a crash in between; see files.remove_orphans.
    file.keep()
    return delivery


def accept(*, delivery: Delivery, reason: str, by: User) -> None:
    """Take a held delivery after all. Raises NotNow, StateChanged, PermissionDenied."""
    check_can_accept(delivery)
    if not reason.strip():
        raise NotNow("Schrijf op waarom je de levering toch accepteert.")
    transitions.apply(
        delivery,
        transitions.ACCEPT,
        by=by,
        details={"reden": reason.strip()},
        accepted_by=by,
        accept_reason=reason.strip(),
        settled=False,
    )


def offer_again(*, delivery: Delivery, by: User) -> None:
    """Let the worker try a delivery again that it could not load. Raises NotNow, StateChanged."""
    check_can_reload(delivery)
    transitions.apply(delivery, transitions.RELOAD, by=by, attempts=0, file_problem="")


@transaction.atomic
def withdraw(*, delivery: Delivery, by: User) -> None:
    """Take a delivery back. Raises NotNow when a koppeling is at work with it."""
    transitions.apply(delivery, transitions.WITHDRAW, by=by, settled=False)
    check_not_in_use(delivery)
