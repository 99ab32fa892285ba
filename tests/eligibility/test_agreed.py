"""Nothing is delivered or joined outside an agreement: the form says so, the database holds it."""

import datetime
from collections.abc import Callable, Iterator

import pytest
from django.db import IntegrityError, connections, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from eligibility import transitions
from eligibility.actions import keys, runs
from eligibility.intake.refusals import FileRefused, Rule
from eligibility.models import Agreement, Delivery, Run, RunState, Transparency
from eligibility.policies import NotNow, agreed_columns
from outreach.actions import rounds
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Handover, Klasse, Regeling, Role, Round, User
from outreach.models.round import RoundKind
from outreach.policies import NotNow as Refused
from tests import factories
from tests.eligibility import deliver
from tests.eligibility.conftest import manager, places  # noqa: F401
from tests.roles import as_role

pytestmark = pytest.mark.django_db

ENDED = {"valid_to": datetime.date(2026, 10, 31)}
OTHER_PURPOSE = {"purposes": ["schuldhulp"]}
NOT_YET = {"valid_from": datetime.date(2999, 1, 1)}
#: Each of what an agreement has to say, left out.
DRAFTS = {
    "rol": {"role": ""},
    "leverancier": {"supplier": ""},
    "besluit": {"committee_reference": "", "committee_dated": None},
    "bewaren": {"retention_months": None},
    "gebruik": {"uses": {}},
}
DRAFT = DRAFTS["besluit"]


@pytest.fixture
def agreement() -> Iterator[Agreement]:
    """That with the population register, as it was again afterwards."""
    kept = Agreement.objects.get(bron="brp")
    yield Agreement.objects.get(bron="brp")
    with as_role("migrate"):
        kept.save()


@pytest.fixture
def delivered(manager: User, places, agreement: Agreement) -> User:  # noqa: F811
    deliver.deliver(deliver.brp([deliver.resident(deliver.bsn(40000000))]), "brp", by=manager)
    deliver.transparent()
    return manager


def _change(agreement: Agreement, changes: dict[str, object]) -> None:
    """As it could have come to be: the pages write nothing over an agreement with a delivery."""
    with as_role("migrate"):
        Agreement.objects.filter(pk=agreement.pk).update(**changes)


def _start(by: User) -> Run:
    with acting_as(by.actor()):
        return runs.start(peildatum=deliver.DAY, by=by)


def _raw_delivery() -> None:
    """A delivery that no form has seen."""
    with as_role("koppel"):
        keys.keep_ready()
    with acting_as(SYSTEM_ACTOR), transaction.atomic():
        old = Delivery.objects.get()
        key = keys.take()
        Delivery.objects.create(
            bron=old.bron,
            peildatum=old.peildatum,
            file_name="x",
            stored_as="x",
            key=key,
            size=1,
            sha256=old.sha256,
            received_by=old.received_by,
        )


def _raw_run() -> None:
    with acting_as(SYSTEM_ACTOR), transaction.atomic():
        version = Transparency.objects.current()
        run = Run.objects.create(peildatum=deliver.DAY, asked_by=User.objects.first(), transparency=version)
        run.deliveries.set(Delivery.objects.all())


def _raw_retry() -> None:
    Run.objects.filter(state=RunState.STRANDED).update(state=RunState.WAITING)


def _stranded(by: User) -> Run:
    run = _start(by)
    with as_role("koppel"), acting_as(SYSTEM_ACTOR):
        transitions.apply(Run.objects.get(), transitions.STRAND, problem="De schijf is vol.")
    run.refresh_from_db()
    return run


@pytest.mark.parametrize("changes", [ENDED, OTHER_PURPOSE, NOT_YET, DRAFT])
def test_no_koppeling_starts_without_an_agreement_in_force(delivered, agreement, changes):
    _change(agreement, changes)
    with pytest.raises(NotNow, match="geldt niet meer: Basisregistratie Personen"):
        _start(delivered)
    client = Client()
    client.force_login(delivered)
    page = client.post("/koppelen/start/", {"peildatum": deliver.DAY.isoformat()}, follow=True)
    assert "De afspraak met deze bronnen geldt niet meer: Basisregistratie Personen." in page.content.decode()
    assert not Run.objects.exists()


