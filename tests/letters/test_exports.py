"""Files of grants: the number of a resident is in the file alone, and only who pays can open that."""

import csv
import datetime
import io
import logging
import re
import stat
from pathlib import Path

import psycopg
import pyrage
import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, connections, transaction
from django.test import Client
from pytest_django import Settings

from eligibility.actions import grant_exports, keys
from letters.actions import exports, grants, legal_bases
from letters.forms.paying import PayingAdministrationForm
from letters.models import Grant, GrantExport, PayingAdministration
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.kernel.keys import SEAL_KEY_NAME
from outreach.kernel.purposes import MINIMA
from outreach.models import Approach, Household, Regeling, Role, Round, User
from outreach.models.round import RoundKind
from outreach.policies import NotNow
from tests import factories
from tests.border.guards import connected, relations_that_show
from tests.eligibility import deliver
from tests.eligibility.conftest import places as _places  # noqa: F401
from tests.letters import applications
from tests.roles import as_role

ANNA, BEN, KIND, CARL = (deliver.bsn(number) for number in (52000000, 52000100, 52000200, 52000300))
HOME = {"adres_id": "0363010000000009", "huisnummer": "9"}
DAY = datetime.date(2026, 3, 10)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("files")]


@pytest.fixture
def files(settings: Settings, _places: Path, tmp_path: Path) -> Path:  # noqa: F811
    settings.EXPORT_FOLDER = tmp_path / "uitvoer"
    return settings.EXPORT_FOLDER


@pytest.fixture
def secret() -> pyrage.x25519.Identity:
    return pyrage.x25519.Identity.generate()


@pytest.fixture
def leader(transactional_db: None) -> User:
    return factories.user(Role.TEAMLEIDER)


@pytest.fixture
def colleague(transactional_db: None) -> User:
    return factories.user(Role.APPLICATIEBEHEERDER)


@pytest.fixture
def administration(secret: pyrage.x25519.Identity) -> PayingAdministration:
    made = PayingAdministration.objects.create(name="Uitkeringen", public_key=str(secret.to_public()))
    made.regelingen.set(Regeling.objects.filter(pk__in=["stadspas", "scholierenvergoeding"]))
    return made


@pytest.fixture
def granted(transactional_db: None) -> list[Grant]:
    """A couple with a child and Carl get the Stadspas ambtshalve; the child something on a form."""
    manager = factories.user(Role.APPLICATIEBEHEERDER)
    lines = [
        deliver.resident(ANNA, voornamen="Anna", bsn_partner=BEN, **HOME),
        deliver.resident(BEN, voornamen="Ben", geboortedatum="19900310", **HOME),
        deliver.resident(KIND, voornamen="Kind", geboortedatum="20140101", bsn_ouder1=ANNA, **HOME),
        deliver.resident(CARL, voornamen="Carl"),
    ]
    deliver.deliver(deliver.brp(lines), "brp", by=manager)
    deliver.deliver(deliver.client_file([f"{KIND};VO;1"], "bsn;onderwijs;leerjaar"), "leerlingen", by=manager)
    deliver.deliver(deliver.client_file([ANNA, CARL]), "bijstand", 2025, by=manager)
    assert deliver.run_through(manager).state == "klaar"
    lawyer = factories.user(Role.JURIDISCH_ADVISEUR)
    with acting_as(lawyer.actor()):
        stadspas = Regeling.objects.get(pk="stadspas")
        legal_bases.sign(regeling=stadspas, text="Besluit", dated=DAY, valid_until=None, by=lawyer)
    return _grant_all(lawyer)


