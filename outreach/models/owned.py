"""What is one person's, or a team's of which anybody may take it: a task, an answer to wait for."""

from typing import Self, TypeVar

from django.db import models

from .user import Role, User

_Row = TypeVar("_Row", bound=models.Model)


class OwnedQuerySet(models.QuerySet[_Row]):
    """Of rows with an `owner` or a `team`."""

    def for_user(self, user: User) -> Self:
        """What this user has to do: what is his own, and what is of his team and nobody took yet."""
        mine = models.Q(owner=user)
        return self.filter(mine | models.Q(team=user.team_id) if user.team_id else mine)

    def in_hands_of(self, user: User) -> Self:
        """What this user may give on and move: his own, his team's, and for a teamleider all he leads."""
        return self.led_by(user) if user.role == Role.TEAMLEIDER else self.for_user(user)

    def led_by(self, user: User) -> Self:
        """What a teamleider watches over: all of his team, or of everybody when he leads no one team.

        For another role what his team has to do. The row policy leaves out households he may not see.
        """
        if user.role == Role.TEAMLEIDER and (user.team is None or user.team.all_areas):
            return self
        if user.team_id is None:
            return self.for_user(user)
        return self.filter(models.Q(team=user.team_id) | models.Q(owner__team=user.team_id))
