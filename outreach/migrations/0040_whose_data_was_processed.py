"""Whose data was processed stands in a log of its own, joined to the audit by a trace."""

from pathlib import Path

from django.db import migrations

from outreach.kernel.sqlfile import RunSQLFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("outreach", "0039_work_from_outside")]

    operations = [RunSQLFile(SQL / "data_log.sql")]
