"""Writing down who acts for somebody, and ending it."""

import datetime
import re
from typing import Any

from django import forms
from django.core.validators import RegexValidator

from letters.actions.in_window import misfit
from outreach.actions.representatives import Representation
from outreach.forms.free_text import refuse_bsn
from outreach.kernel import clock
from outreach.models import Person, Representative
from outreach.models.representative import POSTCODE, RepresentativeKind

_DAY = {"required": "Vul een datum in.", "invalid": "Vul een bestaande datum in."}
_NUMBER = dict.fromkeys(("invalid", "min_value", "max_value"), "Vul een nummer in, zonder letters.")
MAX_NUMBER = 99_999
#: How far ahead an appointment is written down.
AHEAD = datetime.timedelta(days=366)


def _text(label: str, field: str, help_text: str = "", required: str = "") -> forms.CharField:
    """A text as long as the column holds; `required` is what is said when it is empty."""
    return forms.CharField(
        label=label,
        required=bool(required),
        max_length=Representative._meta.get_field(field).max_length,
        validators=[refuse_bsn],
        help_text=help_text,
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={
            "required": required,
            "max_length": "Deze tekst is te lang: hooguit %(limit_value)d tekens.",
        },
    )


def _number(label: str, help_text: str = "") -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=1,
        max_value=MAX_NUMBER,
        help_text=help_text,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
        error_messages=_NUMBER,
    )


def _date_input() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class RepresentativeForm(forms.Form):
    """Who acts for whom, where his post goes, and which paper says so."""

    person = forms.ChoiceField(
        label="Voor wie?",
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Kies voor wie dit is."),
    )
    kind = forms.ChoiceField(
        label="Soort vertegenwoordiger",
        choices=RepresentativeKind,
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Kies een soort."),
    )
    name = _text("Naam van de persoon of het kantoor", "name", required="Vul een naam in.")
    attention = _text("Ter attentie van", "attention", "Alleen als er bij een kantoor een naam bij moet.")
    street = _text("Straat", "street", "Komt de post in een postbus? Laat straat en huisnummer dan leeg.")
    house_number = _number("Huisnummer")
    house_letter = _text("Huisletter", "house_letter")
    house_suffix = _text("Toevoeging", "house_suffix")
    po_box = _number("Postbus", "Alleen het nummer.")
    postcode = forms.CharField(
        label="Postcode",
        max_length=10,
        validators=[RegexValidator(POSTCODE, "Vul een postcode in, zoals 1234 AB.")],
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={
            "required": "Vul een postcode in.",
            "max_length": "Vul een postcode in, zoals 1234 AB.",
        },
    )
    city = _text("Plaats", "city", required="Vul een plaats in.")
    phone = _text("Telefoon", "phone")
    document = _text(
        "Kenmerk van het bewijs",
        "document",
        "Bijvoorbeeld het zaaknummer van de beschikking, of waar de machtiging is opgeborgen."
        " Schrijf hier niet waarom iemand een vertegenwoordiger heeft.",
        required="Vul in uit welk papier dit blijkt.",
    )
    starts_on = forms.DateField(
        label="Eerste dag", widget=_date_input(), help_text="Als dd-mm-jjjj.", error_messages=_DAY
    )
    ends_on = forms.DateField(
        label="Laatste dag",
        required=False,
        widget=_date_input(),
        help_text="Laat leeg als dat nog niet vaststaat.",
        error_messages=_DAY,
    )

    def __init__(self, data: Any = None, *, people: dict[Person, str]) -> None:
        """`people` are the adults of the household with their names, the addressee first."""
        self.people = {str(one.pk): one for one in people}
        first = next(iter(self.people), "")
        super().__init__(data, initial={"person": first, "starts_on": clock.today()})
        self.fields["person"].choices = [(str(one.pk), name) for one, name in people.items()]

    def full_clean(self) -> None:
        """A postcode counts as it is written: `1234 ab`."""
        if self.is_bound:
            sent = self.data.copy()
            sent["postcode"] = re.sub(r"\s", "", sent.get("postcode", "")).upper()
            self.data = sent
        super().full_clean()

    def clean_starts_on(self) -> datetime.date:
        day = self.cleaned_data["starts_on"]
        if day > clock.today() + AHEAD:
            raise forms.ValidationError("Deze dag ligt meer dan een jaar vooruit. Kies een eerdere dag.")
        return day

    def clean(self) -> dict[str, Any]:
        """One address, and an end that does not come before the beginning."""
        cleaned = super().clean() or self.cleaned_data
        self._check_address(cleaned)
        first, last = cleaned.get("starts_on"), cleaned.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", "De laatste dag ligt vóór de eerste dag.")
        if not self.errors and (problem := misfit(cleaned)):
            self.add_error("name", problem)
        return cleaned

    def _check_address(self, cleaned: dict[str, Any]) -> None:
        house = ("street", "house_number", "house_letter", "house_suffix")
        if self.errors.keys() & {*house, "po_box"}:
            return
        if cleaned.get("po_box"):
            if any(cleaned.get(name) for name in house):
                self.add_error("po_box", "Vul een straat met huisnummer in, of een postbus. Niet allebei.")
        elif not cleaned.get("street"):
            self.add_error("street", "Vul een straat in, of een postbus.")
        elif not cleaned.get("house_number"):
            self.add_error("house_number", "Vul een huisnummer in.")

    def chosen(self) -> Person:
        """For whom; the form must be valid."""
        return self.people[self.cleaned_data["person"]]

    def said(self) -> Representation:
        """What is to be written down; the form must be valid."""
        cleaned = {name: value for name, value in self.cleaned_data.items() if name != "person"}
        return Representation(**cleaned | {"kind": RepresentativeKind(cleaned["kind"])})


class EndForm(forms.Form):
    """After which day somebody no longer acts for another."""

    last_day = forms.DateField(
        label="Laatste dag",
        widget=_date_input(),
        help_text="Als dd-mm-jjjj. Was het een vergissing? Kies de dag vóór de eerste dag.",
        error_messages=_DAY,
    )
