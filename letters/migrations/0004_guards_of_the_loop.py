"""Who sees what hangs on a letter, and what no code may do."""

from pathlib import Path

from django.db import migrations

from outreach.kernel.sqlfile import RunSQLFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("letters", "0003_the_whole_loop"),
        ("outreach", "0002_departed_and_lapsed"),
    ]

    operations = [RunSQLFile(SQL / "loop.sql")]
