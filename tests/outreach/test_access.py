"""Every address of the site is opened as every role, and must answer as tests/access_table.py says."""

import datetime
import logging
import re
import uuid
from collections.abc import Iterator
from typing import Any

import pyrage
import pytest
from django.contrib.admin.models import ADDITION, LogEntry
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone

from eligibility.models import Agreement, BronGround, Delivery, DeliveryKey, PostcodeBuurt, Run
from letters.actions import storage
from letters.models import (
    Application,
    AssetLimit,
    Batch,
    Errand,
    GrantExport,
    IncomeNorm,
    IncomePercentage,
    LegalBasis,
    Letter,
    Part,
    PayingAdministration,
    ReminderPause,
    Share,
    ShareFile,
    Template,
    Vendor,
    WorkItem,
)
from optout.models import OptOut, PublicNotice
from outreach.actions import role_reviews, rounds, subject_requests
from outreach.actions.subject_requests import Asked
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import (
    Approach,
    Breach,
    Handover,
    Klasse,
    LegalHold,
    Regeling,
    Role,
    Round,
    Sheet,
    Task,
    User,
)
from outreach.models.round import RoundKind
from outreach.models.subject_request import RequestChannel, RequestKind
from tests import access_table, factories
from tests.access_table import ROOMS, SIGNED_IN, Row
from tests.api import calling
from tests.eligibility import deliver, destroying, unsealing
from tests.letters import rounds as letter_rounds
from tests.outreach import visits
from tests.roles import as_role

pytestmark = pytest.mark.django_db
ROWS = [row for rows in ROOMS.values() for row in rows]
LOGIN = "/account/login/"
DAY = datetime.date(2026, 3, 1)
# Where one comes to sign in again by having done what was asked.
LOGOUTS = ("account_logout", "admin:logout")


@pytest.fixture(autouse=True)
def nobody_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """No worker outside the test may hear of its rows, and a thousand refusals are no news."""
    monkeypatch.setattr("celery.app.task.Task.apply_async", lambda *args, **kwargs: None)
    monkeypatch.setattr(logging.getLogger("django.request"), "disabled", True)


def patterns(found: list[Any], route: str = "", space: str = "") -> Iterator[tuple[str, str]]:
    """The name (with its namespace) and the route of every address."""
    for one in found:
        here = route + str(one.pattern)
        if isinstance(one, URLPattern):
            yield f"{space}{one.name}" if one.name else "", here
        else:
            yield from patterns(
                one.url_patterns, here, f"{space}{one.namespace}:" if one.namespace else space
            )


def test_every_address_has_a_line_and_every_line_an_address():
    found = list(patterns(get_resolver().url_patterns))
    assert {name for name, _ in found if name} == {row.page for row in ROWS}
    known = re.compile("|".join(access_table.UNNAMED))
    assert [route for name, route in found if not name and not known.match(route)] == []


def _letter_round(handover: Handover) -> Round:
    maker, fixer = factories.user(Role.TEAMLEIDER), factories.user(Role.TEAMLEIDER)
    with acting_as(maker.actor()):
        made = rounds.make(
            name="Brieven",
            kind=RoundKind.LETTER,
            handover=handover,
            regelingen=Regeling.objects.filter(pk="stadspas"),
            klassen=Klasse.values,
            reply_before=datetime.date(2026, 5, 1),
            by=maker,
        )
    with acting_as(fixer.actor()):
        return rounds.fix(round_=made, by=fixer)


def signed_roles() -> int:
    officer = factories.user(Role.PRIVACY_OFFICER)
    with acting_as(officer.actor()):
        return role_reviews.sign(sha256=role_reviews.current().sha256, remark="", by=officer).pk


