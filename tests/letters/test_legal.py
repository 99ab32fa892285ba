"""Without a form only on a basis that a lawyer signed, and never for the Participatiewet, by any route."""

import datetime

import psycopg
import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connections

from letters.actions import grants, legal_bases
from letters.actions.grants import NoLegalBasis
from letters.models import Grant, LegalBasis
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Approach, Klasse, Mode, Regeling, Role, User
from outreach.models.approach import Result
from outreach.policies import NotNow
from tests import factories
from tests.letters.rounds import letter_round
from tests.roles import as_role

pytestmark = pytest.mark.django_db

DAY = datetime.date(2026, 3, 10)


@pytest.fixture
def lawyer(transactional_db: None) -> User:
    return factories.user(Role.JURIDISCH_ADVISEUR)


def signed(by: User, code: str = "stadspas", **fields: object) -> LegalBasis:
    given = {"text": "Raadsbesluit 2026-12", "dated": datetime.date(2026, 1, 1), "valid_until": None} | fields
    with acting_as(by.actor()):
        return legal_bases.sign(regeling=Regeling.objects.get(pk=code), by=by, **given)


def approach(code: str = "stadspas", klasse: str = Klasse.ZEKER, mode: str = Mode.AMBTSHALVE) -> Approach:
    household = factories.household()
    factories.candidacy(household, code, klasse, mode)
    with acting_as(SYSTEM_ACTOR):
        return letter_round([household], regeling=code).approaches.get()


def grant(one: Approach, on: datetime.date = DAY) -> Grant:
    with acting_as(SYSTEM_ACTOR):
        return grants.grant_ambtshalve(approach=one, on=on)


def test_a_signed_basis_carries_a_grant(lawyer: User):
    basis = signed(lawyer)
    one = approach()
    made = grant(one)
    assert (made.basis, made.legal_basis, made.application_id, made.by_person_id, made.granted_on) == (
        "ambtshalve", basis, None, None, DAY,
    )  # fmt: skip
    with acting_as(SYSTEM_ACTOR):
        one.refresh_from_db()
    assert one.result == Result.GRANTED
    with pytest.raises(grants.AlreadyGranted):
        grant(one)


@pytest.mark.parametrize(
    "fields",
    [
        {"dated": datetime.date(2026, 3, 11)},
        {"valid_until": datetime.date(2026, 3, 9)},
    ],
)
def test_a_basis_of_other_days_carries_none(lawyer: User, fields: dict):
    signed(lawyer, **fields)
    one = approach()
    with pytest.raises(NoLegalBasis):
        grant(one)
    assert not _grants()


def test_on_its_first_and_last_day_it_holds(lawyer: User):
    basis = signed(lawyer, dated=DAY, valid_until=DAY)
    assert legal_bases.current("stadspas", DAY) == basis
    assert legal_bases.current("stadspas", DAY - datetime.timedelta(days=1)) is None
    assert legal_bases.current("stadspas", DAY + datetime.timedelta(days=1)) is None
    assert grant(approach())


def test_the_newest_one_counts(lawyer: User):
    signed(lawyer)
    newer = signed(lawyer, dated=datetime.date(2026, 2, 1))
    signed(lawyer, dated=datetime.date(2026, 6, 1))
    assert legal_bases.current(Regeling.objects.get(pk="stadspas"), DAY) == newer


def test_what_is_withdrawn_carries_nothing_more_and_what_it_carried_stays(lawyer: User):
    basis = signed(lawyer)
    before = grant(approach())
    with acting_as(lawyer.actor()):
        legal_bases.withdraw(basis=basis, by=lawyer)
        with pytest.raises(NotNow, match="al ingetrokken"):
            legal_bases.withdraw(basis=basis, by=lawyer)
    with pytest.raises(NoLegalBasis):
        grant(approach())
    assert [one.pk for one in _grants()] == [before.pk]
    with acting_as(SYSTEM_ACTOR):
        # What hangs on a grant may still change: such as the file it goes out with.
        assert Grant.objects.update(export=None) == 1


