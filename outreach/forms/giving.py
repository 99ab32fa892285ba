"""To whom looplijsten go, or addresses of one. In the address stand numbers of lists and of colleagues."""

import re
from typing import Any

from django import forms

from outreach.actions import giving
from outreach.actions.giving import Part, Target
from outreach.models import Looplijst, Team, User

#: `1-20, 34`: numbers on the list, and stretches of them.
_STRETCH = re.compile(r"(\d{1,5})(?:\s*(?:-|–|t/m)\s*(\d{1,5}))?")
NUMBERS_LENGTH = 200


def positions(text: str) -> tuple[int, ...]:
    """The numbers that somebody means. Raises ValidationError for a text that names none."""
    found: set[int] = set()
    for piece in filter(None, (part.strip() for part in re.split(r"[,;]", text))):
        match = _STRETCH.fullmatch(piece)
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (1, 0)
        if last < first:
            raise forms.ValidationError("Vul nummers in zoals 1-20 of 3, 8, 12.")
        found.update(range(first, last + 1))
    return tuple(sorted(found))


class GiveForm(forms.Form):
    """Which lists, and to whom."""

    lijst = forms.MultipleChoiceField(
        label="Welke lijsten?",
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Kies een of meer lijsten.",
            "invalid_choice": "Een van deze lijsten kun je niet (meer) overdragen.",
        },
    )
    nummers = forms.CharField(
        label="Welke nummers op de lijst?",
        required=False,
        max_length=NUMBERS_LENGTH,
        help_text="Bijvoorbeeld 1-20 of 3, 8, 12. Laat dit leeg voor de hele lijst.",
    )
    aan = forms.ChoiceField(
        label="Aan wie?",
        error_messages={
            "required": "Kies een team of een collega.",
            "invalid_choice": "Kies opnieuw aan wie.",
        },
    )

    def __init__(
        self, *args: Any, lists: list[Looplijst], one: Looplijst | None = None, **kwargs: Any
    ) -> None:
        """With `one` it is about that list, and maybe about some of its addresses."""
        super().__init__(*args, **kwargs)
        self._lists = {str(each.pk): each for each in lists}
        self._teams = {f"team-{each.pk}": each for each in Team.objects.order_by("name")}
        self._people = {f"medewerker-{each.pk}": each for each in giving.colleagues()}
        fields: Any = self.fields
        fields["aan"].choices = [
            ("", "Kies een team of een collega"),
            ("Een team", [(key, each.name) for key, each in self._teams.items()]),
            ("Een collega", [(key, _named(each)) for key, each in self._people.items()]),
        ]
        fields["lijst"].choices = [(key, _label(each)) for key, each in self._lists.items()]
        if one is not None:
            self.fields["lijst"].widget = forms.MultipleHiddenInput()
            self.fields["lijst"].initial = [str(one.pk)]
        else:
            del self.fields["nummers"]

    def clean_nummers(self) -> tuple[int, ...]:
        return positions(self.cleaned_data["nummers"])

    def parts(self) -> list[Part]:
        """What is to go; the form must be valid."""
        numbers = self.cleaned_data.get("nummers") or ()
        return [Part(self._lists[key], numbers) for key in self.cleaned_data["lijst"]]

    def target(self) -> Target:
        """Who gets it; the form must be valid."""
        chosen = self.cleaned_data["aan"]
        return Target(person=self._people.get(chosen), team=self._teams.get(chosen))


def _named(user: User) -> str:
    """`Bea Bakker (Buurtteam Noord)`."""
    return f"{user.display_name()} ({user.team or user.get_role_display()})"


def _label(looplijst: Looplijst) -> str:
    """`Buurtteam Noord, lijst 12: 30 nog te doen, voor Bea Bakker (Bezoeken voorjaar)`."""
    number = "" if looplijst.pile else f", lijst {looplijst.pk}"
    left = f"{looplijst.todo} nog te doen"  # type: ignore[attr-defined]
    whose = f", voor {looplijst.assigned_to.display_name()}" if looplijst.assigned_to else ""
    return f"{looplijst.team}{number}: {left}{whose} ({looplijst.round.name})"
