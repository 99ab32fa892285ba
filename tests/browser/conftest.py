"""A real browser on the real site: its own server, its own database, two sizes of screen."""

import os
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, TimeoutError
from pytest_django.live_server_helper import LiveServer

from outreach.kernel import clock
from outreach.models import Looplijst, Role, User
from tests import factories
from tests.browser.town import make_list
from tests.ui.conftest import browser_context_args, browser_type_launch_args  # noqa: F401

DESK = {"width": 1366, "height": 900}
PHONE = {"width": 390, "height": 844}
SMALL = {"width": 320, "height": 640}

SignIn = Callable[[BrowserContext, User], None]


@pytest.fixture(scope="session", autouse=True)
def _an_event_loop_in_this_thread() -> Iterator[None]:
    """Playwright runs a loop in the thread of the test; Django then refuses the database unless told."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    yield
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def walker(transactional_db: None) -> User:
    """Somebody of a buurtteam."""
    user = factories.user(Role.BUURTTEAM, team=factories.team("Buurtteam Noord"))
    user.first_name, user.last_name = "Bea", "Bakker"
    user.save()
    return user


@pytest.fixture
def looplijst(walker: User) -> Looplijst:
    """A list with families of all kinds, some of them visited before."""
    return make_list(walker, clock.today())


@pytest.fixture
def sign_in(live_server: LiveServer) -> SignIn:
    """Signs a user in without the form, by the cookie of a session."""

    def signed_in(context: BrowserContext, user: User) -> None:
        client = Client()
        client.force_login(user)
        cookie = next(iter(client.cookies.values()))
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])

    return signed_in


class Watch:
    """Hears what a page complains about. Every test ends by asking `complaints`."""

    def __init__(self, page: Page) -> None:
        self.complaints: list[str] = []
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _console(self, message: object) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)


def leave_nothing_behind(page: Page) -> None:
    """Take away a form that would be kept as a draft when its page closes, while the test is swept up."""
    if page.locator("form[data-unsaved]").count():
        page.evaluate("document.querySelector('form[data-unsaved]').remove()")
        with suppress(TimeoutError):
            page.wait_for_load_state("networkidle", timeout=3_000)


OpenPage = Callable[..., tuple[Page, Watch]]


@pytest.fixture
def open_page(
    browser: Browser,
    browser_context_args: dict,  # noqa: F811
    live_server: LiveServer,
    walker: User,
    looplijst: Looplijst,
    sign_in: SignIn,
) -> Iterator[OpenPage]:
    """Opens the site as the walker on a screen of some size, with or without JavaScript."""
    contexts: list[BrowserContext] = []

    def opened(path: str, size: dict[str, int] = DESK, *, scripts: bool = True) -> tuple[Page, Watch]:
        context = browser.new_context(
            **{**browser_context_args, "viewport": size, "java_script_enabled": scripts},
            base_url=live_server.url,
        )
        contexts.append(context)
        # A page may be slow where everything runs at once; a state is waited for, not a time.
        context.set_default_timeout(90_000)
        sign_in(context, walker)
        page = context.new_page()
        watch = Watch(page)
        page.goto(path)
        return page, watch

    yield opened
    for context in contexts:
        for page in context.pages:
            leave_nothing_behind(page)
        context.close()
