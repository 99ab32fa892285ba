"""Who took back what a list of opt-outs says of him comes out of the next koppeling."""

from pathlib import Path

from django.db import migrations

from outreach.kernel.roles import OWNER
from outreach.kernel.sqlfile import RunSQLFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("eligibility", "0023_all_that_is_known"), ("optout", "0008_told_at_the_desk")]

    operations = [RunSQLFile(SQL / "taken_back.sql", role=OWNER)]
