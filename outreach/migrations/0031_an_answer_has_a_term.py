"""An organisation answers before a day, and somebody who still works here waits for that answer."""

from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import outreach.models.referral
from outreach.kernel.sqlfile import RunSQLFile

SQL = Path(__file__).parent / "sql"
KINDS = [
    ("taak_gegeven", "Je hebt een taak gekregen"),
    ("taak_gewijzigd", "Een ander heeft je taak verzet, doorgegeven of afgerond"),
    ("taak_te_laat", "Een taak is te laat"),
    ("looplijst_gegeven", "Je hebt een looplijst gekregen"),
    ("overdracht_antwoord", "Een organisatie gaf antwoord op een overdracht"),
    ("overdracht_gegeven", "Je wacht nu op het antwoord van een organisatie"),
    ("overdracht_te_laat", "Een organisatie gaf nog geen antwoord"),
    ("veiligheid_wacht", "Een veiligheidsinstructie wacht op goedkeuring"),
    ("datalek_gemeld", "Er is een datalek gemeld"),
    ("datalek_termijn", "Een datalek moet binnen 24 uur gemeld zijn"),
    ("datalek_te_laat", "De 72 uur van een datalek zijn voorbij"),
    ("codes_te_vaak", "Een collega zocht te vaak op een briefcode"),
    ("afdruk_te_laat", "Een afdruk is nog niet vernietigd"),
    ("afdruk_afgemeld", "Een afdruk klopt niet meer"),
    ("concept_ligt_er_nog", "Je hebt een gesprek niet opgeslagen"),
]


def _doer(to: str, verbose_name: str) -> models.ForeignKey:
    return models.ForeignKey(
        blank=True,
        null=True,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="referrals",
        to=to,
        verbose_name=verbose_name,
    )


class Migration(migrations.Migration):
    dependencies = [("outreach", "0030_a_task_of_another")]

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
        # What waits already gets its two weeks from now on.
        migrations.AddField(
            model_name="referral",
            name="due_on",
            field=models.DateField(
                default=outreach.models.referral.answer_term, verbose_name="antwoord uiterlijk op"
            ),
        ),
        migrations.AddField("referral", "owner", _doer(settings.AUTH_USER_MODEL, "wie op antwoord wacht")),
        migrations.AddField("referral", "team", _doer("outreach.team", "welk team op antwoord wacht")),
        migrations.RunSQL("UPDATE outreach_referral SET owner_id = asked_by_id", migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.CheckConstraint(
                condition=models.Q(owner__isnull=True, team__isnull=False)
                | models.Q(owner__isnull=False, team__isnull=True),
                name="referral_owner_or_team",
            ),
        ),
        RunSQLFile(SQL / "referral_passed_on.sql"),
    ]
