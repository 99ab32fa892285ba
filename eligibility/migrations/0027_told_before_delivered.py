"""No delivery of a bron that the transparantiedocument which holds does not name."""

from pathlib import Path

from django.db import migrations

from outreach.kernel.sqlfile import RunSQLFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("eligibility", "0026_registers_and_keys")]

    operations = [RunSQLFile(SQL / "told_before_delivered.sql")]
