"""Who watches over the data of residents is told what waits for him: terms, lists, signatures, the notice."""

from django.db import migrations, models

KINDS = [
    ("taak_gegeven", "Je hebt een taak gekregen"),
    ("taak_gewijzigd", "Een ander heeft je taak verzet, doorgegeven of afgerond"),
    ("taak_te_laat", "Een taak is te laat"),
    ("looplijst_gegeven", "Je hebt een looplijst gekregen"),
    ("overdracht_antwoord", "Een organisatie gaf antwoord op een overdracht"),
    ("overdracht_gegeven", "Je wacht nu op het antwoord van een organisatie"),
    ("overdracht_gewijzigd", "Een ander heeft je overdracht verzet of doorgegeven"),
    ("overdracht_te_laat", "Een organisatie gaf nog geen antwoord"),
    ("veiligheid_wacht", "Een veiligheidsinstructie wacht op goedkeuring"),
    ("veiligheid_eindigt", "Een veiligheidsinstructie eindigt binnen twee weken"),
    ("datalek_gemeld", "Er is een datalek gemeld"),
    ("datalek_termijn", "Een datalek moet binnen 24 uur gemeld zijn"),
    ("datalek_te_laat", "De 72 uur van een datalek zijn voorbij"),
    ("codes_te_vaak", "Een collega zocht te vaak op een briefcode"),
    ("afdruk_te_laat", "Een afdruk is nog niet vernietigd"),
    ("afdruk_afgemeld", "Een afdruk klopt niet meer"),
    ("concept_ligt_er_nog", "Je hebt een gesprek niet opgeslagen"),
    ("afspraak_eindigt", "Een afspraak met een bron eindigt binnen 60 dagen"),
    ("kolommen_ongebruikt", "Kolommen van een bron zijn een jaar niet gebruikt"),
    ("verzoek_termijn", "Een inwoner moet binnen een week antwoord hebben"),
    ("verzoek_te_laat", "Een inwoner had al antwoord moeten hebben"),
    ("termijn_voorbij", "Van gegevens is de bewaartermijn voorbij"),
    ("vernietiging_wacht", "Een vernietigingslijst wacht op een tweede mens"),
    ("vernietiging_stokt", "Een vernietigingslijst is nog niet helemaal uitgevoerd"),
    ("ontzegelen_wacht", "Een verzoek om te ontzegelen wacht op jou"),
    ("rollen_tekenen", "De rollen van dit kwartaal zijn nog niet ondertekend"),
    ("mededeling_eindigt", "De openbare mededeling is bijna een jaar oud"),
]


class Migration(migrations.Migration):
    dependencies = [("outreach", "0051_paper_of_what_lapsed")]

    operations = [
        migrations.RemoveConstraint(model_name="notification", name="notification_kind_known"),
        migrations.AlterField(
            model_name="notification",
            name="kind",
            field=models.CharField(choices=KINDS, max_length=20, verbose_name="wat"),
        ),
        migrations.AddConstraint(
            model_name="notification",
            constraint=models.CheckConstraint(
                condition=models.Q(kind__in=[kind for kind, _ in KINDS]), name="notification_kind_known"
            ),
        ),
    ]
