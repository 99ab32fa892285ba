"""What residents ask about their own data, who may read that, and what of it stands on a person."""

from pathlib import Path

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from outreach.kernel.sqlfile import RunSQLFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("outreach", "0034_an_agreement_ends"),
    ]

    operations = [
        migrations.CreateModel(
            name="SubjectRequest",
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
                            ("inzage", "Inzage (artikel 15)"),
                            ("correctie", "Correctie (artikel 16)"),
                            ("beperking", "Beperking (artikel 18)"),
                            ("bezwaar", "Bezwaar (artikel 21)"),
                        ],
                        max_length=10,
                        verbose_name="wat",
                    ),
                ),
                ("person", models.UUIDField(blank=True, null=True, verbose_name="persoon")),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("brief", "Brief"),
                            ("balie", "Aan de balie"),
                            ("telefoon", "Telefoon"),
                            ("formulier", "Formulier op de site"),
                            ("email", "E-mail"),
                        ],
                        max_length=10,
                        verbose_name="hoe binnengekomen",
                    ),
                ),
                ("reference", models.CharField(blank=True, max_length=60, verbose_name="zaaknummer")),
                ("about", models.CharField(blank=True, max_length=300, verbose_name="waarover")),
                ("received_on", models.DateField(verbose_name="ontvangen op")),
                ("due_on", models.DateField(verbose_name="antwoord uiterlijk op")),
                (
                    "extended_because",
                    models.CharField(blank=True, default="", max_length=300, verbose_name="waarom verlengd"),
                ),
                ("extended_on", models.DateField(blank=True, null=True, verbose_name="verlengd op")),
                (
                    "identity",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("balie", "Aan de balie, met een identiteitsbewijs"),
                            ("digid", "Met DigiD"),
                            ("teruggebeld", "Teruggebeld op een bekend nummer, met controlevragen"),
                            ("gemachtigde", "Machtiging of beschikking van een vertegenwoordiger"),
                        ],
                        default="",
                        max_length=15,
                        verbose_name="identiteit gecontroleerd",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("ontvangen", "Ontvangen"),
                            ("in_behandeling", "In behandeling"),
                            ("beantwoord", "Beantwoord"),
                            ("afgewezen", "Afgewezen"),
                        ],
                        default="ontvangen",
                        max_length=15,
                        verbose_name="status",
                    ),
                ),
                (
                    "told_to",
                    models.CharField(blank=True, default="", max_length=100, verbose_name="doorgegeven aan"),
                ),
                ("told_on", models.DateField(blank=True, null=True, verbose_name="doorgegeven op")),
                (
                    "refusal",
                    models.CharField(blank=True, default="", max_length=300, verbose_name="waarom afgewezen"),
                ),
                (
                    "registered_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="vastgelegd op"
                    ),
                ),
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="afgerond op")),
                ("lifted_at", models.DateTimeField(blank=True, null=True, verbose_name="opgeheven op")),
                (
                    "recipient",
                    models.CharField(
                        blank=True, default="", max_length=100, verbose_name="openbare sleutel (age)"
                    ),
                ),
                (
                    "pack_key",
                    models.BinaryField(
                        blank=True, null=True, verbose_name="sleutel van het pakket, versleuteld"
                    ),
                ),
                (
                    "answered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="afgerond door",
                    ),
                ),
                (
                    "lifted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="opgeheven door",
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
                "verbose_name": "verzoek van een inwoner",
                "verbose_name_plural": "verzoeken van inwoners",
                "ordering": ["-id"],
            },
        ),
        migrations.AddField(
            model_name="person",
            name="disputed",
            field=models.BooleanField(db_default=False, default=False, verbose_name="gegevens betwist"),
        ),
        migrations.AddField(
            model_name="person",
            name="restricted",
            field=models.BooleanField(db_default=False, default=False, verbose_name="verwerking beperkt"),
        ),
        migrations.CreateModel(
            name="SubjectNumber",
            fields=[
                (
                    "request",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="number",
                        serialize=False,
                        to="outreach.subjectrequest",
                        verbose_name="verzoek",
                    ),
                ),
                ("sealed", models.BinaryField(verbose_name="versleuteld")),
                ("key_name", models.CharField(max_length=80, verbose_name="sleutel")),
            ],
            options={
                "verbose_name": "BSN bij een verzoek",
                "verbose_name_plural": "BSN’s bij verzoeken",
            },
        ),
        migrations.CreateModel(
            name="SubjectPack",
            fields=[
                (
                    "request",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="pack",
                        serialize=False,
                        to="outreach.subjectrequest",
                        verbose_name="verzoek",
                    ),
                ),
                (
                    "made_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="gemaakt op"
                    ),
                ),
                ("sha256", models.CharField(max_length=64, verbose_name="vingerafdruk")),
                ("size", models.PositiveBigIntegerField(verbose_name="grootte in bytes")),
                ("until", models.DateField(verbose_name="te openen tot en met")),
                ("destroyed_at", models.DateTimeField(blank=True, null=True, verbose_name="vernietigd op")),
            ],
            options={
                "verbose_name": "inzagepakket",
                "verbose_name_plural": "inzagepakketten",
            },
        ),
        migrations.AddConstraint(
            model_name="subjectrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["inzage", "correctie", "beperking", "bezwaar"])),
                name="request_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="subjectrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("channel__in", ["brief", "balie", "telefoon", "formulier", "email"])),
                name="request_channel_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="subjectrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("identity__in", ["", "balie", "digid", "teruggebeld", "gemachtigde"])),
                name="request_identity_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="subjectrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["ontvangen", "in_behandeling", "beantwoord", "afgewezen"])),
                name="request_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="subjectrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["ontvangen", "afgewezen"]),
                    models.Q(("identity", ""), _negated=True),
                    _connector="OR",
                ),
                name="request_identity_first",
                violation_error_message="Controleer eerst de identiteit.",
            ),
        ),
        migrations.AddConstraint(
            model_name="subjectrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answered_at__isnull", True), ("state__in", ["ontvangen", "in_behandeling"])),
                    models.Q(
                        ("answered_at__isnull", False),
                        ("answered_by__isnull", False),
                        ("state__in", ["beantwoord", "afgewezen"]),
                    ),
                    _connector="OR",
                ),
                name="request_ended_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="subjectrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "afgewezen"), models.Q(("refusal", ""), _negated=True)),
                    models.Q(models.Q(("state", "afgewezen"), _negated=True), ("refusal", "")),
                    _connector="OR",
                ),
                name="request_refused_with_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="subjectrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("extended_because", ""), ("extended_on__isnull", True)),
                    models.Q(
                        models.Q(("extended_because", ""), _negated=True), ("extended_on__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="request_extended_with_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="subjectrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("told_on__isnull", True), ("told_to", "")),
                    models.Q(models.Q(("told_to", ""), _negated=True), ("told_on__isnull", False)),
                    _connector="OR",
                ),
                name="request_told_wholly",
            ),
        ),
        migrations.AddConstraint(
            model_name="subjectrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "correctie"), _negated=True),
                    models.Q(("about", ""), _negated=True),
                    _connector="OR",
                ),
                name="request_says_what_is_wrong",
                violation_error_message="Schrijf op wat er niet klopt.",
            ),
        ),
        migrations.AddConstraint(
            model_name="subjectrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "correctie"), ("state", "beantwoord"), _negated=True),
                    ("told_on__isnull", False),
                    _connector="OR",
                ),
                name="request_corrected_at_the_source",
                violation_error_message="Geef de fout eerst door aan wie het gegeven bijhoudt.",
            ),
        ),
        migrations.AddConstraint(
            model_name="subjectrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("lifted_at__isnull", True), ("lifted_by__isnull", True)),
                    models.Q(
                        ("kind__in", ["beperking", "bezwaar"]),
                        ("lifted_at__isnull", False),
                        ("lifted_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="request_lifted_wholly",
            ),
        ),
        RunSQLFile(SQL / "subject_request.sql"),
    ]
