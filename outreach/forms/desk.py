"""Searching at the desk: one field, from which it shows by itself what was typed."""

import re

from django import forms

from letters.actions.desk_letters import Printed, printed
from outreach.actions.desk import Address, Asked
from outreach.forms.free_text import refuse_bsn

WORDS_LENGTH = 80
SHORTEST = 2
_ADDRESS = re.compile(r"^([1-9]\d{3})\s?([A-Za-z]{2})[\s,]+(\d{1,5})[\s-]*([0-9A-Za-z ]{0,12})$")


class SearchForm(forms.Form):
    """What a resident says about himself. It is POSTed, and kept nowhere."""

    zoek = forms.CharField(
        label="Zoek een huishouden",
        max_length=WORDS_LENGTH,
        validators=[refuse_bsn],
        help_text="Typ een naam, een postcode met huisnummer (1234 AB 56) of de code van een brief.",
        widget=forms.TextInput({"data-search": "", "autocomplete": "off", "spellcheck": "false"}),
        error_messages={
            "required": "Vul in waarop je zoekt.",
            "max_length": "Dit is te lang: hooguit %(limit_value)d tekens.",
        },
    )

    def clean_zoek(self) -> str:
        words = " ".join(self.cleaned_data["zoek"].split())
        if _ADDRESS.match(words) or printed(words):
            return words
        if sum(char.isalpha() for char in words) < SHORTEST:
            raise forms.ValidationError(
                "Vul minstens twee letters van een naam in, of een postcode met huisnummer."
            )
        return words

    def asked(self) -> Asked:
        """By what was searched; the form must be valid."""
        words = self.cleaned_data["zoek"]
        if _ADDRESS.match(words):
            return Asked.ADDRESS
        return Asked.CODE if printed(words) else Asked.NAME

    def printed(self) -> Printed:
        """What is on the letter; only where `asked` says so."""
        found = printed(self.cleaned_data["zoek"])
        assert found is not None
        return found

    def address(self) -> Address:
        """The address that was typed; only where `asked` says so."""
        match = _ADDRESS.match(self.cleaned_data["zoek"])
        assert match is not None
        digits, letters, number, addition = match.groups()
        return Address(f"{digits}{letters.upper()}", int(number), addition.replace(" ", ""))
