"""An agreement says who is what under the AVG, what was decided, how long is kept and what each column is for."""

import json
from pathlib import Path

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

FROZEN = Path(__file__).parent / "data" / "column_uses.json"


def fill(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """What follows from the program: who delivers, and what each column is for. The rest is not ours to say."""
    uses = json.loads(FROZEN.read_text(encoding="utf-8"))
    agreements = apps.get_model("eligibility", "Agreement").objects.using(schema_editor.connection.alias)
    for row in agreements.select_related("bron"):
        told = uses[row.bron.layout]
        row.supplier = row.bron.supplier
        row.uses = {column: told[column] for column in row.columns if column in told}
        row.save(update_fields=["supplier", "uses"])


class Migration(migrations.Migration):
    dependencies = [("eligibility", "0011_agreed_or_refused")]

    operations = [
        migrations.AddField(
            model_name="agreement",
            name="committee_dated",
            field=models.DateField(blank=True, null=True, verbose_name="datum besluit privacycommissie"),
        ),
        migrations.AddField(
            model_name="agreement",
            name="committee_reference",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                max_length=100,
                verbose_name="kenmerk besluit privacycommissie",
            ),
        ),
        migrations.AddField(
            model_name="agreement",
            name="processing_dated",
            field=models.DateField(blank=True, null=True, verbose_name="datum verwerkersovereenkomst"),
        ),
        migrations.AddField(
            model_name="agreement",
            name="processing_reference",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                max_length=100,
                verbose_name="kenmerk verwerkersovereenkomst",
            ),
        ),
        migrations.AddField(
            model_name="agreement",
            name="retention_months",
            field=models.PositiveSmallIntegerField(null=True, verbose_name="bewaren (maanden)"),
        ),
        migrations.AddField(
            model_name="agreement",
            name="role",
            field=models.CharField(
                choices=[
                    ("verantwoordelijke", "Verwerkingsverantwoordelijke"),
                    ("verwerker", "Verwerker"),
                    ("gezamenlijk", "Gezamenlijk verantwoordelijk"),
                ],
                db_default="",
                default="",
                max_length=20,
                verbose_name="rol van de leverancier",
            ),
        ),
        migrations.AddField(
            model_name="agreement",
            name="supplier",
            field=models.CharField(db_default="", default="", max_length=100, verbose_name="leverancier"),
        ),
        migrations.AddField(
            model_name="agreement",
            name="uses",
            field=models.JSONField(db_default={}, default=dict, verbose_name="gebruik per kolom"),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=models.CheckConstraint(
                condition=models.Q(("role__in", ["", "verantwoordelijke", "verwerker", "gezamenlijk"])),
                name="agreement_role_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("role", "verwerker"), _negated=True),
                    models.Q(("processing_reference", ""), _negated=True),
                    _connector="OR",
                ),
                name="agreement_processor_has_contract",
                violation_error_message="Met een verwerker hoort een verwerkersovereenkomst: vul kenmerk en datum in.",
            ),
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("processing_dated__isnull", True), ("processing_reference", "")),
                    models.Q(
                        models.Q(("processing_reference", ""), _negated=True),
                        ("processing_dated__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="agreement_contract_whole",
                violation_error_message="Vul van de verwerkersovereenkomst kenmerk en datum in.",
            ),
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("committee_dated__isnull", True), ("committee_reference", "")),
                    models.Q(
                        models.Q(("committee_reference", ""), _negated=True),
                        ("committee_dated__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="agreement_decision_whole",
                violation_error_message="Vul van het besluit van de privacycommissie kenmerk en datum in.",
            ),
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("retention_months__isnull", True), ("retention_months__gte", 1), _connector="OR"
                ),
                name="agreement_kept_a_month",
                violation_error_message="Kies 1 maand of langer.",
            ),
        ),
    ]
