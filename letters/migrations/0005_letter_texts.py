"""Letter texts as versions that a second person approves, and the versions that each letter was written with."""

from pathlib import Path

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from outreach.kernel.sqlfile import RunSQLFile

SQL = Path(__file__).parent / "sql"
KINDS = [
    ("algemeen", "Wat in elke brief staat"),
    ("zeker", "Formulier, zeker"),
    ("onzeker", "Formulier, onzeker"),
    ("herinnering", "Herinnering"),
    ("ambtshalve", "Toekenning zonder formulier"),
    ("toekenning", "Toekenning na een aanvraag"),
    ("aanvulling", "Vraag om ontbrekende gegevens"),
    ("afwijzing", "Afwijzing"),
    ("deelbericht", "Bericht over het delen van gegevens"),
    ("afmelding", "Bevestiging van afmelding"),
    ("formulier", "Formulier"),
]
STATES = [
    ("concept", "Concept"),
    ("goedgekeurd", "Goedgekeurd"),
    ("vervangen", "Vervangen"),
    ("afgekeurd", "Afgekeurd"),
]
CHANGED = (
    "template_kind_known",
    "template_state_known",
    "template_approved_wholly",
    "template_approved_by_another",
)


class Migration(migrations.Migration):
    dependencies = [
        ("letters", "0004_guards_of_the_loop"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        *(migrations.RemoveConstraint("template", name) for name in CHANGED),
        migrations.AlterField("template", "kind", models.CharField("soort", choices=KINDS, max_length=15)),
        migrations.AlterField(
            "template",
            "state",
            models.CharField("status", choices=STATES, default="concept", max_length=15),
        ),
        migrations.AddField(
            "template",
            "refused_by",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="templates_refused",
                to=settings.AUTH_USER_MODEL,
                verbose_name="afgekeurd door",
            ),
        ),
        migrations.AddField(
            "template", "refused_at", models.DateTimeField("afgekeurd op", blank=True, null=True)
        ),
        migrations.AddField(
            "template",
            "refusal",
            models.CharField("waarom afgekeurd", blank=True, default="", max_length=300),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            "template",
            models.CheckConstraint(
                condition=models.Q(kind__in=[key for key, _ in KINDS]), name="template_kind_known"
            ),
        ),
        migrations.AddConstraint(
            "template",
            models.CheckConstraint(
                condition=models.Q(state__in=[key for key, _ in STATES]), name="template_state_known"
            ),
        ),
        migrations.AddConstraint(
            "template",
            models.CheckConstraint(
                condition=models.Q(
                    approved_at__isnull=True,
                    approved_by__isnull=True,
                    state__in=["concept", "afgekeurd"],
                )
                | models.Q(
                    approved_at__isnull=False,
                    approved_by__isnull=False,
                    judged_by__isnull=False,
                    judged_on__isnull=False,
                    state__in=["goedgekeurd", "vervangen"],
                )
                & ~models.Q(judgement=""),
                name="template_approved_wholly",
            ),
        ),
        migrations.AddConstraint(
            "template",
            models.CheckConstraint(
                condition=models.Q(approved_by__isnull=True)
                | models.Q(made_by__isnull=True) & ~models.Q(approved_by=models.F("judged_by"))
                | models.Q(made_by__isnull=False) & ~models.Q(approved_by=models.F("made_by")),
                name="template_approved_by_another",
            ),
        ),
        migrations.AddConstraint(
            "template",
            models.CheckConstraint(
                condition=~models.Q(state="afgekeurd")
                | models.Q(refused_by__isnull=False, refused_at__isnull=False) & ~models.Q(refusal=""),
                name="template_refused_with_a_reason",
            ),
        ),
        migrations.AddConstraint(
            "template",
            models.UniqueConstraint(
                condition=models.Q(state="concept"),
                fields=("kind", "regeling"),
                name="template_one_concept",
                nulls_distinct=False,
            ),
        ),
        migrations.CreateModel(
            name="Edition",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sha256", models.CharField(max_length=64, unique=True, verbose_name="vingerafdruk")),
                (
                    "made_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="sinds"
                    ),
                ),
                (
                    "templates",
                    models.ManyToManyField(
                        related_name="editions", to="letters.template", verbose_name="briefteksten"
                    ),
                ),
            ],
            options={
                "verbose_name": "uitgave van de briefteksten",
                "verbose_name_plural": "uitgaven van de briefteksten",
                "ordering": ["pk"],
            },
        ),
        migrations.AddField(
            "letter",
            "edition",
            models.ForeignKey(
                blank=True,
                help_text="Alle teksten van deze brief. Samen met de brieftekst vastgelegd bij het plannen.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="letters",
                to="letters.edition",
                verbose_name="uitgave van de briefteksten",
            ),
        ),
        migrations.AddField(
            "letter",
            "points",
            models.JSONField(
                blank=True,
                db_default=models.Value([], models.JSONField()),
                default=list,
                help_text="Wat ontbreekt (aanvulling) of waarom niet (afwijzing): code, en een bedrag en een grens.",
                verbose_name="punten",
            ),
        ),
        RunSQLFile(SQL / "texts.sql"),
    ]
