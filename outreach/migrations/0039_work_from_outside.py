"""A report to the BRP stays with who can end it, and what a round brings is of who makes rounds."""

from pathlib import Path

from django.db import migrations

from outreach.kernel.sqlfile import RunSQLFile


class Migration(migrations.Migration):
    dependencies = [("outreach", "0038_columns_nobody_needs")]

    operations = [RunSQLFile(Path(__file__).parent / "sql" / "work_from_outside.sql")]
