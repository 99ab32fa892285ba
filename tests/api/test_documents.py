"""The pages: whole, in pieces, letter by letter, and one letter anew."""

import base64
import hashlib
import io
import json
import time
import zipfile

import pytest
from pypdfium2 import PdfDocument

from letters.actions import recalls, storage
from letters.models import RecallReason
from outreach.audit import Event
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from tests.api import calling
from tests.letters import rounds
from tests.letters.samples import page_texts

pytestmark = pytest.mark.django_db


@pytest.fixture
def part():
    return rounds.released(4).parts.get()


def _path(part) -> str:
    return f"{calling.part_path(part)}/document"


def test_a_part_comes_whole_with_its_fingerprint_and_the_fetch_is_audited(api, part):
    answer = api.get(_path(part), Accept="application/pdf")
    assert hashlib.sha256(answer.content).hexdigest() == part.sha256
    digest = base64.b64encode(bytes.fromhex(part.sha256)).decode()
    assert answer["Repr-Digest"] == f"sha-256=:{digest}:"
    assert (answer["ETag"], answer["Accept-Ranges"]) == (f'"{part.sha256}"', "bytes")
    assert answer["Cache-Control"] == "no-store"
    assert len(answer.content) == int(answer["Content-Length"])
    [line] = rounds.audited(part, Event.PART_FETCHED)
    assert (line["actor"], line["soort"]) == (api.issued.client.application.client_id, "drukker")


def test_seven_pieces_make_the_file(api, part):
    step = part.size // 7 + 1
    pieces = []
    for start in range(0, part.size, step):
        answer = api.get(_path(part), Range=f"bytes={start}-{start + step - 1}", If_Range=f'"{part.sha256}"')
        assert answer.status_code == 206
        last = min(start + step, part.size) - 1
        assert answer["Content-Range"] == f"bytes {start}-{last}/{part.size}"
        pieces.append(answer.content)
    assert len(pieces) == 7
    assert hashlib.sha256(b"".join(pieces)).hexdigest() == part.sha256


@pytest.mark.parametrize(
    ("asked", "status", "length"),
    [
        ("bytes=0-0", 206, 1),
        ("bytes=-10", 206, 10),
        ("bytes=10-", 206, -10),
        ("bytes=-999999999", 206, 0),
        ("bytes=5-2", 200, 0),
        ("bytes=0-1,4-5", 200, 0),
        ("bytes=-", 200, 0),
        ("letters=1-2", 200, 0),
    ],
)
def test_a_range_is_what_the_rfc_says(api, part, asked, status, length):
    answer = api.get(_path(part), Range=asked)
    assert answer.status_code == status
    assert len(answer.content) == (length if length > 0 else part.size + length)


def test_a_range_beyond_the_file_says_how_large_it_is(api, part):
    for asked in (f"bytes={part.size}-", "bytes=-0"):
        answer = api.get(_path(part), Range=asked)
        calling.problem(answer, 416, "bereik-ongeldig")
        assert answer["Content-Range"] == f"bytes */{part.size}"


def test_a_piece_of_another_file_is_not_given(api, part):
    answer = api.get(_path(part), Range="bytes=10-19", If_Range='"iets anders"')
    assert (answer.status_code, len(answer.content)) == (200, part.size)
    weak = api.get(_path(part), Range="bytes=10-19", If_Range=f'W/"{part.sha256}"')
    assert weak.status_code == 200


def test_head_gives_the_size_and_reads_nothing(api, part, monkeypatch):
    monkeypatch.setattr(storage, "read", lambda part: pytest.fail("the file was read"))
    answer = api.call("HEAD", _path(part))
    assert (answer.status_code, answer.content) == (200, b"")
    assert (answer["Content-Length"], answer["ETag"]) == (str(part.size), f'"{part.sha256}"')
    assert api.get(_path(part), If_None_Match=f'"{part.sha256}"').status_code == 304
    assert rounds.audited(part, Event.PART_FETCHED) == []


