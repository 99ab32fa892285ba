"""What comes back: deliveries of scans by a vendor, and each scanned sheet."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from .letter import Letter
from .vendor import Vendor


class ScanDelivery(models.Model):
    """A pile of scans. The id is chosen by the vendor, so that announcing it twice makes no second one.

    Until it is closed, forms of the days before may still be in it: reminders wait for that.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    vendor = models.ForeignKey(
        Vendor, verbose_name="drukker", on_delete=models.PROTECT, related_name="scan_deliveries"
    )
    expected = models.PositiveIntegerField("aangekondigde scans")
    received_until = models.DateField(
        "post tot en met", help_text="De laatste dag waarop deze post binnenkwam."
    )
    announced = ArrayField(
        models.CharField(max_length=64),
        verbose_name="aangekondigde vingerafdrukken",
        default=list,
        blank=True,
        help_text="Leeg als de drukker ze niet noemde.",
    )
    announced_at = models.DateTimeField("aangekondigd op", db_default=Now())
    closed_at = models.DateTimeField("afgesloten op", null=True, blank=True)

    class Meta:
        verbose_name = "aanlevering van scans"
        verbose_name_plural = "aanleveringen van scans"
        ordering = ["announced_at", "id"]

    def __str__(self) -> str:
        return f"aanlevering {self.pk}"


class ScanOutcome(models.TextChoices):
    """What became of a scan. Source: the contract with the vendor, docs/drukwerk.md."""

    WAITING = "wacht", "Wacht op verwerking"
    LINKED = "gekoppeld", "Gekoppeld"
    DOUBLE = "dubbel", "Dubbel"
    REJECTED = "uitval", "Uitval"


class Signature(models.TextChoices):
    """What the ink in the box says. A signature that is there is not yet one that is true."""

    UNKNOWN = "", "Niet bekeken"
    ABSENT = "ontbreekt", "Ontbreekt"
    DOUBTFUL = "twijfel", "Twijfel"
    PRESENT = "aanwezig", "Aanwezig"


class Scan(models.Model):
    """One scanned sheet. The image lies encrypted on disk under its id; the readings are our own."""

    id = models.UUIDField(primary_key=True, editable=False)
    delivery = models.ForeignKey(
        ScanDelivery, verbose_name="aanlevering", on_delete=models.PROTECT, related_name="scans"
    )
    sha256 = models.CharField("vingerafdruk", max_length=64)
    media_type = models.CharField("soort bestand", max_length=30)
    size = models.PositiveIntegerField("grootte in bytes")
    vendor_code = models.CharField("code volgens de drukker", max_length=40, blank=True)
    received_at = models.DateTimeField("binnen op", db_default=Now())
    outcome = models.CharField("verwerking", max_length=10, choices=ScanOutcome, default=ScanOutcome.WAITING)
    problem = models.CharField("waarom", max_length=30, blank=True)
    attempts = models.PositiveSmallIntegerField("pogingen", default=0)
    letter = models.ForeignKey(
        Letter, verbose_name="brief", null=True, blank=True, on_delete=models.PROTECT, related_name="scans"
    )
    attachment = models.BooleanField(
        "bijlage",
        default=False,
        db_default=False,
        help_text=(
            "Een stuk bij een aanvraag, zoals een jaaropgave. Het is geen formulier en heeft geen"
            " handtekening."
        ),
    )
    page = models.PositiveSmallIntegerField("bladzijde", null=True, blank=True)
    signature = models.CharField("handtekening", max_length=10, choices=Signature, blank=True)
    ink = models.DecimalField("inkt in het vak (%)", max_digits=5, decimal_places=2, null=True, blank=True)
    remarked = models.BooleanField("er is iets bij geschreven", default=False)
    reading = models.JSONField(
        "wat er is gelezen", default=dict, blank=True, help_text="Per vak: wat er staat en hoe zeker dat is."
    )
    processed_at = models.DateTimeField("verwerkt op", null=True, blank=True)
    destroyed_at = models.DateTimeField("beeld vernietigd op", null=True, blank=True)

    class Meta:
        verbose_name = "scan"
        verbose_name_plural = "scans"
        ordering = ["received_at", "id"]
        indexes = [
            models.Index(fields=["sha256"], name="scan_sha256"),
            models.Index(fields=["received_at"], condition=models.Q(outcome="wacht"), name="scan_waiting"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(outcome__in=ScanOutcome.values), name="scan_outcome_known"
            ),
            models.CheckConstraint(
                condition=models.Q(signature__in=Signature.values), name="scan_signature_known"
            ),
            models.CheckConstraint(
                condition=~models.Q(outcome="gekoppeld") | models.Q(letter__isnull=False),
                name="scan_linked_to_a_letter",
            ),
            models.CheckConstraint(
                condition=~models.Q(outcome="uitval") | ~models.Q(problem=""),
                name="scan_rejected_for_a_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(attachment=False) | models.Q(outcome="gekoppeld", signature=""),
                name="scan_attachment_is_no_form",
            ),
        ]

    def __str__(self) -> str:
        return f"scan {self.pk}"