def _grant_all(maker: User) -> list[Grant]:
    with acting_as(SYSTEM_ACTOR):
        handover = Household.objects.first().handover
        for code in ("stadspas", "scholierenvergoeding"):
            round_ = Round.objects.create(
                name=code, kind=RoundKind.LETTER, handover=handover, regelingen=[code], made_by=maker
            )
            for household in Household.objects.filter(candidacies__regeling=code):
                one = household.candidacies.get(regeling=code)
                Approach.objects.create(
                    round=round_, household=household, regeling_id=code, klasse=one.klasse, mode=one.mode
                )
        pas = Approach.objects.filter(regeling="stadspas").values_list("pk", flat=True)
        assert grants.grant_all_ambtshalve(pas, on=DAY) == 2
        for one in Approach.objects.filter(regeling="scholierenvergoeding"):
            _on_form(one)
        return list(Grant.objects.order_by("pk"))


def _on_form(one: Approach) -> None:
    letter = applications.sent(one.round, one.household)
    form = applications.Application.objects.create(
        letter=letter, approach=one, received_on=DAY, decide_by=DAY
    )
    grants.grant_on_form(application=form, by=factories.user(Role.CONSULENT))


def ask(administration: PayingAdministration, by: User) -> GrantExport:
    with acting_as(by.actor()):
        return exports.ask(administration=administration, by=by)


def make() -> list[int]:
    with as_role("koppel"):
        return grant_exports.make_due()


def fetch(export: GrantExport, by: User) -> bytes:
    with acting_as(by.actor()):
        return exports.fetch(export=export, by=by)


def opened(sealed: bytes, secret: pyrage.x25519.Identity) -> list[dict[str, str]]:
    text = pyrage.decrypt(sealed, [secret]).decode()
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


def test_what_was_gathered_for_one_purpose_is_not_exported_for_another(granted, administration, leader):
    PayingAdministration.objects.update(purpose="schuldhulp")
    with pytest.raises(NotNow, match="voor een ander doel"):
        ask(administration, leader)
    with acting_as(leader.actor()):
        assert exports.waiting() == {administration.pk: 0}
    raw = {"administration": administration, "asked_by": leader, "public_key": "age1"}
    with pytest.raises(IntegrityError, match="another purpose"), acting_as(SYSTEM_ACTOR):
        GrantExport.objects.create(**raw)
    with acting_as(SYSTEM_ACTOR):
        other = GrantExport.objects.create(purpose="schuldhulp", **raw)

    def take() -> int:
        with acting_as(SYSTEM_ACTOR):
            return Grant.objects.update(export=other)

    with pytest.raises(IntegrityError, match="another purpose"):
        take()
    _trigger("DISABLE")
    try:
        assert take() == len(granted)
    finally:
        _trigger("ENABLE")


def _trigger(on: str) -> None:
    with as_role("migrate"), connections["default"].cursor() as cursor:
        cursor.execute(f"ALTER TABLE letters_grant {on} TRIGGER doel_uitvoer")


def test_the_file_says_who_gets_what(granted, administration, secret, leader, colleague):
    made = ask(administration, leader)
    assert make() == [made.pk]
    lines = opened(fetch(made, colleague), secret)
    shown = {(row["bsn"], row["regeling"], row["rol"], row["voor"], row["grond"]) for row in lines}
    assert shown == {
        (ANNA, "stadspas", "aanvrager", "ja", "ambtshalve"),
        (BEN, "stadspas", "partner", "ja", "ambtshalve"),
        (KIND, "stadspas", "kind", "ja", "ambtshalve"),
        (CARL, "stadspas", "aanvrager", "ja", "ambtshalve"),
        # To pay somebody an adult is needed; the partner is not.
        (ANNA, "scholierenvergoeding", "aanvrager", "nee", "formulier"),
        (KIND, "scholierenvergoeding", "kind", "ja", "formulier"),
    }
    assert {row["datum"] for row in lines if row["grond"] == "ambtshalve"} == {"2026-03-10"}
    assert len({row["toekenning"] for row in lines}) == 3
    made.refresh_from_db()
    assert (made.grants_count, made.rows, made.asked_by, made.fetched_by) == (3, 6, leader, colleague)


