"""The walk-through per role: its pictures are made here, and what it quotes is on a page of that role.

With BEREIK_HANDLEIDING=1 the pictures in docs/handleiding/beelden/ are made anew; without it the pages are
opened all the same, so that a step that no longer works is noticed.
"""

import datetime
import html
import io
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from PIL import Image
from playwright.sync_api import Browser, Page

from outreach.actions import rounds
from outreach.kernel import clock
from outreach.kernel.db import acting_as
from outreach.models import Buurt, Klasse, Looplijst, Regeling, Role, Round, User
from outreach.models.round import RoundKind
from tests import factories
from tests.browser.conftest import SignIn
from tests.outreach import visits
from tests.outreach.test_access import ROWS, nobody_is_told, places  # noqa: F401
from tests.report.test_report_browser import drawn, town  # noqa: F401

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
FOLDER = Path(settings.BASE_DIR) / "docs" / "handleiding"
PICTURES = FOLDER / "beelden"
PAGES = {role: FOLDER / f"{role.value.replace('_', '-')}.md" for role in Role}
SIZES = {"desk": {"width": 1366, "height": 800}, "phone": {"width": 390, "height": 844}}
MOST_BYTES = 80_000
QUOTED = re.compile(r"„([^”]+)”")
NAMED = re.compile(r"!\[[^\]]+\]\(beelden/([a-z-]+)\.png\)")
Places = dict[str, object]


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture: whose, of which page, and what is done there first."""

    name: str
    role: Role
    address: Callable[[Places], str]
    size: str = "desk"
    does: Callable[[Page], object] = lambda page: None


def at(page: str, *names: str, query: dict[str, object] | None = None) -> Callable[[Places], str]:
    """The address of a page about things with these names, or about texts that name none."""

    def address(found: Places) -> str:
        asked = {key: found.get(str(value), value) for key, value in (query or {}).items()}
        words = f"?{urlencode(asked, doseq=True)}" if asked else ""
        return reverse(page, args=[found.get(name, name) for name in names]) + words

    return address


def search(page: Page) -> None:
    page.get_by_label("Zoek een huishouden").fill("van der Poel")
    page.get_by_role("button", name="Zoeken").click()
    page.get_by_text("gevonden").first.wait_for()


def speak(page: Page) -> None:
    page.get_by_text("Gesproken", exact=True).click()
    page.get_by_text("Geholpen met aanvragen", exact=True).first.click()
    page.evaluate("window.scrollTo(0, 0)")


def see(text: str) -> Callable[[Page], object]:
    """Begin the picture at this heading."""
    return lambda page: page.get_by_role("heading", name=text, exact=True).first.evaluate(
        "(one) => window.scrollTo(0, one.getBoundingClientRect().top + scrollY - 24)"
    )


CUT = {
    "team": "town_team",
    "buurten": ["BU03630001", "BU03630002"],
    "regelingen": ["stadspas", "czv"],
    "klassen": ["zeker", "onzeker"],
    "at_most": 8,
    "seed": 3,
}
GIVE = {"lijst": "town_list", "aan": "town_walker"}
OPEN, ALONG = {"status": "open"}, {"lijst": "town_list"}
FIRST = ("Noor", "Ilias", "Femke", "Tariq", "Hanna", "Joris", "Amal", "Pieter", "Lotte", "Emre")
LAST = ("Visser", "el Amrani", "Bos", "Kaya", "de Jong", "Mulder", "Pinas", "Smit", "Hoekstra", "Yilmaz")
USERS, LEAKS = "admin:outreach_user_changelist", "admin:outreach_breach_changelist"
LAWYER = Role.JURIDISCH_ADVISEUR
SHOTS = (
    Shot("buurtteam-looplijst", Role.BUURTTEAM, at("looplijst", "town_list", query=OPEN), "phone"),
    Shot("buurtteam-gesprek", Role.BUURTTEAM, at("gesprek", "town_home", query=ALONG), "phone", speak),
    Shot("buurtteam-huishouden", Role.BUURTTEAM, at("household", "town_home"), "phone"),
    Shot("consulent-zoeken", Role.CONSULENT, at("search"), does=search),
    Shot("consulent-huishouden", Role.CONSULENT, at("household", "town_home", query=ALONG)),
    Shot("consulent-looplijst", Role.CONSULENT, at("looplijst", "town_list")),
    Shot("consulent-aanvragen", Role.CONSULENT, at("applications")),
    Shot("teamleider-start", Role.TEAMLEIDER, at("home")),
    Shot("teamleider-looplijst-maken", Role.TEAMLEIDER, at("looplijst_cut", "town_round", query=CUT)),
    Shot("teamleider-overdragen", Role.TEAMLEIDER, at("looplijsten_give", query=GIVE)),
    Shot("applicatiebeheerder-leveringen", Role.APPLICATIEBEHEERDER, at("deliveries")),
    Shot("applicatiebeheerder-koppelingen", Role.APPLICATIEBEHEERDER, at("runs")),
    Shot("applicatiebeheerder-brieven", Role.APPLICATIEBEHEERDER, at("letter_rounds")),
    Shot("functioneel-beheerder-beheer", Role.FUNCTIONEEL_BEHEERDER, at("admin:index")),
    Shot("functioneel-beheerder-gebruikers", Role.FUNCTIONEEL_BEHEERDER, at(USERS)),
    Shot("functioneel-beheerder-uit-dienst", Role.FUNCTIONEEL_BEHEERDER, at("staff_leave", "town_person")),
    Shot("privacy-officer-beheer", Role.PRIVACY_OFFICER, at("admin:index")),
    Shot("privacy-officer-datalekken", Role.PRIVACY_OFFICER, at(LEAKS)),
    Shot("communicatieadviseur-teksten", Role.COMMUNICATIEADVISEUR, at("letter_texts")),
    Shot("communicatieadviseur-tekst", Role.COMMUNICATIEADVISEUR, at("letter_text", "text")),
    Shot("juridisch-adviseur-grondslagen", LAWYER, at("legal_bases")),
    Shot("juridisch-adviseur-nieuw", LAWYER, at("legal_bases"), "phone", see("Nieuwe grondslag")),
    Shot("analist-rapport", Role.ANALIST, at("report")),
    Shot("analist-buurten", Role.ANALIST, at("report"), does=see("Per buurt")),
    Shot("drukker-start", Role.DRUKKER, at("home")),
    Shot("drukker-instellingen", Role.DRUKKER, at("own_settings")),
)  # fmt: skip


@pytest.fixture
def everywhere(places: Places, drawn: None, looplijst: Looplijst, walker: User) -> Places:  # noqa: F811
    """One of each thing, and beside those the town of the pictures."""
    home = visits.items(looplijst)[3].household_id
    named_apart(walker)
    waiting = a_round_that_waits(looplijst)
    return places | {
        "town_list": looplijst.pk,
        "town_round": looplijst.round_id,
        "town_team": walker.team.pk,
        "town_home": home,
        "town_walker": f"medewerker-{walker.pk}",
        "town_person": walker.pk,
        "town_waiting": waiting.pk,
    }


def named_apart(walker: User) -> None:
    """On a picture no two have one name."""
    Buurt.objects.filter(pk="BU1").update(name="Kastanjehof")
    for number, user in enumerate(User.objects.exclude(pk=walker.pk).order_by("pk")):
        user.first_name, user.last_name = FIRST[number % len(FIRST)], LAST[number // len(FIRST) % len(LAST)]
        user.username = f"{user.first_name}.{user.last_name}".replace(" ", "").lower() + "." * (number // 100)
        user.save()


def a_round_that_waits(looplijst: Looplijst) -> Round:
    """One that a colleague made and nobody fixed yet."""
    maker = factories.user(Role.TEAMLEIDER)
    with acting_as(maker.actor()):
        return rounds.make(
            name="Brieven najaar",
            kind=RoundKind.LETTER,
            handover=looplijst.round.handover,
            regelingen=Regeling.objects.filter(pk="stadspas"),
            klassen=Klasse.values,
            reply_before=clock.today() + datetime.timedelta(days=60),
            by=maker,
        )


def somebody(role: Role, walker: User) -> User:
    if role == Role.BUURTTEAM:
        return walker
    user = factories.user(role, username=f"handleiding-{role.value}")
    user.first_name, user.last_name = "Robin", "de Graaf"
    user.save()
    return user


def keep(page: Page, name: str) -> None:
    """As a file with few colours, which is a third of the size."""
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    picture.quantize(64, dither=Image.Dither.NONE).save(PICTURES / f"{name}.png", optimize=True)


@pytest.mark.proof
@pytest.mark.parametrize("role", Role)
def test_each_picture_is_made_by_a_step(
    role: Role,
    everywhere: Places,
    walker,
    browser: Browser,
    browser_context_args,
    live_server,
    sign_in: SignIn,
):
    user = somebody(role, walker)
    for shot in (one for one in SHOTS if one.role == role):
        context = browser.new_context(
            **{**browser_context_args, "viewport": SIZES[shot.size]}, base_url=live_server.url
        )
        sign_in(context, user)
        page = context.new_page()
        assert page.goto(shot.address(everywhere)).status == 200, shot.name
        shot.does(page)
        if os.environ.get("BEREIK_HANDLEIDING"):
            keep(page, shot.name)
        # What was half filled in is not kept as a draft while the test is swept up.
        page.evaluate("document.querySelectorAll('form[data-unsaved]').forEach((one) => one.remove())")
        context.close()


@pytest.mark.parametrize("role", Role)
def test_a_page_names_pictures_that_are_made_and_there(role: Role):
    named = NAMED.findall(PAGES[role].read_text(encoding="utf-8"))
    assert sorted(named) == sorted(shot.name for shot in SHOTS if shot.role == role)
    assert 2 <= len(named) <= 4
    for name in named:
        path = PICTURES / f"{name}.png"
        assert path.stat().st_size < MOST_BYTES, name
        with Image.open(path) as picture:
            assert picture.mode == "P", name
            assert picture.width in (390, 1366), name


def test_nothing_is_left_over_and_the_index_names_every_page():
    assert {path.stem for path in PICTURES.glob("*")} == {shot.name for shot in SHOTS}
    index = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert set(re.findall(r"\]\(([a-z-]+\.md)\)", index)) == {path.name for path in PAGES.values()}
    assert {path.name for path in FOLDER.glob("*.md")} == {"README.md"} | {
        path.name for path in PAGES.values()
    }
    for path in PAGES.values():
        text = path.read_text(encoding="utf-8")
        assert "## Je dag in stappen" in text, path.name
        assert "## Als het misgaat" in text, path.name


def words(client: Client, address: str) -> str:
    """What stands on a page, with what stands on its buttons; empty where there is no page."""
    answer = client.get(address)
    if answer.status_code != 200 or not answer.headers["Content-Type"].startswith("text/html"):
        return ""
    text = re.sub(r"<(script|style|svg)\b.*?</\1>", "", answer.content.decode(), flags=re.DOTALL)
    values = " ".join(re.findall(r' value="([^"]+)"', text))
    return " ".join(html.unescape(f"{re.sub(r'<[^>]+>', ' ', text)} {values}").split())


@pytest.mark.parametrize("role", Role)
def test_what_is_quoted_is_on_a_page_of_that_role(role: Role, everywhere: Places, walker):
    client = Client(raise_request_exception=False)
    client.force_login(somebody(role, walker))
    rows = [row for row in ROWS if row.method == "GET" and role in row.roles and not row.public]
    addresses = {at(row.page, *row.args)(everywhere) for row in rows if row.page != "admin:view_on_site"}
    addresses.add(at("round", "town_waiting")(everywhere))
    addresses |= {shot.address(everywhere) for shot in SHOTS if shot.role == role}
    seen = "\n".join(words(client, address) for address in sorted(addresses)).casefold()
    quoted = QUOTED.findall(" ".join(PAGES[role].read_text(encoding="utf-8").split()))
    assert [label for label in quoted if label.casefold() not in seen] == []
    assert quoted
