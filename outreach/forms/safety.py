"""Writing down what a colleague has to look out for at a door."""

import datetime
import uuid
from typing import Any

from django import forms

from outreach.actions.safety import Warned
from outreach.forms.free_text import NOTHING_SPECIAL, refuse_bsn
from outreach.kernel import clock
from outreach.models import Person
from outreach.models.safety import LONGEST_DAYS, TEXT_LENGTH, SafetyCategory

ADDRESS = "adres"
#: How long an instruction holds when nobody says otherwise.
USUAL_DAYS = 90


def _last_day(label: str) -> forms.DateField:
    return forms.DateField(
        label=label,
        help_text="Als dd-mm-jjjj. Hooguit een jaar vooruit; daarna vervalt het vanzelf.",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"required": "Vul een einddatum in.", "invalid": "Vul een bestaande datum in."},
    )


def _within_a_year(day: datetime.date) -> datetime.date:
    today = clock.today()
    if not today <= day <= today + datetime.timedelta(days=LONGEST_DAYS):
        raise forms.ValidationError("Kies een dag vanaf vandaag, hooguit een jaar vooruit.")
    return day


class ProlongForm(forms.Form):
    """Until which later day an instruction has to hold."""

    ends_on = _last_day("Tot en met welke dag moet dit gelden?")

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, initial={"ends_on": clock.today() + datetime.timedelta(days=USUAL_DAYS)})

    def clean_ends_on(self) -> datetime.date:
        return _within_a_year(self.cleaned_data["ends_on"])


class SafetyForm(forms.Form):
    """What to look out for, of whom or of the address, and until when."""

    submission = forms.UUIDField(
        widget=forms.HiddenInput,
        error_messages=dict.fromkeys(
            ("required", "invalid"), "Dit formulier is niet meer geldig. Open het adres opnieuw."
        ),
    )
    category = forms.ChoiceField(
        label="Waar moet je collega op letten?",
        choices=SafetyCategory,
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Kies waar je collega op moet letten."),
    )
    about = forms.ChoiceField(
        label="Gaat het om het adres of om een persoon?",
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Kies het adres of een persoon."),
    )
    text = forms.CharField(
        label="Wat moet je collega weten?",
        required=False,
        max_length=TEXT_LENGTH,
        validators=[refuse_bsn],
        help_text=f"Kort, en alleen wat je zelf zag of hoorde. {NOTHING_SPECIAL}",
        widget=forms.Textarea({"rows": 3}),
        error_messages={"max_length": "Deze tekst is te lang: hooguit %(limit_value)d tekens."},
    )
    ends_on = _last_day("Tot en met welke dag geldt dit?")

    def __init__(self, data: Any = None, *, people: dict[Person, str]) -> None:
        """`people` are all who live there, with their names."""
        self.people = {str(one.pk): one for one in people}
        until = clock.today() + datetime.timedelta(days=USUAL_DAYS)
        super().__init__(data, initial={"submission": uuid.uuid4(), "about": ADDRESS, "ends_on": until})
        names = [(str(one.pk), name) for one, name in people.items()]
        self.fields["about"].choices = [(ADDRESS, "Het adres"), *names]

    def clean_ends_on(self) -> datetime.date:
        return _within_a_year(self.cleaned_data["ends_on"])

    def said(self) -> Warned:
        """What is to be written down; the form must be valid."""
        cleaned = self.cleaned_data
        return Warned(
            SafetyCategory(cleaned["category"]),
            cleaned["ends_on"],
            cleaned["text"],
            self.people.get(cleaned["about"]),
        )
