"""Settings of the browser, and the pages that need no database."""

import os
from collections.abc import Callable, Iterator

import pytest
from django.template.loader import render_to_string

from tests.ui import kitchen_sink
from tests.ui.pages import served
from tools import browser

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--lang=nl-NL",
]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict) -> dict:
    return {**browser_type_launch_args, "executable_path": browser.find(), "args": FLAGS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict) -> dict:
    return {**browser_context_args, "locale": "nl-NL", "timezone_id": "Europe/Amsterdam"}


@pytest.fixture
def site() -> Iterator[tuple[str, list[str]]]:
    """The kitchen sink on / and the bare pages, with the site's own headers."""
    # Playwright runs an event loop in this thread; the pages are made in another, without a database.
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    bare: dict[str, Callable[[], str]] = {
        f"/{name}/": lambda name=name: render_to_string(f"{name}.html", {"gemeente": "Gemeente Waterveen"})
        for name in ("400", "403", "404", "500", "403_csrf")
    }
    with served({"/": kitchen_sink.render, **bare}) as address_and_posts:
        yield address_and_posts
