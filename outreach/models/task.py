"""Something that still has to be done for a household: by whom, and before when."""

import datetime
import uuid
from collections.abc import Iterable

from django.db import models
from django.db.models.functions import Now

from .gesprek import Gesprek, GesprekResult
from .household import Household, HouseholdMember
from .owned import OwnedQuerySet
from .team import Team
from .user import User

TEXT_LENGTH = 200


class TaskKind(models.TextChoices):
    """What has to be done."""

    CALL_BACK = "terugbellen", "Terugbellen"
    APPOINTMENT = "afspraak", "Afspraak"
    REPORT_MOVED = "terugmelding_brp", "Terugmelden aan de BRP: woont hier niet"
    HELP = "hulp_bij_aanvraag", "Helpen met een aanvraag"
    OTHER = "overig", "Iets anders"


#: The same kind, when it was said that somebody died.
REPORT_DIED = "Terugmelden aan de BRP: is overleden"

#: Kinds for which one goes to, calls or meets the resident.
IN_TOUCH = (TaskKind.CALL_BACK, TaskKind.APPOINTMENT, TaskKind.HELP)


class Meeting(models.TextChoices):
    """How one meets on an appointment."""

    HOME = "thuis", "Bij de inwoner thuis"
    DESK = "balie", "Aan de balie"
    PHONE = "telefoon", "Telefonisch"


class TaskState(models.TextChoices):
    """How far it is. Source: docs/states.md."""

    OPEN = "open", "Open"
    DONE = "gedaan", "Gedaan"
    DROPPED = "vervallen", "Niet meer nodig"


class TaskDropped(models.TextChoices):
    """Why something need not be done any more. A list, so that nobody writes a story about somebody."""

    DONE_ELSE = "al_geregeld", "Het is al geregeld"
    NOT_WANTED = "wil_niet", "De inwoner wil het niet meer"
    UNREACHED = "niet_bereikt", "De inwoner is niet te bereiken"
    LIVES_HERE = "woont_hier", "De BRP klopt: de inwoner woont hier"
    MISTAKE = "vergissing", "De taak was een vergissing"
    UNKNOWN = "onbekend", "Niet opgeschreven"


class TaskQuerySet(OwnedQuerySet["Task"]):
    def with_adults_of(self, household: Household) -> "TaskQuerySet":
        """Tasks of this household, and of earlier ones of its adults that the row policy shows."""
        adults = HouseholdMember.objects.filter(adult=True)
        persons = adults.filter(household=household).values("person")
        theirs = adults.filter(person__in=persons).values("household")
        return self.filter(models.Q(household=household) | models.Q(household__in=theirs))

    def appointments(self, day: datetime.date) -> "TaskQuerySet":
        """Those that still have to be kept, on this day or later."""
        return self.open().filter(kind=TaskKind.APPOINTMENT, due_on__gte=day)

    def of_adults_of(self, household: models.OuterRef | Iterable[uuid.UUID]) -> "TaskQuerySet":
        """As `with_adults_of`, of the household of the row around it, or of any of these (then `here`)."""
        lookup = "" if isinstance(household, models.OuterRef) else "__in"
        path = "household__members__person__memberships"
        mine = {f"{path}__household{lookup}": household}
        adults = {"household__members__adult": True, f"{path}__adult": True}
        return self.filter(**adults, **mine).annotate(here=models.F(f"{path}__household"))

    def next_of(self, households: Iterable[uuid.UUID], day: datetime.date) -> dict[uuid.UUID, datetime.date]:
        """The first appointment from this day on, per household that has one. One query for any number."""
        found = self.appointments(day).of_adults_of(list(households)).order_by("-due_on")
        return dict(found.values_list("here", "due_on"))

    def open(self) -> "TaskQuerySet":
        return self.filter(state=TaskState.OPEN)

    def with_refusal(self) -> "TaskQuerySet":
        """Annotates `refused`: somebody there does not want contact any more, and the task is about that.

        Asked whenever tasks are shown, since somebody may opt out after a task was made.
        """
        unwilling = HouseholdMember.objects.filter(
            household=models.OuterRef("household"), adult=True, person__no_contact=True
        )
        asks = models.Q(kind__in=IN_TOUCH)
        return self.annotate(refused=models.Case(models.When(asks, models.Exists(unwilling)), default=False))

    def overdue(self, day: datetime.date) -> "TaskQuerySet":
        """Open ones of which the term is over on this day; the last day itself is still in time."""
        return self.open().filter(due_on__lt=day)


