"""What everybody is told stands in versions, and each koppeling rests on the one that holds."""

from pathlib import Path

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from outreach.kernel.sqlfile import RunSQLFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("eligibility", "0014_sealed_reasons"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="run",
            name="purpose",
            field=models.CharField(
                db_default="minimavoorzieningen",
                default="minimavoorzieningen",
                max_length=50,
                verbose_name="doel",
            ),
        ),
        migrations.CreateModel(
            name="Transparency",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField(unique=True, verbose_name="versie")),
                (
                    "bronnen",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=30), size=None, verbose_name="bronnen"
                    ),
                ),
                (
                    "regelingen",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=30), size=None, verbose_name="regelingen"
                    ),
                ),
                (
                    "purposes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=50), size=None, verbose_name="doelen"
                    ),
                ),
                ("text", models.TextField(max_length=20000, verbose_name="tekst")),
                (
                    "made_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="gemaakt op"
                    ),
                ),
                ("approved_at", models.DateTimeField(blank=True, null=True, verbose_name="goedgekeurd op")),
                (
                    "approved_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="transparency_approved",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="goedgekeurd door",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="transparency_made",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="gemaakt door",
                    ),
                ),
            ],
            options={
                "verbose_name": "transparantiedocument",
                "verbose_name_plural": "transparantiedocumenten",
                "ordering": ["-number"],
            },
        ),
        migrations.AddField(
            model_name="run",
            name="transparency",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="runs",
                to="eligibility.transparency",
                verbose_name="transparantiedocument",
            ),
        ),
        migrations.AddConstraint(
            model_name="transparency",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("bronnen__len__gt", 0),
                    ("purposes__len__gt", 0),
                    ("regelingen__len__gt", 0),
                    models.Q(("text", ""), _negated=True),
                ),
                name="transparency_says_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="transparency",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("approved_at__isnull", True), ("approved_by__isnull", True)),
                    models.Q(("approved_at__isnull", False), ("approved_by__isnull", False)),
                    _connector="OR",
                ),
                name="transparency_approved_completely",
            ),
        ),
        migrations.AddConstraint(
            model_name="transparency",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("approved_by__isnull", True),
                    models.Q(("approved_by", models.F("made_by")), _negated=True),
                    _connector="OR",
                ),
                name="transparency_second_person",
                violation_error_message="Een ander dan de maker keurt goed.",
            ),
        ),
        RunSQLFile(SQL / "transparency.sql"),
    ]
