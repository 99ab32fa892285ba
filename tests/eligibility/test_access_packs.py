"""The answer to who asks what is known about him: all of it, once, and gone when its days are over."""

import datetime
import re
import signal
import subprocess
import sys
import uuid
from pathlib import Path

import pypdfium2
import pyrage
import pytest
from django.db import DatabaseError, connections, transaction

from eligibility import rules_told
from eligibility.actions import access_packs, keys, restricted_numbers, subject_numbers, typed_numbers
from eligibility.actions import box as boxes
from eligibility.models import BronGround, Delivery
from letters.models import Grant, GrantExport, Share, ShareFile, ShareLine
from letters.models.grant import PayingAdministration
from optout.models import Channel, TypedKind
from outreach.actions import subject_requests
from outreach.actions.subject_requests import Asked
from outreach.audit import Event, record
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Person, Role, SafetyInstruction, SubjectNumber, SubjectPack, SubjectRequest, User
from outreach.models.subject_request import RequestChannel, RequestKind
from outreach.views import pack_pdf, pack_rules, packs
from tests import factories
from tests.blackbox import test_kill
from tests.days import pin
from tests.eligibility import deliver, unsealing
from tests.eligibility.casework import Casework
from tests.eligibility.test_handover import ANNA, BEA, CARL, delivered, persons, regelingen, town
from tests.outreach import visits
from tests.roles import as_role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("places")]
__all__ = ["delivered"]

NEW = deliver.bsn(51000000)
NOBODY = deliver.bsn(52000000)
#: Nobody agreed to a term here.
NO_TERM = pack_rules.NO_TERM.format(what="dit")


@pytest.fixture(autouse=True)
def folder(settings, tmp_path) -> Path:
    settings.EXPORT_FOLDER = tmp_path / "uitvoer"
    return settings.EXPORT_FOLDER


@pytest.fixture
def officer() -> User:
    return factories.user(Role.PRIVACY_OFFICER)


def asks(
    by: User,
    who: uuid.UUID | str,
    kind: RequestKind = RequestKind.ACCESS,
    *,
    checked: bool = True,
    about: str = "",
) -> SubjectRequest:
    """Somebody asks at the desk, by his person or by a number that was typed."""
    with as_role("koppel"):
        keys.keep_ready()
    recipient, pack_key = packs.new_key() if kind == RequestKind.ACCESS else ("", None)
    asked = Asked(
        kind=kind,
        channel=RequestChannel.DESK,
        received_on=clock.today(),
        about=about,
        recipient=recipient,
        pack_key=pack_key,
    )
    with acting_as(by.actor()):
        if isinstance(who, str):
            made = subject_numbers.register(asked=asked, number=who, by=by)
        else:
            made = subject_requests.register(asked=asked, person=who, by=by)
        if checked:
            subject_requests.check_identity(request=made, how="balie", by=by)
    return made


def sweep() -> list[int]:
    with as_role("koppel"):
        return access_packs.make_due(pack_pdf.draw)


def text_of(made: SubjectRequest, by: User) -> str:
    with acting_as(by.actor()):
        request = SubjectRequest.objects.get(pk=made.pk)
        pdf = packs.read(request, SubjectPack.objects.get(pk=made.pk))
    pages = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf)]
    return " ".join(" ".join(pages).split())


def holds_no(text: str, *numbers: str) -> bool:
    """Whether none of these is in it, with whatever between the digits."""
    digits = re.sub(r"[ .-]", "", text)
    return not any(number in digits for number in numbers)


def test_the_rules_are_those_that_were_applied_and_not_those_of_now(delivered, officer, folder):
    deliver.run_through(delivered)
    made = asks(officer, persons()["Anna"].pk)
    ground = BronGround.objects.filter(bron="bijstand")
    with as_role("migrate"):
        assert ground.update(klasse="onzeker") == 1
    try:
        assert sweep() == [made.pk]
    finally:
        with as_role("migrate"):
            ground.update(klasse="zeker")
    text = text_of(made, officer)
    assert "maakten een inkomen zeker, bij iedereen Bijstand 2025" in text
    assert "een inkomen onzeker" not in text


