"""A BSN that is typed is encrypted before it is written; what was said holds whether one came out or not."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext

import pytest
from django.db import DatabaseError, IntegrityError, connections, transaction
from django.db.backends.utils import CursorWrapper
from django.test import Client

from eligibility.actions import keys, koppeling, typed_numbers
from eligibility.models import Run
from optout import forms
from optout.models import Channel, OptOut, Scope, TypedKind, TypedWish
from outreach.audit import Event
from outreach.kernel.db import acting_as
from outreach.models import Role, User
from tests import factories
from tests.eligibility import deliver
from tests.eligibility.test_handover import ANNA, BEA, CARL, delivered, optouts, persons, regelingen
from tests.roles import as_role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("places")]
__all__ = ["delivered"]

NEW = deliver.bsn(51000000)


def _type(
    *numbers: str,
    kind: TypedKind = TypedKind.OPT_OUT,
    scope: Scope | None = Scope.ALL,
    regeling: str | None = None,
) -> None:
    """Somebody types it; the worker comes by."""
    with as_role("koppel"):
        keys.keep_ready()
    by = factories.user(Role.PRIVACY_OFFICER)
    with acting_as(by.actor()):
        typed_numbers.register(
            kind=kind, numbers=numbers, scope=scope, regeling=regeling, channel=Channel.LETTER, by=by
        )
    with as_role("koppel"):
        assert typed_numbers.settle_due() == 1
        assert typed_numbers.settle_due() == 0


def _again(manager: User) -> Run:
    """The same files in a next koppeling."""
    return deliver.run_through(manager, deliver.DAY.replace(day=2))


def test_who_came_out_is_opted_out_within_one_sweep_and_his_number_is_gone(delivered, audited):
    deliver.run_through(delivered)
    _type(ANNA)
    assert persons()["Anna"].no_contact
    assert not persons()["Bea"].no_contact
    with as_role("migrate"):
        wish = TypedWish.objects.get()
        assert (wish.sealed, wish.settled_at is not None) == (None, True)
        assert OptOut.objects.values_list("scope", "channel").get() == ("alles", "brief")
    with as_role("koppel"):
        assert not keys.key_folder().exists(wish.key_name)
    assert [row[:2] for row in audited("soort") if row[0].startswith("afmelding")] == [
        (Event.OPT_OUT_TYPED, "wens met een BSN"),
        (Event.OPT_OUT_SETTLED, "persoon"),
    ]


def test_who_did_not_come_out_yet_is_no_candidate_when_his_files_come(delivered):
    _type(ANNA)
    run = deliver.run_through(delivered)
    assert regelingen(run, "Anna") == set()
    assert "stadspas" in regelingen(run, "Bea")


@pytest.mark.parametrize(
    ("scope", "column"), [(Scope.LETTERS, "no_letter"), (Scope.VISITS, "no_visit"), (Scope.SHARE, "no_share")]
)
def test_a_wish_about_a_channel_stands_on_who_comes_out_later(delivered, scope, column):
    _type(ANNA, scope=scope)
    run = deliver.run_through(delivered)
    assert "stadspas" in regelingen(run, "Anna")
    assert getattr(persons()["Anna"], column)
    assert not getattr(persons()["Bea"], column)


def test_a_wish_about_one_regeling_leaves_the_others(delivered):
    _type(BEA, scope=Scope.REGELING, regeling="czv")
    run = deliver.run_through(delivered)
    assert "stadspas" in regelingen(run, "Bea")
    assert "czv" not in regelingen(run, "Bea")
    assert persons()["Bea"].no_contact_for == ["czv"]


@pytest.mark.parametrize("before", [True, False])
def test_it_is_withdrawn_by_number_too(delivered, before):
    if before:
        deliver.run_through(delivered)
    _type(ANNA)
    _type(ANNA, kind=TypedKind.WITHDRAW)
    run = _again(delivered)
    assert "stadspas" in regelingen(run, "Anna")
    assert not persons()["Anna"].no_contact


def test_who_took_it_back_at_the_desk_is_not_opted_out_again_by_what_lies_stored(delivered):
    deliver.run_through(delivered)
    _type(ANNA)
    with as_role("migrate"):
        OptOut.objects.update(withdrawn_at="2099-01-01T00:00:00Z")
    run = _again(delivered)
    assert "stadspas" in regelingen(run, "Anna")
    assert not persons()["Anna"].no_contact


def test_who_gets_another_number_stays_the_same_person_with_his_wishes(delivered):
    deliver.run_through(delivered)
    _type(ANNA)
    before = persons()["Anna"].pk
    _type(ANNA, NEW, kind=TypedKind.SUCCESSOR, scope=None)
    run = _delivered_as(delivered, NEW)
    assert regelingen(run, "Anna") == set()
    assert persons()["Anna"].pk == before
    # What is typed about the old number is about him.
    _type(ANNA, kind=TypedKind.WITHDRAW)
    assert not persons()["Anna"].no_contact
    assert "stadspas" in regelingen(deliver.run_through(delivered, deliver.DAY.replace(day=3)), "Anna")
    assert persons()["Anna"].pk == before


def test_a_wish_under_the_old_number_holds_for_who_comes_out_under_the_new_one(delivered):
    _type(ANNA)
    _type(ANNA, NEW, kind=TypedKind.SUCCESSOR, scope=None)
    assert regelingen(_delivered_as(delivered, NEW), "Anna") == set()


def test_a_list_that_still_has_the_old_number_counts(delivered):
    _type(ANNA, NEW, kind=TypedKind.SUCCESSOR, scope=None)
    optouts([f"{ANNA};"], delivered)
    assert regelingen(_delivered_as(delivered, NEW), "Anna") == set()
    _type(CARL, deliver.bsn(52000000), kind=TypedKind.SUCCESSOR, scope=None)
    optouts([f"{BEA};czv"], delivered, deliver.DAY.replace(day=3))
    assert persons()["Bea"].no_contact_for == ["czv"]


def test_a_list_with_the_old_number_reaches_who_is_known_by_the_new_one(delivered):
    deliver.run_through(delivered)
    _type(BEA, NEW, kind=TypedKind.SUCCESSOR, scope=None)
    optouts([f"{BEA};"], delivered)
    assert persons()["Bea"].no_contact


def test_two_who_were_known_as_two_share_the_wishes(delivered):
    deliver.run_through(delivered)
    _type(ANNA)
    _type(ANNA, BEA, kind=TypedKind.SUCCESSOR, scope=None)
    assert persons()["Bea"].no_contact


def _delivered_as(manager: User, number: str) -> Run:
    """New files, in which Anna has another number."""
    when = deliver.DAY.replace(day=3)
    lines = [
        deliver.resident(number, voornamen="Anna", geslachtsnaam="Eerst"),
        deliver.resident(BEA, voornamen="Bea"),
        deliver.resident(CARL, voornamen="Carl"),
    ]
    files = [(deliver.brp(lines), "brp", None), (deliver.client_file([number, BEA, CARL]), "bijstand", 2025)]
    for content, bron, year in files:
        assert deliver.deliver(content, bron, year, by=manager, peildatum=when).state == "ingeladen"
    run = deliver.run_through(manager, when)
    assert "stadspas" in regelingen(run, "Carl")
    return run


def test_a_page_writes_no_number_in_clear_and_reads_none_back():
    by = factories.user()
    insert = (
        "INSERT INTO optout_typedwish (kind, scope, channel, sealed, key_name, registered_by_id)"
        " VALUES ('afmelden', 'alles', 'brief', %s, 'x', %s)"
    )
    with acting_as(by.actor()), connections["default"].cursor() as cursor:
        with pytest.raises(IntegrityError, match="typed_encrypted"), transaction.atomic():
            cursor.execute(insert, [ANNA.encode(), by.pk])
        for statement in (
            "SELECT sealed FROM optout_typedwish",
            "UPDATE optout_typedwish SET settled_at = now()",
            "DELETE FROM optout_typedwish",
            "SELECT * FROM poort.getypte_wensen()",
            "SELECT * FROM blackbox.getypte_wens",
            "SELECT * FROM blackbox.opvolger",
            "SELECT * FROM blackbox.beperkt_nummer",
            "SELECT poort.verzoek_bewaard(1, ''::bytea)",
            "SELECT poort.verzoek_herkend(1, gen_random_uuid())",
        ):
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                cursor.execute(statement)


@pytest.fixture
def officer() -> Client:
    client = Client()
    client.force_login(factories.user(Role.PRIVACY_OFFICER))
    return client


SENT = {
    "bsn": f"{ANNA[:4]}.{ANNA[4:6]}.{ANNA[6:]}",
    "kind": "afmelden",
    "scope": "alles",
    "channel": "formulier",
}


def _stored() -> list[tuple]:
    with as_role("migrate"):
        return list(TypedWish.objects.values_list("kind", "scope", "regeling", "channel"))


def test_the_page_takes_a_number_and_never_shows_it(officer):
    with as_role("koppel"):
        keys.keep_ready()
    pages = [officer.post("/afmelden/", SENT, follow=True)]
    pages += [
        officer.post("/afmelden/", SENT | {"channel": ""}),
        officer.post("/afmelden/", SENT | {"bsn": "123456789"}),
    ]
    assert [page.status_code for page in pages] == [200, 422, 422]
    assert _stored() == [("afmelden", "alles", None, "formulier")]
    for page in pages:
        text = page.content.decode()
        assert not any(number in text for number in (ANNA, SENT["bsn"], "123456789"))
    assert "Dit is geen BSN" in pages[2].content.decode()
    with as_role("migrate"):
        sealed = bytes(TypedWish.objects.get().sealed)
    assert ANNA.encode() not in sealed


def test_who_may_not_search_is_not_sent_there(officer):
    assert "zoeken op naam" not in officer.get("/afmelden/").content.decode()
    officer.force_login(factories.user(Role.CONSULENT))
    assert "zoeken op naam" in officer.get("/afmelden/").content.decode()


def test_a_successor_needs_two_numbers(officer):
    with as_role("koppel"):
        keys.keep_ready()
    sent = {"bsn": ANNA, "new_bsn": ANNA, "channel": "brief"}
    assert officer.post("/afmelden/nieuw-bsn/", sent).status_code == 422
    assert officer.post("/afmelden/nieuw-bsn/", sent | {"new_bsn": NEW}).status_code == 302
    assert _stored() == [("opvolger", "", None, "brief")]


def test_without_a_key_nothing_is_kept(officer):
    with as_role("migrate"):
        keys.DeliveryKey.objects.all().delete()
    page = officer.post("/afmelden/", SENT)
    assert page.status_code == 422
    assert "nog geen sleutel" in page.content.decode()
    assert ANNA not in page.content.decode()
    assert _stored() == []


def test_what_lies_stored_is_what_keeps_him_out(delivered, monkeypatch):
    """Red without the look at the start of a run, and without the one at the handover."""
    _type(ANNA)
    _type(BEA, scope=Scope.LETTERS)
    monkeypatch.setattr(typed_numbers, "derive_for_run", lambda *_args: None)
    monkeypatch.setattr(typed_numbers, "apply_stored", lambda _casework: 0)
    run = deliver.run_through(delivered)
    assert "stadspas" in regelingen(run, "Anna")
    assert not persons()["Bea"].no_letter


def test_an_ordinary_field_would_show_the_number(officer, monkeypatch):
    monkeypatch.delattr(forms.Unshown, "get_context")
    page = officer.post("/afmelden/", SENT | {"channel": ""})
    assert SENT["bsn"] in page.content.decode()


def test_without_the_check_a_page_could_write_a_number_in_clear():
    with connections["migrate"].cursor() as cursor:
        cursor.execute("ALTER TABLE optout_typedwish DROP CONSTRAINT typed_encrypted")
    try:
        with pytest.raises(pytest.fail.Exception, match="DID NOT RAISE"):
            test_a_page_writes_no_number_in_clear_and_reads_none_back()
    finally:
        with connections["migrate"].cursor() as cursor:
            cursor.execute("DELETE FROM optout_typedwish")
            cursor.execute(
                "ALTER TABLE optout_typedwish ADD CONSTRAINT typed_encrypted CHECK (sealed IS NULL OR"
                " substring(sealed FROM 1 FOR 21) = convert_to('age-encryption.org/v1', 'UTF8'))"
            )


def _settled_elsewhere() -> int:
    """What the other worker settles now, on connections of its own."""

    def _work() -> int:
        try:
            with as_role("koppel"):
                return typed_numbers.settle_due()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(_work).result(timeout=60)


@pytest.mark.parametrize("guarded", [True, False])
def test_what_is_settled_during_the_handover_is_not_lost(delivered, monkeypatch, unblocked, guarded):
    """Without the lock it is kept for a number that nobody has yet, just after the handover looked."""
    by = factories.user(Role.PRIVACY_OFFICER)
    with as_role("koppel"):
        keys.keep_ready()
    found: list[int] = []

    def _meanwhile(cursor: CursorWrapper) -> int:
        done = apply_stored(cursor)
        found.append(_settled_elsewhere())
        return done

    apply_stored = typed_numbers.apply_stored
    monkeypatch.setattr(typed_numbers, "apply_stored", _meanwhile)
    if not guarded:
        monkeypatch.setattr(koppeling, "nobody_settles", nullcontext)
    with acting_as(by.actor()):
        typed_numbers.register(
            kind=TypedKind.OPT_OUT, numbers=[ANNA], scope=Scope.ALL, channel=Channel.LETTER, by=by
        )
    deliver.run_through(delivered)
    assert found == ([0] if guarded else [1])
    with as_role("koppel"):
        typed_numbers.settle_due()
    assert persons()["Anna"].no_contact == guarded