def _grants() -> list[Grant]:
    with acting_as(SYSTEM_ACTOR):
        return list(Grant.objects.all())


@pytest.mark.parametrize("role", [role for role in Role if role != Role.JURIDISCH_ADVISEUR])
def test_only_a_lawyer_signs(role: Role):
    other = factories.user(role, team=factories.team() if role == Role.BUURTTEAM else None)
    with pytest.raises(PermissionDenied):
        signed(other)
    with connections["default"].cursor() as web, pytest.raises(Exception, match="signed by a lawyer"):
        web.execute(
            "INSERT INTO letters_legalbasis (regeling_id, text, dated, signed_by_id) VALUES"
            " ('stadspas', 'x', '2026-01-01', %s)",
            [other.pk],
        )


@pytest.mark.parametrize("code", ["czv", "iit", "scholierenvergoeding", "aov"])
def test_a_regeling_that_asks_for_a_form_gets_no_basis(lawyer: User, code: str):
    with pytest.raises(NotNow, match="niet zonder formulier"):
        signed(lawyer, code)
    _refused(
        f"INSERT INTO letters_legalbasis (regeling_id, text, dated, signed_by_id) VALUES"
        f" ('{code}', 'x', '2026-01-01', {lawyer.pk})",
        "grondslag_regeling",
    )


def test_what_was_signed_stays_as_it_was(lawyer: User):
    basis = signed(lawyer)
    web = connections["default"]
    for change in ("text = 'anders'", "dated = '2020-01-01'", "valid_until = NULL", "regeling_id = 'czv'"):
        with web.cursor() as cursor, pytest.raises(Exception, match="permission denied"):
            cursor.execute(f"UPDATE letters_legalbasis SET {change} WHERE id = {basis.pk}")
    consulent = factories.user(Role.CONSULENT)
    _refused(
        f"UPDATE letters_legalbasis SET withdrawn_at = now(), withdrawn_by_id = {consulent.pk}",
        "grondslag_jurist",
    )


def test_an_end_before_the_beginning_is_refused(lawyer: User):
    with pytest.raises(NotNow, match="einddatum"):
        signed(lawyer, valid_until=datetime.date(2025, 12, 31))
    _refused(
        "INSERT INTO letters_legalbasis (regeling_id, text, dated, valid_until, signed_by_id) VALUES"
        f" ('stadspas', 'x', '2026-01-01', '2025-12-31', {lawyer.pk})",
        "legal_basis_dates",
    )


# -- every way round it ----------------------------------------------------------------------------


def _refused(statement: str, constraint: str) -> None:
    """As web, with everything a page may say of itself."""
    web = connections["default"]
    with pytest.raises(IntegrityError) as refused, acting_as(SYSTEM_ACTOR), web.cursor() as cursor:
        cursor.execute(statement)
    cause = refused.value.__cause__
    assert isinstance(cause, psycopg.Error)
    assert cause.diag.constraint_name == constraint, cause


def _insert(one: Approach, basis: LegalBasis, day: str = "2026-03-10") -> str:
    return (
        "INSERT INTO letters_grant (approach_id, basis, legal_basis_id, granted_on) VALUES"
        f" ({one.pk}, 'ambtshalve', {basis.pk}, '{day}')"
    )


@pytest.mark.parametrize(
    ("code", "klasse", "mode"),
    [
        ("stadspas", Klasse.ONZEKER, Mode.FORMULIER),
        ("stadspas", Klasse.ZEKER, Mode.FORMULIER),
        ("czv", Klasse.ZEKER, Mode.FORMULIER),
        ("czv", Klasse.ZEKER, Mode.AMBTSHALVE),
    ],
)
def test_no_statement_grants_who_must_ask(lawyer: User, code: str, klasse: str, mode: str):
    basis = signed(lawyer)
    one = approach(code, klasse, mode)
    _refused(_insert(one, basis), "niet_ambtshalve")


