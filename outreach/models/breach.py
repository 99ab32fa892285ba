"""A data breach: personal data came where it should not, or nobody knows where it is."""

import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from .sheet import Sheet
from .user import User

#: So long after its discovery the AP must know of it, unless nobody is at risk. Source: AVG art. 33, lid 1.
REPORT_WITHIN = datetime.timedelta(hours=72)
TEXT_LENGTH = 300
MEASURES_LENGTH = 1000
_YES_NO = [(True, "Ja"), (False, "Nee")]


class BreachKind(models.TextChoices):
    """What happened."""

    LIST_LOST = "looplijst_kwijt", "Looplijst kwijt"
    WRONG_PERSON = "verkeerd_bezorgd", "Bij de verkeerde terechtgekomen"
    SEEN = "onbevoegd_gezien", "Ingezien door iemand die dat niet mocht"
    DEVICE_LOST = "apparaat_kwijt", "Telefoon, laptop of papier kwijt"
    SYSTEM = "systeem", "Ingebroken, of een fout in een systeem"
    OTHER = "anders", "Iets anders"


#: What somebody reports by hand; a looplijst is reported on the page of its print.
BY_HAND = [choice for choice in BreachKind.choices if choice[0] != BreachKind.LIST_LOST]


class BreachState(models.TextChoices):
    """How far the municipality is with it."""

    REPORTED = "gemeld", "Gemeld"
    CLOSED = "gesloten", "Afgesloten"


def _answered(name: str) -> Q:
    """Not decided yet; or yes, with when; or no, with why."""
    decided = Q(**{f"{name}__isnull": False})
    yes = decided & Q(**{name: True, f"{name}_at__isnull": False})
    no = decided & Q(**{name: False, f"{name}_at__isnull": True}) & ~Q(**{f"{name}_reason": ""})
    return Q(**{f"{name}__isnull": True, f"{name}_at__isnull": True}) | yes | no


class Breach(models.Model):
    """One breach. Who reports it says what happened; the privacy officer writes down what was done.

    `persons` are the keys of whose data it is about, as far as known; `people_count` is how many, roughly.
    """

    kind = models.CharField("soort", max_length=20, choices=BreachKind)
    sheet = models.OneToOneField(
        Sheet,
        verbose_name="afdruk",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="breach",
    )
    text = models.CharField("wat er gebeurde", max_length=TEXT_LENGTH)
    persons = ArrayField(models.UUIDField(), verbose_name="personen")
    discovered_at = models.DateTimeField("ontdekt op")
    reported_by = models.ForeignKey(
        User, verbose_name="gemeld door", on_delete=models.PROTECT, related_name="breaches"
    )
    reported_at = models.DateTimeField("gemeld op", db_default=Now())
    state = models.CharField("status", max_length=10, choices=BreachState, default=BreachState.REPORTED)

    data = models.CharField("welke gegevens", max_length=TEXT_LENGTH, blank=True, default="", db_default="")
    people_count = models.PositiveIntegerField("ongeveer hoeveel inwoners", null=True, blank=True)
    measures = models.CharField(
        "genomen maatregelen", max_length=MEASURES_LENGTH, blank=True, default="", db_default=""
    )
    ap = models.BooleanField("gemeld bij de AP", choices=_YES_NO, null=True, blank=True)
    ap_at = models.DateTimeField("gemeld bij de AP op", null=True, blank=True)
    ap_reason = models.CharField(
        "waarom niet, of waarom na 72 uur",
        max_length=TEXT_LENGTH,
        blank=True,
        default="",
        db_default="",
    )
    told = models.BooleanField("verteld aan de inwoners", choices=_YES_NO, null=True, blank=True)
    told_at = models.DateTimeField("verteld op", null=True, blank=True)
    told_reason = models.CharField(
        "waarom niet verteld", max_length=TEXT_LENGTH, blank=True, default="", db_default=""
    )
    closed_at = models.DateTimeField("afgesloten op", null=True, blank=True)
    closed_by = models.ForeignKey(
        User,
        verbose_name="afgesloten door",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="breaches_closed",
    )

    class Meta:
        verbose_name = "datalek"
        verbose_name_plural = "datalekken"
        ordering = ["-discovered_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=BreachKind.values), name="breach_kind_known"),
            models.CheckConstraint(condition=Q(state__in=BreachState.values), name="breach_state_known"),
            models.CheckConstraint(
                condition=~Q(kind=BreachKind.LIST_LOST) | Q(sheet__isnull=False),
                name="breach_lost_list_has_sheet",
            ),
            models.CheckConstraint(
                condition=_answered("ap"),
                name="breach_ap_answered",
                violation_error_message="Gemeld bij de AP? Vul in wanneer. Niet gemeld? Vul in waarom.",
            ),
            models.CheckConstraint(
                condition=_answered("told"),
                name="breach_told_answered",
                violation_error_message="Verteld aan de inwoners? Vul in wanneer. Niet? Vul in waarom.",
            ),
            models.CheckConstraint(
                condition=Q(ap_at__isnull=True)
                | Q(ap_at__lte=F("discovered_at") + REPORT_WITHIN)
                | ~Q(ap_reason=""),
                name="breach_late_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(state=BreachState.REPORTED, closed_at__isnull=True, closed_by__isnull=True)
                | (
                    Q(state=BreachState.CLOSED, closed_at__isnull=False, closed_by__isnull=False)
                    & Q(ap__isnull=False, told__isnull=False, people_count__isnull=False)
                    & ~Q(data="")
                    & ~Q(measures="")
                ),
                name="breach_closed_is_complete",
            ),
        ]

    def __str__(self) -> str:
        return f"datalek {self.pk}"

    def deadline(self) -> datetime.datetime:
        """Before this moment it is reported to the AP, unless nobody is at risk."""
        return self.discovered_at + REPORT_WITHIN

    def clock(self, now: datetime.datetime) -> str:
        """What is left of the 72 hours, or what was decided, in a few words."""
        if self.ap is False:
            return "niet melden"
        if self.ap_at is not None:
            return "op tijd gemeld" if self.ap_at <= self.deadline() else "te laat gemeld"
        hours = (self.deadline() - now).total_seconds() / 3600
        return f"nog {int(hours)} uur" if hours > 0 else f"{int(-hours)} uur te laat"
