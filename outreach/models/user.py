"""People who work with the product. A role says what one may do, a team where."""

import json
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.utils.crypto import salted_hmac

from outreach.kernel.db import NOBODY, Actor

from .team import Team

#: What the database counts the changes of.
RIGHTS = frozenset({"role", "team", "is_active", "is_superuser", "is_staff"})


class Role(models.TextChoices):
    """Everyone has one role; without one he may do nothing."""

    CONSULENT = "consulent", "Consulent"
    TEAMLEIDER = "teamleider", "Teamleider"
    BUURTTEAM = "buurtteam", "Buurtteam"
    APPLICATIEBEHEERDER = "applicatiebeheerder", "Applicatiebeheerder"
    FUNCTIONEEL_BEHEERDER = "functioneel_beheerder", "Functioneel beheerder"
    PRIVACY_OFFICER = "privacy_officer", "Privacy officer"
    JURIDISCH_ADVISEUR = "juridisch_adviseur", "Juridisch adviseur"
    COMMUNICATIEADVISEUR = "communicatieadviseur", "Communicatieadviseur"
    ANALIST = "analist", "Analist"
    DRUKKER = "drukker", "Drukker"


class User(AbstractUser):
    """One person who signs in. Being a superuser opens no personal data: the role decides."""

    role = models.CharField("rol", max_length=30, choices=Role, blank=True)
    team = models.ForeignKey(
        Team, verbose_name="team", null=True, blank=True, on_delete=models.PROTECT, related_name="users"
    )
    daily_mail = models.BooleanField(
        "elke werkdag een mail",
        default=True,
        db_default=True,
        help_text="Alleen als er iets op je wacht. In de mail staan geen gegevens van inwoners.",
    )
    # The database counts each change of what somebody may do, by whatever way (trigger `tel_rechten`).
    standing = models.PositiveIntegerField("stand van de rechten", default=0, db_default=0, editable=False)

    objects: ClassVar[UserManager["User"]] = UserManager()

    class Meta:
        verbose_name = "gebruiker"
        verbose_name_plural = "gebruikers"
        ordering = ["username"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(role__in=["", *Role.values]),
                name="user_role_known",
                violation_error_message="Deze rol bestaat niet.",
            ),
            models.CheckConstraint(
                condition=~models.Q(role=Role.BUURTTEAM) | models.Q(team__isnull=False),
                name="user_buurtteam_has_team",
                violation_error_message="Een medewerker van een buurtteam hoort bij een team.",
            ),
        ]

    def actor(self) -> Actor:
        """How the row policies and the audit see this user. Costs two queries when there is a team."""
        if not self.role or not self.is_active:
            return NOBODY
        if self.team is None:
            everywhere = self.role in (Role.CONSULENT, Role.TEAMLEIDER)
            return Actor(id=str(self.pk), kind=self.role, all_areas=everywhere)
        return Actor(
            id=str(self.pk),
            kind=self.role,
            team=str(self.team.pk),
            areas=tuple(self.team.buurten.values_list("code", flat=True)),
            all_areas=self.team.all_areas and self.role != Role.BUURTTEAM,
            municipal=self.team.municipal,
        )

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What every sign-in of this user is held against at each request, beside his password.

        Another role, another team or being put out of work ends them all, wherever they are, also when it was
        put back before the next request: `standing` only grows.
        """
        standing = [self.password, self.role, self.team_id, self.is_active, self.is_superuser, self.is_staff]
        standing.append(self.standing)
        return salted_hmac(
            "outreach.models.User.sign_in", json.dumps(standing), secret=secret, algorithm="sha256"
        ).hexdigest()

    def save(self, *args: Any, **kwargs: Any) -> None:
        """As always, and then know how often his rights changed: who signs in with this object stays in."""
        added, told = self._state.adding, kwargs.get("update_fields")
        super().save(*args, **kwargs)
        if not added and (told is None or not RIGHTS.isdisjoint(told)):
            self.refresh_from_db(fields=["standing"])

    def display_name(self) -> str:
        return self.get_full_name() or self.username
