"""Handing a household over to another organisation, which says yes or no."""

import datetime
import uuid

from django.db import models
from django.db.models.functions import Now

from outreach.kernel import clock

from .household import Household, HouseholdMember
from .owned import OwnedQuerySet
from .person import Person
from .team import Team
from .user import User

TEXT_LENGTH = 200
#: So long an organisation has to answer, unless who asks it says otherwise.
ANSWER_WITHIN = datetime.timedelta(days=14)


def answer_term() -> datetime.date:
    """The last day to answer what is asked today."""
    return clock.today() + ANSWER_WITHIN


class OrganisationKind(models.TextChoices):
    """What sort of help it gives."""

    DEBT = "schuldhulp", "Schuldhulpverlening"
    SOCIAL = "maatschappelijk_werk", "Maatschappelijk werk"
    LEGAL = "rechtshulp", "Juridische hulp"
    FOOD = "voedselbank", "Voedselbank of kledingbank"
    FORMS = "formulierenhulp", "Hulp bij formulieren"
    WORK = "werk", "Werk en inkomen"
    OTHER = "anders", "Iets anders"


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def offered(self) -> "OrganisationQuerySet":
        """Those to which somebody can be handed over now."""
        return self.filter(active=True)


class Organisation(models.Model):
    """One that helps residents further. How to reach it is general: no name or number of somebody there."""

    name = models.CharField("naam", max_length=100, unique=True)
    kind = models.CharField("soort", max_length=25, choices=OrganisationKind)
    phone = models.CharField("algemeen telefoonnummer", max_length=20, blank=True)
    email = models.EmailField("algemeen e-mailadres", blank=True)
    active = models.BooleanField(
        "neemt mensen aan",
        default=True,
        help_text="Haal het vinkje weg als er niemand meer naartoe kan. Wat er was, blijft staan.",
    )

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = "organisatie"
        verbose_name_plural = "organisaties"
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=OrganisationKind.values), name="organisation_kind_known"
            )
        ]

    def __str__(self) -> str:
        return self.name


class ReferralState(models.TextChoices):
    """How far it is. Source: docs/states.md."""

    ASKED = "gevraagd", "Wacht op antwoord"
    ACCEPTED = "geaccepteerd", "Geaccepteerd"
    REFUSED = "geweigerd", "Geweigerd"
    WITHDRAWN = "ingetrokken", "Ingetrokken"


class ReferralQuerySet(OwnedQuerySet["Referral"]):
    def with_refusal(self) -> "ReferralQuerySet":
        """Annotates `refused` and `unshared`: it waits for an answer, and somebody there wants no contact any
        more, or his data not shared.

        Asked whenever it is shown, since somebody may opt out after it was asked.
        """
        adults = HouseholdMember.objects.filter(household=models.OuterRef("household"), adult=True)
        waits = models.Q(state=ReferralState.ASKED)
        return self.annotate(
            **{
                name: models.Case(models.When(waits, models.Exists(adults.filter(said))), default=False)
                for name, said in (
                    ("refused", models.Q(person__no_contact=True)),
                    ("unshared", models.Q(person__no_share=True)),
                )
            }
        )

    def waiting(self) -> "ReferralQuerySet":
        """Those without an answer, the one that is soonest (or longest) over its term first."""
        return self.filter(state=ReferralState.ASKED).order_by("due_on", "pk")

    def overdue(self, day: datetime.date) -> "ReferralQuerySet":
        """Without an answer after their term on this day; the last day itself is still in time."""
        return self.waiting().filter(due_on__lt=day)


class Referral(models.Model):
    """One household that was handed over to one organisation, with the consent of one of its adults.

    Without that consent there is no row (AVG article 6(1)(a)). What was asked stays as it was; the answer
    is added once (grants on the columns). Who asked it waits for that answer, until he, who leads him or who
    lets him leave gives it to a colleague or a team; they move its last day too (trigger `overname`).
    `submission` is made with the form, so that a second tap makes nothing.
    """

    submission = models.UUIDField(
        "kenmerk van het formulier", unique=True, default=uuid.uuid4, editable=False
    )
    household = models.ForeignKey(
        Household, verbose_name="huishouden", on_delete=models.PROTECT, related_name="referrals"
    )
    organisation = models.ForeignKey(
        Organisation, verbose_name="organisatie", on_delete=models.PROTECT, related_name="referrals"
    )
    consent_by = models.ForeignKey(
        Person, verbose_name="wie toestemming gaf", on_delete=models.PROTECT, related_name="referrals"
    )
    consent_on = models.DateField("toestemming gegeven op")
    question = models.CharField("waarmee helpen", max_length=TEXT_LENGTH)
    state = models.CharField("status", max_length=15, choices=ReferralState, default=ReferralState.ASKED)
    asked_by = models.ForeignKey(
        User, verbose_name="gevraagd door", on_delete=models.PROTECT, related_name="referrals_asked"
    )
    asked_at = models.DateTimeField("gevraagd op", db_default=Now())
    due_on = models.DateField("antwoord uiterlijk op", default=answer_term)
    owner = models.ForeignKey(
        User,
        verbose_name="wie op antwoord wacht",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="referrals",
    )
    team = models.ForeignKey(
        Team,
        verbose_name="welk team op antwoord wacht",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="referrals",
    )
    reason = models.CharField("waarom niet", max_length=TEXT_LENGTH, blank=True)
    answered_by = models.ForeignKey(
        User,
        verbose_name="antwoord vastgelegd door",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="referrals_answered",
    )
    answered_at = models.DateTimeField("antwoord vastgelegd op", null=True, blank=True)

    # Brought by `with_refusal`.
    refused: bool
    unshared: bool

    objects = ReferralQuerySet.as_manager()

    class Meta:
        verbose_name = "overdracht aan een organisatie"
        verbose_name_plural = "overdrachten aan organisaties"
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=ReferralState.values), name="referral_state_known"
            ),
            models.CheckConstraint(condition=~models.Q(question=""), name="referral_has_a_question"),
            models.CheckConstraint(
                condition=models.Q(
                    state=ReferralState.ASKED, answered_by__isnull=True, answered_at__isnull=True
                )
                | ~models.Q(state=ReferralState.ASKED)
                & models.Q(answered_by__isnull=False, answered_at__isnull=False),
                name="referral_answered_wholly",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=ReferralState.REFUSED) | ~models.Q(reason=""),
                name="referral_refused_with_a_reason",
                violation_error_message="Vul in waarom de organisatie nee zei.",
            ),
            models.CheckConstraint(
                condition=models.Q(owner__isnull=True, team__isnull=False)
                | models.Q(owner__isnull=False, team__isnull=True),
                name="referral_owner_or_team",
            ),
            models.UniqueConstraint(
                fields=["household", "organisation"],
                condition=models.Q(state="gevraagd"),
                name="referral_one_open",
                violation_error_message="Dit huishouden wacht al op antwoord van deze organisatie.",
            ),
        ]

    def __str__(self) -> str:
        """Says which row, never about whom."""
        return f"overdracht {self.pk}"

    def is_overdue(self, day: datetime.date) -> bool:
        """Whether an answer should have come before this day."""
        return self.state == ReferralState.ASKED and self.due_on < day
