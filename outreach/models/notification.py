"""What is told to somebody who works here: that there is something for him to look at."""

import datetime

from django.db import models
from django.db.models.functions import Now

from .user import User

#: So long a notification is kept. The row policy says the same of what background work may remove.
KEPT_FOR = datetime.timedelta(days=90)


class NotificationKind(models.TextChoices):
    """What it is about. The kind says of which thing `about` is the number."""

    TASK_GIVEN = "taak_gegeven", "Je hebt een taak gekregen"
    TASK_CHANGED = "taak_gewijzigd", "Een ander heeft je taak verzet, doorgegeven of afgerond"
    TASK_LATE = "taak_te_laat", "Een taak is te laat"
    LIST_GIVEN = "looplijst_gegeven", "Je hebt een looplijst gekregen"
    REFERRAL_ANSWERED = "overdracht_antwoord", "Een organisatie gaf antwoord op een overdracht"
    REFERRAL_GIVEN = "overdracht_gegeven", "Je wacht nu op het antwoord van een organisatie"
    REFERRAL_CHANGED = "overdracht_gewijzigd", "Een ander heeft je overdracht verzet of doorgegeven"
    REFERRAL_LATE = "overdracht_te_laat", "Een organisatie gaf nog geen antwoord"
    SAFETY_WAITS = "veiligheid_wacht", "Een veiligheidsinstructie wacht op goedkeuring"
    SAFETY_ENDS = "veiligheid_eindigt", "Een veiligheidsinstructie eindigt binnen twee weken"
    BREACH_REPORTED = "datalek_gemeld", "Er is een datalek gemeld"
    BREACH_DUE = "datalek_termijn", "Een datalek moet binnen 24 uur gemeld zijn"
    BREACH_LATE = "datalek_te_laat", "De 72 uur van een datalek zijn voorbij"
    CODES_GUESSED = "codes_te_vaak", "Een collega zocht te vaak op een briefcode"
    SHEET_LATE = "afdruk_te_laat", "Een afdruk is nog niet vernietigd"
    SHEET_WRONG = "afdruk_afgemeld", "Een afdruk klopt niet meer"
    DRAFT_LEFT = "concept_ligt_er_nog", "Je hebt een gesprek niet opgeslagen"
    AGREEMENT_ENDS = "afspraak_eindigt", "Een afspraak met een bron eindigt binnen 60 dagen"
    COLUMNS_UNUSED = "kolommen_ongebruikt", "Kolommen van een bron zijn een jaar niet gebruikt"
    REQUEST_DUE = "verzoek_termijn", "Een inwoner moet binnen een week antwoord hebben"
    REQUEST_LATE = "verzoek_te_laat", "Een inwoner had al antwoord moeten hebben"
    TERM_OVER = "termijn_voorbij", "Van gegevens is de bewaartermijn voorbij"
    LIST_WAITS = "vernietiging_wacht", "Een vernietigingslijst wacht op een tweede mens"
    LIST_STUCK = "vernietiging_stokt", "Een vernietigingslijst is nog niet helemaal uitgevoerd"
    UNSEAL_WAITS = "ontzegelen_wacht", "Een verzoek om te ontzegelen wacht op jou"
    ROLES_UNSIGNED = "rollen_tekenen", "De rollen van dit kwartaal zijn nog niet ondertekend"
    NOTICE_ENDS = "mededeling_eindigt", "De openbare mededeling is bijna een jaar oud"


#: What a colleague did to somebody's work, and may do again on the same day.
ACTS = (
    NotificationKind.TASK_GIVEN,
    NotificationKind.TASK_CHANGED,
    NotificationKind.LIST_GIVEN,
    NotificationKind.REFERRAL_GIVEN,
    NotificationKind.REFERRAL_CHANGED,
)

#: Told once in a calendar year, and kept as long as that lasts: without the first it would be told again.
ONCE_A_YEAR = (NotificationKind.COLUMNS_UNUSED,)


class NotificationQuerySet(models.QuerySet["Notification"]):
    def unread_of(self, user: User) -> "NotificationQuerySet":
        """What this user has not opened yet; the row policy shows nobody those of another."""
        return self.filter(user=user, read_at__isnull=True)


class Notification(models.Model):
    """One thing told to one user: a kind and a number, and nothing about anybody.

    `day` is the day that it is about: of an act the day of the act, of a term its last day. So the same thing
    is told once, and a task that is late again after it got more time is told again. What a colleague did
    (`ACTS`) is told again when he did it again after the first was read.
    """

    user = models.ForeignKey(
        User, verbose_name="voor wie", on_delete=models.CASCADE, related_name="notifications"
    )
    kind = models.CharField("wat", max_length=20, choices=NotificationKind)
    about = models.BigIntegerField("nummer")
    day = models.DateField("dag")
    made_at = models.DateTimeField("gemaakt op", db_default=Now())
    read_at = models.DateTimeField("gelezen op", null=True, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = "melding"
        verbose_name_plural = "meldingen"
        ordering = ["-made_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "kind", "about", "day"],
                # What a colleague does again on a day is told again once the first was read; a term is not.
                condition=models.Q(read_at__isnull=True) | ~models.Q(kind__in=ACTS),
                name="notification_once",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=NotificationKind.values), name="notification_kind_known"
            ),
        ]
        indexes = [
            models.Index(
                fields=["user"], condition=models.Q(read_at__isnull=True), name="notification_unread"
            ),
            models.Index(fields=["made_at"], name="notification_made_at"),
        ]

    def __str__(self) -> str:
        return f"melding {self.pk}"


class DailyMail(models.Model):
    """That the mail of a day to a user went out, or is going out: there is one a day.

    The row is written before the mail is sent. A worker that dies in between sends none that day, and never
    two.
    """

    user = models.ForeignKey(
        User, verbose_name="aan wie", on_delete=models.CASCADE, related_name="daily_mails"
    )
    day = models.DateField("dag")

    class Meta:
        verbose_name = "dagelijkse mail"
        verbose_name_plural = "dagelijkse mails"
        constraints = [models.UniqueConstraint(fields=["user", "day"], name="daily_mail_once")]

    def __str__(self) -> str:
        return f"mail {self.pk}"
