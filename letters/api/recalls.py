"""Letters that we ask back, and the vendor's honest answer."""

from uuid import UUID

from django.db.models import Prefetch
from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from letters.actions import vendor_messages
from letters.api import paging, shapes, wire_in, wire_out
from letters.api.base import ApiView, written
from letters.api.documenting import CURSOR, LIMIT, operation
from letters.api.problems import ANSWERED, NOT_FOUND, Fault
from letters.models import FormerPrint, Letter, Recall, RecallResult
from outreach.kernel.db import SYSTEM_ACTOR, acting_as


class RecallsView(ApiView):
    """All recalls, also those that were answered."""

    scope = "drukwerk"
    query = ("cursor", "limiet")

    @operation("Intrekkingen", wire_out.Recalls, parameters=[CURSOR, LIMIT], retry=True)
    def get(self, request: Request) -> Response:
        """In the order in which we asked. The reason is not told."""
        shown = paging.page(
            request, "intrekkingen", vendor_messages.own_recalls(self.client), ("asked_at", "id")
        )
        _place(shown.rows)
        body = {
            "intrekkingen": [shapes.recall(one) for one in shown.rows],
            "cursor": shown.cursor,
            "_links": paging.links(request, shown),
        }
        return self.answer(body) if shown.rows else self.answer(body, Retry_After=str(paging.EMPTY))


def _place(recalls: list[Recall]) -> None:
    """Write beside each recall in which part its letter was in that print run."""
    former = Prefetch("former_prints", FormerPrint.objects.select_related("part"))
    with acting_as(SYSTEM_ACTOR):
        found = Letter.objects.filter(pk__in={one.letter_id for one in recalls}).select_related("part")
        letters = {letter.pk: letter for letter in found.prefetch_related(former)}
    for one in recalls:
        letter = letters[one.letter_id]
        earlier = {print_.print_run: print_.part for print_ in letter.former_prints.all()}
        now = letter.part if letter.print_run == one.print_run else None
        one.place = earlier.get(one.print_run, now)  # type: ignore[attr-defined]


class RecallAnswerView(ApiView):
    """Whether the paper could be stopped."""

    scope = "drukwerk"

    @operation(
        "IntrekkingAntwoord", wire_out.RecallOut, body=wire_in.RecallAnswerIn, made=True, conflict=True
    )
    def put(self, request: Request, intrekking_id: UUID) -> HttpResponse:
        """An answer is given once; the same again is no fault."""
        told = self.read(wire_in.RecallAnswerIn)
        try:
            answered = vendor_messages.answer_recall(
                client=self.client, recall_id=intrekking_id, result=RecallResult(told["resultaat"])
            )
        except Recall.DoesNotExist as missing:
            raise Fault(NOT_FOUND) from missing
        except vendor_messages.AnswerDiffers as differs:
            _place([differs.recall])
            raise Fault(ANSWERED, state=shapes.recall(differs.recall)) from differs
        recall = Recall.objects.get(pk=intrekking_id)
        _place([recall])
        return written(shapes.recall(recall), new=answered.new)