@pytest.mark.parametrize("left_out", DRAFTS)
def test_an_agreement_that_leaves_something_out_does_not_count(delivered, agreement, left_out):
    _change(agreement, DRAFTS[left_out])
    with pytest.raises(FileRefused) as refused:
        agreed_columns(agreement.bron, [deliver.DAY])
    assert refused.value.rule == Rule.NOT_WHOLE
    with pytest.raises(IntegrityError, match="no agreement in force"):
        _raw_delivery()
    draft = Agreement.objects.get(pk=agreement.pk)
    client = Client()
    client.force_login(factories.user(Role.FUNCTIONEEL_BEHEERDER))
    page = client.get(reverse("admin:eligibility_agreement_change", args=[draft.pk])).content.decode()
    assert "Deze afspraak is nog niet volledig" in page
    assert "; ".join(draft.missing()) in page
    _change(agreement, {name: getattr(agreement, name) for name in DRAFTS[left_out]})
    _raw_delivery()


@pytest.mark.parametrize("left_out", DRAFTS)
def test_each_part_that_is_left_out_is_asked_for_by_the_database_itself(delivered, agreement, left_out):
    """With the one condition taken out of the function, the draft counts: none stands behind another."""
    _change(agreement, DRAFTS[left_out])
    parts = {
        "rol": "rol <> ''",
        "leverancier": "leverancier <> ''",
        "besluit": "besluit <> ''",
        "bewaren": "maanden IS NOT NULL",
        "gebruik": "coalesce(gebruik ->> k, '') = ''",
    }
    without = {**dict.fromkeys(parts, "true"), "gebruik": "false"}
    with as_role("migrate"), connections["default"].cursor() as cursor:
        cursor.execute("SELECT pg_get_functiondef('public.afspraak_volledig'::regproc)")
        (whole,) = cursor.fetchone()
        assert whole.count(parts[left_out]) == 1
        cursor.execute(whole.replace(parts[left_out], without[left_out]).replace("%", "%%"))
    try:
        _raw_delivery()
    finally:
        with as_role("migrate"), connections["default"].cursor() as cursor:
            cursor.execute(whole.replace("%", "%%"))


def test_the_last_day_of_an_agreement_counts(delivered, agreement):
    _change(agreement, {"valid_to": clock.today()})
    client = Client()
    client.force_login(delivered)
    page = client.get("/koppelen/").content.decode()
    assert "mag een koppeling niet meer op deze bronnen rusten: Basisregistratie Personen" in page
    assert _start(delivered).pk


def test_a_koppeling_is_not_tried_again_when_the_agreement_ended(delivered, agreement):
    run = _stranded(delivered)
    _change(agreement, ENDED)
    with pytest.raises(NotNow, match="geldt niet meer"), acting_as(delivered.actor()):
        runs.retry(run=run, by=delivered)
    run.refresh_from_db()
    assert run.state == RunState.STRANDED


@pytest.mark.parametrize(
    ("attempt", "table"),
    [
        (_raw_delivery, "eligibility_delivery"),
        (_raw_run, "eligibility_run_deliveries"),
        (_raw_retry, "eligibility_run"),
    ],
)
@pytest.mark.parametrize("changes", [ENDED, OTHER_PURPOSE, DRAFT])
def test_the_database_refuses_it_too(
    delivered, agreement, attempt: Callable[[], None], table: str, changes: dict[str, object]
):
    if attempt is _raw_retry:
        _stranded(delivered)
    _change(agreement, changes)
    with pytest.raises(IntegrityError, match="no agreement in force"), transaction.atomic():
        attempt()
    with as_role("migrate"), connections["default"].cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER afspraak")
    try:
        attempt()
    finally:
        with as_role("migrate"), connections["default"].cursor() as cursor:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER afspraak")


