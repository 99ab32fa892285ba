"""Who is busy with a household, so that nobody else goes there meanwhile."""

import datetime

from django.db import models

from .household import Household, HouseholdMember
from .person import Person
from .user import User

#: Nobody is busy at one address for longer than a working day, whatever CLAIM_MINUTES says.
LONGEST = datetime.timedelta(hours=8)


class ClaimQuerySet(models.QuerySet["Claim"]):
    def in_force(self, moment: datetime.datetime) -> "ClaimQuerySet":
        """Those that did not end by themselves."""
        return self.filter(until__gt=moment)

    def on(self, household: Household) -> "ClaimQuerySet":
        """Claims on somebody of this household, also by way of an earlier household of his."""
        persons = HouseholdMember.objects.filter(household=household).values("person")
        return self.filter(person__in=persons)


class Claim(models.Model):
    """A lease on one person, taken for a whole household at once; it ends at `until` without anybody's doing.

    The person is the key: a household is seen anew by each koppeling, its people stay the same. So a claim
    holds for every round and regeling, and two people cannot have the same household.
    """

    person = models.OneToOneField(
        Person, verbose_name="persoon", on_delete=models.PROTECT, primary_key=True, related_name="claim"
    )
    household = models.ForeignKey(
        Household, verbose_name="huishouden", on_delete=models.PROTECT, related_name="claims"
    )
    by = models.ForeignKey(User, verbose_name="door", on_delete=models.PROTECT, related_name="claims")
    taken_at = models.DateTimeField("vanaf")
    until = models.DateTimeField("tot")

    objects = ClaimQuerySet.as_manager()

    class Meta:
        verbose_name = "bezig met een huishouden"
        verbose_name_plural = "bezig met huishoudens"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(until__gte=models.F("taken_at")), name="claim_ends_after_start"
            ),
            models.CheckConstraint(
                condition=models.Q(until__lte=models.F("taken_at") + LONGEST), name="claim_is_short"
            ),
        ]
        indexes = [models.Index(fields=["by", "until"], name="claim_of_user")]

    def __str__(self) -> str:
        return f"bezig met persoon {self.pk}"
