"""A request of a resident of whom only the BSN is there: encrypted for the worker before it is written."""

import pyrage
from django.db import transaction

from eligibility.actions import keys
from outreach.actions import subject_requests
from outreach.actions.subject_requests import Asked
from outreach.models import SubjectNumber, SubjectRequest, User


@transaction.atomic
def register(*, asked: Asked, number: str, by: User) -> SubjectRequest:
    """Write the request down and leave the number, a valid BSN, to the worker.

    Raises PermissionDenied, NotNow, and NoKeyReady when the worker made no key yet.
    """
    made = subject_requests.register(asked=asked, person=None, by=by)
    key = keys.take()
    recipient = pyrage.x25519.Recipient.from_str(key.public_key)
    sealed = pyrage.encrypt(number.encode("ascii"), [recipient])
    SubjectNumber(request=made, sealed=sealed, key_name=key.name).save(force_insert=True)
    return made
