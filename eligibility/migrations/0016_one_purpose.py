"""Data gathered for one purpose serve no other, and no round rests on an agreement that has ended."""

from pathlib import Path

from django.db import migrations

from outreach.kernel.sqlfile import RunSQLFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("eligibility", "0015_transparency"),
        ("outreach", "0037_for_what_a_round_is"),
    ]

    operations = [RunSQLFile(SQL / "purpose.sql")]
