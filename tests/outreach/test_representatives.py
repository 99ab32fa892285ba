"""Who acts for somebody: set and ended by who decides, one at a time, and never rewritten."""

import datetime
import threading

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, connections
from django.test import Client

from outreach.actions import representatives
from outreach.actions.representatives import Representation
from outreach.audit import Event
from outreach.kernel.db import NOBODY, SYSTEM_ACTOR, Actor, acting_as
from outreach.models import Representative, Role
from outreach.models.representative import RepresentativeKind
from outreach.policies import NotNow
from tests import days, factories
from tests.roles import as_role

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2026, 11, 22)
DAY = datetime.timedelta(days=1)
URL = "/huishoudens/{}/vertegenwoordiger/"
SAID = Representation(
    kind=RepresentativeKind.BEWINDVOERDER,
    name="Bewindkantoor De Brug",
    attention="mevrouw J. Kok",
    po_box=114,
    postcode="1234AB",
    city="Waterveen",
    document="beschikking 26/114",
    starts_on=TODAY,
)
SENT = {
    "kind": "bewindvoerder",
    "name": "Bewindkantoor De Brug",
    "attention": "mevrouw J. Kok",
    "po_box": "114",
    "postcode": "1234 ab",
    "city": "Waterveen",
    "document": "beschikking 26/114",
    "starts_on": "2026-11-22",
}


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    days.pin(monkeypatch, TODAY)


@pytest.fixture
def household():
    return factories.household()


@pytest.fixture
def person(household):
    with acting_as(SYSTEM_ACTOR):
        return household.members.get().person


def _set(person, user=None, **changes):
    user = user or factories.user(Role.CONSULENT)
    said = Representation(**{**{name: getattr(SAID, name) for name in SAID.__slots__}, **changes})
    with acting_as(user.actor()):
        return representatives.set_for(person=person, said=said, by=user)


def _client(user) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


def _audited(event: Event) -> list[str]:
    with connections["migrate"].cursor() as cursor:
        cursor.execute("SELECT bijzonderheden FROM audit.gebeurtenis WHERE handeling = %s", [event.value])
        return [row[0] for row in cursor.fetchall()]


def test_one_is_set_once_however_often_it_is_sent(person):
    before = len(_audited(Event.REPRESENTATIVE_SET))
    consulent = factories.user(Role.CONSULENT)
    assert _set(person, consulent) == _set(person, consulent)
    with acting_as(SYSTEM_ACTOR):
        one = Representative.objects.get()
    assert (one.set_by, one.address_line(), one.postcode_line()) == (
        consulent,
        "Postbus 114",
        "1234 AB Waterveen",
    )
    lines = _audited(Event.REPRESENTATIVE_SET)[before:]
    assert len(lines) == 1
    assert "Brug" not in lines[0]


@pytest.mark.parametrize("first", [TODAY, TODAY + 30 * DAY])
def test_there_is_one_in_force_at_a_time(person, first):
    _set(person)
    with pytest.raises(NotNow, match="al een vertegenwoordiger"):
        _set(person, name="Een ander", starts_on=first)


def test_after_the_last_day_there_may_be_a_next(person):
    _set(person, ends_on=TODAY)
    _set(person, name="Een ander", starts_on=TODAY + DAY)
    with acting_as(SYSTEM_ACTOR):
        on = [Representative.objects.in_force(day).get().name for day in (TODAY, TODAY + DAY)]
        assert not Representative.objects.in_force(TODAY - DAY).exists()
    assert on == ["Bewindkantoor De Brug", "Een ander"]


def test_two_at_once_leave_one(person):
    outcomes = []

    def attempt(name):
        try:
            _set(person, factories.user(Role.CONSULENT, username=name), name=name)
            outcomes.append("gezet")
        except NotNow:
            outcomes.append("bezet")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=attempt, args=(f"kantoor{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["bezet"] * 3 + ["gezet"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "buurman"},
        {"name": ""},
        {"document": ""},
        {"street": "", "house_number": None},
        {"po_box": 12},
        {"postcode": "12 4AB"},
        {"ends_on": datetime.date(2025, 12, 30)},
        {"ended_at": datetime.datetime(2026, 2, 1, tzinfo=datetime.UTC)},
    ],
)
def test_the_database_refuses_what_contradicts_itself(person, wrong):
    with acting_as(SYSTEM_ACTOR), pytest.raises(IntegrityError), acting_as(SYSTEM_ACTOR):
        factories.representative(person, **wrong)


def test_ending_is_done_once_and_a_mistake_was_never_in_force(person):
    consulent = factories.user(Role.CONSULENT)
    one = _set(person, consulent)
    with acting_as(consulent.actor()):
        with pytest.raises(NotNow, match="te vroeg"):
            representatives.end(representative=one, last_day=TODAY - 2 * DAY, by=consulent)
        assert representatives.end(representative=one, last_day=TODAY - DAY, by=consulent)
        assert not representatives.end(representative=one, last_day=TODAY - DAY, by=consulent)
        with pytest.raises(NotNow, match=f"de laatste dag is al {TODAY - DAY:%d-%m-%Y}"):
            representatives.end(representative=one, last_day=TODAY, by=consulent)
        assert Representative.objects.get(pk=one.pk).ends_on == TODAY - DAY
        assert not Representative.objects.in_force(TODAY).exists()
    _set(person, consulent)


def test_it_does_not_end_later_than_it_would_by_itself(person):
    consulent = factories.user(Role.CONSULENT)
    one = _set(person, consulent, ends_on=TODAY + DAY)
    with acting_as(consulent.actor()), pytest.raises(NotNow, match="loopt al af"):
        representatives.end(representative=one, last_day=TODAY + 2 * DAY, by=consulent)


