"""What a vendor scanned: a pile that is announced, its pictures and readings, closed and accounted for."""

import datetime
import hashlib
import os
import threading
import uuid

import pytest
from django.db import connections

from letters.actions import scan_storage
from letters.actions.vendor_scans import fingerprint
from letters.composition.codes import payload
from letters.models import Scan, ScanDelivery, ScanOutcome, WorkItem, WorkKind
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from tests.api import calling
from tests.api.calling import PNG
from tests.letters import rounds
from tests.waiting import until_somebody_waits

pytestmark = pytest.mark.django_db
UNTIL = "2026-03-05"


def _announced(api, scans: int = 1, **more: object) -> str:
    pile = f"/aanleveringen/{uuid.uuid4()}"
    body = {"aantalScans": scans, "ontvangenTotEnMet": UNTIL} | more
    assert api.put(pile, body).status_code == 201
    return pile


def _scan(api, pile: str, picture: bytes = PNG, reading: dict | None = None, key: str = ""):
    body, kind = calling.related(reading, picture)
    return api.put(f"{pile}/scans/{key or uuid.uuid4()}", body, Content_Type=kind)


def _close(api, pile: str, *pictures: bytes):
    prints = [hashlib.sha256(one).hexdigest() for one in pictures]
    return api.put(f"{pile}/afsluiting", {"aantalScans": len(prints), "sha256": fingerprint(prints)})


def _outcome(key: str, outcome: ScanOutcome, **fields: object) -> None:
    with acting_as(SYSTEM_ACTOR):
        Scan.objects.filter(pk=key).update(outcome=outcome, **fields)


def test_a_pile_is_announced_once_and_mended_while_it_is_open(api):
    pile = _announced(api, 2)
    body = {"aantalScans": 3, "ontvangenTotEnMet": UNTIL}
    assert [api.put(pile, body).status_code for _ in range(2)] == [200, 200]
    assert api.put(pile, body).json()["aantalScans"] == 3
    with acting_as(SYSTEM_ACTOR):
        assert ScanDelivery.objects.get().expected == 3


def test_post_of_a_day_that_has_yet_to_come_is_refused(api):
    """Reminders go by this day: a typing fault in it would let them all go too early."""
    today = clock.today()
    pile = f"/aanleveringen/{uuid.uuid4()}"
    body = {"aantalScans": 1, "ontvangenTotEnMet": (today + datetime.timedelta(days=1)).isoformat()}
    problem = calling.problem(api.put(pile, body), 400, "ongeldige-invoer")
    assert "moet nog komen" in str(problem)
    assert "/ontvangenTotEnMet" in str(problem)
    assert api.put(pile, body | {"ontvangenTotEnMet": today.isoformat()}).status_code == 201


def test_a_pile_that_was_closed_does_not_change(api):
    pile = _announced(api, 0)
    assert _close(api, pile).status_code == 201
    changed = api.put(pile, {"aantalScans": 1, "ontvangenTotEnMet": UNTIL})
    assert calling.problem(changed, 409, "aanlevering-afgesloten")["huidigeToestand"]["aantalScans"] == 0
    assert api.put(pile, {"aantalScans": 0, "ontvangenTotEnMet": UNTIL}).status_code == 200
    calling.problem(_scan(api, pile), 409, "aanlevering-afgesloten")


def test_a_list_of_fingerprints_names_every_scan_and_no_other_comes_in(api):
    right = hashlib.sha256(PNG).hexdigest()
    odd = {"aantalScans": 2, "ontvangenTotEnMet": UNTIL, "sha256": [right]}
    calling.problem(api.put(f"/aanleveringen/{uuid.uuid4()}", odd), 400, "ongeldige-invoer")
    pile = _announced(api, 1, sha256=[right])
    calling.problem(_scan(api, pile, PNG + b"x"), 409, "scan-afwijkend")
    assert _scan(api, pile).status_code == 201


