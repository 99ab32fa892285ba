"""The arrows of a state, and whose name is put to it, are kept by the database too."""

from pathlib import Path

from django.db import migrations

from outreach.kernel.sqlfile import RunSQLFile


class Migration(migrations.Migration):
    dependencies = [("outreach", "0015_claims_are_short")]

    operations = [RunSQLFile(Path(__file__).parent / "sql" / "states.sql")]
