"""A file of letters or the image of a scan that is held is not destroyed."""

from pathlib import Path

from django.db import migrations

from outreach.kernel.roles import OWNER
from outreach.kernel.sqlfile import RunSQLFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("letters", "0022_nobody_who_is_said_to_be_gone"),
        ("outreach", "0023_what_goes_and_when"),
    ]

    operations = [
        RunSQLFile(SQL / "held.sql", role=OWNER),
        RunSQLFile(SQL / "held_triggers.sql"),
    ]
