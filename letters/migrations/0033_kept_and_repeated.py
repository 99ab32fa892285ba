"""Images stay while data of the household stay, and what is sent again serves the purpose it was gathered for."""

from pathlib import Path

from django.db import migrations

from outreach.kernel.roles import OWNER
from outreach.kernel.sqlfile import RunSQLFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("letters", "0032_told_in_time"), ("eligibility", "0024_taken_back")]

    operations = [
        RunSQLFile(SQL / "kept_images.sql", role=OWNER),
        RunSQLFile(SQL / "repeated_for_its_purpose.sql"),
    ]
