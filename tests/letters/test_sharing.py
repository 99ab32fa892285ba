"""Names for Gemeentebelastingen: signed by another, told first, and only of who did not object."""

import csv
import datetime
import io
import json
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg
import pyrage
import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, connections, transaction
from django.test import Client
from pytest_django import Settings

from eligibility.actions import sharing as worker
from eligibility.actions.grant_exports import write_sealed
from letters.actions import batches, parts, report, sharing
from letters.actions.contents import layout, municipality, read_part
from letters.actions.ledger import Told, tell
from letters.composition.dutch import long_date as dutch_date
from letters.composition.parts import render_part
from letters.models import (
    Axis,
    Batch,
    DeliveryState,
    Letter,
    LetterEvent,
    PayingAdministration,
    Share,
    ShareFile,
)
from letters.texts.catalog import NO_TEXTS
from optout.actions import opt_out
from optout.models import Channel, Scope
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Approach, Handover, Household, Person, Regeling, Role, User
from outreach.policies import NotNow
from outreach.transitions import StateChanged
from tests import factories
from tests.border.guards import connected
from tests.eligibility import deliver
from tests.eligibility.conftest import places as _places  # noqa: F401
from tests.letters import rounds as letter_rounds
from tests.letters.rounds import approved_texts, post
from tests.letters.samples import page_texts
from tests.roles import as_role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("files")]

FIRST = 61000000
NAMES = ("Anna", "Bea", "Carl", "Dirk", "Els", "Faas")


@pytest.fixture
def files(settings: Settings, _places: Path, tmp_path: Path) -> Path:  # noqa: F811
    settings.EXPORT_FOLDER = tmp_path / "uitvoer"
    return settings.EXPORT_FOLDER


@pytest.fixture
def secret() -> pyrage.x25519.Identity:
    return pyrage.x25519.Identity.generate()


@pytest.fixture
def manager(transactional_db: None) -> User:
    return factories.user(Role.APPLICATIEBEHEERDER)


@pytest.fixture
def adviser(transactional_db: None) -> User:
    return factories.user(Role.JURIDISCH_ADVISEUR)


@pytest.fixture
def town(transactional_db: None) -> Handover:
    """Six who live alone and came out of a koppeling. Anna has kwijtschelding, Bea's address is protected."""
    approved_texts()
    found = factories.handover()
    for name in NAMES:
        adult = factories.person(given_names=name)
        one = factories.household(adults=[adult], in_handover=found, confidential=name == "Bea")
        factories.candidacy(one)
    return found


def propose(town: Handover, by: User, secret: pyrage.x25519.Identity) -> Share:
    receiver, _ = PayingAdministration.objects.get_or_create(
        name="Gemeentebelastingen", defaults={"public_key": str(secret.to_public())}
    )
    with acting_as(by.actor()):
        return sharing.propose(
            handover=town, receiver=receiver, object_before=sharing.earliest(), reason="Besluit 12", by=by
        )


def sign(share: Share, by: User) -> None:
    with acting_as(by.actor()):
        sharing.sign(share=share, by=by)


def choose(share: Share) -> None:
    """As the worker does that knows of Anna."""
    with acting_as(SYSTEM_ACTOR):
        anna = home("Anna").members.get().person_id
    with connected("koppel") as koppel:
        koppel.execute("SELECT poort.kies_deling(%s, %s)", (share.pk, [anna]))
    share.refresh_from_db()


def work() -> None:
    with as_role("koppel"):
        worker.do_due()


def home(name: str) -> Household:
    return Household.objects.get(members__person__given_names=name)


def refuse(name: str, scope: Scope, by: User) -> None:
    with acting_as(SYSTEM_ACTOR):
        person = home(name).members.get().person
        opt_out.register(person=person, regeling=None, channel=Channel.PHONE, by=by, scope=scope)


def in_round(share: Share) -> set[str]:
    with acting_as(SYSTEM_ACTOR):
        found = Approach.objects.filter(round=share.round_id)
        return set(found.values_list("household__members__person__given_names", flat=True))


@pytest.fixture
def told(town: Handover, manager: User, adviser: User, secret: pyrage.x25519.Identity) -> Share:
    """A share of which the letters are in the post, and the day to object has not come."""
    share = propose(town, manager, secret)
    sign(share, adviser)
    choose(share)
    assert parts.plan(round_id=share.round_id) == 1
    part = share.round.parts.get()
    assert parts.make(part_id=part.pk)
    post(part)
    return share


