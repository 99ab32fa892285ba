"""Each try to open a letter at a desk leaves a line, also one that was refused."""

from pathlib import Path

from django.db import migrations

from outreach.kernel.sqlfile import RunSQLFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("letters", "0020_letter_at_the_desk")]

    operations = [RunSQLFile(SQL / "desk_counts_all.sql")]
