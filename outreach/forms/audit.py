"""Forms of the privacy officer's reports."""

import datetime
import re
import uuid

from django import forms

from outreach.actions.audit_reports import Period
from outreach.kernel import clock
from outreach.models import User
from outreach.models.role_review import REMARK_LENGTH

#: What is shown when nobody chose days.
DAYS = 90
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_POSTCODE = re.compile(r"\s*([1-9]\d{3})\s*([A-Za-z]{2})\s*\Z")


def _day() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class HouseholdForm(forms.Form):
    """A household, by its address or by the number in the address of its page."""

    postcode = forms.CharField(label="Postcode", max_length=10, required=False)
    house_number = forms.IntegerField(label="Huisnummer", min_value=1, max_value=99999, required=False)
    number = forms.CharField(
        label="Of: nummer van het huishouden",
        max_length=300,
        required=False,
        help_text="Je mag ook het adres van de pagina van het huishouden plakken.",
    )

    def clean_postcode(self) -> str:
        """Four digits and two letters, as they are stored."""
        typed = self.cleaned_data["postcode"]
        found = _POSTCODE.match(typed)
        if typed and not found:
            raise forms.ValidationError("Vul een postcode in zoals 1234 AB.")
        return f"{found[1]}{found[2].upper()}" if found else ""

    def clean_number(self) -> uuid.UUID | None:
        """The number, also out of an address that was pasted."""
        typed = self.cleaned_data["number"]
        found = _UUID.search(typed)
        if typed and not found:
            raise forms.ValidationError("Hierin staat geen nummer van een huishouden.")
        return uuid.UUID(found[0]) if found else None

    def clean(self) -> None:
        """One of the two."""
        super().clean()
        told = self.cleaned_data
        whole = told.get("postcode") and told.get("house_number")
        if not self.errors and not told.get("number") and not whole:
            raise forms.ValidationError("Vul een postcode en een huisnummer in, of een nummer.")


class UserForm(forms.Form):
    """Somebody who works or worked here."""

    user = forms.ModelChoiceField(label="Medewerker", queryset=User.objects.all())

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].label_from_instance = lambda user: f"{user.display_name()} ({user.username})"


class PeriodForm(forms.Form):
    """Which days. Without a choice, the last ninety."""

    van = forms.DateField(label="Van", widget=_day())
    tot = forms.DateField(label="Tot en met", widget=_day())

    def clean(self) -> None:
        """In the right order."""
        super().clean()
        first, last = self.cleaned_data.get("van"), self.cleaned_data.get("tot")
        if first and last and last < first:
            raise forms.ValidationError("De laatste dag ligt voor de eerste.")

    def period(self) -> Period:
        """The days that were chosen, or the last ninety when they cannot be used."""
        if self.is_valid():
            return Period(self.cleaned_data["van"], self.cleaned_data["tot"])
        return usual()


def usual() -> Period:
    """The last ninety days."""
    today = clock.today()
    return Period(today - datetime.timedelta(days=DAYS), today)


class SignForm(forms.Form):
    """The digest of the list that was on the page, and what the signer has to say about it."""

    sha256 = forms.RegexField(r"^[0-9a-f]{64}$", widget=forms.HiddenInput)
    remark = forms.CharField(
        label="Opmerking",
        max_length=REMARK_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Bijvoorbeeld wat je liet veranderen voor je ondertekende.",
    )
