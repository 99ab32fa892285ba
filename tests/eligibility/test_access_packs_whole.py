"""What the answer to who asks what is known about him may not leave out. Source: AVG art. 15, lid 1 and 3."""

import uuid

import pytest
from django.db import connections

from eligibility import rules_told
from eligibility.actions import access_packs, deliveries, keys, typed_numbers
from eligibility.actions import box as boxes
from eligibility.actions.access_packs import Facts
from eligibility.models import Delivery
from letters.models import FormerPrint, Grant, Letter, Part, Scan
from optout.models import Channel, Scope, TypedKind
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Draft, LegalHold, SubjectRequest, User
from outreach.models.subject_request import RequestKind
from outreach.views import pack_pdf, pack_rules
from tests.eligibility import deliver, destroying, unsealing
from tests.eligibility.casework import Casework, ask
from tests.eligibility.test_access_packs import NEW, NOBODY, asks, folder, holds_no, officer, sweep, text_of
from tests.eligibility.test_handover import ANNA, BEA, CARL, delivered, town
from tests.roles import as_role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("places")]
__all__ = ["delivered", "folder", "officer"]


@pytest.fixture
def of(settings, tmp_path) -> Casework:
    settings.LETTER_FOLDER = tmp_path / "brieven"
    settings.LETTER_FOLDER.mkdir()
    return Casework()


def answer(officer: User, who: uuid.UUID | str) -> str:
    """What stands in the file of somebody who asks now."""
    made = asks(officer, who)
    assert made.pk in sweep()
    return text_of(made, officer)


def typed(by: User, *numbers: str, kind: TypedKind = TypedKind.OPT_OUT, **about: object) -> None:
    """Somebody said it with his number; the worker came by."""
    with as_role("koppel"):
        keys.keep_ready()
    with acting_as(by.actor()):
        typed_numbers.register(kind=kind, numbers=numbers, channel=Channel.LETTER, by=by, **about)
    with as_role("koppel"):
        assert typed_numbers.settle_due() == 1


def part_of(text: str, heading: str, until: str) -> str:
    return text.split(heading)[1].split(until)[0]


# --- what people wrote ---


@pytest.mark.parametrize(
    "wrote", ["2026-11-03 gebeld, geen gehoor", "2026-13-99", "2026-11-03T25:99+00:00", "0000-00-00"]
)
def test_a_text_that_begins_like_a_day_stays_as_it_was_written(delivered, officer, wrote):
    deliver.run_through(delivered)
    asks(officer, ANNA, RequestKind.CORRECTION, about=wrote)
    assert wrote in answer(officer, ANNA)


def test_an_answer_that_cannot_be_made_keeps_no_other_waiting_and_its_words_out_of_the_log(
    delivered, officer, caplog, monkeypatch
):
    deliver.run_through(delivered)
    bad, good = asks(officer, ANNA), asks(officer, BEA)

    def draw(facts: Facts) -> bytes:
        if facts.request == bad.pk:
            raise ValueError("Anna vertelde over haar schulden")
        return pack_pdf.draw(facts)

    with as_role("koppel"):
        assert access_packs.make_due(draw) == [good.pk]
        assert [line.getMessage() for line in caplog.records] == [f"verzoek {bad.pk}: ValueError"]
        assert access_packs.make_due(pack_pdf.draw) == [bad.pk]


# --- the lists ---


def test_a_list_that_waits_for_somebody_to_accept_it_is_searched_too(delivered, officer):
    deliver.run_through(delivered)
    held = deliver.deliver(deliver.client_file([ANNA]), "bijstand", 2025, by=delivered)
    assert held.state == "aangehouden"
    text = answer(officer, ANNA)
    assert "Wij zochten in de lijsten die wij nog hebben: 3. U staat in 3 daarvan." in text
    assert text.count("Aangehouden: deze lijst is nog niet gebruikt") == 1
    # Of who is not in it nothing is said.
    assert "Aangehouden" not in answer(officer, BEA)


def test_a_list_that_was_used_and_taken_back_is_told_of(delivered, officer):
    deliver.run_through(delivered)
    used = Delivery.objects.get(bron_id="bijstand")
    with acting_as(delivered.actor()):
        deliveries.withdraw(delivery=used, by=delivered)
    deliver.process(used)
    assert "Ingetrokken: deze lijst gebruiken wij niet meer" in answer(officer, ANNA)
    destroying.ready([used])
    destroying.carry_out()
    text = answer(officer, ANNA)
    assert "U staat in 1 daarvan." in text
    assert "Bijstand 2025 peildatum" in part_of(text, "Lijsten die er niet meer zijn", "Welke regels")
    assert "uit 1 van de lijsten hierboven Lijsten die er niet meer zijn 1" in text


def test_a_list_that_was_taken_back_before_a_koppeling_is_told_of(delivered, officer):
    unused = Delivery.objects.get(bron_id="bijstand")
    with acting_as(delivered.actor()):
        deliveries.withdraw(delivery=unused, by=delivered)
    deliver.process(unused)
    text = answer(officer, ANNA)
    assert "Bijstand 2025 peildatum" in part_of(text, "Lijsten die er niet meer zijn", "Welke regels")