@pytest.fixture
def places() -> dict[str, object]:
    """One of each thing that an address is about, with the name that the table gives it."""
    team = factories.team("Noord", buurten=["BU1"])
    handover = factories.handover()
    household = factories.household(in_handover=handover, buurt_code="BU1")
    factories.candidacy(household)
    looplijst = visits.lists_of(handover, team, regelingen=["stadspas"])
    letter_round = _letter_round(handover)
    manager = factories.user(Role.APPLICATIEBEHEERDER)
    manager_of_lists = factories.user(Role.TEAMLEIDER)
    with as_role("koppel"):
        key = DeliveryKey.objects.create(name="proef", public_key="age1proef")
    with as_role("migrate"):
        PostcodeBuurt.objects.create(postcode="1099AB", buurt_code="BU1")
        delivery = Delivery.objects.create(
            bron_id="bijstand",
            year=2025,
            peildatum=datetime.date(2026, 3, 1),
            file_name="lijst.csv",
            stored_as="proef",
            key=key,
            size=1,
            sha256="0" * 64,
            received_by=manager,
        )
        version = deliver.transparent()
        run = Run.objects.create(peildatum=datetime.date(2026, 3, 1), asked_by=manager, transparency=version)
        part = Part.objects.create(round=letter_round, number=1, letters_count=1)
    with as_role("migrate"):
        letter = Letter.objects.create(
            id=uuid.uuid4(),
            round=letter_round,
            household=household,
            approach=Approach.objects.get(round=letter_round),
            kind="aanvraag",
            klasse="zeker",
            form_code="K7QF3MZD8W2X",
            part=part,
            position=1,
        )
        pause = ReminderPause.objects.create(
            household=household, reason="gesprek", until=datetime.date(2099, 1, 1), made_by=manager
        )
        item = WorkItem.objects.create(
            kind="geen_handtekening",
            letter=letter,
            household=household,
            due_on=datetime.date(2099, 1, 1),
        )
    batch = Batch.objects.create(
        vendor=Vendor.objects.create(name="Drukkerij"),
        round=letter_round,
        planned_on=datetime.date(2099, 1, 1),
        made_by=manager,
    )
    letter_rounds.approved_texts()
    text = Template.objects.get(kind="zeker", regeling="stadspas")
    vendor_client = calling.issue().client
    with acting_as(SYSTEM_ACTOR):
        application = Application.objects.create(
            letter=letter, approach=letter.approach, received_on=DAY, decide_by=DAY, state="te_beoordelen"
        )
    with acting_as(SYSTEM_ACTOR):
        task = Task.objects.create(
            household=household, kind="terugbellen", due_on=DAY, team=team, made_by=manager
        )
    with acting_as(SYSTEM_ACTOR):
        referral = factories.referral(household)
        safety = factories.safety(household)
        representative = factories.representative(household.members.get().person)
    with acting_as(manager_of_lists.actor()):
        sheet = Sheet.objects.create(
            submission=uuid.uuid4(),
            looplijst=looplijst,
            number=1,
            pages=1,
            households=[household.pk],
            made_by=manager_of_lists,
        )
        breach = Breach.objects.create(
            kind="looplijst_kwijt",
            sheet=sheet,
            text="In de tram",
            persons=[],
            discovered_at=timezone.now(),
            reported_by=manager_of_lists,
        )
    lawyer = factories.user(Role.JURIDISCH_ADVISEUR)
    basis = LegalBasis.objects.create(regeling_id="stadspas", text="Besluit", dated=DAY, signed_by=lawyer)
    administration = PayingAdministration.objects.create(name="Uitkeringen", public_key="age1proef")
    export = GrantExport.objects.create(
        administration=administration, asked_by=manager, public_key="age1proef"
    )
    share = Share.objects.create(
        handover=letter_round.handover,
        receiver=administration,
        public_key="age1proef",
        object_before=DAY,
        margin_days=7,
        reason="Besluit",
        made_by=manager,
    )
    with as_role("migrate"):
        share_file = ShareFile.objects.create(share=share, number=1, kind="delen", rows=0, size=0, sha256="")
    destruction_list = destroying.draft([delivery.pk])
    with acting_as(SYSTEM_ACTOR):
        wish = OptOut.objects.create(person=household.members.get().person, scope="delen", channel="brief")
    notice = PublicNotice.objects.create(
        medium="Stadskrant",
        published_on=DAY,
        scan=pyrage.encrypt(b"%PDF-1.7", [storage.identity().to_public()]),
        scan_name="mededeling",
        registered_by=manager,
    )
    entry = LogEntry.objects.create(user=manager, object_repr="proef", action_flag=ADDITION)
    return {
        "team": team.pk,
        "household": household.pk,
        "representative": representative.pk,
        "opt_out": wish.pk,
        "notice": notice.pk,
        "organisation": referral.organisation_id,
        "referral": referral.pk,
        "safety": safety.pk,
        "task": task.pk,
        "looplijst": looplijst.pk,
        "sheet": sheet.pk,
        "breach": breach.pk,
        "colleague": manager_of_lists.pk,
        "round": looplijst.round_id,
        "letter_round": letter_round.pk,
        "part": part.pk,
        "text": text.pk,
        "batch": batch.pk,
        "letter": letter.pk,
        "pause": pause.pk,
        "work": item.pk,
        "errand": Errand.objects.create(kind="herinneren", round=letter_round, asked_by=manager).pk,
        "application": application.pk,
        "legal_basis": basis.pk,
        "administration": administration.pk,
        "export": export.pk,
        "share": share.pk,
        "share_file": share_file.pk,
        "norm": IncomeNorm.objects.first().pk,
        "asset_limit": AssetLimit.objects.first().pk,
        "percentage": IncomePercentage.objects.first().pk,
        "delivery": delivery.pk,
        "run": run.pk,
        "user": manager.pk,
        "role_review": signed_roles(),
        "log_entry": entry.pk,
        "destruction_list": destruction_list.pk,
        "retention_rule": destruction_list.rule_id,
        "legal_hold": legal_hold(),
        "subject_request": subject_request(),
        "unseal_request": unsealing.about(run, uuid.uuid4()).pk,
        "vendor": vendor_client.vendor_id,
        "vendor_client": vendor_client.pk,
        "agreement": Agreement.objects.first().pk,
        "transparency": version.pk,
        "ground": BronGround.objects.first().pk,
    }


