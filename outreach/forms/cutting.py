"""What a new looplijst is made from. It stands in the address: nothing in it is about anybody."""

from typing import Any

from django import forms

from outreach.actions import cutting
from outreach.actions.cutting import AT_MOST, Criteria
from outreach.models import Klasse, Regeling, Round, Team

#: As many doors as somebody sees in a few half days.
USUAL = 30
LARGEST_LOT = 9999


class TeamForm(forms.Form):
    """The first step: for which team."""

    team = forms.ChoiceField(
        label="Voor welk team?",
        widget=forms.RadioSelect,
        error_messages={"required": "Kies een team.", "invalid_choice": "Kies een team."},
    )

    def __init__(self, *args: Any, teams: list[Team], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"].choices = [(str(team.pk), team.name) for team in teams]  # type: ignore[attr-defined]


class CutForm(forms.Form):
    """The second step: where, for which regelingen, how many addresses, and the lot that decides which."""

    team = forms.CharField(widget=forms.HiddenInput)
    buurten = forms.MultipleChoiceField(
        label="Buurten",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Kies een of meer buurten."},
    )
    regelingen = forms.MultipleChoiceField(
        label="Regelingen",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Kies een of meer regelingen."},
    )
    klassen = forms.MultipleChoiceField(
        label="Voor wie",
        widget=forms.CheckboxSelectMultiple,
        choices=Klasse.choices,
        error_messages={"required": "Kies zeker, onzeker of allebei."},
    )
    at_most = forms.IntegerField(
        label="Hoeveel adressen hooguit?",
        min_value=1,
        max_value=AT_MOST,
        initial=USUAL,
        error_messages={
            "required": "Vul een aantal in.",
            "invalid": "Vul een aantal in, zoals 30.",
            "min_value": "Vul 1 of meer in.",
            "max_value": "Vul hooguit %(limit_value)d in.",
        },
    )
    seed = forms.IntegerField(
        label="Getal voor de straten",
        min_value=0,
        max_value=LARGEST_LOT,
        help_text="Dit getal bepaalt welke straten eerst komen. Met hetzelfde getal en dezelfde keuzes krijg"
        " je dezelfde lijst. Een ander getal geeft andere straten.",
        error_messages={
            "required": "Vul een getal in.",
            "invalid": "Vul een getal in, zoals 1.",
            "min_value": "Vul 0 of meer in.",
            "max_value": "Vul hooguit %(limit_value)d in.",
        },
    )

    def __init__(self, *args: Any, team: Team, round_: Round, **kwargs: Any) -> None:
        self._team = team
        buurten = [(one.code, one.name) for one in team.buurten.order_by("name", "code")]
        regelingen = [(one.pk, one.name) for one in Regeling.objects.filter(pk__in=round_.regelingen)]
        klassen = [(one.value, str(one.label)) for one in Klasse if one in round_.klassen]
        chosen = {"buurten": buurten, "regelingen": regelingen, "klassen": klassen}
        initial = {name: [key for key, _ in some] for name, some in chosen.items()}
        initial |= {"team": team.pk, "seed": cutting.next_seed(round_)}
        super().__init__(*args, initial=initial, **kwargs)
        for name, choices in chosen.items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    def criteria(self) -> Criteria:
        """What was chosen; the form must be valid."""
        chosen = {name: value for name, value in self.cleaned_data.items() if name != "team"}
        return cutting.criteria(team=self._team, **chosen)
