"""Deliveries: one file from one bron, from the first byte to its destruction."""

from django.db import models
from django.db.models.functions import Now

from outreach.models import User

from .bron import Bron
from .run import RunState


class DeliveryState(models.TextChoices):
    """The life of a delivery. Source: docs/states.md."""

    RECEIVED = "ontvangen", "Ontvangen"
    CHECKED = "gecontroleerd", "Bestand gecontroleerd"
    LOADED = "ingeladen", "Ingeladen"
    REFUSED = "geweigerd", "Geweigerd"
    HELD = "aangehouden", "Aangehouden"
    CANCELLED = "ingetrokken", "Ingetrokken"
    DESTROYED = "vernietigd", "Vernietigd"


WORKING = (DeliveryState.RECEIVED, DeliveryState.CHECKED)
AT_REST = (DeliveryState.LOADED, DeliveryState.REFUSED, DeliveryState.CANCELLED)


class DeliveryKey(models.Model):
    """The public half of a key pair of one delivery. The private half lies with the worker.

    The worker keeps a few ready, so that an upload can be encrypted from its first byte.
    """

    name = models.CharField("naam", max_length=80, primary_key=True)
    public_key = models.CharField("publieke sleutel", max_length=100)
    taken = models.BooleanField("in gebruik", default=False)
    made_at = models.DateTimeField("gemaakt op", db_default=Now())

    class Meta:
        verbose_name = "sleutel van een levering"
        verbose_name_plural = "sleutels van leveringen"

    def __str__(self) -> str:
        return self.name


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def working(self) -> "DeliveryQuerySet":
        """Deliveries that the worker still has to check or load."""
        return self.filter(state__in=WORKING)

    def accepted(self) -> "DeliveryQuerySet":
        return self.filter(state=DeliveryState.LOADED)

    def unsettled(self) -> "DeliveryQuerySet":
        """Deliveries that came to rest, and after which the worker still has something to do."""
        waits = Delivery.objects.withdrawn_after_use().order_by().values("pk")
        return self.filter(state__in=AT_REST, settled=False).exclude(pk__in=waits)

    def withdrawn_after_use(self) -> "DeliveryQuerySet":
        """Withdrawn deliveries of a koppeling people came out of: they go by a list, not by one person."""
        used = Delivery.objects.filter(runs__state=RunState.DONE).order_by().values("pk")
        return self.filter(state=DeliveryState.CANCELLED, settled=False, pk__in=used)


class Delivery(models.Model):
    """One file. `box_number` is the number of its partition in the box, given by the worker."""

    box_number = models.BigIntegerField("nummer in de black box", null=True, blank=True, unique=True)
    bron = models.ForeignKey(Bron, verbose_name="bron", on_delete=models.PROTECT, related_name="deliveries")
    year = models.PositiveSmallIntegerField("jaar", null=True, blank=True)
    peildatum = models.DateField("peildatum")
    state = models.CharField("status", max_length=15, choices=DeliveryState, default=DeliveryState.RECEIVED)
    file_name = models.CharField("bestandsnaam", max_length=200)
    stored_as = models.CharField("opgeslagen als", max_length=80, unique=True)
    key = models.OneToOneField(
        DeliveryKey, verbose_name="sleutel", on_delete=models.PROTECT, related_name="delivery"
    )
    size = models.BigIntegerField("grootte in bytes")
    sha256 = models.CharField("vingerafdruk", max_length=64)
    received_at = models.DateTimeField("ontvangen op", db_default=Now())
    received_by = models.ForeignKey(
        User, verbose_name="ontvangen door", on_delete=models.PROTECT, related_name="deliveries"
    )
    rows_total = models.PositiveIntegerField("regels in het bestand", null=True, blank=True)
    rows_read = models.PositiveIntegerField("regels gelezen", default=0)
    rows_kept = models.PositiveIntegerField("regels ingeladen", default=0)
    rows_refused = models.PositiveIntegerField("regels geweigerd", default=0)
    zeros_restored = models.PositiveIntegerField("nullen hersteld", default=0)
    relations_emptied = models.PositiveIntegerField("relaties leeggemaakt", default=0)
    previous_rows = models.PositiveIntegerField("regels in de vorige levering", null=True, blank=True)
    attempts = models.PositiveSmallIntegerField("pogingen", default=0)
    # A pseudonym holds within one cycle; a run of another cycle has the file loaded anew.
    cycle = models.PositiveSmallIntegerField("refertejaar van de sleutel", null=True, blank=True)
    settled = models.BooleanField(
        "afgehandeld",
        default=False,
        help_text="De werker heeft gedaan wat bij de laatste status hoort: opgeruimd, of"
        " afmeldingen vastgelegd.",
    )
    file_problem = models.CharField("waarom geweigerd of aangehouden", max_length=500, blank=True)
    accepted_by = models.ForeignKey(
        User,
        verbose_name="geaccepteerd door",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="deliveries_accepted",
    )
    accept_reason = models.CharField("reden van accepteren", max_length=500, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = "levering"
        verbose_name_plural = "leveringen"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=DeliveryState.values), name="delivery_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(accepted_by__isnull=True) | ~models.Q(accept_reason=""),
                name="delivery_accepted_with_reason",
                violation_error_message="Schrijf op waarom je de levering toch accepteert.",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["geweigerd", "aangehouden"]) | ~models.Q(file_problem=""),
                name="delivery_stopped_with_problem",
            ),
            models.UniqueConstraint(
                fields=["bron", "year", "sha256"],
                condition=models.Q(state__in=["gecontroleerd", "ingeladen", "aangehouden"]),
                name="delivery_content_once",
                nulls_distinct=False,
                violation_error_message="Deze inhoud is al geleverd voor deze bron en dit jaar.",
            ),
        ]
        indexes = [models.Index(fields=["bron", "year", "-peildatum"], name="delivery_newest")]

    def __str__(self) -> str:
        return f"levering {self.pk}"

    def was_used(self) -> bool:
        """Whether a koppeling that people came out of had this among its files."""
        return self.runs.filter(state=RunState.DONE).exists()

    def waits_for_list(self) -> bool:
        """Whether it was withdrawn after it was used, and is still there; see `withdrawn_after_use`."""
        return self.state == DeliveryState.CANCELLED and not self.settled and self.was_used()


class RuleCount(models.Model):
    """How many rows of a delivery one rule refused."""

    delivery = models.ForeignKey(
        Delivery, verbose_name="levering", on_delete=models.CASCADE, related_name="rule_counts"
    )
    rule = models.CharField("regel", max_length=40)
    rows = models.PositiveIntegerField("regels")

    class Meta:
        verbose_name = "telling van een regel"
        verbose_name_plural = "tellingen van regels"
        ordering = ["rule"]
        constraints = [models.UniqueConstraint(fields=["delivery", "rule"], name="rule_count_once")]

    def __str__(self) -> str:
        return self.rule


class RowProblem(models.Model):
    """One refused row: its line, column and rule. Never its value."""

    delivery = models.ForeignKey(
        Delivery, verbose_name="levering", on_delete=models.CASCADE, related_name="row_problems"
    )
    line = models.PositiveIntegerField("regelnummer")
    column = models.CharField("kolom", max_length=50, blank=True)
    rule = models.CharField("regel", max_length=40)

    class Meta:
        verbose_name = "geweigerde regel"
        verbose_name_plural = "geweigerde regels"
        ordering = ["line", "id"]
        indexes = [models.Index(fields=["delivery", "line"], name="row_problem_line")]

    def __str__(self) -> str:
        return f"regel {self.line}"
