"""A resident asked what is known about him, and the answer lies ready for the privacy officer."""

import datetime

from outreach.actions import subject_requests
from outreach.actions.subject_requests import Asked
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.management.demo import deliver
from outreach.models import LooplijstItem, Round, SubjectPack, SubjectRequest, User
from outreach.models.looplijst import ItemState
from outreach.models.subject_request import IdentityCheck, RequestChannel, RequestKind
from outreach.tasks import sweep_requests
from outreach.views import packs

#: It came in so many days ago.
ASKED_AGO = 9


def ask(round_: Round, today: datetime.date, by: User) -> int:
    """The request of somebody with whom was spoken, once; its number, 0 when there is nobody."""
    with acting_as(SYSTEM_ACTOR):
        spoken = LooplijstItem.objects.filter(round=round_, state=ItemState.VISITED).order_by("pk").first()
        member = spoken.household.members.filter(adult=True).order_by("pk").first() if spoken else None
    if member is None:
        return 0
    with acting_as(by.actor()):
        if made := SubjectRequest.objects.first():
            return made.pk
        recipient, pack_key = packs.new_key()
        asked = Asked(
            kind=RequestKind.ACCESS,
            channel=RequestChannel.LETTER,
            received_on=today - datetime.timedelta(days=ASKED_AGO),
            reference="Z-26/0412",
            recipient=recipient,
            pack_key=pack_key,
        )
        made = subject_requests.register(asked=asked, person=member.person_id, by=by)
        subject_requests.check_identity(request=made, how=IdentityCheck.DIGID, by=by)
    return made.pk


def wait_for_pack(request: int, by: User) -> None:
    """Have the worker make it, and wait until it did. Raises CommandError when that takes minutes."""
    sweep_requests.delay()

    def made() -> bool:
        with acting_as(by.actor()):
            return SubjectPack.objects.filter(pk=request).exists()

    deliver.wait_until(made, "Het inzagepakket maken")
