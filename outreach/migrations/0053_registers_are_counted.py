"""Registers and accounts leave a line when they change, and the log of the admin is only added to."""

from pathlib import Path

from django.db import migrations

from outreach.kernel.roles import OWNER
from outreach.kernel.sqlfile import RunSQLFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("outreach", "0052_who_watches_is_told"),
    ]

    operations = [
        RunSQLFile(SQL / "registers_are_counted.sql", role=OWNER),
        RunSQLFile(SQL / "registers_followed.sql"),
    ]