def legal_hold() -> int:
    officer = factories.user(Role.PRIVACY_OFFICER)
    with acting_as(officer.actor()):
        return LegalHold.objects.create(kind="scan", reason="Bezwaar", placed_by=officer).pk


def subject_request() -> int:
    officer = factories.user(Role.PRIVACY_OFFICER)
    with acting_as(officer.actor()):
        asked = Asked(kind=RequestKind.OBJECTION, channel=RequestChannel.LETTER, received_on=DAY)
        return subject_requests.register(asked=asked, person=uuid.uuid4(), by=officer).pk


def ask(row: Row, places: dict[str, object], user: User | None, method: str = "") -> HttpResponse:
    """The answer to one user, or to a visitor, in a browser of its own."""
    client = Client(raise_request_exception=False)
    if user is not None:
        client.force_login(user)
    address = reverse(row.page, args=[places.get(name, name) for name in row.args])
    form = "application/x-www-form-urlencoded"
    return client.generic(method or row.method, address, row.sent, content_type=form)


def told(row: Row, response: HttpResponse, who: object) -> str:
    """The line of a report."""
    return f"{row.method} {row.page} as {who}: {response.status_code} {response.headers.get('Location', '')}"


def is_open(row: Row, response: HttpResponse) -> bool:
    """Whether somebody got in. What he asked may still be incomplete, or be no longer possible."""
    to_login = response.headers.get("Location", "").startswith(LOGIN) and row.page not in LOGOUTS
    return response.status_code < 500 and response.status_code not in (401, 403) and not to_login


def users() -> dict[Role, User]:
    team = factories.team("Noord", buurten=["BU1"])
    return {role: factories.user(role, team=team if role == Role.BUURTTEAM else None) for role in Role}


@pytest.mark.parametrize("room", ROOMS)
def test_each_role_may_do_what_the_table_says_and_nothing_else(room, places):
    wrong = []
    for role, user in users().items():
        for row in ROOMS[room]:
            response = ask(row, places, user)
            refused = response.status_code == (401 if row.program else 403)
            right = is_open(row, response) if role in row.roles else refused
            if row.scoped and role in row.roles:
                right = right and response.status_code != 404
            if not right:
                wrong.append(told(row, response, role))
    assert wrong == []