def test_nor_one_on_the_wrong_day_or_a_withdrawn_basis(lawyer: User):
    basis = signed(lawyer, valid_until=datetime.date(2026, 3, 31))
    one = approach()
    _refused(_insert(one, basis, "2025-12-31"), "niet_ambtshalve")
    _refused(_insert(one, basis, "2026-04-01"), "niet_ambtshalve")
    with acting_as(lawyer.actor()):
        legal_bases.withdraw(basis=basis, by=lawyer)
    _refused(_insert(one, basis), "niet_ambtshalve")


def test_nor_one_that_makes_a_form_into_none(lawyer: User):
    basis = signed(lawyer)
    one, other = approach(), approach("czv", Klasse.ZEKER, Mode.FORMULIER)
    made = grant(one)
    _refused(f"UPDATE letters_grant SET approach_id = {other.pk} WHERE id = {made.pk}", "niet_ambtshalve")
    with acting_as(lawyer.actor()):
        legal_bases.withdraw(basis=basis, by=lawyer)
    _refused(f"UPDATE letters_grant SET granted_on = '2026-03-11' WHERE id = {made.pk}", "niet_ambtshalve")


def test_nor_does_another_law_make_way(lawyer: User):
    """Ticking the box, writing another law, or bringing in a regeling of one's own."""
    _refused(
        "UPDATE outreach_regeling SET ambtshalve = true WHERE code = 'czv'",
        "regeling_participatiewet_on_a_form",
    )
    for law in ("Gemeentewet", "", "PW"):
        _refused(
            f"UPDATE outreach_regeling SET legal_basis = '{law}', ambtshalve = true WHERE code = 'czv'",
            "wet_ligt_vast",
        )
    with connections["default"].cursor() as web, pytest.raises(Exception, match="permission denied"):
        web.execute("DELETE FROM outreach_regeling WHERE code = 'czv'")
    assert "czv" not in legal_bases.allowed().values_list("pk", flat=True)
    assert list(legal_bases.allowed().values_list("pk", flat=True)) == ["stadspas"]


def test_the_admin_does_not_make_way_either(client):
    client.force_login(factories.user(Role.FUNCTIONEEL_BEHEERDER))
    for law in ("Participatiewet", "Gemeentewet", ""):
        answer = client.post(
            "/beheer/outreach/regeling/czv/change/",
            {"name": "Zorg", "summary": "x", "conditions": "x", "legal_basis": law, "ambtshalve": "on"},
        )
        assert answer.status_code == 302, law
    found = Regeling.objects.get(pk="czv")
    assert (found.name, found.ambtshalve, found.legal_basis) == ("Zorg", False, "Participatiewet")
    with as_role("migrate"):
        Regeling.objects.filter(pk="czv").update(
            name="Collectieve zorgverzekering",
            summary="Een goede zorgverzekering met korting van de gemeente.",
            conditions="Een laag inkomen en weinig spaargeld.",
        )


def test_a_guard_that_is_taken_away_is_noticed(lawyer: User):
    """These tests are believed because the way is open without the trigger."""
    basis = signed(lawyer)
    one = approach("czv", Klasse.ZEKER, Mode.FORMULIER)
    with connections["migrate"].cursor() as migrate:
        migrate.execute("ALTER TABLE letters_grant DISABLE TRIGGER grondslag")
        try:
            with acting_as(SYSTEM_ACTOR), connections["default"].cursor() as web:
                web.execute(_insert(one, basis))
        finally:
            migrate.execute("ALTER TABLE letters_grant ENABLE TRIGGER grondslag")
    assert len(_grants()) == 1


def test_a_household_that_has_it_by_now_is_not_granted(lawyer: User):
    signed(lawyer)
    one = approach()
    with as_role("migrate"):
        Approach.objects.filter(pk=one.pk).update(lapsed=True)
    with pytest.raises(Exception, match="not without a form"):
        grant(one)