def test_what_was_sent_is_not_sent_again(granted, administration, leader):
    first = ask(administration, leader)
    with pytest.raises(NotNow, match="geen nieuwe"):
        ask(administration, leader)
    assert make() == [first.pk]
    assert make() == []


def test_a_regeling_of_another_administration_stays_out(granted, administration, secret, leader, colleague):
    administration.regelingen.set(Regeling.objects.filter(pk="scholierenvergoeding"))
    made = ask(administration, leader)
    make()
    assert {row["regeling"] for row in opened(fetch(made, colleague), secret)} == {"scholierenvergoeding"}
    with acting_as(leader.actor()):
        assert exports.waiting() == {administration.pk: 0}
        administration.regelingen.add("stadspas")
        assert exports.waiting() == {administration.pk: 2}


def test_it_is_fetched_once_and_then_gone(granted, administration, leader, colleague, files):
    made = ask(administration, leader)
    with pytest.raises(NotNow, match="nog"):
        fetch(made, colleague)
    make()
    (path,) = files.iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    fetch(made, colleague)
    assert list(files.iterdir()) == []
    with pytest.raises(exports.FetchedAlready):
        fetch(made, colleague)
    with pytest.raises(IntegrityError, match="fetched already"):
        GrantExport.objects.filter(pk=made.pk).update(fetched_at=None, fetched_by=None)


def test_who_asked_does_not_fetch(granted, administration, leader):
    made = ask(administration, leader)
    make()
    with pytest.raises(NotNow, match="collega"):
        fetch(made, leader)
    with pytest.raises(IntegrityError, match="export_fetched_by_another"):
        GrantExport.objects.filter(pk=made.pk).update(
            fetched_by=leader, fetched_at=datetime.datetime.now(datetime.UTC)
        )


@pytest.mark.parametrize("role", [Role.CONSULENT, Role.BUURTTEAM, Role.JURIDISCH_ADVISEUR, Role.ANALIST])
def test_nobody_else_asks_or_fetches(granted, administration, leader, role):
    other = factories.user(role, team=factories.team() if role == Role.BUURTTEAM else None)
    made = ask(administration, leader)
    make()
    for act in (lambda: ask(administration, other), lambda: fetch(made, other)):
        with pytest.raises(PermissionDenied):
            act()


def test_who_does_not_see_the_whole_town_asks_nothing(granted, administration):
    bound = factories.user(Role.TEAMLEIDER, team=factories.team("Noord", buurten=["BU1"]))
    with pytest.raises(NotNow, match="hele gemeente"):
        ask(administration, bound)


def test_a_file_that_got_lost_is_made_anew(granted, administration, secret, leader, colleague):
    first = ask(administration, leader)
    make()
    with acting_as(leader.actor()), pytest.raises(NotNow, match="nog niet opgehaald"):
        exports.again(export=first, by=leader)
    before = opened(fetch(first, colleague), secret)
    other = pyrage.x25519.Identity.generate()
    PayingAdministration.objects.update(public_key=str(other.to_public()))
    with acting_as(leader.actor()):
        again = exports.again(export=first, by=leader)
        with pytest.raises(NotNow, match="al opnieuw"):
            exports.again(export=first, by=leader)
    make()
    assert opened(fetch(again, colleague), other) == before


def _again_by_hand(first: GrantExport, by: User, **changed: object) -> None:
    fields = {"administration": first.administration, "purpose": first.purpose, "repeats": first} | changed
    with acting_as(by.actor()), transaction.atomic():
        GrantExport.objects.create(asked_by=by, public_key=first.public_key, **fields)


