"""What may follow from a gesprek, each under a fold: per regeling, what changed, a task, an appointment.

None of it is needed to save: nobody home stays four taps.
"""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from django import forms
from django.conf import settings

from outreach.actions.gesprekken import Changed, Planned, Said
from outreach.actions.tasks import Doer, ToDo
from outreach.forms.free_text import NOTHING_SPECIAL, refuse_bsn
from outreach.kernel import clock
from outreach.models import Team, User
from outreach.models.gesprek_said import ChangeKind, Outcome
from outreach.models.task import TEXT_LENGTH, Meeting, TaskKind

_BAD_DAY = {"required": "Vul een datum in.", "invalid": "Vul een bestaande datum in."}
_CHOOSE = {"invalid_choice": "Kies een van deze antwoorden."}
_TOO_LONG = {"max_length": "Deze tekst is te lang: hooguit %(limit_value)d tekens."}
#: Changes that fit in one gesprek.
CHANGES = (1, 2)
#: What one asks for oneself: the BRP gets its task by itself, and an appointment has fields of its own.
TASKS = (TaskKind.CALL_BACK, TaskKind.HELP, TaskKind.OTHER)
#: So far back a change is written down, and so far ahead anything is.
_YEARS = 5
FAR = datetime.timedelta(days=_YEARS * 365 + 1)
ME = "ik"


@dataclass(frozen=True, slots=True)
class Around:
    """What the form offers beside the attempt: regelingen by code, and who can be given a task.

    `granted` are the regelingen that are not asked about since the household has them.
    """

    regelingen: Mapping[str, str] = field(default_factory=dict)
    doers: Mapping[str, Doer] = field(default_factory=dict)
    granted: Mapping[str, str] = field(default_factory=dict)


NOTHING_AROUND = Around()


def doer_choices(by: User, teams: Iterable[Team], people: Iterable[User]) -> dict[str, Doer]:
    """Who can be given a task, by the value in the form: oneself first."""
    found: dict[str, Doer] = {ME: by}
    found |= {f"team-{team.pk}": team for team in teams}
    return found | {f"collega-{one.pk}": one for one in people}


def doer_label(value: str, doer: Doer) -> str:
    """How it reads in the list: `Mijzelf`, `Team Noord`, `Bea Bakker`."""
    if value == ME:
        return "Mijzelf"
    return doer.display_name() if isinstance(doer, User) else doer.name


def date_field(label: str, help_text: str = "") -> forms.DateField:
    """A day that may stay empty."""
    return forms.DateField(
        label=label,
        required=False,
        help_text=help_text,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages=_BAD_DAY,
    )


def choice_field(label: str, choices: Iterable[tuple[str, str]], nothing: str = "") -> forms.ChoiceField:
    """One word of a list; `nothing` is how it reads when none is chosen."""
    offered = [*([("", nothing)] if nothing else []), *choices]
    return forms.ChoiceField(label=label, required=False, choices=offered, error_messages=_CHOOSE)


def text_field(label: str, length: int, help_text: str = "") -> forms.CharField:
    """A short text in which no BSN may stand."""
    return forms.CharField(
        label=label,
        required=False,
        max_length=length,
        validators=[refuse_bsn],
        help_text=help_text,
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages=_TOO_LONG,
    )


def let_choose(form: forms.Form, name: str, choices: list[tuple[str, str]]) -> None:
    """Offer these in a list of which the words were not known before."""
    cast(forms.ChoiceField, form.fields[name]).choices = choices


def _by_value(words: Iterable[Any]) -> list[tuple[str, str]]:
    return [(word.value, str(word.label)) for word in words]


