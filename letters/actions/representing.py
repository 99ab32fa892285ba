"""Letters to who acts for an addressee: to whom each of them goes."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection

from letters.composition.model import Address, Representative
from letters.models import Part
from outreach.kernel import clock
from outreach.models import Representative as Stored
from outreach.models.representative import RepresentativeKind

#: On a form there is room for a short word.
_FORM_ROLE: Mapping[str, str] = {RepresentativeKind.LEGAL: "vertegenwoordiger"}
_FIELDS = (
    "kind",
    "name",
    "attention",
    "street",
    "house_number",
    "house_letter",
    "house_suffix",
    "po_box",
    "postcode",
    "city",
)

_PIN = """
UPDATE letters_letter l SET representative_id = t.representative_id
FROM (SELECT b.id, r.id AS representative_id
      FROM letters_letter b
      LEFT JOIN outreach_householdmember m ON m.household_id = b.household_id AND m.addressee
      LEFT JOIN outreach_representative r ON r.person_id = m.person_id
        AND r.starts_on <= %(day)s AND (r.ends_on IS NULL OR r.ends_on >= %(day)s)
      WHERE b.part_id = %(part)s AND b.rejected = '') t
WHERE l.id = t.id AND l.representative_id IS DISTINCT FROM t.representative_id
"""


def pin(part: Part) -> bool:
    """Write down who represents the addressee of each letter of a part today; whether that changed any.

    A letter keeps him, so that its page is the same whenever it is made again: his row does not change. Only
    until it is released it follows who represents by then. For inside a transaction in which SYSTEM_ACTOR
    acts.
    """
    with connection.cursor() as cursor:
        cursor.execute(_PIN, {"part": part.pk, "day": clock.today()})
        return cursor.rowcount > 0


def read(keys: Iterable[int | None]) -> dict[int, Representative]:
    """These representatives as they are printed: one query, and none when no letter has one."""
    wanted = {key for key in keys if key is not None}
    if not wanted:
        return {}
    rows = Stored.objects.filter(pk__in=wanted).order_by().values("pk", *_FIELDS)
    return {row["pk"]: as_printed(row) for row in rows}


def as_printed(row: Mapping[str, Any]) -> Representative:
    """A row of the casework, or what a form says, as the composition wants it."""
    kind = RepresentativeKind(row["kind"])
    return Representative(
        name=row["name"],
        role=str(kind.label).lower(),
        address=_address(row),
        attention=row["attention"],
        form_role=_FORM_ROLE.get(kind, ""),
    )


def _address(row: Mapping[str, Any]) -> Address:
    return Address(
        street=row["street"],
        house_number=str(row["house_number"] or ""),
        postcode=row["postcode"],
        city=row["city"],
        house_letter=row["house_letter"],
        house_suffix=row["house_suffix"],
        location=f"Postbus {row['po_box']}" if row["po_box"] else "",
    )
