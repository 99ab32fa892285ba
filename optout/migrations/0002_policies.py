"""Who sees an opt-out."""

from pathlib import Path

from django.db import migrations

from outreach.kernel.sqlfile import RunSQLFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("optout", "0001_initial"), ("outreach", "0001_initial")]

    operations = [RunSQLFile(SQL / "policies.sql")]
