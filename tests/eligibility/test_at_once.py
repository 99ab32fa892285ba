"""Two at the same moment: of everything that counts once, once."""

import threading
from collections.abc import Callable
from contextlib import contextmanager
from functools import partial

import pytest
from django.db import connections

from eligibility.actions import deliveries, keys, loading, runs
from eligibility.files import EncryptedWriter
from eligibility.models import Bron, Delivery, Run
from eligibility.policies import NotNow
from outreach.kernel.db import acting_as
from outreach.models import Role, User
from outreach.transitions import StateChanged
from tests import factories
from tests.eligibility import deliver
from tests.roles import as_role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("places", "unblocked")]

NUMBERS = [deliver.bsn(60000000 + 10 * step) for step in range(20)]
ROUNDS = 5


def at_once(*works: Callable[[], object]) -> list[object]:
    """Run each in a thread of its own, let go together; what each gave, or the error that it raised."""
    barrier = threading.Barrier(len(works))
    outcomes: list[object] = [None] * len(works)

    def body(place: int, work: Callable[[], object]) -> None:
        barrier.wait()
        try:
            outcomes[place] = work()
        except (NotNow, StateChanged) as refusal:
            outcomes[place] = refusal
        finally:
            connections["default"].close()

    threads = [threading.Thread(target=body, args=(place, work)) for place, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return outcomes


@contextmanager
def worker_role():
    """The role of this thread alone: Django keeps connections per thread."""
    with as_role("koppel"):
        yield
        connections["default"].close()


def colleagues() -> tuple[User, User]:
    return factories.user(Role.APPLICATIEBEHEERDER), factories.user(Role.APPLICATIEBEHEERDER)


def receive(by: User, name: str) -> Delivery:
    key = keys.take()
    file = EncryptedWriter(key.public_key)
    file.write(deliver.client_file(NUMBERS))
    file.finish()
    with acting_as(by.actor()):
        return deliveries.receive(
            bron=Bron.objects.get(pk="bijstand"),
            year=2025,
            peildatum=deliver.DAY,
            file_name=name,
            file=file,
            key=key,
            by=by,
        )


def process(pk: int) -> None:
    with worker_role():
        loading.process(pk)


def test_two_uploads_of_the_same_content_are_loaded_once():
    first, second = colleagues()
    with as_role("koppel"):
        keys.keep_ready()
    for _ in range(ROUNDS):
        received = at_once(lambda: receive(first, "een.csv"), lambda: receive(second, "twee.csv"))
        assert len({one.key_id for one in received}) == len({one.stored_as for one in received}) == 2
        at_once(*[partial(process, one.pk) for one in received])
        states = sorted(Delivery.objects.get(pk=one.pk).state for one in received)
        assert states == ["geweigerd", "ingeladen"]
        Delivery.objects.filter(state="ingeladen").update(state="ingetrokken")


def test_two_workers_on_one_delivery_load_it_once(box):
    by, _ = colleagues()
    with as_role("koppel"):
        keys.keep_ready()
    for _ in range(ROUNDS):
        delivery = receive(by, "een.csv")
        at_once(*[partial(process, delivery.pk)] * 3)
        delivery.refresh_from_db()
        query = b"SELECT count(*) FROM blackbox.klant WHERE levering = %s"
        assert (delivery.state, delivery.attempts) == ("ingeladen", 1)
        assert box.execute(query, (delivery.box_number,)).fetchone() == (20,)
        Delivery.objects.filter(pk=delivery.pk).update(state="ingetrokken")


def test_two_who_start_a_koppeling_start_one():
    first, second = colleagues()
    deliver.deliver(deliver.brp([deliver.resident(number) for number in NUMBERS]), "brp", by=first)
    deliver.transparent()

    def start(by: User) -> Run:
        with acting_as(by.actor()):
            return runs.start(peildatum=deliver.DAY, by=by)

    for _ in range(ROUNDS):
        outcomes = at_once(lambda: start(first), lambda: start(second))
        assert sorted(type(one).__name__ for one in outcomes) == ["NotNow", "Run"]
        assert Run.objects.open().count() == 1
        Run.objects.update(state="geannuleerd")


def test_two_who_accept_a_delivery_accept_it_once(audited):
    first, second = colleagues()

    def accept(delivery: Delivery, by: User) -> None:
        with acting_as(by.actor()):
            deliveries.accept(delivery=Delivery.objects.get(pk=delivery.pk), reason="Nagevraagd", by=by)

    for round_number in range(ROUNDS):
        bad = deliver.client_file(["123456789", *NUMBERS[: 5 + round_number]])
        held = deliver.deliver(bad, "bijstand", 2010 + round_number, by=first)
        assert held.state == "aangehouden"
        outcomes = at_once(partial(accept, held, first), partial(accept, held, second))
        assert sorted(type(one).__name__ for one in outcomes) == ["NoneType", "StateChanged"]
    accepted = [act for act, _, _ in audited("reden") if act == "levering_geaccepteerd"]
    assert len(accepted) == ROUNDS


def test_a_delivery_is_not_withdrawn_while_a_koppeling_takes_it():
    first, second = colleagues()
    content = deliver.brp([deliver.resident(number) for number in NUMBERS])
    deliver.transparent()
    for _ in range(ROUNDS):
        delivery = deliver.deliver(content, "brp", by=first)

        def start() -> Run:
            with acting_as(first.actor()):
                return runs.start(peildatum=deliver.DAY, by=first)

        def withdraw() -> None:
            with acting_as(second.actor()):
                deliveries.withdraw(delivery=Delivery.objects.get(bron="brp", state="ingeladen"), by=second)

        started, _withdrawn = at_once(start, withdraw)
        delivery.refresh_from_db()
        assert (delivery.state == "ingeladen") == isinstance(started, Run)
        Run.objects.update(state="geannuleerd")
        Delivery.objects.filter(bron="brp").update(state="ingetrokken")
