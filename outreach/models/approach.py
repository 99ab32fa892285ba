"""One household × one regeling in one round, with three axes that never share a column."""

from django.db import models
from django.db.models.lookups import Exact

from outreach.kernel import clock

from .claim import Claim
from .gesprek import ToldGone
from .household import Household, HouseholdMember
from .regeling import SHARED, Klasse, Mode, Regeling
from .result import Result
from .round import Round


class Contact(models.TextChoices):
    """What the municipality did."""

    NONE = "geen", "Nog geen contact"
    LETTER = "brief", "Brief gemaakt"
    VISIT = "bezoek", "Bezocht"


class Response(models.TextChoices):
    """What came back."""

    NONE = "geen", "Nog geen reactie"
    GESPREK = "gesprek", "Gesprek gevoerd"
    FORM = "formulier", "Formulier terug"


#: Ends that a resident told himself: nothing more is sent about that regeling.
TOLD_NOT_NEEDED = (Result.HAS_IT, Result.DECLINED, Result.NO_RIGHT)


class ApproachQuerySet(models.QuerySet["Approach"]):
    def contactable(self) -> "ApproachQuerySet":
        """What a letter may be sent for: leaves out who does not want one, at all or about this regeling, and
        where somebody said at the door that a person died or does not live there. What is sent before data
        are shared is not sent to who does not want that."""
        told = models.Q(Exact(models.OuterRef("regeling"), models.Value(SHARED)))
        refusing = HouseholdMember.objects.filter(adult=True, household=models.OuterRef("household")).filter(
            models.Q(person__no_contact=True)
            | models.Q(person__no_letter=True)
            | models.Q(person__no_contact_for__contains=[models.OuterRef("regeling")])
            | models.Q(person__no_share=True) & told
        )
        return self.filter(~models.Exists(refusing), ~models.Q(ToldGone()))

    def welcome(self) -> "ApproachQuerySet":
        """What a door may be shown with, also when one has been there.

        Leaves out who does not want a visit, at all or about this regeling, what a newer delivery made
        needless, and a household of which an adult died or moved away.
        """
        absent = HouseholdMember.objects.filter(adult=True, household=models.OuterRef("household")).filter(
            models.Q(person__no_contact=True)
            | models.Q(person__no_visit=True)
            | models.Q(person__no_contact_for__contains=[models.OuterRef("regeling")])
            | ~models.Q(person__departed="")
        )
        return self.filter(~models.Exists(absent), lapsed=False)

    def visitable(self) -> "ApproachQuerySet":
        """Of those, what one may still go past a door for: what did not end, in this round or by a grant, and
        not where somebody said at the door that a person died or does not live there."""
        return self.welcome().to_bring_up()

    def to_bring_up(self, *, unless: models.Q | None = None) -> "ApproachQuerySet":
        """Leaves out what ended and where somebody is gone; `unless` keeps rows all the same."""
        granted = Approach.objects.filter(
            household=models.OuterRef("household"),
            regeling=models.OuterRef("regeling"),
            result=Result.GRANTED,
        )
        left = models.Q(result=Result.OPEN) & ~models.Q(models.Exists(granted)) & ~models.Q(ToldGone())
        return self.filter(left | unless if unless else left)

    def due_for_letter(self, round_: Round) -> "ApproachQuerySet":
        """Approaches of a letter round for which no letter was made yet, and that are still worth one.

        A letter to a household that somebody is busy with waits until he is done.
        """
        busy = Claim.objects.in_force(clock.now()).filter(
            person__memberships__household=models.OuterRef("household")
        )
        mine = self.filter(round=round_, contact=Contact.NONE).exclude(result__in=TOLD_NOT_NEEDED)
        return mine.contactable().filter(~models.Exists(busy))


class Approach(models.Model):
    """A regeling that a round brings to a household."""

    round = models.ForeignKey(
        Round, verbose_name="ronde", on_delete=models.PROTECT, related_name="approaches"
    )
    household = models.ForeignKey(
        Household, verbose_name="huishouden", on_delete=models.PROTECT, related_name="approaches"
    )
    regeling = models.ForeignKey(
        Regeling, verbose_name="regeling", on_delete=models.PROTECT, related_name="approaches"
    )
    klasse = models.CharField("klasse", max_length=10, choices=Klasse)
    mode = models.CharField("wijze", max_length=10, choices=Mode)
    contact = models.CharField("contact", max_length=20, choices=Contact, default=Contact.NONE)
    response = models.CharField("reactie", max_length=20, choices=Response, default=Response.NONE)
    result = models.CharField("uitkomst", max_length=20, choices=Result, default=Result.OPEN)
    lapsed = models.BooleanField(
        "vervallen",
        default=False,
        db_default=False,
        help_text="Een nieuwere levering zegt dat dit niet meer nodig is.",
    )

    objects = ApproachQuerySet.as_manager()

    class Meta:
        verbose_name = "benadering"
        verbose_name_plural = "benaderingen"
        constraints = [
            models.UniqueConstraint(fields=["round", "household", "regeling"], name="approach_once"),
            models.CheckConstraint(
                condition=models.Q(klasse__in=Klasse.values), name="approach_klasse_known"
            ),
            models.CheckConstraint(condition=models.Q(mode__in=Mode.values), name="approach_mode_known"),
            models.CheckConstraint(
                condition=models.Q(contact__in=Contact.values), name="approach_contact_known"
            ),
            models.CheckConstraint(
                condition=models.Q(response__in=Response.values), name="approach_response_known"
            ),
            models.CheckConstraint(
                condition=models.Q(result__in=Result.values), name="approach_result_known"
            ),
        ]

    def __str__(self) -> str:
        return f"benadering {self.pk}"
