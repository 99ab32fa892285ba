"""A letter that a resident brings along may be read at any desk: that one letter, by its code."""

from pathlib import Path

from django.db import migrations

from outreach.kernel.sqlfile import RunSQLFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("letters", "0019_letters_wait_for_a_gesprek"), ("outreach", "0011_desk")]

    operations = [RunSQLFile(SQL / "desk.sql")]
