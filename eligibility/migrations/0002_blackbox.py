"""The black box, its doors, and who may do what with the tables around it."""

from pathlib import Path

from django.db import migrations

from outreach.kernel.roles import OWNER
from outreach.kernel.sqlfile import RunSQLFile

HERE = Path(__file__).parent
BOX = HERE.parent / "blackbox"


class Migration(migrations.Migration):
    dependencies = [
        ("eligibility", "0001_initial"),
        ("outreach", "0001_initial"),
        ("optout", "0002_policies"),
    ]

    operations = [
        RunSQLFile(HERE / "sql" / "grants.sql"),
        RunSQLFile(BOX / "schema.sql", role=OWNER),
        RunSQLFile(BOX / "handover.sql", role=OWNER),
    ]
