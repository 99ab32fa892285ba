"""Every page that a role can reach by GET: each kind of page at least once, and more up to a bound."""

import heapq
import itertools
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urljoin

from django.conf import settings

from tests.remains.browsing import Answer, Browser, links, pattern, visible

PAGES_PER_ROLE = 200
# Of one kind of page, such as a household, so many are asked: the next would not be another kind of page.
PAGES_PER_KIND = 30
NOBODY = "anoniem"
# Addresses that nobody links to: what is not there, what is no number, what is not yours.
ODD = (
    "/bestaat-niet/",
    "/beheer/",
    "/brieven/deel/1/",
    "/huishoudens/00000000-0000-0000-0000-000000000000/",
    "/koppelen/999999/",
    "/koppelen/leveringen/1/",
    "/koppelen/leveringen/?page=abc&status=xyz",
    "/looplijsten/1/",
    "/rondes/1/",
)
_HTMX = {"HX-Request": "true"}


@dataclass
class Visit:
    """What came of one role's walk. `texts` are address and visible text of each page; `unseen` the kinds of
    address that were known when the bound was reached and never asked; `failures` answers of 500 and above.
    """

    role: str
    answers: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    texts: list[tuple[str, str]] = field(default_factory=list)
    letters: list[str] = field(default_factory=list)
    unseen: set[str] = field(default_factory=set)
    failures: list[str] = field(default_factory=list)


# Searches an answer; gives the text of each page when it is a PDF.
Look = Callable[[str, Answer], list[str]]


class Crawl:
    """One role's walk. `look` gets every answer; the kinds of address that were seen least go first."""

    def __init__(self, browser: Browser, role: str, look: Look, deadline: float) -> None:
        self._browser, self._look, self._deadline = browser, look, deadline
        self._known: set[tuple[str, bool]] = set()
        self._waiting: list[tuple[int, int, str, bool]] = []
        self._times: Counter[str] = Counter()
        self._order = itertools.count()
        self.visit = Visit(role)

    def walk(self) -> Visit:
        for path in ("/", *ODD):
            self._push(self._browser.site + path, False)
        while self._waiting and self._goes_on():
            rank, _, url, by_htmx = heapq.heappop(self._waiting)
            kind = pattern(url)
            if self._times[kind.partition("?")[0]] >= PAGES_PER_KIND:
                continue
            if self._times[kind] > rank:
                self._queue(self._times[kind], url, by_htmx)
                continue
            self._times.update({kind, kind.partition("?")[0]})
            self._take(self._browser.get(url, **(_HTMX if by_htmx else {})))
        kinds = {pattern(url).partition("?")[0] for _, _, url, _ in self._waiting}
        self.visit.unseen = {kind for kind in kinds if not self._times[kind]}
        return self.visit

    def _goes_on(self) -> bool:
        """Up to the bound, and past it for a kind of page that was not seen yet."""
        within = self.visit.answers < PAGES_PER_ROLE or self._waiting[0][0] == 0
        return within and time.monotonic() < self._deadline

    def _take(self, answer: Answer) -> None:
        visit = self.visit
        visit.answers += 1
        visit.statuses[answer.status] += 1
        visit.kinds[answer.kind] += 1
        if answer.status >= 500:
            visit.failures.append(f"{answer.status} {pattern(answer.url)}")
        on_paper = self._look(visit.role, answer)
        # What the registers hand out names bronnen: to everybody, or to a resident about himself.
        if settings.REGISTERS_PATH not in answer.url:
            visit.letters += on_paper
        page = answer.tree()
        if page is not None:
            visit.texts.append((answer.url, visible(page)))
        for url, by_htmx in links(answer):
            self._push(url, by_htmx)
        if answer.header("Location"):
            self._push(urljoin(answer.url, answer.header("Location")), False)

    def _push(self, url: str, by_htmx: bool) -> None:
        """Remember an address on this site. Style sheets are the same for all, so one role looks at them."""
        ours = url.startswith(f"{self._browser.site}/")
        if not ours or ("/static/" in url and self.visit.role != NOBODY) or (url, by_htmx) in self._known:
            return
        self._known.add((url, by_htmx))
        self._queue(self._times[pattern(url)], url, by_htmx)

    def _queue(self, rank: int, url: str, by_htmx: bool) -> None:
        heapq.heappush(self._waiting, (rank, next(self._order), url, by_htmx))
