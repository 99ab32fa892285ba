"""A letter that is asked back after it was released, and the honest answer of the vendor."""

import uuid

from django.db import models
from django.db.models.functions import Now

from .letter import Letter
from .recall_reason import RecallReason
from .vendor import Vendor


class RecallResult(models.TextChoices):
    WITHDRAWN = "ingetrokken", "Ingetrokken"
    TOO_LATE = "te_laat", "Te laat"


class Recall(models.Model):
    """One per letter and print run. Without an answer it is open."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    letter = models.ForeignKey(Letter, verbose_name="brief", on_delete=models.PROTECT, related_name="recalls")
    vendor = models.ForeignKey(
        Vendor, verbose_name="drukker", on_delete=models.PROTECT, related_name="recalls"
    )
    print_run = models.PositiveSmallIntegerField("druk", default=1)
    reason = models.CharField("reden", max_length=15, choices=RecallReason)
    asked_at = models.DateTimeField("gevraagd op", db_default=Now())
    result = models.CharField("antwoord", max_length=15, choices=RecallResult, blank=True)
    answered_at = models.DateTimeField("beantwoord op", null=True, blank=True)

    class Meta:
        verbose_name = "intrekking"
        verbose_name_plural = "intrekkingen"
        ordering = ["asked_at", "id"]
        indexes = [models.Index(fields=["vendor", "asked_at", "id"], name="recall_cursor")]
        constraints = [
            models.UniqueConstraint(fields=["letter", "print_run"], name="recall_once"),
            models.CheckConstraint(
                condition=models.Q(reason__in=RecallReason.values), name="recall_reason_known"
            ),
            models.CheckConstraint(
                condition=models.Q(result="", answered_at__isnull=True)
                | models.Q(result__in=RecallResult.values, answered_at__isnull=False),
                name="recall_answered_wholly",
            ),
        ]

    def __str__(self) -> str:
        return f"intrekking {self.pk}"