@as_role("migrate")
def long_ago(share: Share, days: int = 8) -> None:
    """The letters went two months ago, and the day to object was some days ago."""
    today = datetime.datetime.now(tz=ZoneInfo("Europe/Amsterdam")).date()
    Share.objects.filter(pk=share.pk).update(object_before=today - datetime.timedelta(days=days))
    share.round.parts.update(planned_at=clock.now() - datetime.timedelta(days=61))
    posted(share, days_ago=60)
    share.refresh_from_db()


@as_role("migrate")
def posted(share: Share, days_ago: int) -> None:
    """Its letters were posted so long ago. What was told stays as it was told: only a deploy rewrites it."""
    with connections["default"].cursor() as cursor:
        cursor.execute("ALTER TABLE letters_letterevent DISABLE TRIGGER alleen_toevoegen")
        LetterEvent.objects.filter(letter__round=share.round, code="verzonden").update(
            occurred_at=clock.now() - datetime.timedelta(days=days_ago)
        )
        cursor.execute("ALTER TABLE letters_letterevent ENABLE TRIGGER alleen_toevoegen")


def ask(share: Share, by: User) -> None:
    with acting_as(by.actor()):
        sharing.ask(share=share, by=by)


def opened(file: ShareFile, by: User, secret: pyrage.x25519.Identity) -> list[dict[str, str]]:
    with acting_as(by.actor()):
        text = pyrage.decrypt(sharing.fetch(file=file, by=by), [secret]).decode()
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


def named(file: ShareFile, by: User, secret: pyrage.x25519.Identity) -> list[str]:
    return [row["voornamen"] for row in opened(file, by, secret)]


# -- the letter ------------------------------------------------------------------------------------


def test_who_has_it_and_whose_address_is_protected_gets_no_letter(told):
    assert in_round(told) == {"Carl", "Dirk", "Els", "Faas"}
    assert told.round.made_by == told.made_by
    assert told.round.fixed_by == told.signed_by


def test_the_letter_says_before_which_day(told):
    with acting_as(SYSTEM_ACTOR):
        made = list(read_part(told.round.parts.get()).values())
        kinds = set(Letter.objects.values_list("kind", "production", "response"))
    assert kinds == {("deelbericht", "verzonden", "nvt")}
    assert {one.share_on for one in made} == {told.object_before}
    page = page_texts(render_part(made, layout(), NO_TEXTS, municipality()).pdf)[0]
    assert f"vóór {dutch_date(told.object_before)}" in page


def test_the_page_of_its_round_shows_that_letter_with_its_day(told):
    client = Client()
    client.force_login(factories.user(Role.TEAMLEIDER))
    page = client.get(f"/brieven/{told.round_id}/").content.decode()
    url = f"/brieven/{told.round_id}/voorbeeld/deelbericht/"
    assert url in page
    answer = client.get(url)
    assert answer.status_code == 200
    assert f"vóór {dutch_date(told.object_before)}" in page_texts(answer.content)[0]


@pytest.mark.parametrize("scope", [Scope.SHARE, Scope.ALL, Scope.LETTERS])
def test_who_refused_before_gets_no_letter(town, manager, adviser, secret, scope):
    refuse("Carl", scope, adviser)
    share = propose(town, manager, secret)
    sign(share, adviser)
    choose(share)
    assert in_round(share) == {"Dirk", "Els", "Faas"}


def test_who_refuses_to_share_before_it_is_printed_gets_no_letter(town, manager, adviser, secret):
    share = propose(town, manager, secret)
    sign(share, adviser)
    choose(share)
    refuse("Carl", Scope.SHARE, adviser)
    assert parts.plan(round_id=share.round_id) == 1
    refuse("Dirk", Scope.SHARE, adviser)
    part = share.round.parts.get()
    assert parts.make(part_id=part.pk)
    with acting_as(SYSTEM_ACTOR):
        names = {
            (one.household.members.get().person.given_names, one.rejected)
            for one in Letter.objects.filter(part=part)
        }
    assert names == {("Dirk", "afgemeld"), ("Els", ""), ("Faas", "")}


def test_the_database_releases_no_letter_to_who_refuses_to_share(town, manager, adviser, secret):
    share = propose(town, manager, secret)
    sign(share, adviser)
    choose(share)
    assert parts.plan(round_id=share.round_id) == 1
    refuse("Carl", Scope.SHARE, adviser)
    with acting_as(SYSTEM_ACTOR):
        mine = Letter.objects.filter(household=home("Carl"))
        with pytest.raises(DatabaseError, match="no contact"), transaction.atomic():
            mine.update(production="vrijgegeven")


