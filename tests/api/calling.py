"""Calling the API as a program of a vendor."""

import base64
import datetime
import json
import re
import secrets
import uuid
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from oauth2_provider.models import AccessToken, set_token_value

from letters.actions import vendor_clients
from letters.actions.vendor_clients import Issued
from letters.api import BASE
from letters.models import Letter, Part, Vendor
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Role, User
from tests import factories
from tests.letters import rounds

BOTH = "drukwerk scans"
PROBLEM = "application/problem+json"
#: The names, birth dates and streets of who is written to in these tests. A birth date stands by itself:
#: in tens of thousands of random ids the same eight digits turn up inside one.
OF_PERSONS = re.compile(
    rf"{rounds.SURNAME}|Gerststraat|10 maart 1980|(?<![\w-])(?:1980-?03-?10|10-0?3-1980)(?![0-9a-f-])",
    re.IGNORECASE,
)
PNG = b"\x89PNG\r\n\x1a\n" + b"niet echt een beeld"


def manager() -> User:
    """The functioneel beheerder who makes clients."""
    found = User.objects.filter(username="beheerder-api").first()
    return found or factories.user(Role.FUNCTIONEEL_BEHEERDER, username="beheerder-api")


def issue(vendor: Vendor | None = None, *, sandbox: bool = False) -> Issued:
    """A client with its secret."""
    by = manager()
    with acting_as(by.actor()):
        return vendor_clients.make(vendor=vendor or rounds.vendor(), label="proef", sandbox=sandbox, by=by)


@dataclass
class Caller:
    """One program with its token."""

    issued: Issued
    token: str

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> HttpResponse:
        """One call below the base; `body` goes as JSON unless it is bytes with a Content-Type."""
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        kind = given.pop("Content-Type", "application/json" if body is not None else "")
        place = path if path.startswith("/api") else BASE + path
        answer = Client(raise_request_exception=False).generic(
            method,
            place,
            content,
            content_type=kind,
            headers={"Authorization": f"Bearer {self.token}"} | given,
        )
        names_nobody(place, answer)
        return answer

    def get(self, path: str, **headers: str) -> HttpResponse:
        return self.call("GET", path, **headers)

    def put(self, path: str, body: Any, **headers: str) -> HttpResponse:
        return self.call("PUT", path, body, **headers)

    def post(self, path: str, body: Any, **headers: str) -> HttpResponse:
        return self.call("POST", path, body, **headers)


def names_nobody(place: str, answer: HttpResponse) -> None:
    """The address, the headers and the body but for the letters themselves hold nothing of a person."""
    told = f"{place}\n{dict(answer.headers)}\n"
    if answer.get("Content-Type") in (PROBLEM, "application/json"):
        told += b"".join(answer).decode()
    found = OF_PERSONS.search(told)
    around = told[max(found.start() - 40, 0) : found.end() + 40] if found else ""
    assert not found, f"the API names a person outside a letter: {around}"


def caller(vendor: Vendor | None = None, *, scope: str = BOTH, sandbox: bool = False) -> Caller:
    """A program with a token that is good for ten minutes."""
    issued = issue(vendor, sandbox=sandbox)
    return Caller(issued, token_for(issued, scope))


def token_for(issued: Issued, scope: str = BOTH, *, seconds: int = 600) -> str:
    """A token without asking for one."""
    text = secrets.token_urlsafe(24)
    token = AccessToken(
        application=issued.client.application,
        scope=scope,
        expires=timezone.now() + datetime.timedelta(seconds=seconds),
    )
    set_token_value(token, text)
    token.save()
    return text


def basic(issued: Issued, secret: str = "") -> dict[str, str]:
    """The header by which a client asks for a token."""
    pair = f"{issued.client.application.client_id}:{secret or issued.secret}"
    return {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}


def ask_token(issued: Issued, secret: str = "", **fields: str) -> HttpResponse:
    """The answer of /oauth/token."""
    return Client(raise_request_exception=False).post(
        "/oauth/token",
        {"grant_type": "client_credentials", "scope": BOTH} | fields,
        headers=basic(issued, secret),
    )


def problem(response: HttpResponse, status: int, code: str) -> dict[str, Any]:
    """The body of an answer that must be this problem."""
    assert response.status_code == status, (response.status_code, response.content)
    assert response["Content-Type"] == PROBLEM
    names_nobody("", response)
    body = response.json()
    assert (body["status"], body["code"]) == (status, code)
    assert {"type", "title", "detail", "instance", "requestId"} <= set(body)
    assert response["API-Version"]
    return body


def confirmation(part: Part) -> dict[str, object]:
    """What a vendor says who has the right file."""
    return {"sha256": part.sha256, "aantalBrieven": part.letters_count, "aantalPaginas": part.pages}


def part_path(part: Part) -> str:
    return f"/partijen/{part.batch_id}/delen/{part.number}"


def message(letter: uuid.UUID | str, status: str = "geprint", **fields: object) -> dict[str, Any]:
    """A message about one letter."""
    return {
        "meldingId": str(uuid.uuid4()),
        "briefId": str(letter),
        "status": status,
        "tijdstip": "2026-03-05T10:00:00+01:00",
    } | fields


def standing(letter: uuid.UUID) -> tuple[str, str, str]:
    """The three axes of a letter."""
    with acting_as(SYSTEM_ACTOR):
        return Letter.objects.values_list("production", "delivery", "response").get(pk=letter)


def related(reading: dict[str, Any] | None, picture: bytes, edge: str = "grens") -> tuple[bytes, str]:
    """A scan as multipart/related, and its type."""
    parts = [(b"application/json", json.dumps(reading).encode())] if reading is not None else []
    parts.append((b"image/png", picture))
    mark = edge.encode()
    body = b"".join(
        b"--" + mark + b"\r\nContent-Type: " + kind + b"\r\n\r\n" + content + b"\r\n"
        for kind, content in parts
    )
    return body + b"--" + mark + b"--\r\n", f"multipart/related; boundary={edge}"
