"""The first page after signing in: what there is to do for this role."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from letters.models import Template, WorkItem
from outreach.kernel import clock
from outreach.models import Looplijst, Referral, Regeling, Role, Round, Task, User
from outreach.models.round import RoundState
from outreach.permissions import Permission, may
from outreach.views import context, looplijst_shown, rounds_shown
from outreach.views.tasks import TEAM
from outreach.views.walk import own_lists

# More than fit on a first page; the page of the lists has them all.
LISTS_SHOWN = 8
ROUNDS_SHOWN = 10

# What a role can do here, when this version has little or nothing for it.
_LITTLE: dict[str, str] = {
    Role.DRUKKER: "Een drukker gebruikt geen pagina’s. Je programma haalt de brieven op. De functioneel"
    " beheerder van de gemeente geeft je wat het daarvoor nodig heeft.",
    "": "Je account heeft nog geen rol. Daarom zie je hier niets. Vraag de functioneel beheerder om een rol.",
}


_NO_LISTS = (
    "Er is nog geen looplijst voor jou. Een looplijst komt er zodra een bezoekronde is vastgesteld met"
    " adressen in jouw buurten."
)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What waits for this user. Counts and names of rounds only: nobody is looked at here."""
    user = request.user
    cards = [card for card in (_tasks(user), _rounds(user), _work(user), _texts(user)) if card]
    shown: dict[str, Any] = {
        "title": f"Welkom, {user.first_name or user.username}",
        "little": _LITTLE.get(user.role, ""),
        "cards": [card for card in cards if card["busy"]],
        **_concepts(user),
        **_lists(user),
        "steps": _steps(user),
        "admin": _admin(user),
    }
    # What has nothing to do is one line among the places to go to, and not a card.
    quiet = [card for card in cards if not card["busy"]]
    shown["more"] = [*quiet, *shown.pop("no_lists"), *_reading(user), *_decisions(user)]
    return render(request, "outreach/home.html", shown)


@require_safe
def places(request: HttpRequest) -> HttpResponse:
    """All places that this user may go to, for when they do not all fit in the menu."""
    shown = [
        {"url": url, "label": item.label, "text": item.text} for item, url in context.places(request.user)
    ]
    return render(request, "outreach/places.html", {"places": shown})


def _lists(user: User) -> dict[str, Any]:
    """The looplijsten of rounds that still go on, as far as they fit: one's own and the team's first."""
    if not may(user, Permission.LOOPLIJST_SEE):
        return {"no_lists": []}
    found = list(own_lists(user).open().own_first(user).with_counts()[: LISTS_SHOWN + 1])
    walks = user.role == Role.BUURTTEAM
    none = {"title": "Looplijsten", "text": _NO_LISTS, "url": reverse("looplijsten")}
    own = [one for one in found[:LISTS_SHOWN] if _is_own(one, user)]
    return {
        "sees_own": bool(own) or walks,
        "list_columns": looplijst_shown.overview_columns(),
        "own_lists": [looplijst_shown.overview_row(one) for one in own],
        "other_lists": [looplijst_shown.overview_row(one) for one in found[:LISTS_SHOWN] if one not in own],
        "more_lists": len(found) > LISTS_SHOWN,
        "no_lists": [] if found or walks else [none],
    }


def _is_own(looplijst: Looplijst, user: User) -> bool:
    """Whether a list is this user's, or of the team he is in."""
    return looplijst.assigned_to_id == user.pk or looplijst.team_id == user.team_id


def _concepts(user: User) -> dict[str, Any]:
    """Rounds that wait to be fixed: those of others, and one's own that wait for somebody else."""
    if not may(user, Permission.ROUND_FIX):
        return {}
    regelingen = dict(Regeling.everything.values_list("code", "name"))
    found = list(Round.objects.filter(state=RoundState.CONCEPT).select_related("handover", "made_by"))
    to_fix = [one for one in found if one.made_by_id != user.pk][:ROUNDS_SHOWN]
    waiting = [one for one in found if one.made_by_id == user.pk][:ROUNDS_SHOWN]
    return {
        "round_columns": rounds_shown.ROUND_COLUMNS,
        "rounds_to_fix": rounds_shown.round_rows(to_fix, regelingen),
        "rounds_waiting": rounds_shown.round_rows(waiting, regelingen),
    }


