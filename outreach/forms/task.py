"""Asking for a task, and giving one to somebody else."""

import datetime
import uuid
from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings

from outreach.actions.tasks import Doer, ToDo, planned, whose
from outreach.forms.free_text import NOTHING_SPECIAL
from outreach.forms.gesprek_more import (
    FAR,
    ME,
    TASKS,
    choice_field,
    date_field,
    doer_label,
    let_choose,
    text_field,
)
from outreach.kernel import clock
from outreach.models import Referral, Task
from outreach.models.task import TEXT_LENGTH, TaskDropped, TaskKind

#: Why something need not be done, and why a report to the BRP need not: that says that somebody lives there.
DROPPED = (TaskDropped.DONE_ELSE, TaskDropped.NOT_WANTED, TaskDropped.UNREACHED, TaskDropped.MISTAKE)
DROPPED_REPORT = (TaskDropped.LIVES_HERE, TaskDropped.MISTAKE)


def _choices(doers: Mapping[str, Doer]) -> list[tuple[str, str]]:
    return [(value, doer_label(value, doer)) for value, doer in doers.items()]


class TaskForm(forms.Form):
    """One task for one household. `submission` is made with the form, so that a second tap makes nothing."""

    submission = forms.UUIDField(
        widget=forms.HiddenInput,
        error_messages=dict.fromkeys(
            ("required", "invalid"), "Dit formulier is niet meer geldig. Open het opnieuw."
        ),
    )
    kind = choice_field("Wat moet er gebeuren?", [(kind.value, str(kind.label)) for kind in TASKS])
    to = choice_field("Wie doet dit?", ())
    due_on = date_field("Uiterlijk op")
    text = text_field("Toelichting", TEXT_LENGTH, f"Alleen wat nodig is om het te doen. {NOTHING_SPECIAL}")

    def __init__(self, data: Any = None, *, doers: Mapping[str, Doer]) -> None:
        self.doers = doers
        initial = {
            "submission": uuid.uuid4(),
            "to": ME,
            "due_on": clock.today() + datetime.timedelta(days=settings.TASK_DAYS),
        }
        super().__init__(data, initial=initial)
        let_choose(self, "to", _choices(doers))
        for name, missing in (
            ("kind", "Kies wat er moet gebeuren."),
            ("to", "Kies wie dit doet."),
            ("due_on", "Vul een datum in."),
        ):
            self.fields[name].required = True
            self.fields[name].error_messages["required"] = missing

    def clean_due_on(self) -> datetime.date:
        day = self.cleaned_data["due_on"]
        if not clock.today() <= day <= clock.today() + FAR:
            raise forms.ValidationError("Kies vandaag of een latere dag.")
        return day

    def todo(self) -> ToDo:
        """What is asked; the form must be valid."""
        cleaned = self.cleaned_data
        return ToDo(TaskKind(cleaned["kind"]), cleaned["due_on"], cleaned["text"])

    def doer(self) -> Doer:
        """Who does it; the form must be valid."""
        return self.doers[self.cleaned_data["to"]]


class MoveForm(forms.Form):
    """On which other day, and for an appointment when and where. `known` is what it was on this page."""

    due_on = date_field("Uiterlijk op")
    at = forms.TimeField(
        label="Tijd",
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        error_messages={"required": "Vul een tijd in.", "invalid": "Vul een tijd in, zoals 14:30."},
    )
    place = text_field("Plaats", 100)
    known = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, task: Task) -> None:
        initial = {"due_on": task.due_on, "at": task.at, "place": task.place, "known": planned(task)}
        super().__init__(data, initial=initial)
        self.fields["due_on"].required = True
        if task.kind == TaskKind.APPOINTMENT:
            self.fields["due_on"].label = "Dag"
        else:
            del self.fields["at"], self.fields["place"]

    def clean_due_on(self) -> datetime.date:
        day = self.cleaned_data["due_on"]
        if not clock.today() <= day <= clock.today() + FAR:
            raise forms.ValidationError("Kies vandaag of een latere dag.")
        return day


class DropForm(forms.Form):
    """Why a task need not be done any more."""

    why = choice_field("Waarom is deze taak niet meer nodig?", (), "Kies waarom")

    def __init__(self, data: Any = None, *, task: Task) -> None:
        super().__init__(data)
        of_brp = task.kind == TaskKind.REPORT_MOVED
        offered = [(why.value, str(why.label)) for why in (DROPPED_REPORT if of_brp else DROPPED)]
        let_choose(self, "why", [("", "Kies waarom"), *offered])
        self.fields["why"].required = True
        self.fields["why"].error_messages["required"] = "Kies waarom de taak niet meer nodig is."

    def chosen(self) -> TaskDropped:
        """Why; the form must be valid."""
        return TaskDropped(self.cleaned_data["why"])


class GiveForm(forms.Form):
    """To whom it goes, a task or an answer to wait for. `known` is whose it was on this page."""

    to = choice_field("Aan wie?", (), "Kies een persoon of een team")
    known = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, of: Task | Referral, doers: Mapping[str, Doer]) -> None:
        self.doers = doers
        super().__init__(data, initial={"known": whose(of)})
        let_choose(self, "to", [("", "Kies een persoon of een team"), *_choices(doers)])
        self.fields["to"].required = True
        self.fields["to"].error_messages["required"] = "Kies aan wie je dit doorgeeft."

    def doer(self) -> Doer:
        """To whom; the form must be valid."""
        return self.doers[self.cleaned_data["to"]]
