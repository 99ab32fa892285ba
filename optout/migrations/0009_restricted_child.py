"""Whose child asked for restriction or objected is not approached either."""

from pathlib import Path

from django.db import migrations

from outreach.kernel.roles import OWNER
from outreach.kernel.sqlfile import RunSQLFile


class Migration(migrations.Migration):
    dependencies = [("optout", "0008_told_at_the_desk"), ("outreach", "0052_who_watches_is_told")]

    operations = [RunSQLFile(Path(__file__).parent / "sql" / "restricted_child.sql", role=OWNER)]
