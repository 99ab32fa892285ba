"""Paper is wrong too when what was left beside a refusal lapsed or was decided on."""

from pathlib import Path

from django.db import migrations

from outreach.kernel.sqlfile import RunSQLFile


class Migration(migrations.Migration):
    dependencies = [("outreach", "0050_an_act_is_told_again")]

    operations = [RunSQLFile(Path(__file__).parent / "sql" / "sheet_lapsed.sql")]
