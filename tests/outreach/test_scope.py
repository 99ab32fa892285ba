"""Team Noord and a household in Zuid: not by its id, the list, the desk, paper, giving on or a letter code.

Each is asked twice: as the code narrows it, and with every `for_user` taken away, when the row policies of
the database are all that is left.
"""

import io
import secrets
import uuid

import pypdfium2
import pytest
from django.test import Client

from letters.composition.codes import human
from letters.models import Letter
from outreach.models import Household, Looplijst, Role, Team, User
from tests import factories
from tests.letters import rounds
from tests.outreach import visits
from tests.outreach.test_access import narrowing_querysets
from tests.outreach.visits import AuditTail, Event
from tests.roles import as_role

pytestmark = pytest.mark.django_db
SOUTH = "BU03630009"
#: Of the household in Zuid; on no page that Noord gets these may stand.
STREET, NAME = "Zuiderkruisstraat", "Zuiderling"


@pytest.fixture(params=[True, False], ids=["with filters", "row policies alone"], autouse=True)
def _narrowing(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param:
        return
    kinds = list(narrowing_querysets())
    assert len(kinds) >= 3
    for kind in kinds:
        monkeypatch.setattr(kind, "for_user", lambda self, user: self)


@pytest.fixture
def north() -> Team:
    return factories.team("Noord")


@pytest.fixture
def south() -> Team:
    return factories.team("Zuid", buurten=[SOUTH])


@pytest.fixture
def walker(north: Team) -> User:
    """Of Noord, with a number that no earlier test left tries of in the audit."""
    key = 10**6 + secrets.randbelow(10**9)
    return User.objects.create_user(pk=key, username=f"n{key}", role=Role.BUURTTEAM, team=north)


@pytest.fixture
def leader(north: Team) -> User:
    return factories.user(Role.TEAMLEIDER, team=north)


@pytest.fixture
def lists(north: Team, south: Team) -> dict[str, Looplijst]:
    """A round over both areas, with a list for each team."""
    handover = factories.handover()
    adults = [factories.person(family_name=NAME)]
    far = factories.household(
        in_handover=handover,
        adults=adults,
        street=STREET,
        house_number=9,
        postcode="1088ZZ",
        buurt_code=SOUTH,
    )
    near = factories.household(in_handover=handover, street="Noorderlaan", house_number=1)
    for household in (far, near):
        factories.candidacy(household)
    of_north = visits.lists_of(handover, north)
    with visits.acting_as(visits.SYSTEM_ACTOR):
        of_south = Looplijst.objects.select_related("team", "round").get(round=of_north.round, team=south)
    return {"north": of_north, "south": of_south}


@pytest.fixture
def household(lists: dict[str, Looplijst]) -> Household:
    return visits.items(lists["south"])[0].household


def client_of(user: User) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


def tells(response) -> bool:
    """Whether an answer says anything of the household in Zuid."""
    return any(
        word in response.content.decode("utf-8", "replace") for word in (STREET, NAME, "1088ZZ", "1088 ZZ")
    )


def test_by_its_id_it_is_not_there(walker, household, lists):
    client = client_of(walker)
    for page in ("", "gesprek/", "taak/", f"?lijst={lists['north'].pk}"):
        answer, nowhere = (client.get(f"/huishoudens/{key}/{page}") for key in (household.pk, uuid.uuid4()))
        assert answer.status_code == 404, page
        assert answer.content == nowhere.content
    own = visits.items(lists["north"])[0].household_id
    assert client.get(f"/huishoudens/{own}/").status_code == 200


def test_no_list_leads_to_it(walker, household, lists):
    client = client_of(walker)
    assert client.get(f"/looplijsten/{lists['south'].pk}/").status_code == 404
    assert client.post(f"/looplijsten/{lists['south'].pk}/", {"zoek": STREET}).status_code == 404
    for answer in (
        client.get("/"),
        client.get("/looplijsten/"),
        client.get(f"/looplijsten/{lists['north'].pk}/"),
        client.get(f"/looplijsten/{lists['north'].pk}/?buurt={SOUTH}"),
        client.get("/taken/?van=team"),
        client.get("/meldingen/"),
    ):
        assert answer.status_code == 200
        assert not tells(answer)
        assert str(household.pk) not in answer.content.decode()
    asked = client.post(f"/looplijsten/{lists['north'].pk}/", {"zoek": STREET})
    assert "0 huishoudens gevonden" in asked.content.decode()
    assert str(household.pk) not in asked.content.decode()
    assert "Noorderlaan" in client.get(f"/looplijsten/{lists['north'].pk}/").content.decode()


@pytest.mark.parametrize("words", [NAME.lower(), "1088 ZZ 9"])
def test_the_desk_does_not_find_it(walker, household, words):
    answer = client_of(walker).post("/zoeken/", {"zoek": words})
    assert answer.status_code == 200
    assert "0 huishoudens gevonden" in answer.content.decode()
    assert str(household.pk) not in answer.content.decode()
    found = client_of(factories.user(Role.CONSULENT)).post("/zoeken/", {"zoek": words})
    assert str(household.pk) in found.content.decode()


def test_it_comes_on_no_paper(walker, household, lists):
    client = client_of(walker)
    page = "/looplijsten/{}/afdrukken/"
    sent = {"submission": uuid.uuid4()}
    assert client.post(page.format(lists["south"].pk), sent).status_code == 404
    answer = client.post(page.format(lists["north"].pk), {"submission": uuid.uuid4()})
    assert answer.headers["Content-Type"] == "application/pdf"
    with pypdfium2.PdfDocument(io.BytesIO(answer.content)) as paper:
        words = " ".join(sheet.get_textpage().get_text_range() for sheet in paper)
    assert "Noorderlaan" in words
    assert STREET not in words


def test_nobody_gives_it_on(leader, north, household, lists):
    """Neither from the page of that list, nor by its number among one's own lists."""
    client = client_of(leader)
    far, near = lists["south"].pk, lists["north"].pk
    colleague = factories.user(Role.BUURTTEAM, team=north)
    alone = f"/looplijsten/{far}/overdragen/?lijst={far}&nummers=&aan=medewerker-{colleague.pk}"
    together = f"/looplijsten/overdragen/?lijst={near}&lijst={far}&aan=medewerker-{colleague.pk}"
    assert client.get(alone).status_code == 404
    assert client.post(alone, {"bekeken": "oud"}).status_code == 404
    shown = client.get(together)
    assert shown.context["plan"] is None
    client.post(together, {"bekeken": "oud"})
    with visits.acting_as(visits.SYSTEM_ACTOR):
        now = {one.pk: (one.team.name, one.assigned_to) for one in Looplijst.objects.select_related("team")}
    assert now == {near: ("Noord", None), far: ("Zuid", None)}
    own = client.get(f"/looplijsten/overdragen/?lijst={near}&aan=medewerker-{colleague.pk}")
    assert own.context["plan"].possible


def _letter_in_zuid() -> tuple[Letter, Letter]:
    """Two letters that were posted to households in Zuid."""
    part = rounds.made(2, children=1)
    with as_role("migrate"):
        Letter.objects.filter(part=part).update(production="verzonden", response="open")
        for letter in rounds.letters(part):
            Household.objects.filter(pk=letter.household_id).update(buurt_code=SOUTH)
    first, second = rounds.letters(part)
    return first, second


def test_a_letter_code_finds_nothing_at_the_search(walker):
    letter, _ = _letter_in_zuid()
    answer = client_of(walker).post("/zoeken/", {"zoek": human(letter.form_code)})
    assert "0 huishoudens gevonden" in answer.content.decode()
    assert str(letter.household_id) not in answer.content.decode()


def test_at_the_desk_a_letter_code_opens_that_letter_and_nothing_beside_it(walker):
    letter, other = _letter_in_zuid()
    client, tail = client_of(walker), AuditTail()
    answer = client.post("/brieven/balie/", {"why": "balie", "code": human(letter.form_code)})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert letter.household.address_line() in page
    assert other.household.address_line() not in page
    for way in (str(letter.household_id), str(letter.pk), "/huishoudens/", "/brief/"):
        assert way not in page
    [line] = tail.lines(Event.DESK_LETTER_OPENED)
    assert line[0] == str(walker.pk)
    # What was opened once opens nothing after.
    for address in (
        f"/huishoudens/{letter.household_id}/",
        f"/huishoudens/{letter.household_id}/gesprek/",
        f"/brieven/brief/{letter.pk}/",
    ):
        assert client.get(address).status_code == 404
    assert client.post("/brieven/balie/", {"code": human(other.form_code)}).status_code == 422