@pytest.mark.parametrize("room", ROOMS)
def test_a_visitor_signs_in_first(room, places):
    wrong = []
    for row in ROOMS[room]:
        response = ask(row, places, None)
        location = response.headers.get("Location", "")
        to_login = response.status_code == 302 and location.startswith((LOGIN, "/beheer/"))
        stopped = response.status_code == 401 if row.program else to_login
        if (not is_open(row, response) and not stopped) if row.public else not stopped:
            wrong.append(told(row, response, "visitor"))
    assert wrong == []


def _superuser() -> User:
    return User.objects.create_superuser(username="root", password=factories.PASSWORD)


def _without_role() -> User:
    return User.objects.create_user(username="leeg", password=factories.PASSWORD)


@pytest.mark.parametrize("make", [_superuser, _without_role])
def test_who_has_no_role_gets_nothing_also_as_superuser(make, places):
    user = make()
    closed = [row for row in ROWS if row.roles != SIGNED_IN and not row.program]
    answers = [(row, ask(row, places, user)) for row in closed]
    assert [told(row, found, user) for row, found in answers if found.status_code != 403] == []
    own = [(row, ask(row, places, user)) for row in ROWS if row.roles == SIGNED_IN]
    assert [told(row, found, user) for row, found in own if found.status_code >= 500] == []


def narrowing_querysets(kind: type[QuerySet] = QuerySet) -> Iterator[type[QuerySet]]:
    """Every queryset that can narrow itself to what a user may see."""
    for child in kind.__subclasses__():
        if "for_user" in vars(child):
            yield child
        yield from narrowing_querysets(child)


@pytest.mark.parametrize("filters", [True, False], ids=["with filters", "row policies alone"])
def test_what_is_about_people_elsewhere_is_not_there(places, filters, monkeypatch):
    """Not found and not allowed look the same, so that nobody learns which households there are.

    The same when the code forgets to narrow: then the row policies of the database do.
    """
    if not filters:
        found = list(narrowing_querysets())
        assert len(found) >= 3
        for kind in found:
            monkeypatch.setattr(kind, "for_user", lambda self, user: self)
    scoped = [row for row in ROWS if row.scoped]
    assert len(scoped) >= 5
    outsider = factories.user(Role.BUURTTEAM, team=factories.team("Zuid", buurten=["BU9"]))
    somebody = factories.user(Role.CONSULENT)
    nowhere = {name: uuid.uuid4() if isinstance(key, uuid.UUID) else 999_999 for name, key in places.items()}
    for row in scoped:
        answers = [
            ask(row, places, outsider),
            ask(row, places | nowhere, outsider),
            ask(row, nowhere, somebody),
        ]
        assert [answer.status_code for answer in answers] == [404] * 3, row
        assert len({answer.content for answer in answers}) == 1, row


@pytest.mark.parametrize("room", ["outreach", "eligibility", "letters"])
def test_a_method_that_is_not_in_the_table_is_refused(room, places):
    everybody = users()
    wrong = []
    for page in {row.page: row for row in ROOMS[room]}.values():
        listed = {row.method for row in ROOMS[room] if row.page == page.page}
        user = everybody[min(page.roles)]
        for method in {"GET", "POST", "PUT", "DELETE"} - listed:
            response = ask(page, places, user, method)
            if response.status_code != 405:
                wrong.append(f"{method} {page.page}: {response.status_code}")
    assert wrong == []


def test_an_address_that_is_no_page_is_closed_too():
    for user, status in ((factories.user(Role.PRIVACY_OFFICER), 404), (factories.user(Role.ANALIST), 403)):
        client = Client()
        client.force_login(user)
        assert client.get("/beheer/bestaat/niet/").status_code == status
    assert Client().get("/beheer/bestaat/niet/").status_code == 302


def test_a_lock_that_is_taken_off_is_noticed(places, monkeypatch):
    """The table is believed because it goes red when a permission is no longer asked."""

    def asks_nothing(user: User, permission: object) -> None:
        if not user.is_authenticated:
            raise PermissionDenied

    monkeypatch.setattr("outreach.views.access.check", asks_nothing)
    analyst = factories.user(Role.ANALIST)
    opened = [row.page for row in ROOMS["outreach"] if is_open(row, ask(row, places, analyst))]
    assert {"rounds", "round", "looplijsten"} <= set(opened)
