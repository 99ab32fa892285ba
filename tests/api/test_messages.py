"""What a vendor tells: a thousand at once, twice, too late, about what is not his, and in any order."""

import datetime
import itertools
import random
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from letters.actions import parts, reprints, vendor_messages
from letters.models import Batch, Letter, LetterEvent, Outcome, Part, WorkItem, WorkKind
from letters.vendor_codes import Status
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from tests.api import calling
from tests.letters import rounds

pytestmark = pytest.mark.django_db
BATCH = "/statusmeldingen/_batch"


def _results(answer) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [one["resultaat"] for one in answer.json()["results"]]


def _events() -> int:
    with acting_as(SYSTEM_ACTOR):
        return LetterEvent.objects.filter(message_id__isnull=False).count()


def _confirmed(count: int):
    part = rounds.released(count).parts.get()
    rounds.confirm(part)
    part.refresh_from_db()
    return part


def test_a_thousand_with_what_can_be_wrong_among_them(api):
    """10 bad, 10 double, 10 unknown in 1,000: 970 are done, in order; the same call again adds nothing."""
    letters = rounds.letters(_confirmed(485))
    sent = [calling.message(one.pk, status) for one in letters for status in ("geprint", "verzonden")]
    assert len(sent) == 970
    wrong = ({"meldingId": str(uuid.uuid4()), "status": "weg"} for _ in range(8))
    bad = [{"meldingId": "geen uuid"}, {}, *wrong]
    unknown = [calling.message(uuid.uuid4()) for _ in range(10)]
    marked = [(one, "verwerkt") for one in sent] + [(one, "geweigerd") for one in bad]
    marked += [(one, "onbekende_brief") for one in unknown]
    random.Random(7).shuffle(marked)
    marked += [(one, "dubbel") for one in sent[:10]]
    expected = [
        "genegeerd_achterhaald" if result == "verwerkt" and _overtaken(one, number, marked) else result
        for number, (one, result) in enumerate(marked)
    ]
    answer = api.post(BATCH, {"requests": [one for one, _ in marked]})
    results = _results(answer)
    assert (len(results), results) == (1000, expected)
    done = [one for one in results if one in ("verwerkt", "genegeerd_achterhaald")]
    assert len(done) == 970
    shown = [one["meldingId"] for one in answer.json()["results"]]
    said = [one.get("meldingId") for one, _ in marked]
    assert [pair for pair in zip(shown, said, strict=True) if pair[0] not in (None, pair[1])] == []
    rows = _events()
    assert rows == 980
    again = _results(api.post(BATCH, {"requests": [one for one, _ in marked]}))
    assert again == ["geweigerd" if result == "geweigerd" else "dubbel" for result in results]
    assert _events() == rows
    assert {calling.standing(one.pk)[0] for one in letters} == {"verzonden"}
    with acting_as(SYSTEM_ACTOR):
        assert WorkItem.objects.filter(kind=WorkKind.ORPHAN).count() == 10


def _overtaken(message: dict, number: int, marked: list) -> bool:
    """Told as printed after it was told as sent, in the same call."""
    if message["status"] != "geprint":
        return False
    return any(
        one.get("briefId") == message["briefId"] and one.get("status") == "verzonden"
        for one, _ in marked[:number]
    )


def test_one_more_than_a_thousand_is_refused_whole(api):
    [letter] = rounds.letters(_confirmed(1))
    sent = [calling.message(letter.pk) for _ in range(1001)]
    calling.problem(api.post(BATCH, {"requests": sent}), 400, "te-veel-items")
    assert _events() == 0


@pytest.mark.parametrize(
    "body", [{}, [], "tekst", {"requests": {}}, {"requests": ["tekst"]}, {"requests": None}, 5, None]
)
def test_a_call_that_is_no_list_of_messages_is_refused(api, body):
    answer = api.call("POST", BATCH, body, Content_Type="application/json")
    assert calling.problem(answer, 400, "ongeldige-invoer")["detail"]


def test_all_that_is_wrong_with_a_message_is_said_without_repeating_it(api):
    wrong = {"meldingId": "Jansen", "status": "Jansen", "tijdstip": "2026-03-05T10:00:00", "reden": 4}
    answer = api.post(BATCH, {"requests": [wrong]})
    [result] = answer.json()["results"]
    assert (result["resultaat"], result["code"]) == ("geweigerd", "ongeldige-invoer")
    assert result["meldingId"] is None
    assert {one["pointer"] for one in result["fouten"]} == {"/meldingId", "/status", "/tijdstip", "/reden"}
    assert b"Jansen" not in answer.content


