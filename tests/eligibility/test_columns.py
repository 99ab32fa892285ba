"""Which columns the rules use, counted per koppeling; what nobody used for a year is said."""

import datetime
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import ProgrammingError, connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from eligibility import bronnen
from eligibility.actions import columns
from eligibility.columns_used import UNREAD, Rules, read_of
from eligibility.models import Agreement, ColumnUse, Run
from outreach.actions import notifications
from outreach.kernel import clock
from outreach.models import Notification, Role, User
from tests import factories
from tests.days import pin
from tests.eligibility import deliver
from tests.eligibility.conftest import manager, places  # noqa: F401
from tests.roles import as_role

BOX = Path(settings.BASE_DIR) / "eligibility" / "blackbox"
#: Under another name in the box.
IN_BOX = {"bsn_partner": "partner", "bsn_ouder1": "ouder1", "bsn_ouder2": "ouder2", "bsn_kind": "kind"}
RULES = Rules(grounds={("bijstand", -1), ("ib_toets", -1)}, regelingen={"laptop": True, "stadspas": False})


def _sql() -> str:
    files = [*(BOX / "sql").glob("*.sql"), BOX / "handover.sql", BOX / "secrecy.sql"]
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


def test_a_column_that_is_said_to_be_read_stands_in_a_rule():
    sql = _sql()
    for bron in bronnen.BRONNEN:
        if bron.layout == bronnen.LAYOUT_GBA_V:
            continue
        for column in {*bron.columns, *bron.optional_columns} - UNREAD:
            assert re.search(rf"\b{IN_BOX.get(column, column)}\b", sql), (bron.code, column)


def test_a_column_that_is_said_to_be_read_by_nothing_is_read_by_nothing():
    steps = "\n".join(file.read_text(encoding="utf-8") for file in (BOX / "sql").glob("*.sql"))
    read = [file for room in ("outreach", "eligibility", "letters") for file in Path(room).rglob("*.py")]
    read += Path("templates").rglob("*.html")
    for file in read:
        if "migrations" not in file.parts and file.name not in ("household.py", "pack_words.py"):
            assert "address_function" not in file.read_text(encoding="utf-8"), file
    assert {"functie_adres"} == UNREAD
    assert "functie_adres" not in steps


@pytest.mark.parametrize(
    ("layout", "bron", "offset", "read"),
    [
        ("ontvangers", "bijstand", -1, {"bsn"}),
        ("ontvangers", "bijstand", -3, {"bsn"}),
        ("ontvangers", "bijstand", -4, set()),
        ("ontvangers", "aio", -1, set()),
        ("voorziening", "laptop", -4, {"bsn", "bsn_kind"}),
        ("voorziening", "stadspas", 0, {"bsn"}),
        ("voorziening", "stadspas", -1, set()),
        ("ib_toets", "ib_toets", -1, {"bsn", "antwoord"}),
        ("ib_toets", "ib_toets", 0, set()),
        ("gba_v", "gba_v", 0, set(bronnen.GBA_V_COLUMNS) - {"08.10.10"}),
        ("leerlingen", "leerlingen", 0, {"bsn", "onderwijs", "leerjaar"}),
    ],
)
def test_what_is_read_follows_from_the_grounds_and_the_regelingen(layout, bron, offset, read):
    assert read_of(layout, bron, offset, RULES) == read


@pytest.fixture
def done(manager: User, places) -> Run:  # noqa: F811
    deliver.deliver(deliver.brp([deliver.resident(deliver.bsn(40000000))]), "brp", by=manager)
    return deliver.run_through(manager)


@pytest.mark.django_db
def test_a_koppeling_counts_what_it_used_and_the_page_says_what_was_not(done, monkeypatch):
    used = set(ColumnUse.objects.filter(run=done, bron="brp").values_list("column", flat=True))
    assert used == set(bronnen.BRP_COLUMNS) - {"functie_adres"}
    brp = Agreement.objects.get(bron="brp")
    officer = factories.user(Role.PRIVACY_OFFICER)
    client = Client()
    client.force_login(officer)
    address = reverse("admin:eligibility_agreement_change", args=[brp.pk])
    page = client.get(address).content.decode()
    assert "functie_adres: Zien of het een woonadres of een briefadres is (nog niet gebruikt)" in page
    assert "Geen koppeling gebruikte dit jaar" not in page
    assert columns.unused(brp, clock.today() + datetime.timedelta(days=364)) == []
    later = clock.today() + datetime.timedelta(days=365)
    assert columns.unused(brp, later) == ["functie_adres"]
    assert columns.unused(Agreement.objects.get(bron="aio"), later) == ["bsn"]
    _ago(done, datetime.timedelta(days=365))
    page = client.get(address).content.decode()
    assert "Geen koppeling gebruikte dit jaar: functie_adres." in page
    year = clock.today().year + 1
    for day, told in (((year, 1, 2), 1), ((year, 3, 15), 1), ((year, 12, 15), 1), ((year + 1, 2, 1), 2)):
        pin(monkeypatch, datetime.date(*day))
        columns.tell_unused()
        notifications.sweep()
        columns.tell_unused()
        with as_role("migrate"):
            found = Notification.objects.filter(user=officer, kind="kolommen_ongebruikt", about=brp.pk)
            assert found.count() == told, day


@pytest.fixture
def brp() -> Iterator[Agreement]:
    """The agreement of the population register; afterwards it is alone again, and as it was."""
    kept = Agreement.objects.get(bron="brp")
    yield Agreement.objects.get(bron="brp")
    with as_role("migrate"):
        Agreement.objects.filter(bron="brp").exclude(pk=kept.pk).delete()
        kept.save()


@pytest.mark.django_db
def test_an_agreement_that_is_made_anew_each_year_does_not_begin_the_year_anew(done, brp):
    _ago(done, datetime.timedelta(days=400))
    day = clock.today()
    with as_role("migrate"):
        renewed = Agreement.objects.get(pk=brp.pk)
        renewed.pk, renewed.valid_from = None, day - datetime.timedelta(days=100)
        renewed.save(force_insert=True)
        brp.valid_to = day - datetime.timedelta(days=101)
        brp.columns = [column for column in brp.columns if column != "voorvoegsel"]
        brp.save()
    # What the one before did not hold has its first year still to come.
    assert set(columns.unused(renewed, day)) == set(brp.columns)
    with as_role("migrate"):
        Agreement.objects.filter(pk=brp.pk).update(valid_from=day - datetime.timedelta(days=300))
    assert columns.unused(renewed, day) == []


def _ago(run: Run, before: datetime.timedelta) -> None:
    """As if the koppeling were asked and done at noon of that day."""
    noon = timezone.make_aware(datetime.datetime.combine(clock.today() - before, datetime.time(12)))
    with as_role("migrate"):
        Run.objects.filter(pk=run.pk).update(asked_at=noon, finished_at=noon)


@pytest.mark.django_db
def test_what_was_counted_is_not_taken_away(done):
    with connections["default"].cursor() as cursor, pytest.raises(ProgrammingError, match="denied"):
        cursor.execute("DELETE FROM eligibility_columnuse")
