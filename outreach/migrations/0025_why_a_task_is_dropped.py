"""Why a task is dropped, meldingen of breaches and guessed codes, and that somebody acts for a household."""

from pathlib import Path

from django.db import migrations, models

from outreach.kernel.sqlfile import RunSQLFile

SQL = Path(__file__).parent / "sql"
REASONS = [
    ("al_geregeld", "Het is al geregeld"),
    ("wil_niet", "De inwoner wil het niet meer"),
    ("niet_bereikt", "De inwoner is niet te bereiken"),
    ("woont_hier", "De BRP klopt: de inwoner woont hier"),
    ("vergissing", "De taak was een vergissing"),
    ("onbekend", "Niet opgeschreven"),
]
KINDS = [
    ("taak_gegeven", "Je hebt een taak gekregen"),
    ("taak_te_laat", "Een taak is te laat"),
    ("looplijst_gegeven", "Je hebt een looplijst gekregen"),
    ("overdracht_antwoord", "Een organisatie gaf antwoord op een overdracht"),
    ("veiligheid_wacht", "Een veiligheidsinstructie wacht op goedkeuring"),
    ("datalek_gemeld", "Er is een datalek gemeld"),
    ("datalek_termijn", "Een datalek moet binnen 24 uur gemeld zijn"),
    ("datalek_te_laat", "De 72 uur van een datalek zijn voorbij"),
    ("codes_te_vaak", "Een collega zocht te vaak op een briefcode"),
    ("afdruk_te_laat", "Een afdruk is nog niet vernietigd"),
    ("concept_ligt_er_nog", "Je hebt een gesprek niet opgeslagen"),
]


class Migration(migrations.Migration):
    dependencies = [("outreach", "0024_looking_into_the_audit")]

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
        migrations.AddField(
            model_name="task",
            name="dropped_because",
            field=models.CharField(
                blank=True, choices=REASONS, max_length=15, verbose_name="waarom niet meer nodig"
            ),
        ),
        # Of those that were dropped before, nobody wrote why. A task that ended does not change otherwise.
        migrations.RunSQL(
            "ALTER TABLE outreach_task DISABLE TRIGGER USER;"
            " UPDATE outreach_task SET dropped_because = 'onbekend' WHERE state = 'vervallen';"
            " ALTER TABLE outreach_task ENABLE TRIGGER USER;"
            " GRANT UPDATE (dropped_because) ON outreach_task TO web",
            "REVOKE UPDATE (dropped_because) ON outreach_task FROM web",
        ),
        migrations.AddConstraint(
            model_name="task",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("dropped_because__in", [reason for reason, _ in REASONS]), ("state", "vervallen")
                    ),
                    models.Q(models.Q(("state", "vervallen"), _negated=True), ("dropped_because", "")),
                    _connector="OR",
                ),
                name="task_dropped_because",
                violation_error_message="Kies waarom de taak niet meer nodig is.",
            ),
        ),
        RunSQLFile(SQL / "represented.sql"),
    ]
