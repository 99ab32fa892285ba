"""An administration, and each file for it, says for which purpose: only what was gathered for that is in it."""

from pathlib import Path

from django.db import migrations, models

from outreach.kernel.sqlfile import RunSQLFile

SQL = Path(__file__).parent / "sql"


def _purpose() -> models.CharField:
    return models.CharField(
        db_default="minimavoorzieningen", default="minimavoorzieningen", max_length=50, verbose_name="doel"
    )


class Migration(migrations.Migration):
    dependencies = [
        ("letters", "0025_names_that_are_shared"),
        ("outreach", "0037_for_what_a_round_is"),
    ]

    operations = [
        migrations.AddField("payingadministration", "purpose", _purpose()),
        migrations.AddField("grantexport", "purpose", _purpose()),
        RunSQLFile(SQL / "purpose.sql"),
    ]
