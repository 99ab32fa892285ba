"""How long something is kept, what may not go, and the lists of what is destroyed.

People are not here: a row names a delivery, a file or a key, and of a scan or a person its random key alone.
"""

import calendar
import datetime
import uuid
from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from .user import User

#: Between approval and execution: long enough for somebody to say that this must stay.
COOLING_OFF = datetime.timedelta(days=7)
_MONTHS = 12


class RetentionKind(models.TextChoices):
    """What is kept, and from which day its term counts."""

    DELIVERY = "levering", "Levering van een bron"
    CYCLE = "cyclus", "Sleutel van een refertejaar"
    LETTER_FILE = "brieven", "Bestand met brieven"
    SCAN = "scan", "Beeld van een scan"
    ROUND = "ronde", "Ronde"
    PERSON = "persoon", "Persoon in de uitvoering"
    REASONS = "verzegeld", "Verzegelde redenen van een koppeling"
    SHARE_FILE = "deling", "Bestand van een deling"


class Unit(models.TextChoices):
    """In what a term is counted."""

    DAYS = "dagen", "dagen"
    MONTHS = "maanden", "maanden"


class RetentionRuleQuerySet(models.QuerySet["RetentionRule"]):
    def current(self, kind: str) -> "RetentionRule | None":
        """The rule that holds for a kind: the newest that the privacy officer agreed to."""
        return self.filter(kind=kind, agreed_at__isnull=False).order_by("-agreed_at", "-pk").first()

    def all_current(self) -> "dict[str, RetentionRule]":
        """The same for each kind that has one, by kind. One query."""
        agreed = self.filter(agreed_at__isnull=False).order_by("agreed_at", "pk")
        return {rule.kind: rule for rule in agreed}