def test_a_list_that_was_taken_back_and_must_be_kept_is_searched(delivered, officer):
    used = Delivery.objects.get(bron_id="bijstand")
    with as_role("migrate"):
        LegalHold.objects.create(kind="levering", subject=str(used.pk), reason="Bezwaar", placed_by=officer)
    with acting_as(delivered.actor()):
        deliveries.withdraw(delivery=used, by=delivered)
    deliver.process(used)
    assert "Lijst Bijstand 2025" in answer(officer, ANNA)


def test_a_list_that_is_not_in_the_box_yet_is_named(delivered, officer):
    deliver.upload(deliver.client_file([ANNA]), "aio", 2025, by=delivered)
    used = Delivery.objects.get(bron_id="bijstand")
    with as_role("koppel"), connections["koppel"].cursor() as box:
        # As after a crash of the server.
        boxes.drop_delivery(box.connection, used.box_number)
    lost = part_of(answer(officer, ANNA), "Lijsten waarin wij niet konden zoeken", "Welke regels")
    assert "Bijstand 2025" in lost
    assert "Aanvullende inkomensvoorziening ouderen 2025" in lost


# --- what lies under his number ---


def test_who_never_came_out_hears_what_he_said_with_his_number(officer):
    typed(officer, NOBODY, scope=Scope.ALL)
    typed(officer, NOBODY, scope=Scope.REGELING, regeling="czv")
    typed(officer, CARL, scope=Scope.LETTERS)
    asks(officer, NOBODY, RequestKind.OBJECTION, checked=False)
    sweep()
    text = answer(officer, NOBODY)
    assert pack_rules.NOTHING in text
    kept = part_of(text, "Wat bij uw BSN bewaard ligt", "Lijsten waarin u staat")
    assert "Wat niet Helemaal niet benaderen Kanaal Brief Sinds" in kept
    assert "Wat niet Niet over één regeling Regeling" in kept
    assert "Uw verzoek Bezwaar (artikel 21) Ontvangen op" in kept
    assert "Geen brieven" not in text
    assert pack_rules.FORMER not in text
    assert holds_no(text, NOBODY, CARL)


def test_what_was_taken_back_does_not_stand_there_any_more(officer):
    typed(officer, NOBODY, scope=Scope.ALL)
    typed(officer, NOBODY, kind=TypedKind.WITHDRAW, scope=Scope.ALL)
    assert "Wat bij uw BSN bewaard ligt" not in answer(officer, NOBODY)


@pytest.mark.parametrize("number", [NOBODY, NEW])
def test_who_got_another_number_hears_that_both_are_kept(officer, number):
    typed(officer, NOBODY, scope=Scope.VISITS)
    typed(officer, NOBODY, NEW, kind=TypedKind.SUCCESSOR)
    text = answer(officer, number)
    assert pack_rules.FORMER in text
    assert text.count("Geen bezoek") == 1
    assert holds_no(text, NOBODY, NEW)


def read_sealed(made: SubjectRequest, others: list[int]) -> list[tuple]:
    with as_role("koppel"), connections["koppel"].cursor() as worker:
        worker.execute("SELECT soort FROM poort.inzage_bewaard(%s, NULL, %s)", [made.pk, others])
        return worker.fetchall()


def test_a_request_under_the_seal_is_read_for_a_checked_request_alone(officer):
    kept = asks(officer, CARL, RequestKind.OBJECTION, checked=False)
    sweep()
    closed, checked = asks(officer, NOBODY, checked=False), asks(officer, NEW)
    assert read_sealed(closed, [kept.pk]) == []
    assert read_sealed(checked, [kept.pk]) == [("bezwaar",)]
    # What does not lie under the seal is not read here at all.
    assert read_sealed(checked, [closed.pk]) == []


@pytest.mark.parametrize(
    ("guard", "without", "asked"),
    [
        (" AND poort.inzage_open(p_verzoek, p_persoon)", "", "bezwaar"),
        ("JOIN blackbox.beperkt_nummer b", "LEFT JOIN blackbox.beperkt_nummer b", "inzage"),
    ],
)
def test_without_its_guard_the_door_reads_any_request(officer, guard, without, asked):
    kept = asks(officer, CARL, RequestKind.OBJECTION, checked=False)
    sweep()
    closed, checked = asks(officer, NOBODY, checked=False), asks(officer, NEW)
    reader, other = (closed, kept) if asked == "bezwaar" else (checked, closed)
    with connections["migrate"].cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_functiondef('poort.inzage_bewaard(bigint, uuid, bigint[])'::regprocedure)"
        )
        whole = cursor.fetchone()[0]
        assert guard in whole
        cursor.execute("SET ROLE bereik_eigenaar")
        try:
            cursor.execute(whole.replace(guard, without))
            assert read_sealed(reader, [other.pk]) == [(asked,)]
        finally:
            cursor.execute(whole)
            cursor.execute("RESET ROLE")


