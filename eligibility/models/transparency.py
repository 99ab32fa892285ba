"""The transparantiedocument: what the municipality tells everybody that it does, in versions."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from outreach.models import User


class TransparencyQuerySet(models.QuerySet["Transparency"]):
    def current(self) -> "Transparency | None":
        """The version that holds: the newest that a second person approved."""
        return self.filter(approved_at__isnull=False).order_by("-number").first()


class Transparency(models.Model):
    """One version. It never changes: other words are another version, approved anew.

    `bronnen` and `regelingen` are codes. A koppeling rests on the version that holds when it starts.
    """

    number = models.PositiveIntegerField("versie", unique=True)
    bronnen = ArrayField(models.CharField(max_length=30), verbose_name="bronnen")
    regelingen = ArrayField(models.CharField(max_length=30), verbose_name="regelingen")
    purposes = ArrayField(models.CharField(max_length=50), verbose_name="doelen")
    text = models.TextField("tekst", max_length=20_000)
    made_by = models.ForeignKey(
        User, verbose_name="gemaakt door", on_delete=models.PROTECT, related_name="transparency_made"
    )
    made_at = models.DateTimeField("gemaakt op", db_default=Now())
    approved_by = models.ForeignKey(
        User,
        verbose_name="goedgekeurd door",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="transparency_approved",
    )
    approved_at = models.DateTimeField("goedgekeurd op", null=True, blank=True)

    objects: ClassVar = TransparencyQuerySet.as_manager()

    class Meta:
        verbose_name = "transparantiedocument"
        verbose_name_plural = "transparantiedocumenten"
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(bronnen__len__gt=0, regelingen__len__gt=0, purposes__len__gt=0)
                & ~models.Q(text=""),
                name="transparency_says_something",
            ),
            models.CheckConstraint(
                condition=models.Q(approved_by__isnull=True, approved_at__isnull=True)
                | models.Q(approved_by__isnull=False, approved_at__isnull=False),
                name="transparency_approved_completely",
            ),
            models.CheckConstraint(
                condition=models.Q(approved_by__isnull=True) | ~models.Q(approved_by=models.F("made_by")),
                name="transparency_second_person",
                violation_error_message="Een ander dan de maker keurt goed.",
            ),
        ]

    def __str__(self) -> str:
        return f"versie {self.number}"
