"""The privacy officer's reports: who looked at a household, what somebody did, who has which role."""

import datetime
import json
import re

import psycopg
import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from letters.actions.household_keys import keys_of
from outreach.actions import audit_reports, role_reviews
from outreach.actions.audit_reports import LOOKS
from outreach.audit import Event, record
from outreach.forms.audit import usual
from outreach.kernel.db import SYSTEM_ACTOR, acting_as, dedicated_connection
from outreach.models import Handover, Household, Role, RoleReview, User
from outreach.policies import NotNow
from tests import factories
from tests.eligibility.casework import Casework
from tests.outreach import visits
from tests.roles import as_role

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer() -> User:
    return factories.user(Role.PRIVACY_OFFICER)


@pytest.fixture
def household() -> Household:
    return factories.household()


def client_of(user: User) -> Client:
    made = Client()
    made.force_login(user)
    return made


def looks_at(household: Household, officer: User) -> list[str]:
    """Who only looked at a household, as the report tells."""
    with acting_as(officer.actor()):
        page = audit_reports.about_household(household.pk, keys_of(household.pk), usual())
    return [line.who for line in page.lines if line.looks]


# --- who looked at a household ---


def test_the_report_tells_what_an_independent_log_of_the_clients_tells(officer, household):
    """Three people open pages of two households; each is in the report as often as he asked."""
    other = factories.household()
    asked = {household.pk: [], other.pk: []}
    for user in (factories.user(), factories.user(Role.TEAMLEIDER), factories.user()):
        for target in (household, other, household):
            assert client_of(user).get(reverse("household", args=[target.pk])).status_code == 200
            asked[target.pk].append(f"{user.display_name()} ({user.username})")
    for target in (household, other):
        assert sorted(looks_at(target, officer)) == sorted(asked[target.pk])


def test_who_saw_it_in_a_list_is_in_the_report_too(officer, household):
    user = factories.user()
    with acting_as(user.actor()):
        record(Event.LOOPLIJST_SEEN, "huishouden", [factories.household().pk, household.pk])
        person = household.members.get().person_id
        record(Event.REPRESENTATIVE_SET, "persoon", [person])
        # The same key of another kind of thing is something else.
        record(Event.WORK_SEEN, "opdracht", [household.pk])
    with acting_as(officer.actor()):
        page = audit_reports.about_household(household.pk, keys_of(household.pk), usual())
    assert [(line.act, line.together) for line in page.lines] == [
        (Event.REPRESENTATIVE_SET.label, 1),
        (Event.LOOPLIJST_SEEN.label, 2),
    ]


#: What is made with a key of its own, and under which the audit knows it.
SUBJECTS = {
    *("persoon", "huishouden", "benadering", "brief", "taak", "deel", "partij", "intrekking", "aanvraag"),
    *("uitvoer", "deling", "scan", "werk", "overdracht", "overdracht aan een organisatie"),
    *("veiligheidsinstructie", "looplijst", "afdruk", "verzoek van een inwoner", "verzoek tot ontzegelen"),
}


def _keys_of_a_resident(person: object) -> dict[str, list[object]]:
    """Those by which he is told what was done with his data; the function is of the owner of the box."""
    with as_role("migrate"), connection.cursor() as cursor:
        cursor.execute("SET ROLE bereik_eigenaar")
        try:
            cursor.execute("SELECT poort.inzage_sleutels(%s)::text", [person])
            return json.loads(cursor.fetchone()[0])
        finally:
            cursor.execute("RESET ROLE")


def test_the_report_and_the_answer_to_a_resident_know_the_same_kinds_and_keys(officer):
    of = Casework()
    with acting_as(officer.actor()):
        for_the_officer = keys_of(of.household.pk)
    for_him = _keys_of_a_resident(of.person.pk)
    assert set(for_the_officer) == set(for_him) == SUBJECTS
    assert all(set(map(str, for_him[kind])) <= set(map(str, for_the_officer[kind])) for kind in SUBJECTS)
    filled = {kind for kind, found in for_the_officer.items() if found}
    assert filled >= {"benadering", "brief", "taak", "deel", "aanvraag", "scan", "looplijst", "afdruk"}


