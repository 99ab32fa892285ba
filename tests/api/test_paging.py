"""A walk by cursor loses nothing and shows nothing twice, while rows come in and change."""

import datetime
import threading
import uuid

import pytest
from django.db import connections, transaction

from letters.models import Batch, BatchState, LetterEvent
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Round
from tests.api import calling
from tests.letters import rounds

pytestmark = pytest.mark.django_db


def _batches(count: int, moment: datetime.datetime | None = None) -> list[Batch]:
    """Released batches without parts, all of one moment or each of its own."""
    by, now = rounds.leader(), clock.now()
    round_ = Round.objects.first() or rounds.round_of(1)
    return Batch.objects.bulk_create(
        Batch(
            vendor=rounds.vendor(),
            round=round_,
            state=BatchState.RELEASED,
            planned_on=clock.today(),
            made_by=by,
            released_by=by,
            released_at=moment or now - datetime.timedelta(seconds=number),
        )
        for number in range(count, 0, -1)
    )


def _walk(api, path: str, key: str, between=lambda: None) -> list[str]:
    found, following = [], path
    while following:
        body = api.get(following).json()
        found += [row[key] for row in body[path.split("?")[0].strip("/")]]
        following = body["_links"].get("next", {}).get("href")
        between()
    return found


def test_batches_of_one_moment_are_walked_once(api):
    made = _batches(25, clock.now() - datetime.timedelta(minutes=1))
    found = _walk(api, "/partijen?limiet=4", "partijId")
    assert found == sorted(str(one.pk) for one in made)


@pytest.mark.parametrize(
    "cursor", ["x", "x:y:z", "", "a" * 5000, "WyJ4Il0:1wX:abc", "%00", "é"], ids=lambda text: text[:8]
)
def test_a_cursor_that_is_not_ours_is_refused(api, cursor):
    _batches(1)
    answer = api.get(f"/partijen?cursor={cursor}")
    if cursor:
        calling.problem(answer, 400, "cursor-ongeldig")


def test_a_cursor_belongs_to_its_list_and_its_vendor(api):
    _batches(2)
    cursor = api.get("/partijen?limiet=1").json()["cursor"]
    assert api.get(f"/partijen?cursor={cursor}").status_code == 200
    calling.problem(api.get(f"/intrekkingen?cursor={cursor}"), 400, "cursor-ongeldig")
    other = calling.caller(rounds.vendor("Een andere drukker"))
    calling.problem(other.get(f"/partijen?cursor={cursor}"), 400, "cursor-ongeldig")
    again = calling.caller()
    assert again.get(f"/partijen?cursor={cursor}").status_code == 200


def test_what_began_before_and_is_ready_after_is_not_passed_by(api, unblocked):
    """A batch gets its moment, and is committed only after a later one was seen: the walk waits for it."""
    _batches(1)
    begun, seen = threading.Event(), threading.Event()

    def slow() -> None:
        try:
            with transaction.atomic():
                _batches(1, clock.now())
                begun.set()
                seen.wait(20)
        finally:
            connections.close_all()

    worker = threading.Thread(target=slow)
    worker.start()
    assert begun.wait(20)
    late = _batches(1, clock.now())[0]
    first = api.get("/partijen").json()
    assert str(late.pk) not in [row["partijId"] for row in first["partijen"]]
    seen.set()
    worker.join()
    rest = api.get(f"/partijen?cursor={first['cursor']}").json()["partijen"]
    assert len(rest) == 2
    assert rest[1]["partijId"] == str(late.pk)


@pytest.mark.proof
def test_ten_thousand_rows_are_walked_while_they_come_in_and_change(api, unblocked):
    """Rows change state behind the cursor and before it, and new ones come in all the time."""
    known = {str(one.pk) for one in _batches(10_000, clock.now() - datetime.timedelta(hours=1))}
    done, added, lock = threading.Event(), [], threading.Lock()

    def busy() -> None:
        try:
            while not done.is_set():
                with transaction.atomic():
                    fresh = _batches(3)
                with lock:
                    added.extend(str(one.pk) for one in fresh)
                some = Batch.objects.order_by("?").values_list("pk", flat=True)[:20]
                Batch.objects.filter(pk__in=list(some)).update(
                    state=BatchState.CONFIRMED, confirmed_at=clock.now(), planned_on=clock.today()
                )
        finally:
            connections.close_all()

    workers = [threading.Thread(target=busy) for _ in range(2)]
    for one in workers:
        one.start()
    try:
        found = _walk(api, "/partijen?limiet=200", "partijId")
    finally:
        done.set()
        for one in workers:
            one.join()
    assert len(found) == len(set(found))
    assert known <= set(found)
    with lock:
        late = set(found) - known
        assert late <= set(added)
    print(f"{len(known)} rows and {len(late)} of {len(added)} new ones in {len(found)} lines")  # noqa: T201
    rest = set(_walk(api, "/partijen?limiet=200", "partijId"))
    assert known | set(added) == rest


@pytest.mark.proof
def test_ten_thousand_messages_are_read_back_while_more_come_in(api, unblocked):
    """The same for what we recorded: two who tell, one who reads."""
    letters = rounds.letters(rounds.released(50).parts.get())
    with acting_as(SYSTEM_ACTOR):
        LetterEvent.objects.bulk_create(
            LetterEvent(
                letter=letters[number % 50],
                axis="productie",
                code="geprint",
                occurred_at=clock.now(),
                client=api.issued.client,
                message_id=uuid.uuid4(),
            )
            for number in range(10_000)
        )
        known = {
            str(key)
            for key in LetterEvent.objects.filter(client=api.issued.client).values_list(
                "message_id", flat=True
            )
        }
    done, told = threading.Event(), []

    def tell() -> None:
        try:
            while not done.is_set():
                messages = [calling.message(one.pk, "verzonden") for one in letters[:10]]
                api.post("/statusmeldingen/_batch", {"requests": messages})
                told.extend(one["meldingId"] for one in messages)
        finally:
            connections.close_all()

    workers = [threading.Thread(target=tell) for _ in range(2)]
    for one in workers:
        one.start()
    try:
        found = _walk(api, "/statusmeldingen?limiet=200", "meldingId")
    finally:
        done.set()
        for one in workers:
            one.join()
    assert len(found) == len(set(found))
    assert known <= set(found)
    assert set(_walk(api, "/statusmeldingen?limiet=200", "meldingId")) == known | set(told)
