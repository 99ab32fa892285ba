"""Writing down an attempt to speak with a household: as few taps as the truth allows."""

import datetime
import uuid
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.html import format_html

from outreach.actions.gesprekken import Attempt
from outreach.forms.free_text import refuse_bsn
from outreach.kernel import clock
from outreach.models.gesprek import NOTE_LENGTH, AttemptKind, DayPart, GesprekResult

SPOKEN, NOT_HOME = "ja", "nee"
# What one may hear without speaking to the resident (CHECK gesprek_not_reached_no_result).
HEARD_FROM_OTHERS = (GesprekResult.MOVED, GesprekResult.DECEASED)
# Until what hour a part of the day lasts.
_MORNING_ENDS, _AFTERNOON_ENDS = 12, 18


def day_part_now() -> DayPart:
    """The part of the day that the clock shows."""
    hour = timezone.localtime(clock.now()).hour
    if hour < _MORNING_ENDS:
        return DayPart.MORNING
    return DayPart.AFTERNOON if hour < _AFTERNOON_ENDS else DayPart.EVENING


def _result_choices() -> list[tuple[str, str]]:
    """The results, with under the one that ends all contact what it does."""
    choices = [("", "Geen resultaat")]
    for result in GesprekResult:
        label = str(result.label)
        if result == GesprekResult.NO_CONTACT:
            label = format_html(
                '{}<span class="kit-tile__help">{}</span>',
                label,
                "Alle volwassenen op dit adres worden afgemeld: geen brieven en bezoeken meer.",
            )
        choices.append((result.value, label))
    return choices


class NoteField(forms.CharField):
    """A text of which a new line counts as one character, as in the browser."""

    def to_python(self, value: Any) -> str:
        return super().to_python(value).replace("\r\n", "\n")


class GesprekForm(forms.Form):
    """One attempt. `submission` is made with the form, so that a second tap saves nothing."""

    submission = forms.UUIDField(
        widget=forms.HiddenInput,
        error_messages=dict.fromkeys(
            ("required", "invalid"), "Dit formulier is niet meer geldig. Open het adres opnieuw."
        ),
    )
    reached = forms.ChoiceField(
        label="Heb je iemand gesproken?",
        choices=[(SPOKEN, "Gesproken"), (NOT_HOME, "Niet thuis")],
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Kies ‘Gesproken’ of ‘Niet thuis’."),
    )
    result = forms.ChoiceField(
        label="Wat kwam eruit?",
        required=False,
        widget=forms.RadioSelect,
        help_text="Kies dit als je iemand hebt gesproken.",
        error_messages={"invalid_choice": "Kies een van deze antwoorden."},
    )
    note = NoteField(
        label="Notitie",
        required=False,
        max_length=NOTE_LENGTH,
        validators=[refuse_bsn],
        widget=forms.Textarea({"rows": 3, "autocomplete": "off"}),
        help_text=f"Hooguit {NOTE_LENGTH} tekens. Schrijf niets op over gezondheid, geloof, afkomst,"
        " politiek, seksualiteit, vakbond of straf. De inwoner mag lezen wat hier staat.",
        error_messages={"max_length": "De notitie is te lang: hooguit %(limit_value)d tekens."},
    )
    kind = forms.ChoiceField(
        label="Soort poging",
        choices=AttemptKind,
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Kies hoe je contact zocht."),
    )
    day_part = forms.ChoiceField(
        label="Dagdeel",
        choices=DayPart,
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Kies een deel van de dag."),
    )
    happened_on = forms.DateField(
        label="Datum",
        help_text="Als dd-mm-jjjj.",
        error_messages={"required": "Vul een datum in.", "invalid": "Vul een bestaande datum in."},
    )

    def __init__(self, data: Any = None, *, not_before: datetime.date) -> None:
        """`not_before` is the day on which the round was fixed: earlier there was nothing to go for."""
        self.not_before = not_before
        initial = {
            "submission": uuid.uuid4(),
            "result": "",
            "kind": AttemptKind.VISIT,
            "day_part": day_part_now(),
            "happened_on": clock.today(),
        }
        super().__init__(data, initial=initial)
        self.fields["result"].choices = _result_choices()
        self.fields["happened_on"].widget = forms.DateInput(
            format="%Y-%m-%d", attrs={"type": "date", "min": not_before, "max": clock.today()}
        )

    def presets_changed(self) -> bool:
        """Whether what was filled in beforehand has to be looked at, and so has to be in view."""
        return any(name in self.errors for name in ("kind", "day_part", "happened_on"))

    def preset_text(self) -> str:
        """What was filled in beforehand in one line: `huisbezoek, middag, 22-11-2026`."""
        kind = dict(AttemptKind.choices).get(self["kind"].value(), "")
        day_part = dict(DayPart.choices).get(self["day_part"].value(), "")
        day = self["happened_on"].value() or ""
        shown = f"{day:%d-%m-%Y}" if isinstance(day, datetime.date) else "-".join(reversed(day.split("-")))
        return ", ".join(filter(None, (str(kind).lower(), str(day_part).lower(), shown)))

    def clean_happened_on(self) -> datetime.date:
        day = self.cleaned_data["happened_on"]
        if day > clock.today():
            raise forms.ValidationError("Deze dag moet nog komen. Kies vandaag of eerder.")
        if day < self.not_before:
            raise forms.ValidationError(
                f"De ronde begon op {self.not_before:%d-%m-%Y}. Kies die dag of later."
            )
        return day

    def clean(self) -> dict[str, Any]:
        """Spoken and result belong together."""
        cleaned = super().clean() or self.cleaned_data
        result = cleaned.get("result")
        if cleaned.get("reached") == SPOKEN and not result and "result" not in self.errors:
            self.add_error("result", "Kies wat er uit het gesprek kwam.")
        if cleaned.get("reached") == NOT_HOME and result and result not in HEARD_FROM_OTHERS:
            self.add_error(
                "result", "Je koos ‘Niet thuis’. Kies dan ‘Geen resultaat’, of kies toch ‘Gesproken’."
            )
        return cleaned

    def attempt(self) -> Attempt:
        """What is to be saved; the form must be valid."""
        cleaned = self.cleaned_data
        return Attempt(
            kind=AttemptKind(cleaned["kind"]),
            day_part=DayPart(cleaned["day_part"]),
            happened_on=cleaned["happened_on"],
            reached=cleaned["reached"] == SPOKEN,
            result=GesprekResult(cleaned["result"]) if cleaned["result"] else None,
            note=cleaned["note"],
        )
