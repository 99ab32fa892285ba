"""The batch to test with: the same for every vendor and in no list. Nothing that is said of it is kept."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from rest_framework.request import Request
from rest_framework.response import Response

from letters.actions import sandbox
from letters.api import shapes, wire_in, wire_out
from letters.api.base import ApiView
from letters.api.documenting import operation
from letters.api.documents import PDF, RANGE_HEADERS, AnyAccept, accepted
from letters.api.problems import DIFFERS, Fault
from letters.api.ranges import File, serve
from letters.models.batch import BatchState

_HERE = "/testpartij"


def _totals(vendor: Any) -> shapes.Wire:
    file = sandbox.batch(vendor).file
    return {
        "aantalBrieven": len(file.manifest),
        "aantalPaginas": file.pages,
        "aantalBladen": shapes.sheets(file.pages, vendor.duplex),
    }


class TestBatchView(ApiView):
    """As any batch that was released."""

    scope = "drukwerk"

    @operation("Testpartij", wire_out.BatchOut)
    def get(self, request: Request) -> Response:
        """Invented people with names and addresses that are hard to print. The same every time."""
        vendor = self.client.vendor
        file = sandbox.batch(vendor).file
        part = {
            "nummer": sandbox.PART,
            "versie": 1,
            "sha256": file.sha256,
            "grootte": len(file.pdf),
            **_totals(vendor),
            "tijdstipBevestiging": None,
            "_links": {
                name: shapes.link(f"{_HERE}/{name}") for name in ("manifest", "document", "bevestiging")
            },
        }
        return self.answer(
            {
                "partijId": str(sandbox.BATCH_ID),
                "status": BatchState.RELEASED.value,
                "tijdstipVrijgave": f"{sandbox.DATED.isoformat()}T08:00:00Z",
                "printdatum": sandbox.DATED.isoformat(),
                "aantalDelen": 1,
                **_totals(vendor),
                "_links": {"self": shapes.link(_HERE)},
                "envelop": shapes.envelope(vendor, True),
                "delen": [part],
                "mogelijkheden": {name: {"mag": True} for name in ("ophalen", "bevestigen", "melden")},
            }
        )


class TestManifestView(ApiView):
    """As any manifest."""

    scope = "drukwerk"

    @operation("TestpartijManifest", wire_out.ManifestOut)
    def get(self, request: Request) -> Response:
        """Which letters are in the file to test with, and where."""
        vendor = self.client.vendor
        file = sandbox.batch(vendor).file
        letters = [
            {
                "briefId": row.letter_id,
                "volgnummer": row.seq,
                "druk": 1,
                "eerstePagina": row.first_page,
                "aantalPaginas": row.pages,
                "bladen": shapes.sheets(row.pages, vendor.duplex),
                "retourenvelop": True,
                "formuliercode": row.form_code,
            }
            for row in file.manifest
        ]
        return self.answer(
            {
                "partijId": str(sandbox.BATCH_ID),
                "deel": sandbox.PART,
                "versie": 1,
                "sha256": file.sha256,
                **_totals(vendor),
                "dubbelzijdig": vendor.duplex,
                "brieven": letters,
            }
        )


class TestDocumentView(ApiView):
    """As any document."""

    scope = "drukwerk"
    content_negotiation_class = AnyAccept

    @operation(
        "TestpartijDocument",
        None,
        parameters=RANGE_HEADERS,
        responses={(200, PDF): OpenApiTypes.BINARY, (206, PDF): OpenApiTypes.BINARY},
    )
    def get(self, request: Request) -> HttpResponse:
        """The pages to test with: for the window, the fold and the code on the form."""
        accepted(request, (PDF,))
        file = sandbox.batch(self.client.vendor).file
        return serve(
            request._request, File("testpartij.pdf", PDF, len(file.pdf), file.sha256, lambda: file.pdf)
        )


class TestConfirmationView(ApiView):
    """As any confirmation."""

    scope = "drukwerk"

    @operation(
        "TestpartijBevestiging", wire_out.TestConfirmationOut, body=wire_in.ConfirmationIn, conflict=True
    )
    def put(self, request: Request) -> HttpResponse:
        """Whether the file came over whole. Nothing is kept, so the answer is never 201."""
        told = self.read(wire_in.ConfirmationIn)
        file = sandbox.batch(self.client.vendor).file
        right = {
            "sha256": file.sha256,
            "aantalBrieven": len(file.manifest),
            "aantalPaginas": file.pages,
        }
        shown = {"partijId": str(sandbox.BATCH_ID), "deel": sandbox.PART, **right}
        if told != right:
            raise Fault(DIFFERS, state=shown)
        return Response(shown)
