"""What residents ask about their own data, and the file that answers who asks to see it.

Whose request it is stands as a number, without a foreign key: the people themselves stay closed to the
privacy officer, who reads a name through one door that writes down that he did. Source: AVG art. 12, 15, 16,
18 and 21.
"""

import calendar
import datetime

from django.db import models
from django.db.models.functions import Now

from .user import User

TEXT_LENGTH = 300
#: Months that the municipality may take, and in all when it says why. Source: AVG art. 12, lid 3.
TERM, LONGER = 1, 3
#: So long a file can be fetched; then it is destroyed.
PACK_DAYS = 30


def months_after(day: datetime.date, months: int) -> datetime.date:
    """The same day so many months on, or the last one of that month: as PostgreSQL adds an interval."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return datetime.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


class RequestKind(models.TextChoices):
    """Which right somebody uses."""

    ACCESS = "inzage", "Inzage (artikel 15)"
    CORRECTION = "correctie", "Correctie (artikel 16)"
    RESTRICTION = "beperking", "Beperking (artikel 18)"
    OBJECTION = "bezwaar", "Bezwaar (artikel 21)"


#: While these stand, nobody approaches who asked.
RESTRICTS = (RequestKind.RESTRICTION, RequestKind.OBJECTION)


class RequestChannel(models.TextChoices):
    """How it came in."""

    LETTER = "brief", "Brief"
    DESK = "balie", "Aan de balie"
    PHONE = "telefoon", "Telefoon"
    FORM = "formulier", "Formulier op de site"
    EMAIL = "email", "E-mail"


class IdentityCheck(models.TextChoices):
    """How we know that it is he who asks. A copy of a passport is not asked for: that is too much."""

    DESK = "balie", "Aan de balie, met een identiteitsbewijs"
    DIGID = "digid", "Met DigiD"
    CALLED = "teruggebeld", "Teruggebeld op een bekend nummer, met controlevragen"
    REPRESENTATIVE = "gemachtigde", "Machtiging of beschikking van een vertegenwoordiger"


class RequestState(models.TextChoices):
    """The life of a request. Source: docs/states.md."""

    RECEIVED = "ontvangen", "Ontvangen"
    HANDLING = "in_behandeling", "In behandeling"
    ANSWERED = "beantwoord", "Beantwoord"
    REFUSED = "afgewezen", "Afgewezen"


OPEN_REQUESTS = (RequestState.RECEIVED, RequestState.HANDLING)


class SubjectRequest(models.Model):
    """One request of a resident. `person` is empty when he never came out of a koppeling.

    `pack_key` opens the file of this request alone; it lies encrypted itself, and goes with the file.
    """

    kind = models.CharField("wat", max_length=10, choices=RequestKind)
    person = models.UUIDField("persoon", null=True, blank=True)
    channel = models.CharField("hoe binnengekomen", max_length=10, choices=RequestChannel)
    reference = models.CharField("zaaknummer", max_length=60, blank=True)
    about = models.CharField("waarover", max_length=TEXT_LENGTH, blank=True)
    received_on = models.DateField("ontvangen op")
    due_on = models.DateField("antwoord uiterlijk op")
    extended_because = models.CharField("waarom verlengd", max_length=TEXT_LENGTH, blank=True, default="")
    extended_on = models.DateField("verlengd op", null=True, blank=True)
    identity = models.CharField(
        "identiteit gecontroleerd", max_length=15, choices=IdentityCheck, blank=True, default=""
    )
    state = models.CharField("status", max_length=15, choices=RequestState, default=RequestState.RECEIVED)
    told_to = models.CharField("doorgegeven aan", max_length=100, blank=True, default="")
    told_on = models.DateField("doorgegeven op", null=True, blank=True)
    refusal = models.CharField("waarom afgewezen", max_length=TEXT_LENGTH, blank=True, default="")
    registered_by = models.ForeignKey(
        User, verbose_name="vastgelegd door", on_delete=models.PROTECT, related_name="+"
    )
    registered_at = models.DateTimeField("vastgelegd op", db_default=Now())
    answered_by = models.ForeignKey(
        User, verbose_name="afgerond door", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    answered_at = models.DateTimeField("afgerond op", null=True, blank=True)
    lifted_by = models.ForeignKey(
        User, verbose_name="opgeheven door", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    lifted_at = models.DateTimeField("opgeheven op", null=True, blank=True)
    recipient = models.CharField("openbare sleutel (age)", max_length=100, blank=True, default="")
    pack_key = models.BinaryField("sleutel van het pakket, versleuteld", null=True, blank=True)

    class Meta:
        verbose_name = "verzoek van een inwoner"
        verbose_name_plural = "verzoeken van inwoners"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=RequestKind.values), name="request_kind_known"
            ),
            models.CheckConstraint(
                condition=models.Q(channel__in=RequestChannel.values), name="request_channel_known"
            ),
            models.CheckConstraint(
                condition=models.Q(identity__in=["", *IdentityCheck.values]), name="request_identity_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=RequestState.values), name="request_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["ontvangen", "afgewezen"]) | ~models.Q(identity=""),
                name="request_identity_first",
                violation_error_message="Controleer eerst de identiteit.",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["ontvangen", "in_behandeling"], answered_at__isnull=True)
                | models.Q(
                    state__in=["beantwoord", "afgewezen"],
                    answered_at__isnull=False,
                    answered_by__isnull=False,
                ),
                name="request_ended_when",
            ),
            models.CheckConstraint(
                condition=models.Q(state="afgewezen") & ~models.Q(refusal="")
                | ~models.Q(state="afgewezen") & models.Q(refusal=""),
                name="request_refused_with_a_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(extended_because="", extended_on__isnull=True)
                | ~models.Q(extended_because="") & models.Q(extended_on__isnull=False),
                name="request_extended_with_a_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(told_to="", told_on__isnull=True)
                | ~models.Q(told_to="") & models.Q(told_on__isnull=False),
                name="request_told_wholly",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind="correctie") | ~models.Q(about=""),
                name="request_says_what_is_wrong",
                violation_error_message="Schrijf op wat er niet klopt.",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind="correctie", state="beantwoord") | models.Q(told_on__isnull=False),
                name="request_corrected_at_the_source",
                violation_error_message="Geef de fout eerst door aan wie het gegeven bijhoudt.",
            ),
            models.CheckConstraint(
                condition=models.Q(lifted_at__isnull=True, lifted_by__isnull=True)
                | models.Q(
                    lifted_at__isnull=False, lifted_by__isnull=False, kind__in=["beperking", "bezwaar"]
                ),
                name="request_lifted_wholly",
            ),
        ]

    def __str__(self) -> str:
        return f"verzoek {self.pk}"

    def restricts(self) -> bool:
        """Whether nobody approaches this person because of it."""
        return self.kind in RESTRICTS and self.state != RequestState.REFUSED and self.lifted_at is None

    def overdue(self, today: datetime.date) -> bool:
        """Whether the answer is late."""
        return self.state in OPEN_REQUESTS and self.due_on < today


class SubjectNumber(models.Model):
    """The BSN that was typed with a request: encrypted for the worker, and gone when the worker used it."""

    request = models.OneToOneField(
        SubjectRequest,
        verbose_name="verzoek",
        on_delete=models.PROTECT,
        related_name="number",
        primary_key=True,
    )
    sealed = models.BinaryField("versleuteld")
    key_name = models.CharField("sleutel", max_length=80)

    class Meta:
        verbose_name = "BSN bij een verzoek"
        verbose_name_plural = "BSN’s bij verzoeken"

    def __str__(self) -> str:
        return f"bij verzoek {self.pk}"


class SubjectPack(models.Model):
    """The file that answers a request to see one's data. It lies encrypted on disk until `until`."""

    request = models.OneToOneField(
        SubjectRequest,
        verbose_name="verzoek",
        on_delete=models.PROTECT,
        related_name="pack",
        primary_key=True,
    )
    made_at = models.DateTimeField("gemaakt op", db_default=Now())
    sha256 = models.CharField("vingerafdruk", max_length=64)
    size = models.PositiveBigIntegerField("grootte in bytes")
    until = models.DateField("te openen tot en met")
    destroyed_at = models.DateTimeField("vernietigd op", null=True, blank=True)

    class Meta:
        verbose_name = "inzagepakket"
        verbose_name_plural = "inzagepakketten"

    def __str__(self) -> str:
        return f"pakket bij verzoek {self.pk}"

    def file_name(self) -> str:
        """The name on disk, which says nothing of whom it is about."""
        return pack_file_name(self.pk)


def pack_file_name(request: int) -> str:
    """The name on disk of the file that answers a request."""
    return f"inzage-{request}.pdf.age"