def test_a_scan_lies_encrypted_and_a_worker_is_asked_to_look(api, sent, folders):
    key, pile = str(uuid.uuid4()), _announced(api)
    answer = _scan(api, pile, PNG, {"formuliercode": "K7QF-3MZD-8W2X", "sha256": _sha(PNG)}, key)
    assert answer.status_code == 201
    assert answer.json()["sha256"] == _sha(PNG)
    assert sent == [("letters.tasks.process_scan", [key])]
    assert scan_storage.read(uuid.UUID(key)) == PNG
    for folder, _, names in os.walk(folders):
        for name in names:
            with open(os.path.join(folder, name), "rb") as file:
                assert PNG not in file.read()
    with acting_as(SYSTEM_ACTOR):
        scan = Scan.objects.get()
    assert (scan.vendor_code, scan.media_type, scan.size) == ("K7QF-3MZD-8W2X", "image/png", len(PNG))


def _sha(picture: bytes) -> str:
    return hashlib.sha256(picture).hexdigest()


def test_the_same_picture_again_is_no_fault_and_another_is(api, sent):
    key, pile = str(uuid.uuid4()), _announced(api)
    assert [_scan(api, pile, key=key).status_code for _ in range(3)] == [201, 200, 200]
    calling.problem(_scan(api, pile, PNG + b"anders", key=key), 409, "scan-afwijkend")
    assert scan_storage.read(uuid.UUID(key)) == PNG
    assert len(sent) == 1
    assert _close(api, pile, PNG).status_code == 201
    assert _scan(api, pile, key=key).status_code == 200


@pytest.mark.parametrize(
    ("picture", "kind"),
    [
        (b"%PDF-1.7 x", "application/pdf"),
        (b"II*\x00 x", "image/tiff"),
        (b"MM\x00* x", "image/tiff"),
        (b"\xff\xd8\xff x", "image/jpeg"),
    ],
)
def test_the_type_is_what_the_first_bytes_say(api, picture, kind):
    assert _scan(api, _announced(api), picture).status_code == 201
    with acting_as(SYSTEM_ACTOR):
        assert Scan.objects.get().media_type == kind


@pytest.mark.parametrize("picture", [b"", b"<script>", b"GIF89a", b"PK\x03\x04"])
def test_what_is_no_picture_of_ours_is_refused(api, picture, sent):
    body = calling.problem(_scan(api, _announced(api), picture), 400, "ongeldige-invoer")
    assert [one["pointer"] for one in body["errors"]] == ["/beeld"]
    assert sent == []


def test_a_picture_that_was_damaged_on_its_way_is_refused(api):
    answer = _scan(api, _announced(api), PNG, {"sha256": "0" * 64})
    body = calling.problem(answer, 400, "ongeldige-invoer")
    assert [one["pointer"] for one in body["errors"]] == ["/lezing/sha256"]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "multipart/related; boundary=x"),
        (b"zomaar wat", "multipart/related; boundary=x"),
        (b"zomaar wat", "multipart/related"),
        (b"--x\r\n\r\n--x--", "multipart/related; boundary=x"),
        (b"--x\r\n\r\na\r\n--x\r\n\r\nb\r\n--x--", "multipart/related; boundary=x"),
        (b"--x\r\nContent-Type: application/json\r\n\r\n{\r\n--x--", "multipart/form-data; boundary=x"),
    ],
)
def test_what_cannot_be_taken_apart_is_refused(api, body, kind):
    answer = api.put(f"{_announced(api)}/scans/{uuid.uuid4()}", body, Content_Type=kind)
    calling.problem(answer, 400, "ongeldige-invoer")


def test_a_form_of_a_browser_is_taken_as_well(api):
    body = (
        b'--x\r\nContent-Disposition: form-data; name="lezing"\r\n\r\n{"formuliercode": "A"}\r\n'
        b'--x\r\nContent-Disposition: form-data; name="beeld"; filename="a.png"\r\n\r\n'
        + PNG
        + b"\r\n--x--\r\n"
    )
    pile = _announced(api)
    answer = api.put(f"{pile}/scans/{uuid.uuid4()}", body, Content_Type="multipart/form-data; boundary=x")
    assert answer.json()["sha256"] == _sha(PNG)


