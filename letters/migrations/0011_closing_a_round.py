"""A round is closed when nothing of it is under way, a pile of scans and an untold decision are work."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

from outreach.kernel.sqlfile import RunSQLFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("letters", "0010_paper_and_representatives")]

    operations = [
        migrations.RemoveConstraint(
            model_name="workitem",
            name="work_kind_known",
        ),
        migrations.AddField(
            model_name="workitem",
            name="delivery",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="work",
                to="letters.scandelivery",
                verbose_name="aanlevering van scans",
            ),
        ),
        migrations.AlterField(
            model_name="recall",
            name="reason",
            field=models.CharField(
                choices=[
                    ("afgemeld", "Iemand heeft zich afgemeld"),
                    ("overleden", "Iemand is overleden"),
                    ("verhuisd", "Het huishouden is verhuisd"),
                    ("heeft_al", "Niet meer nodig: het huishouden heeft de regeling al, of is verhuisd"),
                    ("fout", "De brief klopt niet"),
                ],
                max_length=15,
                verbose_name="reden",
            ),
        ),
        migrations.AlterField(
            model_name="workitem",
            name="kind",
            field=models.CharField(
                choices=[
                    ("scan_onleesbaar", "Scan zonder leesbare code"),
                    ("scan_onbekend", "Code die wij niet kennen"),
                    ("scan_wijkt_af", "Drukker leest een andere code dan wij"),
                    ("scan_kapot", "Bestand is geen bruikbaar beeld"),
                    ("geen_handtekening", "Handtekening ontbreekt"),
                    ("handtekening_twijfel", "Handtekening onduidelijk"),
                    ("aantekening", "Er is iets doorgestreept of bij geschreven"),
                    ("formulier_te_laat", "Formulier past niet meer bij de stand van zaken"),
                    ("beoordelen", "Inkomen en vermogen beoordelen"),
                    ("adres_onderzoek", "Brief kwam terug: adres onderzoeken"),
                    ("brief_uitgevallen", "Brief kan niet worden gemaakt"),
                    ("drukker_weigert", "Drukker weigert een brief"),
                    ("bevestiging_wijkt_af", "Bevestiging van de drukker klopt niet"),
                    ("onbekende_brief", "Melding over een brief die wij niet kennen"),
                    ("blijft_hangen", "Er gebeurt te lang niets"),
                    ("niet_verteld", "Besluit genomen, brief niet verstuurd"),
                ],
                max_length=25,
                verbose_name="soort",
            ),
        ),
        migrations.AddConstraint(
            model_name="workitem",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("batch__isnull", True),
                    ("closed_at__isnull", True),
                    ("delivery__isnull", False),
                    ("event__isnull", True),
                    ("letter__isnull", True),
                    ("part__isnull", True),
                    ("scan__isnull", True),
                ),
                fields=("kind", "delivery"),
                name="work_once_per_delivery",
            ),
        ),
        migrations.AddConstraint(
            model_name="workitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "scan_onleesbaar",
                            "scan_onbekend",
                            "scan_wijkt_af",
                            "scan_kapot",
                            "geen_handtekening",
                            "handtekening_twijfel",
                            "aantekening",
                            "formulier_te_laat",
                            "beoordelen",
                            "adres_onderzoek",
                            "brief_uitgevallen",
                            "drukker_weigert",
                            "bevestiging_wijkt_af",
                            "onbekende_brief",
                            "blijft_hangen",
                            "niet_verteld",
                        ],
                    )
                ),
                name="work_kind_known",
            ),
        ),
        RunSQLFile(SQL / "closed.sql"),
    ]
