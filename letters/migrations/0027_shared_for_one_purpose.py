"""A share says for which purpose it is, that of its koppeling and its receiver; and the worker alone says of whom."""

from pathlib import Path

from django.db import migrations, models

from outreach.kernel.sqlfile import RunSQLFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("letters", "0026_for_what_is_exported"),
        ("outreach", "0037_for_what_a_round_is"),
    ]

    operations = [
        migrations.AddField(
            "share",
            "purpose",
            models.CharField(
                db_default="minimavoorzieningen",
                default="minimavoorzieningen",
                max_length=50,
                verbose_name="doel",
            ),
        ),
        RunSQLFile(SQL / "chosen_by_the_worker.sql"),
        RunSQLFile(SQL / "chosen_by_the_worker_doors.sql", role="bereik_eigenaar"),
    ]
