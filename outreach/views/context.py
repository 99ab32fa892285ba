"""What every page shows around its own content."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject

from outreach.actions import notifications
from outreach.models import Role, User
from outreach.permissions import Permission, may
from outreach.sessions import lasts_here
from outreach.views.help import help_url
from outreach.views.walk import FROM_LIST, FROM_TASK

MOST_ITEMS = 5
# The badge says no more than this: its width is small, and whoever has more counts no further.
MOST_COUNTED = 99
# So long before a sign-in ends, the page warns.
SESSION_WARN_SECONDS = 120
VERSION: str = tomllib.loads((Path(settings.BASE_DIR) / "pyproject.toml").read_text(encoding="utf-8"))[
    "project"
]["version"]


@dataclass(frozen=True, slots=True)
class Item:
    """A place in the menu: its page, who may, what one does there, and the pages that belong to it."""

    page: str
    label: str
    permission: Permission
    text: str
    also: tuple[str, ...] = ()


_ABOUT_A_HOUSEHOLD = (
    *("household", "gesprek", "representative_new", "representative_end"),
    *("referral_new", "referral", "safety_new", "safety", "opt_out"),
)
MENU = (
    Item(
        "looplijsten",
        "Looplijsten",
        Permission.LOOPLIJST_SEE,
        "Adressen waar je langsgaat, in looproute.",
        _ABOUT_A_HOUSEHOLD,
    ),
    Item(
        "tasks",
        "Taken",
        Permission.TASK_DO,
        "Wat nog moet gebeuren voor een huishouden, van jou en van je team.",
        ("task", "task_new", *_ABOUT_A_HOUSEHOLD),
    ),
    Item(
        "search",
        "Zoeken",
        Permission.HOUSEHOLD_SEARCH,
        "Een huishouden vinden op naam, adres of de code van een brief.",
        ("desk_letter", *_ABOUT_A_HOUSEHOLD),
    ),
    Item("work", "Werkvoorraad", Permission.WORK_SETTLE, "Post en formulieren die een mens moet bekijken."),
    Item("rounds", "Rondes", Permission.ROUND_SEE, "Rondes met brieven of bezoeken maken en vaststellen."),
    Item("letter_rounds", "Brieven", Permission.LETTER_SEE, "Brieven en partijen per ronde."),
    Item("letter_texts", "Briefteksten", Permission.TEXT_WRITE, "De teksten van brieven en formulieren."),
    Item(
        "applications",
        "Aanvragen",
        Permission.APPLICATION_ASSESS,
        "Aanvragen waarover je beslist.",
        ("exports",),
    ),
    Item("legal_bases", "Grondslagen", Permission.LEGAL_BASIS_SIGN, "Waarop ambtshalve toekennen rust."),
    Item("deliveries", "Leveringen", Permission.DELIVERY_MANAGE, "Bestanden van bronnen, en wat er mis is."),
    Item("runs", "Koppelingen", Permission.DELIVERY_MANAGE, "Koppelingen starten en volgen."),
    Item("delivery_calendar", "Kalender", Permission.DELIVERY_MANAGE, "Wanneer welke levering komt."),
    Item(
        "shares",
        "Delen",
        Permission.SHARE_SEE,
        "Namen en adressen voor Gemeentebelastingen, na een brief.",
        ("share",),
    ),
    Item(
        "safety_list",
        "Veiligheid",
        Permission.SAFETY_APPROVE,
        "Veiligheidsinstructies die wachten op goedkeuring, en wat er nu geldt.",
    ),
    Item(
        "report",
        "Rapport",
        Permission.REPORT_SEE,
        "Hoe ver huishoudens kwamen: gevonden, bereikt, aangevraagd en toegekend.",
    ),
    Item(
        "staff",
        "Medewerkers",
        Permission.STAFF_LEAVE,
        "Wie hier werkt, en iemand uit dienst melden.",
        ("staff_leave",),
    ),
    Item(
        "admin:eligibility_unsealrequest_changelist",
        "Ontzegelen",
        Permission.UNSEAL_ALLOW,
        "Verzoeken om te openen waarom iemand gevonden is.",
    ),
    Item("admin:index", "Beheer", Permission.REGISTER_SEE, "Gebruikers, teams, registers en stamgegevens."),
    Item(
        "opt_out_number",
        "Afmelden met BSN",
        Permission.OPT_OUT_BY_NUMBER,
        "Iemand afmelden van wie je alleen het BSN hebt, of een nieuw BSN doorgeven.",
        ("opt_out_successor",),
    ),
)


def page_frame(request: HttpRequest) -> dict[str, object]:
    """The municipality, the menu of this user's role, and who is signed in.

    Menu and account are looked up when a page shows them: a page for an error shows neither, and may come
    before anybody is known.
    """
    return {
        "gemeente": f"Gemeente {settings.GEMEENTE_NAAM}",
        "menu": SimpleLazyObject(lambda: menu(request)),
        "account": SimpleLazyObject(lambda: account(request)),
        "unread": SimpleLazyObject(lambda: unread(request)),
        "help_url": SimpleLazyObject(lambda: _help(request)),
        "app_version": VERSION,
        "session_seconds": SimpleLazyObject(lambda: _session_seconds(request)),
        "session_warn": SESSION_WARN_SECONDS,
    }


def menu(request: HttpRequest) -> list[dict[str, object]]:
    """The pages that this user may open, his own one marked: five, or four and the way to the rest."""
    user = getattr(request, "user", None)
    if user is None:
        return []
    found = places(user)
    current = _current(request, found)
    items = [{"url": url, "label": item.label, "current": item == current} for item, url in found]
    if len(items) <= MOST_ITEMS:
        return items
    first, rest = items[: MOST_ITEMS - 1], items[MOST_ITEMS - 1 :]
    here = request.resolver_match is not None and request.resolver_match.url_name == "places"
    beyond = here or any(item["current"] for item in rest)
    return [*first, {"url": reverse("places"), "label": "Meer", "current": beyond}]


def places(user: User | AnonymousUser) -> list[tuple[Item, str]]:
    """All places that this user may go to, each with its address, in the order of the menu."""
    items = [(item, _address(item.page)) for item in MENU if may(user, item.permission)]
    return [(item, url) for item, url in items if url]


def unread(request: HttpRequest) -> str:
    """How many notifications wait for this user, as the badge in the header says it; empty for none."""
    user = getattr(request, "user", None)
    number = notifications.unread(user) if isinstance(user, User) else 0
    return f"{MOST_COUNTED}+" if number > MOST_COUNTED else str(number or "")


def _session_seconds(request: HttpRequest) -> int:
    """How long this sign-in lasts when nothing more is done; 0 on a page that failed before there was one."""
    return lasts_here(request) if hasattr(request, "session") else 0


def _help(request: HttpRequest) -> str:
    """Where the help of this page is, for who is signed in; a page that failed early has nobody."""
    user = getattr(request, "user", None)
    return help_url(request) if isinstance(user, User) else ""


def _address(page: str) -> str:
    """Where a page is; empty when this installation has none by that name."""
    try:
        return reverse(page)
    except NoReverseMatch:
        return ""


def _current(request: HttpRequest, found: list[tuple[Item, str]]) -> Item | None:
    """The item that names this page, else the one whose address is most of this page's address.

    A page about a household belongs to the list or the task from which one came, and else to the search.
    """
    name = request.resolver_match.url_name if request.resolver_match else None
    naming = [item for item, _ in found if name in item.also]
    if naming:
        ways = {FROM_LIST: "looplijsten", FROM_TASK: "tasks"}
        came = next((page for key, page in ways.items() if key in request.GET), "search")
        return next((item for item in naming if item.page == came), naming[0])
    under = [(len(url), item) for item, url in found if request.path.startswith(url)]
    return max(under, key=lambda pair: pair[0])[1] if under else None


def account(request: HttpRequest) -> dict[str, str]:
    """Who is signed in, as what, and for which team."""
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return {}
    parts = [str(Role(user.role).label) if user.role else "Geen rol", user.team.name if user.team else ""]
    return {"name": user.display_name(), "role": " · ".join(part for part in parts if part)}