def test_a_delivery_about_a_day_before_the_agreement_is_refused(delivered, agreement):
    _change(agreement, {"valid_from": clock.today() - datetime.timedelta(days=1)})
    with pytest.raises(IntegrityError, match="no agreement in force"):
        _raw_delivery()


def test_an_agreement_that_ends_after_we_looked_is_told_as_that(delivered, agreement, monkeypatch):
    monkeypatch.setattr(runs, "check_agreed_now", lambda taken, day: None)
    _change(agreement, ENDED)
    with pytest.raises(NotNow, match="is net geëindigd"):
        _start(delivered)
    with pytest.raises(FileRefused, match="geen overeenkomst"):
        deliver.upload(b"bsn", "brp", by=delivered)
    assert Delivery.objects.count() == 1


@pytest.fixture
def leader(transactional_db: None) -> User:
    return factories.user(Role.TEAMLEIDER)


def _handed_over(by: User) -> Handover:
    """The koppeling as if it were done: a handover bears its number."""
    return _handover(_start(by))


def _handover(run: Run) -> Handover:
    with as_role("migrate"):
        return Handover.objects.create(id=run.pk, peildatum=run.peildatum, handed_over_at=clock.now())


def _make_round(handover: Handover, by: User) -> Round:
    with acting_as(by.actor()):
        return rounds.make(
            name="Proef",
            kind=RoundKind.LETTER,
            handover=handover,
            regelingen=Regeling.objects.filter(pk="stadspas"),
            klassen=list(Klasse),
            reply_before=None,
            by=by,
        )


def _raw_round(handover: Handover, by: User, **changes: object) -> Round:
    with acting_as(SYSTEM_ACTOR), transaction.atomic():
        return Round.objects.create(
            name="Proef",
            kind=RoundKind.LETTER,
            handover=handover,
            regelingen=["stadspas"],
            made_by=by,
            **changes,
        )


def _trigger(on: str, name: str, table: str = "outreach_round") -> None:
    with as_role("migrate"), connections["default"].cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} {on} TRIGGER {name}")


@pytest.mark.parametrize("changes", [ENDED, OTHER_PURPOSE, DRAFT])
def test_no_round_is_made_outside_an_agreement(delivered, agreement, leader, changes):
    handover = _handed_over(delivered)
    _change(agreement, changes)
    with pytest.raises(Refused, match="waar deze ronde op rust, geldt niet meer"):
        _make_round(handover, leader)
    with pytest.raises(IntegrityError, match="no agreement in force"):
        _raw_round(handover, leader)
    _trigger("DISABLE", "afspraak")
    try:
        assert _raw_round(handover, leader).pk
    finally:
        _trigger("ENABLE", "afspraak")


def test_the_page_of_a_new_round_says_that_an_agreement_ended(delivered, agreement, leader, monkeypatch):
    handover = _handed_over(delivered)
    monkeypatch.setattr(
        rounds, "counts", lambda *_args, **_more: [rounds.Count(Regeling.objects.get(pk="stadspas"), 3, 0, 0)]
    )
    _change(agreement, ENDED)
    soon = clock.today() + datetime.timedelta(days=42)
    client = Client()
    client.force_login(leader)
    page = client.post(
        f"/rondes/nieuw/?soort=brief&koppeling={handover.pk}",
        {"name": "Proef", "regelingen": "stadspas", "klassen": ["zeker"], "reply_before": soon.isoformat()},
    )
    assert "geldt niet meer" in page.content.decode()
    assert not Round.objects.exists()


