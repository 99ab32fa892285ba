"""A vernietigingsverbod names something that is there."""

from pathlib import Path

from django.db import migrations

from outreach.kernel.roles import OWNER
from outreach.kernel.sqlfile import RunSQLFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("letters", "0034_words_of_what_waits"),
        ("eligibility", "0027_told_before_delivered"),
        ("outreach", "0053_registers_are_counted"),
    ]

    operations = [
        RunSQLFile(SQL / "a_hold_sees.sql"),
        RunSQLFile(SQL / "a_hold_holds_something.sql", role=OWNER),
    ]
