"""The OpenAPI document: made from the views, and completed with what every operation has.

It lies in docs/api/drukwerk-openapi.json; a test says when it is stale. Made by `make openapi`.
"""

import json
from functools import cache
from typing import Any

from django.http import HttpResponse
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema
from oauth2_provider.settings import oauth2_settings
from rest_framework.request import Request

from letters.api import BASE
from letters.api.base import ApiView

Node = dict[str, Any]

ERRORS = {
    "400": "Ongeldige invoer",
    "401": "Token ongeldig",
    "403": "Scope ontbreekt",
    "404": "Niet gevonden",
    "406": "Formaat wordt niet geleverd",
    "429": "Te vaak",
    "500": "Interne fout",
    "503": "Nog niet gereed",
}
BODY_ERRORS = {"413": "Te groot", "415": "Type wordt niet aangenomen"}
_TEXT: Node = {"type": "string"}
_VERSION = {"description": "Versie van de API.", "required": True, "schema": _TEXT}
_REQUEST_ID = {
    "description": "Kenmerk van de aanvraag.",
    "required": True,
    "schema": {"type": "string", "format": "uuid"},
}
_PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
_FAULT: Node = {
    "type": "object",
    "required": ["pointer", "code", "detail"],
    "properties": {"pointer": _TEXT, "code": _TEXT, "detail": _TEXT},
}
# RFC 9457, with our own members.
PROBLEM: Node = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "instance", "code", "requestId"],
    "properties": {
        **dict.fromkeys(("type", "title", "detail", "instance", "code", "requestId"), _TEXT),
        "status": {"type": "integer"},
        "errors": {"type": "array", "items": _FAULT},
        "huidigeToestand": {"type": "object", "additionalProperties": True},
    },
}
_FILE_HEADERS = ("ETag", "Repr-Digest", "Accept-Ranges", "Content-Disposition")
PATH_TEXTS = {
    "partij_id": "partijId",
    "nummer": "nummer",
    "brief_id": "briefId",
    "intrekking_id": "intrekkingId",
    "aanlevering_id": "aanleveringId",
    "scan_id": "scanId",
    "maand": "maand",
}


def only_ours(endpoints: list[tuple]) -> list[tuple]:
    """Of all addresses those of the API."""
    return [one for one in endpoints if one[0].startswith(BASE)]


def complete(result: Node, generator: SchemaGenerator, request: object, public: bool) -> Node:
    """What is the same for all operations, and what the generator cannot know."""
    result["paths"] = {_path(path): item for path, item in result["paths"].items()}
    for item in result["paths"].values():
        for operation in item.values():
            _operation(operation)
    schemas = result["components"]["schemas"]
    _loosen(schemas)
    schemas["Problem"] = PROBLEM
    for schema in schemas.values():
        # What the code says of itself is English; the contract is not.
        schema.pop("description", None)
    return result


def _path(path: str) -> str:
    path = path.removeprefix(BASE)
    for ours, theirs in PATH_TEXTS.items():
        path = path.replace(f"{{{ours}}}", f"{{{theirs}}}")
    return path


def _operation(operation: Node) -> None:
    for parameter in operation.get("parameters", []):
        parameter["name"] = PATH_TEXTS.get(parameter["name"], parameter["name"])
        if parameter["name"] == "maand":
            parameter["schema"] = {"type": "string", "pattern": "^20[0-9]{2}-(0[1-9]|1[0-2])$"}
        if parameter["name"] == "nummer":
            parameter["schema"] = {"type": "integer", "minimum": 1, "maximum": 2**31 - 1}
    responses: Node = operation["responses"]
    errors = ERRORS | (BODY_ERRORS if "requestBody" in operation else {})
    is_file = any("application/pdf" in one.get("content", {}) for one in responses.values())
    if is_file:
        errors |= {"416": "Bereik ongeldig"}
    if _can_be_unchanged(operation):
        responses["304"] = {"description": "Ongewijzigd"}
    for status, text in errors.items():
        responses.setdefault(status, {"description": text})
    waits = operation.pop("x-leeg-wacht", False)
    for status, response in responses.items():
        _response(status, response, is_file, waits)
    operation["responses"] = dict(sorted(responses.items()))


def _can_be_unchanged(operation: Node) -> bool:
    return operation["operationId"].startswith("lees")


def _response(status: str, response: Node, is_file: bool, waits: bool) -> None:
    headers: Node = {"API-Version": _VERSION, "X-Request-Id": _REQUEST_ID}
    if status >= "400":
        response["content"] = _PROBLEM
    elif is_file and status != "304":
        headers |= {name: {"required": True, "schema": _TEXT} for name in _FILE_HEADERS}
    if status == "206":
        headers["Content-Range"] = {"required": True, "schema": _TEXT}
    if status == "401":
        headers["WWW-Authenticate"] = {"required": True, "schema": _TEXT}
    if status in ("429", "503"):
        headers["Retry-After"] = {"required": True, "schema": {"type": "integer"}}
    if status == "200" and waits:
        headers["Retry-After"] = {"description": "Als de lijst leeg is.", "schema": {"type": "integer"}}
    if status < "400" or status == "429":
        for name in ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"):
            headers[name] = {"schema": {"type": "integer"}}
    response["headers"] = headers


def _loosen(schemas: Node) -> None:
    """A fault in one item does not fail the call, so any object may be an item; good ones are as named."""
    for batch, item in (("MessagesIn", "MessageIn"), ("ReadingsIn", "ReadingIn")):
        listed = schemas[batch]["properties"]["requests"]
        listed["items"] = {
            "anyOf": [
                {"$ref": f"#/components/schemas/{item}"},
                {"type": "object", "description": "Wat niet aan het schema voldoet, krijgt geweigerd."},
            ]
        }


class OAuthScheme(OpenApiAuthenticationExtension):
    """How a caller shows who he is."""

    target_class = "letters.api.authentication.TokenAuthentication"
    name = "oauth2"

    def get_security_definition(self, auto_schema: object) -> Node:
        flow = {"tokenUrl": "/oauth/token", "scopes": oauth2_settings.SCOPES}
        return {"type": "oauth2", "flows": {"clientCredentials": flow}}

    def get_security_requirement(self, auto_schema: Any) -> Node:
        return {"oauth2": [auto_schema.view.scope]}


@cache
def document() -> str:
    """The document, made once in the life of a process."""
    made = SchemaGenerator().get_schema(request=None, public=True)
    return json.dumps(made, ensure_ascii=False, indent=2) + "\n"


class DocumentationView(ApiView):
    """The document itself, for anybody and for any page. Source: API Design Rules, publish-openapi."""

    authentication_classes = ()
    permission_classes = ()
    throttle_classes = ()
    http_method_names = ["get", "head"]

    @extend_schema(exclude=True)
    def get(self, request: Request) -> HttpResponse:
        response = HttpResponse(document(), content_type="application/json")
        response["Access-Control-Allow-Origin"] = "*"
        return response