def test_the_same_letters_come_as_a_file_each(api, part):
    answers = []
    for _ in range(2):
        answers.append(api.get(_path(part), Accept="application/zip"))
        time.sleep(1.1)  # the library writes the second of making into a file
    assert answers[0].content == answers[1].content
    archive = zipfile.ZipFile(io.BytesIO(answers[0].content))
    manifest = json.loads(archive.read("manifest.json"))
    whole = page_texts(storage.read(part))
    assert archive.namelist() == ["manifest.json", *(f"{row['briefId']}.pdf" for row in manifest["brieven"])]
    for row in manifest["brieven"]:
        found = page_texts(archive.read(f"{row['briefId']}.pdf"))
        first = row["eerstePagina"] - 1
        assert found == whole[first : first + row["aantalPaginas"]]


def test_what_we_do_not_make_is_said(api, part):
    calling.problem(api.get(_path(part), Accept="image/png"), 406, "accept-niet-mogelijk")
    assert api.get(_path(part), Accept="application/*").status_code == 200


def test_a_file_that_is_gone_is_our_fault_and_one_that_was_destroyed_is_not_there(api, part):
    (storage.settings.LETTER_FOLDER / part.file_name()).unlink()
    answer = api.get(_path(part))
    calling.problem(answer, 503, "nog-niet-gereed")
    assert answer["Retry-After"]
    with acting_as(SYSTEM_ACTOR):
        type(part).objects.filter(pk=part.pk).update(destroyed_at=clock.now())
    calling.problem(api.get(_path(part)), 404, "niet-gevonden")
    assert api.get(f"/partijen/{part.batch_id}").json()["mogelijkheden"]["ophalen"]["mag"] is False


def test_one_letter_is_drawn_as_it_was(api, part):
    letters = rounds.letters(part)
    whole = page_texts(storage.read(part))
    for number, letter in enumerate(letters):
        answer = api.get(f"/brieven/{letter.pk}/document")
        assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
        assert page_texts(answer.content) == whole[2 * number : 2 * number + 2]
        assert len(PdfDocument(answer.content)) == 2
    [line] = [
        one for one in rounds.audited_since(part, Event.LETTER_FETCHED) if one["ids"] == [str(letters[0].pk)]
    ]
    assert line["soort"] == "drukker"


def test_a_recall_before_the_confirmation_makes_a_next_version(api, part):
    letter = rounds.letters(part)[1]
    before = calling.confirmation(part)
    with acting_as(SYSTEM_ACTOR):
        recalls.ask(letter=letter, reason=RecallReason.OPTED_OUT)
    body = api.get(f"{calling.part_path(part)}/manifest").json()
    assert body["versie"] == 2
    assert str(letter.pk) not in {row["briefId"] for row in body["brieven"]}
    calling.problem(api.put(f"{calling.part_path(part)}/bevestiging", before), 409, "bevestiging-wijkt-af")
    answer = api.get(f"/brieven/{letter.pk}/document")
    calling.problem(answer, 409, "brief-ingetrokken")
    assert answer.json()["huidigeToestand"]["status"] == "ingetrokken"
    part.refresh_from_db()
    assert api.put(f"{calling.part_path(part)}/bevestiging", calling.confirmation(part)).status_code == 201


def test_the_batch_to_test_with_is_whole_and_the_same_for_everybody(api):
    other = calling.caller(rounds.vendor("Een andere drukker"), sandbox=True)
    whole, theirs = (one.get("/testpartij").json() for one in (api, other))
    assert whole == theirs
    [part] = whole["delen"]
    document = api.get(part["_links"]["document"]["href"])
    manifest = api.get(part["_links"]["manifest"]["href"]).json()
    assert hashlib.sha256(document.content).hexdigest() == part["sha256"] == manifest["sha256"]
    assert len(PdfDocument(document.content)) == manifest["aantalPaginas"] == 2 * len(manifest["brieven"])
    said = {name: manifest[name] for name in ("sha256", "aantalBrieven", "aantalPaginas")}
    place = part["_links"]["bevestiging"]["href"]
    assert other.put(place, said).status_code == 200
    calling.problem(other.put(place, said | {"aantalBrieven": 1}), 409, "bevestiging-wijkt-af")
    told = [calling.message(manifest["brieven"][0]["briefId"]), calling.message(str(whole["partijId"]))]
    results = other.post("/statusmeldingen/_batch", {"requests": told}).json()["results"]
    assert [one["resultaat"] for one in results] == ["verwerkt", "onbekende_brief"]
    texts = " ".join(page_texts(document.content))
    assert all(name in texts for name in ("Çelik", "Đorđević", "Ṣāliḥ", "Nguyễn", "O’Neill"))
