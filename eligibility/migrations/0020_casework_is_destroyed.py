"""The worker of the box destroys what rounds did for households, and people."""

from pathlib import Path

from django.db import migrations

from outreach.kernel.roles import OWNER
from outreach.kernel.sqlfile import RunSQLFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("eligibility", "0019_restricted_before_found"),
        ("letters", "0030_counted_in_the_database"),
        ("optout", "0008_told_at_the_desk"),
        ("outreach", "0049_a_round_is_destroyed"),
    ]

    operations = [
        RunSQLFile(SQL / "casework_gone_grants.sql"),
        RunSQLFile(SQL / "casework_gone.sql", role=OWNER),
    ]
