"""A wish of which the BSN was typed: encrypted for the worker, and gone when it is settled."""

from pathlib import Path

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from outreach.kernel.sqlfile import RunSQLFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("optout", "0003_scopes"),
        ("outreach", "0022_channels_that_are_refused"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="TypedWish",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("afmelden", "Afmelden"),
                            ("intrekken", "Afmelding intrekken"),
                            ("opvolger", "Nieuw BSN"),
                        ],
                        max_length=10,
                        verbose_name="soort",
                    ),
                ),
                (
                    "scope",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("alles", "Helemaal niet benaderen"),
                            ("regeling", "Niet over één regeling"),
                            ("brieven", "Geen brieven"),
                            ("bezoek", "Geen bezoek"),
                            ("delen", "Gegevens niet delen"),
                        ],
                        max_length=10,
                        verbose_name="wat niet",
                    ),
                ),
                (
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
                ("sealed", models.BinaryField(null=True, verbose_name="versleuteld")),
                ("key_name", models.CharField(max_length=80, verbose_name="sleutel")),
                (
                    "registered_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="vastgelegd op"
                    ),
                ),
                ("settled_at", models.DateTimeField(blank=True, null=True, verbose_name="verwerkt op")),
                (
                    "regeling",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="outreach.regeling",
                        verbose_name="regeling",
                    ),
                ),
                (
                    "registered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="vastgelegd door",
                    ),
                ),
            ],
            options={
                "verbose_name": "wens met een BSN",
                "verbose_name_plural": "wensen met een BSN",
                "ordering": ["-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["afmelden", "intrekken", "opvolger"])),
                        name="typed_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("channel__in", ["deur", "telefoon", "brief", "levering", "formulier"])
                        ),
                        name="typed_channel_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "opvolger"), ("regeling__isnull", True), ("scope", "")),
                            models.Q(
                                models.Q(("kind", "opvolger"), _negated=True),
                                models.Q(
                                    models.Q(("regeling__isnull", False), ("scope", "regeling")),
                                    models.Q(
                                        ("regeling__isnull", True),
                                        ("scope__in", ["alles", "brieven", "bezoek", "delen"]),
                                    ),
                                    _connector="OR",
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="typed_about_something",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("sealed__isnull", True), ("settled_at__isnull", False)),
                            models.Q(("sealed__isnull", False), ("settled_at__isnull", True)),
                            _connector="OR",
                        ),
                        name="typed_number_goes_when_settled",
                    ),
                ],
            },
        ),
        RunSQLFile(SQL / "typed.sql"),
        RunSQLFile(SQL / "register.sql"),
    ]
