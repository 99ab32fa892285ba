"""A wish is about everything, one regeling, letters, visits or sharing; what holds now the database itself
writes on the person."""

from pathlib import Path

from django.conf import settings
from django.db import migrations, models

from outreach.kernel.sqlfile import RunSQLFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("optout", "0002_policies"),
        ("outreach", "0022_channels_that_are_refused"),
    ]

    operations = [
        migrations.AddField(
            "optout",
            "scope",
            models.CharField(
                choices=[
                    ("alles", "Helemaal niet benaderen"),
                    ("regeling", "Niet over één regeling"),
                    ("brieven", "Geen brieven"),
                    ("bezoek", "Geen bezoek"),
                    ("delen", "Gegevens niet delen"),
                ],
                default="alles",
                max_length=10,
                verbose_name="wat niet",
            ),
            preserve_default=False,
        ),
        RunSQLFile(SQL / "scopes.sql"),
        migrations.AddField(
            "optout",
            "withdrawn_by",
            models.ForeignKey(
                null=True,
                on_delete=models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="ingetrokken door",
            ),
        ),
        migrations.AlterField(
            "optout",
            "regeling",
            models.ForeignKey(
                blank=True,
                help_text="Alleen bij een wens over één regeling.",
                null=True,
                on_delete=models.deletion.PROTECT,
                to="outreach.regeling",
                verbose_name="regeling",
            ),
        ),
        migrations.AlterField(
            "optout",
            "channel",
            models.CharField(
                choices=[
                    ("deur", "Aan de deur"),
                    ("telefoon", "Telefoon"),
                    ("brief", "Brief"),
                    ("levering", "Lijst"),
                    ("formulier", "Formulier"),
                ],
                max_length=10,
                verbose_name="kanaal",
            ),
        ),
        migrations.RemoveConstraint("optout", "optout_once"),
        migrations.RemoveConstraint("optout", "optout_channel_known"),
        migrations.AddConstraint(
            "optout",
            models.UniqueConstraint(
                condition=models.Q(withdrawn_at__isnull=True),
                fields=("person", "scope", "regeling"),
                name="optout_once",
                nulls_distinct=False,
                violation_error_message="Deze persoon is al afgemeld.",
            ),
        ),
        migrations.AddConstraint(
            "optout",
            models.CheckConstraint(
                condition=models.Q(channel__in=["deur", "telefoon", "brief", "levering", "formulier"]),
                name="optout_channel_known",
            ),
        ),
        migrations.AddConstraint(
            "optout",
            models.CheckConstraint(
                condition=models.Q(scope__in=["alles", "regeling", "brieven", "bezoek", "delen"]),
                name="optout_scope_known",
            ),
        ),
        migrations.AddConstraint(
            "optout",
            models.CheckConstraint(
                condition=models.Q(scope="regeling", regeling__isnull=False)
                | ~models.Q(scope="regeling") & models.Q(regeling__isnull=True),
                name="optout_regeling_named",
            ),
        ),
        RunSQLFile(SQL / "mirror.sql"),
    ]
