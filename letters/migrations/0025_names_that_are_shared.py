"""Names and addresses for Gemeentebelastingen: who lets it happen, the letter beforehand, the files."""

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
        ("letters", "0024_rows_are_counted"),
        ("outreach", "0036_reasons_are_destroyed"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Share",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_key", models.CharField(max_length=100, verbose_name="openbare sleutel (age)")),
                ("object_before", models.DateField(verbose_name="bezwaar voor")),
                ("margin_days", models.PositiveSmallIntegerField(verbose_name="dagen voor de post")),
                ("reason", models.CharField(max_length=300, verbose_name="waarom delen mag")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("voorgesteld", "Wacht op de juridisch adviseur"),
                            ("getekend", "Ondertekend"),
                            ("gekozen", "Brieven gaan uit"),
                            ("gevraagd", "De werker maakt het bestand"),
                            ("gedeeld", "Bestand gemaakt"),
                            ("ingetrokken", "Ingetrokken"),
                        ],
                        default="voorgesteld",
                        max_length=15,
                        verbose_name="status",
                    ),
                ),
                (
                    "made_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="gemaakt op"
                    ),
                ),
                ("signed_at", models.DateTimeField(blank=True, null=True, verbose_name="ondertekend op")),
                (
                    "problem",
                    models.CharField(
                        blank=True, db_default="", default="", max_length=300, verbose_name="wat er misging"
                    ),
                ),
            ],
            options={
                "verbose_name": "deling",
                "verbose_name_plural": "delingen",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="ShareFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(verbose_name="nummer")),
                (
                    "kind",
                    models.CharField(
                        choices=[("delen", "Namen en adressen"), ("intrekken", "Intrekking")],
                        max_length=10,
                        verbose_name="soort",
                    ),
                ),
                (
                    "made_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="gemaakt op"
                    ),
                ),
                ("rows", models.PositiveIntegerField(verbose_name="regels")),
                ("size", models.PositiveBigIntegerField(verbose_name="grootte in bytes")),
                ("sha256", models.CharField(max_length=64, verbose_name="vingerafdruk")),
            ],
            options={
                "verbose_name": "deelbestand",
                "verbose_name_plural": "deelbestanden",
                "ordering": ["share_id", "number"],
            },
        ),
        migrations.CreateModel(
            name="ShareLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("line", models.PositiveIntegerField(verbose_name="regel")),
                ("household", models.UUIDField(verbose_name="huishouden")),
                (
                    "recalled_in",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="ingetrokken in bestand"
                    ),
                ),
            ],
            options={
                "verbose_name": "regel van een deling",
                "verbose_name_plural": "regels van delingen",
            },
        ),
        migrations.RemoveConstraint(
            model_name="letter",
            name="letter_kind_known",
        ),
        migrations.AlterField(
            model_name="letter",
            name="kind",
            field=models.CharField(
                choices=[
                    ("aanvraag", "Aanvraag met formulier"),
                    ("toekenning", "Toekenning"),
                    ("herinnering", "Herinnering"),
                    ("aanvulling", "Vraag om ontbrekende gegevens"),
                    ("afwijzing", "Afwijzing"),
                    ("deelbericht", "Bericht over het delen van gegevens"),
                ],
                max_length=12,
                verbose_name="soort",
            ),
        ),
        migrations.AddConstraint(
            model_name="letter",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        ["aanvraag", "toekenning", "herinnering", "aanvulling", "afwijzing", "deelbericht"],
                    )
                ),
                name="letter_kind_known",
            ),
        ),
        migrations.AddField(
            model_name="share",
            name="asked_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="shares_asked",
                to=settings.AUTH_USER_MODEL,
                verbose_name="bestand gevraagd door",
            ),
        ),
        migrations.AddField(
            model_name="share",
            name="handover",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="shares",
                to="outreach.handover",
                verbose_name="koppeling",
            ),
        ),
        migrations.AddField(
            model_name="share",
            name="made_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="shares_made",
                to=settings.AUTH_USER_MODEL,
                verbose_name="gemaakt door",
            ),
        ),
        migrations.AddField(
            model_name="share",
            name="receiver",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="shares",
                to="letters.payingadministration",
                verbose_name="ontvanger",
            ),
        ),
        migrations.AddField(
            model_name="share",
            name="round",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="share",
                to="outreach.round",
                verbose_name="ronde",
            ),
        ),
        migrations.AddField(
            model_name="share",
            name="signed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="shares_signed",
                to=settings.AUTH_USER_MODEL,
                verbose_name="ondertekend door",
            ),
        ),
        migrations.AddField(
            model_name="sharefile",
            name="share",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="files",
                to="letters.share",
                verbose_name="deling",
            ),
        ),
        migrations.AddField(
            model_name="shareline",
            name="share",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="lines",
                to="letters.share",
                verbose_name="deling",
            ),
        ),
        migrations.AddConstraint(
            model_name="share",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        ["voorgesteld", "getekend", "gekozen", "gevraagd", "gedeeld", "ingetrokken"],
                    )
                ),
                name="share_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="share",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("signed_by__isnull", True),
                    models.Q(("signed_by", models.F("made_by")), _negated=True),
                    _connector="OR",
                ),
                name="share_second_person",
                violation_error_message="Een ander dan de maker ondertekent.",
            ),
        ),
        migrations.AddConstraint(
            model_name="share",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("signed_at__isnull", True),
                        ("signed_by__isnull", True),
                        ("state__in", ["voorgesteld", "ingetrokken"]),
                    ),
                    models.Q(
                        models.Q(("state__in", ["voorgesteld", "ingetrokken"]), _negated=True),
                        ("signed_at__isnull", False),
                        ("signed_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="share_signed_wholly",
            ),
        ),
        migrations.AddConstraint(
            model_name="share",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("round__isnull", False), ("state__in", ["gekozen", "gevraagd", "gedeeld"])),
                    ("state", "getekend"),
                    models.Q(("round__isnull", True), ("state__in", ["voorgesteld", "ingetrokken"])),
                    _connector="OR",
                ),
                name="share_chosen_has_round",
            ),
        ),
        migrations.AddConstraint(
            model_name="share",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "ingetrokken"), _negated=True),
                fields=("handover", "receiver"),
                name="share_once",
                violation_error_message="Van deze koppeling is er al een deling met deze ontvanger.",
            ),
        ),
        migrations.AddConstraint(
            model_name="sharefile",
            constraint=models.UniqueConstraint(fields=("share", "number"), name="share_file_number_once"),
        ),
        migrations.AddConstraint(
            model_name="sharefile",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "delen"), ("number", 1)),
                    models.Q(("kind", "intrekken"), ("number__gt", 1)),
                    _connector="OR",
                ),
                name="share_file_names_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="shareline",
            constraint=models.UniqueConstraint(fields=("share", "line"), name="share_line_once"),
        ),
        migrations.AddConstraint(
            model_name="shareline",
            constraint=models.UniqueConstraint(fields=("share", "household"), name="share_household_once"),
        ),
        RunSQLFile(SQL / "shared_regeling.sql"),
        RunSQLFile(SQL / "sharing.sql"),
        RunSQLFile(SQL / "sharing_doors.sql", role=OWNER),
    ]
