"""What a vendor gets to print: lists, one batch, its manifest, and saying that it came over whole."""

import threading

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from letters.models import BatchState, LetterEvent, Part, Production, Vendor, WorkItem, WorkKind
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from tests.api import calling
from tests.letters import rounds

pytestmark = pytest.mark.django_db


def test_a_released_batch_is_in_the_list_with_its_counts(api):
    batch = rounds.released(3)
    body = api.get("/partijen?status=vrijgegeven").json()
    assert [row["partijId"] for row in body["partijen"]] == [str(batch.pk)]
    row = body["partijen"][0]
    assert (row["aantalDelen"], row["aantalBrieven"], row["aantalPaginas"], row["aantalBladen"]) == (
        1,
        3,
        6,
        3,
    )
    assert row["printdatum"] == batch.planned_on.isoformat()
    assert "next" not in body["_links"]
    whole = api.get(row["_links"]["self"]["href"]).json()
    assert whole["mogelijkheden"]["bevestigen"] == {"mag": True}
    [part] = whole["delen"]
    assert part["sha256"] == batch.parts.get().sha256


def test_what_was_not_released_is_announced_and_nothing_more(api):
    batch = rounds.composed(2)
    answer = api.get("/partijen")
    assert answer.json()["partijen"] == []
    assert answer["Retry-After"] == "300"
    calling.problem(api.get(f"/partijen/{batch.pk}"), 404, "niet-gevonden")
    [day] = api.get("/vooraankondigingen").json()["vooraankondigingen"]
    assert (day["aantalBrieven"], day["aantalBladen"], day["retourenvelop"]) == (2, 2, True)


def test_the_manifest_names_each_letter_once_in_the_order_of_the_file(api):
    part = rounds.released(4).parts.get()
    body = api.get(f"{calling.part_path(part)}/manifest").json()
    assert [row["volgnummer"] for row in body["brieven"]] == [1, 2, 3, 4]
    assert [row["eerstePagina"] for row in body["brieven"]] == [1, 3, 5, 7]
    assert {row["briefId"] for row in body["brieven"]} == {str(one.pk) for one in rounds.letters(part)}
    assert sum(row["aantalPaginas"] for row in body["brieven"]) == body["aantalPaginas"] == part.pages
    assert all(len(row["formuliercode"]) == 12 for row in body["brieven"])


def test_an_answer_that_the_caller_has_is_not_sent_again(api):
    batch = rounds.released(1)
    for path in ("/partijen", f"/partijen/{batch.pk}", f"{calling.part_path(batch.parts.get())}/manifest"):
        first = api.get(path)
        again = api.get(path, If_None_Match=first["ETag"])
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"]), path
        assert again["API-Version"]
    assert api.put(
        f"{calling.part_path(batch.parts.get())}/bevestiging", calling.confirmation(batch.parts.get())
    )
    assert api.get("/partijen", If_None_Match=first["ETag"]).status_code == 200


def test_a_confirmation_counts_once_and_the_batch_follows(api):
    batch = rounds.released(3)
    part = batch.parts.get()
    path = f"{calling.part_path(part)}/bevestiging"
    first, again = (api.put(path, calling.confirmation(part)) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    batch.refresh_from_db()
    assert batch.state == BatchState.CONFIRMED
    assert [calling.standing(one.pk)[0] for one in rounds.letters(part)] == [Production.CONFIRMED] * 3
    with acting_as(SYSTEM_ACTOR):
        assert LetterEvent.objects.filter(code="bevestigd").count() == 3


@pytest.mark.parametrize("wrong", [{"sha256": "0" * 64}, {"aantalBrieven": 9}, {"aantalPaginas": 9}])
def test_another_file_than_ours_is_refused_and_put_before_a_person(api, wrong):
    part = rounds.released(1).parts.get()
    path = f"{calling.part_path(part)}/bevestiging"
    for _ in range(2):
        body = calling.problem(api.put(path, calling.confirmation(part) | wrong), 409, "bevestiging-wijkt-af")
    assert body["huidigeToestand"]["sha256"] == part.sha256
    part.refresh_from_db()
    assert part.confirmed_at is None
    with acting_as(SYSTEM_ACTOR):
        item = WorkItem.objects.open().get()
    assert (item.kind, item.part_id) == (WorkKind.CONFIRMATION, part.pk)
    assert api.put(path, calling.confirmation(part)).status_code == 201


def test_a_confirmation_of_an_older_version_can_be_stopped_beforehand(api):
    part = rounds.released(1).parts.get()
    path = f"{calling.part_path(part)}/bevestiging"
    stale = api.put(path, calling.confirmation(part), If_Match=f'"{"0" * 64}"')
    calling.problem(stale, 412, "etag-verouderd")
    right = api.put(path, calling.confirmation(part), If_Match=f'"{part.sha256}"')
    assert right.status_code == 201


def test_twenty_confirmations_at_once_are_one_event(api, unblocked):
    part = rounds.released(1).parts.get()
    barrier, answers = threading.Barrier(20), []

    def confirm() -> None:
        barrier.wait()
        try:
            answers.append(api.put(f"{calling.part_path(part)}/bevestiging", calling.confirmation(part)))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=confirm) for _ in range(20)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(one.status_code for one in answers) == [200] * 19 + [201]
    with acting_as(SYSTEM_ACTOR):
        assert LetterEvent.objects.filter(code="bevestigd").count() == 1


