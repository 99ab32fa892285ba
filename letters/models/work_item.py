"""What a person has to look at: each failure and each doubt has an owner and an age."""

from django.db import models
from django.db.models.functions import Now

from outreach.models import Household, User

from .batch import Batch
from .event import LetterEvent
from .letter import Letter
from .part import Part
from .scan import Scan, ScanDelivery


class WorkKind(models.TextChoices):
    """The queues, and what is asked."""

    SCAN_UNREADABLE = "scan_onleesbaar", "Scan zonder leesbare code"
    SCAN_UNKNOWN = "scan_onbekend", "Code die wij niet kennen"
    SCAN_DIFFERS = "scan_wijkt_af", "Drukker leest een andere code dan wij"
    SCAN_BROKEN = "scan_kapot", "Bestand is geen bruikbaar beeld"
    NO_SIGNATURE = "geen_handtekening", "Handtekening ontbreekt"
    SIGNATURE_DOUBT = "handtekening_twijfel", "Handtekening onduidelijk"
    REMARK = "aantekening", "Er is iets doorgestreept of bij geschreven"
    LATE_FORM = "formulier_te_laat", "Formulier past niet meer bij de stand van zaken"
    ASSESS = "beoordelen", "Inkomen en vermogen beoordelen"
    ADDRESS = "adres_onderzoek", "Adres van een brief onderzoeken"
    REJECTED_LETTER = "brief_uitgevallen", "Brief kan niet worden gemaakt"
    REFUSED_BY_VENDOR = "drukker_weigert", "Drukker weigert een brief"
    CONFIRMATION = "bevestiging_wijkt_af", "Bevestiging van de drukker klopt niet"
    ORPHAN = "onbekende_brief", "Melding over een brief die wij niet kennen"
    STUCK = "blijft_hangen", "Er gebeurt te lang niets"
    UNTOLD = "niet_verteld", "Besluit genomen, brief niet verstuurd"


class WorkItemQuerySet(models.QuerySet["WorkItem"]):
    def open(self) -> "WorkItemQuerySet":
        """Not settled yet, the oldest first."""
        return self.filter(closed_at__isnull=True).order_by("opened_at", "pk")


class WorkItem(models.Model):
    """One thing to settle. Of one kind there is at most one open per letter, scan, part, and so on."""

    kind = models.CharField("soort", max_length=25, choices=WorkKind)
    household = models.ForeignKey(
        Household,
        verbose_name="huishouden",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="work_items",
    )
    letter = models.ForeignKey(
        Letter, verbose_name="brief", null=True, blank=True, on_delete=models.PROTECT, related_name="work"
    )
    scan = models.ForeignKey(
        Scan, verbose_name="scan", null=True, blank=True, on_delete=models.PROTECT, related_name="work"
    )
    part = models.ForeignKey(
        Part, verbose_name="deel", null=True, blank=True, on_delete=models.PROTECT, related_name="work"
    )
    batch = models.ForeignKey(
        Batch, verbose_name="partij", null=True, blank=True, on_delete=models.PROTECT, related_name="work"
    )
    event = models.ForeignKey(
        LetterEvent,
        verbose_name="melding",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="work",
    )
    delivery = models.ForeignKey(
        ScanDelivery,
        verbose_name="aanlevering van scans",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="work",
    )
    owner = models.ForeignKey(
        User,
        verbose_name="eigenaar",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="work_items",
    )
    opened_at = models.DateTimeField("sinds", db_default=Now())
    due_on = models.DateField("uiterlijk")
    closed_at = models.DateTimeField("afgehandeld op", null=True, blank=True)
    closed_by = models.ForeignKey(
        User,
        verbose_name="afgehandeld door",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="work_items_closed",
    )
    resolution = models.CharField("hoe afgehandeld", max_length=30, blank=True)

    objects = WorkItemQuerySet.as_manager()

    class Meta:
        verbose_name = "werk"
        verbose_name_plural = "werkvoorraad"
        ordering = ["opened_at", "pk"]
        indexes = [
            models.Index(
                fields=["kind", "opened_at"], condition=models.Q(closed_at__isnull=True), name="work_open"
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "letter"],
                condition=models.Q(closed_at__isnull=True, letter__isnull=False),
                name="work_once_per_letter",
            ),
            models.UniqueConstraint(
                fields=["kind", "scan"],
                condition=models.Q(closed_at__isnull=True, scan__isnull=False, letter__isnull=True),
                name="work_once_per_scan",
            ),
            models.UniqueConstraint(
                fields=["kind", "part"],
                condition=models.Q(closed_at__isnull=True, part__isnull=False, letter__isnull=True),
                name="work_once_per_part",
            ),
            models.UniqueConstraint(
                fields=["kind", "batch"],
                condition=models.Q(
                    closed_at__isnull=True,
                    batch__isnull=False,
                    letter__isnull=True,
                    scan__isnull=True,
                    part__isnull=True,
                ),
                name="work_once_per_batch",
            ),
            models.UniqueConstraint(
                fields=["kind", "event"],
                condition=models.Q(
                    closed_at__isnull=True,
                    event__isnull=False,
                    letter__isnull=True,
                    scan__isnull=True,
                    part__isnull=True,
                    batch__isnull=True,
                ),
                name="work_once_per_event",
            ),
            models.UniqueConstraint(
                fields=["kind", "delivery"],
                condition=models.Q(
                    closed_at__isnull=True,
                    delivery__isnull=False,
                    letter__isnull=True,
                    scan__isnull=True,
                    part__isnull=True,
                    batch__isnull=True,
                    event__isnull=True,
                ),
                name="work_once_per_delivery",
            ),
            models.CheckConstraint(condition=models.Q(kind__in=WorkKind.values), name="work_kind_known"),
            models.CheckConstraint(
                condition=models.Q(closed_at__isnull=True, resolution="", closed_by__isnull=True)
                | models.Q(closed_at__isnull=False) & ~models.Q(resolution=""),
                name="work_closed_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"werk {self.pk}"
