"""Why people came out, sealed, is kept for a term too, and destroyed by the worker of the box."""

from pathlib import Path

from django.db import migrations, models

from outreach.kernel.roles import OWNER
from outreach.kernel.sqlfile import RunSQLFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("outreach", "0035_what_residents_ask"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="legalhold",
            name="hold_kind_known",
        ),
        migrations.RemoveConstraint(
            model_name="retentionrule",
            name="retention_kind_known",
        ),
        migrations.AlterField(
            model_name="destructionitem",
            name="kind",
            field=models.CharField(
                choices=[
                    ("levering", "Levering van een bron"),
                    ("cyclus", "Sleutel van een refertejaar"),
                    ("brieven", "Bestand met brieven"),
                    ("scan", "Beeld van een scan"),
                    ("ronde", "Ronde"),
                    ("persoon", "Persoon in de uitvoering"),
                    ("verzegeld", "Verzegelde redenen van een koppeling"),
                ],
                max_length=10,
                verbose_name="soort",
            ),
        ),
        migrations.AlterField(
            model_name="destructionlist",
            name="kind",
            field=models.CharField(
                choices=[
                    ("levering", "Levering van een bron"),
                    ("cyclus", "Sleutel van een refertejaar"),
                    ("brieven", "Bestand met brieven"),
                    ("scan", "Beeld van een scan"),
                    ("ronde", "Ronde"),
                    ("persoon", "Persoon in de uitvoering"),
                    ("verzegeld", "Verzegelde redenen van een koppeling"),
                ],
                max_length=10,
                verbose_name="soort",
            ),
        ),
        migrations.AlterField(
            model_name="legalhold",
            name="kind",
            field=models.CharField(
                choices=[
                    ("levering", "Levering van een bron"),
                    ("cyclus", "Sleutel van een refertejaar"),
                    ("brieven", "Bestand met brieven"),
                    ("scan", "Beeld van een scan"),
                    ("ronde", "Ronde"),
                    ("persoon", "Persoon in de uitvoering"),
                    ("verzegeld", "Verzegelde redenen van een koppeling"),
                ],
                max_length=10,
                verbose_name="soort",
            ),
        ),
        migrations.AlterField(
            model_name="retentionrule",
            name="kind",
            field=models.CharField(
                choices=[
                    ("levering", "Levering van een bron"),
                    ("cyclus", "Sleutel van een refertejaar"),
                    ("brieven", "Bestand met brieven"),
                    ("scan", "Beeld van een scan"),
                    ("ronde", "Ronde"),
                    ("persoon", "Persoon in de uitvoering"),
                    ("verzegeld", "Verzegelde redenen van een koppeling"),
                ],
                max_length=10,
                verbose_name="soort",
            ),
        ),
        migrations.AddConstraint(
            model_name="legalhold",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ["levering", "cyclus", "brieven", "scan", "ronde", "persoon", "verzegeld"])
                ),
                name="hold_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="retentionrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ["levering", "cyclus", "brieven", "scan", "ronde", "persoon", "verzegeld"])
                ),
                name="retention_kind_known",
            ),
        ),
        RunSQLFile(SQL / "destruction_of_reasons.sql", role=OWNER),
    ]
