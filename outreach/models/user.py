"""People who work with the product. A role says what one may do, a team where."""

from typing import ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models

from outreach.kernel.db import NOBODY, Actor

from .team import Team


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

    def display_name(self) -> str:
        return self.get_full_name() or self.username
