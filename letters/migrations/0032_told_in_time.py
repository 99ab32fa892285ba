"""Who is told of a share is told in time: the day on which his letter was posted counts, not that it was made."""

from pathlib import Path

from django.db import migrations

from outreach.kernel.roles import OWNER
from outreach.kernel.sqlfile import RunSQLFile


class Migration(migrations.Migration):
    dependencies = [("letters", "0031_lines_of_what_is_done")]

    operations = [RunSQLFile(Path(__file__).parent / "sql" / "told_in_time_doors.sql", role=OWNER)]