def test_what_was_done_with_a_list_or_a_request_of_one_of_them_is_in_the_report(officer):
    of = Casework()
    with acting_as(officer.actor()):
        keys = keys_of(of.household.pk)
        record(Event.LOOPLIJST_GIVEN, "looplijst", keys["looplijst"])
        page = audit_reports.about_household(of.household.pk, keys, usual())
    assert Event.LOOPLIJST_GIVEN.label in [line.act for line in page.lines]


def test_the_keys_of_one_household_are_not_those_of_another_with_the_same_person(officer):
    person = factories.person()
    household = factories.household(adults=[person])
    later = factories.household(
        in_handover=factories.handover(datetime.date(2025, 3, 1)), adults=[person], street="Elders"
    )
    with acting_as(officer.actor()):
        assert set(keys_of(household.pk)["huishouden"]) == {str(household.pk), str(person.pk)}
        assert str(household.pk) not in keys_of(later.pk)["huishouden"]


def test_what_counts_as_looking():
    assert {event.value for event in (Event.HOUSEHOLD_SEEN, Event.SCAN_SEEN, Event.PART_FETCHED)} <= LOOKS
    assert not {event.value for event in (Event.GESPREK_SAVED, Event.BREACH_SEEN, Event.WORK_OPENED)} & LOOKS


def test_a_report_leaves_a_line_and_is_refused_without_it(officer, household):
    tail = visits.AuditTail()
    url = reverse("admin:audit_household", args=[household.pk])
    client = client_of(officer)
    assert client.get(url).status_code == 200
    assert tail.lines(Event.AUDIT_READ) == [(str(officer.pk), "huishouden", [str(household.pk)], {})]
    with visits.as_owner() as cursor:
        cursor.execute("ALTER TABLE audit.gebeurtenis ADD CONSTRAINT stuk CHECK (false) NOT VALID")
    try:
        client.raise_request_exception = False
        assert client.get(url).status_code == 500
    finally:
        with visits.as_owner() as cursor:
            cursor.execute("ALTER TABLE audit.gebeurtenis DROP CONSTRAINT stuk")


def test_a_page_shows_a_hundred_and_leads_to_the_rest(officer, household):
    user = factories.user()
    with acting_as(user.actor()):
        for _ in range(101):
            record(Event.HOUSEHOLD_SEEN, "huishouden", [household.pk])
    client = client_of(officer)
    page = client.get(reverse("admin:audit_household", args=[household.pk])).content.decode()
    assert page.count(Event.HOUSEHOLD_SEEN.label) == 100
    older = re.search(r'href="(\?[^"]+)">Oudere', page)[1].replace("&amp;", "&")
    rest = client.get(reverse("admin:audit_household", args=[household.pk]) + older).content.decode()
    assert rest.count(Event.HOUSEHOLD_SEEN.label) == 1


def test_days_outside_the_period_are_left_out(officer, household):
    with acting_as(factories.user().actor()):
        record(Event.HOUSEHOLD_SEEN, "huishouden", [household.pk])
    url = reverse("admin:audit_household", args=[household.pk])
    client = client_of(officer)
    page = client.get(url, {"van": "2020-01-01", "tot": "2020-12-31"}).content.decode()
    assert "In deze dagen staat er niets in de audit." in page
    wrong = client.get(url, {"van": "2020-12-31", "tot": "2020-01-01"}).content.decode()
    assert "De laatste dag ligt voor de eerste." in wrong


def test_an_address_leads_to_its_households_and_stands_in_no_address_of_the_site(officer):
    of_old = factories.household(house_number=12, in_handover=factories.handover(datetime.date(2025, 3, 1)))
    now = factories.household(house_number=12, adults=[factories.person(family_name="Zichtbaar")])
    tail = visits.AuditTail()
    answer = client_of(officer).post(
        reverse("admin:audit"), {"household": "1", "postcode": "1099 ab", "house_number": "12"}
    )
    page = answer.content.decode()
    assert [page.index(str(one.pk)) for one in (now, of_old)] == sorted(
        page.index(str(one.pk)) for one in (now, of_old)
    )
    assert "Zichtbaar" not in page
    ((_, subject, ids, _),) = tail.lines(Event.HOUSEHOLDS_SEARCHED)
    assert (subject, set(ids)) == ("huishouden", {str(now.pk), str(of_old.pk)})


