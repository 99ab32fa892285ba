"""Terms, holds and lists of destruction in the admin, from the proposal to the certificate."""

import datetime

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse

from letters.actions import destroying as worker
from outreach.actions import destruction
from outreach.audit import Event
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import DestructionItem, DestructionList, LegalHold, RetentionRule, Role, User
from outreach.models.destruction import RetentionKind
from tests import factories
from tests.eligibility import destroying
from tests.letters import rounds
from tests.letters.test_destroying import scan
from tests.outreach import visits
from tests.roles import as_role

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folders(settings, tmp_path) -> None:
    settings.LETTER_FOLDER = tmp_path / "brieven"
    settings.SCAN_FOLDER = tmp_path / "scans"
    settings.DESTRUCTION_FOLDER = tmp_path / "vernietigd"


@pytest.fixture
def beheerder() -> User:
    return factories.user(Role.FUNCTIONEEL_BEHEERDER)


@pytest.fixture
def officer() -> User:
    return factories.user(Role.PRIVACY_OFFICER)


def client_of(user: User) -> Client:
    made = Client()
    made.force_login(user)
    return made


def url(name: str, *args: object) -> str:
    return reverse(f"admin:outreach_{name}", args=args)


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


def test_a_term_is_proposed_by_one_and_agreed_by_the_other(beheerder, officer):
    mine, theirs = client_of(beheerder), client_of(officer)
    fields = {"kind": "scan", "term": 84, "unit": "maanden", "ground": "Selectielijst 2020"}
    assert mine.post(url("retentionrule_add"), fields).status_code == 302
    rule = RetentionRule.objects.get()
    assert (rule.made_by, rule.agreed_at) == (beheerder, None)
    assert "Akkoord geven" not in text_of(mine.get(url("retentionrule_change", rule.pk)))
    assert "Akkoord geven" in text_of(theirs.get(url("retentionrule_change", rule.pk)))
    assert theirs.get(url("retentionrule_akkoord", rule.pk)).status_code == 405
    assert theirs.post(url("retentionrule_akkoord", rule.pk)).status_code == 302
    rule.refresh_from_db()
    assert rule.agreed_by == officer
    again = theirs.post(url("retentionrule_akkoord", rule.pk), follow=True)
    assert "al akkoord gegeven" in text_of(again)


def test_who_proposed_a_term_does_not_agree_to_it_by_address_either(beheerder):
    """Two roles do this; and who changed from the one to the other in between is still the same person."""
    mine = client_of(beheerder)
    fields = {"kind": "scan", "term": 84, "unit": "maanden", "ground": "Selectielijst 2020"}
    assert mine.post(url("retentionrule_add"), fields).status_code == 302
    rule = RetentionRule.objects.get()
    assert mine.post(url("retentionrule_akkoord", rule.pk)).status_code == 403
    beheerder.role = Role.PRIVACY_OFFICER
    beheerder.save()
    mine = client_of(beheerder)
    assert "zelf" in text_of(mine.post(url("retentionrule_akkoord", rule.pk), follow=True))
    rule.refresh_from_db()
    assert rule.agreed_by is None


def test_a_list_is_asked_approved_and_certified(beheerder, officer):
    one = scan()
    destroying.rule("scan", term=1)
    with as_role("migrate"):
        type(one).objects.update(received_at=clock.now() - datetime.timedelta(days=90))
    mine, theirs = client_of(beheerder), client_of(officer)
    tail = visits.AuditTail()
    made = mine.post(url("destructionlist_add"), {"kind": "scan"}, follow=True)
    of = DestructionList.objects.get()
    assert str(one.pk) in text_of(made)
    assert "Goedkeuren" not in text_of(made)
    assert "Goedkeuren" in text_of(theirs.get(url("destructionlist_change", of.pk)))
    assert theirs.get(url("destructionlist_verklaring", of.pk)).status_code == 404
    theirs.post(url("destructionlist_goedkeuren", of.pk))
    destroying.cool_off(of)
    assert worker.carry_out_due() == [of.pk]
    shown = text_of(mine.get(url("destructionlist_change", of.pk)))
    assert "Verklaring (PDF)" in shown
    assert "Intrekken" not in shown
    pdf = mine.get(url("destructionlist_verklaring", of.pk))
    assert (pdf.status_code, pdf.content[:5]) == (200, b"%PDF-")
    assert [line[1] for line in tail.lines(Event.CERTIFICATE_FETCHED)] == ["vernietigingslijst"]


