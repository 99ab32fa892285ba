"""A letter waits for what a resident disputes, as for who is busy with his household."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("letters", "0033_kept_and_repeated"),
    ]

    operations = [
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
                    (
                        "bezig",
                        "Wacht: een collega is met dit huishouden bezig, of een inwoner zegt dat iets niet klopt",
                    ),
                    (
                        "vertrokken",
                        "Iemand is overleden of verhuisd: eerst uitzoeken waar de brief heen gaat",
                    ),
                ],
                help_text="Waarom deze brief niet gemaakt kon worden.",
                max_length=20,
                verbose_name="uitgevallen",
            ),
        ),
    ]
