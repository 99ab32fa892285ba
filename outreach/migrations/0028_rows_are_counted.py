"""What is changed or removed in a table about people leaves a line, by whatever way it happens."""

from pathlib import Path

from django.db import migrations

from outreach.kernel.sqlfile import RunSQLFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("outreach", "0027_the_register_of_breaches")]

    operations = [RunSQLFile(SQL / "bulk.sql", role="bereik_eigenaar")]
