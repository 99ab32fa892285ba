"""How tasks look: in a list, alone, and on the page of a household."""

import datetime
from collections.abc import Iterable, Mapping
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format

from outreach.actions.tasks import brp_since, givable, may_end
from outreach.models import Referral, Task, User
from outreach.models.gesprek import GesprekResult
from outreach.models.task import TaskKind, TaskState
from outreach.views.household_shown import referral_badge

COLUMNS = [
    {"label": "Taak"},
    {"label": "Adres"},
    {"label": "Uiterlijk", "kind": "tight"},
    {"label": "Status"},
    {"label": "Voor wie"},
    {"label": "Actie", "kind": "action"},
]
REFERRAL_COLUMNS = [
    {"label": "Organisatie"},
    {"label": "Adres"},
    {"label": "Antwoord uiterlijk", "kind": "tight"},
    {"label": "Status"},
    {"label": "Wie wacht"},
]
_VARIANTS = {TaskState.OPEN: "neutral", TaskState.DONE: "success", TaskState.DROPPED: "inactive"}
_SOON = datetime.timedelta(days=1)


def when(task: Task) -> str:
    """Its last day, and of an appointment the time too: `do 26 nov, 14.00 uur`."""
    day = date_format(task.due_on, "D j b")
    return f"{day}, {task.at:%H.%M} uur" if task.at else day


def status(task: Task, today: datetime.date) -> dict[str, str]:
    """`Te laat` stands out; who looks must not have to compare days. Task comes from `with_refusal`."""
    if task.refused and task.state == TaskState.OPEN:
        return {"label": "Niet benaderen", "variant": "danger"}
    if task.is_overdue(today):
        return {"label": "Te laat", "variant": "danger"}
    if task.state == TaskState.OPEN and task.due_on <= today + _SOON:
        return {"label": "Vandaag" if task.due_on == today else "Morgen", "variant": "warning"}
    return {"label": task.get_state_display(), "variant": _VARIANTS[TaskState(task.state)]}


def doer(task: Task | Referral, user: User) -> str:
    """`Jij`, the name of a colleague, or that of a team."""
    if task.owner is None:
        return str(task.team)
    return "Jij" if task.owner_id == user.pk else task.owner.display_name()


def about(task: Task) -> str:
    """What an appointment is, or what was written with the task."""
    if task.kind == TaskKind.APPOINTMENT:
        return ", ".join(filter(None, (task.get_meeting_display(), task.place, task.text)))
    return task.text


def brp_says(task: Task) -> str:
    """That a newer delivery of the BRP says otherwise than the gesprek did; empty when none does."""
    since = brp_since(task)
    if since is None or task.gesprek is None:
        return ""
    died = task.gesprek.result == GesprekResult.DECEASED
    still = "nog niet dat hier iemand is overleden" if died else "nog dat dit huishouden hier woont"
    return f"De BRP van {date_format(since, 'j F Y')} zegt {still}."


def rows(
    tasks: Iterable[Task], user: User, today: datetime.date, beware: Mapping[int, str]
) -> list[dict[str, Any]]:
    """Rows of the list, from tasks that come with their household, owner and team.

    `beware` says what to look out for with which task.
    """
    shown = list(tasks)
    his = set(givable(user).filter(pk__in=[task.pk for task in shown]).values_list("pk", flat=True))
    return [
        _row(
            task,
            user,
            today,
            beware.get(task.pk, ""),
            ends=task.pk in his and may_end(task, user),
        )
        for task in shown
    ]


def _row(task: Task, user: User, today: datetime.date, beware: str, *, ends: bool) -> dict[str, Any]:
    household = task.household
    return {
        "cells": [
            {
                "text": task.title(),
                "url": reverse("task", args=[task.pk]),
                "sub": about(task),
                "beware": beware,
            },
            {"text": household.address_line(), "sub": household.postcode_line()},
            when(task),
            {"status": status(task, today)},
            doer(task, user),
            _done(task) if ends else "",
        ]
    }


def _done(task: Task) -> dict[str, Any]:
    return {"action": {"label": "Gedaan", "form_url": reverse("task_done", args=[task.pk])}}


def referral_rows(found: Iterable[Referral], user: User) -> list[dict[str, Any]]:
    """Organisations that gave no answer yet, from referrals of `with_refusal`."""
    return [
        {
            "cells": [
                {
                    "text": one.organisation.name,
                    "url": reverse("referral", args=[one.household_id, one.pk]),
                    "sub": one.question,
                },
                {"text": one.household.address_line(), "sub": one.household.postcode_line()},
                date_format(one.due_on, "D j b"),
                {"status": referral_badge(one)},
                doer(one, user),
            ]
        }
        for one in found
    ]


def on_household(tasks: Iterable[Task], user: User, today: datetime.date) -> list[dict[str, Any]]:
    """The open tasks of one household, soonest first."""
    return [
        {
            "url": reverse("task", args=[task.pk]),
            "title": task.title(),
            "when": when(task),
            "status": status(task, today),
            "doer": doer(task, user),
            "text": about(task),
        }
        for task in tasks
    ]


def facts(task: Task, user: User, household_url: str) -> list[dict[str, Any]]:
    """All that is known of one task."""
    household = task.household
    address = f"{household.address_line()}, {household.postcode_line()}"
    found: list[dict[str, Any]] = [
        {"term": "Adres", "text": address, "url": household_url},
        {"term": "Op" if task.at else "Uiterlijk op", "text": when(task)},
        {"term": "Wie doet dit", "text": doer(task, user)},
    ]
    if said := about(task):
        found.insert(1, {"term": "Toelichting", "text": said})
    made = f"{task.made_by.display_name()}, {date_format(task.made_at, 'j F Y')}"
    found.append({"term": "Gemaakt door", "text": made})
    if task.done_by is not None and task.done_at is not None:
        ended = f"{task.done_by.display_name()}, {date_format(task.done_at, 'j F Y')}"
        found.append({"term": str(task.get_state_display()), "text": ended})
    if task.dropped_because:
        found.append({"term": "Waarom niet meer nodig", "text": str(task.get_dropped_because_display())})
    return found