@pytest.mark.parametrize(
    "change",
    [
        {"status": "onbestelbaar"},
        {"status": "onbestelbaar", "reden": "zomaar"},
        {"status": "geprint", "reden": "verhuisd"},
        {"tijdstip": "2099-01-01T00:00:00Z"},
        {"deel": 1},
        {"partijId": str(uuid.uuid4())},
        {"medium": "duif"},
    ],
)
def test_each_status_has_its_own_shape(api, change):
    [letter] = rounds.letters(_confirmed(1))
    message = calling.message(letter.pk) | change
    assert _results(api.post(BATCH, {"requests": [message]})) == ["geweigerd"]
    assert _events() == 0


def test_extra_fields_are_no_fault_and_are_not_kept(api):
    [letter] = rounds.letters(_confirmed(1))
    message = calling.message(letter.pk, bijzonder="Jansen")
    assert _results(api.post(BATCH, {"requests": [message]})) == ["verwerkt"]
    with acting_as(SYSTEM_ACTOR):
        raw = LetterEvent.objects.get(message_id__isnull=False).raw
    assert "Jansen" not in str(raw)
    assert raw["status"] == "geprint"


def test_a_range_leaves_out_what_the_same_call_names_as_spoiled(api):
    part = _confirmed(5)
    letters = rounds.letters(part)
    of_range = {"partijId": str(part.batch_id), "deel": part.number, "volgnummers": {"van": 2, "tot": 4}}
    sent = calling.message("", "verzonden") | of_range
    del sent["briefId"]
    spoiled = calling.message(letters[2].pk, "beschadigd")
    assert _results(api.post(BATCH, {"requests": [sent, spoiled]})) == ["verwerkt", "genegeerd_achterhaald"]
    assert [calling.standing(one.pk)[0] for one in letters] == [
        "bevestigd",
        "verzonden",
        "bevestigd",
        "verzonden",
        "bevestigd",
    ]
    assert _results(api.post(BATCH, {"requests": [sent]})) == ["dubbel"]
    later = calling.message(letters[2].pk, "verzonden")
    assert _results(api.post(BATCH, {"requests": [later]})) == ["verwerkt"]


def test_a_whole_part_in_one_message(api):
    part = _confirmed(3)
    message = calling.message("", "geprint") | {"partijId": str(part.batch_id), "deel": part.number}
    del message["briefId"]
    elsewhere = message | {"meldingId": str(uuid.uuid4()), "deel": 99}
    beyond = elsewhere | {
        "meldingId": str(uuid.uuid4()),
        "deel": part.number,
        "volgnummers": {"van": 4, "tot": 9},
    }
    answer = api.post(BATCH, {"requests": [message, elsewhere, beyond]})
    assert _results(answer) == ["verwerkt", "onbekende_brief", "onbekende_brief"]
    assert {calling.standing(one.pk)[0] for one in rounds.letters(part)} == {"geprint"}


def _again(part: Part, letter: Letter) -> Part:
    """The letter is printed again and released at noon on 10 March; the first run was released on the 1st."""
    with acting_as(SYSTEM_ACTOR):
        reprints.reprint(letter=letter, by=None)
    for key in parts.parts_due():
        assert parts.make(part_id=key)
    batch = rounds.compose(part.round)
    rounds.release(batch)
    for key, day in ((part.batch_id, 1), (batch.pk, 10)):
        moment = datetime.datetime(2026, 3, day, 11, tzinfo=datetime.UTC)
        Batch.objects.filter(pk=key).update(released_at=moment)
    return batch.parts.get()


def _runs(letter: Letter) -> list[tuple[str, int]]:
    """What the vendor said, and of which print run that is."""
    with acting_as(SYSTEM_ACTOR):
        found = LetterEvent.objects.filter(letter=letter, raw__has_key="status").order_by("pk")
        return list(found.values_list("code", "print_run"))


@pytest.mark.parametrize(
    ("moment", "run"),
    [
        ("2026-03-10T11:00:00Z", 2),
        ("2026-03-12T10:00:00Z", 2),
        ("2026-03-10T10:59:59Z", 1),
        ("2026-02-27T10:00:00Z", 1),
    ],
)
def test_what_is_told_late_of_the_first_run_is_not_about_the_second(api, moment, run):
    part = _confirmed(1)
    [letter] = rounds.letters(part)
    assert _results(api.post(BATCH, {"requests": [calling.message(letter.pk, "verzonden")]})) == ["verwerkt"]
    _again(part, letter)
    late = calling.message(letter.pk, "onbestelbaar", reden="verhuisd", tijdstip=moment)
    assert _results(api.post(BATCH, {"requests": [late]})) == [
        "verwerkt" if run == 2 else "genegeerd_achterhaald"
    ]
    assert _runs(letter) == [("verzonden", 1), ("onbestelbaar", run)]
    assert calling.standing(letter.pk)[:2] == ("vrijgegeven", "onbestelbaar" if run == 2 else "onbekend")


