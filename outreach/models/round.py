"""A round: one push to reach the households of one koppeling, by letter or by a visit."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from outreach.kernel.purposes import MINIMA

from .handover import Handover
from .regeling import Klasse
from .user import User


class RoundKind(models.TextChoices):
    LETTER = "brief", "Brieven"
    VISIT = "bezoek", "Bezoek"


class RoundState(models.TextChoices):
    """The life of a round. Source: docs/states.md."""

    CONCEPT = "concept", "Concept"
    FIXED = "vastgesteld", "Vastgesteld"
    RUNNING = "lopend", "Lopend"
    CLOSED = "afgesloten", "Afgesloten"
    WITHDRAWN = "ingetrokken", "Ingetrokken"


def all_klassen() -> list[str]:
    """Zeker and onzeker: a round goes to both unless its maker chose one."""
    return list(Klasse.values)


class RoundQuerySet(models.QuerySet["Round"]):
    def like(self, round_: "Round") -> "RoundQuerySet":
        """Other letter rounds that were fixed for the same regeling out of the same koppeling."""
        fixed = (RoundState.FIXED, RoundState.RUNNING, RoundState.CLOSED)
        return (
            self.letter()
            .filter(handover=round_.handover_id, regelingen__overlap=round_.regelingen, state__in=fixed)
            .exclude(pk=round_.pk)
        )

    def letter(self) -> "RoundQuerySet":
        return self.filter(kind=RoundKind.LETTER)


class Round(models.Model):
    """One regeling by letter, or a set by a visit. Fixing freezes it and needs a second person."""

    name = models.CharField("naam", max_length=100)
    kind = models.CharField("soort", max_length=10, choices=RoundKind)
    handover = models.ForeignKey(
        Handover, verbose_name="koppeling", on_delete=models.PROTECT, related_name="rounds"
    )
    regelingen = ArrayField(models.CharField(max_length=30), verbose_name="regelingen")
    klassen = ArrayField(
        models.CharField(max_length=10, choices=Klasse), verbose_name="klassen", default=all_klassen
    )
    purpose = models.CharField("doel", max_length=50, default=MINIMA, db_default=MINIMA)
    reply_before = models.DateField("reageren voor", null=True, blank=True)
    state = models.CharField("status", max_length=15, choices=RoundState, default=RoundState.CONCEPT)
    made_by = models.ForeignKey(
        User, verbose_name="gemaakt door", on_delete=models.PROTECT, related_name="rounds_made"
    )
    made_at = models.DateTimeField("gemaakt op", db_default=Now())
    fixed_by = models.ForeignKey(
        User,
        verbose_name="vastgesteld door",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="rounds_fixed",
    )
    fixed_at = models.DateTimeField("vastgesteld op", null=True, blank=True)
    inputs_hash = models.CharField("vingerafdruk van de invoer", max_length=64, blank=True)
    closed_at = models.DateTimeField(
        "afgesloten op",
        null=True,
        blank=True,
        help_text="De database schrijft dit. De bewaartermijn begint hier.",
    )
    emptied_at = models.DateTimeField(
        "gegevens vernietigd op",
        null=True,
        blank=True,
        help_text="Wat voor inwoners is gedaan is vernietigd. De ronde zelf en de partijen blijven staan.",
    )

    objects = RoundQuerySet.as_manager()

    class Meta:
        verbose_name = "ronde"
        verbose_name_plural = "rondes"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=RoundKind.values), name="round_kind_known"),
            models.CheckConstraint(condition=models.Q(state__in=RoundState.values), name="round_state_known"),
            models.CheckConstraint(
                condition=models.Q(regelingen__len__gt=0)
                & (~models.Q(kind=RoundKind.LETTER) | models.Q(regelingen__len=1)),
                name="round_letter_one_regeling",
                violation_error_message="Een brievenronde gaat over één regeling.",
            ),
            models.CheckConstraint(condition=models.Q(klassen__len__gt=0), name="round_some_klasse"),
            models.CheckConstraint(
                condition=models.Q(fixed_by__isnull=True) | ~models.Q(fixed_by=models.F("made_by")),
                name="round_second_person",
                violation_error_message="Een ander dan de maker stelt de ronde vast.",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    state__in=[RoundState.CONCEPT, RoundState.WITHDRAWN],
                    fixed_by__isnull=True,
                    fixed_at__isnull=True,
                    inputs_hash="",
                )
                | (
                    ~models.Q(state__in=[RoundState.CONCEPT, RoundState.WITHDRAWN])
                    & models.Q(fixed_by__isnull=False, fixed_at__isnull=False)
                    & ~models.Q(inputs_hash="")
                ),
                name="round_fixed_completely",
                violation_error_message="Bij vaststellen horen een persoon, een tijd en een vingerafdruk.",
            ),
            models.CheckConstraint(
                condition=models.Q(state=RoundState.CLOSED, closed_at__isnull=False)
                | ~models.Q(state=RoundState.CLOSED)
                & models.Q(closed_at__isnull=True, emptied_at__isnull=True),
                name="round_closed_completely",
            ),
        ]

    def __str__(self) -> str:
        return self.name