def test_the_worker_finds_who_has_it_in_the_newest_list(manager, adviser, secret):
    """Without one nothing is chosen, and the page says why; afterwards only who is not on it is."""
    numbers = {name: deliver.bsn(FIRST + 100 * place) for place, name in enumerate(NAMES)}
    lines = [deliver.resident(number, voornamen=name) for name, number in numbers.items()]
    deliver.deliver(deliver.brp(lines), "brp", by=manager)
    deliver.deliver(deliver.client_file(numbers.values()), "bijstand", 2025, by=manager)
    assert deliver.run_through(manager).state == "klaar"
    share = propose(Handover.objects.get(), manager, secret)
    sign(share, adviser)
    work()
    share.refresh_from_db()
    assert share.state == "getekend"
    assert share.problem == "Er is geen lijst van wie in 2026 kwijtschelding heeft."
    having = [numbers["Anna"], numbers["Faas"]]
    deliver.deliver(deliver.client_file(having), "kwijtschelding", 2026, by=manager)
    work()
    share.refresh_from_db()
    assert in_round(share) == {"Bea", "Carl", "Dirk", "Els"}
    assert (share.state, share.problem) == ("gekozen", "")


# -- who lets it happen ----------------------------------------------------------------------------


def test_the_adviser_signs_and_nobody_else(town, manager, adviser, secret):
    share = propose(town, manager, secret)
    for one in (manager, factories.user(Role.TEAMLEIDER), factories.user(Role.PRIVACY_OFFICER)):
        with pytest.raises(PermissionDenied):
            sign(share, one)
    sign(share, adviser)
    with pytest.raises(StateChanged):
        sign(share, adviser)


def test_who_made_it_does_not_sign_it(town, manager, secret):
    share = propose(town, manager, secret)
    User.objects.filter(pk=manager.pk).update(role=Role.JURIDISCH_ADVISEUR)
    manager.refresh_from_db()
    with pytest.raises(NotNow, match="zelf gemaakt"):
        sign(share, manager)
    with pytest.raises(DatabaseError, match="share_second_person"):
        raw(share, "state = 'getekend', signed_by_id = made_by_id, signed_at = now()")


def test_the_database_wants_the_signature_of_an_adviser(town, manager, secret):
    share = propose(town, manager, secret)
    leader = factories.user(Role.TEAMLEIDER)
    with pytest.raises(DatabaseError, match="signed by a lawyer"):
        raw(share, f"state = 'getekend', signed_by_id = {leader.pk}, signed_at = now()")
    adviser = factories.user(Role.JURIDISCH_ADVISEUR)
    with pytest.raises(DatabaseError, match="share_signed_wholly"):
        raw(share, f"state = 'getekend', signed_by_id = {adviser.pk}")
    with pytest.raises(DatabaseError, match="permission denied"):
        raw(share, "object_before = '2020-01-01'")


def test_on_the_pages_one_proposes_and_the_adviser_signs(town, manager, adviser, secret, client):
    key = str(secret.to_public())
    receiver = PayingAdministration.objects.create(name="Gemeentebelastingen", public_key=key)
    day = sharing.earliest()
    sent = {
        "handover": town.pk,
        "receiver": receiver.pk,
        "object_before": day.isoformat(),
        "reason": "Besluit",
    }
    client.force_login(manager)
    near = sent | {"object_before": (day - datetime.timedelta(days=1)).isoformat()}
    assert client.post("/brieven/delen/", near).status_code == 422
    page = client.post("/brieven/delen/", sent, follow=True)
    share = Share.objects.get()
    assert key in page.text
    assert "Ondertekenen</button>" not in page.text
    User.objects.filter(pk=manager.pk).update(role=Role.JURIDISCH_ADVISEUR)
    client.force_login(User.objects.get(pk=manager.pk))
    answer = client.post(f"/brieven/delen/{share.pk}/ondertekenen/", follow=True)
    assert "Je hebt deze deling zelf gemaakt." in answer.text
    client.force_login(adviser)
    assert "Ondertekenen</button>" in client.get(f"/brieven/delen/{share.pk}/").text
    client.post(f"/brieven/delen/{share.pk}/ondertekenen/")
    share.refresh_from_db()
    assert (share.state, share.signed_by) == ("getekend", adviser)


