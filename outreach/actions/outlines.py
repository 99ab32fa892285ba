"""Reading in the map of the buurten, for the rapport."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction

from outreach.audit import Event, record
from outreach.models import Buurt, User
from outreach.outlines import Ring
from outreach.permissions import Permission, check


@dataclass(frozen=True, slots=True)
class Drawn:
    """How many buurten have an outline now, how many have none, and how many on the map we do not know."""

    drawn: int
    without: int
    unknown: int


@transaction.atomic
def read_in(*, outlines: Mapping[str, list[Ring]], by: User) -> Drawn:
    """Give every buurt the outline of this map, in the place of the one it had. Raises PermissionDenied."""
    check(by, Permission.REFERENCE_CHANGE)
    buurten = list(Buurt.objects.select_for_update().order_by("code"))
    for buurt in buurten:
        buurt.outline = outlines.get(buurt.code, [])
    Buurt.objects.bulk_update(buurten, ["outline"], batch_size=500)
    drawn = sum(1 for buurt in buurten if buurt.outline)
    known = {buurt.code for buurt in buurten}
    done = Drawn(drawn, len(buurten) - drawn, sum(1 for code in outlines if code not in known))
    record(
        Event.MAP_READ,
        "kaart",
        details={"getekend": done.drawn, "zonder": done.without, "onbekend": done.unknown},
    )
    return done
