"""What people said about being approached. The effect itself is a column on the person."""

from django.db import models
from django.db.models.functions import Now

from outreach.models import Person, Regeling, User


class Channel(models.TextChoices):
    """How somebody told us."""

    DOOR = "deur", "Aan de deur"
    PHONE = "telefoon", "Telefoon"
    LETTER = "brief", "Brief"
    DELIVERY = "levering", "Lijst"


class OptOut(models.Model):
    """One wish not to be approached, for everything or for one regeling. Withdrawing leaves the row."""

    person = models.ForeignKey(
        Person, verbose_name="persoon", on_delete=models.PROTECT, related_name="opt_outs"
    )
    regeling = models.ForeignKey(
        Regeling,
        verbose_name="regeling",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        help_text="Leeg: voor alles.",
    )
    channel = models.CharField("kanaal", max_length=10, choices=Channel)
    registered_by = models.ForeignKey(
        User, verbose_name="vastgelegd door", null=True, on_delete=models.PROTECT, related_name="opt_outs"
    )
    registered_at = models.DateTimeField("vastgelegd op", db_default=Now())
    withdrawn_at = models.DateTimeField("ingetrokken op", null=True, blank=True)

    class Meta:
        verbose_name = "afmelding"
        verbose_name_plural = "afmeldingen"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "regeling"],
                condition=models.Q(withdrawn_at__isnull=True),
                nulls_distinct=False,
                name="optout_once",
                violation_error_message="Deze persoon is al afgemeld.",
            ),
            models.CheckConstraint(
                condition=models.Q(channel__in=Channel.values), name="optout_channel_known"
            ),
        ]

    def __str__(self) -> str:
        return f"afmelding {self.pk}"
