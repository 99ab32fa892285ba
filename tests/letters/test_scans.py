"""A scan becomes a grant, an assessment or a question to a person: once, and of the right household."""

import datetime
from random import Random

import pytest
import zxingcpp
from PIL import Image

from letters import tasks
from letters.actions import scan_looks, scan_storage, scans
from letters.actions.ledger import Told, tell
from letters.composition.codes import human, payload
from letters.composition.places import CODES
from letters.models import (
    ApplicationState,
    Axis,
    DeliveryState,
    Letter,
    LetterEvent,
    ResponseState,
    ScanOutcome,
    Signature,
    WorkKind,
)
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Approach
from outreach.models.approach import Response, Result
from tests.letters import sheets
from tests.letters.sheets import blank, both_signed, signed
from tests.reading import hostile, pens
from tests.roles import as_role

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(tmp_path, settings):
    settings.LETTER_FOLDER = tmp_path / "brieven"
    settings.SCAN_FOLDER = tmp_path / "scans"
    return tmp_path


@pytest.fixture
def letters(folder):
    """A zeker, an onzeker and again a zeker letter."""
    return sheets.posted(3)


def now(letter):
    with acting_as(SYSTEM_ACTOR):
        return Letter.objects.select_related("approach").get(pk=letter.pk)


def test_a_signed_zeker_form_is_granted_by_itself(letters):
    zeker = letters[0]
    scan = sheets.taken_in(sheets.scanned(zeker, signed), vendor_code=human(zeker.form_code))
    assert (scan.outcome, scan.letter_id, scan.page) == (ScanOutcome.LINKED, zeker.pk, 1)
    assert (scan.signature, scan.remarked) == (Signature.PRESENT, False)
    assert scan.reading["fields"]["date"]["presence"] == "aanwezig"
    application = sheets.application_of(zeker)
    assert application.state == ApplicationState.GRANTED
    assert application.decided_by is None
    assert application.received_on == sheets.RECEIVED_UNTIL
    assert application.decide_by == sheets.RECEIVED_UNTIL + datetime.timedelta(weeks=8)
    letter = now(zeker)
    assert letter.response == ResponseState.COMPLETE
    assert (letter.approach.response, letter.approach.result) == (Response.FORM, Result.GRANTED)
    assert (sheets.granted(), sheets.queues()) == (1, [])


def test_an_onzeker_form_is_assessed(letters):
    scan = sheets.taken_in(sheets.scanned(letters[1], signed))
    assert scan.outcome == ScanOutcome.LINKED
    assert sheets.application_of(letters[1]).state == ApplicationState.TO_ASSESS
    assert (sheets.granted(), sheets.queues()) == (0, [WorkKind.ASSESS])
    assert now(letters[1]).response == ResponseState.RECEIVED


def test_without_a_signature_somebody_asks_again(letters):
    scan = sheets.taken_in(sheets.scanned(letters[0], blank))
    assert (scan.outcome, scan.signature) == (ScanOutcome.LINKED, Signature.ABSENT)
    assert now(letters[0]).response == ResponseState.UNSIGNED
    assert (sheets.granted(), sheets.queues()) == (0, [WorkKind.NO_SIGNATURE])


def _remark(sheet, places, random):
    pens.write(sheet, 30, 155, 50, random)


def _struck(sheet, places, random):
    pens.strike(sheet, 42, 98.4, 30, random)


def _dot(sheet, places, random):
    pens.dot(sheet, places.signature.x + 20, places.signature.y + 10)


def _stamp(sheet, places, random):
    pens.stamp(sheet, places.signature.x + 8, places.signature.y + 6, "ONTVANGEN\n12 APRIL 2026")


def _large_stamp(sheet, places, random):
    pens.stamp(
        sheet, places.signature.x + 5, places.signature.y - 6, "ONTVANGEN\n12 APRIL 2026\nTEAM POST", 16
    )


def _crossed_box(sheet, places, random):
    pens.cross(sheet, places.signature.inset(4), random, 0.8)


@pytest.mark.parametrize(
    ("hands", "kinds"),
    [
        ((signed, _remark), [WorkKind.REMARK]),
        ((signed, _struck), [WorkKind.REMARK]),
        ((_dot,), [WorkKind.NO_SIGNATURE]),
        ((_stamp,), [WorkKind.SIGNATURE_DOUBT]),
        ((_crossed_box,), [WorkKind.SIGNATURE_DOUBT]),
        ((both_signed,), [WorkKind.REMARK]),
        ((_remark,), [WorkKind.REMARK, WorkKind.NO_SIGNATURE]),
    ],
    ids=["remark", "struck", "dot", "stamp", "cross", "unknown-partner", "remark-unsigned"],
)
def test_what_is_not_wholly_in_order_goes_to_a_person(letters, hands, kinds):
    scan = sheets.taken_in(sheets.scanned(letters[0], *hands))
    assert scan.outcome == ScanOutcome.LINKED
    assert (sheets.granted(), sheets.queues()) == (0, sorted(kinds))


