"""The pages of deliveries and koppelingen: who sees them, what they say, and what their buttons do."""

import csv
import datetime
import io
from pathlib import Path

import pytest
from django.test import Client
from django.urls import get_resolver, reverse

from eligibility.models import Bron, Delivery, Run
from eligibility.selection import due_dates, expected_around
from eligibility.views import urls
from outreach.kernel import clock
from outreach.models import Role, User
from tests import factories
from tests.eligibility import deliver
from tests.roles import as_role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("places")]

NUMBERS = [deliver.bsn(50000000 + 10 * step) for step in range(20)]


@pytest.fixture(autouse=True)
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """What the worker is told, instead of telling it."""
    heard: list[tuple[str, int]] = []
    for module in ("deliveries", "runs", "uploading"):
        monkeypatch.setattr(
            f"eligibility.views.{module}.soon", lambda task, number: heard.append((task.name, number))
        )
    return heard


@pytest.fixture
def client(manager: User) -> Client:
    client = Client()
    client.force_login(manager)
    return client


@pytest.fixture
def held(manager: User) -> Delivery:
    content = deliver.client_file([*NUMBERS[:17], "123456789", "12345678901", "000000000"])
    return deliver.deliver(content, "bijstand", 2025, by=manager, name="bijstand.csv")


@pytest.fixture
def run(manager: User) -> Run:
    deliver.deliver(deliver.brp([deliver.resident(number) for number in NUMBERS]), "brp", by=manager)
    deliver.deliver(deliver.client_file(NUMBERS[:3]), "aio", 2025, by=manager)
    return deliver.run_through(manager)


def text(client: Client, name: str, *args: object, query: str = "") -> str:
    response = client.get(reverse(name, args=args) + query)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize(
    "role", [role for role in Role if role not in (Role.APPLICATIEBEHEERDER, Role.BUURTTEAM)]
)
def test_every_page_is_closed_to_every_other_role(role: Role):
    client = Client()
    client.force_login(factories.user(role))
    for pattern in urls.urlpatterns:
        address = reverse(pattern.name, args=[1] if "pk" in str(pattern.pattern) else [])
        for method in ("GET", "POST"):
            assert client.generic(method, address).status_code in (403, 405), (pattern.name, method)


def test_nobody_sees_a_page_without_signing_in():
    for pattern in urls.urlpatterns:
        address = reverse(pattern.name, args=[1] if "pk" in str(pattern.pattern) else [])
        assert Client().get(address).status_code == 302
    assert get_resolver().resolve("/koppelen/").url_name == "runs"


def test_the_list_filters_by_state_and_bron_and_remembers_it(client: Client, held: Delivery, manager: User):
    deliver.deliver(deliver.client_file(NUMBERS), "aio", 2025, by=manager, name="aio.csv")
    page = text(client, "deliveries")
    assert "bijstand.csv" in page
    assert "aio.csv" in page
    page = text(client, "deliveries", query="?status=aangehouden&bron=bijstand")
    assert "bijstand.csv" in page
    assert "aio.csv" not in page
    assert f'href="/koppelen/leveringen/{held.pk}/?status=aangehouden&amp;bron=bijstand"' in page
    assert 'href="?bron=bijstand"' in page
    page = text(client, "delivery", held.pk, query="?status=aangehouden&bron=bijstand")
    assert 'href="/koppelen/leveringen/?status=aangehouden&amp;bron=bijstand"' in page
    assert "Geen leveringen gevonden" in text(client, "deliveries", query="?status=vernietigd")
    assert "bijstand.csv" in text(client, "deliveries", query="?status=onzin&bron=onzin&page=x")


def test_the_error_report_names_line_column_and_rule_and_no_value(client: Client, held: Delivery):
    response = client.get(reverse("delivery_errors", args=[held.pk]))
    assert response["Content-Disposition"] == f'attachment; filename="foutrapport-levering-{held.pk}.csv"'
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig")), delimiter=";"))
    assert rows[0] == ["regelnummer", "kolom", "regel", "uitleg"]
    assert [row[:3] for row in rows[1:]] == [[str(line), "bsn", "bsn_ongeldig"] for line in (19, 20, 21)]
    assert "123456789" not in response.content.decode()


def test_a_report_that_is_not_whole_says_so(client: Client, held: Delivery):
    Delivery.objects.filter(pk=held.pk).update(rows_refused=10)
    content = client.get(reverse("delivery_errors", args=[held.pk])).content.decode("utf-8-sig")
    assert content.splitlines()[-1] == ";;;Nog 7 geweigerde regels staan hier niet bij."


