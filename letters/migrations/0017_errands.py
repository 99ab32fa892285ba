"""What takes long is asked on a page and done by a worker."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("letters", "0016_planned_anew"),
        ("outreach", "0005_representatives"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Errand",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("herinneren", "Herinneringen klaarzetten"),
                            ("afsluiten", "Ronde afsluiten"),
                            ("vrijmaken", "Vastgehouden brieven opnieuw maken"),
                        ],
                        max_length=15,
                        verbose_name="soort",
                    ),
                ),
                (
                    "asked_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="gevraagd op"
                    ),
                ),
                ("letters", models.PositiveIntegerField(db_default=0, default=0, verbose_name="brieven")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="klaar op")),
                (
                    "problem",
                    models.CharField(blank=True, db_default="", max_length=300, verbose_name="waarom niet"),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="errands",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="gevraagd door",
                    ),
                ),
                (
                    "batch",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="errands",
                        to="letters.batch",
                        verbose_name="partij",
                    ),
                ),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="errands",
                        to="outreach.round",
                        verbose_name="ronde",
                    ),
                ),
            ],
            options={
                "verbose_name": "opdracht",
                "verbose_name_plural": "opdrachten",
                "ordering": ["asked_at", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("kind", "round", "batch"),
                        name="errand_open_once",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["herinneren", "afsluiten", "vrijmaken"])),
                        name="errand_kind_known",
                    ),
                ],
            },
        ),
    ]
