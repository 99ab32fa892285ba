"""What happened to letters, as the vendor tells it, and what we recorded of that."""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from letters.actions import sandbox, vendor_messages
from letters.actions.vendor_messages import ItemResult, Message
from letters.api import paging, shapes, wire_in, wire_out
from letters.api.base import ApiView
from letters.api.documenting import CURSOR, LIMIT, operation
from letters.api.problems import TOO_MANY, Fault, faults
from letters.models import LetterEvent, Outcome
from letters.vendor_codes import Status
from outreach.audit import Event, record


def items(view: ApiView, kind: type[Serializer], most: int) -> list[dict[str, Any]]:
    """The items of a call, as objects. Raises Fault and ValidationError: then nothing of the call is done."""
    data = view.request.data
    sent = data.get("requests") if isinstance(data, Mapping) else None
    if isinstance(sent, list) and len(sent) > most:
        raise Fault(TOO_MANY, f"Stuur hoogstens {most} items in één aanroep.")
    return view.read(kind)["requests"]


def checked(sent: Sequence[dict[str, Any]], kind: type[Serializer]) -> list[Serializer]:
    """A serializer for each item, asked whether it is valid."""
    found = [kind(data=one) for one in sent]
    for one in found:
        one.is_valid()
    return found


def refusal(name: str, sent: Mapping[str, Any], item: Serializer) -> shapes.Wire:
    """The result of an item that is not as the contract has it: all that is wrong with it."""
    return {
        name: _as_uuid(sent.get(name)),
        "resultaat": Outcome.REFUSED.value,
        "code": "ongeldige-invoer",
        "fouten": [
            {"pointer": one.pointer, "code": one.code, "detail": one.detail} for one in faults(item.errors)
        ],
    }


def _as_uuid(text: object) -> str | None:
    try:
        return str(UUID(text)) if isinstance(text, str) else None
    except ValueError:
        return None


class MessagesView(ApiView):
    """What we recorded, for the vendor's own accounts."""

    scope = "drukwerk"
    query = ("cursor", "limiet")

    @operation("Statusmeldingen", wire_out.Messages, parameters=[CURSOR, LIMIT], retry=True)
    def get(self, request: Request) -> Response:
        """All that was told through this vendor's programs, in the order in which we heard it."""
        told = LetterEvent.objects.filter(client__vendor=self.client.vendor_id)
        if self.client.sandbox:
            told = told.none()
        shown = paging.page(request, "meldingen", told, ("received_at", "id"))
        body = {
            "statusmeldingen": [shapes.message(event) for event in shown.rows],
            "cursor": shown.cursor,
            "_links": paging.links(request, shown),
        }
        return self.answer(body) if shown.rows else self.answer(body, Retry_After=str(paging.EMPTY))


class MessageBatchView(ApiView):
    """Messages, up to a thousand in one call."""

    scope = "drukwerk"

    @operation("StatusmeldingenBatch", wire_out.MessageResults, body=wire_in.MessagesDocumented)
    def post(self, request: Request) -> HttpResponse:
        """Each message has its own result, in the order of the call. Telling twice is no fault."""
        sent = items(self, wire_in.MessagesIn, wire_in.MESSAGES)
        found = checked(sent, wire_in.MessageIn)
        messages = [_message(one.validated_data) for one in found if not one.errors]
        results = iter(self._record(messages))
        shown = [
            refusal("meldingId", raw, one) if one.errors else _result(next(results))
            for one, raw in zip(found, sent, strict=True)
        ]
        return Response({"results": shown})

    def _record(self, messages: Sequence[Message]) -> list[ItemResult]:
        if self.client.sandbox:
            return [_tried(one) for one in messages]
        results = vendor_messages.record(client=self.client, messages=messages)
        record(Event.MESSAGES_RECEIVED, "toegang", [self.client.pk], details={"meldingen": len(messages)})
        return results


def _tried(message: Message) -> ItemResult:
    """To test with: the letters of the batch to test with are known, and nothing is kept."""
    known = (
        sandbox.has_letter(message.letter)
        if message.letter
        else (message.batch, message.part) == (sandbox.BATCH_ID, sandbox.PART)
    )
    return ItemResult(message.message_id, (Outcome.DONE if known else Outcome.UNKNOWN).value)


def _message(told: Mapping[str, Any]) -> Message:
    positions = told.get("volgnummers", {})
    return Message(
        message_id=told["meldingId"],
        status=Status(told["status"]),
        moment=told["tijdstip"],
        reason=told.get("reden", ""),
        letter=told.get("briefId"),
        batch=told.get("partijId"),
        part=told.get("deel"),
        first=positions.get("van"),
        last=positions.get("tot"),
        raw=_kept(told),
    )


def _kept(told: Mapping[str, Any]) -> dict[str, Any]:
    """The message as it was understood: what is not in the contract is not kept."""
    return json.loads(JSONRenderer().render(told))


def _result(result: ItemResult) -> shapes.Wire:
    row: shapes.Wire = {"meldingId": str(result.item_id), "resultaat": result.result}
    return row | ({"code": result.code} if result.code else {})