class RetentionRule(models.Model):
    """How long one kind is kept. It never changes: another term is another rule, agreed to anew."""

    kind = models.CharField("soort", max_length=10, choices=RetentionKind)
    term = models.PositiveSmallIntegerField("termijn")
    unit = models.CharField("in", max_length=10, choices=Unit, default=Unit.MONTHS)
    ground = models.CharField(
        "grond", max_length=300, help_text="De wet of het besluit waaruit deze termijn volgt."
    )
    made_by = models.ForeignKey(
        User, verbose_name="gemaakt door", on_delete=models.PROTECT, related_name="retention_rules"
    )
    made_at = models.DateTimeField("gemaakt op", db_default=Now())
    agreed_by = models.ForeignKey(
        User,
        verbose_name="akkoord van",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="retention_rules_agreed",
    )
    agreed_at = models.DateTimeField("akkoord op", null=True, blank=True)

    objects: ClassVar = RetentionRuleQuerySet.as_manager()

    class Meta:
        verbose_name = "bewaartermijn"
        verbose_name_plural = "bewaartermijnen"
        ordering = ["kind", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=RetentionKind.values), name="retention_kind_known"
            ),
            models.CheckConstraint(
                condition=models.Q(unit__in=Unit.values, term__gte=1, term__lte=3650),
                name="retention_term_known",
                violation_error_message="Kies een termijn van 1 of meer dagen of maanden.",
            ),
            models.CheckConstraint(
                condition=~models.Q(ground=""),
                name="retention_has_ground",
                violation_error_message="Schrijf op uit welke wet of welk besluit deze termijn volgt.",
            ),
            models.CheckConstraint(
                condition=models.Q(agreed_by__isnull=True, agreed_at__isnull=True)
                | models.Q(agreed_by__isnull=False, agreed_at__isnull=False),
                name="retention_agreed_completely",
            ),
            models.CheckConstraint(
                condition=models.Q(agreed_by__isnull=True) | ~models.Q(agreed_by=models.F("made_by")),
                name="retention_second_person",
                violation_error_message="Een ander dan de maker geeft akkoord.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.term_text()}"

    def term_text(self) -> str:
        """`7 jaar` is written as it was decided: `84 maanden`."""
        one = {Unit.DAYS: "dag", Unit.MONTHS: "maand"}
        return f"{self.term} {one[Unit(self.unit)] if self.term == 1 else self.unit}"

    def cutoff(self, today: datetime.date) -> datetime.date:
        """The last day from which a term that began then is over today."""
        if self.unit == Unit.DAYS:
            return today - datetime.timedelta(days=self.term)
        months = today.year * _MONTHS + today.month - 1 - self.term
        year, month = months // _MONTHS, months % _MONTHS + 1
        return datetime.date(year, month, min(today.day, calendar.monthrange(year, month)[1]))


class LegalHoldQuerySet(models.QuerySet["LegalHold"]):
    def in_force(self) -> "LegalHoldQuerySet":
        return self.filter(lifted_at__isnull=True)

    def covers(self, kind: str, subject: str) -> bool:
        """Whether this may not be destroyed."""
        return self.in_force().filter(kind=kind, subject__in=["", subject]).exists()


class LegalHold(models.Model):
    """That something may not be destroyed, for a case or an investigation. It wins over every list."""

    kind = models.CharField("soort", max_length=10, choices=RetentionKind)
    subject = models.CharField(
        "nummer", max_length=40, blank=True, help_text="Leeg: alles van deze soort blijft bewaard."
    )
    reason = models.CharField("reden", max_length=300)
    placed_by = models.ForeignKey(
        User, verbose_name="geplaatst door", on_delete=models.PROTECT, related_name="holds"
    )
    placed_at = models.DateTimeField("geplaatst op", db_default=Now())
    lifted_by = models.ForeignKey(
        User,
        verbose_name="opgeheven door",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="holds_lifted",
    )
    lifted_at = models.DateTimeField("opgeheven op", null=True, blank=True)

    objects: ClassVar = LegalHoldQuerySet.as_manager()

    class Meta:
        verbose_name = "vernietigingsverbod"
        verbose_name_plural = "vernietigingsverboden"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=RetentionKind.values), name="hold_kind_known"),
            models.CheckConstraint(
                condition=~models.Q(reason=""),
                name="hold_has_reason",
                violation_error_message="Schrijf op waarom dit bewaard moet blijven.",
            ),
            models.CheckConstraint(
                condition=models.Q(lifted_by__isnull=True, lifted_at__isnull=True)
                | models.Q(lifted_by__isnull=False, lifted_at__isnull=False),
                name="hold_lifted_completely",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.subject or '(alle)'}"


class ListState(models.TextChoices):
    """The life of a list. Source: docs/states.md."""

    CONCEPT = "concept", "Concept"
    APPROVED = "goedgekeurd", "Goedgekeurd"
    EXECUTED = "uitgevoerd", "Uitgevoerd"
    WITHDRAWN = "ingetrokken", "Ingetrokken"


class DestructionListQuerySet(models.QuerySet["DestructionList"]):
    def due(self, *kinds: str) -> "DestructionListQuerySet":
        """Approved lists of which the cooling-off is over."""
        return self.filter(state=ListState.APPROVED, execute_from__lte=Now(), kind__in=kinds)


