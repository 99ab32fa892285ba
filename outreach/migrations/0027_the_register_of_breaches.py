"""Data breaches have a register: what was decided within 72 hours, and when each was closed."""

import datetime
from pathlib import Path

import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

from outreach.kernel.sqlfile import RunSQLFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("outreach", "0026_paper_that_is_wrong"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="breach",
            name="breach_kind_known",
        ),
        migrations.RemoveConstraint(
            model_name="breach",
            name="breach_state_known",
        ),
        migrations.AddField(
            model_name="breach",
            name="ap",
            field=models.BooleanField(
                blank=True, choices=[(True, "Ja"), (False, "Nee")], null=True, verbose_name="gemeld bij de AP"
            ),
        ),
        migrations.AddField(
            model_name="breach",
            name="ap_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="gemeld bij de AP op"),
        ),
        migrations.AddField(
            model_name="breach",
            name="ap_reason",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                max_length=300,
                verbose_name="waarom niet, of waarom na 72 uur",
            ),
        ),
        migrations.AddField(
            model_name="breach",
            name="closed_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="afgesloten op"),
        ),
        migrations.AddField(
            model_name="breach",
            name="closed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="breaches_closed",
                to=settings.AUTH_USER_MODEL,
                verbose_name="afgesloten door",
            ),
        ),
        migrations.AddField(
            model_name="breach",
            name="data",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=300, verbose_name="welke gegevens"
            ),
        ),
        migrations.AddField(
            model_name="breach",
            name="measures",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=1000, verbose_name="genomen maatregelen"
            ),
        ),
        migrations.AddField(
            model_name="breach",
            name="people_count",
            field=models.PositiveIntegerField(
                blank=True, null=True, verbose_name="ongeveer hoeveel inwoners"
            ),
        ),
        migrations.AddField(
            model_name="breach",
            name="told",
            field=models.BooleanField(
                blank=True,
                choices=[(True, "Ja"), (False, "Nee")],
                null=True,
                verbose_name="verteld aan de inwoners",
            ),
        ),
        migrations.AddField(
            model_name="breach",
            name="told_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="verteld op"),
        ),
        migrations.AddField(
            model_name="breach",
            name="told_reason",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=300, verbose_name="waarom niet verteld"
            ),
        ),
        migrations.AlterField(
            model_name="breach",
            name="kind",
            field=models.CharField(
                choices=[
                    ("looplijst_kwijt", "Looplijst kwijt"),
                    ("verkeerd_bezorgd", "Bij de verkeerde terechtgekomen"),
                    ("onbevoegd_gezien", "Ingezien door iemand die dat niet mocht"),
                    ("apparaat_kwijt", "Telefoon, laptop of papier kwijt"),
                    ("systeem", "Ingebroken, of een fout in een systeem"),
                    ("anders", "Iets anders"),
                ],
                max_length=20,
                verbose_name="soort",
            ),
        ),
        migrations.AlterField(
            model_name="breach",
            name="state",
            field=models.CharField(
                choices=[("gemeld", "Gemeld"), ("gesloten", "Afgesloten")],
                default="gemeld",
                max_length=10,
                verbose_name="status",
            ),
        ),
        migrations.AddConstraint(
            model_name="breach",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "looplijst_kwijt",
                            "verkeerd_bezorgd",
                            "onbevoegd_gezien",
                            "apparaat_kwijt",
                            "systeem",
                            "anders",
                        ],
                    )
                ),
                name="breach_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="breach",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["gemeld", "gesloten"])), name="breach_state_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="breach",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ap__isnull", True), ("ap_at__isnull", True)),
                    models.Q(("ap__isnull", False), ("ap", True), ("ap_at__isnull", False)),
                    models.Q(
                        ("ap__isnull", False),
                        ("ap", False),
                        ("ap_at__isnull", True),
                        models.Q(("ap_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="breach_ap_answered",
                violation_error_message="Gemeld bij de AP? Vul in wanneer. Niet gemeld? Vul in waarom.",
            ),
        ),
        migrations.AddConstraint(
            model_name="breach",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("told__isnull", True), ("told_at__isnull", True)),
                    models.Q(("told__isnull", False), ("told", True), ("told_at__isnull", False)),
                    models.Q(
                        ("told__isnull", False),
                        ("told", False),
                        ("told_at__isnull", True),
                        models.Q(("told_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="breach_told_answered",
                violation_error_message="Verteld aan de inwoners? Vul in wanneer. Niet? Vul in waarom.",
            ),
        ),
        migrations.AddConstraint(
            model_name="breach",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ap_at__isnull", True),
                    (
                        "ap_at__lte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("discovered_at"), "+", models.Value(datetime.timedelta(days=3))
                        ),
                    ),
                    models.Q(("ap_reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="breach_late_has_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="breach",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at__isnull", True), ("closed_by__isnull", True), ("state", "gemeld")),
                    models.Q(
                        ("closed_at__isnull", False),
                        ("closed_by__isnull", False),
                        ("state", "gesloten"),
                        ("ap__isnull", False),
                        ("people_count__isnull", False),
                        ("told__isnull", False),
                        models.Q(("data", ""), _negated=True),
                        models.Q(("measures", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="breach_closed_is_complete",
            ),
        ),
        RunSQLFile(SQL / "breach_register.sql"),
    ]
