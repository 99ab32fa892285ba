"""Errors of the API, all of them application/problem+json (RFC 9457). Source of the codes: docs/drukwerk.md.

A text never says what was sent: it could be a name.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from rest_framework import exceptions

CONTENT_TYPE = "application/problem+json"
#: Seconds after which it is worth trying again, when the fault is ours.
LATER = 60


@dataclass(frozen=True, slots=True)
class Kind:
    """A sort of problem: its code, what it answers with, and what is said about it."""

    code: str
    status: int
    title: str
    detail: str


@dataclass(frozen=True, slots=True)
class FieldFault:
    """One fault in what was sent, at a JSON pointer or the name of a parameter."""

    pointer: str
    code: str
    detail: str


INVALID = Kind("ongeldige-invoer", 400, "Ongeldige invoer", "De aanvraag voldoet niet aan het schema.")
TOO_MANY = Kind("te-veel-items", 400, "Te veel items", "De aanvraag heeft meer items dan is toegestaan.")
CURSOR = Kind("cursor-ongeldig", 400, "Cursor ongeldig", "De cursor is niet van deze lijst. Begin opnieuw.")
TOKEN = Kind("token-ongeldig", 401, "Token ongeldig", "Het token ontbreekt, is verlopen of klopt niet.")
SCOPE = Kind("scope-ontbreekt", 403, "Scope ontbreekt", "Met dit token mag dit niet.")
NOT_FOUND = Kind("niet-gevonden", 404, "Niet gevonden", "Dit adres bestaat niet, of is niet van jou.")
METHOD = Kind("methode-niet-toegestaan", 405, "Methode niet toegestaan", "Zie de header Allow.")
ACCEPT = Kind("accept-niet-mogelijk", 406, "Accept niet mogelijk", "Dit formaat leveren wij hier niet.")
DIFFERS = Kind(
    "bevestiging-wijkt-af",
    409,
    "Bevestiging wijkt af",
    "Je hebt een ander bestand dan wij maakten. Print dit deel niet: haal het opnieuw op en vergelijk.",
)
WITHDRAWN = Kind("brief-ingetrokken", 409, "Brief ingetrokken", "Deze brief gaat niet meer uit.")
ANSWERED = Kind(
    "antwoord-wijkt-af", 409, "Antwoord wijkt af", "Deze intrekking is al met een ander antwoord gesloten."
)
SCAN_DIFFERS = Kind(
    "scan-afwijkend",
    409,
    "Scan wijkt af",
    "Wat je stuurt, is niet wat je eerder onder dit kenmerk stuurde of aankondigde.",
)
CLOSED = Kind("aanlevering-afgesloten", 409, "Aanlevering afgesloten", "Deze aanlevering is al afgesloten.")
STALE = Kind("etag-verouderd", 412, "ETag verouderd", "Het bestand is intussen veranderd.")
TOO_BIG = Kind("bestand-te-groot", 413, "Te groot", "De aanvraag is groter dan is toegestaan.")
TYPE = Kind("type-niet-ondersteund", 415, "Type niet ondersteund", "Dit type inhoud nemen wij hier niet aan.")
RANGE = Kind("bereik-ongeldig", 416, "Bereik ongeldig", "Het gevraagde bereik ligt buiten het bestand.")
TOO_OFTEN = Kind("te-vaak", 429, "Te vaak", "Je vraagt te vaak. Zie de header Retry-After.")
OURS = Kind("interne-fout", 500, "Interne fout", "Er ging bij ons iets mis. Probeer het later opnieuw.")
NOT_READY = Kind("nog-niet-gereed", 503, "Nog niet gereed", "Dit is nu niet beschikbaar.")

KINDS = (
    INVALID, TOO_MANY, CURSOR, TOKEN, SCOPE, NOT_FOUND, METHOD, ACCEPT, DIFFERS, WITHDRAWN, ANSWERED,
    SCAN_DIFFERS, CLOSED, STALE, TOO_BIG, TYPE, RANGE, TOO_OFTEN, OURS, NOT_READY,
)  # fmt: skip
#: The kind for an answer that only has a status.
BY_STATUS = {
    400: INVALID, 401: TOKEN, 403: SCOPE, 404: NOT_FOUND, 405: METHOD, 406: ACCEPT, 413: TOO_BIG, 415: TYPE,
    416: RANGE, 429: TOO_OFTEN, 503: NOT_READY,
}  # fmt: skip


@dataclass(eq=False)
class Fault(Exception):
    """Raised by a view to answer with a problem. `state` is how it stands here, for a conflict."""

    kind: Kind
    detail: str = ""
    errors: tuple[FieldFault, ...] = ()
    state: Mapping[str, object] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


def answer(request: HttpRequest, fault: Fault) -> HttpResponse:
    """The answer for a fault."""
    kind = fault.kind
    number = getattr(request, "api_request_id", "")
    body: dict[str, object] = {
        "type": f"urn:bereik:fout:{kind.code}",
        "title": kind.title,
        "status": kind.status,
        "detail": fault.detail or kind.detail,
        "instance": f"urn:uuid:{number}",
        "code": kind.code,
        "requestId": number,
    }
    if fault.errors:
        body["errors"] = [
            {"pointer": one.pointer, "code": one.code, "detail": one.detail} for one in fault.errors
        ]
    if fault.state is not None:
        body["huidigeToestand"] = fault.state
    response = HttpResponse(
        json.dumps(body, ensure_ascii=False), status=kind.status, content_type=CONTENT_TYPE
    )
    if kind.status == HTTPStatus.SERVICE_UNAVAILABLE:
        response["Retry-After"] = str(LATER)
    for name, value in fault.headers.items():
        response[name] = value
    return response


def handler(error: Exception, context: Mapping[str, Any]) -> HttpResponse | None:
    """What REST framework calls for an error in a view. None for what is ours: that becomes a 500."""
    fault = _fault_of(error)
    return None if fault is None else answer(context["request"]._request, fault)


def _fault_of(error: Exception) -> Fault | None:  # noqa: PLR0911 (a table reads best as one)
    match error:
        case Fault():
            return error
        case exceptions.ValidationError():
            return Fault(INVALID, errors=tuple(faults(error.detail)))
        case exceptions.NotAuthenticated() | exceptions.AuthenticationFailed():
            return Fault(TOKEN, headers={"WWW-Authenticate": _challenge(error)})
        case exceptions.Throttled():
            return Fault(TOO_OFTEN, headers={"Retry-After": str(int(error.wait or LATER))})
        case Http404():
            return Fault(NOT_FOUND)
        case PermissionDenied():
            return Fault(SCOPE)
        case RequestDataTooBig():
            return Fault(TOO_BIG)
        case SuspiciousOperation():
            return Fault(INVALID)
        case exceptions.APIException():
            return Fault(BY_STATUS.get(error.status_code, INVALID))
    return None


def _challenge(error: exceptions.APIException) -> str:
    return getattr(error, "auth_header", None) or 'Bearer realm="drukwerk"'


def faults(found: Any, pointer: str = "") -> Iterator[FieldFault]:
    """All faults of a serializer, each at its JSON pointer."""
    if isinstance(found, Mapping):
        for name, inner in found.items():
            here = pointer if name == "non_field_errors" else f"{pointer}/{name}"
            yield from faults(inner, here)
    elif isinstance(found, Iterable) and not isinstance(found, str):
        for number, inner in enumerate(found):
            nested = isinstance(inner, Mapping | list)
            yield from faults(inner, f"{pointer}/{number}" if nested else pointer)
    else:
        yield FieldFault(pointer, getattr(found, "code", "ongeldig"), str(found))