# --- why he was found ---


def test_what_two_people_opened_stands_in_it_for_whom_it_is_about_alone(manager, officer):
    town_of = unsealing.town(manager)
    closed = answer(officer, town_of.person("Aad"))
    assert "Waarom u gevonden bent op" not in closed
    unsealing.opened(town_of)
    reasons = part_of(
        answer(officer, town_of.person("Aad")), "Waarom u gevonden bent op 1 maart 2026", "Wie keek"
    )
    assert "Gebruikte bron: Bijstand (2025)" in reasons
    # The rules stand in it once.
    assert rules_told.INCOME[0][:60] not in reasons
    assert "Waarom u gevonden bent op" not in answer(officer, town_of.person("Bea"))


# --- the casework ---


def test_who_printed_a_letter_and_scanned_a_form_stands_by_it_with_a_name(officer, of):
    text = answer(officer, of.person.pk)
    assert "Gedrukt door Drukkerij Waterveen, vanaf" in text
    assert "Gescand door Drukkerij Waterveen" in text
    assert pack_rules.ABOUT["brieven"][0] in text
    with as_role("migrate"), acting_as(SYSTEM_ACTOR):
        FormerPrint.objects.all().delete()
        # As one that was taken out before the printer got the file.
        ask("ALTER TABLE letters_letter DISABLE TRIGGER USER")
        Letter.objects.update(first_page=None, pages=None)
        ask("ALTER TABLE letters_letter ENABLE TRIGGER USER")
    assert "Gedrukt door" not in answer(officer, of.person.pk)


def test_of_what_is_still_there_a_copy_can_be_had(officer, of):
    text = answer(officer, of.person.pk)
    assert text.count(pack_rules.COPY) == 2
    assert text.count("Kopie mogelijk nee") == 2
    with as_role("migrate"), acting_as(SYSTEM_ACTOR):
        Part.objects.update(destroyed_at=None)
        Scan.objects.update(destroyed_at=None)
    assert answer(officer, of.person.pk).count("Kopie mogelijk ja") == 2


def test_that_a_colleague_has_a_draft_is_told_and_not_what_is_in_it(officer, of):
    with as_role("migrate"):
        Draft.objects.update(fields={"note": ["Klaproos"], "geschreven_door": ["Wouter"]})
    text = answer(officer, of.person.pk)
    drafts = part_of(text, "Wat een medewerker nog aan het opschrijven is", "Wat u zei over een regeling")
    assert "Bewaard op 3 juni 2019" in drafts
    assert "verdwijnt na 7 dagen" in drafts
    assert "Klaproos" not in text
    assert "Wouter" not in text


def test_whether_a_person_decided_stands_by_what_was_granted(officer, of):
    assert "Een mens besloot dit ja" in answer(officer, of.person.pk)
    with as_role("migrate"), acting_as(SYSTEM_ACTOR):
        Grant.objects.update(by_person=None)
    text = answer(officer, of.person.pk)
    assert "Een mens besloot dit nee" in text
    for said in rules_told.BY_ITSELF:
        assert said in text


# --- terms and rights ---


def test_each_part_says_how_long_it_is_kept_or_that_nobody_agreed_on_it(officer, of):
    destroying.rule("persoon", 84)
    destroying.rule("persoon", 72)
    text = answer(officer, of.person.pk)
    households = part_of(text, "Huishoudens waarin u voorkomt", "Waar u misschien recht op hebt")
    assert "Wij bewaren dit tot 72 maanden nadat u voor het laatst uit een koppeling kwam" in households
    assert "84 maanden" not in text
    rounds = part_of(text, "Rondes waarin uw huishouden zat", "Looplijsten waarop")
    assert pack_rules.NO_TERM.format(what="dit") in rounds
    destroying.rule("ronde", 24)
    letters = part_of(answer(officer, of.person.pk), "Wat wij u stuurden", "Formulieren en aanvragen")
    assert "Wij bewaren dit tot 24 maanden nadat de ronde is afgesloten." in letters
    assert "Hoe lang wij het bestand met de brief bewaren, is nog niet afgesproken." in letters
    opted_out = part_of(text, "Wat u niet wilt", "Pauzes van herinneringen")
    assert pack_rules.KEPT_OTHERWISE["afmeldingen"] in opted_out


def test_the_lists_say_how_long_they_are_kept(manager, officer):
    deliver.deliver(town(), "brp", by=manager)
    destroying.rule("levering", 24)
    text = answer(officer, ANNA)
    assert "Wij bewaren dit tot 24 maanden nadat wij de lijst kregen." in text
    assert pack_rules.KEPT_OTHERWISE["lijsten"] in text


def test_every_right_stands_at_the_end(officer):
    rights = answer(officer, NOBODY).split("Wat u kunt doen")[1]
    for right in (
        "te verbeteren",
        "wissen",
        "bezwaar",
        "te beperken",
        "intrekken",
        "binnen een maand",
        "klacht in bij de Autoriteit Persoonsgegevens",
    ):
        assert right in rights, right