@pytest.mark.parametrize("state", ["gekozen", "gevraagd", "gedeeld"])
def test_no_page_skips_a_step(town, manager, secret, state):
    share = propose(town, manager, secret)
    with pytest.raises(DatabaseError, match="no such way"):
        raw(share, f"state = '{state}'")


def raw(share: Share, changes: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE letters_share SET {changes} WHERE id = %s", [share.pk])


def test_the_pages_do_not_read_of_whom_it_is(told):
    for query in (
        "SELECT * FROM letters_shareline",
        f"INSERT INTO letters_sharefile (share_id, number, kind) VALUES ({told.pk}, 1, 'delen')",
        f"SELECT * FROM poort.maak_deelbestand({told.pk})",
        f"SELECT poort.kies_deling({told.pk}, '{{}}')",
    ):
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            connection.cursor().execute(query)


def test_one_share_of_a_koppeling_for_one_receiver(town, manager, secret):
    share = propose(town, manager, secret)
    with pytest.raises(NotNow, match="al een deling"):
        propose(town, manager, secret)
    with acting_as(manager.actor()):
        sharing.withdraw(share=share, by=manager)
    propose(town, manager, secret)


# -- the file --------------------------------------------------------------------------------------


@pytest.mark.parametrize("days", [-20, 0, 7])
def test_before_the_day_and_the_margin_there_is_no_file(told, manager, days):
    long_ago(told, days)
    with pytest.raises(NotNow, match="nog bezwaar"):
        ask(told, manager)
    with pytest.raises(DatabaseError, match="objections may still come"):
        raw(told, "state = 'gevraagd'")
    work()
    assert not ShareFile.objects.exists()


def test_in_the_file_is_who_was_told_and_did_not_refuse(told, manager, adviser, secret):
    """Of each combination that a household can be in, against plain Python."""
    returned, refused = {"Carl"}, {"Dirk"}
    with acting_as(SYSTEM_ACTOR):
        back = Letter.objects.filter(household__members__person__given_names__in=returned)
        tell([one.pk for one in back], Told(Axis.DELIVERY, DeliveryState.RETURNED))
    for name in refused:
        refuse(name, Scope.SHARE, adviser)
    long_ago(told)
    ask(told, manager)
    work()
    told.refresh_from_db()
    file = told.files.get()
    expected = [name for name in ("Carl", "Dirk", "Els", "Faas") if name not in returned | refused]
    with acting_as(SYSTEM_ACTOR):
        homes = sorted((home(name).postcode, home(name).house_number, name) for name in expected)
    rows = opened(file, manager, secret)
    assert [row["voornamen"] for row in rows] == [name for *_, name in homes]
    assert [row["regel"] for row in rows] == ["1", "2"]
    assert set(rows[0]) == set(worker.COLUMNS)
    assert (told.state, file.number, file.rows) == ("gedeeld", 1, 2)
    with acting_as(manager.actor()):
        assert sharing.progress(told) == sharing.Progress(chosen=4, told=3, returned=1)


def test_who_got_it_meanwhile_or_left_or_was_told_too_late_stays_out(told, manager, secret):
    long_ago(told)
    with as_role("migrate"):
        Approach.objects.filter(household=home("Carl")).update(lapsed=True)
        Person.objects.filter(given_names="Dirk").update(departed="verhuisd")
        Household.objects.filter(pk=home("Els").pk).update(confidential=True)
    ask(told, manager)
    work()
    assert named(told.files.get(), manager, secret) == ["Faas"]


def test_a_letter_that_came_too_late_to_object_does_not_count(told, manager, secret):
    long_ago(told)
    """It was made in time and lay about: the day on which it was posted counts."""
    posted(told, days_ago=20)
    ask(told, manager)
    work()
    file = told.files.get()
    assert (file.rows, named(file, manager, secret)) == (0, [])


def test_a_batch_that_leaves_no_time_to_object_is_not_asked_for(town, manager, adviser, secret):
    share = propose(town, manager, secret)
    sign(share, adviser)
    choose(share)
    assert parts.plan(round_id=share.round_id) == 1
    assert parts.make(part_id=share.round.parts.get().pk)
    batch = letter_rounds.compose(share.round)
    with as_role("migrate"):
        Share.objects.filter(pk=share.pk).update(object_before=batch.planned_on + datetime.timedelta(days=13))
    with acting_as(manager.actor()), pytest.raises(NotNow, match="minder dan twee weken"):
        batches.ask_release(batch=batch, by=manager)


@pytest.mark.parametrize(("days", "refused"), [(13, True), (14, False)])
def test_letters_that_leave_no_time_to_object_are_not_released(told, manager, days, refused):
    planned = told.object_before - datetime.timedelta(days=days)
    batch = Batch(round=told.round, planned_on=planned)
    if refused:
        with pytest.raises(NotNow, match="minder dan twee weken"):
            batches.check_leaves_time_to_object(batch)
    else:
        batches.check_leaves_time_to_object(batch)


def test_a_file_is_made_once(told, manager, secret):
    long_ago(told)
    ask(told, manager)
    with pytest.raises(StateChanged):
        ask(told, manager)
    work()
    work()
    assert told.files.count() == 1


def test_a_worker_that_dies_leaves_nothing_and_the_next_makes_the_file(told, manager, secret, monkeypatch):
    long_ago(told)
    ask(told, manager)

    def die(name: str, sealed: bytes) -> None:
        write_sealed(name, sealed)
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(worker, "write_sealed", die)
        with pytest.raises(KeyboardInterrupt):
            work()
    assert not ShareFile.objects.exists()
    work()
    assert len(named(told.files.get(), manager, secret)) == 4
    assert [path.name for path in settings.EXPORT_FOLDER.iterdir()] == [f"deling-{told.pk}-1.csv.age"]


def test_two_workers_at_once_make_one_file(told, manager, secret):
    """The second waits for the row of the share, and then finds nothing to make."""
    long_ago(told)
    ask(told, manager)
    with connected("koppel") as first, connected("koppel") as second:
        first.execute("BEGIN")
        assert len(first.execute("SELECT * FROM poort.maak_deelbestand(%s)", (told.pk,)).fetchall()) == 5
        second.execute("SET lock_timeout = '200ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            second.execute("SELECT * FROM poort.maak_deelbestand(%s)", (told.pk,))
        first.execute("SELECT poort.deelbestand_gemaakt(%s, 1, 4, 1, 'x')", (told.pk,))
        first.execute("COMMIT")
        assert second.execute("SELECT * FROM poort.maak_deelbestand(%s)", (told.pk,)).fetchall() == []
    assert told.files.count() == 1


def test_the_database_takes_no_file_of_which_lines_lack(told, manager):
    long_ago(told)
    ask(told, manager)
    with connected("koppel") as koppel:
        koppel.execute("BEGIN")
        koppel.execute("SELECT * FROM poort.maak_deelbestand(%s)", (told.pk,))
        with pytest.raises(psycopg.errors.CheckViolation, match="not all lines"):
            koppel.execute("SELECT poort.deelbestand_gemaakt(%s, 1, 3, 1, 'x')", (told.pk,))


# -- afterwards ------------------------------------------------------------------------------------


def test_who_objects_afterwards_is_asked_back_at_the_next_sweep(told, manager, adviser, secret):
    long_ago(told)
    ask(told, manager)
    work()
    first = {row["voornamen"]: row for row in opened(told.files.get(), manager, secret)}
    refuse("Carl", Scope.SHARE, adviser)
    refuse("Els", Scope.ALL, adviser)
    work()
    work()
    recall = told.files.get(number=2)
    assert (recall.kind, recall.rows, told.files.count()) == ("intrekken", 2, 2)
    assert sorted(opened(recall, manager, secret), key=str) == sorted((first["Carl"], first["Els"]), key=str)


def test_a_letter_that_comes_back_afterwards_is_asked_back_too(told, manager, secret):
    long_ago(told)
    ask(told, manager)
    work()
    with acting_as(SYSTEM_ACTOR):
        tell([Letter.objects.get(household=home("Faas")).pk], Told(Axis.DELIVERY, DeliveryState.RETURNED))
    work()
    assert named(told.files.get(number=2), manager, secret) == ["Faas"]


def test_a_share_is_no_regeling_that_was_brought(told, manager, secret):
    """Not in the rapport, and nothing to make a round or a koppeling of."""
    with acting_as(SYSTEM_ACTOR):
        assert Approach.objects.filter(letters__production="verzonden").count() == 4
        counted = report._counted()
    assert "kwijtschelding" not in counted.tables["regeling"]
    assert [sum(row) for row in counted.tables["buurt"].values() if any(row)] == []
    assert not Regeling.objects.filter(pk="kwijtschelding").exists()


def test_fetching_is_written_down_and_for_one_role(told, manager, adviser, secret):
    long_ago(told)
    ask(told, manager)
    work()
    file = told.files.get()
    for one in (adviser, factories.user(Role.TEAMLEIDER), factories.user(Role.CONSULENT)):
        with pytest.raises(PermissionDenied), acting_as(one.actor()):
            sharing.fetch(file=file, by=one)
    named(file, manager, secret)
    with connections["migrate"].cursor() as cursor:
        cursor.execute(
            "SELECT bijzonderheden FROM audit.gebeurtenis WHERE handeling = 'deelbestand_opgehaald'"
            " ORDER BY id DESC LIMIT 1"
        )
        assert json.loads(cursor.fetchone()[0]) == {"deling": told.pk, "bestand": 1, "regels": 4}


# -- the guards, taken away ------------------------------------------------------------------------

#: The newest first: there a door is as it is now.
DOORS = [
    Path(settings.BASE_DIR) / "letters/migrations/sql" / name
    for name in ("chosen_by_the_worker_doors.sql", "sharing_doors.sql")
]


def nobody_may_be_shared(told: Share, by: User) -> None:
    """Of four who were told, each for a reason of his own."""
    refuse("Dirk", Scope.SHARE, by)
    with acting_as(SYSTEM_ACTOR):
        back = Letter.objects.get(household=home("Carl"))
        tell([back.pk], Told(Axis.DELIVERY, DeliveryState.RETURNED))
    with as_role("migrate"):
        Approach.objects.filter(household=home("Els")).update(lapsed=True)
        Person.objects.filter(given_names="Faas").update(departed="verhuisd")


def door(name: str, old: str = "", new: str = "") -> None:
    """A door as the migration made it, or with one thing else in it."""
    found = "\n".join(one.read_text(encoding="utf-8") for one in DOORS)
    text = next(one for one in found.split("\nCREATE ") if f"poort.{name}(" in one[:80])
    assert old in text
    text = text.replace("OR REPLACE ", "", 1).replace(old, new, 1 if old else 0)
    as_migrate("SET LOCAL ROLE bereik_eigenaar; CREATE OR REPLACE " + text)


def as_migrate(statements: str) -> None:
    with connected("migrate") as migrate, migrate.transaction():
        migrate.execute(statements.encode())


@pytest.mark.proof
@pytest.mark.parametrize(
    ("name", "without", "instead", "shows"),
    [
        ("maak_deelbestand", " AND l.delivery <> 'onbestelbaar'", "", "Carl"),
        ("mag_gedeeld", "p.no_share OR p.no_contact OR ", "", "Dirk"),
        ("maak_deelbestand", " AND NOT a.lapsed", "", "Els"),
        ("mag_gedeeld", "p.departed <> '' OR ", "", "Faas"),
    ],
    ids=["returned", "refused", "lapsed", "departed"],
)
def test_a_condition_that_is_taken_away_shows(told, manager, adviser, secret, name, without, instead, shows):
    nobody_may_be_shared(told, adviser)
    long_ago(told)
    ask(told, manager)
    door(name, without, instead)
    try:
        work()
        assert named(told.files.get(), manager, secret) == [shows]
    finally:
        door(name)


@pytest.mark.proof
def test_a_trigger_or_a_check_that_is_taken_away_shows(town, manager, secret):
    share = propose(town, manager, secret)
    User.objects.filter(pk=manager.pk).update(role=Role.JURIDISCH_ADVISEUR)
    own = "state = 'getekend', signed_by_id = made_by_id, signed_at = now()"
    rule = "CHECK (signed_by_id IS NULL OR NOT signed_by_id = made_by_id)"
    as_migrate("ALTER TABLE letters_share DROP CONSTRAINT share_second_person")
    try:
        raw(share, own)
        as_migrate("ALTER TABLE letters_share DISABLE TRIGGER volgorde")
        # Any step goes, and any day: only that a round is there is held still.
        raw(share, "state = 'voorgesteld', signed_by_id = NULL, signed_at = NULL")
    finally:
        as_migrate("ALTER TABLE letters_share ENABLE TRIGGER volgorde; DELETE FROM letters_share")
        as_migrate(f"ALTER TABLE letters_share ADD CONSTRAINT share_second_person {rule}")


@pytest.mark.proof
def test_without_the_trigger_a_file_could_be_asked_for_too_early(told):
    as_migrate("ALTER TABLE letters_share DISABLE TRIGGER volgorde")
    try:
        raw(told, "state = 'gevraagd'")
    finally:
        as_migrate("ALTER TABLE letters_share ENABLE TRIGGER volgorde")
