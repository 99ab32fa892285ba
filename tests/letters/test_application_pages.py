"""The pages of applications and legal bases, over HTTP."""

import datetime
import re

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse

from letters.models import Application, Grant, LegalBasis, Letter
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Approach, Person, Role, User
from tests import factories
from tests.letters import applications
from tests.letters.applications import application
from tests.roles import as_role

pytestmark = pytest.mark.django_db

TODAY = datetime.date(2026, 5, 4)
FIGURES = {
    "household_type": "alleenstaand", "income": "15.000", "partner_income": "0", "savings": "1000",
    "assets": "0", "debts": "0",
}  # fmt: skip


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "today", lambda: TODAY)


@pytest.fixture
def sam(transactional_db: None) -> User:
    return applications.consulent("sam")


@pytest.fixture
def noor(transactional_db: None) -> User:
    return applications.consulent("noor")


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def act(client: Client, name: str, one: Application, **fields: object):
    return client.post(reverse(name, args=[one.pk]), fields, follow=True)


def save(client: Client, one: Application, version: int = 0, **fields: str):
    return act(client, "application_save", one, version=version, **(FIGURES | fields))


def state(one: Application) -> str:
    return applications.read(one).state


def test_the_list_has_what_waits_with_the_first_deadline_first(sam: User):
    early = application(applications.household(street="Vroegstraat"), received_on=datetime.date(2026, 1, 5))
    application(applications.household(street="Laatstraat"))
    shown = text(browser(sam).get(reverse("applications")))
    assert "2 aanvragen gevonden" in shown
    assert shown.index("Vroegstraat") < shown.index("Laatstraat")
    assert f"Te laat: {'ma 2 mrt 2026'}" in shown
    late = text(browser(sam).get(reverse("applications"), {"te_laat": "on"}))
    assert "Vroegstraat" in late
    assert "Laatstraat" not in late
    assert state(early) == "te_beoordelen"


def test_the_filters_stand_in_the_address(sam: User):
    application(applications.household(street="Zorgstraat"))
    application(applications.household(street="Toeslagstraat"), regeling="iit")
    client, page = browser(sam), reverse("applications")
    assert "Zorgstraat" not in text(client.get(page, {"regeling": "iit"}))
    assert "Toeslagstraat" in text(client.get(page, {"regeling": "iit", "status": "te_beoordelen"}))
    assert "0 aanvragen gevonden" in text(client.get(page, {"status": "toegekend"}))
    assert client.get(page, {"regeling": "bestaat-niet", "status": "x"}).status_code == 200


def test_a_team_sees_the_applications_of_its_own_area(sam: User):
    here, there = (
        application(applications.household(street=street, buurt_code=buurt))
        for street, buurt in (("Hierstraat", "BU1"), ("Daarstraat", "BU2"))
    )
    bound = browser(factories.user(Role.CONSULENT, team=factories.team("Noord", buurten=["BU1"])))
    assert "Daarstraat" not in text(bound.get(reverse("applications")))
    assert bound.get(reverse("application", args=[here.pk])).status_code == 200
    assert bound.get(reverse("application", args=[there.pk])).status_code == 404
    assert (
        act(bound, "application_refuse", there, **{"af-version": 0, "af-grounds": "verhuisd"}).status_code
        == 404
    )


def test_from_the_form_to_a_grant(sam: User):
    one, client = application(), browser(sam)
    shown = text(client.get(reverse("application", args=[one.pk])))
    assert "Neem eerst over wat er op het formulier staat" in shown
    assert "ma 20 apr 2026" in shown
    assert "ma 15 jun 2026" in shown
    shown = text(save(client, one))
    for piece in (
        "6 maanden × € 1.345,45 per maand. Definitief bedrag.",
        "Participatiewet, art. 21, onder a: wetten.overheid.nl",
        "130% van € 16.287,06",
        "€ 21.173,18",
        "Onder de grens",
        "Participatiewet, art. 34",
        "Het inkomen en het vermogen blijven binnen de grenzen.",
    ):
        assert piece in shown, piece
    shown = text(act(client, "application_grant", one, **{"toe-version": 1}))
    assert "De aanvraag is toegekend." in shown
    assert state(one) == "toegekend"
    with acting_as(SYSTEM_ACTOR):
        assert Grant.objects.get().by_person == sam
        assert set(Letter.objects.values_list("kind", flat=True)) == {"aanvraag", "toekenning"}