def test_the_answer_holds_every_part_and_no_number(delivered, officer, folder):
    deliver.run_through(delivered)
    anna = persons()["Anna"].pk
    consulent = factories.user(Role.CONSULENT, username="wouter")
    with acting_as(consulent.actor()):
        record(Event.HOUSEHOLD_SEEN, "persoon", [anna])
    with acting_as(officer.actor()):
        record(Event.UNSEAL_SEEN, "persoon", [anna])
    made = asks(officer, anna)
    assert sweep() == [made.pk]
    assert sweep() == []
    text = text_of(made, officer)
    for part in (
        "Wat wij over u weten",
        "Anna",
        "Huishoudens waarin u voorkomt",
        "Gerststraat",
        "Waar u misschien recht op hebt",
        "Stadspas",
        "Rondes waarin uw huishouden zat",
        "Wat wij u stuurden",
        "Formulieren en aanvragen",
        "Gesprekken en pogingen",
        "Wie voor u optreedt",
        "Wat u niet wilt",
        "Lijst Basisregistratie Personen",
        "Lijst Bijstand 2025, van Werk, Participatie en Inkomen",
        "Uw huishouden kwam eruit",
        "Welke regels wij gebruikten",
        rules_told.INCOME[0][:60],
        "Voor elk huishouden met een volwassene en een laag inkomen",
        "Dat staat nergens in hun scherm",
        "Wie keek en wie iets deed",
        "Consulent: Huishouden ingezien",
        f"Privacy officer: {Event.UNSEAL_SEEN.label}",
        "Wat u kunt doen",
    ):
        assert part in text, part
    assert "wouter" not in text
    assert "Bea" not in text
    assert holds_no(text, ANNA, BEA, CARL)
    (file,) = folder.iterdir()
    assert file.name == f"inzage-{made.pk}.pdf.age"
    assert file.read_bytes().startswith(b"age-encryption.org/v1")


def test_that_somebody_looked_why_he_was_found_stands_in_it(manager, officer):
    town_of = unsealing.town(manager)
    unsealing.opened(town_of)
    made = asks(officer, town_of.person("Aad"))
    assert sweep() == [made.pk]
    text = text_of(made, officer)
    assert f"Wie wilde zien waarom u gevonden bent {NO_TERM} Status Geopend" in text
    for event in (Event.UNSEAL_ASKED, Event.UNSEAL_ALLOWED):
        assert event.label in text
    # Of a child that nobody looked for there is nothing of it.
    other = asks(officer, town_of.person("Bea"))
    sweep()
    assert Event.UNSEAL_ASKED.label not in text_of(other, officer)


def test_to_whom_it_went_stands_in_it_and_what_is_of_another_does_not(officer, settings, tmp_path):
    settings.LETTER_FOLDER = tmp_path / "brieven"
    settings.LETTER_FOLDER.mkdir()
    of = Casework()
    payer = PayingAdministration.objects.create(name="Uitkerende dienst", public_key="age1proef")
    belasting = PayingAdministration.objects.create(name="Belastingdienst Waterveen", public_key="age1proef2")
    with as_role("migrate"), acting_as(SYSTEM_ACTOR):
        sent = GrantExport.objects.create(administration=payer, asked_by=of.walker, public_key="age1proef")
        Grant.objects.update(export=sent)
        GrantExport.objects.update(made_at=clock.now())
        GrantExport.objects.update(fetched_at=clock.now(), fetched_by=officer)
        share = Share.objects.create(
            handover=of.letters.handover,
            receiver=belasting,
            public_key="age1proef",
            object_before=clock.today(),
            margin_days=7,
            reason="Besluit",
            made_by=of.walker,
        )
        for number, kind in ((1, "delen"), (2, "intrekken")):
            ShareFile.objects.create(share=share, number=number, kind=kind, rows=1, size=1, sha256="1" * 64)
        ShareLine.objects.create(share=share, line=1, household=of.household.pk, recalled_in=2)
        SafetyInstruction.objects.update(person=of.person)
    child = next(key for key in of.people() if key != str(of.person.pk))
    mine, others = asks(officer, of.person.pk), asks(officer, uuid.UUID(child))
    assert sorted(sweep()) == sorted([mine.pk, others.pk])
    text = text_of(mine, officer)
    assert "Doorgegeven aan Uitkerende dienst Doorgegeven op" in text
    assert "Aan wie Belastingdienst Waterveen Doorgegeven op" in text
    assert "Gevraagd om weg te doen op" in text
    assert f"Aanwijzingen voor wie op bezoek gaat {NO_TERM} Soort" in text
    # That of his parent is not his.
    assert f"Aanwijzingen voor wie op bezoek gaat {NO_TERM} Soort" not in text_of(others, officer)


