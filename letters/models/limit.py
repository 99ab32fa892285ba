"""The limits to which income and assets are held: dated, with their source, provisional or final."""

from django.db import models

from outreach.models import Regeling

from .application import HouseholdType


class IncomeNorm(models.Model):
    """The norm of a household type: euros net a month, with holiday pay. Source: Participatiewet, art. 21."""

    household_type = models.CharField("soort huishouden", max_length=20, choices=HouseholdType)
    valid_from = models.DateField("geldig vanaf")
    amount = models.DecimalField("bedrag per maand", max_digits=8, decimal_places=2)
    source = models.CharField("bron van het bedrag", max_length=300)
    provisional = models.BooleanField("voorlopig", default=False)

    class Meta:
        verbose_name = "norm"
        verbose_name_plural = "normen"
        ordering = ["household_type", "-valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["household_type", "valid_from"], name="norm_once"),
            models.CheckConstraint(
                condition=models.Q(household_type__in=HouseholdType.values), name="norm_household_type_known"
            ),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="norm_positive"),
        ]

    def __str__(self) -> str:
        return f"norm {self.household_type} {self.valid_from}"


class AssetLimit(models.Model):
    """What a household may own (vermogensgrens), in whole euros. Source: Participatiewet, art. 34."""

    household_type = models.CharField("soort huishouden", max_length=20, choices=HouseholdType)
    valid_from = models.DateField("geldig vanaf")
    amount = models.PositiveIntegerField("bedrag")
    source = models.CharField("bron van het bedrag", max_length=300)
    provisional = models.BooleanField("voorlopig", default=False)

    class Meta:
        verbose_name = "vermogensgrens"
        verbose_name_plural = "vermogensgrenzen"
        ordering = ["household_type", "-valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["household_type", "valid_from"], name="asset_limit_once"),
            models.CheckConstraint(
                condition=models.Q(household_type__in=HouseholdType.values),
                name="asset_limit_household_type_known",
            ),
        ]

    def __str__(self) -> str:
        return f"vermogensgrens {self.household_type} {self.valid_from}"


class IncomePercentage(models.Model):
    """Up to how much of the norm a regeling is for, as the municipality decided."""

    regeling = models.ForeignKey(
        Regeling, verbose_name="regeling", on_delete=models.PROTECT, related_name="income_percentages"
    )
    valid_from = models.DateField("geldig vanaf")
    percentage = models.PositiveSmallIntegerField("percentage van de norm")
    source = models.CharField("besluit", max_length=300)

    class Meta:
        verbose_name = "inkomensgrens van een regeling"
        verbose_name_plural = "inkomensgrenzen van regelingen"
        ordering = ["regeling_id", "-valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["regeling", "valid_from"], name="percentage_once"),
            models.CheckConstraint(
                condition=models.Q(percentage__gte=50, percentage__lte=300), name="percentage_likely"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.regeling_id} {self.percentage}% vanaf {self.valid_from}"
