"""Writing down what somebody does not want."""

import datetime
import re
from collections.abc import Iterable
from typing import Any

from django import forms

from optout.models import Channel, PublicNotice, Scope, TypedKind
from outreach.forms.scanned import refuse_infected
from outreach.kernel import bsn, clock
from outreach.models import Person, Regeling

#: How somebody told it to who fills in a form. A list comes as a delivery.
CHANNELS = [(one.value, one.label) for one in Channel if one != Channel.DELIVERY]
_CHOOSE = {"required": "Maak een keuze.", "invalid_choice": "Maak een keuze."}


class WishForm(forms.Form):
    """What somebody does not want, and how he told us."""

    scope = forms.ChoiceField(
        label="Wat wil deze persoon niet?",
        choices=Scope,
        initial=Scope.ALL,
        widget=forms.RadioSelect,
        error_messages=_CHOOSE,
    )
    regeling = forms.ChoiceField(
        label="Over welke regeling?", required=False, help_text="Alleen bij ‘Niet over één regeling’."
    )
    channel = forms.ChoiceField(
        label="Hoe is het verteld?", choices=CHANNELS, widget=forms.RadioSelect, error_messages=_CHOOSE
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        named = [(one.pk, one.name) for one in Regeling.objects.order_by("name")]
        self.fields["regeling"].choices = [("", "Kies een regeling"), *named]

    def clean(self) -> dict[str, Any]:
        """A regeling is named where the wish is about one, and only there."""
        cleaned = super().clean() or self.cleaned_data
        about_one = cleaned.get("scope") == Scope.REGELING
        if about_one and not cleaned.get("regeling") and "regeling" not in self.errors:
            self.add_error("regeling", "Kies over welke regeling.")
        if not about_one:
            cleaned["regeling"] = ""
        return cleaned


class PersonWishForm(WishForm):
    """The same, for an adult of one household."""

    person = forms.ChoiceField(label="Wie?", widget=forms.RadioSelect, error_messages=_CHOOSE)
    field_order = ("person", "scope", "regeling", "channel")

    def __init__(self, data: Any = None, *, people: Iterable[tuple[Person, str]]) -> None:
        """`people` are the adults with their names."""
        super().__init__(data)
        self.people = {str(one.pk): one for one, _ in people}
        self.fields["person"].choices = [(str(one.pk), name) for one, name in people]
        if len(self.people) == 1:
            self.fields["person"].initial = next(iter(self.people))

    def chosen(self) -> Person:
        """Who it is; the form must be valid."""
        return self.people[self.cleaned_data["person"]]


class Unshown(forms.TextInput):
    """A field that never shows what was typed in it: not after a mistake either."""

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        return super().get_context(name, None, attrs)


def number_field(label: str, help_text: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=20,
        help_text=help_text,
        widget=Unshown({"inputmode": "numeric", "autocomplete": "off", "spellcheck": "false"}),
        error_messages=dict.fromkeys(("required", "max_length"), "Vul een BSN in: negen cijfers."),
    )


def checked_number(typed: str) -> str:
    """The nine digits. Raises ValidationError, which does not repeat them."""
    digits = re.sub(r"[ .-]", "", typed)
    if not bsn.is_valid(digits):
        raise forms.ValidationError("Dit is geen BSN. Kijk of je alle negen cijfers goed hebt.")
    return digits


class NumberWishForm(WishForm):
    """A wish of somebody of whom only the BSN is there."""

    kind = forms.ChoiceField(
        label="Wat leg je vast?",
        choices=[(one.value, one.label) for one in (TypedKind.OPT_OUT, TypedKind.WITHDRAW)],
        initial=TypedKind.OPT_OUT,
        widget=forms.RadioSelect,
        error_messages=_CHOOSE,
    )
    bsn = number_field("BSN", "Het wordt meteen versleuteld. Je ziet het niet terug.")
    field_order = ("bsn", "kind", "scope", "regeling", "channel")

    def clean_bsn(self) -> str:
        return checked_number(self.cleaned_data["bsn"])


class SuccessorForm(forms.Form):
    """That somebody got another BSN."""

    bsn = number_field("Oud BSN")
    new_bsn = number_field("Nieuw BSN")
    channel = forms.ChoiceField(
        label="Hoe is het verteld?", choices=CHANNELS, widget=forms.RadioSelect, error_messages=_CHOOSE
    )

    def clean_bsn(self) -> str:
        return checked_number(self.cleaned_data["bsn"])

    def clean_new_bsn(self) -> str:
        new = checked_number(self.cleaned_data["new_bsn"])
        if new == self.cleaned_data.get("bsn"):
            raise forms.ValidationError("Vul twee verschillende BSN’s in.")
        return new


#: How large the scan of a notice may be, and how a page says that.
LARGEST_SCAN = 10 * 1024 * 1024
LARGEST = "10 MB"
#: What a scan may be: how its file begins, and as what it is sent back.
KINDS_OF_SCAN = {b"%PDF-": "application/pdf", b"\xff\xd8\xff": "image/jpeg", b"\x89PNG": "image/png"}


def kind_of_scan(content: bytes) -> str:
    """The media type by the first bytes; empty when it is none of ours."""
    return next((kind for begin, kind in KINDS_OF_SCAN.items() if content.startswith(begin)), "")


class NoticeForm(forms.ModelForm):
    """Where and when the notice was published, with a scan of it."""

    bestand = forms.FileField(
        label="Scan",
        help_text=f"Een PDF, JPG of PNG van hoogstens {LARGEST}. We bewaren hem versleuteld.",
        error_messages={"required": f"Kies een bestand van hoogstens {LARGEST}."},
    )

    class Meta:
        model = PublicNotice
        fields = ("medium", "published_on")

    def clean_published_on(self) -> datetime.date:
        day: datetime.date = self.cleaned_data["published_on"]
        if day > clock.today():
            raise forms.ValidationError("Kies een dag die geweest is.")
        return day

    def clean_bestand(self) -> bytes:
        """The bytes of the file, which the virus scanner called clean."""
        if self.cleaned_data["bestand"].size > LARGEST_SCAN:
            raise forms.ValidationError(f"Kies een bestand van hoogstens {LARGEST}.")
        content: bytes = self.cleaned_data["bestand"].read()
        if not kind_of_scan(content):
            raise forms.ValidationError("Kies een PDF, JPG of PNG.")
        refuse_infected(content)
        return content
