"""A gesprek that says "no contact any more" is kept with the opt-out it means, or not at all."""

from pathlib import Path

from django.db import migrations

from outreach.kernel.sqlfile import RunSQLFile


class Migration(migrations.Migration):
    dependencies = [("outreach", "0044_a_safety_instruction_ends")]

    operations = [RunSQLFile(Path(__file__).parent / "sql" / "refused_at_the_door.sql")]