def test_a_stamp_over_box_and_text_is_no_signature(letters):
    scan = sheets.taken_in(sheets.scanned(letters[0], _large_stamp))
    assert (scan.signature == Signature.PRESENT and not scan.remarked) is False
    assert sheets.granted() == 0


def test_upside_down_and_with_one_code_is_read_all_the_same(letters):
    def spoiled(sheet, places, random):
        pens.blot(sheet, CODES[0].inset(3))

    assert sheets.taken_in(sheets.scanned(letters[0], signed, upside_down=True)).letter_id == letters[0].pk
    scan = sheets.taken_in(sheets.scanned(letters[2], signed, spoiled, seed=3))
    assert scan.letter_id == letters[2].pk
    assert scan.reading["codes_read"] == 1
    assert scan.reading["aligned"] is True
    assert scan.signature == Signature.PRESENT
    assert sheets.granted() == 2


@as_role("migrate")
def _join_a_partner(household):
    member = household.members.exclude(adult=True).first()
    member.adult = True
    member.save()


def test_of_partners_both_sign(letters):
    for letter in (letters[0], letters[2]):
        _join_a_partner(letter.household)
    one = sheets.taken_in(sheets.scanned(letters[0], signed))
    assert (one.signature, sheets.granted()) == (Signature.ABSENT, 0)
    two = sheets.taken_in(sheets.scanned(letters[2], both_signed))
    assert (two.signature, two.remarked, sheets.granted()) == (Signature.PRESENT, False, 1)


def test_the_text_of_the_vendor_is_not_believed(letters):
    scan = sheets.taken_in(sheets.scanned(letters[0], signed), vendor_code=human(letters[2].form_code))
    assert (scan.outcome, scan.letter, scan.problem) == (ScanOutcome.REJECTED, None, "code_wijkt_af")
    assert (sheets.granted(), sheets.queues()) == (0, [WorkKind.SCAN_DIFFERS])
    assert sheets.application_of(letters[0]) is None


def test_the_same_file_again_is_double_and_another_scan_of_it_grants_no_more(letters):
    content = sheets.scanned(letters[0], signed)
    sheets.taken_in(content)
    assert sheets.taken_in(content).outcome == ScanOutcome.DOUBLE
    again = sheets.taken_in(sheets.scanned(letters[0], signed, seed=9))
    assert again.outcome == ScanOutcome.LINKED
    assert (sheets.granted(), sheets.queues()) == (1, [])


def _two_forms(one, two):
    """Half of one form on top of another, as a feeder that takes two sheets at once makes it."""
    first, _ = sheets.paper(one)
    second, _ = sheets.paper(two)
    first.paste(second.crop((0, 1200, second.width, second.height)), (0, 1200))
    return pens.jpeg(pens.scan(first, Random(4)))


def _foreign_code(text):
    page = Image.new("L", (1654, 2339), 255)
    symbol = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="Q")
    bits = memoryview(zxingcpp.write_barcode_to_image(symbol, scale=7))
    page.paste(Image.frombytes("L", (bits.shape[1], bits.shape[0]), bits.tobytes()), (1300, 100))
    return hostile.saved(page, "PNG")


def test_what_has_no_code_of_ours_is_linked_to_nobody(letters):
    stranger = payload("0123456789AB", 1)
    broken = payload(letters[0].form_code, 1)[:-1] + "?"
    for content, kind, problem in (
        (hostile.saved(hostile.page(), "PNG"), WorkKind.SCAN_UNREADABLE, "geen_code"),
        (_foreign_code("https://post.nl/3SABC"), WorkKind.SCAN_UNREADABLE, "geen_code"),
        (_foreign_code(broken), WorkKind.SCAN_UNREADABLE, "geen_code"),
        (_foreign_code(stranger), WorkKind.SCAN_UNKNOWN, "onbekende_code"),
        (_foreign_code(payload(letters[0].form_code, 2)), WorkKind.SCAN_UNKNOWN, "andere_bladzijde"),
        (_two_forms(letters[0], letters[2]), WorkKind.SCAN_UNREADABLE, "meer_formulieren"),
        (hostile.pdf_with_script(), WorkKind.SCAN_BROKEN, "script"),
        (b"geen beeld", WorkKind.SCAN_BROKEN, "bestandstype"),
    ):
        scan = sheets.taken_in(content)
        assert (scan.outcome, scan.letter, scan.problem) == (ScanOutcome.REJECTED, None, problem)
        with acting_as(SYSTEM_ACTOR):
            assert list(scan.work.values_list("kind", flat=True)) == [kind]
    assert sheets.granted() == 0


