"""A batch (partij): what a vendor gets to print in one go, in parts of at most 500 letters."""

import uuid

from django.db import models
from django.db.models.functions import Now

from outreach.models import Round, User

from .recall_reason import RecallReason
from .vendor import Vendor


class BatchState(models.TextChoices):
    """The life of a batch. Source: docs/states.md."""

    COMPOSED = "samengesteld", "Samengesteld"
    RELEASED = "vrijgegeven", "Vrijgegeven"
    CONFIRMED = "bevestigd", "Bevestigd"
    WITHDRAWN = "ingetrokken", "Ingetrokken"


class Batch(models.Model):
    """Parts of one round for one vendor."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    vendor = models.ForeignKey(
        Vendor, verbose_name="drukker", on_delete=models.PROTECT, related_name="batches"
    )
    round = models.ForeignKey(Round, verbose_name="ronde", on_delete=models.PROTECT, related_name="batches")
    state = models.CharField("status", max_length=15, choices=BatchState, default=BatchState.COMPOSED)
    return_envelope = models.BooleanField("met retourenvelop", default=True)
    planned_on = models.DateField("printdatum")
    made_by = models.ForeignKey(
        User, verbose_name="samengesteld door", on_delete=models.PROTECT, related_name="batches_made"
    )
    made_at = models.DateTimeField("samengesteld op", db_default=Now())
    release_asked_by = models.ForeignKey(
        User,
        verbose_name="vrijgave gevraagd door",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="batches_release_asked",
        help_text="De werker geeft de partij daarna vrij.",
    )
    problem = models.CharField("waarom niet vrijgegeven", max_length=300, blank=True)
    released_by = models.ForeignKey(
        User,
        verbose_name="vrijgegeven door",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="batches_released",
    )
    released_at = models.DateTimeField("vrijgegeven op", null=True, blank=True)
    confirmed_at = models.DateTimeField("bevestigd op", null=True, blank=True)
    recall_asked_by = models.ForeignKey(
        User,
        verbose_name="terugvragen gevraagd door",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="batches_recall_asked",
        help_text="De werker vraagt daarna alle brieven van de partij terug.",
    )
    anew_asked_by = models.ForeignKey(
        User,
        verbose_name="opnieuw plannen gevraagd door",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="batches_anew_asked",
        help_text="De werker plant daarna opnieuw wat als fout is ingetrokken.",
    )
    recall_reason = models.CharField(
        "waarom terug", max_length=15, choices=RecallReason, blank=True, default="", db_default=""
    )

    class Meta:
        verbose_name = "partij"
        verbose_name_plural = "partijen"
        ordering = ["made_at", "id"]
        indexes = [models.Index(fields=["vendor", "released_at", "id"], name="batch_cursor")]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=BatchState.values), name="batch_state_known"),
            models.CheckConstraint(
                condition=~models.Q(state__in=["vrijgegeven", "bevestigd"])
                | models.Q(released_at__isnull=False, released_by__isnull=False),
                name="batch_released_wholly",
            ),
        ]

    def __str__(self) -> str:
        return f"partij {self.pk}"
