"""Which columns each koppeling used is written down, so that one that nobody needs is noticed."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("eligibility", "0016_one_purpose")]

    operations = [
        migrations.CreateModel(
            name="ColumnUse",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("column", models.CharField(max_length=50, verbose_name="kolom")),
                (
                    "bron",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="columns_used",
                        to="eligibility.bron",
                        verbose_name="bron",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="columns_used",
                        to="eligibility.run",
                        verbose_name="koppeling",
                    ),
                ),
            ],
            options={
                "verbose_name": "gebruikte kolom",
                "verbose_name_plural": "gebruikte kolommen",
                "ordering": ["run_id", "bron_id", "column"],
            },
        ),
        migrations.AddConstraint(
            model_name="columnuse",
            constraint=models.UniqueConstraint(fields=("run", "bron", "column"), name="column_use_once"),
        ),
        migrations.RunSQL("REVOKE UPDATE, DELETE ON eligibility_columnuse FROM web", migrations.RunSQL.noop),
    ]
