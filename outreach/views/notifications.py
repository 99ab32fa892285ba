"""Meldingen: what somebody was told of, the way to each thing, and having read it."""

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from outreach.actions import notifications
from outreach.models import (
    Breach,
    Draft,
    Looplijst,
    Notification,
    Referral,
    RetentionRule,
    Role,
    SafetyInstruction,
    Sheet,
    Task,
    User,
)
from outreach.models.notification import NotificationKind
from outreach.permissions import Permission, may
from outreach.views import tasks_shown
from outreach.views.access import signed_in

PER_PAGE = 25
_TASKS = (NotificationKind.TASK_GIVEN, NotificationKind.TASK_CHANGED, NotificationKind.TASK_LATE)
_NUMBERED = {
    NotificationKind.LIST_GIVEN: "Looplijst {}",
    NotificationKind.REFERRAL_ANSWERED: "Overdracht {}",
    NotificationKind.REFERRAL_GIVEN: "Overdracht {}",
    NotificationKind.REFERRAL_CHANGED: "Overdracht {}",
    NotificationKind.SAFETY_WAITS: "Instructie {}",
    NotificationKind.BREACH_REPORTED: "Datalek {}",
    NotificationKind.COLUMNS_UNUSED: "Afspraak {}",
    NotificationKind.LIST_WAITS: "Lijst {}",
    NotificationKind.LIST_STUCK: "Lijst {}",
    NotificationKind.UNSEAL_WAITS: "Verzoek {}",
    NotificationKind.SHEET_WRONG: "Vernietig hem en druk de lijst opnieuw af.",
}
_DUE = {
    NotificationKind.REFERRAL_LATE: "Overdracht",
    NotificationKind.BREACH_DUE: "Datalek",
    NotificationKind.BREACH_LATE: "Datalek",
    NotificationKind.AGREEMENT_ENDS: "Afspraak",
    NotificationKind.REQUEST_DUE: "Verzoek",
    NotificationKind.REQUEST_LATE: "Verzoek",
}
_ON_DAY = {
    NotificationKind.SHEET_LATE: "Uiterlijk {1}",
    NotificationKind.SAFETY_ENDS: "Instructie {0}, geldt tot en met {1}",
    NotificationKind.DRAFT_LEFT: "Concept van {1}",
    NotificationKind.ROLES_UNSIGNED: "Uiterlijk {1}",
    NotificationKind.NOTICE_ENDS: "Een koppeling mag erop rusten tot en met {1}",
}
_WATCHED = "De privacy officer ziet dit datalek in het register. Vraag hem of het gemeld is bij de AP."
#: What is said where a melding leads to no page of this user.
_NO_PAGE = {
    NotificationKind.BREACH_DUE: _WATCHED,
    NotificationKind.BREACH_LATE: _WATCHED,
    NotificationKind.CODES_GUESSED: "Elke poging staat in het logboek. Vraag deze collega wat er was.",
}
COLUMNS = [{"label": "Melding"}, {"label": "Wanneer", "kind": "tight"}, {"label": "Status"}]


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """All of this user, what he has not read first."""
    found = Notification.objects.filter(user=signed_in(request))
    ordered = found.order_by(F("read_at").asc(nulls_first=True), "-made_at", "-pk")
    page = Paginator(ordered, PER_PAGE).get_page(request.GET.get("page"))
    rows = list(page.object_list)
    told = _told(rows)
    unread = [row.pk for row in rows if row.read_at is None]
    context = {
        "columns": COLUMNS,
        "rows": [_row(row, told[row.pk]) for row in rows],
        "page": page,
        "last_unread": max(unread, default=0),
    }
    return render(request, "outreach/notifications.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Go to what it is about; by that it is read. What is not there for him (any more) is said.

    Looking ahead (GET) reads nothing: it leads to the list, where one tap opens it.
    """
    user = signed_in(request)
    found = get_object_or_404(Notification.objects.filter(user=user), pk=pk)
    if request.method != "POST":
        return redirect("notifications")
    notifications.read([found.pk], user)
    kind = NotificationKind(found.kind)
    url = _ADDRESSES[kind](user, found.about) if kind in _ADDRESSES else ""
    if not url:
        messages.info(request, _NO_PAGE.get(kind, "Dit is er niet meer, of het is niet meer van jou."))
        return redirect("notifications")
    return redirect(url)


@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """All that he saw on the page is read; what came since is not."""
    until = request.POST.get("tot", "")
    if until.isdecimal() and len(until) < 19:
        notifications.read_all(signed_in(request), int(until))
        messages.success(request, "Opgeslagen: alles is gelezen.")
    return redirect("notifications")


def _row(row: Notification, told: str) -> dict[str, Any]:
    made = localtime(row.made_at)
    label, variant = ("Gelezen", "inactive") if row.read_at else ("Nieuw", "active")
    title = {"text": row.get_kind_display(), "form_url": reverse("notification", args=[row.pk]), "sub": told}
    when = date_format(made, "D j b, H.i") + " uur"
    return {"cells": [title, when, {"status": {"label": label, "variant": variant}}]}


def _told(rows: Iterable[Notification]) -> dict[int, str]:
    """What tells one from another of the same kind, and nothing about anybody. One query, for the tasks."""
    rows = list(rows)
    wanted = [row.about for row in rows if row.kind in _TASKS]
    tasks = Task.objects.select_related("gesprek").in_bulk(wanted) if wanted else {}
    over = [row.about for row in rows if row.kind == NotificationKind.TERM_OVER]
    rules = RetentionRule.objects.in_bulk(over) if over else {}
    return {row.pk: _words(row, tasks.get(row.about), rules.get(row.about)) for row in rows}


def _words(row: Notification, task: Task | None, rule: RetentionRule | None) -> str:
    if row.kind in _TASKS:
        return f"{task.title()}, uiterlijk {tasks_shown.when(task)}" if task else ""
    if row.kind == NotificationKind.TERM_OVER:
        return str(rule) if rule else ""
    if row.kind in _ON_DAY:
        return _ON_DAY[NotificationKind(row.kind)].format(row.about, date_format(row.day, "D j b"))
    if row.kind in _DUE:
        return f"{_DUE[NotificationKind(row.kind)]} {row.about}, uiterlijk {date_format(row.day, 'D j b')}"
    if row.kind == NotificationKind.CODES_GUESSED:
        key, hour = notifications.hour(row.about)
        return f"Gebruiker {key}, {date_format(row.day, 'D j b')} tussen {hour} en {hour + 1} uur"
    return _NUMBERED.get(NotificationKind(row.kind), "").format(row.about)


def _task(user: User, pk: int) -> str:
    return reverse("task", args=[pk]) if Task.objects.filter(pk=pk).exists() else ""


def _list(user: User, pk: int) -> str:
    return reverse("looplijst", args=[pk]) if Looplijst.objects.for_user(user).filter(pk=pk).exists() else ""


def _sheet(user: User, pk: int) -> str:
    """Also of a colleague: who walks with it is told that it is wrong, and may shred it."""
    return reverse("sheet", args=[pk]) if Sheet.objects.filter(pk=pk).exists() else ""


def _referral(user: User, pk: int) -> str:
    found = Referral.objects.filter(pk=pk).first()
    return reverse("referral", args=[found.household_id, pk]) if found else ""


def _safety(user: User, pk: int) -> str:
    found = SafetyInstruction.objects.with_place().filter(pk=pk).first()
    return reverse("safety", args=[found.place, pk]) if found else ""


def _draft(user: User, pk: int) -> str:
    found = Draft.objects.filter(pk=pk, by=user).first()
    return reverse("gesprek", args=[found.household_id]) if found else ""


def _breach(user: User, pk: int) -> str:
    """The register for who keeps it, for others the paper that was lost."""
    found = Breach.objects.filter(pk=pk).first()
    if found is None:
        return ""
    if user.role == Role.PRIVACY_OFFICER:
        return reverse("admin:outreach_breach_change", args=[pk])
    return _sheet(user, found.sheet_id) if found.sheet_id else ""


def _agreement(user: User, pk: int) -> str:
    """Its page in the admin; an agreement is never removed."""
    return (
        reverse("admin:eligibility_agreement_change", args=[pk]) if may(user, Permission.REGISTER_SEE) else ""
    )


def _request(user: User, pk: int) -> str:
    """Its page in the admin; a request is never removed."""
    handles = may(user, Permission.SUBJECT_REQUEST_HANDLE)
    return reverse("admin:outreach_subjectrequest_change", args=[pk]) if handles else ""


def _new_list(user: User, pk: int) -> str:
    """Where a list is made of what is past its term."""
    return reverse("admin:outreach_destructionlist_add") if may(user, Permission.DESTRUCTION_ASK) else ""


def _destruction_list(user: User, pk: int) -> str:
    """Its page in the admin; a list is never removed."""
    sees = may(user, Permission.DESTRUCTION_APPROVE)
    return reverse("admin:outreach_destructionlist_change", args=[pk]) if sees else ""


def _unsealing(user: User, pk: int) -> str:
    """Its page in the admin; a request is never removed."""
    decides = may(user, Permission.UNSEAL_ALLOW)
    return reverse("admin:eligibility_unsealrequest_change", args=[pk]) if decides else ""


def _roles(user: User, pk: int) -> str:
    return reverse("admin:audit_roles") if may(user, Permission.AUDIT_SEE) else ""


def _notices(user: User, pk: int) -> str:
    registers = may(user, Permission.PUBLIC_NOTICE_REGISTER)
    return reverse("admin:optout_publicnotice_add") if registers else ""


_ADDRESSES: dict[NotificationKind, Callable[[User, int], str]] = {
    NotificationKind.TASK_GIVEN: _task,
    NotificationKind.TASK_CHANGED: _task,
    NotificationKind.TASK_LATE: _task,
    NotificationKind.LIST_GIVEN: _list,
    NotificationKind.REFERRAL_ANSWERED: _referral,
    NotificationKind.REFERRAL_GIVEN: _referral,
    NotificationKind.REFERRAL_CHANGED: _referral,
    NotificationKind.REFERRAL_LATE: _referral,
    NotificationKind.SAFETY_WAITS: _safety,
    NotificationKind.SAFETY_ENDS: _safety,
    NotificationKind.BREACH_REPORTED: _breach,
    NotificationKind.BREACH_DUE: _breach,
    NotificationKind.BREACH_LATE: _breach,
    NotificationKind.SHEET_LATE: _sheet,
    NotificationKind.SHEET_WRONG: _sheet,
    NotificationKind.DRAFT_LEFT: _draft,
    NotificationKind.AGREEMENT_ENDS: _agreement,
    NotificationKind.COLUMNS_UNUSED: _agreement,
    NotificationKind.REQUEST_DUE: _request,
    NotificationKind.REQUEST_LATE: _request,
    NotificationKind.TERM_OVER: _new_list,
    NotificationKind.LIST_WAITS: _destruction_list,
    NotificationKind.LIST_STUCK: _destruction_list,
    NotificationKind.UNSEAL_WAITS: _unsealing,
    NotificationKind.ROLES_UNSIGNED: _roles,
    NotificationKind.NOTICE_ENDS: _notices,
}
