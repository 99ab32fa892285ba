"""The first page after signing in: what there is to do for this role."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from letters.models import Template, WorkItem
from outreach.kernel import clock
from outreach.models import Regeling, Role, Round, User
from outreach.models.round import RoundState
from outreach.permissions import Permission, may
from outreach.views import looplijst_shown, rounds_shown
from outreach.views.walk import own_lists

# More than fit on a first page; the page of the lists has them all.
LISTS_SHOWN = 8
ROUNDS_SHOWN = 10

# What a role can do here, when this version has little or nothing for it.
_LITTLE: dict[str, str] = {
    Role.ANALIST: "In deze versie zijn er nog geen rapporten met totalen. Voor een analist zijn er nog geen"
    " pagina’s.",
    Role.DRUKKER: "Een drukker gebruikt geen pagina’s. In deze versie haalt een teamleider of"
    " applicatiebeheerder de brieven op en geeft ze aan je door.",
    "": "Je account heeft nog geen rol. Daarom zie je hier niets. Vraag de functioneel beheerder om een rol.",
}


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What waits for this user. Counts and names of rounds only: nobody is looked at here."""
    user = request.user
    context: dict[str, Any] = {
        "title": f"Welkom, {user.first_name or user.username}",
        "little": _LITTLE.get(user.role, ""),
        "letters_url": reverse("letter_rounds") if may(user, Permission.LETTER_SEE) else "",
        "steps": _steps(user),
        "admin": _admin(user),
        "decisions": _decisions(user),
        "texts": _texts(user),
        "work": _work(user),
    }
    if may(user, Permission.LOOPLIJST_SEE):
        context |= _lists(user)
    if may(user, Permission.ROUND_FIX):
        context |= _concepts(user)
    return render(request, "outreach/home.html", context)


def _lists(user: User) -> dict[str, Any]:
    """The looplijsten of rounds that still go on, as far as they fit."""
    lists = own_lists(user).open()
    found = list(lists.with_counts()[: LISTS_SHOWN + 1])
    return {
        "sees_lists": True,
        "list_columns": looplijst_shown.overview_columns(),
        "list_rows": [looplijst_shown.overview_row(row) for row in found[:LISTS_SHOWN]],
        "more_lists": len(found) > LISTS_SHOWN,
    }


def _concepts(user: User) -> dict[str, Any]:
    """Rounds that wait to be fixed: those of others, and one's own that wait for somebody else."""
    regelingen = dict(Regeling.objects.values_list("code", "name"))
    found = list(Round.objects.filter(state=RoundState.CONCEPT).select_related("handover", "made_by"))
    to_fix = [one for one in found if one.made_by_id != user.pk][:ROUNDS_SHOWN]
    waiting = [one for one in found if one.made_by_id == user.pk][:ROUNDS_SHOWN]
    return {
        "sees_rounds": True,
        "round_columns": rounds_shown.ROUND_COLUMNS,
        "rounds_to_fix": rounds_shown.round_rows(to_fix, regelingen),
        "rounds_waiting": rounds_shown.round_rows(waiting, regelingen),
    }


def _work(user: User) -> dict[str, Any]:
    """How much waits for a person, and how much of it too long, for who settles it."""
    if not may(user, Permission.WORK_SETTLE):
        return {}
    items = WorkItem.objects.open()
    late = items.filter(due_on__lt=clock.today()).count()
    return {"open": items.count(), "late": late, "url": reverse("work")}


def _texts(user: User) -> dict[str, Any]:
    """How many letter texts wait for a second person, for who writes or approves them."""
    if not (may(user, Permission.TEXT_WRITE) or may(user, Permission.TEXT_APPROVE)):
        return {}
    return {"waiting": Template.objects.concepts().count(), "url": reverse("letter_texts")}


def _steps(user: User) -> list[dict[str, str]]:
    """The way from a file to a round, for who manages deliveries."""
    if not may(user, Permission.DELIVERY_MANAGE):
        return []
    return [
        {
            "title": "Leveringen",
            "text": "Lever een bestand aan, en bekijk wat er is ingelezen, aangehouden of geweigerd.",
            "url": reverse("deliveries"),
        },
        {
            "title": "Kalender",
            "text": "Bekijk wie nog moet leveren en wie te laat is.",
            "url": reverse("delivery_calendar"),
        },
        {
            "title": "Koppelingen",
            "text": "Start een koppeling, en bekijk hoever hij is en wat eruit kwam.",
            "url": reverse("runs"),
        },
        {
            "title": "Rondes",
            "text": "Maak van een koppeling een ronde met brieven of bezoeken.",
            "url": reverse("rounds"),
        },
    ]


def _decisions(user: User) -> list[dict[str, str]]:
    """Deciding on applications, what a grant without one rests on, and getting grants paid."""
    places = (
        (
            Permission.APPLICATION_ASSESS,
            "applications",
            "Aanvragen",
            "Bekijk welke aanvragen op een besluit wachten.",
        ),
        (
            Permission.LEGAL_BASIS_SIGN,
            "legal_bases",
            "Grondslagen",
            "Onderteken waarop een regeling zonder formulier wordt toegekend, of trek dat in.",
        ),
        (
            Permission.EXPORT_FETCH,
            "exports",
            "Uitvoer",
            "Vraag of haal het bestand met toekenningen voor de administratie die uitbetaalt.",
        ),
    )
    return [
        {"title": title, "text": text, "url": reverse(page)}
        for permission, page, title, text in places
        if may(user, permission)
    ]


def _admin(user: User) -> dict[str, str]:
    """The admin site, for who may change or see what is in it."""
    if not may(user, Permission.REGISTER_SEE):
        return {}
    if may(user, Permission.REFERENCE_CHANGE):
        text = "Maak gebruikers aan, geef ze een rol en een team, en houd buurten, regelingen en bronnen bij."
        return {"text": text, "url": reverse("admin:index"), "label": "Naar beheer"}
    text = "Bekijk wie er werkt, met welke rol, en welke bronnen en afspraken er zijn. Je wijzigt er niets."
    return {"text": text, "url": reverse("admin:index"), "label": "Bekijk de registers"}