def test_what_is_sent_again_serves_what_it_was_sent_for(granted, administration, leader, colleague):
    """Not when the administration pays for something else by now, nor to another one."""
    first = ask(administration, leader)
    make()
    fetch(first, colleague)
    other = PayingAdministration.objects.create(
        name="Andere", public_key=administration.public_key, purpose="minimavoorzieningen"
    )
    with pytest.raises(IntegrityError, match="gathered for another purpose"):
        _again_by_hand(first, leader, administration=other)
    PayingAdministration.objects.filter(pk=administration.pk).update(purpose="schuldhulp")
    first.refresh_from_db()
    with acting_as(leader.actor()), pytest.raises(NotNow, match="ander doel"):
        exports.again(export=first, by=leader)
    for purpose in ("minimavoorzieningen", "schuldhulp"):
        with pytest.raises(IntegrityError, match="gathered for another purpose"):
            _again_by_hand(first, leader, purpose=purpose)
    with as_role("migrate"), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE letters_grantexport DISABLE TRIGGER doel")
    try:
        _again_by_hand(first, leader, administration=other)
    finally:
        with as_role("migrate"), connection.cursor() as cursor:
            cursor.execute("ALTER TABLE letters_grantexport ENABLE TRIGGER doel")


def test_a_key_that_is_changed_after_the_asking_opens_nothing(
    granted, administration, secret, leader, colleague
):
    made = ask(administration, leader)
    thief = pyrage.x25519.Identity.generate()
    PayingAdministration.objects.update(public_key=str(thief.to_public()))
    with pytest.raises(Exception, match="permission denied"):
        GrantExport.objects.filter(pk=made.pk).update(public_key=str(thief.to_public()))
    make()
    sealed = fetch(made, colleague)
    assert opened(sealed, secret)
    with pytest.raises(pyrage.DecryptError):
        opened(sealed, thief)


def test_a_damaged_file_is_not_handed_over(granted, administration, leader, colleague, files):
    made = ask(administration, leader)
    make()
    (path,) = files.iterdir()
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(NotNow, match="beschadigd"):
        fetch(made, colleague)
    made.refresh_from_db()
    assert made.fetched_at is None


