"""Doors for the worker that answers somebody who asks what is known about him."""

from pathlib import Path

from django.db import migrations

from outreach.kernel.roles import OWNER
from outreach.kernel.sqlfile import RunSQLFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("eligibility", "0012_what_was_agreed"),
        ("letters", "0024_rows_are_counted"),
        ("optout", "0006_restricted"),
        ("outreach", "0035_what_residents_ask"),
    ]

    operations = [
        RunSQLFile(SQL / "access_packs_grants.sql"),
        RunSQLFile(SQL / "access_packs.sql", role=OWNER),
    ]
