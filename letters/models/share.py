"""A share (deling): names and addresses for Gemeentebelastingen, of who was told first and did not object."""

import datetime

from django.db import models
from django.db.models.functions import Now

from outreach.kernel.purposes import MINIMA
from outreach.models import Handover, Round, User

from .grant import PayingAdministration


class ShareState(models.TextChoices):
    """The life of a share. Source: docs/states.md."""

    PROPOSED = "voorgesteld", "Wacht op de juridisch adviseur"
    SIGNED = "getekend", "Ondertekend"
    CHOSEN = "gekozen", "Brieven gaan uit"
    ASKED = "gevraagd", "De werker maakt het bestand"
    SHARED = "gedeeld", "Bestand gemaakt"
    WITHDRAWN = "ingetrokken", "Ingetrokken"


class ShareQuerySet(models.QuerySet["Share"]):
    def of_round(self, round_id: int) -> "Share | None":
        """The share that a round of letters tells of; None for all other rounds."""
        return self.filter(round=round_id).first()


class Share(models.Model):
    """Who lets it happen, what the letter says, and how far it is. It names no household.

    With the signature comes a round of its own, which it fixes; households come into that by the worker of
    the box (`poort.kies_deling`). `object_before` is the day that stands on the letter; the file is made once
    `margin_days` have gone by after it. `public_key` is the key as it was proposed, so that the adviser signs
    for it too. `purpose` is that of the koppeling and of the receiver, or there is no share.
    """

    handover = models.ForeignKey(
        Handover, verbose_name="koppeling", on_delete=models.PROTECT, related_name="shares"
    )
    receiver = models.ForeignKey(
        PayingAdministration, verbose_name="ontvanger", on_delete=models.PROTECT, related_name="shares"
    )
    public_key = models.CharField("openbare sleutel (age)", max_length=100)
    purpose = models.CharField("doel", max_length=50, default=MINIMA, db_default=MINIMA)
    object_before = models.DateField("bezwaar voor")
    margin_days = models.PositiveSmallIntegerField("dagen voor de post")
    reason = models.CharField("waarom delen mag", max_length=300)
    state = models.CharField("status", max_length=15, choices=ShareState, default=ShareState.PROPOSED)
    made_by = models.ForeignKey(
        User, verbose_name="gemaakt door", on_delete=models.PROTECT, related_name="shares_made"
    )
    made_at = models.DateTimeField("gemaakt op", db_default=Now())
    signed_by = models.ForeignKey(
        User,
        verbose_name="ondertekend door",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="shares_signed",
    )
    signed_at = models.DateTimeField("ondertekend op", null=True, blank=True)
    asked_by = models.ForeignKey(
        User,
        verbose_name="bestand gevraagd door",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="shares_asked",
    )
    round = models.OneToOneField(
        Round,
        verbose_name="ronde",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="share",
    )
    problem = models.CharField("wat er misging", max_length=300, blank=True, default="", db_default="")

    objects = ShareQuerySet.as_manager()

    class Meta:
        verbose_name = "deling"
        verbose_name_plural = "delingen"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=ShareState.values), name="share_state_known"),
            models.CheckConstraint(
                condition=models.Q(signed_by__isnull=True) | ~models.Q(signed_by=models.F("made_by")),
                name="share_second_person",
                violation_error_message="Een ander dan de maker ondertekent.",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    state__in=["voorgesteld", "ingetrokken"], signed_by__isnull=True, signed_at__isnull=True
                )
                | ~models.Q(state__in=["voorgesteld", "ingetrokken"])
                & models.Q(signed_by__isnull=False, signed_at__isnull=False),
                name="share_signed_wholly",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["gekozen", "gevraagd", "gedeeld"], round__isnull=False)
                | models.Q(state="getekend")
                | models.Q(state__in=["voorgesteld", "ingetrokken"], round__isnull=True),
                name="share_chosen_has_round",
            ),
            models.UniqueConstraint(
                fields=["handover", "receiver"],
                condition=~models.Q(state="ingetrokken"),
                name="share_once",
                violation_error_message="Van deze koppeling is er al een deling met deze ontvanger.",
            ),
        ]

    def __str__(self) -> str:
        return f"deling {self.pk}"

    def ready_after(self) -> datetime.date:
        """The last day on which nothing is shared yet: who objected by post may still be under way."""
        return self.object_before + datetime.timedelta(days=self.margin_days)


class ShareFileKind(models.TextChoices):
    """What a file asks of who gets it."""

    NAMES = "delen", "Namen en adressen"
    RECALL = "intrekken", "Intrekking"


class ShareFile(models.Model):
    """One file for the receiver, written by the worker of the box. Number 1 has the names, and is made once;
    each next one asks to remove who objected since.
    """

    share = models.ForeignKey(Share, verbose_name="deling", on_delete=models.PROTECT, related_name="files")
    number = models.PositiveSmallIntegerField("nummer")
    kind = models.CharField("soort", max_length=10, choices=ShareFileKind)
    made_at = models.DateTimeField("gemaakt op", db_default=Now())
    rows = models.PositiveIntegerField("regels")
    size = models.PositiveBigIntegerField("grootte in bytes")
    sha256 = models.CharField("vingerafdruk", max_length=64)
    destroyed_at = models.DateTimeField("vernietigd op", null=True, blank=True)

    class Meta:
        verbose_name = "deelbestand"
        verbose_name_plural = "deelbestanden"
        ordering = ["share_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["share", "number"], name="share_file_number_once"),
            models.CheckConstraint(
                condition=models.Q(number=1, kind="delen") | models.Q(number__gt=1, kind="intrekken"),
                name="share_file_names_once",
            ),
        ]

    def __str__(self) -> str:
        return f"deelbestand {self.share_id}-{self.number}"

    def file_name(self) -> str:
        """The name of the encrypted file: numbers only, as it ends up in logs and mails."""
        return f"deling-{self.share_id}-{self.number}.csv.age"


class ShareLine(models.Model):
    """That a household stands in the file of a share, on which line, and in which file it was taken back.

    The pages have no right to this table. Its rows go with the household (ON DELETE CASCADE in the database).
    """

    share = models.ForeignKey(Share, verbose_name="deling", on_delete=models.PROTECT, related_name="lines")
    line = models.PositiveIntegerField("regel")
    household = models.UUIDField("huishouden")
    recalled_in = models.PositiveSmallIntegerField("ingetrokken in bestand", null=True, blank=True)

    class Meta:
        verbose_name = "regel van een deling"
        verbose_name_plural = "regels van delingen"
        constraints = [
            models.UniqueConstraint(fields=["share", "line"], name="share_line_once"),
            models.UniqueConstraint(fields=["share", "household"], name="share_household_once"),
        ]

    def __str__(self) -> str:
        return f"regel {self.line} van deling {self.share_id}"
