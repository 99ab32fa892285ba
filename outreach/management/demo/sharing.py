"""Names for Gemeentebelastingen: a share that was proposed, and waits for the juridisch adviseur."""

import datetime

import pyrage

from letters.actions import sharing
from letters.models import PayingAdministration, Share
from outreach.kernel.db import acting_as
from outreach.models import Handover, User

RECEIVER = "Gemeentebelastingen"
#: Time enough for a visitor to sign, also some days after the demo was made.
_ROOM = datetime.timedelta(weeks=2)
_REASON = "Besluit van het college van 12 mei, na advies van de functionaris gegevensbescherming."


def propose(handover: Handover, by: User) -> Share:
    """The share, once. Nobody has the key of its receiver: what goes out of the demo nobody opens."""
    with acting_as(by.actor()):
        if made := Share.objects.first():
            return made
        key = str(pyrage.x25519.Identity.generate().to_public())
        receiver, _ = PayingAdministration.objects.get_or_create(name=RECEIVER, defaults={"public_key": key})
        day = sharing.earliest() + _ROOM
        return sharing.propose(handover=handover, receiver=receiver, object_before=day, reason=_REASON, by=by)
