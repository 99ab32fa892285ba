"""Letter rounds: the list, one round with its parts, and the letters that could not be made."""

from collections.abc import Collection
from typing import Any

from django.core.paginator import Paginator
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from letters.actions import editions, response
from letters.actions.preview import kinds, lacking
from letters.models import Letter, Part, PartTotals
from letters.permissions import may_fetch
from letters.views import response_shown, shown
from letters.views.batches import round_panels
from outreach.audit import Event, record
from outreach.middleware import in_background
from outreach.models import Regeling, Round
from outreach.models.round import RoundState
from outreach.permissions import Permission, may
from outreach.views.access import require

PAGE_SIZE = 25

_KIND_LABELS = {
    "zeker": "Zeker",
    "onzeker": "Onzeker",
    "ambtshalve": "Ambtshalve",
    "deelbericht": "Bericht over delen",
}


@require_safe
@require(Permission.LETTER_SEE)
def letter_rounds(request: HttpRequest) -> HttpResponse:
    """All letter rounds, the newest first."""
    page = Paginator(Round.objects.letter(), PAGE_SIZE).get_page(request.GET.get("page"))
    totals = Part.objects.filter(round__in=[one.pk for one in page]).totals_by_round()
    regelingen = dict(Regeling.everything.values_list("code", "name"))
    context = {
        "columns": shown.ROUND_COLUMNS,
        "rows": shown.round_rows(page, totals, regelingen),
        "page": page,
        "actions": [
            {"label": "Partijen", "url": reverse("letter_batches")},
            {"label": "Briefteksten", "url": reverse("letter_texts")},
        ],
    }
    return render(request, "letters/rounds.html", context)


@require_safe
@require(Permission.LETTER_SEE)
def letter_round(request: HttpRequest, pk: int) -> HttpResponse:
    """One round: how far its letters are, its files, and what the letter looks like."""
    round_ = _letter_round(pk)
    regeling = Regeling.everything.get(pk=round_.regelingen[0])
    sees_people, fetches = may(request.user, Permission.HOUSEHOLD_SEE), may_fetch(request.user)
    totals = _totals(round_)
    waiting = _waiting(round_)
    page = Paginator(round_.parts.all(), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "round": round_,
        "regeling": regeling,
        "badge": shown.round_badge(round_),
        "facts": _facts(round_),
        "kpis": _kpis(round_, totals, sees_people),
        "responses": response_shown.kpis(response.of_round(round_)),
        "job": _job(round_, totals, waiting),
        "lacking": ", ".join(lacking(round_, regeling)) if round_.state != RoundState.CLOSED else "",
        "waited_for": ", ".join(editions.in_words(editions.together(waiting))),
        "totals": totals,
        "columns": shown.part_columns(fetches),
        "rows": shown.part_rows(page, fetches),
        "fetches": fetches,
        "page": page,
        "to_round": _to_round(request, round_),
        "kinds": [{"kind": kind, "label": _KIND_LABELS[kind]} for kind in kinds(round_, regeling)],
        "sees_people": sees_people,
        **round_panels(request.user, round_),
    }
    return render(request, "letters/round.html", context)


@in_background("GET")
@require_safe
@require(Permission.LETTER_SEE)
def letter_round_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The progress alone, for the page that asks every two seconds. At the end the page comes anew."""
    round_ = _letter_round(pk)
    job = _job(round_, _totals(round_), _waiting(round_))
    response = render(request, "letters/_job.html", {"job": job})
    if not job["poll_url"]:
        response["HX-Refresh"] = "true"
    return response


@require_safe
@require(Permission.LETTER_SEE)
@require(Permission.HOUSEHOLD_SEE)
def letter_rejected(request: HttpRequest, pk: int) -> HttpResponse:
    """Letters of a round that could not be made, with the reason; of the households one may see."""
    round_ = _letter_round(pk)
    letters = Letter.objects.filter(round=round_).rejected().select_related("household", "part")
    page = Paginator(letters, PAGE_SIZE).get_page(request.GET.get("page"))
    rows = list(page)
    record(Event.LETTERS_SEEN, "huishouden", [letter.household_id for letter in rows])
    context = {
        "round": round_,
        "columns": shown.REJECTED_COLUMNS,
        "rows": shown.rejected_rows(rows),
        "page": page,
    }
    return render(request, "letters/rejected.html", context)


def _letter_round(pk: int) -> Round:
    rounds = Round.objects.letter().select_related("handover", "fixed_by")
    return get_object_or_404(rounds, pk=pk)


def _to_round(request: HttpRequest, round_: Round) -> dict[str, str] | None:
    """The page on which a round is fixed, for who may see it."""
    if not may(request.user, Permission.ROUND_SEE):
        return None
    return {"label": "Naar de ronde", "url": reverse("round", args=[round_.pk])}


def _totals(round_: Round) -> PartTotals:
    return round_.parts.totals_by_round().get(round_.pk, PartTotals())


def _waiting(round_: Round) -> dict[int, set[tuple[str, str]]]:
    """The parts that wait for a text, and for which ones."""
    return editions.lacking_in(round_.parts.planned().values_list("pk", flat=True))


def _facts(round_: Round) -> list[dict[str, Any]]:
    fixed_by = (
        f"{round_.fixed_by.display_name()}, {shown.moment(round_.fixed_at)}" if round_.fixed_by else None
    )
    return [
        {"term": "Peildatum", "text": shown.day(round_.handover.peildatum)},
        {"term": "Voor wie", "text": _for_whom(round_)},
        {"term": "Reageren voor", "text": shown.day(round_.reply_before)},
        {"term": "Vastgesteld door", "text": fixed_by},
    ]


def _for_whom(round_: Round) -> str:
    """`Zeker en onzeker`, in that order."""
    return " en ".join(kind for kind in _KIND_LABELS if kind in round_.klassen).capitalize()


def _kpis(round_: Round, totals: PartTotals, sees_people: bool) -> list[dict[str, Any]]:
    if not totals.parts:
        return []
    rejected = {"label": "Uitgevallen", "value": shown.amount(totals.rejected)}
    if totals.rejected and sees_people:
        rejected["url"] = reverse("letter_rejected", args=[round_.pk])
    return [
        {"label": "Brieven gemaakt", "value": shown.amount(totals.made)},
        rejected,
        {"label": "Delen", "value": shown.amount(totals.parts)},
    ]


def _job(round_: Round, totals: PartTotals, waiting: Collection[int]) -> dict[str, Any]:
    """How far the worker is. `poll_url` is empty when there is nothing to wait for.

    The parts in `waiting` are not made until somebody approves a text.
    """
    planning = round_.state == RoundState.FIXED and not totals.parts
    come = round_.parts.planned().filter(planned_at__lte=Now(), pk__in=waiting)
    going_on = planning or totals.waiting > (come.count() if waiting else 0)
    return {
        "id": "brieven",
        "label": "Brieven klaarzetten" if planning else "Brieven maken",
        "value": totals.settled,
        "max": totals.planned,
        "unit": "brieven",
        "note": "Dit begint binnen een minuut vanzelf." if planning else "",
        "poll_url": reverse("letter_round_progress", args=[round_.pk]) if going_on else "",
    }
