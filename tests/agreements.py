"""What a municipality writes down in its agreements before the first file comes in."""

import datetime

from django.db import connections

from eligibility.models import ControllerRole

#: Of no bron a processor: that would need a contract too.
WRITTEN_DOWN = {
    "role": ControllerRole.CONTROLLER,
    "committee_reference": "PC-2024-31",
    "committee_dated": datetime.date(2024, 11, 12),
    "retention_months": 6,
}


def write_down() -> None:
    """Make every agreement of a fresh installation whole."""
    with connections["migrate"].cursor() as cursor:
        cursor.execute(
            "UPDATE public.eligibility_agreement"
            " SET role = %(role)s, retention_months = %(retention_months)s,"
            " committee_reference = %(committee_reference)s, committee_dated = %(committee_dated)s"
            " WHERE role = ''",
            WRITTEN_DOWN,
        )
