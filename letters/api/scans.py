"""What was scanned: a pile is announced, its pictures and readings come in, and it is closed."""

import hashlib
import io
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from letters.actions import vendor_scans
from letters.actions.vendor_messages import ItemResult
from letters.actions.vendor_scans import Reading
from letters.api import paging, shapes, wire_in, wire_out
from letters.api.base import ApiView, found_or_404, written
from letters.api.documenting import CURSOR, LIMIT, operation
from letters.api.messages import checked, items, refusal
from letters.api.multipart import MULTIPART_BYTES, FormParser, RelatedParser, Upload
from letters.api.problems import (
    CLOSED,
    INVALID,
    NOT_FOUND,
    NOT_READY,
    SCAN_DIFFERS,
    Fault,
    FieldFault,
    Kind,
)
from letters.models import ScanDelivery
from letters.tasks import process_scan
from outreach.kernel.db import acting_as
from outreach.virus import ScannerFailed, is_clean


class DeliveryView(ApiView):
    """A pile that is coming."""

    scope = "scans"

    @operation("Aanlevering", wire_out.DeliveryOut, body=wire_in.DeliveryIn, made=True, conflict=True)
    def put(self, request: Request, aanlevering_id: UUID) -> HttpResponse:
        """Announce a pile, or mend what was announced. Reminders wait until it is closed."""
        told = self.read(wire_in.DeliveryIn)
        try:
            received = vendor_scans.announce(
                client=self.client,
                delivery_id=aanlevering_id,
                expected=told["aantalScans"],
                received_until=told["ontvangenTotEnMet"],
                sha256s=told.get("sha256", []),
            )
        except (ScanDelivery.DoesNotExist, vendor_scans.DeliveryTaken) as missing:
            raise Fault(NOT_FOUND) from missing
        except vendor_scans.DeliveryClosed as closed:
            raise Fault(CLOSED, state=shapes.delivery(closed.delivery)) from closed
        return written(shapes.delivery(own_delivery(self, aanlevering_id)), new=received.new)


def own_delivery(view: ApiView, delivery_id: UUID) -> ScanDelivery:
    """A pile of this vendor. Raises Fault when he has no such pile."""
    return found_or_404(vendor_scans.own_deliveries(view.client).filter(pk=delivery_id).first())


class ScanView(ApiView):
    """One scanned sheet."""

    scope = "scans"
    parser_classes = (RelatedParser, FormParser)
    #: Ten megabytes over a slow line must not keep a transaction open.
    own_transaction = True
    most_bytes = MULTIPART_BYTES

    @operation("Scan", wire_out.ScanOut, body=wire_in.SCAN_BODY, made=True, conflict=True)
    def put(self, request: Request, aanlevering_id: UUID, scan_id: UUID) -> HttpResponse:
        """Deliver a picture, with what the vendor read on it. The same picture again is no fault."""
        upload = request.data
        if not isinstance(upload, Upload):
            raise Fault(INVALID)  # REST framework parses no empty body
        told = self._reading(upload)
        _check_clean(upload)
        with acting_as(request.user.actor()):
            received = self._receive(aanlevering_id, scan_id, upload, told.get("formuliercode", ""))
        body = {"scanId": str(scan_id), "aanleveringId": str(aanlevering_id), "sha256": _sha256(upload)}
        return written(body, new=received.new)

    def _reading(self, upload: Upload) -> dict[str, Any]:
        reading = wire_in.ScanReadingIn(data=upload.reading)
        reading.is_valid(raise_exception=True)
        told = reading.validated_data
        if not upload.media_type:
            raise _fault("/beeld", "type", "Stuur een PDF, TIFF, PNG of JPEG.")
        if told.get("sha256", _sha256(upload)) != _sha256(upload):
            raise _fault("/lezing/sha256", "afwijkend", "Dit is niet de vingerafdruk van het beeld.")
        return told

    def _receive(self, pile: UUID, scan: UUID, upload: Upload, code: str) -> vendor_scans.Received:
        try:
            received = vendor_scans.receive_scan(
                client=self.client,
                delivery_id=pile,
                scan_id=scan,
                content=upload.picture,
                media_type=upload.media_type,
                vendor_code=code,
            )
        except ScanDelivery.DoesNotExist as missing:
            raise Fault(NOT_FOUND) from missing
        except vendor_scans.ScanDiffers as differs:
            raise Fault(SCAN_DIFFERS) from differs
        except vendor_scans.DeliveryClosed as closed:
            raise Fault(CLOSED, state=shapes.delivery(closed.delivery)) from closed
        if received.new:
            transaction.on_commit(lambda: process_scan.delay(str(scan)), using="default")
        return received


