"""The forms about batches and reminders."""

import datetime

from django import forms
from django.http import QueryDict

from letters.models import PauseReason, Production, RecallReason, Vendor
from outreach.kernel import clock

_DAY = {"required": "Vul een datum in.", "invalid": "Vul een bestaande datum in."}
KENMERK_LENGTH = 20


def _date_input() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class ComposeForm(forms.Form):
    """To whom a batch goes, and when it is printed."""

    vendor = forms.ModelChoiceField(
        Vendor.objects.filter(active=True),
        label="Drukker",
        empty_label="Kies een drukker",
        error_messages={"required": "Kies een drukker.", "invalid_choice": "Kies een drukker uit de lijst."},
    )
    planned_on = forms.DateField(
        label="Printdatum",
        widget=_date_input(),
        help_text="Als dd-mm-jjjj. De drukker ziet deze dag in de vooraankondiging.",
        error_messages=_DAY,
    )

    def clean_planned_on(self) -> datetime.date:
        planned_on = self.cleaned_data["planned_on"]
        if planned_on < clock.today():
            raise forms.ValidationError("Kies vandaag of een latere dag.")
        return planned_on


class RecallForm(forms.Form):
    """Why a whole batch is asked back."""

    reason = forms.ChoiceField(
        label="Waarom?",
        choices=[
            (RecallReason.MISTAKE.value, "De brieven kloppen niet. Ze kunnen later opnieuw."),
            (RecallReason.HAS_IT.value, "De brieven zijn niet meer nodig. Ze gaan niet meer uit."),
        ],
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Kies een reden."),
    )

    def chosen(self) -> RecallReason:
        return RecallReason(self.cleaned_data["reason"])


class PauseForm(forms.Form):
    """Why a household gets no reminder for a while, and until when."""

    reason = forms.ChoiceField(
        label="Waarom?",
        choices=PauseReason,
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Kies een reden."),
    )
    until = forms.DateField(
        label="Geen herinnering tot en met",
        widget=_date_input(),
        help_text="Als dd-mm-jjjj. Daarna kan dit huishouden weer een herinnering krijgen.",
        error_messages=_DAY,
    )


class LetterFilter(forms.Form):
    """Which letters of a round. A value that is not there filters nothing."""

    kenmerk = forms.CharField(
        label="Kenmerk of code",
        required=False,
        max_length=KENMERK_LENGTH,
        widget=forms.TextInput({"data-search": "", "autocomplete": "off"}),
    )
    stand = forms.ChoiceField(
        label="Productie", required=False, choices=[("", "Alle brieven"), *Production.choices]
    )

    def code(self) -> str:
        """The beginning of a form code, typed as a kenmerk (`12-K7QF3MZD`) or as it stands on the form."""
        pieces = self.cleaned_data.get("kenmerk", "").upper().replace(" ", "").split("-")
        return pieces[1] if len(pieces) == 2 else "".join(pieces)


class CloseRoundForm(forms.Form):
    """The choice to withdraw what was not sent; without it a round with letters in the way stays open."""

    withdraw = forms.BooleanField(
        label="Trek in wat nog niet is verstuurd",
        help_text="Deze huishoudens krijgen dan geen brief of herinnering meer uit deze ronde.",
        error_messages={
            "required": "Kies ervoor om dit in te trekken, of rond eerst af wat nog openstaat.",
        },
    )

    def __init__(self, data: QueryDict | None = None, *, in_the_way: bool) -> None:
        super().__init__(data)
        if not in_the_way:
            del self.fields["withdraw"]

    def chosen(self) -> bool:
        return self.cleaned_data.get("withdraw", False)
