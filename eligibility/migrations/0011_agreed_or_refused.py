"""What lies outside the agreement with a bron is refused by the database too."""

from pathlib import Path

from django.db import migrations

from outreach.kernel.sqlfile import RunSQLFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("eligibility", "0010_notice_required")]

    operations = [RunSQLFile(SQL / "agreed.sql")]
