"""What all views of the API share: who may in, what may be asked, and how an answer leaves."""

import codecs
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from typing import IO, Any

from django.http import HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags
from rest_framework import serializers
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser, JSONParser
from rest_framework.permissions import BasePermission
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from letters.api import problems
from letters.api.authentication import Caller, HasScope, TokenAuthentication
from letters.api.problems import INVALID, NOT_FOUND, TOO_BIG, Fault, FieldFault
from letters.api.throttles import ClientThrottle
from letters.models import VendorClient
from outreach.kernel.db import set_actor


class Utf8JSONParser(JSONParser):
    """JSON is UTF-8 (RFC 8259), whatever the type says beside it."""

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        try:
            text = codecs.decode(stream.read(), "utf-8")
            return json.loads(text, parse_constant=_refuse_constant)
        except (ValueError, RecursionError) as error:
            raise ParseError from error


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


class Utf8JSONRenderer(JSONRenderer):
    charset = None


class ApiView(APIView):
    """A view says which `scope` it asks; without one nobody may in. `query` are the parameters it knows."""

    authentication_classes: Sequence[type[BaseAuthentication]] = (TokenAuthentication,)
    permission_classes: Sequence[type[BasePermission]] = (HasScope,)
    throttle_classes: Sequence[type[BaseThrottle]] = (ClientThrottle,)
    parser_classes: Sequence[type[BaseParser]] = (Utf8JSONParser,)
    renderer_classes = (Utf8JSONRenderer,)
    http_method_names = ["get", "head", "post", "put"]

    scope = ""
    query: tuple[str, ...] = ()
    #: Such a view reads a large body first, and begins its own transaction after it.
    own_transaction = False
    #: A body of a thousand messages takes a third of this.
    most_bytes = 2 * 1024**2

    def get_exception_handler(self) -> Callable[..., HttpResponse | None]:
        return problems.handler

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """From here on the row policies know whose program this is."""
        super().initial(request, *args, **kwargs)
        # The server reads no further than what was announced, so this holds for what is not.
        if int(request.META.get("CONTENT_LENGTH") or 0) > self.most_bytes:
            raise Fault(TOO_BIG)
        unknown = sorted(set(request.query_params) - set(self.query))
        if unknown and request.method.lower() in self.http_method_names:
            raise Fault(
                INVALID,
                errors=tuple(
                    FieldFault("", "onbekende-parameter", "Deze parameter kennen wij niet.") for _ in unknown
                ),
            )
        if isinstance(request.user, Caller) and not self.own_transaction:
            set_actor(request.user.actor())

    def finalize_response(
        self, request: Request, response: HttpResponse, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        final = super().finalize_response(request, response, *args, **kwargs)
        if final.status_code != problems.METHOD.status:
            final.headers.pop("Allow", None)
        patch_vary_headers(final, ["Authorization"])
        return final

    @property
    def client(self) -> VendorClient:
        """The program that calls."""
        return self.request.user.client

    def read(self, kind: type[serializers.Serializer]) -> dict[str, Any]:
        """The body, checked; all that is wrong with it at once. Raises ValidationError."""
        body = kind(data=self.request.data)
        body.is_valid(raise_exception=True)
        return body.validated_data

    def problem(self, kind: problems.Kind, *, state: Mapping[str, object] | None = None) -> HttpResponse:
        """A problem as an answer: what was written before it stays, where raising it would undo that."""
        return problems.answer(self.request._request, Fault(kind, state=state))

    def answer(self, data: Mapping[str, Any], **headers: str) -> Response:
        """200, or 304 when the caller has exactly this. The ETag is of the content: no clock is in it."""
        etag = f'"{hashlib.sha256(JSONRenderer().render(data)).hexdigest()}"'
        known = parse_etags(self.request.headers.get("If-None-Match", ""))
        same = known == ["*"] or etag in (tag.removeprefix("W/") for tag in known)
        response = Response(status=304) if same else Response(data)
        response["ETag"] = etag
        for name, value in headers.items():
            response[name.replace("_", "-")] = value
        return response


def written(data: Mapping[str, Any], *, new: bool) -> Response:
    """The answer to a PUT: made, or there already."""
    return Response(data, status=201 if new else 200)


def found_or_404(found: Any) -> Any:
    """What was found. Raises Fault: what is not of this vendor looks as what does not exist."""
    if found is None:
        raise Fault(NOT_FOUND)
    return found
