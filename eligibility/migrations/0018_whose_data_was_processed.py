"""The mass that a koppeling looks through, and who came out of it, stand in the log of processing."""

from pathlib import Path

from django.db import migrations

from outreach.kernel.sqlfile import RunSQLFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("eligibility", "0017_columns_used"),
        ("outreach", "0040_whose_data_was_processed"),
    ]

    operations = [RunSQLFile(SQL / "data_log.sql")]
