"""Writing down an attempt to speak with a household: as few taps as the truth allows."""

import datetime
import uuid
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.html import format_html

from outreach.actions.gesprekken import Attempt
from outreach.forms.free_text import NOTHING_SPECIAL, refuse_bsn
from outreach.forms.gesprek_more import NOTHING_AROUND, Around, MoreFields
from outreach.kernel import clock
from outreach.models.gesprek import NOTE_LENGTH, AttemptKind, DayPart, GesprekResult
from outreach.models.gesprek_said import Outcome

SPOKEN, NOT_HOME = "ja", "nee"
#: What one taps to take a result back. A word: an empty one would be shown as chosen before anybody tapped.
NO_RESULT = "geen"
#: How it reads that nobody was reached: at the door, and where nobody went past.
NOBODY_HOME, NO_ANSWER = "Niet thuis", "Geen gehoor"
# What one may hear without speaking to the resident (CHECK gesprek_not_reached_no_result).
HEARD_FROM_OTHERS = (GesprekResult.MOVED, GesprekResult.DECEASED)
# After these nobody comes back to this household.
NOBODY_COMES_BACK = (GesprekResult.NO_CONTACT, GesprekResult.MOVED, GesprekResult.DECEASED)
# What cannot be true of a regeling when this came of the whole (docs/decisions/0013).
DENIES: dict[GesprekResult, tuple[Outcome, ...]] = {
    GesprekResult.NO_HELP: (Outcome.WANTS, Outcome.HELPED, Outcome.REFERRED),
    GesprekResult.MOVED: tuple(Outcome),
}
# What came of the whole when only the regelingen were answered: the first of these that was said.
FOLLOWS: dict[Outcome, GesprekResult] = {
    Outcome.HELPED: GesprekResult.HELPED,
    Outcome.REFERRED: GesprekResult.REFERRED,
    Outcome.WANTS: GesprekResult.INFORMED,
    Outcome.HAS_IT: GesprekResult.NO_HELP,
    Outcome.DECLINED: GesprekResult.NO_HELP,
    Outcome.NO_RIGHT: GesprekResult.NO_HELP,
}
# How one speaks with a resident where nobody goes past.
WITHOUT_VISIT = (AttemptKind.PHONE, AttemptKind.APPOINTMENT)
# Until what hour a part of the day lasts.
_MORNING_ENDS, _AFTERNOON_ENDS = 12, 18


def day_part_now() -> DayPart:
    """The part of the day that the clock shows."""
    hour = timezone.localtime(clock.now()).hour
    if hour < _MORNING_ENDS:
        return DayPart.MORNING
    return DayPart.AFTERNOON if hour < _AFTERNOON_ENDS else DayPart.EVENING


def _result_choices() -> list[tuple[str, str]]:
    """The results, with under the one that ends all contact what it does; none of them comes last."""
    choices: list[tuple[str, str]] = []
    for result in GesprekResult:
        label = str(result.label)
        if result == GesprekResult.NO_CONTACT:
            label = format_html(
                '{}<span class="kit-tile__help">{}</span>',
                label,
                "Alle volwassenen op dit adres worden afgemeld: geen brieven en bezoeken meer.",
            )
        choices.append((result.value, label))
    return [*choices, (NO_RESULT, "Geen resultaat")]


class NoteField(forms.CharField):
    """A text of which a new line counts as one character, as in the browser."""

    def to_python(self, value: Any) -> str:
        return super().to_python(value).replace("\r\n", "\n")