def test_another_vendor_finds_none_of_it(api):
    part = rounds.released(1).parts.get()
    letter = rounds.letters(part)[0]
    other = calling.caller(Vendor.objects.create(name="Een andere drukker"))
    here = calling.part_path(part)
    for path in (
        f"/partijen/{part.batch_id}",
        f"{here}/manifest",
        f"{here}/document",
        f"/brieven/{letter.pk}/document",
    ):
        assert api.get(path).status_code == 200
        theirs, nobodys = other.get(path), api.get(path.replace(str(part.batch_id)[:8], "ffffffff"))
        calling.problem(theirs, 404, "niet-gevonden")
        if str(part.batch_id) in path:
            assert theirs.json()["detail"] == nobodys.json()["detail"]
    calling.problem(other.put(f"{here}/bevestiging", calling.confirmation(part)), 404, "niet-gevonden")
    assert other.get("/partijen").json()["partijen"] == []
    assert other.get("/vooraankondigingen").json()["vooraankondigingen"] == []
    told = other.post("/statusmeldingen/_batch", {"requests": [calling.message(letter.pk, "verzonden")]})
    assert [one["resultaat"] for one in told.json()["results"]] == ["onbekende_brief"]
    assert calling.standing(letter.pk)[0] == Production.RELEASED


def test_a_program_to_test_with_sees_the_test_batch_and_nothing_that_is_real():
    part = rounds.released(1).parts.get()
    letter = rounds.letters(part)[0]
    sandbox = calling.caller(part.batch.vendor, sandbox=True)
    for path in ("/partijen", "/vooraankondigingen", "/statusmeldingen", "/intrekkingen"):
        [rows] = [value for value in sandbox.get(path).json().values() if isinstance(value, list)]
        assert rows == [], path
    for path in (
        f"/partijen/{part.batch_id}",
        f"{calling.part_path(part)}/document",
        f"/brieven/{letter.pk}/document",
    ):
        calling.problem(sandbox.get(path), 404, "niet-gevonden")
    told = sandbox.post("/statusmeldingen/_batch", {"requests": [calling.message(letter.pk, "verzonden")]})
    assert [one["resultaat"] for one in told.json()["results"]] == ["onbekende_brief"]
    pile = {"aantalScans": 1, "ontvangenTotEnMet": "2026-03-05"}
    calling.problem(
        sandbox.put("/aanleveringen/6f1b7f0e-9a52-4a55-8a5b-7c3f0f0b5f10", pile), 404, "niet-gevonden"
    )
    with acting_as(SYSTEM_ACTOR):
        assert not LetterEvent.objects.filter(client__isnull=False).exists()
        assert not WorkItem.objects.exists()
    assert sandbox.get("/testpartij").status_code == 200


def test_the_queries_of_a_call_do_not_grow_with_what_is_in_it(api):
    few, many = rounds.released(1).parts.get(), rounds.released(12).parts.get()
    for make in (
        lambda part: f"{calling.part_path(part)}/manifest",
        lambda part: f"/partijen/{part.batch_id}",
    ):
        counts = []
        for part in (few, many):
            with CaptureQueriesContext(
                connection,
            ) as queries:
                assert api.get(make(part)).status_code == 200
            counts.append(len(queries))
        assert counts[0] == counts[1] <= 16, counts
    with CaptureQueriesContext(connection) as queries:
        api.get("/partijen")
    assert len(queries) <= 9, [one["sql"] for one in queries]


def test_a_part_whose_letters_all_left_is_not_shown(api):
    batch = rounds.released(1)
    assert len(api.get(f"/partijen/{batch.pk}").json()["delen"]) == 1
    with acting_as(SYSTEM_ACTOR):
        Part.objects.filter(batch=batch).update(letters_count=0, version=2)
    assert api.get(f"/partijen/{batch.pk}").json()["delen"] == []
