"""Rounds: the list, making one from a koppeling, one of them, and fixing it by a second person."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from outreach.actions import looplijsten, rounds
from outreach.actions.cutting import check_walked
from outreach.forms.rounds import RoundForm, RoundStartForm, handover_label
from outreach.models import Handover, Klasse, Regeling, Round, User
from outreach.models.round import RoundKind, RoundState
from outreach.permissions import Permission, may
from outreach.policies import NotNow, can_close, can_fix
from outreach.transitions import StateChanged
from outreach.views import rounds_shown as shown
from outreach.views.access import require
from outreach.views.walk import own_lists

PER_PAGE = 25
#: In the form that fixes a round: whether who stands on a round that runs comes along. Empty is no.
RUNNING_TOO = "lopend"
FIXED = "De ronde is vastgesteld. Er verandert nu niets meer aan."


@require_safe
@require(Permission.ROUND_SEE)
def index(request: HttpRequest) -> HttpResponse:
    """All rounds, the newest first."""
    found = Round.objects.select_related("handover", "made_by")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "columns": shown.ROUND_COLUMNS,
        "rows": shown.round_rows(page, _regelingen()),
        "actions": _actions(request.user),
    }
    return render(request, "outreach/rounds.html", context)


def _regelingen() -> dict[str, str]:
    return dict(Regeling.everything.values_list("code", "name"))


def _actions(user: User) -> list[dict[str, str]]:
    if not may(user, Permission.ROUND_MAKE):
        return []
    return [{"label": "Nieuwe ronde", "url": reverse("round_new"), "variant": "primary-action"}]


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.ROUND_MAKE)
def new(request: HttpRequest) -> HttpResponse:
    """Make a concept. The first step stands in the address, so that it can be gone back to."""
    newest = Handover.objects.first()
    if newest is None:
        return render(request, "outreach/round_start.html", {})
    start = RoundStartForm(request.GET or None, initial={"koppeling": newest})
    if not start.is_valid():
        status = 422 if request.method == "POST" else 200
        return render(request, "outreach/round_start.html", {"form": start}, status=status)
    kind, handover = RoundKind(start.cleaned_data["soort"]), start.cleaned_data["koppeling"]
    counts = rounds.counts(handover, kind=kind)
    labels = shown.count_labels(counts)
    form = RoundForm(request.POST or None, kind=kind, handover=handover, counts=counts, labels=labels)
    if request.method == "POST" and form.is_valid():
        try:
            made = _make(request, form.cleaned_data, kind, handover)
        except NotNow as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "De ronde is gemaakt. Een collega stelt hem vast.")
            return redirect("round", made.pk)
    context = {
        "form": form,
        "title": "Nieuwe brievenronde" if kind == RoundKind.LETTER else "Nieuwe bezoekronde",
        "sub": handover_label(handover),
        "chart": shown.count_chart(counts),
        "columns": shown.COUNT_COLUMNS,
        "rows": shown.count_rows(counts),
        "letter": kind == RoundKind.LETTER,
        "meets_running": kind == RoundKind.VISIT and rounds.meets_running(handover),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "outreach/round_new.html", context, status=status)


def _make(request: HttpRequest, chosen: dict[str, Any], kind: RoundKind, handover: Handover) -> Round:
    return rounds.make(
        name=chosen["name"],
        kind=kind,
        handover=handover,
        regelingen=Regeling.objects.filter(pk__in=chosen["regelingen"]),
        klassen=[Klasse(klasse) for klasse in chosen["klassen"]],
        reply_before=chosen.get("reply_before"),
        by=request.user,
    )


@require_safe
@require(Permission.ROUND_SEE)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One round: its state, its counts, and for a second person the button that fixes it."""
    related = ("handover", "made_by", "fixed_by")
    round_ = get_object_or_404(Round.objects.select_related(*related), pk=pk)
    size, regelingen = rounds.size(round_), _regelingen()
    sizes, left = looplijsten.sizes(round_), rounds.left_out(round_)
    concept = round_.state == RoundState.CONCEPT
    context = {
        "round": round_,
        "sub": ", ".join(shown.names(round_, regelingen)),
        "badge": shown.badge(round_),
        "concept": concept,
        "empty": not size.households and not left.running,
        "on_running": shown.on_running(left),
        "settled": shown.settled(left),
        "all_running": bool(left.running and not size.households),
        "again": concept and round_.kind == RoundKind.LETTER and Round.objects.like(round_).first(),
        "may_withdraw": concept and may(request.user, Permission.ROUND_MAKE),
        "may_fix": may(request.user, Permission.ROUND_FIX) and can_fix(round_, request.user),
        "may_close": may(request.user, Permission.ROUND_CLOSE) and can_close(round_),
        "made_it": round_.made_by_id == request.user.pk,
        "visit": round_.kind == RoundKind.VISIT,
        "kpis": shown.kpis(round_, size, sizes),
        "facts": shown.facts(round_, regelingen),
        "chart": shown.count_chart(size.counts),
        "columns": shown.COUNT_COLUMNS,
        "rows": shown.count_rows(size.counts),
        "list_columns": shown.LIST_COLUMNS,
        "list_rows": _list_rows(request.user, round_, sizes),
        "letters_url": _letters_url(request.user, round_),
        "cut_url": _cut_url(request.user, round_),
    }
    return render(request, "outreach/round.html", context)


