"""Who takes over from somebody who stops working here."""

from typing import Any

from django import forms

from outreach.models import Team, User


class LeavingForm(forms.Form):
    """To whom the lists, tasks and drafts go; asked only when there are any."""

    aan = forms.ChoiceField(
        label="Wie neemt het werk over?",
        error_messages={
            "required": "Kies wie het overneemt.",
            "invalid_choice": "Kies opnieuw wie het overneemt.",
        },
    )

    def __init__(
        self, *args: Any, team: Team | None, people: list[User], needed: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if not needed:
            del self.fields["aan"]
            return
        self._doers: dict[str, User | Team] = {f"medewerker-{one.pk}": one for one in people}
        choices = [("", "Maak een keuze")]
        if team is not None:
            self._doers["team"] = team
            choices.append(("team", f"Het team: {team.name}"))
        people_named = [(f"medewerker-{one.pk}", _named(one)) for one in people]
        fields: Any = self.fields
        fields["aan"].choices = [*choices, ("Een collega", people_named)]

    def taker(self) -> User | Team | None:
        """Who takes over, None when there is nothing; the form must be valid."""
        return self._doers[self.cleaned_data["aan"]] if "aan" in self.fields else None


def _named(user: User) -> str:
    return f"{user.display_name()} ({user.team or user.get_role_display()})"
