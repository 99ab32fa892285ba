"""Under which keys something of a household stands in the audit: its people, letters and applications."""

import json
import uuid

from django.db import connection


def keys_of(household: uuid.UUID) -> dict[str, list[object]]:
    """Keys by the subject of a line: the same list by which a resident is told what was done with his data.

    Whoever asks sees no row of it. Raises a DatabaseError for anybody but the privacy officer.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT poort.sleutels_van_huishouden(%s)::text", [household])
        (told,) = cursor.fetchone()
    return json.loads(told)
