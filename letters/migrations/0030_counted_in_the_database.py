"""The count of the rapport is a function of the database: who destroys a round counts what goes with it."""

from pathlib import Path

from django.db import migrations

from outreach.kernel.sqlfile import RunSQLFile


class Migration(migrations.Migration):
    dependencies = [
        ("letters", "0029_files_of_shares_are_destroyed"),
        ("outreach", "0049_a_round_is_destroyed"),
    ]

    operations = [RunSQLFile(Path(__file__).parent / "sql" / "rapport_count.sql")]
