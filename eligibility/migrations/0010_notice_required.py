"""A bron may ask for a public notice of the last twelve months."""

from pathlib import Path

from django.db import migrations, models

from outreach.kernel.sqlfile import RunSQLFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("eligibility", "0009_typed_wishes"),
        ("optout", "0005_public_notices"),
    ]

    operations = [
        migrations.AddField(
            model_name="bron",
            name="notice_required",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="Dan start een koppeling met deze bron alleen als de gemeente dit in de laatste"
                " twaalf maanden openbaar bekendmaakte.",
                verbose_name="openbare mededeling nodig",
            ),
        ),
        RunSQLFile(SQL / "notice_required.sql"),
    ]
