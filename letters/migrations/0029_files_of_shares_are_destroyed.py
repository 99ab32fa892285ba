"""The file of a share is destroyed once its term is over, and not while it is held."""

from pathlib import Path

from django.db import migrations, models

from outreach.kernel.sqlfile import RunSQLFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("letters", "0028_whose_data_was_processed"),
        ("outreach", "0042_files_of_shares_are_kept_for_a_term"),
    ]

    operations = [
        migrations.AddField(
            "sharefile",
            "destroyed_at",
            models.DateTimeField(blank=True, null=True, verbose_name="vernietigd op"),
        ),
        RunSQLFile(SQL / "share_files_destroyed.sql"),
    ]
