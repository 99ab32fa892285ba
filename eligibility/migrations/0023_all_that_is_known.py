"""The answer to a resident tells who printed his letters, what is in draft about him and what lies under the seal."""

from pathlib import Path

from django.db import migrations

from outreach.kernel.roles import OWNER
from outreach.kernel.sqlfile import RunSQLFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("eligibility", "0022_whole_agreements")]

    operations = [
        RunSQLFile(SQL / "all_that_is_known_grants.sql"),
        RunSQLFile(SQL / "all_that_is_known.sql", role=OWNER),
    ]
