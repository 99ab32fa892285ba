"""What was posted in a month, per price class, to lay beside the vendor's invoice."""

import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from rest_framework.request import Request
from rest_framework.response import Response

from letters.api import shapes, wire_out
from letters.api.base import ApiView
from letters.api.documenting import operation
from letters.models import Vendor
from outreach.kernel.db import SYSTEM_ACTOR, acting_as

# Each print run that was posted counts once, in the month of its first message, on the paper it had then.
_POSTED = """
WITH posted AS (
  SELECT e.letter_id, e.print_run, min(e.occurred_at) AS moment
  FROM letters_letterevent e JOIN letters_vendorclient c ON c.id = e.client_id
  WHERE c.vendor_id = %(vendor)s AND e.axis = 'productie' AND e.code = 'verzonden' AND e.letter_id IS NOT NULL
  GROUP BY e.letter_id, e.print_run
)
SELECT CASE WHEN p.duplex THEN (coalesce(f.pages, l.pages) + 1) / 2
            ELSE coalesce(f.pages, l.pages) END AS sheets,
       b.return_envelope AND l.kind IN ('aanvraag', 'herinnering', 'aanvulling') AS envelope,
       count(*)
FROM posted s
JOIN letters_letter l ON l.id = s.letter_id
LEFT JOIN letters_formerprint f ON f.letter_id = s.letter_id AND f.print_run = s.print_run
JOIN letters_part p ON p.id = coalesce(f.part_id, l.part_id)
JOIN letters_batch b ON b.id = p.batch_id
WHERE s.moment >= %(begin)s AND s.moment < %(end)s AND coalesce(f.pages, l.pages) IS NOT NULL
GROUP BY 1, 2 ORDER BY 1, 2
"""


class InvoiceView(ApiView):
    """Sheets per price class."""

    scope = "drukwerk"

    @operation("Facturatie", wire_out.Invoice)
    def get(self, request: Request, maand: datetime.date) -> Response:
        """Letters and sheets that were reported as posted in this month, in Dutch time."""
        rows = [] if self.client.sandbox else _posted(self.client.vendor, maand)
        lines = [_line(*row) for row in rows]
        body = {
            "maand": f"{maand:%Y-%m}",
            "aantalBrieven": sum(line["aantalBrieven"] for line in lines),
            "aantalBladen": sum(line["aantalBladen"] for line in lines),
            "regels": lines,
        }
        return self.answer(body)


def _posted(vendor: Vendor, month: datetime.date) -> list[tuple[int, bool, int]]:
    zone = ZoneInfo(settings.TIME_ZONE)
    begin = datetime.datetime(month.year, month.month, 1, tzinfo=zone)
    following = (month.replace(day=28) + datetime.timedelta(days=4)).replace(day=1)
    end = datetime.datetime(following.year, following.month, 1, tzinfo=zone)
    with acting_as(SYSTEM_ACTOR), connection.cursor() as cursor:
        cursor.execute(_POSTED, {"vendor": vendor.pk, "begin": begin, "end": end})
        return cursor.fetchall()


def _line(per_letter: int, envelope: bool, letters: int) -> shapes.Wire:
    return {
        "prijsklasse": f"{per_letter}-blad{'-retour' if envelope else ''}",
        "bladenPerBrief": per_letter,
        "retourenvelop": envelope,
        "aantalBrieven": letters,
        "aantalBladen": per_letter * letters,
    }
