"""The Logboek Dataverwerkingen: whose data was processed and for which activity, without who did it.

Source: the working version of the standard of Logius; none is published yet, so no conformity is claimed.
The database writes the lines, in the statement that writes the audit. Here they are read and taken along.
"""

import datetime
import json
from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.db import connection

from outreach.actions.audit_reports import NEWEST, PER_PAGE, Period
from outreach.audit import Event

#: The register that `processing_activity_id` points at, and the place of a line in it.
REGISTER = "/beheer/verwerkingen/#v-"
_BATCH = 5000
_EXPORT = """
SELECT replace(trace_id::text, '-', ''), encode(operation_id, 'hex'), encode(parent_operation_id, 'hex'),
  encode(foreign_operation_id, 'hex'), status_code, name, start_time, end_time, processing_activity_id,
  data_subject_id, data_subject_id_type
FROM audit.dataverwerking WHERE start_time >= %s AND start_time < %s ORDER BY id
"""


@dataclass(frozen=True, slots=True)
class Line:
    """One line. `subject` is a person by our own number, or a delivery of which all were looked through."""

    number: int
    trace: str
    at: datetime.datetime
    act: str
    activity: str
    kind: str
    subject: str
    failed: bool


@dataclass(frozen=True, slots=True)
class Count:
    """How many lines one act left for one activity."""

    activity: str
    act: str
    lines: int


def newest(period: Period, *, before: int = NEWEST) -> tuple[list[Line], int | None]:
    """Lines, newest first, and the line before which older ones go on, None at the end.

    Raises a DatabaseError for anybody but the privacy officer; that he read is in the audit.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM poort.dataverwerkingen(%s, %s, %s)", [*period.bounds(), before])
        rows = cursor.fetchall()
    lines = [
        Line(number, trace, at, _act(act), activity, kind, subject, status != 1)
        for number, trace, at, act, activity, kind, subject, status in rows[:PER_PAGE]
    ]
    return lines, lines[-1].number if len(rows) > PER_PAGE else None


def counted(period: Period) -> list[Count]:
    """How many lines there are of each act. Raises a DatabaseError for anybody but the privacy officer."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM poort.dataverwerkingen_geteld(%s, %s)", list(period.bounds()))
        return [Count(activity, _act(act), lines) for activity, act, lines in cursor.fetchall()]


def _act(value: str) -> str:
    return dict(Event.choices).get(value, value)


def exported(period: Period) -> Iterator[str]:
    """All lines of a period as JSON, oldest first, a batch in memory at a time. For the owner of the log.

    Must run within a transaction: the lines come by a cursor of the database.
    """
    with connection.chunked_cursor() as cursor:
        cursor.itersize = _BATCH
        cursor.execute(_EXPORT, list(period.bounds()))
        for row in cursor:
            yield _as_json(row)


def _as_json(row: tuple) -> str:
    trace, operation, parent, foreign, status, name, start, end, activity, subject, kind = row
    line = {
        "trace_id": trace,
        "operation_id": operation,
        "parent_operation_id": parent,
        "foreign_operation": {"trace_id": trace, "operation_id": foreign} if foreign else None,
        "status_code": status,
        "name": name,
        "start_time": _milliseconds(start),
        "end_time": _milliseconds(end),
        "resource": {"attributes": {"name": "bereik"}},
        "attributes": {
            "dpl.core.processing_activity_id": settings.SITE_URL.rstrip("/") + REGISTER + activity,
            "dpl.core.data_subject_id": subject,
            "dpl.core.data_subject_id_type": kind,
        },
    }
    return json.dumps({key: value for key, value in line.items() if value is not None}, ensure_ascii=False)


def _milliseconds(moment: datetime.datetime) -> int:
    """Since 1970 in UTC, as the standard counts."""
    return int(moment.timestamp() * 1000)
