"""The states of a part. They change through the one door in outreach.transitions.

An arrow without roles is for the worker alone.
"""

from letters.models import PartState
from outreach.audit import Event
from outreach.models import Role
from outreach.transitions import Arrow

MAKE = Arrow("gemaakt", (PartState.PLANNED,), PartState.MADE, Event.PART_MADE)
STRAND = Arrow("gestrand", (PartState.PLANNED,), PartState.STRANDED, Event.PART_STRANDED)
RETRY = Arrow(
    "opnieuw",
    (PartState.STRANDED,),
    PartState.PLANNED,
    Event.PART_RETRIED,
    frozenset({Role.APPLICATIEBEHEERDER, Role.TEAMLEIDER}),
)
PART_ARROWS = (MAKE, STRAND, RETRY)
