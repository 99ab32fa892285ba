"""Letters, visits and sharing may each be refused, while the rest is welcome."""

from pathlib import Path

from django.db import migrations, models

from outreach.kernel.sqlfile import RunSQLFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("outreach", "0021_seals_of_the_audit")]

    operations = [
        migrations.AddField(
            "person",
            "no_letter",
            models.BooleanField(default=False, db_default=False, verbose_name="geen brieven"),
        ),
        migrations.AddField(
            "person",
            "no_visit",
            models.BooleanField(default=False, db_default=False, verbose_name="geen bezoek"),
        ),
        migrations.AddField(
            "person",
            "no_share",
            models.BooleanField(default=False, db_default=False, verbose_name="gegevens niet delen"),
        ),
        RunSQLFile(SQL / "channels.sql"),
    ]