def test_a_concept_is_not_fixed_when_an_agreement_ended(delivered, agreement, leader):
    round_ = _make_round(_handed_over(delivered), leader)
    _change(agreement, ENDED)
    with pytest.raises(Refused, match="geldt niet meer"), acting_as(delivered.actor()):
        rounds.fix(round_=round_, by=delivered)
    fixed = {"state": "vastgesteld", "fixed_by": delivered, "fixed_at": clock.now(), "inputs_hash": "x"}

    def fix() -> int:
        with acting_as(SYSTEM_ACTOR):
            return Round.objects.filter(pk=round_.pk).update(**fixed)

    with pytest.raises(IntegrityError, match="no agreement in force"):
        fix()
    _trigger("DISABLE", "afspraak_vaststellen")
    try:
        assert fix() == 1
    finally:
        _trigger("ENABLE", "afspraak_vaststellen")


def test_what_was_gathered_for_one_purpose_makes_no_round_for_another(delivered, agreement, leader):
    both = {"purposes": ["minimavoorzieningen", "schuldhulp"]}
    _change(agreement, both)
    version = deliver.transparent(**both)
    with acting_as(SYSTEM_ACTOR):
        run = Run.objects.create(
            peildatum=deliver.DAY, asked_by=delivered, transparency=version, purpose="schuldhulp"
        )
        run.deliveries.set(Delivery.objects.all())
    handover = _handover(run)
    with pytest.raises(Refused, match="voor een ander doel verzameld"):
        _make_round(handover, leader)
    with pytest.raises(IntegrityError, match="another purpose"):
        _raw_round(handover, leader)
    made = _raw_round(handover, leader, purpose="schuldhulp")
    own = Round.objects.filter(pk=made.pk)
    with pytest.raises(IntegrityError, match="another purpose"), acting_as(SYSTEM_ACTOR):
        own.update(purpose="minimavoorzieningen")
    _trigger("DISABLE", "doel")
    try:
        with acting_as(SYSTEM_ACTOR):
            assert own.update(purpose="minimavoorzieningen") == 1
    finally:
        _trigger("ENABLE", "doel")


def test_a_koppeling_for_another_purpose_takes_no_delivery_that_is_not_agreed_for_it(delivered, agreement):
    version = deliver.transparent(purposes=["schuldhulp"])
    with acting_as(SYSTEM_ACTOR):
        run = Run.objects.create(
            peildatum=deliver.DAY, asked_by=delivered, transparency=version, purpose="schuldhulp"
        )
    with pytest.raises(IntegrityError, match="no agreement in force"), acting_as(SYSTEM_ACTOR):
        run.deliveries.set(Delivery.objects.all())


# --- what a delivery came in under ---

WRITTEN_OVER = {
    "bron": {"bron": "aio"},
    "leverancier": {"supplier": "Een ander"},
    "rol": {"role": "gezamenlijk"},
    "begin": {"valid_from": datetime.date(2020, 1, 1)},
    "besluit": {"committee_reference": "PC-2026-1"},
    "dag van het besluit": {"committee_dated": datetime.date(2026, 1, 1)},
    "doelen": {"purposes": ["minimavoorzieningen", "schuldhulp"]},
    "gebruik": {"uses": {"bsn": "Iets anders"}},
    "langer bewaren": {"retention_months": 7},
    "einde voor de levering": {"valid_to": datetime.date(2020, 1, 1)},
}
STILL = {
    "einde": {"valid_to": datetime.date(2099, 12, 31)},
    "korter bewaren": {"retention_months": 5},
    "contract": {"processing_reference": "VO-1", "processing_dated": datetime.date(2026, 1, 1)},
}


def _by_a_page(agreement: Agreement, changes: dict[str, object]) -> int:
    with transaction.atomic():
        return Agreement.objects.filter(pk=agreement.pk).update(**changes)


@pytest.mark.parametrize("what", WRITTEN_OVER)
def test_what_a_delivery_came_in_under_is_not_written_over(delivered, agreement, what):
    with pytest.raises(IntegrityError, match="a delivery rests on this agreement"):
        _by_a_page(agreement, WRITTEN_OVER[what])
    with as_role("migrate"), connections["default"].cursor() as cursor:
        cursor.execute("ALTER TABLE eligibility_agreement DISABLE TRIGGER vast")
    try:
        assert _by_a_page(agreement, WRITTEN_OVER[what]) == 1
    finally:
        with as_role("migrate"), connections["default"].cursor() as cursor:
            cursor.execute("ALTER TABLE eligibility_agreement ENABLE TRIGGER vast")