def test_who_was_looked_through_and_not_found_hears_that_too(manager, officer):
    dirk = deliver.brp([deliver.resident(NOBODY, voornamen="Dirk")]).split(b"\n", 1)[1]
    deliver.deliver(town() + dirk, "brp", by=manager)
    deliver.deliver(deliver.client_file([ANNA, BEA, CARL]), "bijstand", 2025, by=manager)
    deliver.run_through(manager)
    made = asks(officer, NOBODY)
    assert sweep() == [made.pk]
    text = text_of(made, officer)
    for part in (
        "U kwam niet uit een koppeling.",
        "Medewerkers hebben geen gegevens van u.",
        "Lijst Basisregistratie Personen",
        "Voornamen Dirk",
        "Uw gegevens zijn gebruikt Ja, uit 1 van de lijsten hierboven",
        "Uw huishouden kwam er niet uit",
        "Niemand: er was bij de medewerkers niets van u te zien.",
    ):
        assert part in text, part
    assert "Lijst Bijstand 2025" not in text
    assert holds_no(text, NOBODY, ANNA)
    with as_role("migrate"):
        assert not SubjectNumber.objects.exists()
        assert SubjectRequest.objects.get().person is None


def test_a_typed_number_finds_who_came_out_and_is_gone(delivered, officer, audited):
    deliver.run_through(delivered)
    made = asks(officer, BEA)
    with as_role("migrate"):
        sealed, name = SubjectNumber.objects.values_list("sealed", "key_name").get()
    assert BEA.encode() not in bytes(sealed)
    assert sweep() == [made.pk]
    with as_role("migrate"):
        assert not SubjectNumber.objects.exists()
        assert SubjectRequest.objects.get().person == persons()["Bea"].pk
    with as_role("koppel"):
        assert not keys.key_folder().exists(name)
    assert not any(BEA in str(line) for line in audited("soort"))
    assert "Wie keek Niemand. Wat u kunt doen" in text_of(made, officer)


def test_a_restriction_by_number_holds_once_the_worker_came_by(delivered, officer):
    deliver.run_through(delivered)
    asks(officer, CARL, RequestKind.RESTRICTION, checked=False)
    sweep()
    assert persons()["Carl"].restricted
    assert persons()["Carl"].no_contact
    assert not persons()["Anna"].restricted


