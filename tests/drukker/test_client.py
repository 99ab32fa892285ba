"""The vendor keeps his patience: busy, forgotten tokens, dropped lines, documents in pieces."""

import base64
import hashlib
import random

import pytest

from tests.drukker.paper import LETTERS, dice, part
from tests.drukker.rude import rude
from tools.drukker import fetching
from tools.drukker.client import Api, Refused, VendorProblem
from tools.drukker.fetching import PartDiffers, check, take_document
from tools.drukker.journal import PartPage, Row


@pytest.fixture
def naps():
    return []


@pytest.fixture
def server():
    with rude(random.Random(1).randbytes(1_000_003)) as running:
        yield running


@pytest.fixture
def api(server, naps):
    mine = Api(server.address, "drukker", "geheim", sleep=naps.append)
    yield mine
    mine.hang_up()


def test_the_secret_is_never_shown(api):
    assert "geheim" not in repr(api)


def test_a_list_is_walked_by_its_cursor(api):
    assert list(api.pages("/lijst", "dingen")) == [0, 1, 2, 3]
    assert api.counts["tokens"] == 1


def test_busy_is_waited_out_for_as_long_as_was_asked(api, server, naps):
    server.faults["/lijst"] = [429, 503, 429]
    assert api.get("/lijst").status == 200
    assert naps == [7.0, 7.0, 7.0]


def test_a_busy_desk_for_tokens_too(api, server, naps):
    server.faults["token"] = [503, "weg"]
    assert api.get("/lijst").status == 200
    assert naps[0] == 7.0


def test_a_token_that_ended_is_asked_anew(api, server):
    api.get("/lijst")
    server.valid.clear()
    assert api.get("/lijst").status == 200
    assert api.counts["tokens"] == 2


def test_a_token_about_to_end_is_not_used(api, server, monkeypatch):
    api.get("/lijst")
    now = api._ends - 10
    monkeypatch.setattr("tools.drukker.client.time.monotonic", lambda: now)
    api.get("/lijst")
    assert api.counts["tokens"] == 2


def test_a_write_on_a_dropped_line_is_sent_again(api, server, naps):
    server.faults["/ding"] = ["weg", "half"]
    assert api.put("/ding", {}).status == 201
    assert server.seen["/ding"] == 3
    assert len(naps) == 2


def test_who_never_answers_is_given_up(api, server):
    server.faults["/lijst"] = ["weg"] * 20
    with pytest.raises(VendorProblem, match="geen bruikbaar antwoord"):
        api.get("/lijst")


def test_a_no_is_a_no_and_says_nothing_about_what_was_asked(api):
    with pytest.raises(Refused, match=r"404 \(niet-gevonden\)") as refusal:
        api.get("/nergens", brief="K7QF")
    assert refusal.value.status == 404
    assert "K7QF" not in str(refusal.value)


def test_a_wrong_secret_is_refused(server):
    stranger = Api(server.address, "drukker", "mis")
    with pytest.raises(Refused, match="invalid_client"):
        stranger.get("/lijst")
    stranger.hang_up()


def fetched(api, server, folder, cut):
    page = PartPage("p", 1, 1)
    target = folder / "deel.pdf"
    take_document(api, page, target, dice(3), cut)
    assert target.read_bytes() == server.document
    return page, target


def test_a_document_comes_in_pieces_through_broken_lines(api, server, tmp_path):
    fetched(api, server, tmp_path, cut=0.6)
    assert api.counts["stukken"] > 4


def test_after_a_kill_the_rest_is_fetched(api, server, tmp_path):
    (tmp_path / "deel.pdf").write_bytes(server.document[:600_000])
    page = PartPage("p", 1, 1, etag=f'"{hashlib.sha256(server.document).hexdigest()}"')
    take_document(api, page, tmp_path / "deel.pdf", dice(1), 0)
    assert (tmp_path / "deel.pdf").read_bytes() == server.document
    assert api.counts["stukken"] == 2


def test_when_the_document_became_another_it_is_fetched_from_the_start(api, server, tmp_path):
    (tmp_path / "deel.pdf").write_bytes(b"x" * 600_000)
    page = PartPage("p", 1, 1, etag='"een ander"')
    take_document(api, page, tmp_path / "deel.pdf", dice(1), 0)
    assert (tmp_path / "deel.pdf").read_bytes() == server.document


def test_what_is_longer_than_the_document_is_thrown_away(api, server, tmp_path):
    (tmp_path / "deel.pdf").write_bytes(b"x" * 2_000_000)
    page = PartPage("p", 1, 1)
    take_document(api, page, tmp_path / "deel.pdf", dice(1), 0)
    assert (tmp_path / "deel.pdf").read_bytes() == server.document


@pytest.fixture
def whole(tmp_path):
    """A part that is as its manifest says, and its file."""
    pdf = part()
    rows = [
        Row(f"brief-{place}", place, 2 * place - 1, 2, letter.form_code)
        for place, letter in enumerate(LETTERS, start=1)
    ]
    page = PartPage("p", 1, 1, sha256=hashlib.sha256(pdf).hexdigest(), pages=2 * len(rows), rows=rows)
    target = tmp_path / "heel.pdf"
    target.write_bytes(pdf)
    return page, target


def digest(target):
    return f"sha-256=:{base64.b64encode(hashlib.sha256(target.read_bytes()).digest()).decode()}:"


def test_a_whole_part_passes(whole):
    page, target = whole
    check(page, target, digest(target))


def spoil_digest(page):
    return "sha-256=:AAAA:"


def spoil_sum(page):
    page.sha256 = "0" * 64


def spoil_pages(page):
    page.rows[-1].pages = 4


def spoil_order(page):
    page.rows[0].position = 9


def spoil_bookmarks(page):
    page.rows[0].pages, page.rows[1].first_page, page.rows[1].pages = 1, 2, 3


def spoil_total(page):
    page.rows.pop()
    page.pages -= 2


@pytest.mark.parametrize(
    "spoil", [spoil_digest, spoil_sum, spoil_pages, spoil_order, spoil_bookmarks, spoil_total]
)
def test_a_part_that_differs_is_not_confirmed(whole, spoil):
    page, target = whole
    with pytest.raises(PartDiffers):
        check(page, target, spoil(page) or digest(target))


def test_a_piece_that_was_not_asked_for_is_refused(whole, tmp_path):
    answer = fetching.Answer(206, {"content-range": "bytes 5-9/100"}, b"vijf!")
    with pytest.raises(PartDiffers):
        fetching._append(answer, tmp_path / "deel.pdf", 0)