def _list_rows(user: User, round_: Round, sizes: list[looplijsten.ListSize]) -> list[dict[str, Any]]:
    if round_.kind != RoundKind.VISIT or round_.state == RoundState.CONCEPT:
        return []
    own = set(own_lists(user).filter(round=round_)) if may(user, Permission.LOOPLIJST_SEE) else set()
    return shown.list_rows(sizes, looplijsten.households_without_team(round_), own)


def _cut_url(user: User, round_: Round) -> str:
    """Where a shorter looplijst is made, for who may and while people walk."""
    try:
        check_walked(round_)
    except NotNow:
        return ""
    return reverse("looplijst_cut", args=[round_.pk]) if may(user, Permission.LOOPLIJST_MAKE) else ""


def _letters_url(user: User, round_: Round) -> str:
    """Where the letters of this round are, for who may see them."""
    has_letters = round_.kind == RoundKind.LETTER and round_.inputs_hash
    return (
        reverse("letter_round", args=[round_.pk]) if has_letters and may(user, Permission.LETTER_SEE) else ""
    )


@require_POST
@require(Permission.ROUND_FIX)
def fix(request: HttpRequest, pk: int) -> HttpResponse:
    """Fix a round. Who clicks twice is told the same twice; who is too late is told that he is."""
    round_ = get_object_or_404(Round, pk=pk)
    try:
        rounds.fix(round_=round_, by=request.user, with_running=request.POST.get(RUNNING_TOO) == "ja")
    except (NotNow, StateChanged) as refusal:
        round_.refresh_from_db()
        if round_.fixed_by_id == request.user.pk:
            messages.success(request, FIXED)
        else:
            messages.error(request, str(refusal))
    else:
        messages.success(request, FIXED)
    return redirect("round", pk)


@require_POST
@require(Permission.ROUND_MAKE)
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a concept back. Who comes after it was fixed is told that it is too late."""
    round_ = get_object_or_404(Round, pk=pk)
    try:
        rounds.withdraw(round_=round_, by=request.user)
    except StateChanged as refusal:
        round_.refresh_from_db()
        if round_.state != RoundState.WITHDRAWN:
            messages.error(request, str(refusal))
            return redirect("round", pk)
    messages.success(request, f"De ronde {round_.name} is ingetrokken.")
    return redirect("rounds")


@require_POST
@require(Permission.ROUND_CLOSE)
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """Close a visit round. A letter round is closed where its letters are."""
    round_ = get_object_or_404(Round, pk=pk)
    if round_.kind == RoundKind.LETTER:
        return redirect("letter_round_close", pk)
    try:
        rounds.close(round_=round_, by=request.user)
    except (NotNow, StateChanged) as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "De ronde is afgesloten.")
    return redirect("round", pk)