def numbers_kept() -> int:
    with connections["migrate"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM blackbox.beperkt_nummer")
        return int(cursor.fetchone()[0])


@pytest.mark.parametrize("kind", [RequestKind.RESTRICTION, RequestKind.OBJECTION])
def test_who_was_never_found_and_asks_not_to_be_is_not_found_until_it_is_lifted(delivered, officer, kind):
    made = asks(officer, CARL, kind, checked=False)
    sweep()
    first = deliver.run_through(delivered)
    assert regelingen(first, "Carl") == set()
    assert "stadspas" in regelingen(first, "Anna")
    assert numbers_kept() == 1
    with acting_as(officer.actor()):
        subject_requests.lift(request=SubjectRequest.objects.get(pk=made.pk), by=officer)
    assert numbers_kept() == 0
    assert "stadspas" in regelingen(deliver.run_through(delivered, deliver.DAY.replace(day=2)), "Carl")


def test_who_asked_while_the_koppeling_was_at_work_is_restricted_as_he_comes_out(
    delivered, officer, monkeypatch: pytest.MonkeyPatch
):
    """Who asked for both is on both: when one is lifted the other still holds."""
    asked = [
        asks(officer, CARL, kind, checked=False) for kind in (RequestKind.OBJECTION, RequestKind.RESTRICTION)
    ]
    sweep()
    first = deliver.run_through(delivered)
    assert regelingen(first, "Carl") == set()
    assert numbers_kept() == 2
    monkeypatch.setattr(restricted_numbers, "derive_for_run", lambda *_: None)
    deliver.run_through(delivered, deliver.DAY.replace(day=2))
    carl = persons()["Carl"]
    assert (carl.restricted, carl.no_contact, persons()["Anna"].restricted) == (True, True, False)
    with acting_as(officer.actor()):
        found = SubjectRequest.objects.filter(pk__in=[one.pk for one in asked])
        assert {one.person for one in found} == {carl.pk}
    assert numbers_kept() == 0


def test_who_asked_by_a_number_that_another_followed_is_restricted_as_he_comes_out(
    delivered, officer, monkeypatch: pytest.MonkeyPatch
):
    before = deliver.bsn(29000000)
    asks(officer, before, RequestKind.OBJECTION, checked=False)
    sweep()
    with acting_as(officer.actor()):
        typed_numbers.register(
            kind=TypedKind.SUCCESSOR, numbers=[before, CARL], channel=Channel.DESK, by=officer
        )
    with as_role("koppel"):
        assert typed_numbers.settle_due() == 1
    monkeypatch.setattr(restricted_numbers, "derive_for_run", lambda *_: None)
    deliver.run_through(delivered)
    carl = persons()["Carl"]
    assert (carl.restricted, persons()["Anna"].restricted) == (True, False)
    assert numbers_kept() == 0


def refused_objection(officer: User) -> None:
    made = asks(officer, CARL, RequestKind.OBJECTION, checked=False)
    sweep()
    assert numbers_kept() == 1
    with acting_as(officer.actor()):
        subject_requests.refuse(request=made, reason="Niet zijn gegevens", by=officer)


def test_a_refused_objection_keeps_no_number(officer):
    refused_objection(officer)
    assert numbers_kept() == 0


def test_without_its_trigger_a_number_would_stay(officer):
    change = "ALTER TABLE outreach_subjectrequest {} TRIGGER vergeet_beperkt_nummer"
    with connections["migrate"].cursor() as cursor:
        cursor.execute(change.format("DISABLE"))
        try:
            refused_objection(officer)
            assert numbers_kept() == 1
        finally:
            cursor.execute(change.format("ENABLE"))
            cursor.execute("SET ROLE bereik_eigenaar")
            cursor.execute("DELETE FROM blackbox.beperkt_nummer")
            cursor.execute("RESET ROLE")


def test_what_was_said_under_an_old_number_is_found_too(delivered, officer):
    deliver.run_through(delivered)
    with as_role("koppel"):
        keys.keep_ready()
    with acting_as(officer.actor()):
        typed_numbers.register(
            kind=TypedKind.SUCCESSOR, numbers=[ANNA, NEW], channel=Channel.LETTER, by=officer
        )
    with as_role("koppel"):
        typed_numbers.settle_due()
    made = asks(officer, NEW)
    sweep()
    assert "Bijstand 2025" in text_of(made, officer)


def test_before_the_identity_is_checked_nothing_is_read(delivered, officer):
    deliver.run_through(delivered)
    anna = persons()["Anna"].pk
    made = asks(officer, anna, checked=False)
    assert sweep() == []
    with as_role("koppel"), connections["koppel"].cursor() as cursor:
        cursor.execute("SELECT poort.inzage_gegevens(%s, %s)", [made.pk, anna])
        assert cursor.fetchone()[0] is None
        cursor.execute("SELECT count(*) FROM poort.inzage_regels(%s, %s)", [made.pk, anna])
        assert cursor.fetchone()[0] == 0
    with acting_as(officer.actor()):
        subject_requests.check_identity(request=made, how="digid", by=officer)
    with as_role("koppel"), connections["koppel"].cursor() as cursor:
        # For this request no other person is read.
        cursor.execute("SELECT poort.inzage_gegevens(%s, %s)", [made.pk, persons()["Bea"].pk])
        assert cursor.fetchone()[0] is None
    assert sweep() == [made.pk]


def test_without_its_guard_the_door_is_open_to_any_request(delivered, officer):
    deliver.run_through(delivered)
    anna = persons()["Anna"].pk
    made = asks(officer, anna, checked=False)
    with connections["migrate"].cursor() as cursor:
        cursor.execute("SELECT pg_get_functiondef('poort.inzage_open'::regproc)")
        guard = cursor.fetchone()[0]
        cursor.execute("SET ROLE bereik_eigenaar")
        try:
            cursor.execute(guard.replace("SELECT EXISTS", "SELECT true OR EXISTS"))
            with as_role("koppel"), connections["koppel"].cursor() as worker:
                worker.execute("SELECT poort.inzage_gegevens(%s, %s)", [made.pk, anna])
                assert worker.fetchone()[0] is not None
        finally:
            cursor.execute(guard)
            cursor.execute("RESET ROLE")


def test_a_number_of_a_refused_request_goes_without_being_used(officer):
    made = asks(officer, NOBODY, checked=False)
    with acting_as(officer.actor()):
        subject_requests.refuse(request=made, reason="Niet zijn gegevens", by=officer)
    assert sweep() == [made.pk]
    with as_role("migrate"):
        assert not SubjectNumber.objects.exists()
        assert not SubjectPack.objects.exists()


def test_lists_that_were_destroyed_are_named_and_not_guessed_at(delivered, officer):
    deliver.run_through(delivered)
    used = Delivery.objects.filter(bron_id="bijstand")
    with as_role("koppel"), connections["koppel"].cursor() as box:
        boxes.drop_delivery(box.connection, used.get().box_number)
    with as_role("migrate"):
        used.update(state="vernietigd")
    made = asks(officer, ANNA)
    sweep()
    text = text_of(made, officer)
    assert "Lijsten die er niet meer zijn" in text
    assert "U staat in 1 daarvan" in text


def test_after_its_days_the_file_is_gone_and_a_copy_opens_with_nothing(
    delivered, officer, folder, monkeypatch
):
    deliver.run_through(delivered)
    made = asks(officer, ANNA)
    sweep()
    copy = (folder / f"inzage-{made.pk}.pdf.age").read_bytes()
    with as_role("koppel"):
        assert access_packs.destroy_due() == []
    pin(monkeypatch, clock.today() + datetime.timedelta(days=31))
    tail = visits.AuditTail()
    with as_role("koppel"):
        assert access_packs.destroy_due() == [made.pk]
        assert access_packs.destroy_due() == []
    assert list(folder.iterdir()) == []
    assert len(tail.lines(Event.SUBJECT_PACK_DESTROYED)) == 1
    with acting_as(officer.actor()):
        request = SubjectRequest.objects.get()
        assert request.pack_key is None
        with pytest.raises(packs.PackDamaged):
            packs.read(request, SubjectPack.objects.get())
    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt(copy, [packs.storage.identity()])


def test_the_pages_cannot_make_a_file_or_read_a_number(officer):
    made = asks(officer, NOBODY)
    for statement in (
        "SELECT sealed FROM outreach_subjectnumber",
        "DELETE FROM outreach_subjectnumber",
        f"INSERT INTO outreach_subjectpack (request_id, sha256, size) VALUES ({made.pk}, '', 1)",
        "UPDATE outreach_subjectrequest SET pack_key = NULL",
    ):
        with pytest.raises(DatabaseError), acting_as(officer.actor()), transaction.atomic():
            connections["default"].cursor().execute(statement)


KILLED = """
import os, signal, sys
import django
django.setup()
from django.conf import settings
from eligibility.actions import access_packs
from outreach.views import pack_pdf
settings.EXPORT_FOLDER, settings.KEY_FOLDER, settings.MASTER_KEY = sys.argv[1], sys.argv[2], sys.argv[3]
place = getattr(access_packs, sys.argv[4])
def die(*given):
    if sys.argv[5] == "na":
        place(*given)
    os.kill(os.getpid(), signal.SIGKILL)
setattr(access_packs, sys.argv[4], die)
access_packs.make_due(pack_pdf.draw)
"""


@pytest.mark.parametrize(("place", "when"), [("_write", "voor"), ("_write", "na"), ("_make", "na")])
def test_killed_in_between_the_next_worker_makes_one(delivered, officer, folder, settings, box, place, when):
    deliver.run_through(delivered)
    made = asks(officer, ANNA)
    env = test_kill.environment(box) | {"DJANGO_SETTINGS_MODULE": "outreach.settings"}
    words = [str(folder), settings.KEY_FOLDER, settings.MASTER_KEY, place, when]
    done = subprocess.run([sys.executable, "-c", KILLED, *words], env=env, cwd=settings.BASE_DIR, check=False)
    assert done.returncode == -signal.SIGKILL
    sweep()
    with as_role("migrate"):
        assert SubjectPack.objects.count() == 1
        assert not SubjectNumber.objects.exists()
        assert Person.objects.filter(pk=SubjectRequest.objects.get().person).exists()
    assert [file.name for file in folder.glob("inzage-*")] == [f"inzage-{made.pk}.pdf.age"]
    assert "Bijstand 2025" in text_of(made, officer)
