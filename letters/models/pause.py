"""A household that gets no reminder for a while, with a reason and an end."""

from django.db import models
from django.db.models.functions import Now

from outreach.models import Household, User


class PauseReason(models.TextChoices):
    ASKED = "gevraagd", "Het huishouden vroeg erom"
    GESPREK = "gesprek", "Er loopt een gesprek"
    CIRCUMSTANCES = "omstandigheden", "Ziekte, overlijden of andere omstandigheden"


class ReminderPause(models.Model):
    """From `made_at` up to and including `until`."""

    household = models.ForeignKey(
        Household, verbose_name="huishouden", on_delete=models.PROTECT, related_name="reminder_pauses"
    )
    reason = models.CharField("reden", max_length=15, choices=PauseReason)
    until = models.DateField("tot en met")
    made_by = models.ForeignKey(
        User, verbose_name="door", on_delete=models.PROTECT, related_name="reminder_pauses"
    )
    made_at = models.DateTimeField("vanaf", db_default=Now())

    class Meta:
        verbose_name = "pauze van herinneringen"
        verbose_name_plural = "pauzes van herinneringen"
        ordering = ["-until"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(reason__in=PauseReason.values), name="pause_reason_known"
            ),
        ]

    def __str__(self) -> str:
        return f"pauze {self.pk}"
