"""The printing vendor: how he wants the pages, and which of his programs may ask for them."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from outreach.models import User


class Window(models.TextChoices):
    """Where the window of the envelope is. Source: NEN 1026; letters/composition/layout.py has the places."""

    LEFT = "links", "Venster links"
    RIGHT = "rechts", "Venster rechts"


class OnPaper(models.Model):
    """How pages are laid out: the wish of a vendor, and what a part was made with."""

    window = models.CharField(
        "venster", max_length=10, choices=Window, default=Window.LEFT, db_default=Window.LEFT
    )
    return_window = models.CharField(
        "venster van de retourenvelop",
        max_length=10,
        choices=Window,
        default=Window.LEFT,
        db_default=Window.LEFT,
    )
    duplex = models.BooleanField("dubbelzijdig", default=True, db_default=True)
    code_zone = models.PositiveSmallIntegerField(
        "ruimte voor de postcode-regel (mm)",
        default=10,
        db_default=10,
        help_text="Wat in het venster leeg blijft.",
    )

    class Meta:
        abstract = True


#: What two of these have alike when the same pages fit both.
ON_PAPER = ("window", "return_window", "duplex", "code_zone")


class Vendor(OnPaper):
    """A company that prints and posts letters, and scans what comes back."""

    name = models.CharField("naam", max_length=100, unique=True)
    active = models.BooleanField("in gebruik", default=True)

    class Meta:
        verbose_name = "drukker"
        verbose_name_plural = "drukkers"
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(window__in=Window.values, return_window__in=Window.values),
                name="vendor_window_known",
            ),
            models.CheckConstraint(condition=models.Q(code_zone__lte=20), name="vendor_code_zone_fits"),
        ]

    def __str__(self) -> str:
        return self.name


class VendorClientQuerySet(models.QuerySet["VendorClient"]):
    def usable(self) -> "VendorClientQuerySet":
        """Clients that may ask for a token."""
        return self.filter(revoked_at__isnull=True, vendor__active=True)


class VendorClient(models.Model):
    """A program of a vendor. One for testing sees invented letters only, whatever it asks for."""

    vendor = models.ForeignKey(
        Vendor, verbose_name="drukker", on_delete=models.PROTECT, related_name="clients"
    )
    application = models.OneToOneField(
        settings.OAUTH2_PROVIDER_APPLICATION_MODEL,
        verbose_name="toegang",
        on_delete=models.PROTECT,
        related_name="vendor_client",
    )
    label = models.CharField("waarvoor", max_length=100)
    sandbox = models.BooleanField("alleen om te testen", default=False)
    made_by = models.ForeignKey(
        User, verbose_name="gemaakt door", on_delete=models.PROTECT, related_name="vendor_clients_made"
    )
    made_at = models.DateTimeField("gemaakt op", db_default=Now())
    rotated_at = models.DateTimeField("geheim vernieuwd op", null=True, blank=True)
    revoked_at = models.DateTimeField("ingetrokken op", null=True, blank=True)

    objects = VendorClientQuerySet.as_manager()

    class Meta:
        verbose_name = "toegang van een drukker"
        verbose_name_plural = "toegangen van drukkers"
        ordering = ["vendor_id", "pk"]

    def __str__(self) -> str:
        return f"{self.vendor}: {self.label}"