def test_a_pasted_address_of_a_page_leads_to_its_report(officer, household):
    answer = client_of(officer).post(
        reverse("admin:audit"),
        {"household": "1", "number": f"https://b.example/huishouden/{household.pk}/?x=1"},
    )
    assert answer.url == reverse("admin:audit_household", args=[household.pk])


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({}, "Vul een postcode en een huisnummer in"),
        ({"postcode": "12", "house_number": "1"}, "Vul een postcode in zoals"),
        ({"number": "geen nummer"}, "Hierin staat geen nummer"),
    ],
)
def test_what_was_typed_wrong_is_said(officer, sent, says):
    answer = client_of(officer).post(reverse("admin:audit"), {"household": "1", **sent})
    assert answer.status_code == 422
    assert says in answer.content.decode()


# --- what somebody did ---


def test_what_somebody_did_is_told_and_nothing_of_a_colleague(officer, household):
    user, colleague = factories.user(), factories.user()
    for one in (user, colleague):
        with acting_as(one.actor()):
            record(Event.HOUSEHOLD_SEEN, "huishouden", [household.pk], details={"waar": one.username})
    answer = client_of(officer).post(reverse("admin:audit"), {"user": user.pk})
    assert answer.url == reverse("admin:audit_user", args=[user.pk])
    page = client_of(officer).get(answer.url).content.decode()
    assert f"waar: {user.username}" in page
    assert colleague.username not in page
    assert reverse("admin:audit_household", args=[household.pk]) in page


def test_more_lines_cost_no_more_queries(officer, household, django_assert_num_queries):
    users = [factories.user(team=factories.team(f"Team {number}")) for number in range(6)]
    for user in users:
        with acting_as(user.actor()):
            record(Event.HOUSEHOLD_SEEN, "huishouden", [household.pk])
    with acting_as(officer.actor()), django_assert_num_queries(3):
        audit_reports.about_household(household.pk, {"huishouden": [household.pk]}, usual())


# --- only the privacy officer, whoever asks ---

DOORS = (
    "SELECT * FROM poort.regels_over(gen_random_uuid(), '{}', '-infinity', 'infinity', 9223372036854775807)",
    "SELECT * FROM poort.regels_van('1', '-infinity', 'infinity', 9223372036854775807)",
    "SELECT * FROM poort.zoek_adres('1099AB', 1)",
    "SELECT * FROM poort.stand_van_verzegelen()",
    "SELECT poort.sleutels_van_huishouden(gen_random_uuid())",
)


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("role", [role for role in Role if role != Role.PRIVACY_OFFICER])
def test_no_other_role_opens_a_door_to_the_audit(web_connection, door, role):
    with web_connection.transaction(force_rollback=True):
        web_connection.execute(
            "SELECT set_config('bereik.actor', '1', true), set_config('bereik.soort', %s, true),"
            " set_config('bereik.team', '', true)",
            [role.value],
        )
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            web_connection.execute(door)


def test_without_its_guard_a_door_is_open(web_connection):
    """The guard is one function: when it lets everybody in, so do the doors."""
    guard = "CREATE OR REPLACE FUNCTION poort.alleen_privacy_officer() RETURNS void LANGUAGE {} AS {}"
    with visits.as_owner() as cursor:
        cursor.execute("SELECT pg_get_functiondef('poort.alleen_privacy_officer()'::regprocedure)")
        sound = cursor.fetchone()[0]
        cursor.execute(guard.format("plpgsql STABLE SET search_path = pg_catalog, pg_temp", "'BEGIN END'"))
    try:
        with web_connection.transaction(force_rollback=True):
            web_connection.execute(
                "SELECT set_config('bereik.actor', '1', true), set_config('bereik.soort', 'consulent', true),"
                " set_config('bereik.team', '', true)"
            )
            for door in DOORS:
                web_connection.execute(door)
    finally:
        with visits.as_owner() as cursor:
            cursor.execute(sound)


# --- who has which role ---


SIGN = "INSERT INTO outreach_rolereview (quarter, sha256, remark, signed_by_id) VALUES ('2026-4', %s, '', %s)"


def sign(officer: User, sha256: str, remark: str = "") -> RoleReview:
    with acting_as(officer.actor()):
        return role_reviews.sign(sha256=sha256, remark=remark, by=officer)


