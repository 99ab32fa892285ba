"""Only an agreement of which all was written down counts, for a delivery, a koppeling and a round."""

from pathlib import Path

from django.db import migrations

from outreach.kernel.sqlfile import RunSQLFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("eligibility", "0021_to_whom_it_went")]

    operations = [RunSQLFile(SQL / "whole_agreements.sql")]
