"""The answer to a resident tells to whom his data went, and that somebody looked why he was found."""

from pathlib import Path

from django.db import migrations

from outreach.kernel.roles import OWNER
from outreach.kernel.sqlfile import RunSQLFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("eligibility", "0020_casework_is_destroyed"),
        ("letters", "0031_lines_of_what_is_done"),
    ]

    operations = [
        RunSQLFile(SQL / "access_packs_more_grants.sql"),
        RunSQLFile(SQL / "access_packs_more.sql", role=OWNER),
    ]
