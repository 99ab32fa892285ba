"""An address on a looplijst goes along its arrows in the database too, and pages write no more than they need."""

from pathlib import Path

from django.db import migrations

from outreach.kernel.sqlfile import RunSQLFile


class Migration(migrations.Migration):
    dependencies = [("outreach", "0032_paper_in_whoevers_hands")]

    operations = [RunSQLFile(Path(__file__).parent / "sql" / "item_states.sql")]
