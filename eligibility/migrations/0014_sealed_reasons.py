"""Why people came out lies sealed in the box; who asks to open it, who agrees, and the answer."""

from pathlib import Path

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from outreach.kernel.roles import OWNER
from outreach.kernel.sqlfile import RunSQLFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("eligibility", "0013_access_packs"),
        ("outreach", "0036_reasons_are_destroyed"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="RunSeal",
            fields=[
                (
                    "run",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="seal",
                        serialize=False,
                        to="eligibility.run",
                        verbose_name="koppeling",
                    ),
                ),
                ("key_name", models.CharField(max_length=60, unique=True, verbose_name="sleutel")),
                ("people", models.PositiveIntegerField(verbose_name="mensen")),
                (
                    "sealed_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="verzegeld op"
                    ),
                ),
                ("destroyed_at", models.DateTimeField(blank=True, null=True, verbose_name="vernietigd op")),
            ],
            options={
                "verbose_name": "verzegeling",
                "verbose_name_plural": "verzegelingen",
                "ordering": ["-run_id"],
            },
        ),
        migrations.CreateModel(
            name="UnsealRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("person", models.UUIDField(verbose_name="persoon")),
                ("reason", models.CharField(max_length=300, verbose_name="waarom dit nodig is")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("gevraagd", "Wacht op de juridisch adviseur"),
                            ("toegestaan", "Toegestaan, wacht op de werker"),
                            ("geopend", "Geopend"),
                            ("verlopen", "Niet meer te lezen"),
                            ("geweigerd", "Geweigerd"),
                            ("ingetrokken", "Ingetrokken"),
                            ("mislukt", "Niet te openen"),
                        ],
                        default="gevraagd",
                        max_length=12,
                        verbose_name="status",
                    ),
                ),
                (
                    "asked_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="gevraagd op"
                    ),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="besloten op")),
                ("opened_at", models.DateTimeField(blank=True, null=True, verbose_name="geopend op")),
                (
                    "readable_until",
                    models.DateField(blank=True, null=True, verbose_name="te lezen tot en met"),
                ),
                ("recipient", models.CharField(max_length=100, verbose_name="openbare sleutel (age)")),
                (
                    "identity",
                    models.CharField(
                        blank=True, max_length=400, verbose_name="sleutel van het antwoord, versleuteld"
                    ),
                ),
                ("problem", models.CharField(blank=True, max_length=300, verbose_name="waarom niet geopend")),
                (
                    "adviser",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="unseals_decided",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="juridisch adviseur",
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="unseals_asked",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="gevraagd door",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="unseal_requests",
                        to="eligibility.run",
                        verbose_name="koppeling",
                    ),
                ),
            ],
            options={
                "verbose_name": "verzoek tot ontzegelen",
                "verbose_name_plural": "verzoeken tot ontzegelen",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="UnsealAnswer",
            fields=[
                (
                    "request",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="answer",
                        serialize=False,
                        to="eligibility.unsealrequest",
                        verbose_name="verzoek",
                    ),
                ),
                ("sealed", models.BinaryField(verbose_name="antwoord, versleuteld")),
            ],
            options={
                "verbose_name": "antwoord op een verzoek tot ontzegelen",
                "verbose_name_plural": "antwoorden op verzoeken tot ontzegelen",
            },
        ),
        migrations.AddConstraint(
            model_name="unsealrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        [
                            "gevraagd",
                            "toegestaan",
                            "geopend",
                            "verlopen",
                            "geweigerd",
                            "ingetrokken",
                            "mislukt",
                        ],
                    )
                ),
                name="unseal_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="unsealrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True),
                name="unseal_has_reason",
                violation_error_message="Schrijf op waarom dit nodig is.",
            ),
        ),
        migrations.AddConstraint(
            model_name="unsealrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("adviser__isnull", True),
                    models.Q(("adviser", models.F("asked_by")), _negated=True),
                    _connector="OR",
                ),
                name="unseal_second_person",
                violation_error_message="Een ander dan wie het vroeg geeft akkoord.",
            ),
        ),
        migrations.AddConstraint(
            model_name="unsealrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("adviser__isnull", True),
                        ("decided_at__isnull", True),
                        ("state__in", ["gevraagd", "ingetrokken"]),
                    ),
                    models.Q(
                        models.Q(("state", "gevraagd"), _negated=True),
                        ("adviser__isnull", False),
                        ("decided_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="unseal_decided_completely",
            ),
        ),
        migrations.AddConstraint(
            model_name="unsealrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        models.Q(("state__in", ["geopend", "verlopen"]), _negated=True),
                        ("opened_at__isnull", True),
                        ("readable_until__isnull", True),
                    ),
                    models.Q(
                        ("opened_at__isnull", False),
                        ("readable_until__isnull", False),
                        ("state__in", ["geopend", "verlopen"]),
                    ),
                    _connector="OR",
                ),
                name="unseal_opened_completely",
            ),
        ),
        migrations.AddConstraint(
            model_name="unsealrequest",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["gevraagd", "toegestaan", "geopend"])),
                fields=("run", "person"),
                name="unseal_once",
                violation_error_message="Hierover loopt al een verzoek.",
            ),
        ),
        RunSQLFile(SQL / "sealed.sql", role=OWNER),
        RunSQLFile(SQL / "unsealing.sql"),
    ]