def test_who_asked_cannot_approve_by_address_either(officer):
    part = rounds.made(1)
    destroying.rule("brieven", term=1)
    with as_role("migrate"):
        type(part).objects.update(confirmed_at=clock.now(), made_at=clock.now() - datetime.timedelta(days=90))
    mine = client_of(officer)
    page = mine.post(url("destructionlist_add"), {"kind": "brieven"}, follow=True)
    of = DestructionList.objects.get()
    assert "Een ander keurt haar goed" in text_of(page)
    assert "zelf gevraagd" in text_of(mine.post(url("destructionlist_goedkeuren", of.pk), follow=True))
    of.refresh_from_db()
    assert of.state == "concept"
    assert "Er wordt niets vernietigd" in text_of(
        mine.post(url("destructionlist_intrekken", of.pk), follow=True)
    )
    with acting_as(SYSTEM_ACTOR):
        assert [item.state for item in DestructionItem.objects.all()] == ["vervallen"]


def test_without_a_term_or_without_anything_old_there_is_no_list(beheerder):
    mine = client_of(beheerder)
    page = mine.post(url("destructionlist_add"), {"kind": "scan"})
    assert page.status_code == 422
    assert "nog geen bewaartermijn afgesproken" in text_of(page)
    destroying.rule("scan")
    assert "niets waarvan de termijn voorbij is" in text_of(
        mine.post(url("destructionlist_add"), {"kind": "scan"})
    )


def test_a_hold_is_placed_and_lifted_by_the_privacy_officer(officer, beheerder):
    mine = client_of(officer)
    part = rounds.made(1)
    listed = destroying.draft([part.pk], "brieven")
    fields = {"kind": "brieven", "subject": f" {part.pk} ", "reason": "Bezwaar 26/14"}
    assert mine.post(url("legalhold_add"), fields).status_code == 302
    hold = LegalHold.objects.get()
    assert (hold.placed_by, hold.subject) == (officer, str(part.pk))
    shown = text_of(mine.get(url("legalhold_change", hold.pk)))
    assert f"Ronde {part.round_id}, deel {part.number}." in shown
    assert "Dit verbod houdt 1 ding op een lijst tegen" in shown
    assert url("destructionlist_change", listed.pk) in shown
    assert client_of(beheerder).post(url("legalhold_opheffen", hold.pk)).status_code == 403
    assert "is opgeheven" in text_of(mine.post(url("legalhold_opheffen", hold.pk), follow=True))
    assert not LegalHold.objects.in_force().exists()
    assert "Dit verbod is opgeheven" in text_of(mine.get(url("legalhold_change", hold.pk)))


@pytest.mark.parametrize("kind", RetentionKind.values)
def test_a_hold_on_a_number_that_is_not_there_is_refused_with_what_was_typed(officer, kind):
    fields = {"kind": kind, "subject": "4123456789", "reason": "Bezwaar 26/14"}
    page = client_of(officer).post(url("legalhold_add"), fields)
    assert "is er niets (meer) met dit nummer" in text_of(page)
    assert "Bezwaar 26/14" in text_of(page)
    assert not LegalHold.objects.exists()


@pytest.mark.parametrize("kind", ["brieven", "persoon", "ronde", "scan"])
def test_each_kind_is_held_as_long_as_it_is_there(officer, kind):
    """What is destroyed is held no more: a hold on it would be a promise that cannot be kept."""
    subject, away = _one_of(kind)
    assert destruction.no_hold_on(kind, subject) == ""
    with acting_as(officer.actor()):
        hold = destruction.place_hold(kind=kind, subject=subject, reason="Bezwaar 26/14", by=officer)
        destruction.lift_hold(hold=hold, by=officer)
    if away is not None:
        with as_role("migrate"), connections["migrate"].cursor() as cursor:
            cursor.execute(away)
        assert "niets (meer)" in destruction.no_hold_on(kind, subject)


def _one_of(kind: str) -> tuple[str, str | None]:
    """Something of a kind, and the statement that says that it is gone, if that takes no more than one."""
    if kind == RetentionKind.SCAN:
        return str(scan().pk), "UPDATE letters_scan SET destroyed_at = clock_timestamp()"
    if kind == RetentionKind.PERSON:
        return str(factories.person().pk), None
    part = rounds.made(1)
    if kind == RetentionKind.LETTER_FILE:
        return str(part.pk), "UPDATE letters_part SET destroyed_at = clock_timestamp()"
    return str(part.round_id), None


def test_no_bsn_is_written_in_a_reason(officer):
    fields = {"kind": "levering", "subject": "", "reason": "gaat om 111222333"}
    page = client_of(officer).post(url("legalhold_add"), fields)
    assert "een BSN" in text_of(page)
    assert "111222333" not in text_of(page).split("<h1>")[0]
    assert not LegalHold.objects.exists()


def test_a_long_list_costs_no_more_queries_than_a_short_one(officer, django_assert_max_num_queries):
    destroying_list = destroying.draft(range(300))
    client = client_of(officer)
    with django_assert_max_num_queries(30):
        page = client.get(url("destructionlist_change", destroying_list.pk))
    assert "De andere 100 staan op de verklaring" in text_of(page)
