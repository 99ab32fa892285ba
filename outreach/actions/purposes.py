"""What a round may be made of: data that were gathered for its purpose, under agreements that are in force.

The koppelingen and agreements are of another room, so the database is asked, by the functions that its own
triggers ask.
"""

from django.db import IntegrityError, connection

from outreach.models import Handover
from outreach.policies import NotNow

_ENDED = (
    "De afspraak met een bron waar deze ronde op rust, geldt niet meer. Vraag de functioneel beheerder om een"
    " nieuwe afspraak."
)
_OTHER = (
    "De gegevens van deze koppeling zijn voor een ander doel verzameld. Een ronde mag daar niet op rusten."
)
#: What the triggers of a round refuse, in a sentence.
REFUSALS = {"geen_afspraak": _ENDED, "ander_doel": _OTHER}


def check_gathered_for(handover: Handover, purpose: str) -> None:
    """Raises NotNow: gathered for something else, or an agreement has ended (triggers `doel`, `afspraak`)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT public.doel_van_koppeling(%s), public.koppeling_heeft_afspraken(%s, %s)",
            [handover.pk, handover.pk, purpose],
        )
        gathered_for, agreed = cursor.fetchone()
    if gathered_for != purpose:
        raise NotNow(_OTHER)
    if not agreed:
        raise NotNow(_ENDED)


def refusal(error: IntegrityError) -> str:
    """What one of those triggers refused after we looked, in a sentence; empty for another error."""
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") or ""
    return REFUSALS.get(name, "")
