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
        ("eligibility", "0025_reasons_wait"),
        ("letters", "0034_words_of_what_waits"),
        ("optout", "0009_restricted_child"),
        ("outreach", "0053_registers_are_counted"),
    ]

    operations = [
        RunSQLFile(SQL / "registers_followed.sql"),
        RunSQLFile(SQL / "whose_keys.sql", role=OWNER),
        RunSQLFile(SQL / "agreement_frozen.sql"),
    ]
