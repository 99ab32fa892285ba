"""Paper is wrong too once somebody on it refused all that his visit was for."""

from pathlib import Path

from django.db import migrations

from outreach.kernel.sqlfile import RunSQLFile


class Migration(migrations.Migration):
    dependencies = [("outreach", "0045_refused_at_the_door")]

    operations = [RunSQLFile(Path(__file__).parent / "sql" / "sheet_refused.sql")]
