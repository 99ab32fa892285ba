"""An answer is not posted to a home that its people left, and a whole batch can be asked back."""

from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from outreach.kernel.sqlfile import RunSQLFile

SQL = Path(__file__).parent / "sql"

_REJECTIONS = [
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
    ("vertrokken", "Iemand is overleden of verhuisd: eerst uitzoeken waar de brief heen gaat"),
]
_WORK = [
    ("scan_onleesbaar", "Scan zonder leesbare code"),
    ("scan_onbekend", "Code die wij niet kennen"),
    ("scan_wijkt_af", "Drukker leest een andere code dan wij"),
    ("scan_kapot", "Bestand is geen bruikbaar beeld"),
    ("geen_handtekening", "Handtekening ontbreekt"),
    ("handtekening_twijfel", "Handtekening onduidelijk"),
    ("aantekening", "Er is iets doorgestreept of bij geschreven"),
    ("formulier_te_laat", "Formulier past niet meer bij de stand van zaken"),
    ("beoordelen", "Inkomen en vermogen beoordelen"),
    ("adres_onderzoek", "Adres van een brief onderzoeken"),
    ("brief_uitgevallen", "Brief kan niet worden gemaakt"),
    ("drukker_weigert", "Drukker weigert een brief"),
    ("bevestiging_wijkt_af", "Bevestiging van de drukker klopt niet"),
    ("onbekende_brief", "Melding over een brief die wij niet kennen"),
    ("blijft_hangen", "Er gebeurt te lang niets"),
    ("niet_verteld", "Besluit genomen, brief niet verstuurd"),
]
_RECALL_REASONS = [
    ("afgemeld", "Iemand heeft zich afgemeld"),
    ("overleden", "Iemand is overleden"),
    ("verhuisd", "Het huishouden is verhuisd"),
    ("heeft_al", "Niet meer nodig: het huishouden heeft de regeling al, of is verhuisd"),
    ("fout", "De brief klopt niet"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("letters", "0012_date_on_the_form"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="letter", name="letter_rejection_known"),
        migrations.AddField(
            model_name="batch",
            name="recall_asked_by",
            field=models.ForeignKey(
                blank=True,
                help_text="De werker vraagt daarna alle brieven van de partij terug.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="batches_recall_asked",
                to=settings.AUTH_USER_MODEL,
                verbose_name="terugvragen gevraagd door",
            ),
        ),
        migrations.AddField(
            model_name="batch",
            name="recall_reason",
            field=models.CharField(
                blank=True,
                choices=_RECALL_REASONS,
                db_default="",
                default="",
                max_length=15,
                verbose_name="waarom terug",
            ),
        ),
        migrations.AlterField(
            model_name="letter",
            name="rejected",
            field=models.CharField(
                blank=True,
                choices=_REJECTIONS,
                help_text="Waarom deze brief niet gemaakt kon worden.",
                max_length=20,
                verbose_name="uitgevallen",
            ),
        ),
        migrations.AlterField(
            model_name="workitem",
            name="kind",
            field=models.CharField(choices=_WORK, max_length=25, verbose_name="soort"),
        ),
        migrations.AddConstraint(
            model_name="letter",
            constraint=models.CheckConstraint(
                condition=models.Q(("rejected__in", ["", *(code for code, _ in _REJECTIONS)])),
                name="letter_rejection_known",
            ),
        ),
        RunSQLFile(SQL / "departed.sql"),
    ]
