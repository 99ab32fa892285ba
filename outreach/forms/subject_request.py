"""Writing down what a resident asks about his own data, and what is done with it."""

import datetime
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms

from optout.forms import checked_number, number_field
from outreach.actions.subject_requests import Resident
from outreach.forms.free_text import refuse_bsn
from outreach.kernel import clock
from outreach.models.subject_request import TEXT_LENGTH, IdentityCheck, RequestChannel, RequestKind

_UNCHECKED = "Nog niet gecontroleerd"


def _text(label: str, help_text: str = "", *, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=TEXT_LENGTH,
        required=required,
        help_text=help_text,
        validators=[refuse_bsn],
        widget=forms.Textarea(attrs={"rows": 3, "cols": 60}),
    )


def _day(label: str, **kwargs: Any) -> forms.DateField:
    return forms.DateField(
        label=label, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), **kwargs
    )


class RequestForm(forms.Form):
    """What was asked, when and how, and by whom: by name and birth date, or by BSN."""

    kind = forms.ChoiceField(label="Wat de inwoner vraagt", choices=RequestKind)
    received_on = _day("Ontvangen op")
    channel = forms.ChoiceField(label="Hoe het binnenkwam", choices=RequestChannel)
    identity = forms.ChoiceField(
        label="Identiteit gecontroleerd",
        required=False,
        choices=[("", _UNCHECKED), *IdentityCheck.choices],
        help_text="Zonder controle maakt Bereik geen pakket. Je kunt dit later ook nog invullen.",
    )
    reference = forms.CharField(
        label="Zaaknummer",
        max_length=60,
        required=False,
        validators=[refuse_bsn],
        help_text="Van je eigen zaaksysteem. Geen namen, geen BSN.",
    )
    about = _text("Wat er niet klopt, of waarom", "Nodig bij een correctie. Geen BSN.", required=False)
    name = forms.CharField(
        label="Achternaam", max_length=200, required=False, help_text="Voornaam erbij mag. Hele woorden."
    )
    born = _day("Geboortedatum", required=False)
    bsn = number_field("Of het BSN", "Wordt meteen versleuteld. Je ziet het niet terug.")
    person = forms.CharField(label="Wie is het?", required=False, widget=forms.RadioSelect)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, initial={"received_on": clock.today})
        self.fields["bsn"].required = False
        self.residents: dict[str, Resident] = {}

    def clean_received_on(self) -> datetime.date:
        day: datetime.date = self.cleaned_data["received_on"]
        if day > clock.today():
            raise forms.ValidationError("Kies een dag die geweest is.")
        return day

    def clean_bsn(self) -> str:
        typed: str = self.cleaned_data["bsn"]
        return checked_number(typed) if typed else ""

    def clean(self) -> None:
        """One way to say who it is; and a correction says what is wrong."""
        super().clean()
        told = self.cleaned_data
        if told.get("kind") == RequestKind.CORRECTION and not told.get("about"):
            self.add_error("about", "Schrijf op wat er niet klopt.")
        by_name = bool(told.get("name") and told.get("born"))
        if not self.errors and by_name == bool(told.get("bsn")):
            raise forms.ValidationError("Vul een naam met een geboortedatum in, of een BSN.")

    def offer(self, found: Iterable[Resident]) -> None:
        """Put those who were found on the form. A choice counts when the search finds it once more."""
        self.residents = {str(one.person): one for one in found}
        choices = [(key, f"{one.name}, {one.address}") for key, one in self.residents.items()]
        self.fields["person"].widget.choices = choices

    def chosen(self) -> UUID | None:
        """Who of those it is; None as long as nobody of them was chosen."""
        found = self.residents.get(self.cleaned_data["person"])
        return found.person if found else None


class IdentityForm(forms.Form):
    """How we know that it is he."""

    identity = forms.ChoiceField(label="Hoe de identiteit is gecontroleerd", choices=IdentityCheck)


class ReasonForm(forms.Form):
    """Why. It is told to the resident, and stands in what he sees of us."""

    reason = _text("Reden", "De inwoner krijgt dit te horen. Geen BSN.")


class HoldReasonForm(forms.Form):
    """Why the data of who asked stay."""

    because = _text("Waarom bewaren", "Zoals het nummer van de zaak. Geen namen, geen BSN.")


class ToldForm(forms.Form):
    """Who was told what is wrong."""

    whom = forms.CharField(
        label="Aan wie de fout is doorgegeven",
        max_length=100,
        validators=[refuse_bsn],
        help_text="Wie het gegeven bijhoudt, zoals de BRP of de afdeling Belastingen.",
    )
