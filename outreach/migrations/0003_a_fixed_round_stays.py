"""A fixed round does not change any more, whatever the code above it does."""

from pathlib import Path

from django.db import migrations

from outreach.kernel.sqlfile import RunSQLFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("outreach", "0002_departed_and_lapsed")]

    operations = [RunSQLFile(SQL / "frozen.sql")]
