"""Registers leave a line when they change, and an agreement on which a delivery rests does not change.

One list says under which keys somebody stands in the audit.
"""

from pathlib import Path

from django.db import migrations

from outreach.kernel.roles import OWNER
from outreach.kernel.sqlfile import RunSQLFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("eligibility", "0022_whole_agreements"),
        ("letters", "0031_lines_of_what_is_done"),
        ("optout", "0008_told_at_the_desk"),
        ("outreach", "0054_registers_are_counted"),
    ]

    operations = [
        RunSQLFile(SQL / "registers_followed.sql"),
        RunSQLFile(SQL / "whose_keys.sql", role=OWNER),
        RunSQLFile(SQL / "agreement_frozen.sql"),
    ]
