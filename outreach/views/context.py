"""What every page shows around its own content."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject

from outreach.models import Role, User
from outreach.permissions import Permission, may

MOST_ITEMS = 5
VERSION: str = tomllib.loads((Path(settings.BASE_DIR) / "pyproject.toml").read_text(encoding="utf-8"))[
    "project"
]["version"]


@dataclass(frozen=True, slots=True)
class Item:
    """A place in the menu: the page it opens, who may, and the pages elsewhere that belong to it."""

    page: str
    label: str
    permission: Permission
    also: tuple[str, ...] = ()


MENU = (
    Item(
        "looplijsten",
        "Looplijsten",
        Permission.LOOPLIJST_SEE,
        ("household", "gesprek", "representative_new", "representative_end"),
    ),
    Item("work", "Werkvoorraad", Permission.WORK_SETTLE),
    Item("rounds", "Rondes", Permission.ROUND_SEE),
    Item("letter_rounds", "Brieven", Permission.LETTER_SEE),
    Item("letter_texts", "Briefteksten", Permission.TEXT_WRITE),
    Item("applications", "Aanvragen", Permission.APPLICATION_ASSESS, ("exports",)),
    Item("legal_bases", "Grondslagen", Permission.LEGAL_BASIS_SIGN),
    Item("deliveries", "Leveringen", Permission.DELIVERY_MANAGE),
    Item("delivery_calendar", "Kalender", Permission.DELIVERY_MANAGE),
    Item("runs", "Koppelingen", Permission.DELIVERY_MANAGE),
    Item("admin:index", "Beheer", Permission.REGISTER_SEE),
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
        "app_version": VERSION,
    }


def menu(request: HttpRequest) -> list[dict[str, object]]:
    """The pages that this user may open, at most five, with the one he is in marked."""
    user = getattr(request, "user", None)
    if user is None:
        return []
    items = [(item, _address(item.page)) for item in MENU if may(user, item.permission)]
    found = [(item, url) for item, url in items if url][:MOST_ITEMS]
    current = _current(request, found)
    return [{"url": url, "label": item.label, "current": item == current} for item, url in found]


def _address(page: str) -> str:
    """Where a page is; empty when this installation has none by that name."""
    try:
        return reverse(page)
    except NoReverseMatch:
        return ""


def _current(request: HttpRequest, found: list[tuple[Item, str]]) -> Item | None:
    """The item that names this page, else the one whose address is most of this page's address."""
    name = request.resolver_match.url_name if request.resolver_match else None
    for item, _ in found:
        if name in item.also:
            return item
    under = [(len(url), item) for item, url in found if request.path.startswith(url)]
    return max(under, key=lambda pair: pair[0])[1] if under else None


def account(request: HttpRequest) -> dict[str, str]:
    """Who is signed in, as what, and for which team."""
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return {}
    parts = [str(Role(user.role).label) if user.role else "Geen rol", user.team.name if user.team else ""]
    return {"name": user.display_name(), "role": " · ".join(part for part in parts if part)}