def test_ten_megabytes_is_the_most(api):
    pile = _announced(api)
    most = PNG + b"0" * (10 * 1024**2 - len(PNG))
    assert _scan(api, pile, most).status_code == 201
    calling.problem(_scan(api, pile, most + b"0"), 413, "bestand-te-groot")
    calling.problem(_scan(api, pile, most + b"0" * 200_000), 413, "bestand-te-groot")
    calling.problem(api.put(pile, b"{}", Content_Type="text/plain"), 415, "type-niet-ondersteund")


def test_readings_are_laid_beside_the_scans_once(api):
    key, pile = str(uuid.uuid4()), _announced(api)
    _scan(api, pile, key=key)
    part = rounds.released(1).parts.get()
    letter = rounds.letters(part)[0]
    _outcome(key, ScanOutcome.LINKED, letter=letter)
    other = {"scanId": key, "formuliercode": payload("K7QF3MZD8W2X", 2)}
    call = [
        other,
        other,
        other | {"formuliercode": "X"},
        other | {"scanId": str(uuid.uuid4())},
        {"scanId": 4},
    ]
    results = api.post(f"{pile}/scans/_batch", {"requests": call}).json()["results"]
    assert [one["resultaat"] for one in results] == ["verwerkt", "dubbel", *["geweigerd"] * 3]
    assert [one.get("code") for one in results[2:]] == [
        "lezing-afwijkend",
        "onbekende-scan",
        "ongeldige-invoer",
    ]
    with acting_as(SYSTEM_ACTOR):
        assert WorkItem.objects.open().filter(kind=WorkKind.SCAN_DIFFERS, scan=key).count() == 1
    calling.problem(api.post(f"{pile}/scans/_batch", {"requests": [other] * 501}), 400, "te-veel-items")


def test_a_reading_that_says_the_same_as_ours_asks_nobody(api):
    key, pile = str(uuid.uuid4()), _announced(api)
    _scan(api, pile, key=key)
    letter = rounds.letters(rounds.released(1).parts.get())[0]
    _outcome(key, ScanOutcome.LINKED, letter=letter)
    reading = {"scanId": key, "formuliercode": payload(letter.form_code, 2)}
    api.post(f"{pile}/scans/_batch", {"requests": [reading]})
    with acting_as(SYSTEM_ACTOR):
        assert not WorkItem.objects.filter(kind=WorkKind.SCAN_DIFFERS).exists()


def test_a_pile_is_closed_with_what_is_really_in(api):
    pile = _announced(api, 2)
    pictures = (PNG, PNG + b"2")
    keys = [str(uuid.uuid4()) for _ in pictures]
    for key, picture in zip(keys, pictures, strict=True):
        _scan(api, pile, picture, key=key)
    refused = _close(api, pile, PNG)
    assert calling.problem(refused, 409, "scan-afwijkend")["huidigeToestand"] == {"aantalScans": 2}
    _outcome(keys[0], ScanOutcome.REJECTED, problem="scan_onleesbaar")
    closed = [_close(api, pile, *pictures) for _ in range(2)]
    assert [one.status_code for one in closed] == [201, 200]
    assert closed[0].json() == {
        "aantalScans": 2,
        "aantalGekoppeld": 0,
        "aantalDubbel": 0,
        "aantalUitval": 1,
        "aantalWacht": 1,
    }
    calling.problem(_close(api, pile, PNG), 409, "scan-afwijkend")
    rows = api.get(f"{pile}/verwerking").json()
    assert rows["aantallen"]["aantalUitval"] == 1
    assert rows["scans"] == [
        {"scanId": keys[0], "verwerking": "uitval", "uitvalcode": "scan_onleesbaar"},
        {"scanId": keys[1], "verwerking": "wacht"},
    ]
    first = api.get(f"{pile}/verwerking?limiet=1").json()
    assert api.get(first["_links"]["next"]["href"]).json()["scans"][0]["scanId"] == keys[1]