def test_a_form_pasted_on_the_page_of_another_goes_to_a_person(letters):
    """The codes of one, the name of another: the print is not what we printed."""
    mine, _ = sheets.paper(letters[0])
    theirs, places = sheets.paper(letters[2])
    for box in CODES:
        window = tuple(round(v) for v in (box.x * pens.PX - 4, box.y * pens.PX - 4))
        size = round(box.w * pens.PX) + 8
        patch = mine.crop((*window, window[0] + size, window[1] + size))
        theirs.paste(patch, window)
    signed(theirs, places, Random(5))
    scan = sheets.taken_in(pens.jpeg(pens.scan(theirs, Random(5))))
    assert scan.letter_id == letters[0].pk
    assert (sheets.granted(), sheets.queues()) == (0, [WorkKind.REMARK])


def test_a_form_is_accepted_after_the_letter_came_back_and_after_its_date(letters):
    with acting_as(SYSTEM_ACTOR):
        tell([letters[0].pk], Told(Axis.DELIVERY, DeliveryState.RETURNED, reason="verhuisd"))
    assert now(letters[0]).round.reply_before < clock.today()
    sheets.taken_in(sheets.scanned(letters[0], signed))
    assert sheets.granted() == 1
    assert now(letters[0]).delivery == DeliveryState.RETURNED


@pytest.mark.parametrize("change", [{"lapsed": True}, {"result": Result.DECLINED}])
def test_what_changed_since_the_letter_is_for_a_person(letters, change):
    with as_role("migrate"):
        Approach.objects.filter(pk=letters[0].approach_id).update(**change)
    sheets.taken_in(sheets.scanned(letters[0], signed))
    assert (sheets.granted(), sheets.queues()) == (0, [WorkKind.LATE_FORM])


def test_a_scan_is_taken_in_once_whoever_is_killed(letters, monkeypatch):
    key = sheets.deliver(sheets.scanned(letters[0], signed))
    assert scans.due() == [key]

    class Killed(BaseException):
        pass

    def killed(*args, **kwargs):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(scans.forms, "judge", killed)
        with pytest.raises(Killed):
            scans.process(scan_id=key)
    assert scans.due() == [key]
    with acting_as(SYSTEM_ACTOR):
        assert not LetterEvent.objects.filter(axis=Axis.RESPONSE).exists()
    assert scans.process(scan_id=key)
    assert not scans.process(scan_id=key)
    assert (scans.due(), sheets.granted()) == ([], 1)


def test_a_scan_that_kills_its_worker_goes_to_a_person(letters, monkeypatch):
    key = sheets.deliver(b"x")

    class Killed(BaseException):
        pass

    def killed(scan):
        raise Killed

    monkeypatch.setattr(scans, "look", killed)
    for _ in range(scans.MAX_ATTEMPTS):
        with pytest.raises(Killed):
            scans.process(scan_id=key)
    assert not scans.process(scan_id=key)
    scan = sheets.scan(key)
    assert (scan.outcome, scan.problem) == (ScanOutcome.REJECTED, scans.FAILED)
    assert sheets.queues() == [WorkKind.SCAN_BROKEN]


def test_the_sweep_asks_for_what_waits(letters, monkeypatch):
    key = sheets.deliver(b"x")
    asked = []
    monkeypatch.setattr(tasks.process_scan, "delay", asked.append)
    tasks.sweep_scans()
    assert asked == [str(key)]


def test_the_image_lies_encrypted(letters, folder):
    key = sheets.deliver(b"%PDF-1.4 een naam")
    (path,) = (folder / "scans").iterdir()
    assert path.read_bytes().startswith(b"age-encryption.org/v1")
    assert scan_storage.read(key) == b"%PDF-1.4 een naam"
    scan_storage.destroy(key)
    with pytest.raises(scan_storage.ImageGone):
        scan_storage.read(key)


@pytest.mark.parametrize(
    ("told", "differs"),
    [("", False), ("K7QF-3MZD-8W2X", False), ("k7qf3mzd8w2x", False), ("K7QF-3MZD-8W2Y", True), ("x", True)],
)
def test_how_the_vendor_may_write_a_code(told, differs):
    assert scan_looks.differs(told, "K7QF3MZD8W2X", 1) is differs


def test_a_typed_code_forgives_what_looks_alike():
    assert scan_looks.code_of("k7qf-3mzd-8w2x") == "K7QF3MZD8W2X"
    assert scan_looks.code_of("K7QF 3MZD 8WOI") == "K7QF3MZD8W01"
    assert scan_looks.code_of(payload("K7QF3MZD8W2X", 1)) == "K7QF3MZD8W2X"
