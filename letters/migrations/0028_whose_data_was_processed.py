"""Who looks at an application or a scan looks at the household that it is of: the log of processing says so."""

from pathlib import Path

from django.db import migrations

from outreach.kernel.sqlfile import RunSQLFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("letters", "0027_shared_for_one_purpose"),
        ("outreach", "0040_whose_data_was_processed"),
    ]

    operations = [RunSQLFile(SQL / "data_log.sql")]
