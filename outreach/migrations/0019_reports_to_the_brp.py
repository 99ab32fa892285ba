"""Only the municipality says that a report to the BRP is not needed."""

from pathlib import Path

from django.db import migrations

from outreach.kernel.sqlfile import RunSQLFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("outreach", "0018_a_task_can_be_moved")]

    operations = [RunSQLFile(SQL / "task_of_the_brp.sql")]
