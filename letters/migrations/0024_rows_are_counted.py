"""Each table about people leaves a line of what is changed or removed in it."""

from pathlib import Path

from django.db import migrations

from outreach.kernel.sqlfile import RunSQLFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    # After all tables about people: those that come later say SELECT audit.volg('its_name') themselves.
    dependencies = [
        ("letters", "0023_held_files"),
        ("optout", "0003_scopes"),
        ("outreach", "0028_rows_are_counted"),
    ]

    operations = [RunSQLFile(SQL / "rows_are_counted.sql")]
