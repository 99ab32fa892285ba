"""Only the worker of the box says that a delivery is destroyed."""

from pathlib import Path

from django.db import migrations

from outreach.kernel.sqlfile import RunSQLFile


class Migration(migrations.Migration):
    dependencies = [("eligibility", "0006_listed_opt_outs")]

    operations = [RunSQLFile(Path(__file__).parent / "sql" / "destroyed.sql")]