class DestructionList(models.Model):
    """What is destroyed together, under one rule: asked by one person, approved by another."""

    rule = models.ForeignKey(
        RetentionRule, verbose_name="bewaartermijn", on_delete=models.PROTECT, related_name="lists"
    )
    kind = models.CharField("soort", max_length=10, choices=RetentionKind)
    cutoff = models.DateField("van voor of op")
    state = models.CharField("status", max_length=12, choices=ListState, default=ListState.CONCEPT)
    asked_by = models.ForeignKey(
        User, verbose_name="gevraagd door", on_delete=models.PROTECT, related_name="destructions_asked"
    )
    asked_at = models.DateTimeField("gevraagd op", db_default=Now())
    approved_by = models.ForeignKey(
        User,
        verbose_name="goedgekeurd door",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="destructions_approved",
    )
    approved_at = models.DateTimeField("goedgekeurd op", null=True, blank=True)
    execute_from = models.DateTimeField("uitvoeren vanaf", null=True, blank=True)
    executed_at = models.DateTimeField("uitgevoerd op", null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        User,
        verbose_name="ingetrokken door",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="destructions_withdrawn",
    )

    objects: ClassVar = DestructionListQuerySet.as_manager()

    class Meta:
        verbose_name = "vernietigingslijst"
        verbose_name_plural = "vernietigingslijsten"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=ListState.values), name="destruction_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(approved_by__isnull=True) | ~models.Q(approved_by=models.F("asked_by")),
                name="destruction_second_person",
                violation_error_message="Een ander dan wie de lijst vroeg keurt haar goed.",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    approved_by__isnull=True, approved_at__isnull=True, execute_from__isnull=True
                )
                & ~models.Q(state__in=["goedgekeurd", "uitgevoerd"])
                | models.Q(
                    ~models.Q(state="concept"),
                    approved_by__isnull=False,
                    approved_at__isnull=False,
                    execute_from__gte=models.F("approved_at") + COOLING_OFF,
                ),
                name="destruction_cools_off",
                violation_error_message="Na de goedkeuring geldt een bedenktijd van zeven dagen.",
            ),
            models.CheckConstraint(
                condition=models.Q(executed_at__isnull=True) & ~models.Q(state="uitgevoerd")
                | models.Q(state="uitgevoerd", executed_at__gte=models.F("execute_from")),
                name="destruction_executed_after",
            ),
        ]

    def __str__(self) -> str:
        return f"vernietigingslijst {self.pk}"


class DestructionState(models.TextChoices):
    """What became of one thing on a list."""

    OPEN = "open", "Nog niet vernietigd"
    DESTROYED = "vernietigd", "Vernietigd"
    HELD = "vastgehouden", "Blijft bewaard door een verbod"
    NEEDED = "weer_nodig", "Blijft bewaard: is weer in gebruik"
    GONE = "al_weg", "Was er niet meer"
    DROPPED = "vervallen", "Lijst ingetrokken"


class DestructionItem(models.Model):
    """One thing on a list. `facts` are what the certificate says: counts, hashes, what was searched."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    listed_on = models.ForeignKey(
        DestructionList, verbose_name="lijst", on_delete=models.PROTECT, related_name="items"
    )
    kind = models.CharField("soort", max_length=10, choices=RetentionKind)
    subject = models.CharField("nummer", max_length=40)
    what = models.CharField("wat", max_length=200)
    since = models.DateField("termijn begon op")
    state = models.CharField("status", max_length=12, choices=DestructionState, default=DestructionState.OPEN)
    begun_at = models.DateTimeField("begonnen op", null=True, blank=True)
    destroyed_at = models.DateTimeField("vernietigd op", null=True, blank=True)
    problem = models.CharField("waarom nog niet", max_length=300, blank=True)
    facts = models.JSONField("feiten", default=dict, blank=True)

    class Meta:
        verbose_name = "regel van een vernietigingslijst"
        verbose_name_plural = "regels van vernietigingslijsten"
        ordering = ["listed_on_id", "since", "subject"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=DestructionState.values), name="destruction_item_state_known"
            ),
            models.UniqueConstraint(
                fields=["kind", "subject"],
                condition=models.Q(state="open"),
                name="destruction_item_once",
                violation_error_message="Dit staat al op een andere vernietigingslijst.",
            ),
            models.CheckConstraint(
                condition=models.Q(destroyed_at__isnull=True) & ~models.Q(state="vernietigd")
                | models.Q(state="vernietigd", begun_at__isnull=False, destroyed_at__isnull=False),
                name="destruction_item_completely",
            ),
        ]

    def __str__(self) -> str:
        return self.what
