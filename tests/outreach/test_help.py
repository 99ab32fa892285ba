"""Help: every page has its own, in plain Dutch, and names no button or page that is not there."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import get_resolver, reverse

from letters.texts import language
from outreach.actions.help_texts import GROUPS, TOPICS, topic_of
from outreach.models import Role
from tests import factories
from tests.access_table import ROOMS, Row
from tests.outreach.test_access import ask, nobody_is_told, patterns, places  # noqa: F401

ROOT = Path(settings.BASE_DIR)
QUOTED = re.compile("‘([^‘’]+)’")
#: What is opened on its own and has no page around it: files, pictures, and parts of a page.
NO_PAGE = re.compile(r"_(progress|image|scan|csv|errors|preview)$|(?:^|:)sign_in$|^card$|^opt_out_letter$")
#: Pages of help, which help with nothing but themselves.
HELP = ("help", "help_topic")


def shown_words() -> set[str]:
    """Every text that stands by itself in a template, and every text in quotes in the code of the pages."""
    found: set[str] = set()
    for path in (ROOT / "templates").rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        found |= set(re.findall(r'"([^"\n]+)"', text))
        found |= {part.strip() for part in re.split(r"<[^>]*>|\{%.*?%\}|\{\{.*?\}\}", text)}
    for app in ("outreach", "letters", "eligibility"):
        for room in ("views", "forms", "models"):
            for path in (ROOT / app / room).glob("*.py"):
                found |= set(re.findall(r'"([^"\n]+)"', path.read_text(encoding="utf-8")))
    return found


def staff_pages() -> list[Row]:
    """What somebody of the staff opens, except for the pages of his account and of the admin."""
    rows = [row for room in ("outreach", "eligibility", "letters") for row in ROOMS[room]]
    return [row for row in rows if row.method == "GET" and not row.public and row.page not in HELP]


@pytest.mark.django_db
def test_every_page_leads_to_its_own_help(places):  # noqa: F811
    team = factories.team("Noord", buurten=["BU1"])
    users = {role: factories.user(role, team=team if role == Role.BUURTTEAM else None) for role in Role}
    wrong, pages = [], 0
    for row in staff_pages():
        user = users[Role.TEAMLEIDER if Role.TEAMLEIDER in row.roles else sorted(row.roles)[0]]
        answer = ask(row, places, user)
        html = answer.headers.get("Content-Type", "").startswith("text/html")
        whole = html and not answer.streaming and "<!DOCTYPE html>" in answer.content.decode()
        if not whole or answer.status_code != 200:
            if not NO_PAGE.search(row.page) and not topic_of(row.page):
                wrong.append(f"{row.page}: {answer.status_code}, and no help")
            continue
        pages += 1
        name = topic_of(row.page)
        link = f'href="{reverse("help_topic", args=[name])}"' if name else "help of its own"
        if answer.content.decode().count(link) != 2:
            wrong.append(f"{row.page}: {link}")
    assert wrong == []
    assert pages > 45


@pytest.mark.django_db
def test_every_text_is_shown_and_leads_back_to_where_one_came_from():
    client = Client()
    client.force_login(factories.user(Role.CONSULENT))
    for name, topic in TOPICS.items():
        page = client.get(reverse("help_topic", args=[name]))
        assert page.status_code == 200
        assert topic.title in page.content.decode()
    came_from = {
        "http://testserver/taken/?van=team": "/taken/?van=team",
        "http://testserver/hulp/taken/": "/",
        "http://testserver/is-er-niet/": "/",
        "https://elders.example/taken/": "/",
        "": "/",
    }
    for referer, back in came_from.items():
        page = client.get("/hulp/taken/", headers={"referer": referer}).content.decode()
        assert f'<a class="kit-back" href="{back}">' in page
    assert client.get("/hulp/is-er-niet/").status_code == 404


@pytest.mark.django_db
def test_the_list_of_help_is_about_what_one_does_oneself():
    shown = {}
    for role in (Role.BUURTTEAM, Role.APPLICATIEBEHEERDER):
        client = Client()
        client.force_login(factories.user(role, team=factories.team() if role == Role.BUURTTEAM else None))
        shown[role] = client.get("/hulp/").content.decode()
    assert "/hulp/looplijst/" in shown[Role.BUURTTEAM]
    assert "/hulp/koppeling/" not in shown[Role.BUURTTEAM]
    assert "/hulp/koppeling/" in shown[Role.APPLICATIEBEHEERDER]
    assert "/hulp/gesprek/" not in shown[Role.APPLICATIEBEHEERDER]


def test_a_text_is_for_pages_that_exist_and_a_page_has_one_text():
    known = {name for name, _ in patterns(get_resolver().url_patterns)}
    pages = [page for topic in TOPICS.values() for page in topic.pages]
    assert [page for page in pages if page not in known] == []
    assert len(pages) == len(set(pages))
    assert {topic.group for topic in TOPICS.values()} == set(GROUPS)


def test_no_text_names_a_button_or_page_that_is_not_there():
    there = shown_words()
    named = [
        (name, label)
        for name, one in TOPICS.items()
        for text in one.sentences()
        for label in QUOTED.findall(text)
    ]
    assert len(named) > 60
    assert [(name, label) for name, label in named if label not in there] == []


@pytest.mark.parametrize("name", TOPICS)
def test_the_words_are_plain(name):
    # A name between quotes is one the page chose, however long.
    texts = [QUOTED.sub("dit", text) for text in TOPICS[name].sentences()]
    assert language.faults(texts) == []
