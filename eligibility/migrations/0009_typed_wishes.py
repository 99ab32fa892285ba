"""Wishes of which the BSN was typed, and who got another BSN, under the seal in the box."""

from pathlib import Path

from django.db import migrations

from outreach.kernel.roles import OWNER
from outreach.kernel.sqlfile import RunSQLFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("eligibility", "0008_keys_that_are_taken"), ("optout", "0004_typed_wishes")]

    operations = [RunSQLFile(SQL / "typed.sql", role=OWNER)]
