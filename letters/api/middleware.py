"""Around everything under /api/ and /oauth/: the headers of every answer, and no error but a problem.

It is the outermost middleware, so that also what never reaches a view, and what goes wrong in another
middleware, leaves as it should.
"""

import re
import uuid
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from letters.api import VERSION, problems
from outreach.middleware import Handler

_OURS = re.compile(r"/(api|oauth)(/|$)")
_REQUEST_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
#: What belongs to the body that is thrown away, and to a browser.
_DROPPED = ("Content-Type", "Content-Length", "Content-Language", "Location", "ETag", "Content-Encoding")


class ApiMiddleware:
    """Lets other addresses through untouched."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not _OURS.match(request.path_info):
            return self.get_response(request)
        given = request.headers.get("X-Request-Id", "")
        number = given if _REQUEST_ID.fullmatch(given) else str(uuid.uuid4())
        request.api_request_id = number  # type: ignore[attr-defined]
        response = self.get_response(request)
        if _to_replace(response):
            response = _as_problem(request, response)
        _dress(response, number)
        for name, value in getattr(request, "rate_headers", {}).items():
            response[name] = value
        return response


def _to_replace(response: HttpResponseBase) -> bool:
    """An error page for people, or a redirect: a program that follows one sends its token along."""
    if response.status_code < HTTPStatus.MULTIPLE_CHOICES or response.status_code == HTTPStatus.NOT_MODIFIED:
        return False
    kind = response.headers.get("Content-Type", "").split(";")[0]
    return kind not in (problems.CONTENT_TYPE, "application/json")


def _as_problem(request: HttpRequest, response: HttpResponseBase) -> HttpResponse:
    redirected = response.status_code < HTTPStatus.BAD_REQUEST
    kind = (
        problems.NOT_FOUND
        if redirected
        else problems.BY_STATUS.get(
            response.status_code,
            problems.OURS if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR else problems.INVALID,
        )
    )
    made = problems.answer(request, problems.Fault(kind))
    for name, value in response.headers.items():
        if name not in _DROPPED:
            made.headers.setdefault(name, value)
    return made


def _dress(response: HttpResponseBase, number: str) -> None:
    response["API-Version"] = VERSION
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
    response["X-Request-Id"] = number
    # No session goes in or out: the only way in is a token.
    response.cookies.clear()