def test_what_was_set_stays_whatever_the_code_does(person):
    one = _set(person)
    for change in ({"name": "Een ander"}, {"starts_on": TODAY - DAY}):
        with pytest.raises(DatabaseError, match="permission denied"), acting_as(SYSTEM_ACTOR):
            Representative.objects.filter(pk=one.pk).update(**change)
    with pytest.raises(DatabaseError, match="permission denied"), acting_as(SYSTEM_ACTOR):
        Representative.objects.filter(pk=one.pk).delete()
    with pytest.raises(DatabaseError, match="added once"), acting_as(SYSTEM_ACTOR):
        Representative.objects.filter(pk=one.pk).update(ends_on=TODAY)


def test_who_decides_on_applications_may_set_one_and_nobody_else(person):
    outside = factories.team("Buiten", municipal=False)
    for role in (Role.BUURTTEAM, Role.APPLICATIEBEHEERDER, Role.PRIVACY_OFFICER):
        with pytest.raises(PermissionDenied):
            _set(person, factories.user(role, team=factories.team()))
    with pytest.raises(PermissionDenied):
        _set(person, factories.user(Role.CONSULENT, team=outside))
    _set(person, factories.user(Role.TEAMLEIDER))


def test_the_row_is_for_the_municipality_where_the_person_is_seen(person):
    _set(person)
    own = {"areas": ("BU03630001",)}
    for actor, count in [
        (NOBODY, 0),
        (Actor(id="1", kind="buurtteam", municipal=False, **own), 0),
        (Actor(id="1", kind="buurtteam", **own), 1),
        (Actor(id="1", kind="consulent", areas=("BU03639999",)), 0),
        (Actor(id="1", kind="consulent", all_areas=True, municipal=False), 0),
        (Actor(id="1", kind="applicatiebeheerder"), 0),
        (Actor(id="1", kind="drukker", team="1"), 0),
        (SYSTEM_ACTOR, 1),
    ]:
        with acting_as(actor):
            assert Representative.objects.count() == count, actor
    with as_role("koppel"), pytest.raises(DatabaseError, match="permission denied"), acting_as(SYSTEM_ACTOR):
        Representative.objects.count()


def test_a_consulent_adds_one_and_ends_it_without_a_script(household, person):
    client = _client(factories.user(Role.CONSULENT))
    page = f"/huishoudens/{household.pk}/"
    assert "Brieven gaan naar de inwoner zelf." in client.get(page).content.decode()
    sent = client.post(URL.format(household.pk), {**SENT, "person": str(person.pk)})
    assert sent.status_code == 302
    shown = client.get(page).content.decode()
    for words in ("Bewindkantoor De Brug", "Bewindvoerder van Aad", "Postbus 114, 1234 AB Waterveen"):
        assert words in shown
    with acting_as(SYSTEM_ACTOR):
        one = Representative.objects.get()
    end = f"{URL.format(household.pk)}{one.pk}/einde/"
    assert end in shown
    assert client.get(end).status_code == 200
    assert client.post(end, {"last_day": "2026-11-21"}).status_code == 302
    assert "Bewindkantoor" not in client.get(page).content.decode().split("kit-toast")[0]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"po_box": ""}, "Vul een straat in, of een postbus."),
        ({"street": "Singel", "house_number": "8"}, "Niet allebei."),
        ({"po_box": "", "street": "Singel"}, "Vul een huisnummer in."),
        ({"postcode": "123"}, "Vul een postcode in, zoals 1234 AB."),
        ({"document": ""}, "Vul in uit welk papier dit blijkt."),
        ({"document": "van 123456782"}, "een BSN"),
        ({"name": "x" * 101}, "te lang"),
        ({"ends_on": "2026-11-21"}, "vóór de eerste dag"),
        ({"starts_on": "2029-01-01"}, "meer dan een jaar"),
        ({"person": ""}, "Kies voor wie"),
        ({"name": "W" * 49}, "venster"),
        ({"name": "张伟"}, "een teken dat de drukker niet kan afdrukken"),
    ],
)
def test_the_form_says_what_is_wrong(household, person, changes, says):
    client = _client(factories.user(Role.CONSULENT))
    sent = client.post(URL.format(household.pk), {**SENT, "person": str(person.pk), **changes})
    assert sent.status_code == 422
    assert says in sent.content.decode()
    with acting_as(SYSTEM_ACTOR):
        assert not Representative.objects.exists()


def test_one_of_another_household_is_not_there(household):
    other = factories.household()
    with acting_as(SYSTEM_ACTOR):
        one = factories.representative(other.members.get().person)
    client = _client(factories.user(Role.CONSULENT))
    assert client.get(f"{URL.format(household.pk)}{one.pk}/einde/").status_code == 404


def test_a_team_outside_the_municipality_sees_nothing_of_it(household, person):
    _set(person)
    outside = factories.user(Role.BUURTTEAM, team=factories.team("Buiten", municipal=False))
    assert "Vertegenwoordiger" not in _client(outside).get(f"/huishoudens/{household.pk}/").content.decode()
    seen = len(_audited(Event.REPRESENTATIVE_SEEN))
    inside = factories.user(Role.BUURTTEAM, team=factories.team("Binnen"))
    shown = _client(inside).get(f"/huishoudens/{household.pk}/").content.decode()
    assert "Bewindkantoor De Brug" in shown
    assert "/vertegenwoordiger/" not in shown
    assert len(_audited(Event.REPRESENTATIVE_SEEN)) == seen + 1
