"""The page on which a letter is opened by its code: that letter, a reason, and one answer to every miss."""

import secrets

import pytest
from django.test import Client

from letters.composition.codes import human
from letters.models import Letter
from outreach.models import Role, Team, User
from tests import factories
from tests.letters import rounds
from tests.outreach.visits import as_owner
from tests.roles import as_role

pytestmark = pytest.mark.django_db
URL = "/brieven/balie/"


def _member(team: Team) -> User:
    """Somebody whose tries of before are not in the audit, which no test empties."""
    key = 10**6 + secrets.randbelow(10**9)
    return User.objects.create_user(pk=key, username=f"b{key}", role=Role.BUURTTEAM, team=team)


@pytest.fixture
def outsider() -> User:
    return _member(factories.team("Zuid", buurten=["BU9"], municipal=False))


@pytest.fixture
def letter() -> Letter:
    part = rounds.made(1, children=1)
    with as_role("migrate"):
        Letter.objects.filter(part=part).update(production="verzonden", response="open")
    [found] = rounds.letters(part)
    return found


def _post(user: User, **sent: str):
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client.post(URL, {"why": "balie", **sent})


def test_the_letter_is_shown_and_no_way_to_the_household(letter, outsider):
    response = _post(outsider, code=human(letter.form_code))
    text = response.content.decode()
    assert response.status_code == 200
    assert letter.household.address_line() in text
    assert "Scholierenvergoeding" in text
    assert "Help de inwoner het formulier in te vullen" in text
    for hidden in (str(letter.household_id), str(letter.pk), "/huishoudens/", "/brief/"):
        assert hidden not in text
    assert response.headers["Cache-Control"] == "no-store"
    client = Client()
    client.force_login(outsider)
    for address in (f"/huishoudens/{letter.household_id}/", f"/brieven/brief/{letter.pk}/"):
        assert client.get(address).status_code == 404


def test_who_may_see_the_household_is_led_there(letter):
    own = _member(factories.team(buurten=[letter.household.buurt_code]))
    assert f"/huishoudens/{letter.household_id}/" in _post(own, code=letter.form_code).content.decode()


def test_a_forbidden_letter_and_a_wrong_code_give_the_same_page(letter, outsider):
    with as_role("migrate"):
        letter.household.confidential = True
        letter.household.save(update_fields=["confidential"])
    codes = {"forbidden": human(letter.form_code), "wrong": "0000-0000-0001"}
    pages = {}
    for name, code in codes.items():
        response = _post(outsider, code=code)
        assert response.status_code == 422
        pages[name] = _without_token(response.content.decode()).replace(code, "")
    assert "er geen brief die je kunt openen" in pages["wrong"]
    assert pages["forbidden"] == pages["wrong"]


def _without_token(page: str) -> str:
    """A page without what differs each time."""
    return "\n".join(line for line in page.splitlines() if "csrf" not in line.lower())


def test_a_reason_and_a_code_that_can_be_one_are_asked(letter, outsider):
    for sent in ({"why": ""}, {"why": "zomaar"}, {"code": ""}, {"code": "Jansen"}, {"code": "x" * 500}):
        response = _post(outsider, **{"code": letter.form_code, **sent})
        assert response.status_code == 422
        assert letter.household.street not in response.content.decode()


def test_after_ten_misses_it_stops(letter, outsider):
    for _ in range(10):
        assert _post(outsider, code="0000-0000-0001").status_code == 422
    response = _post(outsider, code=letter.form_code)
    assert "te veel codes geprobeerd" in response.content.decode()


def test_what_cannot_be_written_down_is_not_shown(letter, outsider):
    with as_owner() as cursor:
        cursor.execute("ALTER TABLE audit.gebeurtenis ADD CONSTRAINT stuk CHECK (false) NOT VALID")
    try:
        response = _post(outsider, code=letter.form_code)
    finally:
        with as_owner() as cursor:
            cursor.execute("ALTER TABLE audit.gebeurtenis DROP CONSTRAINT stuk")
    assert response.status_code == 500
    assert letter.household.street not in response.content.decode()


def test_the_code_stands_in_no_address(letter, outsider):
    client = Client()
    client.force_login(outsider)
    page = client.get(f"{URL}?code={letter.form_code}&why=balie").content.decode()
    assert letter.household.street not in page
