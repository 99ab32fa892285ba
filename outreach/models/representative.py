"""Who acts for a person: letters go to him, and he signs."""

import datetime

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models.functions import Now

from .person import Person
from .user import User

POSTCODE = r"^[1-9][0-9]{3}[A-Z]{2}$"
_ONE_DAY = datetime.timedelta(days=1)


class RepresentativeKind(models.TextChoices):
    """On what ground: BW 1:431 (bewindvoerder), 1:378 (curator), 1:450 (mentor), Awb 2:1 (gemachtigde)."""

    BEWINDVOERDER = "bewindvoerder", "Bewindvoerder"
    CURATOR = "curator", "Curator"
    MENTOR = "mentor", "Mentor"
    GEMACHTIGDE = "gemachtigde", "Gemachtigde"
    LEGAL = "wettelijk", "Wettelijk vertegenwoordiger"


# Days as PostgreSQL counts them. A range holds its first day and not its last, so the last is a day later.
_DAY_AFTER_END = models.ExpressionWrapper(
    models.F("ends_on") + models.Value(1), output_field=models.DateField()
)
_DAY_BEFORE_START = models.ExpressionWrapper(
    models.F("starts_on") - models.Value(1), output_field=models.DateField()
)


class RepresentativeQuerySet(models.QuerySet["Representative"]):
    def in_force(self, day: datetime.date) -> "RepresentativeQuerySet":
        """Those that hold on a day: one per person at most."""
        open_ended = models.Q(ends_on=None) | models.Q(ends_on__gte=day)
        return self.filter(open_ended, starts_on__lte=day)


class Representative(models.Model):
    """One person or office that acts for one person, from `starts_on` up to and including `ends_on`.

    What was set stays as it was; only an end is added (grants on the columns). One that was a mistake ends on
    the day before its first, and was never in force. `document` says which paper proves it, and is not that
    paper. The address is the representative's own: of a house, or a postbus.
    """

    person = models.ForeignKey(
        Person, verbose_name="voor wie", on_delete=models.PROTECT, related_name="representatives"
    )
    kind = models.CharField("soort", max_length=15, choices=RepresentativeKind)
    name = models.CharField("naam van de persoon of het kantoor", max_length=100)
    attention = models.CharField("t.a.v.", max_length=60, blank=True)
    street = models.CharField("straat", max_length=60, blank=True)
    house_number = models.PositiveIntegerField("huisnummer", null=True, blank=True)
    house_letter = models.CharField("huisletter", max_length=1, blank=True)
    house_suffix = models.CharField("toevoeging", max_length=10, blank=True)
    po_box = models.PositiveIntegerField("postbus", null=True, blank=True)
    postcode = models.CharField("postcode", max_length=6)
    city = models.CharField("plaats", max_length=60)
    phone = models.CharField("telefoon", max_length=20, blank=True)
    document = models.CharField("kenmerk van het bewijs", max_length=100)
    starts_on = models.DateField("vanaf")
    ends_on = models.DateField("tot en met", null=True, blank=True)
    set_by = models.ForeignKey(
        User, verbose_name="vastgelegd door", on_delete=models.PROTECT, related_name="representatives_set"
    )
    set_at = models.DateTimeField("vastgelegd op", db_default=Now())
    ended_by = models.ForeignKey(
        User,
        verbose_name="beëindigd door",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="representatives_ended",
    )
    ended_at = models.DateTimeField("beëindigd op", null=True, blank=True)

    objects = RepresentativeQuerySet.as_manager()

    class Meta:
        verbose_name = "vertegenwoordiger"
        verbose_name_plural = "vertegenwoordigers"
        ordering = ["-starts_on", "-id"]
        constraints = [
            ExclusionConstraint(
                name="representative_one_in_force",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    (
                        models.Func(
                            models.F("starts_on"),
                            _DAY_AFTER_END,
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                violation_error_message="In deze periode is er al een vertegenwoordiger.",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=RepresentativeKind.values), name="representative_kind_known"
            ),
            models.CheckConstraint(
                condition=~models.Q(name="") & ~models.Q(city="") & ~models.Q(document=""),
                name="representative_said_wholly",
            ),
            models.CheckConstraint(
                condition=(
                    models.Q(po_box__isnull=True, house_number__isnull=False, house_number__gt=0)
                    & ~models.Q(street="")
                    | models.Q(
                        po_box__isnull=False,
                        po_box__gt=0,
                        street="",
                        house_number__isnull=True,
                        house_letter="",
                        house_suffix="",
                    )
                ),
                name="representative_one_address",
                violation_error_message="Vul een straat met huisnummer in, of een postbus. Niet allebei.",
            ),
            models.CheckConstraint(
                condition=models.Q(postcode__regex=POSTCODE), name="representative_postcode_whole"
            ),
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=True) | models.Q(ends_on__gte=_DAY_BEFORE_START),
                name="representative_ends_after_start",
                violation_error_message="De laatste dag ligt voor de eerste.",
            ),
            models.CheckConstraint(
                condition=models.Q(ended_by__isnull=True, ended_at__isnull=True)
                | models.Q(ended_by__isnull=False, ended_at__isnull=False, ends_on__isnull=False),
                name="representative_ended_wholly",
            ),
        ]

    def __str__(self) -> str:
        """Says which row, never who: a name must not slip into a log."""
        return f"vertegenwoordiger {self.pk}"

    def holds_on(self, day: datetime.date) -> bool:
        """Whether it is in force on a day."""
        return self.starts_on <= day and (self.ends_on is None or self.ends_on >= day)

    def ended(self) -> bool:
        """Whether somebody ended it: that is not done twice."""
        return self.ended_at is not None

    def day_before_start(self) -> datetime.date:
        """The last day of one that was a mistake."""
        return self.starts_on - _ONE_DAY

    def address_line(self) -> str:
        """`Dorpsstraat 12 A` or `Postbus 100`."""
        if self.po_box:
            return f"Postbus {self.po_box}"
        parts = (self.street, str(self.house_number), self.house_letter, self.house_suffix)
        return " ".join(part for part in parts if part)

    def postcode_line(self) -> str:
        """`1099 AB Amsterdam`."""
        return f"{self.postcode[:4]} {self.postcode[4:]} {self.city}"
