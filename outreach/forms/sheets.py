"""Printing a looplijst, and what became of the paper."""

import datetime
import uuid
from typing import Any

from django import forms
from django.utils.timezone import localtime, make_aware

from outreach.actions.sheets import Loss
from outreach.forms.free_text import NOTHING_SPECIAL, refuse_bsn
from outreach.kernel import clock
from outreach.models import Sheet
from outreach.models.breach import TEXT_LENGTH

_DAY = {"required": "Vul een datum in.", "invalid": "Vul een datum in, zoals 31-12-2026."}


class PrintForm(forms.Form):
    """One print. `submission` is made with the form, so that a second tap makes no second print."""

    submission = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["submission"].initial = uuid.uuid4()


class ShreddedForm(forms.Form):
    """On which day the paper went through the shredder."""

    on = forms.DateField(
        label="Vernietigd op",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text="Als dd-mm-jjjj.",
        error_messages=_DAY,
    )

    def __init__(self, *args: Any, sheet: Sheet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._first = sheet.printed_on()
        today = clock.today()
        self.fields["on"].initial = today
        self.fields["on"].widget.attrs |= {"min": self._first.isoformat(), "max": today.isoformat()}

    def clean_on(self) -> datetime.date:
        day = self.cleaned_data["on"]
        if not self._first <= day <= clock.today():
            raise forms.ValidationError("Kies een dag vanaf de dag van afdrukken, tot en met vandaag.")
        return day


class LostForm(forms.Form):
    """When somebody noticed that the paper was gone, and what happened as far as he knows."""

    # The browser would show an empty text as a mistake before anybody wrote in it.
    use_required_attribute = False

    on = forms.DateField(
        label="Wanneer merkte je dat de lijst kwijt is?",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text="Als dd-mm-jjjj.",
        error_messages=_DAY,
    )
    at = forms.TimeField(
        label="Hoe laat?",
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        help_text="Ongeveer is goed. Vanaf dit moment loopt de termijn van 72 uur.",
        error_messages={"required": "Vul een tijd in.", "invalid": "Vul een tijd in, zoals 14:30."},
    )
    text = forms.CharField(
        label="Wat is er gebeurd?",
        max_length=TEXT_LENGTH,
        validators=[refuse_bsn],
        widget=forms.Textarea({"rows": 3}),
        help_text="Bijvoorbeeld: blijven liggen in tram 12. Zet hier geen namen of adressen van inwoners in."
        f" {NOTHING_SPECIAL}",
        error_messages={
            "required": "Schrijf kort op wat er is gebeurd.",
            "max_length": "De tekst is te lang: hooguit %(limit_value)d tekens.",
        },
    )

    def __init__(self, *args: Any, sheet: Sheet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._first = sheet.made_at
        now = localtime(clock.now())
        self.fields["on"].initial, self.fields["at"].initial = now.date(), now.time()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not self._first <= self._moment(cleaned) <= clock.now():
            self.add_error("at", "Kies een tijd na het afdrukken, en niet later dan nu.")
        return cleaned

    def _moment(self, cleaned: dict[str, Any]) -> datetime.datetime:
        """To the minute; in the minute of printing, the moment of printing itself."""
        said = make_aware(datetime.datetime.combine(cleaned["on"], cleaned["at"]))
        same_minute = self._first.replace(second=0, microsecond=0) == said
        return self._first if same_minute else said

    def loss(self) -> Loss:
        """What is to be written down; the form must be valid."""
        return Loss(self._moment(self.cleaned_data), self.cleaned_data["text"])
