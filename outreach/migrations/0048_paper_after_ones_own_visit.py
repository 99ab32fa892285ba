"""What the walker of a paper list hears at a door himself does not make his paper wrong."""

from pathlib import Path

from django.db import migrations

from outreach.kernel.sqlfile import RunSQLFile


class Migration(migrations.Migration):
    dependencies = [("outreach", "0047_an_answer_is_given_on")]

    operations = [RunSQLFile(Path(__file__).parent / "sql" / "sheet_own_visit.sql")]