def test_a_held_delivery_is_accepted_with_a_reason(client: Client, held: Delivery, told, manager: User):
    page = text(client, "delivery", held.pk)
    assert "De levering wacht op een besluit" in page
    address = reverse("delivery_accept", args=[held.pk])
    refused = client.post(address, {"reden": ""})
    assert refused.status_code == 422
    assert "Schrijf op waarom" in refused.content.decode()
    assert client.post(address, {"reden": "Nagevraagd bij de leverancier"}).status_code == 302
    held.refresh_from_db()
    assert (held.state, held.accepted_by) == ("ingeladen", manager)
    assert told == [("eligibility.tasks.process_delivery", held.pk)]
    again = client.post(address, {"reden": "Nog een keer hetzelfde"}, follow=True)
    assert "status is intussen veranderd" in again.content.decode()


def test_a_delivery_is_withdrawn(client: Client, held: Delivery, told):
    assert client.post(reverse("delivery_withdraw", args=[held.pk])).status_code == 302
    held.refresh_from_db()
    assert (held.state, held.settled) == ("ingetrokken", False)
    assert told == [("eligibility.tasks.process_delivery", held.pk)]
    assert "Levering intrekken" not in text(client, "delivery", held.pk)


def test_a_stuck_delivery_can_only_be_offered_again(client: Client, held: Delivery):
    Delivery.objects.filter(pk=held.pk).update(cycle=None, file_problem="Het inladen is 3 keer mislukt.")
    page = text(client, "delivery", held.pk)
    assert "Probeer het inladen opnieuw" in page
    assert "Levering accepteren" not in page
    client.post(reverse("delivery_retry", args=[held.pk]))
    held.refresh_from_db()
    assert (held.state, held.attempts) == ("ontvangen", 0)


def test_progress_counts_from_the_database_and_asks_for_itself_until_it_is_over(
    client: Client, held: Delivery
):
    Delivery.objects.filter(pk=held.pk).update(state="gecontroleerd", rows_total=930_000, rows_read=412_331)
    page = text(client, "delivery", held.pk)
    address = reverse("delivery_progress", args=[held.pk])
    assert f'hx-get="{address}" hx-trigger="every 2s"' in page
    assert "412.331 van 930.000 regels (44%)" in page
    assert "<noscript>" in page
    part = client.get(address)
    assert ("hx-get" in part.content.decode(), "HX-Refresh" in part) == (True, False)
    Delivery.objects.filter(pk=held.pk).update(state="ingeladen")
    part = client.get(address)
    assert ("hx-get" in part.content.decode(), part["HX-Refresh"]) == (False, "true")


def test_before_the_count_is_known_the_bar_has_no_end(client: Client, held: Delivery):
    Delivery.objects.filter(pk=held.pk).update(state="ontvangen", rows_total=None, rows_read=0, attempts=0)
    assert "Wacht op de werker" in text(client, "delivery_progress", held.pk)
    Delivery.objects.filter(pk=held.pk).update(attempts=1, rows_read=20_000)
    part = text(client, "delivery_progress", held.pk)
    assert "Bestand controleren" in part
    assert "20.000 regels" in part
    assert 'value="20000"' not in part


def test_a_run_is_started_after_its_deliveries_were_shown(client: Client, manager: User, told):
    deliver.deliver(deliver.brp([deliver.resident(number) for number in NUMBERS]), "brp", by=manager)
    deliver.transparent()
    page = text(client, "runs", query="?peildatum=2026-03-01")
    assert "neemt 1 leveringen mee" in page
    assert "Bijstand 2025" in page
    response = client.post(reverse("run_start"), {"peildatum": "2026-03-01"})
    run = Run.objects.get()
    assert response.url == reverse("run", args=[run.pk])
    assert told == [("eligibility.tasks.carry_out_run", run.pk)]
    again = client.post(reverse("run_start"), {"peildatum": "2026-03-01"}, follow=True)
    assert "loopt al een koppeling" in again.content.decode()
    assert "Start de koppeling" not in text(client, "runs", query="?peildatum=2026-03-01")


@pytest.mark.parametrize("day", ["", "morgen", "2018-01-01", "2032-01-01"])
def test_a_day_that_cannot_be_starts_nothing(client: Client, run: Run, day: str):
    page = client.post(reverse("run_start"), {"peildatum": day}, follow=True)
    assert "2019 tot en met 2031" in page.content.decode()
    assert Run.objects.count() == 1


def test_without_a_population_there_is_no_start(client: Client, held: Delivery):
    page = text(client, "runs", query="?peildatum=2026-03-01")
    assert "Er is geen BRP" in page
    assert "Start de koppeling" not in page