def _check_clean(upload: Upload) -> None:
    """Raise Fault unless the virus scanner, where there is one, says yes. Before that nothing is kept."""
    try:
        clean = is_clean(lambda: io.BytesIO(upload.picture))
    except ScannerFailed as failed:
        raise Fault(NOT_READY) from failed
    if not clean:
        raise _fault("/beeld", "virus", "De virusscanner keurt dit beeld af.")


def _sha256(upload: Upload) -> str:
    return hashlib.sha256(upload.picture).hexdigest()


def _fault(pointer: str, code: str, detail: str, kind: Kind = INVALID) -> Fault:
    return Fault(kind, errors=(FieldFault(pointer, code, detail),))


class ReadingBatchView(ApiView):
    """Readings of scans of which the picture is in, up to five hundred in one call."""

    scope = "scans"

    @operation("ScansBatch", wire_out.ReadingResults, body=wire_in.ReadingsDocumented)
    def post(self, request: Request, aanlevering_id: UUID) -> HttpResponse:
        """Each reading has its own result, in the order of the call."""
        own_delivery(self, aanlevering_id)
        sent = items(self, wire_in.ReadingsIn, wire_in.READINGS)
        found = checked(sent, wire_in.ReadingIn)
        readings = [
            Reading(one.validated_data["scanId"], one.validated_data["formuliercode"])
            for one in found
            if not one.errors
        ]
        results = iter(
            vendor_scans.record_readings(client=self.client, delivery_id=aanlevering_id, readings=readings)
        )
        shown = [
            refusal("scanId", raw, one) if one.errors else _result(next(results))
            for one, raw in zip(found, sent, strict=True)
        ]
        return Response({"results": shown})


def _result(result: ItemResult) -> shapes.Wire:
    row: shapes.Wire = {"scanId": str(result.item_id), "resultaat": result.result}
    return row | ({"code": result.code} if result.code else {})


class ClosingView(ApiView):
    """That a pile is whole."""

    scope = "scans"

    @operation("Afsluiting", wire_out.Counts, body=wire_in.ClosingIn, made=True, conflict=True)
    def put(self, request: Request, aanlevering_id: UUID) -> HttpResponse:
        """Say how many scans were delivered, and what they are. What became of them follows in verwerking."""
        told = self.read(wire_in.ClosingIn)
        try:
            received = vendor_scans.close(
                client=self.client,
                delivery_id=aanlevering_id,
                scans=told["aantalScans"],
                sha256=told["sha256"],
            )
        except ScanDelivery.DoesNotExist as missing:
            raise Fault(NOT_FOUND) from missing
        except vendor_scans.CountDiffers as differs:
            raise Fault(
                SCAN_DIFFERS,
                "Het aantal of de vingerafdruk is niet die van de scans die wij hebben.",
                state={"aantalScans": differs.found},
            ) from differs
        counted = vendor_scans.counted(own_delivery(self, aanlevering_id))
        return written(shapes.counts(counted), new=received.new)


class ProcessingView(ApiView):
    """What became of the scans of a pile."""

    scope = "scans"
    query = ("cursor", "limiet")

    @operation("Verwerking", wire_out.Processing, parameters=[CURSOR, LIMIT], retry=True)
    def get(self, request: Request, aanlevering_id: UUID) -> Response:
        """Per scan: linked, double, rejected with a code, or still waiting."""
        pile = own_delivery(self, aanlevering_id)
        shown = paging.page(request, f"verwerking:{pile.pk}", pile.scans.all(), ("received_at", "id"))
        body = {
            "aantallen": shapes.counts(vendor_scans.counted(pile)),
            "scans": [shapes.processed(scan) for scan in shown.rows],
            "cursor": shown.cursor,
            "_links": paging.links(request, shown),
        }
        return self.answer(body) if shown.rows else self.answer(body, Retry_After=str(paging.EMPTY))
