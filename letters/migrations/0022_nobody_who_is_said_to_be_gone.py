"""The database releases no letter to where somebody is said to be gone."""

from pathlib import Path

from django.db import migrations

from outreach.kernel.sqlfile import RunSQLFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("letters", "0021_tries_at_the_desk"),
        ("outreach", "0020_where_somebody_is_gone"),
    ]

    operations = [RunSQLFile(SQL / "gone.sql")]