def test_the_steps_of_a_run_are_shown_while_it_goes_on(client: Client, run: Run):
    with as_role("koppel"):
        run.steps.filter(number__gt=3).update(done=False, rows=None, seconds=None)
    Run.objects.filter(pk=run.pk).update(state="bezig", account=None)
    part = client.get(reverse("run_progress", args=[run.pk]))
    page = part.content.decode()
    assert "4 van 21 stappen" in page
    assert page.count("kit-step--busy") == 1
    assert page.count("kit-step--done") == 4
    assert "HX-Refresh" not in part
    Run.objects.filter(pk=run.pk).update(state="gestrand", problem="Stap klassen is niet gelukt")
    part = client.get(reverse("run_progress", args=[run.pk]))
    assert (part["HX-Refresh"], "hx-get" in part.content.decode()) == ("true", False)
    page = text(client, "run", run.pk)
    assert "Stap klassen is niet gelukt" in page
    assert "Opnieuw proberen" in page


def test_a_run_is_cancelled_and_a_stranded_one_retried(client: Client, run: Run, told):
    Run.objects.filter(pk=run.pk).update(state="gestrand")
    client.post(reverse("run_retry", args=[run.pk]))
    run.refresh_from_db()
    assert run.state == "wacht"
    client.post(reverse("run_cancel", args=[run.pk]))
    run.refresh_from_db()
    assert run.state == "geannuleerd"
    assert told == [("eligibility.tasks.carry_out_run", run.pk)] * 2


def test_the_account_shows_counts_and_nobody(client: Client, run: Run):
    page = text(client, "run_account", run.pk)
    assert "Kandidaten per regeling" in page
    assert "Collectieve zorgverzekering" in page
    assert not any(number in page for number in NUMBERS)
    assert "Proef5" not in page
    assert client.get(reverse("run_account", args=[run.pk + 1])).status_code == 404


def test_no_page_holds_a_bsn(client: Client, run: Run, held: Delivery):
    addresses = [reverse(name) for name in ("runs", "deliveries", "delivery_calendar", "delivery_choose")]
    addresses += [reverse("run", args=[run.pk]), reverse("delivery", args=[held.pk])]
    for address in addresses:
        page = client.get(address, {"peildatum": "2026-03-01"}).content.decode()
        assert not any(number in page for number in [*NUMBERS, "123456789"])


@pytest.fixture
def fixed_days():
    with as_role("migrate"):
        Bron.objects.filter(code="brp").update(expected_on_day=5)
        Bron.objects.filter(code="bijstand").update(expected_on_day=12, expected_every_months=3)
    yield
    with as_role("migrate"):
        Bron.objects.update(expected_on_day=None, expected_every_months=1)


@pytest.mark.parametrize(
    ("day", "months", "today", "expected"),
    [
        (5, 1, (2026, 11, 22), ((2026, 11, 5), (2026, 12, 5))),
        (25, 1, (2026, 11, 22), ((2026, 10, 25), (2026, 11, 25))),
        (22, 1, (2026, 11, 22), ((2026, 11, 22), (2026, 12, 22))),
        (12, 3, (2026, 11, 22), ((2026, 10, 12), (2027, 1, 12))),
        (12, 12, (2026, 1, 11), ((2025, 1, 12), (2026, 1, 12))),
        (1, 5, (2026, 12, 31), ((2026, 11, 1), (2027, 1, 1))),
    ],
)
def test_when_a_bron_is_expected(day, months, today, expected):
    found = expected_around(day, months, datetime.date(*today))
    assert found == tuple(datetime.date(*one) for one in expected)


def test_the_calendar_shows_who_is_late(client: Client, fixed_days, manager: User):
    page = text(client, "delivery_calendar")
    assert page.count('class="kit-day kit-day--late"') == 2
    deliver.deliver(deliver.brp([deliver.resident(NUMBERS[0])]), "brp", by=manager)
    late = {due.bron.code: due.late for due in due_dates(clock.today())}
    assert (late["brp"], late["bijstand"], late["aio"]) == (False, True, False)
    refused = deliver.deliver(b"x\n", "bijstand", 2025, by=manager)
    assert refused.state == "geweigerd"
    assert {due.bron.code for due in due_dates(clock.today()) if due.late} == {"bijstand"}


def test_the_calendar_shows_what_a_day_takes_and_misses(client: Client, run: Run):
    page = text(client, "delivery_calendar", query="?peildatum=2026-03-01")
    assert "Aanvullende inkomensvoorziening ouderen 2025" in page
    assert "Laptop voor scholieren 2022" in page
    page = text(client, "delivery_calendar", query="?peildatum=2025-03-01")
    assert "Er is geen BRP" in page
    assert "bestaande datum" in text(client, "delivery_calendar", query="?peildatum=x")


def test_a_page_for_a_file_says_which_columns_are_kept(client: Client, places: Path):
    address = f"{reverse('delivery_upload')}?bron=stadspas&jaar=2026&peildatum=2026-03-01"
    page = client.get(address).content.decode()
    assert "bsn_kind" in page
    assert 'enctype="multipart/form-data"' in page