def test_a_worker_that_dies_before_it_said_so_makes_it_again(
    granted, administration, secret, leader, colleague, monkeypatch
):
    made = ask(administration, leader)

    def die(*args: object, **kwargs: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as killed:
        killed.setattr(grant_exports, "record", die)
        with pytest.raises(KeyboardInterrupt):
            make()
    made.refresh_from_db()
    assert made.made_at is None
    assert make() == [made.pk]
    assert len(opened(fetch(made, colleague), secret)) == 6


def test_without_the_key_of_the_seals_nothing_is_made(granted, administration, leader, files, caplog):
    made = ask(administration, leader)
    with as_role("koppel"):
        keys.key_folder().destroy(SEAL_KEY_NAME)
    assert make() == []
    assert caplog.messages == [f"uitvoer {made.pk}: KeyUnavailable"]
    assert not files.exists()


def test_nobody_is_left_out_silently(granted, administration, leader):
    made = ask(administration, leader)
    with connections["migrate"].cursor() as cursor:
        cursor.execute("UPDATE outreach_householdmember SET addressee = false")
        cursor.execute("DELETE FROM outreach_candidacy_persons")
    assert make() == []
    made.refresh_from_db()
    assert made.made_at is None


# -- the canary ------------------------------------------------------------------------------------


def test_the_number_is_in_the_file_alone(
    granted, administration, secret, leader, colleague, files, caplog, monkeypatch
):
    sent = []
    monkeypatch.setattr("celery.app.base.Celery.send_task", lambda self, *a, **k: sent.append((a, k)))
    caplog.set_level(logging.DEBUG)
    pages = _walk(administration, leader, colleague)
    needles = [form for number in (ANNA, BEN, KIND, CARL) for form in (number, number.lstrip("0"))]
    for number in needles:
        assert relations_that_show(number) == []
        assert relations_that_show(number, "migrate") == []
        assert number not in caplog.text
        assert number not in str(sent)
        assert not any(number.encode() in page for page in pages)
        assert not any(number.encode() in path.read_bytes() for path in files.rglob("*") if path.is_file())
    assert [arguments for arguments, _ in sent] == [("eligibility.tasks.sweep_exports",)]
    assert ANNA in pyrage.decrypt(pages[-2], [secret]).decode()


def _walk(administration: PayingAdministration, leader: User, colleague: User) -> list[bytes]:
    """Ask and fetch on the pages, and a second time. The file is the last but one."""
    first, second = Client(), Client()
    first.force_login(leader)
    second.force_login(colleague)
    answers = [first.post("/brieven/uitvoer/vragen/", {"administration": administration.pk}, follow=True)]
    made = GrantExport.objects.get()
    make()
    answers += [first.get("/brieven/uitvoer/"), second.get("/brieven/uitvoer/")]
    answers.append(second.post(f"/brieven/uitvoer/{made.pk}/ophalen/"))
    answers.append(second.post(f"/brieven/uitvoer/{made.pk}/ophalen/", follow=True))
    assert (
        answers[-2].headers["Content-Disposition"] == f'attachment; filename="toekenningen-{made.pk}.csv.age"'
    )
    assert "al opgehaald" in answers[-1].content.decode()
    return [answer.content for answer in answers]


def test_a_second_fetch_is_written_down(granted, administration, leader, colleague):
    made = ask(administration, leader)
    make()
    client = Client()
    client.force_login(colleague)
    for _ in range(2):
        client.post(f"/brieven/uitvoer/{made.pk}/ophalen/")
    with connections["migrate"].cursor() as cursor:
        cursor.execute(
            "SELECT handeling FROM audit.gebeurtenis WHERE onderwerp = 'uitvoer' AND ids = %s"
            " ORDER BY id DESC LIMIT 4",
            [[str(made.pk)]],
        )
        acts = [act for (act,) in cursor.fetchall()]
    assert acts == ["uitvoer_geweigerd", "uitvoer_opgehaald", "uitvoer_gemaakt", "uitvoer_gevraagd"]


def test_the_search_is_believed_since_it_finds_what_lies_there(granted, administration):
    PayingAdministration.objects.update(name=f"Uitkeringen {ANNA}")
    assert relations_that_show(ANNA) == ["public.letters_payingadministration"]


def test_only_the_worker_reads_the_seals_and_only_until_it_is_made(granted, administration, leader):
    made = ask(administration, leader)
    query = b"SELECT zegel FROM poort.uitvoer(%s)"
    with connected("koppel") as koppel:
        rows = koppel.execute(query, (made.pk,)).fetchall()
        assert len(rows) == 6
        assert not any(re.search(rb"\d{9}", bytes(seal)) for (seal,) in rows)
        make()
        assert koppel.execute(query, (made.pk,)).fetchall() == []
    with connected("web") as web, pytest.raises(psycopg.errors.InsufficientPrivilege):
        web.execute(query, (made.pk,))


# -- the key ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "problem"),
    [
        ("", "vereist"),
        ("age1nonsense", "geen openbare sleutel"),
        ("ssh-ed25519 AAAA", "geen openbare sleutel"),
        ("secret", "geheime sleutel"),
    ],
)
def test_a_key_is_looked_at_when_it_is_written_down(key: str, problem: str):
    given = str(pyrage.x25519.Identity.generate()) if key == "secret" else key
    form = PayingAdministrationForm({"name": "x", "public_key": given, "regelingen": ["stadspas"]})
    assert problem in str(form.errors["public_key"])
    assert "AGE-SECRET" not in str(form.errors)


def test_a_regeling_is_paid_by_one_administration(administration, secret):
    key = str(secret.to_public())
    form = PayingAdministrationForm(
        {"name": "x", "public_key": f" {key} ", "purpose": MINIMA, "regelingen": ["stadspas", "czv"]}
    )
    assert "betaalt al: Stadspas" in str(form.errors["regelingen"])
    form = PayingAdministrationForm(
        {"name": "x", "public_key": f" {key} ", "purpose": MINIMA, "regelingen": ["czv"]}
    )
    assert form.is_valid()
    assert form.cleaned_data["public_key"] == key
