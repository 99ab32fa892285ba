"""Who asked for restriction or objected is not approached: the mirror on the person reads his requests too."""

from pathlib import Path

from django.db import migrations

from outreach.kernel.sqlfile import RunSQLFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("optout", "0005_public_notices"), ("outreach", "0035_what_residents_ask")]

    operations = [RunSQLFile(SQL / "restricted.sql")]
