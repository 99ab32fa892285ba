"""A list of opt-outs is registered with what each wish is about; what holds is written by its own trigger."""

from pathlib import Path

from django.db import migrations

from outreach.kernel.sqlfile import RunSQLFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("eligibility", "0005_protected_everywhere"), ("optout", "0003_scopes")]

    operations = [RunSQLFile(SQL / "listed.sql")]
