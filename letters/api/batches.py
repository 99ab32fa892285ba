"""What there is to print, and that it was received."""

from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum
from django.http import HttpResponse
from django.utils.http import parse_etags
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from letters.actions import batch_counts, vendor_messages
from letters.api import paging, shapes, wire_in, wire_out
from letters.api.base import ApiView, found_or_404, written
from letters.api.documenting import CURSOR, LIMIT, operation
from letters.api.problems import DIFFERS, INVALID, STALE, Fault, FieldFault
from letters.models import Batch, BatchState, Part, VendorClient
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as

_WITH_FILE = Q(parts__letters_count__gt=0)
# What is announced in one line: what goes into the same envelopes on the same day.
_ALIKE = ("batch__planned_on", "batch__return_envelope", "window", "duplex")
_EXPECTED = (BatchState.COMPOSED, BatchState.RELEASED)


def own_batches(client: VendorClient) -> QuerySet[Batch]:
    """Batches that were released to the vendor of this client, counted; none when it is to test."""
    batches = Batch.objects.none() if client.sandbox else Batch.objects.filter(vendor=client.vendor_id)
    return _counted(batches.filter(state__in=vendor_messages.HANDED_OVER))


def _counted(batches: QuerySet[Batch]) -> QuerySet[Batch]:
    return batches.select_related("vendor").annotate(
        parts_n=Count("parts", filter=_WITH_FILE),
        letters_n=Sum("parts__letters_count", filter=_WITH_FILE, default=0),
        pages_n=Sum("parts__pages", filter=_WITH_FILE, default=0),
        sheets_n=Sum(batch_counts.sheets("parts__"), filter=_WITH_FILE, default=0),
    )


def own_part(client: VendorClient, batch: UUID, number: int) -> Part:
    """A part of this vendor with its batch and the vendor. Raises Fault when he has no such part."""
    parts = vendor_messages.own_parts(client).select_related("batch__vendor")
    return found_or_404(parts.filter(batch=batch, number=number).first())


class AnnouncementsView(ApiView):
    """What is coming, per day."""

    scope = "drukwerk"

    @operation("Vooraankondigingen", wire_out.Announcements)
    def get(self, request: Request) -> Response:
        """Letters and sheets per day from today on, also of batches that are not released yet."""
        client = self.client
        coming = (
            Part.objects.none() if client.sandbox else Part.objects.filter(batch__vendor=client.vendor_id)
        )
        days = (
            coming.filter(batch__state__in=_EXPECTED, batch__planned_on__gte=clock.today())
            .order_by(*_ALIKE)
            .values(*_ALIKE)
            .annotate(
                batches_n=Count("batch", distinct=True),
                letters_n=Sum("letters_count", default=0),
                sheets_n=Sum(batch_counts.sheets(), default=0),
            )
        )
        return self.answer({"vooraankondigingen": [self._row(dict(day)) for day in days]})

    def _row(self, day: dict[str, Any]) -> shapes.Wire:
        return {
            "printdatum": day["batch__planned_on"].isoformat(),
            "venster": day["window"],
            "retourenvelop": day["batch__return_envelope"],
            "dubbelzijdig": day["duplex"],
            "aantalPartijen": day["batches_n"],
            "aantalBrieven": day["letters_n"],
            "aantalBladen": day["sheets_n"],
        }


class BatchesView(ApiView):
    """All batches, in the order in which they were released."""

    scope = "drukwerk"
    query = ("status", "cursor", "limiet")

    @operation(
        "Partijen",
        wire_out.Batches,
        parameters=[OpenApiParameter("status", str, enum=wire_out.BATCH_STATES), CURSOR, LIMIT],
        retry=True,
    )
    def get(self, request: Request) -> Response:
        """A page of batches. An empty one says in Retry-After when it is worth asking again."""
        rows = own_batches(self.client)
        if (state := request.query_params.get("status")) is not None:
            if state not in wire_out.BATCH_STATES:
                detail = "Deze waarde staat niet in de lijst."
                raise Fault(INVALID, errors=(FieldFault("status", "ongeldig", detail),))
            rows = rows.filter(state=state)
        shown = paging.page(request, "partijen", rows, ("released_at", "id"))
        body = {
            "partijen": [shapes.batch_row(batch) for batch in shown.rows],
            "cursor": shown.cursor,
            "_links": paging.links(request, shown),
        }
        return self.answer(body) if shown.rows else self.answer(body, Retry_After=str(paging.EMPTY))


class BatchView(ApiView):
    """One batch."""

    scope = "drukwerk"

    @operation("Partij", wire_out.BatchOut)
    def get(self, request: Request, partij_id: UUID) -> Response:
        """A batch with its parts, how to put it in envelopes, and what can be done with it now."""
        batch = found_or_404(own_batches(self.client).filter(pk=partij_id).first())
        parts = vendor_messages.own_parts(self.client).filter(batch=batch).order_by("number")
        return self.answer(shapes.batch_out(batch, list(parts)))


class ManifestView(ApiView):
    """Which letters are in a file, and where."""

    scope = "drukwerk"

    @operation("Manifest", wire_out.ManifestOut)
    def get(self, request: Request, partij_id: UUID, nummer: int) -> Response:
        """All letters of a part. After a recall before the confirmation there is a next version."""
        part = own_part(self.client, partij_id, nummer)
        # A reminder has the code of a first letter, which another vendor may have printed.
        with acting_as(SYSTEM_ACTOR):
            return self.answer(shapes.manifest(part))


class ConfirmationView(ApiView):
    """That the vendor has a file, whole and unchanged."""

    scope = "drukwerk"

    @operation(
        "Bevestiging",
        wire_out.ConfirmationOut,
        body=wire_in.ConfirmationIn,
        made=True,
        conflict=True,
        parameters=[OpenApiParameter("If-Match", str, OpenApiParameter.HEADER)],
        stale=True,
    )
    def put(self, request: Request, partij_id: UUID, nummer: int) -> HttpResponse:
        """Say which file was received. Another file than ours is not printed and goes to a person."""
        part = own_part(self.client, partij_id, nummer)
        told = self.read(wire_in.ConfirmationIn)
        wanted = parse_etags(request.headers.get("If-Match", ""))
        if wanted and wanted != ["*"] and f'"{part.sha256}"' not in wanted:
            raise Fault(STALE)
        try:
            confirmed = vendor_messages.confirm(
                part=part,
                sha256=told["sha256"],
                letters=told["aantalBrieven"],
                pages=told["aantalPaginas"],
                client=self.client,
            )
        except vendor_messages.ConfirmationDiffers as differs:
            return self.problem(DIFFERS, state=shapes.confirmation(differs.part))
        part.refresh_from_db()
        return written(shapes.confirmation(part), new=confirmed.new)
