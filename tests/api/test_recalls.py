"""What we ask back, the vendor's answer to it, and what he may put on his invoice."""

import datetime
import uuid

import pytest

from letters.actions import fitting, parts, recalls, reprints
from letters.models import Batch, RecallReason, Vendor
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from tests.api import calling
from tests.letters import rounds

pytestmark = pytest.mark.django_db
BATCH = "/statusmeldingen/_batch"


def _recalled(api, count: int = 2):
    """A part that was confirmed, and the recalls of its letters."""
    part = rounds.released(count).parts.get()
    assert api.put(f"{calling.part_path(part)}/bevestiging", calling.confirmation(part)).status_code == 201
    with acting_as(SYSTEM_ACTOR):
        found = [recalls.ask(letter=one, reason=RecallReason.DIED) for one in rounds.letters(part)]
    return part, found


def test_what_we_ask_back_is_listed_with_its_place_and_without_the_reason(api):
    part, found = _recalled(api)
    answer = api.get("/intrekkingen")
    rows = answer.json()["intrekkingen"]
    assert [row["intrekkingId"] for row in rows] == [str(one.pk) for one in found]
    assert {(row["partijId"], row["deel"], row["druk"]) for row in rows} == {
        (str(part.batch_id), part.number, 1)
    }
    assert b"overleden" not in answer.content
    first = api.get("/intrekkingen?limiet=1").json()
    assert api.get(first["_links"]["next"]["href"]).json()["intrekkingen"] == rows[1:]


def test_an_honest_answer_counts_once_and_the_letter_follows(api):
    _, (first, second) = _recalled(api)
    for one, result, production in (
        (first, "ingetrokken", "ingetrokken"),
        (second, "te_laat", "bevestigd"),
    ):
        path = f"/intrekkingen/{one.pk}/antwoord"
        assert [api.put(path, {"resultaat": result}).status_code for _ in range(2)] == [201, 200]
        assert calling.standing(one.letter_id)[0] == production
        other = {"ingetrokken": "te_laat", "te_laat": "ingetrokken"}[result]
        body = calling.problem(api.put(path, {"resultaat": other}), 409, "antwoord-wijkt-af")
        assert body["huidigeToestand"]["resultaat"] == result
    assert [row["resultaat"] for row in api.get("/intrekkingen").json()["intrekkingen"]] == [
        "ingetrokken",
        "te_laat",
    ]


def test_nobody_answers_for_another(api):
    _, (recall, _) = _recalled(api)
    other = calling.caller(rounds.vendor("Een andere drukker"))
    path = f"/intrekkingen/{recall.pk}/antwoord"
    calling.problem(other.put(path, {"resultaat": "te_laat"}), 404, "niet-gevonden")
    calling.problem(
        api.put(f"/intrekkingen/{uuid.uuid4()}/antwoord", {"resultaat": "te_laat"}), 404, "niet-gevonden"
    )
    calling.problem(api.put(path, {"resultaat": "misschien"}), 400, "ongeldige-invoer")
    assert other.get("/intrekkingen").json()["intrekkingen"] == []


def _sent(api, letters, moment: str) -> None:
    messages = [calling.message(one.pk, "verzonden", tijdstip=moment) for one in letters]
    assert api.post(BATCH, {"requests": messages}).status_code == 200


def test_an_invoice_counts_what_was_posted_in_that_month_in_dutch_time(api):
    part = rounds.released(4).parts.get()
    letters = rounds.letters(part)
    _sent(api, letters[:3], "2026-03-31T23:59:00+02:00")
    _sent(api, letters[:1], "2026-04-02T10:00:00+02:00")  # the same letter told again later
    _sent(api, letters[3:], "2026-03-31T22:00:00Z")
    march = api.get("/facturatie/2026-03").json()
    assert march == {
        "maand": "2026-03",
        "aantalBrieven": 3,
        "aantalBladen": 3,
        "regels": [
            {
                "prijsklasse": "1-blad-retour",
                "bladenPerBrief": 1,
                "retourenvelop": True,
                "aantalBrieven": 3,
                "aantalBladen": 3,
            }
        ],
    }
    assert api.get("/facturatie/2026-04").json()["aantalBrieven"] == 1
    other = calling.caller(rounds.vendor("Een andere drukker"))
    assert other.get("/facturatie/2026-03").json()["regels"] == []
    for wrong in ("2026-13", "2026-3", "maart"):
        calling.problem(api.get(f"/facturatie/{wrong}"), 404, "niet-gevonden")