def test_near_a_limit_a_colleague_looks_along(sam: User, noor: User):
    one, client = application(), browser(sam)
    assert "een tweede persoon kijkt mee" in text(save(client, one, income="21100"))
    assert "Een collega kijkt mee" in text(act(client, "application_grant", one, **{"toe-version": 1}))
    assert "Akkoord" not in text(client.get(reverse("application", args=[one.pk])))
    other = browser(noor)
    shown = text(other.get(reverse("application", args=[one.pk])))
    assert "Sam de Wit stelt voor: toekennen" in shown
    assert "Akkoord: toekennen" in shown
    assert "Neem over wat er staat" not in shown
    act(client, "application_confirm", one, **{"mee-version": 2})
    assert state(one) == "tweede_blik"
    act(other, "application_confirm", one, **{"mee-version": 2})
    assert state(one) == "toegekend"


def test_the_second_person_sends_it_back(sam: User, noor: User):
    one, client, other = application(), browser(sam), browser(noor)
    save(client, one, income="21100")
    act(client, "application_grant", one, **{"toe-version": 1})
    answer = act(other, "application_send_back", one, **{"terug-version": 2, "terug-reason": ""})
    assert answer.status_code == 422
    act(other, "application_send_back", one, **{"terug-version": 2, "terug-reason": "Het vakantiegeld mist."})
    assert state(one) == "te_beoordelen"
    assert "Het vakantiegeld mist." in text(client.get(reverse("application", args=[one.pk])))


def test_over_a_limit_is_refused_with_a_reason_that_is_filled_in_already(sam: User):
    one, client = application(), browser(sam)
    answer = save(client, one, income="40000")
    assert "Het huishouden komt boven een grens uit." in text(answer)
    assert re.search(r'value="inkomen"[^>]*checked', answer.content.decode())
    assert "Het vermogen is te hoog" not in text(answer)
    answer = act(client, "application_refuse", one, **{"af-version": 1, "af-grounds": ["vermogen"]})
    assert (answer.status_code, state(one)) == (422, "te_beoordelen")
    act(client, "application_refuse", one, **{"af-version": 1, "af-grounds": ["inkomen"]})
    assert state(one) == "afgewezen"
    with acting_as(SYSTEM_ACTOR):
        letter = Letter.objects.get(kind="afwijzing")
    assert letter.points == [{"code": "inkomen", "bedrag": 40000, "grens": 21173}]


def test_granting_against_the_sum_asks_why(sam: User):
    one, client = application(), browser(sam)
    save(client, one, income="40000")
    assert "Schrijf op waarom je toch toekent" in text(
        act(client, "application_grant", one, **{"toe-version": 1})
    )
    bsn = {"toe-version": 1, "toe-motivation": "Het gaat om 123456782."}
    assert act(client, "application_grant", one, **bsn).status_code == 422
    act(client, "application_grant", one, **{"toe-version": 1, "toe-motivation": "Het inkomen is weg."})
    assert state(one) == "tweede_blik"


def test_asking_what_is_missing(sam: User):
    one, client = application(), browser(sam)
    assert act(client, "application_missing", one, **{"mist-version": 0}).status_code == 422
    shown = text(
        act(client, "application_missing", one, **{"mist-version": 0, "mist-codes": ["jaaropgave", "geld"]})
    )
    assert "We wachten tot ma 25 mei 2026" in shown
    assert "Wacht op aanvulling tot ma 25 mei 2026" in shown
    assert state(one) == "aanvulling_gevraagd"
    assert "Wacht op aanvulling" in text(client.get(reverse("applications")))


def test_two_who_save_both_see_both(sam: User, noor: User):
    one = application()
    save(browser(sam), one, income="15000")
    answer = save(browser(noor), one, income="16500", household_type="alleenstaande_ouder")
    assert answer.status_code == 409
    shown = text(answer)
    assert "Een collega was je voor" in shown
    assert "Soort huishouden Alleenstaande ouder Alleenstaande" in shown
    assert "Inkomen € 16.500 € 15.000" in shown.replace("\xa0", " ")
    html = answer.content.decode()
    assert re.search(r'name="income" value="16500"', html)
    assert re.search(r'name="version" value="1"', html)
    assert applications.read(one).income == 15000
    save(browser(noor), one, version=1, income="16500")
    assert applications.read(one).income == 16500


