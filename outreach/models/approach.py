"""One household × one regeling in one round, with three axes that never share a column."""

from django.db import models

from .household import Household, HouseholdMember
from .regeling import Klasse, Mode, Regeling
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


class Result(models.TextChoices):
    """Where it ended."""

    OPEN = "open", "Open"
    HELPED = "hulp_bij_aanvraag", "Hulp bij aanvraag"
    HAS_IT = "heeft_al", "Heeft de regeling al"
    DECLINED = "wil_niet", "Wil de regeling niet"
    GRANTED = "toegekend", "Toegekend"
    REFUSED = "afgewezen", "Afgewezen"


class ApproachQuerySet(models.QuerySet["Approach"]):
    def contactable(self) -> "ApproachQuerySet":
        """Leaves out who does not want to be approached, for everything or for this regeling."""
        refusing = HouseholdMember.objects.filter(adult=True, household=models.OuterRef("household")).filter(
            models.Q(person__no_contact=True)
            | models.Q(person__no_contact_for__contains=[models.OuterRef("regeling")])
        )
        return self.filter(~models.Exists(refusing))

    def due_for_letter(self, round_: Round) -> "ApproachQuerySet":
        """Approaches of a letter round for which no letter was made yet."""
        return self.filter(round=round_, contact=Contact.NONE).contactable()


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
