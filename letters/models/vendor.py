"""The printing vendor: how he wants the pages, and which of his programs may ask for them."""

from dataclasses import fields

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Now

from letters.composition.layout import LEAST_HEIGHT, PAGE_WIDTH, WINDOWS, WindowProfile, ill_placed
from outreach.models import User

# What the post wants under an address, in mm, when a vendor says nothing.
STANDARD_CODE_ZONE = 10


class Window(models.TextChoices):
    """Where the window of the envelope is. Source: NEN 1026; letters/composition/layout.py has the places."""

    LEFT = "links", "Venster links"
    RIGHT = "rechts", "Venster rechts"


OWN_TEXT = (
    "Leeg als het venster op de vaste plaats zit (NEN 1026). Anders zes getallen met komma's ertussen:"
    " afstand van links, afstand van boven, breedte, hoogte, vrije zone eromheen en de vouw van boven."
    " Bijvoorbeeld: 35, 46, 70, 35, 5, 107."
)


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
        default=STANDARD_CODE_ZONE,
        db_default=STANDARD_CODE_ZONE,
        help_text="Wat in het venster leeg blijft.",
    )

    window_own = ArrayField(
        models.FloatField(),
        verbose_name="eigen venster (mm)",
        default=list,
        blank=True,
        size=6,
        help_text=OWN_TEXT,
    )
    return_window_own = ArrayField(
        models.FloatField(),
        verbose_name="eigen venster van de retourenvelop (mm)",
        default=list,
        blank=True,
        size=6,
        help_text=OWN_TEXT,
    )

    class Meta:
        abstract = True

    def places(self) -> tuple[WindowProfile, WindowProfile]:
        """Where both windows are on the page: by their own numbers, or else by the standard."""
        return _place(self.window, self.window_own), _place(self.return_window, self.return_window_own)


def _place(side: str, own: list[float]) -> WindowProfile:
    return WindowProfile(*own) if own else WINDOWS[side]


#: What two of these have alike when the same pages fit both.
ON_PAPER = ("window", "return_window", "duplex", "code_zone", "window_own", "return_window_own")


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

    def clean(self) -> None:
        """A window of one's own lies on the paper, clear of all else that is on it."""
        faults = {}
        for name, side in (("window_own", self.window), ("return_window_own", self.return_window)):
            if problem := _problem_of(getattr(self, name), side, self.code_zone):
                faults[name] = problem
        if faults:
            raise ValidationError(faults)


def _problem_of(own: list[float], side: str, code_zone: int) -> str:
    if not own:
        return ""
    if len(own) != len(fields(WindowProfile)):
        return "Vul zes getallen in, of niets."
    place = WindowProfile(*own)
    if place.h - code_zone < LEAST_HEIGHT - STANDARD_CODE_ZONE:
        return "Onder het adres blijft te weinig over voor de postcode-regel."
    middle = place.x + place.w / 2
    if (middle < PAGE_WIDTH / 2) != (side == Window.LEFT):
        return "Dit venster zit aan de andere kant dan hierboven staat."
    return ill_placed(place)


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
