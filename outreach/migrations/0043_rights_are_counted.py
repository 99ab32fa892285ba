"""A sign-in holds for the rights it was made under, and not for the same ones given back."""

from pathlib import Path

from django.db import migrations, models

from outreach.kernel.sqlfile import RunSQLFile


class Migration(migrations.Migration):
    dependencies = [("outreach", "0042_files_of_shares_are_kept_for_a_term")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="standing",
            field=models.PositiveIntegerField(
                db_default=0, default=0, editable=False, verbose_name="stand van de rechten"
            ),
        ),
        RunSQLFile(Path(__file__).parent / "sql" / "standing.sql"),
    ]
