"""Paper is wrong in whoever's hands it is, and for whatever nobody goes there any more."""

from pathlib import Path

from django.db import migrations

from outreach.kernel.sqlfile import RunSQLFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("outreach", "0031_an_answer_has_a_term")]

    operations = [RunSQLFile(SQL / "sheet_wrong.sql")]
