"""When a round was closed, when its rows were destroyed, and what the rapport counted of them."""

from pathlib import Path

from django.db import migrations, models

from outreach.kernel.roles import OWNER
from outreach.kernel.sqlfile import RunSQLFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("outreach", "0048_paper_after_ones_own_visit")]

    operations = [
        migrations.CreateModel(
            name="PastCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("table", models.CharField(max_length=10, verbose_name="tabel")),
                ("key", models.CharField(blank=True, max_length=30, verbose_name="regel")),
                ("found", models.BigIntegerField(verbose_name="gevonden")),
                ("reached", models.BigIntegerField(verbose_name="bereikt")),
                ("applied", models.BigIntegerField(verbose_name="aangevraagd")),
                ("granted", models.BigIntegerField(verbose_name="toegekend")),
            ],
            options={
                "verbose_name": "aantal van wat vernietigd is",
                "verbose_name_plural": "aantallen van wat vernietigd is",
                "constraints": [models.UniqueConstraint(fields=("table", "key"), name="past_count_once")],
            },
        ),
        migrations.AddField(
            model_name="round",
            name="closed_at",
            field=models.DateTimeField(
                blank=True,
                help_text="De database schrijft dit. De bewaartermijn begint hier.",
                null=True,
                verbose_name="afgesloten op",
            ),
        ),
        migrations.AddField(
            model_name="round",
            name="emptied_at",
            field=models.DateTimeField(
                blank=True,
                help_text=(
                    "Wat voor inwoners is gedaan is vernietigd. De ronde zelf en de partijen blijven staan."
                ),
                null=True,
                verbose_name="gegevens vernietigd op",
            ),
        ),
        RunSQLFile(SQL / "round_closed.sql"),
        migrations.AddConstraint(
            model_name="round",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at__isnull", False), ("state", "afgesloten")),
                    models.Q(
                        models.Q(("state", "afgesloten"), _negated=True),
                        ("closed_at__isnull", True),
                        ("emptied_at__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="round_closed_completely",
            ),
        ),
        RunSQLFile(SQL / "destruction_of_casework.sql", role=OWNER),
        RunSQLFile(SQL / "needed_again.sql"),
        migrations.AlterField(
            model_name="destructionitem",
            name="state",
            field=models.CharField(
                choices=[
                    ("open", "Nog niet vernietigd"),
                    ("vernietigd", "Vernietigd"),
                    ("vastgehouden", "Blijft bewaard door een verbod"),
                    ("weer_nodig", "Blijft bewaard: is weer in gebruik"),
                    ("al_weg", "Was er niet meer"),
                    ("vervallen", "Lijst ingetrokken"),
                ],
                default="open",
                max_length=12,
                verbose_name="status",
            ),
        ),
        migrations.RemoveConstraint(model_name="destructionitem", name="destruction_item_state_known"),
        migrations.AddConstraint(
            model_name="destructionitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        ["open", "vernietigd", "vastgehouden", "weer_nodig", "al_weg", "vervallen"],
                    )
                ),
                name="destruction_item_state_known",
            ),
        ),
    ]
