"""What an application is assessed with, a legal basis that can be withdrawn, a file of grants that is fetched once.

The limits come from a file beside this migration, with the law or decision that each amount was taken from.
"""

import datetime
import json
from decimal import Decimal
from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from outreach.kernel.sqlfile import RunSQLFile

HERE = Path(__file__).parent
FROZEN = HERE / "data" / "limits.json"


def seed(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    alias = schema_editor.connection.alias
    rows = json.loads(FROZEN.read_text(encoding="utf-8"))
    for kind, name in (
        ("normen", "IncomeNorm"),
        ("vermogensgrenzen", "AssetLimit"),
        ("inkomensgrenzen", "IncomePercentage"),
    ):
        model = apps.get_model("letters", name)
        model.objects.using(alias).bulk_create(model(**_typed(row)) for row in rows[kind])


def _typed(row: dict) -> dict:
    amount = {"amount": Decimal(row["amount"])} if "amount" in row else {}
    return row | amount | {"valid_from": datetime.date.fromisoformat(row["valid_from"])}


class Migration(migrations.Migration):
    dependencies = [
        ("letters", "0008_forms_back"),
        ("outreach", "0004_a_concept_is_withdrawn"),
        # The regelingen, and who came out of the box.
        ("eligibility", "0004_facts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="grantexport",
            options={
                "ordering": ["-asked_at", "-pk"],
                "verbose_name": "uitvoer van toekenningen",
                "verbose_name_plural": "uitvoer van toekenningen",
            },
        ),
        migrations.AlterModelOptions(
            name="legalbasis",
            options={
                "ordering": ["regeling_id", "-dated", "-pk"],
                "verbose_name": "grondslag voor ambtshalve toekennen",
                "verbose_name_plural": "grondslagen voor ambtshalve toekennen",
            },
        ),
        migrations.RemoveConstraint(
            model_name="application",
            name="application_household_type_known",
        ),
        migrations.RemoveConstraint(
            model_name="assetlimit",
            name="asset_limit_household_type_known",
        ),
        migrations.RemoveConstraint(
            model_name="incomenorm",
            name="norm_household_type_known",
        ),
        migrations.AddField(
            model_name="application",
            name="asked_on",
            field=models.DateField(blank=True, null=True, verbose_name="aanvulling gevraagd op"),
        ),
        migrations.AddField(
            model_name="application",
            name="assessed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="applications_assessed",
                to=settings.AUTH_USER_MODEL,
                verbose_name="ingevuld door",
            ),
        ),
        migrations.AddField(
            model_name="application",
            name="motivation",
            field=models.CharField(blank=True, db_default="", max_length=500, verbose_name="toelichting"),
        ),
        migrations.AddField(
            model_name="application",
            name="needs_second",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="Het inkomen of het vermogen ligt dicht bij een grens, of het besluit wijkt af van de som.",
                verbose_name="tweede blik nodig",
            ),
        ),
        migrations.AddField(
            model_name="application",
            name="points",
            field=models.JSONField(
                blank=True,
                db_default=models.Value([], models.JSONField()),
                default=list,
                verbose_name="wat ontbreekt of waarom niet",
            ),
        ),
        migrations.AddField(
            model_name="application",
            name="proposal",
            field=models.CharField(
                blank=True,
                choices=[("toekennen", "Toekennen"), ("afwijzen", "Afwijzen")],
                db_default="",
                max_length=10,
                verbose_name="voorstel",
            ),
        ),
        migrations.AddField(
            model_name="application",
            name="version",
            field=models.PositiveIntegerField(db_default=0, default=0, verbose_name="versie"),
        ),
        migrations.AddField(
            model_name="grantexport",
            name="public_key",
            field=models.CharField(default="", max_length=100, verbose_name="openbare sleutel (age)"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="grantexport",
            name="repeats",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="repeated_by",
                to="letters.grantexport",
                verbose_name="vervangt",
            ),
        ),
        migrations.AddField(
            model_name="grantexport",
            name="rows",
            field=models.PositiveIntegerField(db_default=0, default=0, verbose_name="regels"),
        ),
        migrations.AddField(
            model_name="grantexport",
            name="size",
            field=models.PositiveBigIntegerField(db_default=0, default=0, verbose_name="grootte in bytes"),
        ),
        migrations.AddField(
            model_name="legalbasis",
            name="withdrawn_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="ingetrokken op"),
        ),
        migrations.AddField(
            model_name="legalbasis",
            name="withdrawn_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="legal_bases_withdrawn",
                to=settings.AUTH_USER_MODEL,
                verbose_name="ingetrokken door",
            ),
        ),
        migrations.AlterField(
            model_name="application",
            name="household_type",
            field=models.CharField(
                blank=True,
                choices=[
                    ("alleenstaand", "Alleenstaande"),
                    ("alleenstaande_ouder", "Alleenstaande ouder"),
                    ("gehuwd", "Gehuwden of samenwonenden"),
                    ("alleenstaand_aow", "Alleenstaande met AOW"),
                    ("ouder_aow", "Alleenstaande ouder met AOW"),
                    ("gehuwd_aow", "Gehuwden of samenwonenden, een of beiden met AOW"),
                ],
                max_length=20,
                verbose_name="soort huishouden",
            ),
        ),
        migrations.AlterField(
            model_name="assetlimit",
            name="household_type",
            field=models.CharField(
                choices=[
                    ("alleenstaand", "Alleenstaande"),
                    ("alleenstaande_ouder", "Alleenstaande ouder"),
                    ("gehuwd", "Gehuwden of samenwonenden"),
                    ("alleenstaand_aow", "Alleenstaande met AOW"),
                    ("ouder_aow", "Alleenstaande ouder met AOW"),
                    ("gehuwd_aow", "Gehuwden of samenwonenden, een of beiden met AOW"),
                ],
                max_length=20,
                verbose_name="soort huishouden",
            ),
        ),
        migrations.AlterField(
            model_name="grantexport",
            name="sha256",
            field=models.CharField(blank=True, db_default="", max_length=64, verbose_name="vingerafdruk"),
        ),
        migrations.AlterField(
            model_name="incomenorm",
            name="household_type",
            field=models.CharField(
                choices=[
                    ("alleenstaand", "Alleenstaande"),
                    ("alleenstaande_ouder", "Alleenstaande ouder"),
                    ("gehuwd", "Gehuwden of samenwonenden"),
                    ("alleenstaand_aow", "Alleenstaande met AOW"),
                    ("ouder_aow", "Alleenstaande ouder met AOW"),
                    ("gehuwd_aow", "Gehuwden of samenwonenden, een of beiden met AOW"),
                ],
                max_length=20,
                verbose_name="soort huishouden",
            ),
        ),
        migrations.AddConstraint(
            model_name="application",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "household_type__in",
                        [
                            "",
                            "alleenstaand",
                            "alleenstaande_ouder",
                            "gehuwd",
                            "alleenstaand_aow",
                            "ouder_aow",
                            "gehuwd_aow",
                        ],
                    )
                ),
                name="application_household_type_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="application",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "afgewezen"), _negated=True),
                    models.Q(("points", []), _negated=True),
                    _connector="OR",
                ),
                name="application_refused_with_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="application",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["toegekend", "afgewezen"]), _negated=True),
                    ("needs_second", False),
                    ("second_by__isnull", False),
                    _connector="OR",
                ),
                name="application_second_look_taken",
            ),
        ),
        migrations.AddConstraint(
            model_name="application",
            constraint=models.CheckConstraint(
                condition=models.Q(("proposal__in", ["", "toekennen", "afwijzen"])),
                name="application_proposal_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="assetlimit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "household_type__in",
                        [
                            "alleenstaand",
                            "alleenstaande_ouder",
                            "gehuwd",
                            "alleenstaand_aow",
                            "ouder_aow",
                            "gehuwd_aow",
                        ],
                    )
                ),
                name="asset_limit_household_type_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="grantexport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("fetched_by__isnull", True),
                    models.Q(("fetched_by", models.F("asked_by")), _negated=True),
                    _connector="OR",
                ),
                name="export_fetched_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="grantexport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("fetched_at__isnull", True), ("fetched_by__isnull", True)),
                    models.Q(
                        ("fetched_at__isnull", False),
                        ("fetched_by__isnull", False),
                        ("made_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="export_fetched_wholly",
            ),
        ),
        migrations.AddConstraint(
            model_name="incomenorm",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "household_type__in",
                        [
                            "alleenstaand",
                            "alleenstaande_ouder",
                            "gehuwd",
                            "alleenstaand_aow",
                            "ouder_aow",
                            "gehuwd_aow",
                        ],
                    )
                ),
                name="norm_household_type_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="legalbasis",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_until__isnull", True), ("valid_until__gte", models.F("dated")), _connector="OR"
                ),
                name="legal_basis_dates",
            ),
        ),
        migrations.AddConstraint(
            model_name="legalbasis",
            constraint=models.CheckConstraint(
                condition=models.Q(("text", ""), _negated=True), name="legal_basis_has_a_text"
            ),
        ),
        migrations.AddConstraint(
            model_name="legalbasis",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("withdrawn_at__isnull", True), ("withdrawn_by__isnull", True)),
                    models.Q(("withdrawn_at__isnull", False), ("withdrawn_by__isnull", False)),
                    _connector="OR",
                ),
                name="legal_basis_withdrawn_wholly",
            ),
        ),
        RunSQLFile(HERE / "sql" / "assessing.sql"),
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
