"""Sealed reasons stay until nobody can object any more; a koppeling that is tried again needs a recent notice."""

from pathlib import Path

from django.db import migrations

from outreach.kernel.roles import OWNER
from outreach.kernel.sqlfile import RunSQLFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("eligibility", "0024_taken_back"), ("letters", "0033_kept_and_repeated")]

    operations = [
        RunSQLFile(SQL / "notice_again.sql"),
        RunSQLFile(SQL / "reasons_wait.sql", role=OWNER),
    ]
