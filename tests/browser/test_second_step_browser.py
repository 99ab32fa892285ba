"""The pages to sign in with, on a small phone and a desk: nothing too wide, nothing that stops anybody."""

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from outreach.models import Role
from tests import factories
from tests.browser.conftest import DESK, SMALL
from tests.browser.test_not_lost import accessible
from tests.second_step import code_for, code_of, give_app

pytestmark = [pytest.mark.browser, pytest.mark.django_db]


def fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), page.url
    accessible(page)


def password(page: Page, name: str) -> None:
    page.goto("/")
    fits(page)
    page.get_by_label("Gebruikersnaam").fill(name)
    page.get_by_label("Wachtwoord").fill(factories.PASSWORD)
    page.get_by_role("button", name="Inloggen").click()


@pytest.mark.parametrize("size", [SMALL, DESK], ids=["phone", "desk"])
def test_the_first_time_and_the_next(browser: Browser, live_server: LiveServer, size):
    user = factories.user(Role.CONSULENT)
    options = {"viewport": size, "base_url": live_server.url}
    with browser.new_context(**options) as context:
        page = context.new_page()
        password(page, user.username)
        expect(page.get_by_role("heading", name="Code-app instellen")).to_be_visible()
        fits(page)
        page.get_by_label("Code van de app").fill(code_for(page.locator(".kit-code").inner_text()))
        page.get_by_role("button", name="Instellen").click()
        expect(page.get_by_role("heading", name="Herstelcodes")).to_be_visible()
        fits(page)
    other = give_app(factories.user(Role.CONSULENT))
    with browser.new_context(**options) as context:
        page = context.new_page()
        password(page, other.username)
        expect(page.get_by_role("heading", name="Vul je code in")).to_be_visible()
        fits(page)
        page.get_by_label("Code").fill(code_of(other))
        page.get_by_role("button", name="Inloggen").click()
        expect(page.get_by_role("link", name="Werkvoorraad").first).to_be_visible()