def test_the_part_that_a_message_names_says_of_which_run_it_is(api):
    first = _confirmed(1)
    [letter] = rounds.letters(first)
    api.post(BATCH, {"requests": [calling.message(letter.pk, "verzonden")]})
    second = _again(first, letter)
    sent = [
        calling.message(letter.pk, "onbestelbaar", reden="verhuisd", tijdstip=moment)
        | {"partijId": str(batch), "deel": number}
        for moment, batch, number in (
            ("2026-03-20T10:00:00Z", first.batch_id, first.number),
            ("2026-03-02T10:00:00Z", second.batch_id, second.number),
            ("2026-03-20T10:00:00Z", second.batch_id, 99),
        )
    ]
    assert _results(api.post(BATCH, {"requests": sent})) == [
        "genegeerd_achterhaald",
        "verwerkt",
        "onbekende_brief",
    ]
    assert _runs(letter) == [("verzonden", 1), ("onbestelbaar", 1), ("onbestelbaar", 2)]


def test_what_came_back_and_what_was_refused_are_put_before_a_person(api):
    part = _confirmed(2)
    first, second = rounds.letters(part)
    sent = [
        calling.message(first.pk, "verzonden"),
        calling.message(first.pk, "onbestelbaar", reden="verhuisd", medium="digitaal"),
        calling.message(first.pk, "onbestelbaar", reden="onbekend_op_adres", medium="fysiek"),
        calling.message(second.pk, "geweigerd", reden="adres"),
    ]
    assert _results(api.post(BATCH, {"requests": sent}))[0::3] == ["verwerkt", "verwerkt"]
    assert calling.standing(first.pk) == ("verzonden", "onbestelbaar", "open")
    assert calling.standing(second.pk)[0] == "geweigerd"
    with acting_as(SYSTEM_ACTOR):
        found = WorkItem.objects.open().values_list("kind", "letter", "household")
        assert set(found) == {
            (WorkKind.ADDRESS, first.pk, first.household_id),
            (WorkKind.REFUSED_BY_VENDOR, second.pk, second.household_id),
        }


def test_every_order_of_the_same_messages_ends_the_same(api):
    """Five messages in 120 orders; the pure projection has its own 200 permutations."""
    letters = rounds.letters(_confirmed(120))
    steps = [
        ("geprint", {}),
        ("verzonden", {}),
        ("beschadigd", {}),
        ("onbestelbaar", {"reden": "verhuisd"}),
        ("onbestelbaar", {"reden": "geweigerd"}),
    ]
    for letter, order in zip(letters, itertools.permutations(steps), strict=True):
        messages = [calling.message(letter.pk, status, **more) for status, more in order]
        api.post(BATCH, {"requests": messages})
    assert {calling.standing(one.pk) for one in letters} == {("verzonden", "onbestelbaar", "open")}


def test_we_read_back_what_we_recorded(api):
    part = _confirmed(2)
    letters = rounds.letters(part)
    sent = [calling.message(one.pk, "verzonden") for one in letters] + [calling.message(uuid.uuid4())]
    api.post(BATCH, {"requests": sent})
    first = api.get("/statusmeldingen?limiet=2").json()
    second = api.get(first["_links"]["next"]["href"]).json()
    rows = [*first["statusmeldingen"], *second["statusmeldingen"]]
    assert [row["meldingId"] for row in rows] == [one["meldingId"] for one in sent]
    assert [row["resultaat"] for row in rows] == ["verwerkt", "verwerkt", "onbekende_brief"]
    assert rows[0]["tijdstip"] == "2026-03-05T09:00:00Z"
    other = calling.caller(rounds.vendor("Een andere drukker"))
    assert other.get("/statusmeldingen").json()["statusmeldingen"] == []


def test_the_queries_of_a_call_do_not_grow_with_its_messages(api):
    letters = rounds.letters(_confirmed(60))
    counts = []
    for chosen in (letters[:2], letters[2:]):
        with CaptureQueriesContext(connection) as queries:
            api.post(BATCH, {"requests": [calling.message(one.pk, "verzonden") for one in chosen]})
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 24, counts


def test_a_message_said_twice_at_once_is_written_once(api, web_connection):
    [letter] = rounds.letters(_confirmed(1))
    message = vendor_messages.Message(uuid.uuid4(), Status.PRINTED, clock.now(), letter=letter.pk)
    with acting_as(SYSTEM_ACTOR):
        results = vendor_messages.record(client=api.issued.client, messages=[message, message])
    assert [one.result for one in results] == [Outcome.DONE, "dubbel"]
    assert _events() == 1