def test_another_vendor_finds_no_pile_and_no_scan(api):
    key, pile = str(uuid.uuid4()), _announced(api)
    _scan(api, pile, key=key)
    other = calling.caller(rounds.vendor("Een andere drukker"))
    calling.problem(other.put(pile, {"aantalScans": 1, "ontvangenTotEnMet": UNTIL}), 404, "niet-gevonden")
    calling.problem(_scan(other, pile, key=key), 404, "niet-gevonden")
    calling.problem(_close(other, pile, PNG), 404, "niet-gevonden")
    calling.problem(other.get(f"{pile}/verwerking"), 404, "niet-gevonden")
    calling.problem(other.post(f"{pile}/scans/_batch", {"requests": []}), 404, "niet-gevonden")
    calling.problem(_scan(other, _announced(other), key=key), 409, "scan-afwijkend")


def test_each_address_asks_its_own_scope():
    scans, paper = calling.caller(scope="scans"), calling.caller(scope="drukwerk")
    body = {"aantalScans": 1, "ontvangenTotEnMet": UNTIL}
    pile = f"/aanleveringen/{uuid.uuid4()}"
    calling.problem(paper.put(pile, body), 403, "scope-ontbreekt")
    calling.problem(_scan(paper, pile), 403, "scope-ontbreekt")
    assert scans.put(pile, body).status_code == 201
    calling.problem(scans.get("/partijen"), 403, "scope-ontbreekt")
    calling.problem(scans.get("/testpartij"), 403, "scope-ontbreekt")


def _side_by_side(*calls) -> list:
    """The answers of calls that begin at once, each on a connection of its own."""
    start, answers = threading.Barrier(len(calls)), []

    def run(call) -> None:
        start.wait()
        try:
            answers.append(call())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return answers


def test_twenty_times_the_same_sheet_at_once_is_one_scan(api, sent, unblocked):
    key, pile = str(uuid.uuid4()), _announced(api)
    answers = _side_by_side(*[lambda: _scan(api, pile, key=key)] * 20)
    assert sorted(one.status_code for one in answers) == [200] * 19 + [201]
    assert sent == [("letters.tasks.process_scan", [key])]
    assert scan_storage.read(uuid.UUID(key)) == PNG
    assert _close(api, pile, PNG).status_code == 201


def test_sheets_of_one_pile_do_not_wait_for_each_other(api, unblocked, monkeypatch):
    """Each is held while its picture is written, until the other is there as well."""
    pile, both, write = _announced(api, 2), threading.Barrier(2), scan_storage.write

    def meet(*args) -> None:
        both.wait(timeout=20)
        write(*args)

    monkeypatch.setattr(scan_storage, "write", meet)
    pictures = (PNG + b"een", PNG + b"twee")
    answers = _side_by_side(*[lambda one=one: _scan(api, pile, one) for one in pictures])
    assert [one.status_code for one in answers] == [201, 201]
    assert _close(api, pile, *pictures).status_code == 201


def test_closing_waits_for_a_sheet_that_is_coming_in(api, unblocked, monkeypatch):
    """It finds the sheet in the count: none comes in behind its back."""
    pile, write, closing = _announced(api), scan_storage.write, []

    def meanwhile(*args) -> None:
        closing.append(threading.Thread(target=_shut))
        closing[0].start()
        until_somebody_waits()
        write(*args)

    def _shut() -> None:
        try:
            closing.append(_close(api, pile, PNG).status_code)
        finally:
            connections.close_all()

    monkeypatch.setattr(scan_storage, "write", meanwhile)
    assert _scan(api, pile).status_code == 201
    closing[0].join()
    assert closing[1:] == [201]