def _rounds(user: User) -> dict[str, Any]:
    """That no round waits, for who fixes them; those that wait stand in a table of their own."""
    waits = Round.objects.filter(state=RoundState.CONCEPT).exclude(made_by=user)
    if not may(user, Permission.ROUND_FIX) or waits.exists():
        return {}
    text = (
        "Er wacht geen ronde op jou. Maakt een collega een ronde? Dan bekijk je die hier en stel je hem vast."
    )
    return {"title": "Rondes", "text": text, "url": reverse("rounds"), "busy": False}


def _tasks(user: User) -> dict[str, Any]:
    """How many tasks one has, how many are late, and for a teamleider how many others are late with."""
    if not may(user, Permission.TASK_DO):
        return {}
    mine, today = Task.objects.for_user(user), clock.today()
    unanswered = Referral.objects.for_user(user).overdue(today).count()
    number = mine.open().count()
    shown = {
        "title": "Taken",
        "text": _counted(
            number, "Je hebt geen open taken.", "Je hebt 1 open taak.", "Je hebt {} open taken."
        ),
        "late": mine.overdue(today).count(),
        "unanswered": unanswered
        and _counted(
            unanswered,
            "",
            "1 organisatie gaf nog geen antwoord.",
            "{} organisaties gaven nog geen antwoord.",
        ),
        "url": reverse("tasks"),
        "link": "Bekijk je taken",
        "busy": number > 0 or unanswered > 0,
    }
    if user.role == Role.TEAMLEIDER:
        others = Task.objects.led_by(user).overdue(today).exclude(pk__in=mine.values("pk")).count()
        shown |= {"late_of_others": others, "team_url": f"{reverse('tasks')}?van={TEAM}"}
        shown["busy"] = shown["busy"] or others > 0
    return shown


def _work(user: User) -> dict[str, Any]:
    """How much waits for a person, and how much of it too long, for who settles it."""
    if not may(user, Permission.WORK_SETTLE):
        return {}
    items = WorkItem.objects.open()
    number = items.count()
    return {
        "title": "Werkvoorraad",
        "text": _counted(number, "Er ligt geen werk.", "Er ligt 1 ding.", "Er liggen {} dingen."),
        "late": items.filter(due_on__lt=clock.today()).count(),
        "url": reverse("work"),
        "link": "Bekijk de werkvoorraad",
        "busy": number > 0,
    }


def _texts(user: User) -> dict[str, Any]:
    """How many letter texts wait for a second person, for who writes or approves them."""
    if not (may(user, Permission.TEXT_WRITE) or may(user, Permission.TEXT_APPROVE)):
        return {}
    number = Template.objects.concepts().count()
    none, one = "Er wacht geen tekst op een akkoord.", "Er is 1 tekst nog niet goedgekeurd."
    return {
        "title": "Briefteksten",
        "text": _counted(number, none, one, "Er zijn {} teksten nog niet goedgekeurd."),
        "url": reverse("letter_texts"),
        "link": "Bekijk de briefteksten",
        "busy": number > 0,
    }


def _counted(number: int, none: str, one: str, more: str) -> str:
    """The sentence for none, for one, and for more (with {} for how many)."""
    return none if number == 0 else one if number == 1 else more.format(number)


def _reading(user: User) -> list[dict[str, str]]:
    """Letters and the rapport, for who may see them."""
    pages = (
        (Permission.LETTER_SEE, "letter_rounds", "Brieven", "Bekijk de brievenrondes."),
        (Permission.REPORT_SEE, "report", "Rapport", "Hoe ver kwamen de huishoudens?"),
    )
    return [
        {"title": title, "text": text, "url": reverse(page)}
        for permission, page, title, text in pages
        if may(user, permission)
    ]


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
            "Bestanden voor uitbetaling",
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
