"""What holds of somebody's wishes is written by the mirror alone; a page can lock a person, and not change him."""

from pathlib import Path

from django.db import migrations

from outreach.kernel.sqlfile import RunSQLFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("optout", "0006_restricted"), ("outreach", "0039_work_from_outside")]

    operations = [RunSQLFile(SQL / "lock_alone.sql")]
