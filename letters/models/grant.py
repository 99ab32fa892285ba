"""A grant (toekenning): a household gets a regeling, on a form or ambtshalve."""

import datetime

from django.db import models
from django.db.models.functions import Now

from outreach.kernel.purposes import MINIMA
from outreach.models import Approach, Regeling, User

from .application import Application


class GrantBasis(models.TextChoices):
    """On what it was granted."""

    FORM = "formulier", "Op een formulier"
    AMBTSHALVE = "ambtshalve", "Ambtshalve"


class LegalBasisQuerySet(models.QuerySet["LegalBasis"]):
    def valid_on(self, day: datetime.date) -> "LegalBasisQuerySet":
        """Bases that carry a grant of this day: signed, in force, not withdrawn."""
        in_force = models.Q(valid_until__isnull=True) | models.Q(valid_until__gte=day)
        return self.filter(in_force, dated__lte=day, withdrawn_at__isnull=True)


class LegalBasis(models.Model):
    """Why a regeling may be granted without a form: dated, and signed by the juridisch adviseur.

    What was signed stays as it was; it can be withdrawn.
    """

    regeling = models.ForeignKey(
        Regeling, verbose_name="regeling", on_delete=models.PROTECT, related_name="legal_bases"
    )
    text = models.TextField("grondslag")
    dated = models.DateField("datum")
    valid_until = models.DateField("geldig tot en met", null=True, blank=True)
    signed_by = models.ForeignKey(
        User, verbose_name="ondertekend door", on_delete=models.PROTECT, related_name="legal_bases_signed"
    )
    signed_at = models.DateTimeField("ondertekend op", db_default=Now())
    withdrawn_by = models.ForeignKey(
        User,
        verbose_name="ingetrokken door",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="legal_bases_withdrawn",
    )
    withdrawn_at = models.DateTimeField("ingetrokken op", null=True, blank=True)

    objects = LegalBasisQuerySet.as_manager()

    class Meta:
        verbose_name = "grondslag voor ambtshalve toekennen"
        verbose_name_plural = "grondslagen voor ambtshalve toekennen"
        ordering = ["regeling_id", "-dated", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(valid_until__isnull=True) | models.Q(valid_until__gte=models.F("dated")),
                name="legal_basis_dates",
            ),
            models.CheckConstraint(condition=~models.Q(text=""), name="legal_basis_has_a_text"),
            models.CheckConstraint(
                condition=models.Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | models.Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="legal_basis_withdrawn_wholly",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.regeling_id} {self.dated}"


class PayingAdministration(models.Model):
    """The administration that pays a grant out. Its files are encrypted to its own key (age)."""

    name = models.CharField("naam", max_length=100, unique=True)
    public_key = models.CharField("openbare sleutel (age)", max_length=100)
    purpose = models.CharField("doel", max_length=50, default=MINIMA, db_default=MINIMA)
    regelingen = models.ManyToManyField(Regeling, verbose_name="regelingen", related_name="administrations")

    class Meta:
        verbose_name = "uitkerende administratie"
        verbose_name_plural = "uitkerende administraties"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class GrantExport(models.Model):
    """One file of grants for one administration: made by the koppel worker, fetched once by another person.

    `public_key` is the key as it was when the file was asked: a key that is changed later opens nothing. So
    is `purpose`: only what was gathered for that is in the file.
    `sha256` and `size` are those of the encrypted file.
    """

    administration = models.ForeignKey(
        PayingAdministration, verbose_name="administratie", on_delete=models.PROTECT, related_name="exports"
    )
    asked_by = models.ForeignKey(
        User, verbose_name="gevraagd door", on_delete=models.PROTECT, related_name="exports_asked"
    )
    asked_at = models.DateTimeField("gevraagd op", db_default=Now())
    public_key = models.CharField("openbare sleutel (age)", max_length=100)
    purpose = models.CharField("doel", max_length=50, default=MINIMA, db_default=MINIMA)
    repeats = models.OneToOneField(
        "self",
        verbose_name="vervangt",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="repeated_by",
    )
    made_at = models.DateTimeField("gemaakt op", null=True, blank=True)
    grants_count = models.PositiveIntegerField("toekenningen", default=0)
    rows = models.PositiveIntegerField("regels", default=0, db_default=0)
    size = models.PositiveBigIntegerField("grootte in bytes", default=0, db_default=0)
    sha256 = models.CharField("vingerafdruk", max_length=64, blank=True, db_default="")
    fetched_by = models.ForeignKey(
        User,
        verbose_name="opgehaald door",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="exports_fetched",
    )
    fetched_at = models.DateTimeField("opgehaald op", null=True, blank=True)

    class Meta:
        verbose_name = "uitvoer van toekenningen"
        verbose_name_plural = "uitvoer van toekenningen"
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(fetched_by__isnull=True) | ~models.Q(fetched_by=models.F("asked_by")),
                name="export_fetched_by_another",
            ),
            models.CheckConstraint(
                condition=models.Q(fetched_at__isnull=True, fetched_by__isnull=True)
                | models.Q(fetched_at__isnull=False, fetched_by__isnull=False, made_at__isnull=False),
                name="export_fetched_wholly",
            ),
        ]

    def __str__(self) -> str:
        return f"uitvoer {self.pk}"

    def file_name(self) -> str:
        """The name of the file: a number alone."""
        return f"toekenningen-{self.pk}.csv.age"


class Grant(models.Model):
    """One per approach, so that nothing is granted twice in a round."""

    approach = models.OneToOneField(
        Approach, verbose_name="benadering", on_delete=models.PROTECT, related_name="grant"
    )
    basis = models.CharField("op grond van", max_length=15, choices=GrantBasis)
    application = models.OneToOneField(
        Application,
        verbose_name="aanvraag",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="grant",
    )
    legal_basis = models.ForeignKey(
        LegalBasis,
        verbose_name="grondslag",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="grants",
    )
    granted_on = models.DateField("toegekend op")
    by_person = models.ForeignKey(
        User,
        verbose_name="door",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="grants_given",
    )
    export = models.ForeignKey(
        GrantExport,
        verbose_name="uitvoer",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="grants",
    )
    made_at = models.DateTimeField("vastgelegd op", db_default=Now())

    class Meta:
        verbose_name = "toekenning"
        verbose_name_plural = "toekenningen"
        ordering = ["granted_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(basis="formulier", application__isnull=False, legal_basis__isnull=True)
                | models.Q(basis="ambtshalve", application__isnull=True, legal_basis__isnull=False),
                name="grant_has_its_ground",
            ),
        ]

    def __str__(self) -> str:
        return f"toekenning {self.pk}"
