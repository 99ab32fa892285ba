"""Finding somebody at the desk: by a name as it is heard, by an address; by who may see him alone."""

import datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from letters.composition.codes import human
from outreach.audit import Event
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Person, Role, User
from outreach.models.household import HouseholdQuerySet
from tests import factories
from tests.letters import rounds
from tests.outreach.visits import AuditTail, broken_audit
from tests.roles import as_role

pytestmark = pytest.mark.django_db
URL = "/zoeken/"


def _found(name: str) -> set[str]:
    with acting_as(SYSTEM_ACTOR), connection.cursor() as cursor:
        cursor.execute("SELECT poort.zoek_personen(%s)", [name])
        keys = [key for (key,) in cursor.fetchall()]
        return set(Person.objects.filter(pk__in=keys).values_list("family_name", flat=True))


@pytest.mark.parametrize(
    ("given", "prefix", "family", "asked"),
    [
        ("Ayşe Nur", "", "Yılmaz", ["yilmaz", "Yılmaz", "YILMAZ", "ayse yil", "nur"]),
        ("Zoë", "van der", "Berg", ["berg", "van der berg", "v berg", "zoe berg", "der"]),
        ("Łukasz", "", "Żółć", ["zolc", "lukasz", "Żółć"]),
        ("Jan", "'t", "Hart", ["t hart", "'t Hart", "’t Hart", "jan hart"]),
        ("Bo", "", "Straßer-Ørsted", ["strasser", "orsted", "Straßer Ørs"]),
        ("Rene\u0301", "", "Da\u0308hn", ["rené", "dähn", "dahn"]),
    ],
)
def test_a_name_is_found_as_it_is_heard(given, prefix, family, asked):
    factories.household(adults=[factories.person(given_names=given, prefix=prefix, family_name=family)])
    factories.household(adults=[factories.person(given_names="Kees", family_name="Overbergen")])
    assert [_found(words) for words in asked] == [{family}] * len(asked)


def test_all_words_have_to_fit_and_each_at_the_beginning_of_a_name():
    factories.household(adults=[factories.person(given_names="Kees", family_name="Overbergen")])
    assert _found("kees over") == {"Overbergen"}
    for words in ("bergen", "kees jansen", "", "  ", "%", "_", "'", "k%s"):
        assert _found(words) == set()


def test_the_key_follows_the_name():
    person = factories.person(family_name="Oud")
    factories.household(adults=[person])
    with as_role("migrate"):
        Person.objects.filter(pk=person.pk).update(family_name="Nieuw")
    assert _found("oud") == set()
    assert _found("nieuw") == {"Nieuw"}


#: So many households that reading them all costs more than the index.
CROWD = 2000


def test_the_search_itself_reads_the_index_and_not_the_whole_town():
    """Counted by the server while the function runs as the pages call it: behind row policies there is no way
    to the index."""
    people = Path(settings.BASE_DIR, "tools", "bench_walks.sql").read_text(encoding="utf-8")
    factories.household(adults=[factories.person(family_name="Zeldzaam")])
    with as_role("migrate"), connection.cursor() as cursor:
        cursor.execute(people, {"count": CROWD, "handover": 1001, "buurt": "BU1"})
        cursor.execute("VACUUM ANALYZE outreach_person, outreach_household, outreach_householdmember")
    with acting_as(SYSTEM_ACTOR), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT poort.zoek_personen('zeldz')")
        assert len(cursor.fetchall()) == 1
        cursor.execute(
            "SELECT pg_stat_get_xact_numscans(c.oid) FROM pg_class c"
            " WHERE c.relname IN ('person_search', 'outreach_person') ORDER BY c.relname DESC"
        )
        assert [count for (count,) in cursor.fetchall()] == [1, 0]


def _client(user: User) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


def _page(user: User, words: str) -> str:
    response = _client(user).post(URL, {"zoek": words})
    assert response.status_code == 200, response.content.decode()[:2000]
    return response.content.decode()


@pytest.fixture
def consulent() -> User:
    return factories.user(Role.CONSULENT)


@pytest.mark.parametrize("words", ["1099 AB 12", "1099ab 12", "1099 AB, 12", "1099 ab 12 A", "1099AB 12-a"])
def test_an_address_is_found_as_it_is_typed(consulent, words):
    one = factories.household(street="Gerststraat", house_number=12, house_letter="A")
    factories.household(street="Roggestraat", house_number=13)
    text = _page(consulent, words)
    assert f"/huishoudens/{one.pk}/" in text
    assert "1 huishouden gevonden" in text


def test_an_addition_that_is_not_there_is_not_found(consulent):
    factories.household(house_number=12, house_letter="A")
    assert "0 huishoudens gevonden" in _page(consulent, "1099 AB 12 B")


def test_a_letter_leads_to_its_household_by_code_and_by_kenmerk(consulent):
    [letter] = rounds.letters(rounds.made(1, children=1))
    for typed in (human(letter.form_code), f"{letter.round_id}-{letter.form_code[:8]}"):
        assert f"/huishoudens/{letter.household_id}/" in _page(consulent, typed)


def test_the_newest_household_of_somebody_is_found_and_no_older_one(consulent):
    person = factories.person(family_name="Verhuisd")
    old = factories.household(
        adults=[person], in_handover=factories.handover(datetime.date(2025, 1, 1)), street="Oudeweg"
    )
    new = factories.household(adults=[person], in_handover=factories.handover(), street="Nieuweweg")
    text = _page(consulent, "verhuisd")
    assert f"/huishoudens/{new.pk}/" in text
    assert str(old.pk) not in text