def test_the_privacy_officer_signs_the_list_that_he_sees(officer):
    team = factories.team("Team Noord")
    factories.user(Role.BUURTTEAM, team=team, username="tess")
    gone = factories.user(username="weg")
    gone.is_active = False
    gone.save(update_fields=["is_active"])
    tail = visits.AuditTail()
    client = client_of(officer)
    page = client.get(reverse("admin:audit_roles")).content.decode()
    assert "Team Noord" in page
    assert ">weg<" not in page
    shown = re.search(r'name="sha256" value="([0-9a-f]{64})"', page)[1]
    client.post(reverse("admin:audit_roles"), {"sha256": shown, "remark": "Niets veranderd"})
    review = RoleReview.objects.get()
    assert (review.signed_by, review.sha256, review.remark) == (officer, shown, "Niets veranderd")
    assert [one["gebruiker"] for one in review.listed if one["rol"] == "buurtteam"] == ["tess"]
    assert [line[:3] for line in tail.lines(Event.ROLES_SIGNED)] == [
        (str(officer.pk), "rollenlijst", [str(review.pk)])
    ]
    kept = client.get(reverse("admin:audit_role_review", args=[review.pk])).content.decode()
    assert shown in kept
    assert "tess" in kept


def test_a_list_that_changed_meanwhile_is_not_signed(officer):
    shown = role_reviews.current().sha256
    factories.user(username="nieuw")
    with pytest.raises(NotNow, match="veranderd sinds"):
        sign(officer, shown)
    answer = client_of(officer).post(reverse("admin:audit_roles"), {"sha256": shown}, follow=True)
    assert "De lijst is veranderd sinds je hem zag" in answer.content.decode()
    assert not RoleReview.objects.exists()


def test_nobody_signs_who_gives_the_roles_not_even_in_sql(officer):
    giver = factories.user(Role.FUNCTIONEEL_BEHEERDER)
    sha256 = role_reviews.current().sha256
    for actor, signer in ((giver, giver), (giver, officer)):
        with as_role("web"), dedicated_connection() as web, web.transaction(force_rollback=True):
            web.execute("SELECT set_config('bereik.actor', %s, true)", [str(actor.pk)])
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                web.execute(SIGN, [sha256, signer.pk])


@pytest.mark.parametrize("trigger", ["als_getoond"])
def test_without_its_guard_anybody_signs_anything(officer, trigger):
    giver = factories.user(Role.FUNCTIONEEL_BEHEERDER)
    with as_role("migrate"), connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE outreach_rolereview DISABLE TRIGGER {trigger}")
        cursor.execute("ALTER TABLE outreach_rolereview ALTER listed SET DEFAULT '[]'")
    try:
        with as_role("web"), dedicated_connection() as web, web.transaction(force_rollback=True):
            web.execute(
                SIGN,
                ["x", giver.pk],
            )
    finally:
        with as_role("migrate"), connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE outreach_rolereview ENABLE TRIGGER {trigger}")
            cursor.execute("ALTER TABLE outreach_rolereview ALTER listed DROP DEFAULT")


@pytest.mark.parametrize(
    ("day", "quarter"), [((2026, 1, 1), "2026-1"), ((2026, 3, 31), "2026-1"), ((2026, 12, 31), "2026-4")]
)
def test_a_quarter(day, quarter):
    assert role_reviews.quarter_of(datetime.date(*day)) == quarter


def test_the_first_page_says_what_is_not_signed_and_how_far_sealing_is(officer):
    with acting_as(SYSTEM_ACTOR):
        record(Event.ROUND_MADE, "ronde", [Handover.objects.count()])
    client = client_of(officer)
    page = client.get(reverse("admin:audit")).content.decode()
    assert "is nog niet ondertekend" in page
    assert "op een zegel, de oudste sinds" in page
    sign(officer, role_reviews.current().sha256)
    assert "is nog niet ondertekend" not in client.get(reverse("admin:audit")).content.decode()
    assert reverse("admin:audit") in client.get(reverse("admin:index")).content.decode()
    beheerder = client_of(factories.user(Role.FUNCTIONEEL_BEHEERDER))
    assert reverse("admin:audit") not in beheerder.get(reverse("admin:index")).content.decode()