def test_an_agreement_with_a_delivery_is_not_removed(delivered, agreement):
    with pytest.raises(IntegrityError, match="a delivery rests on this agreement"), transaction.atomic():
        Agreement.objects.filter(pk=agreement.pk).delete()


@pytest.mark.parametrize("what", STILL)
def test_it_can_still_be_ended_given_a_contract_or_kept_less_long(delivered, agreement, what):
    assert _by_a_page(agreement, STILL[what]) == 1


def test_once_ended_it_is_not_made_to_last_longer_and_another_contract_is_not_put_in(delivered, agreement):
    _change(agreement, {**STILL["einde"], **STILL["contract"]})
    for changes in ({"valid_to": None}, {"processing_reference": "VO-2"}):
        with pytest.raises(IntegrityError, match="a delivery rests on this agreement"):
            _by_a_page(agreement, changes)


def test_an_agreement_without_a_delivery_is_changed_as_before(delivered):
    other = Agreement.objects.get(bron="aio")
    assert _by_a_page(other, {"supplier": other.supplier, "purposes": other.purposes}) == 1
    with transaction.atomic():
        assert Agreement.objects.filter(pk=other.pk).update(supplier="Een ander") == 1
        transaction.set_rollback(True)


def _post(agreement: Agreement, **changes: object) -> HttpResponse:
    """The form, sent with these changes."""
    fields = {
        "bron": agreement.bron_id,
        "supplier": agreement.supplier,
        "role": agreement.role,
        "valid_from": agreement.valid_from,
        "valid_to": agreement.valid_to or "",
        "processing_reference": "",
        "processing_dated": "",
        "committee_reference": agreement.committee_reference,
        "committee_dated": agreement.committee_dated,
        "purposes": ",".join(agreement.purposes),
        "retention_months": agreement.retention_months,
        "columns": ",".join(agreement.columns),
        "uses": "\r\n".join(f"{name}: {use}" for name, use in agreement.uses.items()),
    }
    client = Client()
    client.force_login(factories.user(Role.FUNCTIONEEL_BEHEERDER))
    url = reverse("admin:eligibility_agreement_change", args=[agreement.pk])
    return client.post(url, fields | changes, follow=True)


def _posted(agreement: Agreement, **changes: object) -> str:
    """What the form says to these changes; empty when they were taken."""
    answer = _post(agreement, **changes)
    return "" if answer.redirect_chain else answer.content.decode()  # type: ignore[attr-defined]


def test_the_form_says_what_stays_and_how_to_go_on(delivered, agreement):
    assert _posted(agreement, supplier="Een ander").count("kwam al een levering binnen") == 1
    assert "Langer bewaren kan niet." in _posted(agreement, retention_months=7)
    assert "kwam nog een levering binnen. Kies die dag of later." in _posted(agreement, valid_to="2020-01-01")
    assert _posted(agreement, valid_to="2099-12-31", retention_months=5) == ""
    agreement.refresh_from_db()
    assert "Langer laten gelden kan niet." in _posted(agreement, valid_to="")


def test_a_delivery_that_comes_in_while_the_form_is_sent_is_told_of_and_nothing_is_written(
    delivered, agreement, monkeypatch
):
    monkeypatch.setattr(Agreement, "carried_until", lambda self: None)
    answer = _post(agreement, supplier="Een ander")
    assert (answer.status_code, len(answer.redirect_chain)) == (200, 1)  # type: ignore[attr-defined]
    assert "kwam al een levering binnen" in answer.content.decode()
    was = agreement.supplier
    agreement.refresh_from_db()
    assert agreement.supplier == was
