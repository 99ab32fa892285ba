"""Reporting a data breach, and what the privacy officer writes down of it."""

import datetime
from typing import Any

from django import forms
from django.utils.timezone import localtime, make_aware

from outreach.actions.breaches import ANSWERS, Found, missing
from outreach.forms.free_text import NOTHING_SPECIAL, refuse_bsn
from outreach.kernel import clock
from outreach.models import Breach
from outreach.models.breach import BY_HAND, TEXT_LENGTH, BreachKind

_NO_NAMES = "Zet hier geen namen of adressen van inwoners in."


class ReportBreachForm(forms.Form):
    """What happened, when it was noticed, and what is known of whose data it is."""

    # The browser would show an empty text as a mistake before anybody wrote in it.
    use_required_attribute = False

    kind = forms.ChoiceField(
        label="Wat voor datalek is het?",
        choices=[("", "Kies…"), *BY_HAND],
        error_messages={"required": "Kies wat voor datalek het is."},
    )
    on = forms.DateField(
        label="Wanneer merkte iemand het?",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text="Als dd-mm-jjjj.",
        error_messages={
            "required": "Vul een datum in.",
            "invalid": "Vul een datum in, zoals 31-12-2026.",
        },
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
        help_text=f"Bijvoorbeeld: brief lag bij de buren. {_NO_NAMES} {NOTHING_SPECIAL}",
        error_messages={
            "required": "Schrijf kort op wat er is gebeurd.",
            "max_length": "De tekst is te lang: hooguit %(limit_value)d tekens.",
        },
    )
    data = forms.CharField(
        label="Welke gegevens?",
        max_length=TEXT_LENGTH,
        required=False,
        validators=[refuse_bsn],
        help_text="Bijvoorbeeld: naam, adres en dat iemand een brief over de Stadspas kreeg.",
    )
    people_count = forms.IntegerField(
        label="Van hoeveel inwoners ongeveer?",
        min_value=0,
        max_value=2_000_000,
        required=False,
        help_text="Weet je het niet? Laat het leeg.",
        error_messages={"invalid": "Vul een getal in."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        now = localtime(clock.now())
        self.fields["on"].initial, self.fields["at"].initial = now.date(), now.time()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and self._moment(cleaned) > clock.now():
            self.add_error("at", "Kies een tijd die al is geweest.")
        return cleaned

    def _moment(self, cleaned: dict[str, Any]) -> datetime.datetime:
        return make_aware(datetime.datetime.combine(cleaned["on"], cleaned["at"]))

    def found(self) -> Found:
        """What is to be written down; the form must be valid."""
        told = self.cleaned_data
        return Found(
            BreachKind(told["kind"]),
            self._moment(told),
            told["text"],
            told["data"],
            told["people_count"],
        )


def _moment_field(name: str) -> forms.DateTimeField:
    """One box with a label: Django's own two have one for both, which a screen reader does not hear twice."""
    label = str(Breach._meta.get_field(name).verbose_name)
    widget = forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"})
    return forms.DateTimeField(
        label=label[0].upper() + label[1:],
        required=False,
        widget=widget,
        error_messages={"invalid": "Vul een datum en een tijd in, zoals 31-12-2026 14:30."},
    )


class BreachForm(forms.ModelForm):
    """The answers of the privacy officer. With the button to close, none of them may miss."""

    ap_at = _moment_field("ap_at")
    told_at = _moment_field("told_at")

    class Meta:
        model = Breach
        fields = ANSWERS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("data", "measures", "ap_reason", "told_reason"):
            if name in self.fields:
                self.fields[name].validators.append(refuse_bsn)
                self.fields[name].widget = forms.Textarea(attrs={"rows": 3, "cols": 60})
        for name in ("data", "measures"):
            if name in self.fields:
                self.fields[name].help_text = _NO_NAMES

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        reported = cleaned.get("ap_at")
        if reported and reported < self.instance.discovered_at:
            self.add_error("ap_at", "Dit is voor het datalek ontdekt werd.")
        if reported and reported > self.instance.deadline() and not cleaned.get("ap_reason"):
            self.add_error("ap_reason", "De 72 uur waren voorbij. Vul in waarom er later is gemeld.")
        if "_close" in self.data:
            for name in missing(cleaned):
                self.add_error(name, "Vul dit in voor je afsluit.")
        return cleaned
