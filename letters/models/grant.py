"""A grant (toekenning): a household gets a regeling, on a form or ambtshalve."""

from django.db import models
from django.db.models.functions import Now

from outreach.models import Approach, Regeling, User

from .application import Application


class GrantBasis(models.TextChoices):
    """On what it was granted."""

    FORM = "formulier", "Op een formulier"
    AMBTSHALVE = "ambtshalve", "Ambtshalve"


class LegalBasis(models.Model):
    """Why a regeling may be granted without a form: dated, and signed by the juridisch adviseur."""

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

    class Meta:
        verbose_name = "grondslag voor ambtshalve toekennen"
        verbose_name_plural = "grondslagen voor ambtshalve toekennen"
        ordering = ["regeling_id", "-dated"]

    def __str__(self) -> str:
        return f"{self.regeling_id} {self.dated}"


class PayingAdministration(models.Model):
    """The administration that pays a grant out. Its files are encrypted to its own key (age)."""

    name = models.CharField("naam", max_length=100, unique=True)
    public_key = models.CharField("openbare sleutel (age)", max_length=100)
    regelingen = models.ManyToManyField(Regeling, verbose_name="regelingen", related_name="administrations")

    class Meta:
        verbose_name = "uitkerende administratie"
        verbose_name_plural = "uitkerende administraties"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class GrantExport(models.Model):
    """One file of grants for one administration: made by the koppel worker, fetched once."""

    administration = models.ForeignKey(
        PayingAdministration, verbose_name="administratie", on_delete=models.PROTECT, related_name="exports"
    )
    asked_by = models.ForeignKey(
        User, verbose_name="gevraagd door", on_delete=models.PROTECT, related_name="exports_asked"
    )
    asked_at = models.DateTimeField("gevraagd op", db_default=Now())
    made_at = models.DateTimeField("gemaakt op", null=True, blank=True)
    grants_count = models.PositiveIntegerField("toekenningen", default=0)
    sha256 = models.CharField("vingerafdruk", max_length=64, blank=True)
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
        ordering = ["-asked_at"]

    def __str__(self) -> str:
        return f"uitvoer {self.pk}"


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