def test_who_stayed_behind_is_found_where_he_stayed(consulent):
    """Of a couple one lives elsewhere in the next koppeling, and the other came out of none since."""
    gone, stayed = factories.person(family_name="Weggegaan"), factories.person(family_name="Gebleven")
    old = factories.household(
        adults=[gone, stayed],
        in_handover=factories.handover(datetime.date(2025, 1, 1)),
        house_number=44,
    )
    new = factories.household(adults=[gone], in_handover=factories.handover(), house_number=45)
    assert f"/huishoudens/{old.pk}/" in _page(consulent, "gebleven")
    assert f"/huishoudens/{old.pk}/" in _page(consulent, "1099 AB 44")
    text = _page(consulent, "weggegaan")
    assert f"/huishoudens/{new.pk}/" in text
    assert str(old.pk) not in text


def test_twenty_are_shown_and_who_finds_more_is_asked_to_be_precise(consulent):
    handover = factories.handover()
    for _ in range(21):
        factories.household(
            in_handover=handover, adults=[factories.person(given_names="Jan", family_name="Jansen")]
        )
    text = _page(consulent, "jansen")
    assert text.count('<tr class="utrecht-table__row">') == 20
    assert "Meer dan 20 huishoudens gevonden" in text
    assert "Zoek preciezer" in text


def test_more_hits_cost_no_more_queries(consulent):
    handover = factories.handover()
    client, counts = _client(consulent), []
    for _ in (1, 15):
        for _ in range(1 + 7 * len(counts)):
            factories.household(in_handover=handover, adults=[factories.person(family_name="Jansen")])
        with CaptureQueriesContext(connection) as queries:
            assert client.post(URL, {"zoek": "jansen"}).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("patched", [False, True], ids=["with filters", "row policies alone"])
def test_nobody_is_found_who_may_not_be_seen(monkeypatch, patched):
    """By name, address and code: other areas and protected addresses, also without the filters."""
    if patched:
        monkeypatch.setattr(HouseholdQuerySet, "for_user", lambda self, user: self)
    outsider = factories.user(Role.BUURTTEAM, team=factories.team("Zuid", buurten=["BU9"], municipal=False))
    [letter] = rounds.letters(rounds.made(1, children=1))
    elsewhere = factories.household(adults=[factories.person(family_name="Elders")], house_number=700)
    hidden = factories.household(
        adults=[factories.person(family_name="Geheim")],
        buurt_code="BU9",
        house_number=701,
        confidential=True,
    )
    for words in ("elders", "geheim", "1099 AB 700", "1099 AB 701", human(letter.form_code)):
        text = _page(outsider, words)
        assert "0 huishoudens gevonden" in text
        for one in (elsewhere.pk, hidden.pk, letter.household_id):
            assert str(one) not in text


def test_the_database_tells_a_team_no_key_of_somebody_elsewhere():
    outsider = factories.user(Role.BUURTTEAM, team=factories.team("Zuid", buurten=["BU9"]))
    factories.household(adults=[factories.person(family_name="Elders")])
    with acting_as(outsider.actor()), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM poort.zoek_personen('elders')")
        assert cursor.fetchone() == (0,)


def test_it_is_written_down_by_what_and_how_many_but_not_the_words(consulent):
    one = factories.household(adults=[factories.person(family_name="Zeldzaam")])
    tail = AuditTail()
    _page(consulent, "zeldzaam")
    _page(consulent, "1099 AB 99")
    assert tail.lines(Event.HOUSEHOLDS_SEARCHED) == [
        (str(consulent.pk), "huishouden", [str(one.pk)], {"soort": "naam", "aantal": 1, "meer": False}),
        (str(consulent.pk), "huishouden", [], {"soort": "adres", "aantal": 0, "meer": False}),
    ]


def test_what_cannot_be_written_down_is_not_shown(consulent):
    factories.household(adults=[factories.person(family_name="Zeldzaam")])
    with broken_audit():
        response = _client(consulent).post(URL, {"zoek": "zeldzaam"})
    assert response.status_code == 500
    assert "Zeldzaam" not in response.content.decode()


@pytest.mark.parametrize("words", ["", "a", "12", "9", "x" * 81, "999990019"])
def test_what_says_too_little_is_sent_back(consulent, words):
    response = _client(consulent).post(URL, {"zoek": words})
    assert response.status_code == 422
    assert "Fout:" in response.content.decode()


def test_words_stand_in_no_address(consulent):
    factories.household(adults=[factories.person(family_name="Zeldzaam")])
    response = _client(consulent).get(URL + "?zoek=zeldzaam")
    assert "Zeldzaam" not in response.content.decode()


def test_who_wants_no_contact_is_marked(consulent):
    factories.household(adults=[factories.person(family_name="Zeldzaam", no_contact=True)])
    assert "Niet benaderen" in _page(consulent, "zeldzaam")


def test_a_child_leads_to_where_it_lives(consulent):
    child = factories.person(given_names="Mila", family_name="Zeldzaam", birth_date="20180101")
    of = factories.household(children=[child])
    assert f"/huishoudens/{of.pk}/" in _page(consulent, "mila zeld")
