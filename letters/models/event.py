"""What happened to a letter, in one table that only grows. The three axes of a letter follow from it."""

from django.db import models
from django.db.models.functions import Now

from .letter import Letter
from .part import Part
from .vendor import VendorClient


class Axis(models.TextChoices):
    """Three that never share a column: returned mail comes weeks after the letter was sent."""

    PRODUCTION = "productie", "Productie"
    DELIVERY = "bezorging", "Bezorging"
    RESPONSE = "reactie", "Reactie"


class Outcome(models.TextChoices):
    """What we did with what we were told."""

    DONE = "verwerkt", "Verwerkt"
    LATE = "genegeerd_achterhaald", "Achterhaald"
    UNKNOWN = "onbekende_brief", "Onbekende brief"
    REFUSED = "geweigerd", "Geweigerd"


class LetterEvent(models.Model):
    """One fact about one letter. `occurred_at` is when it happened, `received_at` when we heard.

    Without a letter it is an orphan: told by a vendor about a letter that we do not know. `raw` is what the
    vendor sent, without anything that is not in the contract.
    """

    letter = models.ForeignKey(
        Letter, verbose_name="brief", null=True, blank=True, on_delete=models.PROTECT, related_name="events"
    )
    part = models.ForeignKey(
        Part, verbose_name="deel", null=True, blank=True, on_delete=models.PROTECT, related_name="events"
    )
    axis = models.CharField("as", max_length=10, choices=Axis)
    code = models.CharField("wat", max_length=30)
    reason = models.CharField("reden", max_length=30, blank=True)
    print_run = models.PositiveSmallIntegerField("druk", default=1)
    occurred_at = models.DateTimeField("gebeurd op")
    received_at = models.DateTimeField("gehoord op", db_default=Now())
    client = models.ForeignKey(
        VendorClient, verbose_name="gemeld door", null=True, blank=True, on_delete=models.PROTECT
    )
    message_id = models.UUIDField("meldingId", null=True, blank=True)
    outcome = models.CharField("verwerking", max_length=25, choices=Outcome, default=Outcome.DONE)
    raw = models.JSONField("melding", default=dict, blank=True)

    class Meta:
        verbose_name = "gebeurtenis van een brief"
        verbose_name_plural = "gebeurtenissen van brieven"
        ordering = ["pk"]
        indexes = [models.Index(fields=["client", "id"], name="event_cursor")]
        constraints = [
            models.UniqueConstraint(fields=["client", "message_id", "letter"], name="event_once"),
            models.UniqueConstraint(
                fields=["client", "message_id"],
                condition=models.Q(letter__isnull=True),
                name="event_orphan_once",
            ),
            models.CheckConstraint(condition=models.Q(axis__in=Axis.values), name="event_axis_known"),
            models.CheckConstraint(
                condition=models.Q(outcome__in=Outcome.values), name="event_outcome_known"
            ),
            models.CheckConstraint(
                condition=models.Q(client__isnull=True) | models.Q(message_id__isnull=False),
                name="event_of_a_vendor_has_an_id",
            ),
        ]

    def __str__(self) -> str:
        return f"gebeurtenis {self.pk}"
