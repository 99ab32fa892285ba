"""A letter keeps the date that is printed on its form; one that was left out for its text may get another."""

from pathlib import Path

from django.db import migrations, models

from outreach.kernel.sqlfile import RunSQLFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("letters", "0011_closing_a_round")]

    operations = [
        migrations.AddField(
            model_name="letter",
            name="reply_by",
            field=models.DateField(
                blank=True,
                help_text="De uiterste datum op het formulier. Vastgelegd bij het maken.",
                null=True,
                verbose_name="terug voor",
            ),
        ),
        RunSQLFile(SQL / "left_out.sql"),
    ]