def test_a_letter_that_is_printed_again_is_paid_again_and_stays_in_both_manifests(api):
    part = rounds.released(2).parts.get()
    letter = rounds.letters(part)[0]
    api.put(f"{calling.part_path(part)}/bevestiging", calling.confirmation(part))
    _sent(api, [letter], "2026-03-10T10:00:00Z")
    with acting_as(SYSTEM_ACTOR):
        reprints.reprint(letter=letter, by=None)
    for key in parts.parts_due():
        assert parts.make(part_id=key)
    batch = rounds.compose(part.round)
    rounds.release(batch)
    for key, day in ((part.batch_id, 9), (batch.pk, 19)):
        moment = datetime.datetime(2026, 3, day, tzinfo=datetime.UTC)
        Batch.objects.filter(pk=key).update(released_at=moment)
    _sent(api, [letter], "2026-03-20T10:00:00Z")
    assert api.get("/facturatie/2026-03").json()["aantalBrieven"] == 2
    old = api.get(f"{calling.part_path(part)}/manifest").json()
    new = api.get(f"{calling.part_path(batch.parts.get())}/manifest").json()
    assert [(row["volgnummer"], row["druk"]) for row in old["brieven"]] == [(1, 1), (2, 1)]
    assert [(row["briefId"], row["druk"]) for row in new["brieven"]] == [(str(letter.pk), 2)]
    assert old["brieven"][0]["briefId"] == str(letter.pk)


def _told(answer: dict[str, object]) -> dict[str, object]:
    """What is told, without where to read on: that is signed with the second in which it was given."""
    return {name: value for name, value in answer.items() if name not in ("cursor", "_links")}


def test_what_a_vendor_wants_by_now_changes_nothing_of_what_was_printed(api):
    """What was made for both sides stays so: in the list, the batch, the manifest and the invoice."""
    batch = rounds.released(2)
    part = batch.parts.get()
    _sent(api, rounds.letters(part), "2026-03-10T10:00:00Z")
    paths = (
        "/facturatie/2026-03",
        "/vooraankondigingen",
        "/partijen",
        f"/partijen/{batch.pk}",
        f"{calling.part_path(part)}/manifest",
    )
    before = [_told(api.get(path).json()) for path in paths]
    Vendor.objects.update(duplex=False, window="rechts", return_window="rechts", code_zone=3)
    assert [_told(api.get(path).json()) for path in paths] == before
    assert before[0]["aantalBladen"] == 2


def test_an_invoice_adds_up_both_kinds_of_paper(api):
    first = rounds.released(1).parts.get()
    Vendor.objects.update(duplex=False)
    single = rounds.composed(1)
    for key in fitting.due():
        assert fitting.fit(part_id=key)
    rounds.release(single)
    for part in (first, single.parts.get()):
        _sent(api, rounds.letters(part), "2026-03-10T10:00:00Z")
    lines = api.get("/facturatie/2026-03").json()["regels"]
    assert [(line["prijsklasse"], line["aantalBladen"]) for line in lines] == [
        ("1-blad-retour", 1),
        ("2-blad-retour", 2),
    ]
    assert {row["partijId"]: row["aantalBladen"] for row in api.get("/partijen").json()["partijen"]} == {
        str(first.batch_id): 1,
        str(single.pk): 2,
    }
