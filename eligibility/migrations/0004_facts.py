"""What a newer delivery says of people who came out before: who left, and who has it already."""

from pathlib import Path

from django.db import migrations, models

from outreach.kernel.roles import OWNER
from outreach.kernel.sqlfile import RunSQLFile

HERE = Path(__file__).parent


class Migration(migrations.Migration):
    dependencies = [
        ("eligibility", "0003_reference"),
        ("outreach", "0002_departed_and_lapsed"),
        # The right of the owner to change an approach.
        ("letters", "0004_guards_of_the_loop"),
    ]

    operations = [
        migrations.CreateModel(
            name="FactsTold",
            fields=[
                (
                    "subject",
                    models.CharField(
                        max_length=30, primary_key=True, serialize=False, verbose_name="onderwerp"
                    ),
                ),
                ("inputs", models.TextField(verbose_name="waaruit het volgde")),
                ("told_at", models.DateTimeField(blank=True, null=True, verbose_name="verwerkt op")),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="pogingen")),
                ("problem", models.CharField(blank=True, max_length=500, verbose_name="wat er misging")),
            ],
            options={
                "verbose_name": "verwerkte feiten",
                "verbose_name_plural": "verwerkte feiten",
                "ordering": ["subject"],
            },
        ),
        RunSQLFile(HERE / "sql" / "facts_grants.sql"),
        RunSQLFile(HERE.parent / "blackbox" / "facts.sql", role=OWNER),
    ]
