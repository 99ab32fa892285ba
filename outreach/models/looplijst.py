"""A looplijst: the addresses of a visit round in walking order, for one team."""

from django.db import models
from django.db.models.functions import Now

from .household import Household
from .round import Round
from .team import Team


class ItemState(models.TextChoices):
    """How far a team is with an address. Source: docs/states.md."""

    OPEN = "open", "Nog te bezoeken"
    VISITED = "bezocht", "Opnieuw langs"
    DONE = "klaar", "Klaar"


class LooplijstQuerySet(models.QuerySet["Looplijst"]):
    def with_counts(self) -> "LooplijstQuerySet":
        """Annotates how many addresses there are, and how many are done or were visited."""
        return self.annotate(
            total=models.Count("items"),
            done=models.Count("items", filter=models.Q(items__state=ItemState.DONE)),
            visited=models.Count("items", filter=models.Q(items__state=ItemState.VISITED)),
        )


class Looplijst(models.Model):
    """One list for one team in one round."""

    round = models.ForeignKey(
        Round, verbose_name="ronde", on_delete=models.PROTECT, related_name="looplijsten"
    )
    team = models.ForeignKey(Team, verbose_name="team", on_delete=models.PROTECT, related_name="looplijsten")
    made_at = models.DateTimeField("gemaakt op", db_default=Now())

    objects = LooplijstQuerySet.as_manager()

    class Meta:
        verbose_name = "looplijst"
        verbose_name_plural = "looplijsten"
        ordering = ["-round_id", "team__name"]
        constraints = [models.UniqueConstraint(fields=["round", "team"], name="looplijst_once_per_team")]

    def __str__(self) -> str:
        return f"looplijst {self.pk}"


class LooplijstItem(models.Model):
    """One household on a looplijst. A household stands on one list of a round at most."""

    looplijst = models.ForeignKey(
        Looplijst, verbose_name="looplijst", on_delete=models.PROTECT, related_name="items"
    )
    round = models.ForeignKey(Round, verbose_name="ronde", on_delete=models.PROTECT, related_name="items")
    household = models.ForeignKey(
        Household, verbose_name="huishouden", on_delete=models.PROTECT, related_name="items"
    )
    position = models.PositiveIntegerField("volgnummer")
    state = models.CharField("status", max_length=10, choices=ItemState, default=ItemState.OPEN)
    attempts = models.PositiveSmallIntegerField("pogingen", default=0)
    last_contact_at = models.DateTimeField("laatste contact", null=True, blank=True)

    class Meta:
        verbose_name = "adres op een looplijst"
        verbose_name_plural = "adressen op looplijsten"
        ordering = ["looplijst_id", "position"]
        constraints = [
            models.UniqueConstraint(fields=["round", "household"], name="item_household_once_per_round"),
            models.UniqueConstraint(fields=["looplijst", "position"], name="item_position_once"),
            models.CheckConstraint(condition=models.Q(state__in=ItemState.values), name="item_state_known"),
        ]
        indexes = [models.Index(fields=["looplijst", "state", "position"], name="item_list_state")]

    def __str__(self) -> str:
        return f"adres {self.pk}"
