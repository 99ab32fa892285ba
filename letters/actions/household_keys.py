"""Under which keys something of a household stands in the audit: its people, letters and applications."""

import uuid

from letters.models import Application, Letter, Scan, WorkItem
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Approach, HouseholdMember, Task


def keys_of(household: uuid.UUID) -> dict[str, list[object]]:
    """Keys by the subject of a line. Whoever asks sees no row of it: the rows are looked up by the system."""
    with acting_as(SYSTEM_ACTOR):
        people = HouseholdMember.objects.filter(household_id=household).values_list("person_id", flat=True)
        letters = list(Letter.objects.filter(household_id=household).values_list("pk", "part_id"))
        of_letters = [letter for letter, _ in letters]
        return {
            "huishouden": [household, *people],
            "persoon": list(people),
            "benadering": _keys(Approach.objects.filter(household_id=household)),
            "taak": _keys(Task.objects.filter(household_id=household)),
            "brief": list(of_letters),
            "deel": sorted({part for _, part in letters}),
            "aanvraag": _keys(Application.objects.filter(approach__household_id=household)),
            "scan": _keys(Scan.objects.filter(letter_id__in=of_letters)),
            "werk": _keys(WorkItem.objects.filter(household_id=household)),
        }


def _keys(rows: object) -> list[object]:
    return list(rows.values_list("pk", flat=True))  # type: ignore[attr-defined]
