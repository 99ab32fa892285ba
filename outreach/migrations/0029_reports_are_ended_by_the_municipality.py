"""Only the municipality says that the BRP was told, as it says that a report is not needed."""

from pathlib import Path

from django.db import migrations

from outreach.kernel.sqlfile import RunSQLFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("outreach", "0028_rows_are_counted")]

    operations = [RunSQLFile(SQL / "report_ended.sql")]
