"""How long things are kept, what may not go, and the lists of what is destroyed."""

import datetime
import uuid
from pathlib import Path

import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from outreach.kernel.roles import OWNER
from outreach.kernel.sqlfile import RunSQLFile

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("outreach", "0022_channels_that_are_refused"),
    ]

    operations = [
        migrations.CreateModel(
            name="RetentionRule",
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
                            ("levering", "Levering van een bron"),
                            ("cyclus", "Sleutel van een refertejaar"),
                            ("brieven", "Bestand met brieven"),
                            ("scan", "Beeld van een scan"),
                            ("ronde", "Ronde"),
                            ("persoon", "Persoon in de uitvoering"),
                        ],
                        max_length=10,
                        verbose_name="soort",
                    ),
                ),
                ("term", models.PositiveSmallIntegerField(verbose_name="termijn")),
                (
                    "unit",
                    models.CharField(
                        choices=[("dagen", "dagen"), ("maanden", "maanden")],
                        default="maanden",
                        max_length=10,
                        verbose_name="in",
                    ),
                ),
                (
                    "ground",
                    models.CharField(
                        help_text="De wet of het besluit waaruit deze termijn volgt.",
                        max_length=300,
                        verbose_name="grond",
                    ),
                ),
                (
                    "made_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="gemaakt op"
                    ),
                ),
                ("agreed_at", models.DateTimeField(blank=True, null=True, verbose_name="akkoord op")),
                (
                    "agreed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="retention_rules_agreed",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="akkoord van",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="retention_rules",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="gemaakt door",
                    ),
                ),
            ],
            options={
                "verbose_name": "bewaartermijn",
                "verbose_name_plural": "bewaartermijnen",
                "ordering": ["kind", "-id"],
            },
        ),
        migrations.CreateModel(
            name="DestructionList",
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
                            ("levering", "Levering van een bron"),
                            ("cyclus", "Sleutel van een refertejaar"),
                            ("brieven", "Bestand met brieven"),
                            ("scan", "Beeld van een scan"),
                            ("ronde", "Ronde"),
                            ("persoon", "Persoon in de uitvoering"),
                        ],
                        max_length=10,
                        verbose_name="soort",
                    ),
                ),
                ("cutoff", models.DateField(verbose_name="van voor of op")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("concept", "Concept"),
                            ("goedgekeurd", "Goedgekeurd"),
                            ("uitgevoerd", "Uitgevoerd"),
                            ("ingetrokken", "Ingetrokken"),
                        ],
                        default="concept",
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
                ("approved_at", models.DateTimeField(blank=True, null=True, verbose_name="goedgekeurd op")),
                ("execute_from", models.DateTimeField(blank=True, null=True, verbose_name="uitvoeren vanaf")),
                ("executed_at", models.DateTimeField(blank=True, null=True, verbose_name="uitgevoerd op")),
                (
                    "approved_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="destructions_approved",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="goedgekeurd door",
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="destructions_asked",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="gevraagd door",
                    ),
                ),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="destructions_withdrawn",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="ingetrokken door",
                    ),
                ),
                (
                    "rule",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lists",
                        to="outreach.retentionrule",
                        verbose_name="bewaartermijn",
                    ),
                ),
            ],
            options={
                "verbose_name": "vernietigingslijst",
                "verbose_name_plural": "vernietigingslijsten",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="DestructionItem",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("levering", "Levering van een bron"),
                            ("cyclus", "Sleutel van een refertejaar"),
                            ("brieven", "Bestand met brieven"),
                            ("scan", "Beeld van een scan"),
                            ("ronde", "Ronde"),
                            ("persoon", "Persoon in de uitvoering"),
                        ],
                        max_length=10,
                        verbose_name="soort",
                    ),
                ),
                ("subject", models.CharField(max_length=40, verbose_name="nummer")),
                ("what", models.CharField(max_length=200, verbose_name="wat")),
                ("since", models.DateField(verbose_name="termijn begon op")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Nog niet vernietigd"),
                            ("vernietigd", "Vernietigd"),
                            ("vastgehouden", "Blijft bewaard door een verbod"),
                            ("al_weg", "Was er niet meer"),
                            ("vervallen", "Lijst ingetrokken"),
                        ],
                        default="open",
                        max_length=12,
                        verbose_name="status",
                    ),
                ),
                ("begun_at", models.DateTimeField(blank=True, null=True, verbose_name="begonnen op")),
                ("destroyed_at", models.DateTimeField(blank=True, null=True, verbose_name="vernietigd op")),
                ("problem", models.CharField(blank=True, max_length=300, verbose_name="waarom nog niet")),
                ("facts", models.JSONField(blank=True, default=dict, verbose_name="feiten")),
                (
                    "listed_on",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="items",
                        to="outreach.destructionlist",
                        verbose_name="lijst",
                    ),
                ),
            ],
            options={
                "verbose_name": "regel van een vernietigingslijst",
                "verbose_name_plural": "regels van vernietigingslijsten",
                "ordering": ["listed_on_id", "since", "subject"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["open", "vernietigd", "vastgehouden", "al_weg", "vervallen"])
                        ),
                        name="destruction_item_state_known",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "open")),
                        fields=("kind", "subject"),
                        name="destruction_item_once",
                        violation_error_message="Dit staat al op een andere vernietigingslijst.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("destroyed_at__isnull", True),
                                models.Q(("state", "vernietigd"), _negated=True),
                            ),
                            models.Q(
                                ("begun_at__isnull", False),
                                ("destroyed_at__isnull", False),
                                ("state", "vernietigd"),
                            ),
                            _connector="OR",
                        ),
                        name="destruction_item_completely",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LegalHold",
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
                            ("levering", "Levering van een bron"),
                            ("cyclus", "Sleutel van een refertejaar"),
                            ("brieven", "Bestand met brieven"),
                            ("scan", "Beeld van een scan"),
                            ("ronde", "Ronde"),
                            ("persoon", "Persoon in de uitvoering"),
                        ],
                        max_length=10,
                        verbose_name="soort",
                    ),
                ),
                (
                    "subject",
                    models.CharField(
                        blank=True,
                        help_text="Leeg: alles van deze soort blijft bewaard.",
                        max_length=40,
                        verbose_name="nummer",
                    ),
                ),
                ("reason", models.CharField(max_length=300, verbose_name="reden")),
                (
                    "placed_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="geplaatst op"
                    ),
                ),
                ("lifted_at", models.DateTimeField(blank=True, null=True, verbose_name="opgeheven op")),
                (
                    "lifted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="holds_lifted",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="opgeheven door",
                    ),
                ),
                (
                    "placed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="holds",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="geplaatst door",
                    ),
                ),
            ],
            options={
                "verbose_name": "vernietigingsverbod",
                "verbose_name_plural": "vernietigingsverboden",
                "ordering": ["-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["levering", "cyclus", "brieven", "scan", "ronde", "persoon"])
                        ),
                        name="hold_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="hold_has_reason",
                        violation_error_message="Schrijf op waarom dit bewaard moet blijven.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("lifted_at__isnull", True), ("lifted_by__isnull", True)),
                            models.Q(("lifted_at__isnull", False), ("lifted_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="hold_lifted_completely",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="retentionrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ["levering", "cyclus", "brieven", "scan", "ronde", "persoon"])
                ),
                name="retention_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="retentionrule",
            constraint=models.CheckConstraint(
                condition=models.Q(("term__gte", 1), ("term__lte", 3650), ("unit__in", ["dagen", "maanden"])),
                name="retention_term_known",
                violation_error_message="Kies een termijn van 1 of meer dagen of maanden.",
            ),
        ),
        migrations.AddConstraint(
            model_name="retentionrule",
            constraint=models.CheckConstraint(
                condition=models.Q(("ground", ""), _negated=True),
                name="retention_has_ground",
                violation_error_message="Schrijf op uit welke wet of welk besluit deze termijn volgt.",
            ),
        ),
        migrations.AddConstraint(
            model_name="retentionrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("agreed_at__isnull", True), ("agreed_by__isnull", True)),
                    models.Q(("agreed_at__isnull", False), ("agreed_by__isnull", False)),
                    _connector="OR",
                ),
                name="retention_agreed_completely",
            ),
        ),
        migrations.AddConstraint(
            model_name="retentionrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("agreed_by__isnull", True),
                    models.Q(("agreed_by", models.F("made_by")), _negated=True),
                    _connector="OR",
                ),
                name="retention_second_person",
                violation_error_message="Een ander dan de maker geeft akkoord.",
            ),
        ),
        migrations.AddConstraint(
            model_name="destructionlist",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["concept", "goedgekeurd", "uitgevoerd", "ingetrokken"])),
                name="destruction_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="destructionlist",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("approved_by__isnull", True),
                    models.Q(("approved_by", models.F("asked_by")), _negated=True),
                    _connector="OR",
                ),
                name="destruction_second_person",
                violation_error_message="Een ander dan wie de lijst vroeg keurt haar goed.",
            ),
        ),
        migrations.AddConstraint(
            model_name="destructionlist",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("approved_at__isnull", True),
                        ("approved_by__isnull", True),
                        ("execute_from__isnull", True),
                        models.Q(("state__in", ["goedgekeurd", "uitgevoerd"]), _negated=True),
                    ),
                    models.Q(
                        models.Q(("state", "concept"), _negated=True),
                        ("approved_at__isnull", False),
                        ("approved_by__isnull", False),
                        (
                            "execute_from__gte",
                            django.db.models.expressions.CombinedExpression(
                                models.F("approved_at"), "+", models.Value(datetime.timedelta(days=7))
                            ),
                        ),
                    ),
                    _connector="OR",
                ),
                name="destruction_cools_off",
                violation_error_message="Na de goedkeuring geldt een bedenktijd van zeven dagen.",
            ),
        ),
        migrations.AddConstraint(
            model_name="destructionlist",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("executed_at__isnull", True), models.Q(("state", "uitgevoerd"), _negated=True)),
                    models.Q(("executed_at__gte", models.F("execute_from")), ("state", "uitgevoerd")),
                    _connector="OR",
                ),
                name="destruction_executed_after",
            ),
        ),
        RunSQLFile(SQL / "destruction.sql"),
        RunSQLFile(SQL / "destruction_guards.sql", role=OWNER),
        RunSQLFile(SQL / "destruction_triggers.sql"),
    ]
