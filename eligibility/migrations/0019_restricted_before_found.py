"""Who asks for restriction or objects before he was ever found is not found either."""

from pathlib import Path

from django.db import migrations

from outreach.kernel.roles import OWNER
from outreach.kernel.sqlfile import RunSQLFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("eligibility", "0018_whose_data_was_processed"),
        ("outreach", "0039_work_from_outside"),
    ]

    operations = [
        RunSQLFile(SQL / "restricted_numbers.sql", role=OWNER),
        RunSQLFile(SQL / "restricted_numbers_trigger.sql"),
    ]
