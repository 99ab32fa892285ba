"""Speaking HTTP with the municipality: a token, patience when it is busy, and nothing lost on a bad line."""

from __future__ import annotations

import base64
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import Any
from urllib.parse import urlencode, urlsplit

BASE = "/api/drukwerk/v1"
TOKEN = "/oauth/token"
SCOPES = "drukwerk scans"
BUSY = (429, 503)
ATTEMPTS = 8
# Seconds that an answer may take, that we wait when nobody says how long, and that we wait at most.
PATIENCE = 60.0
PAUSE = 0.5
LONGEST_WAIT = 300.0
# A token that ends within so many seconds is asked anew.
SLACK = 15.0


class VendorProblem(Exception):
    """The vendor cannot go on; the message is Dutch and holds nothing about a letter."""


class Refused(VendorProblem):
    """The municipality said no. `status` and `code` are those of its answer."""

    def __init__(self, status: int, code: str, what: str) -> None:
        super().__init__(f"{what}: de gemeente antwoordt {status} ({code or 'zonder code'}).")
        self.status = status
        self.code = code


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; `headers` have small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(slots=True)
class Api:
    """One connection as one client. Every write may be sent twice, so a broken line is tried again."""

    address: str
    client_id: str
    secret: str = field(repr=False)
    sleep: Callable[[float], None] = time.sleep
    counts: Counter[str] = field(default_factory=Counter)
    _line: HTTPConnection | None = None
    _token: str = field(default="", repr=False)
    _ends: float = 0.0

    def get(self, path: str, **query: object) -> Answer:
        """GET below the base. Raises Refused on anything but 200 and 304."""
        asked = f"{path}?{urlencode(query)}" if query else path
        return self.ask("GET", asked, accepted=(200, 304))

    def pages(self, path: str, key: str, **query: object) -> Iterator[dict[str, Any]]:
        """All items of a list, page after page, by the cursor in `_links.next`."""
        following: str | None = f"{path}?{urlencode(query)}" if query else path
        while following:
            page = self.ask("GET", following).json()
            yield from page[key]
            following = _link(page)

    def put(self, path: str, body: object, accepted: tuple[int, ...] = (200, 201)) -> Answer:
        """PUT JSON. Raises Refused."""
        return self._send("PUT", path, body, accepted)

    def post(self, path: str, body: object, accepted: tuple[int, ...] = (200, 201)) -> Answer:
        """POST JSON. Raises Refused."""
        return self._send("POST", path, body, accepted)

    def _send(self, method: str, path: str, body: object, accepted: tuple[int, ...]) -> Answer:
        content = json.dumps(body).encode()
        return self.ask(method, path, {"Content-Type": "application/json"}, content, accepted)

    def ask(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        accepted: tuple[int, ...] = (200,),
        at_most: int | None = None,
    ) -> Answer:
        """One request until it is answered: a new token on 401, waiting on 429 and 503, anew on a bad line.

        With `at_most` the line breaks after so many bytes of the answer, and those are given. Raises Refused
        on an answer outside `accepted`, VendorProblem when nothing answers.
        """
        for attempt in range(ATTEMPTS):
            own = {**(headers or {}), "Authorization": f"Bearer {self._bearer()}"}
            answer = self._try(method, path, own, body, at_most)
            if answer is None:
                self.sleep(PAUSE * 2**attempt)
            elif answer.status in BUSY:
                self._wait(answer)
            elif answer.status == 401 and attempt < 2:
                self._token = ""
            elif answer.status in accepted:
                return answer
            else:
                raise Refused(answer.status, _code(answer), f"{method} {_shown(path)}")
        raise VendorProblem(f"{method} {_shown(path)}: na {ATTEMPTS} pogingen geen bruikbaar antwoord.")

    def _wait(self, answer: Answer) -> None:
        self.counts["gewacht"] += 1
        asked = answer.headers.get("retry-after", "")
        self.sleep(min(float(asked), LONGEST_WAIT) if asked.isdigit() else PAUSE)

    def _try(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes | None,
        at_most: int | None = None,
    ) -> Answer | None:
        """One attempt; None when the line broke before the answer was whole."""
        try:
            response = self._open(method, path, headers, body)
            answer = Answer(response.status, _small(response), response.read(at_most))
        except (OSError, HTTPException):
            self.hang_up()
            self.counts["verbroken"] += 1
            return None
        if response.will_close or at_most is not None:
            self.hang_up()
        return answer

    def _open(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None) -> HTTPResponse:
        """Send one request over the standing line; the answer is still to be read."""
        if self._line is None:
            place = urlsplit(self.address)
            kind = HTTPSConnection if place.scheme == "https" else HTTPConnection
            self._line = kind(place.netloc, timeout=PATIENCE)
        target = path if path.startswith((BASE, TOKEN)) else BASE + path
        self._line.request(method, target, body, {"Accept": "*/*", **headers})
        self.counts["verzoeken"] += 1
        return self._line.getresponse()

    def hang_up(self) -> None:
        """Leave the line; the next request takes a new one."""
        if self._line is not None:
            self._line.close()
            self._line = None

    def _bearer(self) -> str:
        if not self._token or time.monotonic() > self._ends - SLACK:
            self._take_token()
        return self._token

    def _take_token(self) -> None:
        basic = base64.b64encode(f"{self.client_id}:{self.secret}".encode()).decode("ascii")
        headers = {
            "Authorization": f"Basic {basic}",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        body = urlencode({"grant_type": "client_credentials", "scope": SCOPES}).encode()
        for attempt in range(ATTEMPTS):
            answer = self._try("POST", TOKEN, headers, body)
            if answer is None:
                self.sleep(PAUSE * 2**attempt)
            elif answer.status in BUSY:
                self._wait(answer)
            elif answer.status == 200:
                given = answer.json()
                self._token = given["access_token"]
                self._ends = time.monotonic() + float(given.get("expires_in", 60))
                self.counts["tokens"] += 1
                return
            else:
                raise Refused(answer.status, _code(answer), "Een token vragen")
        raise VendorProblem("De gemeente geeft geen token: er komt geen antwoord.")


def _small(response: HTTPResponse) -> dict[str, str]:
    return {name.lower(): text for name, text in response.getheaders()}


def _code(answer: Answer) -> str:
    try:
        told = answer.json()
    except ValueError:
        return ""
    return str(told.get("code") or told.get("error") or "") if isinstance(told, dict) else ""


def _link(page: Mapping[str, Any]) -> str | None:
    """The address of the next page, without scheme and host."""
    following = (page.get("_links") or {}).get("next")
    if isinstance(following, dict):
        following = following.get("href")
    if not following:
        return None
    place = urlsplit(following)
    return f"{place.path}?{place.query}" if place.query else place.path


def _shown(path: str) -> str:
    """A path without what follows the question mark."""
    return path.partition("?")[0]
