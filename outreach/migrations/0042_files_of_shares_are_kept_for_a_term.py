"""The file of a share is kept for a term too."""

from django.db import migrations, models

KINDS = [
    ("levering", "Levering van een bron"),
    ("cyclus", "Sleutel van een refertejaar"),
    ("brieven", "Bestand met brieven"),
    ("scan", "Beeld van een scan"),
    ("ronde", "Ronde"),
    ("persoon", "Persoon in de uitvoering"),
    ("verzegeld", "Verzegelde redenen van een koppeling"),
    ("deling", "Bestand van een deling"),
]
CHECKED = {"legalhold": "hold_kind_known", "retentionrule": "retention_kind_known"}
KNOWN = models.Q(("kind__in", [value for value, _ in KINDS]))


class Migration(migrations.Migration):
    dependencies = [("outreach", "0041_who_waits_for_an_answer")]

    operations = [
        *(migrations.RemoveConstraint(model_name=model, name=name) for model, name in CHECKED.items()),
        *(
            migrations.AlterField(
                model_name=model,
                name="kind",
                field=models.CharField(choices=KINDS, max_length=10, verbose_name="soort"),
            )
            for model in ("destructionitem", "destructionlist", "legalhold", "retentionrule")
        ),
        *(
            migrations.AddConstraint(
                model_name=model, constraint=models.CheckConstraint(condition=KNOWN, name=name)
            )
            for model, name in CHECKED.items()
        ),
    ]
