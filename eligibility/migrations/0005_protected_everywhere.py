"""An address that becomes protected closes in the older koppelingen too."""

from pathlib import Path

from django.db import migrations

from outreach.kernel.roles import OWNER
from outreach.kernel.sqlfile import RunSQLFile

HERE = Path(__file__).parent


class Migration(migrations.Migration):
    dependencies = [("eligibility", "0004_facts")]

    operations = [
        RunSQLFile(HERE / "sql" / "secrecy_grants.sql"),
        RunSQLFile(HERE.parent / "blackbox" / "secrecy.sql", role=OWNER),
    ]