class GesprekForm(MoreFields):
    """One attempt. `submission` is made with the form, so that a second tap saves nothing."""

    submission = forms.UUIDField(
        widget=forms.HiddenInput,
        error_messages=dict.fromkeys(
            ("required", "invalid"), "Dit formulier is niet meer geldig. Open het adres opnieuw."
        ),
    )
    reached = forms.ChoiceField(
        label="Heb je iemand gesproken?",
        widget=forms.RadioSelect,
    )
    result = forms.ChoiceField(
        label="Wat kwam eruit?",
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": "Kies een van deze antwoorden."},
    )
    note = NoteField(
        label="Notitie",
        required=False,
        max_length=NOTE_LENGTH,
        validators=[refuse_bsn],
        widget=forms.Textarea({"rows": 3, "autocomplete": "off"}),
        help_text=f"Hooguit {NOTE_LENGTH} tekens. {NOTHING_SPECIAL} De inwoner mag lezen wat hier staat.",
        error_messages={"max_length": "De notitie is te lang: hooguit %(limit_value)d tekens."},
    )
    kind = forms.ChoiceField(
        label="Hoe zocht je contact?",
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

    def __init__(
        self,
        data: Any = None,
        *,
        not_before: datetime.date,
        around: Around = NOTHING_AROUND,
        themselves: bool = False,
        by_phone: bool = False,
    ) -> None:
        """`not_before` is the day on which the round was fixed: earlier there was nothing to go for.

        `themselves` says that the resident called or came, `by_phone` that he was called or is at the desk:
        then nobody went past.
        """
        self.not_before, self.themselves, self.by_phone = not_before, themselves, by_phone
        initial = {
            "submission": uuid.uuid4(),
            "kind": AttemptKind.PHONE if self.nobody_went() else AttemptKind.VISIT,
            "day_part": day_part_now(),
            "happened_on": clock.today(),
        }
        if themselves:
            initial["reached"] = SPOKEN
        super().__init__(data, initial=initial)
        if self.nobody_went():
            self.fields["kind"].choices = [(kind.value, kind.label) for kind in WITHOUT_VISIT]
        self._offer_reached()
        self.offer(around)
        self.fields["result"].choices = _result_choices()
        self.fields["happened_on"].widget = forms.DateInput(
            format="%Y-%m-%d", attrs={"type": "date", "min": not_before, "max": clock.today()}
        )

    def _offer_reached(self) -> None:
        """In the words of the door, or of the telephone."""
        field = self.fields["reached"]
        field.choices = [(SPOKEN, "Gesproken"), (NOT_HOME, self._in_vain())]
        wrong = f"Kies ‘Gesproken’ of ‘{self._in_vain()}’."
        field.error_messages |= dict.fromkeys(("required", "invalid_choice"), wrong)

    def _in_vain(self) -> str:
        return NO_ANSWER if self.nobody_went() else NOBODY_HOME

    def nobody_went(self) -> bool:
        """Whether this is about a call or a talk at the desk."""
        return self.themselves or self.by_phone

    def result_open(self) -> bool:
        """Whether the results have to be in view at once, and not only when somebody was spoken to."""
        return "result" in self.errors or bool(self["result"].value()) or self["reached"].value() == SPOKEN

    def presets_changed(self) -> bool:
        """Whether what was filled in beforehand has to be looked at, and so has to be in view."""
        return any(name in self.errors for name in ("kind", "day_part", "happened_on")) or self.nobody_went()

    def preset_text(self) -> str:
        """What was filled in beforehand, but the day: `huisbezoek, middag`."""
        kind = dict(AttemptKind.choices).get(self["kind"].value(), "")
        day_part = dict(DayPart.choices).get(self["day_part"].value(), "")
        return ", ".join(filter(None, (str(kind).lower(), str(day_part).lower())))

    def preset_day(self) -> str:
        """The day that was filled in beforehand: `22-11-2026`. Empty where there is none."""
        day = self["happened_on"].value() or ""
        return f"{day:%d-%m-%Y}" if isinstance(day, datetime.date) else "-".join(reversed(day.split("-")))

    def clean_happened_on(self) -> datetime.date:
        day = self.cleaned_data["happened_on"]
        if day > clock.today():
            raise forms.ValidationError("Deze dag moet nog komen. Kies vandaag of eerder.")
        if day < self.not_before:
            raise forms.ValidationError(
                f"De ronde begon op {self.not_before:%d-%m-%Y}. Kies die dag of later."
            )
        return day

    def clean_result(self) -> str:
        result: str = self.cleaned_data["result"]
        return "" if result == NO_RESULT else result

    def clean(self) -> dict[str, Any]:
        """Spoken and result belong together. What came of the regelingen says what came of the whole."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("reached") == SPOKEN and cleaned.get("result") == "":
            cleaned["result"] = self._following()
            if not cleaned["result"]:
                or_else = " Of kies het onder ‘Per regeling’." if self.around.regelingen else ""
                self.add_error("result", f"Kies wat er uit het gesprek kwam.{or_else}")
        result = cleaned.get("result")
        if cleaned.get("reached") == NOT_HOME and result and result not in HEARD_FROM_OTHERS:
            self.add_error(
                "result",
                f"Je koos ‘{self._in_vain()}’. Kies dan ‘Geen resultaat’, of kies toch ‘Gesproken’.",
            )
        self.check_more(spoken=cleaned.get("reached") != NOT_HOME, over=result in NOBODY_COMES_BACK)
        if result and cleaned.get("reached") == SPOKEN:
            self._check_agrees(GesprekResult(result))
        return cleaned

    def _following(self) -> str:
        """What came of the whole, from what was said per regeling; empty where nothing was."""
        said = {self.cleaned_data.get(f"said_{code}") for code in self.around.regelingen}
        return next((result.value for word, result in FOLLOWS.items() if word in said), "")

    def _check_agrees(self, result: GesprekResult) -> None:
        """What came of it as a whole may not deny what came of a regeling."""
        names = [f"said_{code}" for code in self.around.regelingen]
        said = {name: Outcome(word) for name in names if (word := self.cleaned_data.get(name))}
        for name, outcome in said.items():
            if outcome in DENIES.get(result, ()):
                self.add_error(name, f"Je koos ook ‘{result.label}’. Dat past hier niet bij. Kies opnieuw.")
        if result == GesprekResult.HELPED and said and Outcome.HELPED not in said.values():
            self.add_error(
                "result",
                "Bij welke regeling hielp je? Kies daar ‘Geholpen met aanvragen’, of kies hier iets anders.",
            )

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
            said=self.said(),
            changes=self.changed(),
            planned=self.planned(),
        )
