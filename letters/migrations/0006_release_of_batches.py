"""A batch that is asked to be released, a part in versions, and what may not change any more."""

from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from outreach.kernel.sqlfile import RunSQLFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("letters", "0005_letter_texts"),
        ("outreach", "0002_departed_and_lapsed"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="letter",
            name="letter_rejection_known",
        ),
        migrations.AddField(
            model_name="batch",
            name="problem",
            field=models.CharField(blank=True, max_length=300, verbose_name="waarom niet vrijgegeven"),
        ),
        migrations.AddField(
            model_name="batch",
            name="release_asked_by",
            field=models.ForeignKey(
                blank=True,
                help_text="De werker geeft de partij daarna vrij.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="batches_release_asked",
                to=settings.AUTH_USER_MODEL,
                verbose_name="vrijgave gevraagd door",
            ),
        ),
        migrations.AddField(
            model_name="part",
            name="version",
            field=models.PositiveSmallIntegerField(
                db_default=1, default=1, help_text="Hoe vaak dit bestand is gemaakt.", verbose_name="versie"
            ),
        ),
        migrations.AlterField(
            model_name="letter",
            name="rejected",
            field=models.CharField(
                blank=True,
                choices=[
                    ("adres", "Het adres is niet compleet of past niet in het venster"),
                    ("naam", "Er is geen naam bekend"),
                    ("glyph", "De naam of het adres heeft een teken dat de drukker niet kan afdrukken"),
                    ("personen", "Er staan meer personen op dan op het papier passen"),
                    ("gegevens", "Er ontbreken gegevens voor het formulier"),
                    ("formuliercode", "De code van het formulier klopt niet"),
                    ("tekst", "Er is nog geen brieftekst voor deze regeling"),
                    ("tekst_te_lang", "De brieftekst past niet op het papier"),
                    ("fout", "De brief kan niet worden gemaakt"),
                    ("geadresseerde", "Het huishouden heeft geen geadresseerde"),
                    ("afgemeld", "Iemand heeft zich afgemeld na het plannen van de brief"),
                    ("vervallen", "De brief is niet meer nodig"),
                    ("grondslag", "Er is geen geldige grondslag om zonder formulier toe te kennen"),
                ],
                help_text="Waarom deze brief niet gemaakt kon worden.",
                max_length=20,
                verbose_name="uitgevallen",
            ),
        ),
        migrations.AddIndex(
            model_name="letter",
            index=models.Index(
                condition=models.Q(("production__in", ["vrijgegeven", "bevestigd", "geprint"])),
                fields=["part"],
                name="letter_under_way",
            ),
        ),
        migrations.AddConstraint(
            model_name="letter",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "rejected__in",
                        [
                            "",
                            "adres",
                            "naam",
                            "glyph",
                            "personen",
                            "gegevens",
                            "formuliercode",
                            "tekst",
                            "tekst_te_lang",
                            "fout",
                            "geadresseerde",
                            "afgemeld",
                            "vervallen",
                            "grondslag",
                        ],
                    )
                ),
                name="letter_rejection_known",
            ),
        ),
        RunSQLFile(SQL / "release.sql"),
    ]