def test_a_decision_on_what_somebody_else_changed_is_not_taken(sam: User, noor: User):
    one = application()
    save(browser(sam), one)
    save(browser(noor), one, version=1, income="40000")
    shown = text(act(browser(sam), "application_grant", one, **{"toe-version": 1}))
    assert "Er is niets besloten" in shown
    assert state(one) == "te_beoordelen"


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        ("income", "", "Vul een bedrag in"),
        ("income", "12,50", "hele euro"),
        ("income", "-5", "hele euro"),
        ("income", "99999999", "te hoog"),
        ("savings", "veel", "hele euro"),
        ("partner_income", "500", "geen inkomen van een partner"),
        ("household_type", "x", "Kies een soort"),
    ],
)
def test_what_cannot_be_is_told_at_the_field(sam: User, field: str, value: str, problem: str):
    one = application()
    answer = save(browser(sam), one, **{field: value})
    assert answer.status_code == 422
    assert problem in text(answer)
    assert applications.read(one).income is None


def test_what_came_in_since_is_told(sam: User):
    one = application()
    with as_role("migrate"):
        Approach.objects.update(lapsed=True)
        Person.objects.update(departed="overleden")
    shown = text(browser(sam).get(reverse("application", args=[one.pk])))
    assert "niet meer nodig" in shown
    assert "overleden volgens een nieuwere levering" in shown


def test_no_source_and_no_amount_in_an_address(sam: User):
    one, client = application(), browser(sam)
    pages = [
        save(client, one),
        client.get(reverse("application", args=[one.pk])),
        client.get(reverse("applications")),
    ]
    for page in pages:
        shown = text(page).lower()
        for word in ("bijstand ", "kwijtschelding", "aio", "bbz", "inlichtingenbureau", "klantenbestand"):
            assert word not in shown, word
        for address in re.findall(r'(?:href|action|src)="([^"]*)"', page.content.decode()):
            assert not re.search(r"15.?000|Gerst|Proef", address)


def test_opening_one_is_written_down(sam: User):
    one = application()
    browser(sam).get(reverse("application", args=[one.pk]))
    with connections["migrate"].cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM audit.gebeurtenis WHERE handeling = 'aanvraag_ingezien' AND actor = %s"
            " AND ids = %s AND op > now() - interval '1 minute' AND op >= %s",
            [str(sam.pk), [str(one.pk)], one.made_at],
        )
        assert cursor.fetchone() == (1,)


# -- legal bases -------------------------------------------------------------------------------------


def test_the_lawyer_signs_and_withdraws():
    client, page = browser(factories.user(Role.JURIDISCH_ADVISEUR)), reverse("legal_bases")
    assert "Er is nog geen grondslag" in text(client.get(page))
    given = {"regeling": "stadspas", "text": "Raadsbesluit 12", "dated": "2026-01-01", "valid_until": ""}
    shown = text(client.post(page, given, follow=True))
    assert "Je hebt de grondslag voor Stadspas ondertekend." in shown
    assert "Geldig" in shown
    basis = LegalBasis.objects.get()
    shown = text(client.post(reverse("legal_basis_withdraw", args=[basis.pk]), follow=True))
    assert "Ingetrokken" in shown
    assert LegalBasis.objects.get().withdrawn_at is not None


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"regeling": "czv"}, "Kies een regeling uit de lijst."),
        ({"regeling": "energietoeslag"}, "Kies een regeling uit de lijst."),
        ({"text": ""}, "Schrijf op waarop"),
        ({"dated": ""}, "Vul een datum in."),
        ({"valid_until": "2025-01-01"}, "einddatum ligt voor"),
        ({"text": "Voor 123456782"}, "kan zijn"),
    ],
)
def test_what_is_not_sound_is_not_signed(change: dict, problem: str):
    client = browser(factories.user(Role.JURIDISCH_ADVISEUR))
    given = {"regeling": "stadspas", "text": "Besluit", "dated": "2026-01-01", "valid_until": ""} | change
    answer = client.post(reverse("legal_bases"), given)
    assert answer.status_code == 422
    assert problem in text(answer)
    assert not LegalBasis.objects.exists()
