"""Why somebody came out: that it lies sealed, who asked to open it, and the answer while it can be read.

What is sealed is in the box. Of a person there is his random key alone, without a foreign key: the people
themselves stay closed to who asks.
"""

import datetime
from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from outreach.models import User

from .run import Run

REASON_LENGTH = 300
#: So long the two who opened it can read an answer; then it is gone.
READABLE_DAYS = 14


class RunSeal(models.Model):
    """That the reasons of one koppeling lie sealed, and under which key. Written by the worker alone."""

    run = models.OneToOneField(
        Run, verbose_name="koppeling", primary_key=True, on_delete=models.PROTECT, related_name="seal"
    )
    key_name = models.CharField("sleutel", max_length=60, unique=True)
    people = models.PositiveIntegerField("mensen")
    sealed_at = models.DateTimeField("verzegeld op", db_default=Now())
    destroyed_at = models.DateTimeField("vernietigd op", null=True, blank=True)

    class Meta:
        verbose_name = "verzegeling"
        verbose_name_plural = "verzegelingen"
        ordering = ["-run_id"]

    def __str__(self) -> str:
        return f"verzegelde redenen van koppeling {self.run_id}"


class UnsealState(models.TextChoices):
    """The life of a request to unseal. Source: docs/states.md."""

    ASKED = "gevraagd", "Wacht op de juridisch adviseur"
    ALLOWED = "toegestaan", "Toegestaan, wacht op de werker"
    OPENED = "geopend", "Geopend"
    EXPIRED = "verlopen", "Niet meer te lezen"
    REFUSED = "geweigerd", "Geweigerd"
    WITHDRAWN = "ingetrokken", "Ingetrokken"
    FAILED = "mislukt", "Niet te openen"


#: While one of these stands, the seals of its koppeling are not destroyed, and nobody asks it again.
OPEN_UNSEALS = (UnsealState.ASKED, UnsealState.ALLOWED, UnsealState.OPENED)


class UnsealRequestQuerySet(models.QuerySet["UnsealRequest"]):
    def open(self) -> "UnsealRequestQuerySet":
        """Requests that still wait, or of which the answer can be read."""
        return self.filter(state__in=OPEN_UNSEALS)


class UnsealRequest(models.Model):
    """A request to open why one person came out of one koppeling: the officer asks, the adviser agrees.

    The answer is encrypted to `recipient`; what opens it is `identity`, encrypted under a key of the pages.
    """

    person = models.UUIDField("persoon")
    run = models.ForeignKey(
        Run, verbose_name="koppeling", on_delete=models.PROTECT, related_name="unseal_requests"
    )
    reason = models.CharField("waarom dit nodig is", max_length=REASON_LENGTH)
    state = models.CharField("status", max_length=12, choices=UnsealState, default=UnsealState.ASKED)
    asked_by = models.ForeignKey(
        User, verbose_name="gevraagd door", on_delete=models.PROTECT, related_name="unseals_asked"
    )
    asked_at = models.DateTimeField("gevraagd op", db_default=Now())
    adviser = models.ForeignKey(
        User,
        verbose_name="juridisch adviseur",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="unseals_decided",
    )
    decided_at = models.DateTimeField("besloten op", null=True, blank=True)
    opened_at = models.DateTimeField("geopend op", null=True, blank=True)
    readable_until = models.DateField("te lezen tot en met", null=True, blank=True)
    recipient = models.CharField("openbare sleutel (age)", max_length=100)
    identity = models.CharField("sleutel van het antwoord, versleuteld", max_length=400, blank=True)
    problem = models.CharField("waarom niet geopend", max_length=300, blank=True)

    objects: ClassVar = UnsealRequestQuerySet.as_manager()

    class Meta:
        verbose_name = "verzoek tot ontzegelen"
        verbose_name_plural = "verzoeken tot ontzegelen"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=UnsealState.values), name="unseal_state_known"
            ),
            models.CheckConstraint(
                condition=~models.Q(reason=""),
                name="unseal_has_reason",
                violation_error_message="Schrijf op waarom dit nodig is.",
            ),
            models.CheckConstraint(
                condition=models.Q(adviser__isnull=True) | ~models.Q(adviser=models.F("asked_by")),
                name="unseal_second_person",
                violation_error_message="Een ander dan wie het vroeg geeft akkoord.",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    adviser__isnull=True, decided_at__isnull=True, state__in=["gevraagd", "ingetrokken"]
                )
                | models.Q(~models.Q(state="gevraagd"), adviser__isnull=False, decided_at__isnull=False),
                name="unseal_decided_completely",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    ~models.Q(state__in=["geopend", "verlopen"]),
                    opened_at__isnull=True,
                    readable_until__isnull=True,
                )
                | models.Q(
                    state__in=["geopend", "verlopen"], opened_at__isnull=False, readable_until__isnull=False
                ),
                name="unseal_opened_completely",
            ),
            models.UniqueConstraint(
                fields=["run", "person"],
                condition=models.Q(state__in=["gevraagd", "toegestaan", "geopend"]),
                name="unseal_once",
                violation_error_message="Hierover loopt al een verzoek.",
            ),
        ]

    def __str__(self) -> str:
        return f"verzoek tot ontzegelen {self.pk}"

    def is_readable(self, today: datetime.date) -> bool:
        """Whether the answer can still be read on this day."""
        until = self.readable_until
        return self.state == UnsealState.OPENED and until is not None and today <= until


class UnsealAnswer(models.Model):
    """What the worker found, encrypted for the one request. Its table is unlogged: in no backup, no WAL."""

    request = models.OneToOneField(
        UnsealRequest,
        verbose_name="verzoek",
        primary_key=True,
        on_delete=models.PROTECT,
        related_name="answer",
    )
    sealed = models.BinaryField("antwoord, versleuteld")

    class Meta:
        verbose_name = "antwoord op een verzoek tot ontzegelen"
        verbose_name_plural = "antwoorden op verzoeken tot ontzegelen"

    def __str__(self) -> str:
        return f"antwoord op verzoek {self.request_id}"