class MoreFields(forms.Form):
    """The fields under the folds. What is chosen must be whole; what is left alone says nothing."""

    task_kind = choice_field("Wat moet er gebeuren?", _by_value(TASKS), "Geen taak")
    task_for = choice_field("Wie doet dit?", ())
    task_due_on = date_field("Uiterlijk op")
    task_text = text_field(
        "Toelichting", TEXT_LENGTH, f"Alleen wat nodig is om het te doen. {NOTHING_SPECIAL}"
    )
    meeting = choice_field("Hoe spreken jullie af?", _by_value(Meeting), "Geen afspraak")
    meeting_on = date_field("Dag")
    meeting_at = forms.TimeField(
        label="Tijd",
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        error_messages={"invalid": "Vul een tijd in, zoals 14:30."},
    )
    meeting_place = text_field("Plaats", 100, "Bijvoorbeeld de naam van het loket. Bij iemand thuis: leeg.")

    around: Around

    def offer(self, around: Around) -> None:
        """Add what differs per household: its regelingen, and who can be given a task."""
        self.around = around
        for code, name in around.regelingen.items():
            self.fields[f"said_{code}"] = choice_field(name, Outcome.choices, "Niet besproken")
            self.fields[f"again_{code}"] = date_field(f"{name}: weer vragen vanaf")
            self.initial[f"again_{code}"] = clock.today() + datetime.timedelta(days=settings.ASK_AGAIN_DAYS)
        for number in CHANGES:
            label = "Wat veranderde er?" if number == 1 else "En wat nog meer?"
            self.fields[f"change_{number}"] = choice_field(label, ChangeKind.choices, "Niets")
            self.fields[f"change_{number}_on"] = date_field("Sinds of vanaf welke dag?")
        doers = around.doers.items()
        let_choose(self, "task_for", [(value, doer_label(value, doer)) for value, doer in doers])
        self.initial["task_for"] = ME
        self.initial["task_due_on"] = clock.today() + datetime.timedelta(days=settings.TASK_DAYS)

    # --- for the template ---

    def rights(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Per regeling what became of it, and from when it may be asked again."""
        return [(self[f"said_{code}"], self[f"again_{code}"]) for code in self.around.regelingen]

    def changes(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """What changed, and on what day."""
        return [(self[f"change_{number}"], self[f"change_{number}_on"]) for number in CHANGES]

    def rights_open(self) -> bool:
        """Whether something is filled in or wrong there, and so has to be in view."""
        return self._open(
            *(f"{part}_{code}" for code in self.around.regelingen for part in ("said", "again"))
        )

    def changes_open(self) -> bool:
        return self._open(*(f"change_{number}{part}" for number in CHANGES for part in ("", "_on")))

    def task_open(self) -> bool:
        return self._open("task_kind", "task_text") or "task_for" in self.errors

    def meeting_open(self) -> bool:
        return self._open("meeting", "meeting_on", "meeting_at", "meeting_place")

    def _open(self, *names: str) -> bool:
        filled = (name for name in names if not name.startswith("again_"))
        return any(name in self.errors for name in names) or any(self[name].value() for name in filled)

    # --- what is wrong ---

    def check_more(self, *, spoken: bool, over: bool) -> None:
        """What is chosen under the folds must be whole, and fit what came of the gesprek.

        `over` says that nobody is to come back here.
        """
        cleaned = self.cleaned_data
        for code in self.around.regelingen:
            self._check_said(code, spoken)
        for code, name in self.around.granted.items():
            # Granted since the form was opened. Its field is gone, so the form may be sent again as it is.
            if self.data.get(f"said_{code}"):
                self.add_error(None, f"{name} is al toegekend. Wat je daarover koos, bewaren wij niet.")
        for number in CHANGES:
            self._check_change(number, spoken)
        if cleaned.get("change_1") and cleaned.get("change_1") == cleaned.get("change_2"):
            self.add_error("change_2", "Dit koos je al hierboven.")
        self._check_task()
        self._check_meeting()
        if over and cleaned.get("task_kind") in (TaskKind.CALL_BACK, TaskKind.HELP):
            self.add_error("task_kind", "Hier komt niemand meer terug. Kies een andere taak, of geen taak.")
        if over and cleaned.get("meeting"):
            self.add_error("meeting", "Hier komt niemand meer terug. Maak dan geen afspraak.")

    def _check_said(self, code: str, spoken: bool) -> None:
        said, again = self.cleaned_data.get(f"said_{code}"), self.cleaned_data.get(f"again_{code}")
        if said and not spoken:
            self.add_error(f"said_{code}", "Kies dit alleen als je iemand hebt gesproken.")
        if said != Outcome.DECLINED or f"again_{code}" in self.errors:
            return
        if again is None:
            self.add_error(f"again_{code}", "Kies vanaf wanneer je het weer mag vragen.")
        elif not clock.today() < again <= self._horizon():
            self.add_error(f"again_{code}", f"Kies een dag na vandaag, hooguit {_YEARS} jaar vooruit.")

    def _check_change(self, number: int, spoken: bool) -> None:
        kind, day = self.cleaned_data.get(f"change_{number}"), self.cleaned_data.get(f"change_{number}_on")
        if kind and not spoken:
            self.add_error(f"change_{number}", "Kies dit alleen als je iemand hebt gesproken.")
        if f"change_{number}_on" in self.errors:
            return
        if kind and day is None:
            self.add_error(f"change_{number}_on", "Vul in op welke dag dit veranderde.")
        elif day and not kind:
            self.add_error(f"change_{number}", "Kies wat er veranderde.")
        elif day and not clock.today() - FAR <= day <= self._horizon():
            self.add_error(f"change_{number}_on", f"Deze dag ligt meer dan {_YEARS} jaar van vandaag.")

    def _check_task(self) -> None:
        cleaned = self.cleaned_data
        if not cleaned.get("task_kind"):
            if cleaned.get("task_text"):
                self.add_error("task_kind", "Kies wat er moet gebeuren.")
            return
        if not cleaned.get("task_for") and "task_for" not in self.errors:
            self.add_error("task_for", "Kies wie dit doet.")
        self._check_ahead("task_due_on", cleaned.get("task_due_on"))

    def _check_meeting(self) -> None:
        cleaned = self.cleaned_data
        if not cleaned.get("meeting"):
            if any(cleaned.get(name) for name in ("meeting_on", "meeting_at", "meeting_place")):
                self.add_error("meeting", "Kies hoe jullie afspreken.")
            return
        self._check_ahead("meeting_on", cleaned.get("meeting_on"))
        if not cleaned.get("meeting_at") and "meeting_at" not in self.errors:
            self.add_error("meeting_at", "Vul een tijd in.")

    def _check_ahead(self, name: str, day: datetime.date | None) -> None:
        if name in self.errors:
            return
        if day is None:
            self.add_error(name, "Vul een datum in.")
        elif not clock.today() <= day <= self._horizon():
            self.add_error(name, "Kies vandaag of een latere dag.")

    def _horizon(self) -> datetime.date:
        return clock.today() + FAR

    # --- what is to be saved; the form must be valid ---

    def said(self) -> frozenset[Said]:
        found = {code: self.cleaned_data[f"said_{code}"] for code in self.around.regelingen}
        return frozenset(
            Said(
                code,
                Outcome(word),
                self.cleaned_data[f"again_{code}"] if word == Outcome.DECLINED else None,
            )
            for code, word in found.items()
            if word
        )

    def changed(self) -> frozenset[Changed]:
        found = {self.cleaned_data[f"change_{n}"]: self.cleaned_data[f"change_{n}_on"] for n in CHANGES}
        return frozenset(Changed(ChangeKind(kind), day) for kind, day in found.items() if kind)

    def planned(self) -> frozenset[Planned]:
        cleaned, found = self.cleaned_data, set()
        if cleaned["task_kind"]:
            todo = ToDo(TaskKind(cleaned["task_kind"]), cleaned["task_due_on"], cleaned["task_text"])
            found.add(Planned(todo, self.around.doers[cleaned["task_for"]]))
        if cleaned["meeting"]:
            appointment = ToDo(
                kind=TaskKind.APPOINTMENT,
                due_on=cleaned["meeting_on"],
                meeting=Meeting(cleaned["meeting"]),
                place=cleaned["meeting_place"],
                at=cleaned["meeting_at"],
            )
            found.add(Planned(appointment, self.around.doers[ME]))
        return frozenset(found)
