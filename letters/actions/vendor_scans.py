"""What a printing vendor scanned: a pile is announced, its sheets come in, and it is closed.

The ids are the vendor's own, so whatever he sends twice is there once. What is not his own does not exist.
The image goes straight from the request into its encrypted file.
"""

import datetime
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Count, QuerySet

from letters.actions import scan_storage, work
from letters.actions.vendor_messages import DOUBLE, ItemResult
from letters.composition.codes import CODE_LENGTH, FormCodeInvalid, parse
from letters.models import Outcome, Scan, ScanDelivery, ScanOutcome, VendorClient, WorkKind
from outreach.audit import Event, record
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as


class DeliveryClosed(Exception):
    """The pile was closed: nothing of it changes and nothing is added. `delivery` is how it stands here."""

    def __init__(self, delivery: ScanDelivery) -> None:
        super().__init__("de aanlevering is al afgesloten")
        self.delivery = delivery


class DeliveryTaken(Exception):
    """The id of this pile is in use elsewhere."""


class ScanDiffers(Exception):
    """Under this id another image came in before, or this image was not announced."""


class CountDiffers(Exception):
    """The vendor closes a pile that is not the pile we have. `found` is how many scans are in."""

    def __init__(self, found: int) -> None:
        super().__init__("het aantal of de vingerafdruk klopt niet")
        self.found = found


@dataclass(frozen=True, slots=True)
class Received:
    """`new` is false when exactly this was there already."""

    new: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """What the vendor's own machine read on a scan. We do not believe it: it is laid beside our own."""

    scan_id: UUID
    code: str


def own_deliveries(client: VendorClient) -> QuerySet[ScanDelivery]:
    """The piles of the vendor of this client; none when it is to test."""
    if client.sandbox:
        return ScanDelivery.objects.none()
    return ScanDelivery.objects.filter(vendor=client.vendor_id)


@transaction.atomic
def announce(
    *,
    client: VendorClient,
    delivery_id: UUID,
    expected: int,
    received_until: datetime.date,
    sha256s: Sequence[str] = (),
) -> Received:
    """Announce a pile, or mend what was announced while it is open. Reminders wait until it is closed.

    `sha256s` are the fingerprints of its scans; with those named, another scan is refused.

    Raises ScanDelivery.DoesNotExist for a client that is to test, DeliveryTaken, and DeliveryClosed when it
    was closed under other terms.
    """
    if client.sandbox:
        raise ScanDelivery.DoesNotExist
    fields = {"expected": expected, "received_until": received_until, "announced": sorted(sha256s)}
    delivery, made = ScanDelivery.objects.select_for_update(no_key=True).get_or_create(
        pk=delivery_id, defaults={"vendor_id": client.vendor_id, **fields}
    )
    if delivery.vendor_id != client.vendor_id:
        raise DeliveryTaken
    changed = [name for name, value in fields.items() if getattr(delivery, name) != value]
    if changed and delivery.closed_at:
        raise DeliveryClosed(delivery)
    if changed:
        ScanDelivery.objects.filter(pk=delivery.pk).update(**fields)
    if made or changed:
        record(Event.SCANS_ANNOUNCED, "aanlevering", [delivery.pk], details={"scans": expected})
    return Received(made)


@transaction.atomic
def receive_scan(
    *,
    client: VendorClient,
    delivery_id: UUID,
    scan_id: UUID,
    content: bytes,
    media_type: str,
    vendor_code: str = "",
) -> Received:
    """Keep a scan, encrypted. Raises ScanDelivery.DoesNotExist, ScanDiffers, and DeliveryClosed."""
    _hold_open(delivery_id)
    delivery = own_deliveries(client).get(pk=delivery_id)
    sha256 = hashlib.sha256(content).hexdigest()
    known = Scan.objects.filter(pk=scan_id).first()
    if known is None and delivery.closed_at:
        raise DeliveryClosed(delivery)
    if known is None and delivery.announced and sha256 not in delivery.announced:
        raise ScanDiffers
    if known is None:
        # The row policies let a vendor read his scans and write none.
        with acting_as(SYSTEM_ACTOR):
            known, made = Scan.objects.get_or_create(
                pk=scan_id,
                defaults={
                    "delivery": delivery,
                    "sha256": sha256,
                    "media_type": media_type,
                    "size": len(content),
                    "vendor_code": vendor_code,
                },
            )
        if made:
            scan_storage.write(scan_id, content)
            record(Event.SCAN_RECEIVED, "scan", [scan_id])
            return Received(True)
    if (known.delivery_id, known.sha256) != (delivery.pk, sha256):
        raise ScanDiffers
    return Received(False)


