"""The form with which somebody proposes to share names with another department."""

import datetime
from typing import Any

from django import forms

from letters.actions import sharing
from letters.models import PayingAdministration
from outreach.forms.free_text import refuse_bsn
from outreach.models import Handover


class ShareForm(forms.Form):
    """Of which koppeling, with whom, before which day one may object, and why it is allowed."""

    use_required_attribute = False

    handover = forms.ModelChoiceField(
        Handover.objects.all(),
        label="Koppeling",
        empty_label=None,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Kies een koppeling."),
    )
    receiver = forms.ModelChoiceField(
        PayingAdministration.objects.all(),
        label="Wie krijgt de namen?",
        empty_label="Kies een administratie",
        help_text="De functioneel beheerder legt Gemeentebelastingen vast, met haar openbare sleutel.",
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Kies wie de namen krijgt."),
    )
    object_before = forms.DateField(
        label="Bezwaar maken vóór",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text="Als dd-mm-jjjj. Deze dag staat in de brief.",
        error_messages={"required": "Vul een datum in.", "invalid": "Vul een bestaande datum in."},
    )
    reason = forms.CharField(
        label="Waarom mag dit?",
        max_length=300,
        validators=[refuse_bsn],
        widget=forms.Textarea({"rows": 3}),
        help_text="Het besluit of de afspraak. De juridisch adviseur leest dit.",
        error_messages={"required": "Schrijf op waarom dit mag."},
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        # What an older koppeling found is shared no more.
        newest = Handover.objects.order_by("-pk").values("pk")[:1]
        self.fields["handover"].queryset = Handover.objects.filter(pk__in=newest)

    def clean_object_before(self) -> datetime.date:
        day, first = self.cleaned_data["object_before"], sharing.earliest()
        if day < first:
            text = f"Kies een dag vanaf {first:%d-%m-%Y}. De brieven moeten eerst nog weg."
            raise forms.ValidationError(text)
        return day