class Task(models.Model):
    """One thing to do for one household, for one person or for a team of which anybody may take it.

    What it is about does not change afterwards (grants on the columns); who does it, before when, and how it
    ended do. `submission` is made with the form, so that a second tap makes nothing.
    """

    submission = models.UUIDField(
        "kenmerk van het formulier", unique=True, default=uuid.uuid4, editable=False
    )
    household = models.ForeignKey(
        Household, verbose_name="huishouden", on_delete=models.PROTECT, related_name="tasks"
    )
    gesprek = models.ForeignKey(
        Gesprek,
        verbose_name="uit het gesprek",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="tasks",
    )
    kind = models.CharField("wat", max_length=20, choices=TaskKind)
    text = models.CharField("toelichting", max_length=TEXT_LENGTH, blank=True)
    meeting = models.CharField("soort afspraak", max_length=10, choices=Meeting, blank=True)
    place = models.CharField("plaats", max_length=100, blank=True)
    at = models.TimeField("hoe laat", null=True, blank=True)
    owner = models.ForeignKey(
        User,
        verbose_name="voor wie",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="tasks",
    )
    team = models.ForeignKey(
        Team,
        verbose_name="voor welk team",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="tasks",
    )
    due_on = models.DateField("uiterlijk op")
    state = models.CharField("status", max_length=10, choices=TaskState, default=TaskState.OPEN)
    dropped_because = models.CharField(
        "waarom niet meer nodig", max_length=15, choices=TaskDropped, blank=True
    )
    made_by = models.ForeignKey(
        User, verbose_name="gemaakt door", on_delete=models.PROTECT, related_name="tasks_made"
    )
    made_at = models.DateTimeField("gemaakt op", db_default=Now())
    done_by = models.ForeignKey(
        User,
        verbose_name="afgerond door",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="tasks_done",
    )
    done_at = models.DateTimeField("afgerond op", null=True, blank=True)

    # Brought by `with_refusal`.
    refused: bool

    objects = TaskQuerySet.as_manager()

    class Meta:
        verbose_name = "taak"
        verbose_name_plural = "taken"
        ordering = ["due_on", "at", "id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=TaskKind.values), name="task_kind_known"),
            models.CheckConstraint(condition=models.Q(state__in=TaskState.values), name="task_state_known"),
            models.CheckConstraint(
                condition=models.Q(meeting__in=["", *Meeting.values]), name="task_meeting_known"
            ),
            models.CheckConstraint(
                condition=models.Q(owner__isnull=True, team__isnull=False)
                | models.Q(owner__isnull=False, team__isnull=True),
                name="task_owner_or_team",
                violation_error_message="Een taak is voor één persoon of voor één team.",
            ),
            models.CheckConstraint(
                condition=models.Q(kind=TaskKind.APPOINTMENT, at__isnull=False) & ~models.Q(meeting="")
                | ~models.Q(kind=TaskKind.APPOINTMENT) & models.Q(at__isnull=True, meeting="", place=""),
                name="task_appointment_whole",
                violation_error_message="Bij een afspraak horen een soort en een tijd.",
            ),
            models.CheckConstraint(
                condition=models.Q(state=TaskState.OPEN, done_by__isnull=True, done_at__isnull=True)
                | ~models.Q(state=TaskState.OPEN) & models.Q(done_by__isnull=False, done_at__isnull=False),
                name="task_ended_wholly",
            ),
            models.CheckConstraint(
                condition=models.Q(state=TaskState.DROPPED, dropped_because__in=TaskDropped.values)
                | ~models.Q(state=TaskState.DROPPED) & models.Q(dropped_because=""),
                name="task_dropped_because",
                violation_error_message="Kies waarom de taak niet meer nodig is.",
            ),
            models.UniqueConstraint(fields=["gesprek", "kind"], name="task_once_per_gesprek_and_kind"),
        ]
        indexes = [
            models.Index(
                fields=["owner", "due_on"], condition=models.Q(state="open"), name="task_open_of_owner"
            ),
            models.Index(
                fields=["team", "due_on"], condition=models.Q(state="open"), name="task_open_of_team"
            ),
        ]

    def __str__(self) -> str:
        """Says which row, never about whom: a name must not slip into a log."""
        return f"taak {self.pk}"

    def title(self) -> str:
        """What has to be done, in words. A report to the BRP reads its gesprek: bring that along."""
        said = self.gesprek.result if self.kind == TaskKind.REPORT_MOVED and self.gesprek else ""
        return REPORT_DIED if said == GesprekResult.DECEASED else self.get_kind_display()

    def doer(self) -> User | Team:
        """Who does it: a person or a team, never both (CHECK task_owner_or_team)."""
        found = self.owner or self.team
        if found is None:
            raise ValueError("a task without a doer")
        return found

    def is_overdue(self, day: datetime.date) -> bool:
        """Whether it is still open on a day after its last."""
        return self.state == TaskState.OPEN and self.due_on < day
