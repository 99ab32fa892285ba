"""Asking to open why somebody came out: whom, and what for."""

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms

from eligibility.actions.seals import Listed
from eligibility.models.unsealing import REASON_LENGTH
from outreach.forms.free_text import refuse_bsn


class WhoForm(forms.Form):
    """One of the people of a household, who are named by their birth date alone, and the reason."""

    who = forms.ChoiceField(label="Wie", widget=forms.RadioSelect)
    reason = forms.CharField(
        label="Waarom dit nodig is",
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Bijvoorbeeld: bezwaar van 3 maart, zaak 2026-114. Schrijf geen namen of BSN op.",
    )

    def __init__(self, people: Sequence[Listed], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._people = {f"{one.run}:{one.person}": one for one in people if one.sealed}
        self.fields["who"].choices = [(key, _label(one)) for key, one in self._people.items()]

    def clean_reason(self) -> str:
        typed = self.cleaned_data["reason"]
        refuse_bsn(typed)
        return typed

    def chosen(self) -> tuple[uuid.UUID, int]:
        """The person and the koppeling, once the form is valid."""
        one = self._people[self.cleaned_data["who"]]
        return one.person, one.run


def _label(one: Listed) -> str:
    """`Volwassene, geboren op 10-03-1986 (koppeling 3)`; of a date that is not whole, what is known."""
    year, month, day = one.born[:4], one.born[4:6], one.born[6:8]
    born = "-".join(part for part in (day, month, year) if part.strip("0"))
    return f"{'Volwassene' if one.adult else 'Kind'}, geboren {born or 'onbekend'} (koppeling {one.run})"