def _hold_open(delivery_id: UUID) -> None:
    """Sheets of one pile come in side by side; closing it, or announcing it otherwise, waits for them.

    What is read of the pile after this stays so until the end of the transaction.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM letters_scandelivery WHERE id = %s FOR SHARE", [delivery_id])


def record_readings(
    *, client: VendorClient, delivery_id: UUID, readings: Sequence[Reading]
) -> list[ItemResult]:
    """Lay readings beside the scans of a pile: a result for each, in order. Raises ScanDelivery.DoesNotExist.

    A reading is kept once. When our own reading was first and says otherwise, a person looks at the scan.
    """
    delivery = own_deliveries(client).get(pk=delivery_id)
    with acting_as(SYSTEM_ACTOR):
        scans = _locked_scans(delivery, {one.scan_id for one in readings})
        results, changed = [], []
        for one in readings:
            scan = scans.get(one.scan_id)
            if scan is None:
                results.append(ItemResult(one.scan_id, Outcome.REFUSED.value, "onbekende-scan"))
            elif scan.vendor_code:
                same = scan.vendor_code == one.code
                results.append(
                    ItemResult(one.scan_id, DOUBLE)
                    if same
                    else ItemResult(one.scan_id, Outcome.REFUSED.value, "lezing-afwijkend")
                )
            else:
                scan.vendor_code = one.code
                changed.append(scan)
                results.append(ItemResult(one.scan_id, Outcome.DONE.value))
        Scan.objects.bulk_update(changed, ["vendor_code"])
        for scan in changed:
            if _says_otherwise(scan):
                work.open_item(WorkKind.SCAN_DIFFERS, scan=scan)
    return results


def _locked_scans(delivery: ScanDelivery, keys: Iterable[UUID]) -> dict[UUID, Scan]:
    found = Scan.objects.select_for_update(of=["self"], no_key=True).select_related("letter")
    return {scan.pk: scan for scan in found.filter(delivery=delivery, pk__in=list(keys)).order_by("pk")}


def _says_otherwise(scan: Scan) -> bool:
    """Whether the scan is linked already, and not to the form that the vendor read."""
    return scan.letter is not None and form_code(scan.vendor_code) != scan.letter.form_code


def form_code(read: str) -> str:
    """The form code in what a vendor read: the text of the QR, or the characters printed under it."""
    try:
        return parse(read)[0]
    except FormCodeInvalid:
        return read.replace("-", "").upper()[:CODE_LENGTH]


@transaction.atomic
def close(*, client: VendorClient, delivery_id: UUID, scans: int, sha256: str) -> Received:
    """Close a pile: what the vendor counts must be what we have. From now on no reminder waits for it.

    `sha256` is that of the sorted fingerprints of the scans, written one after the other in hex. Raises
    ScanDelivery.DoesNotExist, and CountDiffers, also when it was closed with another count before.
    """
    delivery = own_deliveries(client).select_for_update().get(pk=delivery_id)
    found = sorted(delivery.scans.values_list("sha256", flat=True))
    if (len(found), fingerprint(found)) != (scans, sha256):
        raise CountDiffers(len(found))
    if delivery.closed_at:
        return Received(False)
    delivery.closed_at = clock.now()
    delivery.save(update_fields=["closed_at"])
    record(Event.SCANS_CLOSED, "aanlevering", [delivery.pk], details={"scans": scans})
    return Received(True)


def fingerprint(sha256s: Iterable[str]) -> str:
    """The fingerprint of a pile: SHA-256 of the sorted fingerprints in hex, one after the other."""
    return hashlib.sha256("".join(sorted(sha256s)).encode()).hexdigest()


def counted(delivery: ScanDelivery) -> dict[str, int]:
    """How many scans of a pile have which outcome, all outcomes named. One query."""
    rows = delivery.scans.order_by().values_list("outcome").annotate(n=Count("pk"))
    return dict.fromkeys(ScanOutcome.values, 0) | dict(rows)
