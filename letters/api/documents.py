"""The pages themselves."""

import hashlib
import logging
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from letters.actions import vendor_documents
from letters.actions.storage import FileDamaged
from letters.api import shapes
from letters.api.base import ApiView, Utf8JSONRenderer
from letters.api.batches import own_part
from letters.api.documenting import operation
from letters.api.problems import ACCEPT, NOT_FOUND, NOT_READY, WITHDRAWN, Fault
from letters.api.ranges import File, serve
from letters.models import Letter, Part
from outreach.kernel.db import SYSTEM_ACTOR, acting_as

log = logging.getLogger("letters.api")
PDF, ZIP = "application/pdf", "application/zip"
RANGE_HEADERS = [OpenApiParameter(name, str, OpenApiParameter.HEADER) for name in ("Range", "If-Range")]


class AnyAccept(BaseContentNegotiation):
    """The view itself looks at Accept: what it gives is no rendering of data."""

    def select_parser(self, request: Request, parsers: list) -> object:
        return parsers[0]

    def select_renderer(
        self, request: Request, renderers: list[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        return Utf8JSONRenderer(), "application/json"


def accepted(request: Request, kinds: tuple[str, ...]) -> str:
    """The first of these types that the caller takes. Raises Fault when it takes none."""
    for kind in kinds:
        if request._request.accepts(kind):
            return kind
    raise Fault(ACCEPT)


class DocumentView(ApiView):
    """The file of a part."""

    scope = "drukwerk"
    content_negotiation_class = AnyAccept

    @operation(
        "Document",
        None,
        parameters=RANGE_HEADERS,
        responses={
            (200, PDF): OpenApiTypes.BINARY,
            (200, ZIP): OpenApiTypes.BINARY,
            (206, PDF): OpenApiTypes.BINARY,
        },
    )
    def get(self, request: Request, partij_id: UUID, nummer: int) -> HttpResponse:
        """One PDF with a bookmark for each letter, or as zip a PDF per letter with the manifest."""
        kind = accepted(request, (PDF, ZIP))
        part = own_part(self.client, partij_id, nummer)
        if part.destroyed_at:
            raise Fault(NOT_FOUND, "Het bestand van dit deel is vernietigd: de bewaartermijn is om.")
        try:
            return serve(request._request, _pdf(part)) if kind == PDF else _packed(part)
        except FileDamaged as damage:
            log.error("Het bestand van deel %s is weg of beschadigd.", part.pk)
            raise Fault(NOT_READY) from damage


def _pdf(part: Part) -> File:
    return File(
        part.download_name(), PDF, part.size or 0, part.sha256, lambda: vendor_documents.part_file(part)
    )


def _packed(part: Part) -> HttpResponse:
    """Made for one request, so it is given whole."""
    with acting_as(SYSTEM_ACTOR):
        manifest = shapes.manifest(part)
        content = vendor_documents.part_zip(part, manifest)
    response = HttpResponse(content, content_type=ZIP)
    response["Content-Disposition"] = f'attachment; filename="{part.download_name()[:-4]}.zip"'
    response["ETag"] = f'"{hashlib.sha256(content).hexdigest()}"'
    return response


class LetterView(ApiView):
    """One letter, drawn anew."""

    scope = "drukwerk"
    content_negotiation_class = AnyAccept

    @operation(
        "Brief",
        None,
        parameters=RANGE_HEADERS,
        conflict=True,
        responses={(200, PDF): OpenApiTypes.BINARY, (206, PDF): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, brief_id: UUID) -> HttpResponse:
        """To replace spoiled paper. A letter that was withdrawn is not given any more."""
        accepted(request, (PDF,))
        try:
            pdf = vendor_documents.letter_again(client=self.client, letter_id=brief_id)
        except Letter.DoesNotExist as missing:
            raise Fault(NOT_FOUND) from missing
        except vendor_documents.LetterOver as over:
            raise Fault(WITHDRAWN, state={"briefId": str(brief_id), "status": over.production}) from over
        except vendor_documents.LetterUnfit as unfit:
            log.error("Brief %s is niet opnieuw te maken.", brief_id)
            raise Fault(NOT_READY, "Deze brief is nu niet te maken. Wij zijn gewaarschuwd.") from unfit
        fingerprint = hashlib.sha256(pdf).hexdigest()
        return serve(request._request, File(f"{brief_id}.pdf", PDF, len(pdf), fingerprint, lambda: pdf))
