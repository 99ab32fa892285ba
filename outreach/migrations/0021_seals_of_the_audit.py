"""Lines of the audit know their transaction, and are sealed in ranges."""

from pathlib import Path

from django.db import migrations

from outreach.kernel.sqlfile import RunSQLFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("outreach", "0020_where_somebody_is_gone")]

    operations = [RunSQLFile(SQL / "seals.sql", role="bereik_eigenaar")]
