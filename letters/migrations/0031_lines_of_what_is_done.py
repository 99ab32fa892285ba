"""What is done with tasks, lists, letters and files is in the Logboek Dataverwerkingen, as looking is."""

from pathlib import Path

from django.db import migrations

from outreach.kernel.sqlfile import RunSQLFile


class Migration(migrations.Migration):
    dependencies = [
        ("letters", "0030_counted_in_the_database"),
        ("outreach", "0051_paper_of_what_lapsed"),
    ]

    operations = [RunSQLFile(Path(__file__).parent / "sql" / "data_log_more.sql")]
