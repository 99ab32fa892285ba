"""Assessing an application: the sum, the second person, the refusal, the term."""

import datetime
import threading

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, connections

from letters.actions import assessment, closing, grants, terms
from letters.actions.assessment import Decision, SavedMeanwhile
from letters.actions.figures import Figures
from letters.actions.ledger import Told, tell
from letters.models import Application, ApplicationState, Axis, Grant, Letter, Production, Proposal, WorkItem
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Approach, Klasse, Role, Round, User
from outreach.policies import NotNow
from outreach.transitions import StateChanged
from tests import factories
from tests.letters import applications

pytestmark = pytest.mark.django_db

LOW = Figures(income=15000, partner_income=0, savings=1000, assets=0, debts=0)
NEAR = Figures(income=21000, partner_income=0, savings=1000, assets=0, debts=0)
HIGH = Figures(income=40000, partner_income=0, savings=1000, assets=0, debts=0)
RICH = Figures(income=15000, partner_income=0, savings=60000, assets=5000, debts=1000)


def save(one: Application, figures: Figures, by: User, household_type: str = "alleenstaand") -> Application:
    with acting_as(by.actor()):
        return assessment.save(
            application=one, household_type=household_type, figures=figures, version=one.version, by=by
        )


def decide(
    one: Application, by: User, proposal: str = Proposal.GRANT, *grounds: str, why: str = ""
) -> Application:
    with acting_as(by.actor()):
        return assessment.decide(
            application=one, decision=Decision(Proposal(proposal), grounds, why), version=one.version, by=by
        )


def refuse(one: Application, by: User, *grounds: str) -> Application:
    return decide(one, by, Proposal.REFUSE, *grounds)


def rows(model: type) -> list:
    with acting_as(SYSTEM_ACTOR):
        return list(model.objects.order_by("pk"))


@pytest.fixture
def sam(transactional_db: None) -> User:
    return applications.consulent("sam")


@pytest.fixture
def noor(transactional_db: None) -> User:
    return applications.consulent("noor")


def test_the_sum_is_kept_with_the_limits_of_then(sam: User):
    one = save(applications.application(), LOW, sam)
    made = assessment.sum_of(one)
    assert (made.income, str(made.income_limit), made.assets, made.asset_limit) == (
        15000,
        "21173.18",
        1000,
        8000,
    )
    assert (made.outcome, made.near, one.version, one.assessed_by) == ("toekennen", False, 1, sam)
    with acting_as(SYSTEM_ACTOR):
        Application.objects.filter(pk=one.pk).update(limits=one.limits | {"margin_percent": 50})
    assert assessment.sum_of(applications.read(one)).near


def test_a_clear_sum_is_granted_by_one_person(sam: User):
    one = decide(save(applications.application(), LOW, sam), sam)
    assert (one.state, one.decided_by, one.second_by, one.needs_second) == ("toegekend", sam, None, False)
    (grant,) = rows(Grant)
    assert (grant.basis, grant.by_person, grant.application_id) == ("formulier", sam, one.pk)
    assert [item.resolution for item in rows(WorkItem)] == ["toegekend"]
    assert rows(Approach)[0].result == "toegekend"


@pytest.mark.parametrize(("figures", "ground", "bedrag", "grens"), [
    (HIGH, "inkomen", 40000, 21173), (RICH, "vermogen", 64000, 8000),
])  # fmt: skip
def test_over_a_limit_is_refused_with_the_amounts_in_the_letter(sam: User, figures, ground, bedrag, grens):
    one = refuse(save(applications.application(), figures, sam), sam, ground)
    assert (one.state, one.decided_by, one.decided_at is not None) == ("afgewezen", sam, True)
    letter = next(letter for letter in rows(Letter) if letter.kind == "afwijzing")
    assert letter.points == [{"code": ground, "bedrag": bedrag, "grens": grens}]
    assert (letter.production, letter.response) == ("gepland", "nvt")
    assert rows(Approach)[0].result == "afgewezen"
    assert [item.resolution for item in rows(WorkItem)] == ["afgewezen"]
    assert rows(Grant) == []


def test_near_a_limit_another_person_looks_along(sam: User, noor: User):
    one = decide(save(applications.application(), NEAR, sam), sam)
    assert (one.state, one.proposal, one.assessed_by, one.decided_at) == (
        "tweede_blik",
        "toekennen",
        sam,
        None,
    )
    assert rows(Grant) == []
    with acting_as(sam.actor()), pytest.raises(NotNow, match="zelf gedaan"):
        assessment.confirm(application=one, version=one.version, by=sam)
    with acting_as(noor.actor()):
        one = assessment.confirm(application=one, version=one.version, by=noor)
    assert (one.state, one.decided_by, one.second_by) == ("toegekend", sam, noor)
    assert rows(Grant)[0].by_person == sam


def test_a_refusal_near_a_limit_too(sam: User, noor: User):
    near = Figures(income=21500, partner_income=0, savings=0, assets=0, debts=0)
    one = refuse(save(applications.application(), near, sam), sam, "inkomen")
    assert (one.state, one.proposal) == ("tweede_blik", "afwijzen")
    with acting_as(noor.actor()):
        one = assessment.confirm(application=one, version=one.version, by=noor)
    assert (one.state, one.decided_by, one.second_by) == ("afgewezen", sam, noor)
    assert one.points == [{"code": "inkomen", "bedrag": 21500, "grens": 21173}]


def test_the_second_person_gives_it_back(sam: User, noor: User):
    one = decide(save(applications.application(), NEAR, sam), sam)
    with acting_as(noor.actor()):
        with pytest.raises(NotNow, match="niet klopt"):
            assessment.send_back(application=one, reason=" ", version=one.version, by=noor)
        one = assessment.send_back(
            application=one, reason="Het vakantiegeld mist.", version=one.version, by=noor
        )
    assert (one.state, one.proposal, one.motivation) == ("te_beoordelen", "", "Het vakantiegeld mist.")
    one = decide(save(one, LOW, sam), sam)
    assert (one.state, one.needs_second) == ("toegekend", False)


def test_otherwise_than_the_sum_asks_a_reason_and_a_second_person(sam: User):
    one = save(applications.application(), HIGH, sam)
    with pytest.raises(NotNow, match="waarom je toch toekent"):
        decide(one, sam)
    one = decide(one, sam, why="Het inkomen is sinds januari weg.")
    assert (one.state, one.needs_second) == ("tweede_blik", True)


@pytest.mark.parametrize(
    ("figures", "ground", "message"),
    [
        (None, "inkomen", "onder de grens"),
        (LOW, "inkomen", "onder de grens"),
        (LOW, "vermogen", "onder de grens"),
        (LOW, "niet_aangevuld", "nog niets gevraagd"),
        (LOW, "", "waarom je afwijst"),
    ],
)
def test_nothing_is_refused_on_what_is_not_so(sam: User, figures, ground: str, message: str):
    one = applications.application()
    one = save(one, figures, sam) if figures else one
    with pytest.raises(NotNow, match=message):
        refuse(one, sam, *([ground] if ground else []))
    assert rows(Letter)[0].kind == "aanvraag"
    assert len(rows(Letter)) == 1


def test_another_ground_needs_no_sum(sam: User):
    one = refuse(applications.application(), sam, "verhuisd", "heeft_al")
    assert (one.state, one.points) == ("afgewezen", [{"code": "verhuisd"}, {"code": "heeft_al"}])


def test_without_the_sum_nothing_is_granted_not_even_in_sql(sam: User):
    one = applications.application()
    with pytest.raises(NotNow, match="Vul eerst"):
        decide(one, sam)
    with pytest.raises(IntegrityError, match="not assessed"), acting_as(sam.actor()):
        grants.grant_on_form(application=applications.read(one), by=sam)
    with pytest.raises(IntegrityError, match="not assessed"), acting_as(SYSTEM_ACTOR):
        Application.objects.filter(pk=one.pk).update(state="toegekend", decided_at=clock.now())


def test_a_near_one_is_not_decided_by_one_person_in_sql(sam: User):
    one = decide(save(applications.application(), NEAR, sam), sam)
    with pytest.raises(IntegrityError, match="application_second_look_taken"), acting_as(SYSTEM_ACTOR):
        Application.objects.filter(pk=one.pk).update(
            state="toegekend", decided_by=sam, decided_at=clock.now()
        )
    with pytest.raises(IntegrityError, match="application_second_is_another"), acting_as(SYSTEM_ACTOR):
        Application.objects.filter(pk=one.pk).update(
            state="toegekend", decided_by=sam, second_by=sam, decided_at=clock.now()
        )


def test_a_zeker_form_that_a_person_accepts_needs_no_sum(sam: User):
    one = applications.application(klasse=Klasse.ZEKER, state=ApplicationState.RECEIVED)
    with acting_as(sam.actor()):
        grants.grant_on_form(application=applications.read(one), by=sam)
    assert applications.read(one).state == "toegekend"


def test_an_income_of_a_partner_belongs_to_two(sam: User):
    with_partner = Figures(income=15000, partner_income=9000, savings=0, assets=0, debts=0)
    with pytest.raises(NotNow, match="geen inkomen van een partner"):
        save(applications.application(), with_partner, sam)
    one = save(applications.application(), with_partner, sam, "gehuwd")
    assert assessment.sum_of(one).income == 24000


# -- two people --------------------------------------------------------------------------------------


def test_of_two_who_save_the_second_hears_of_it(sam: User, noor: User):
    one = applications.application()
    seen = applications.read(one)
    save(one, LOW, sam)
    with pytest.raises(SavedMeanwhile) as refused:
        save(seen, HIGH, noor)
    assert (refused.value.found.income, refused.value.found.assessed_by) == (15000, sam)
    assert applications.read(one).income == 15000
    for act in (lambda: decide(seen, noor), lambda: refuse(seen, noor, "verhuisd"), lambda: ask(seen, noor)):
        with pytest.raises(SavedMeanwhile):
            act()
    assert applications.read(one).state == "te_beoordelen"


@pytest.mark.usefixtures("unblocked")
def test_of_two_who_decide_at_once_one_wins(sam: User, noor: User):
    one = save(applications.application(), LOW, sam)
    told, start = [], threading.Barrier(2)

    def act(by: User, *grounds: str) -> None:
        try:
            start.wait()
            decide(applications.read(one), by) if not grounds else refuse(one, by, *grounds)
        except (NotNow, StateChanged) as refusal:
            told.append(type(refusal).__name__)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=act, args=(sam,)),
        threading.Thread(target=act, args=(noor, "verhuisd")),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = applications.read(one)
    assert len(told) == 1, (told, found.state)
    assert (len(rows(Grant)), len([letter for letter in rows(Letter) if letter.kind == "afwijzing"])) in (
        (1, 0),
        (0, 1),
    )


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.CONSULENT, Role.TEAMLEIDER)])
def test_nobody_else_assesses(role: Role):
    other = factories.user(role, team=factories.team() if role == Role.BUURTTEAM else None)
    one = applications.application()
    for act in (
        lambda: save(one, LOW, other),
        lambda: refuse(one, other, "verhuisd"),
        lambda: ask(one, other),
    ):
        with pytest.raises(PermissionDenied):
            act()


def test_what_was_decided_is_decided(sam: User, noor: User):
    one = decide(save(applications.application(), LOW, sam), sam)
    for act in (lambda: save(one, HIGH, noor), lambda: refuse(one, noor, "verhuisd"), lambda: ask(one, noor)):
        with pytest.raises(StateChanged):
            act()


# -- the term ------------------------------------------------------------------------------------------


def ask(one: Application, by: User, *codes: str) -> Application:
    with acting_as(by.actor()):
        return assessment.ask_missing(
            application=one, codes=codes or ("inkomen",), version=one.version, by=by
        )


def posted(one: Application, day: datetime.date) -> None:
    """The question is in the post, says the vendor."""
    moment = datetime.datetime.combine(day, datetime.time(12), datetime.UTC)
    with acting_as(SYSTEM_ACTOR):
        letter = Letter.objects.get(approach=one.approach_id, kind="aanvulling")
        tell([letter.pk], Told(Axis.PRODUCTION, Production.SENT, occurred_at=moment))


def on(monkeypatch: pytest.MonkeyPatch, day: datetime.date) -> None:
    monkeypatch.setattr(clock, "today", lambda: day)


def test_asking_stops_the_clock(sam: User, monkeypatch: pytest.MonkeyPatch):
    on(monkeypatch, datetime.date(2026, 5, 4))
    one = ask(applications.application(), sam, "inkomen", "afschrift")
    assert (one.state, one.asked_on, one.paused_until) == (
        "aanvulling_gevraagd", datetime.date(2026, 5, 4), datetime.date(2026, 5, 25),
    )  # fmt: skip
    letter = next(letter for letter in rows(Letter) if letter.kind == "aanvulling")
    assert letter.points == [{"code": "inkomen"}, {"code": "afschrift"}]
    assert [item.resolution for item in rows(WorkItem)] == ["aanvulling_gevraagd"]
    assert one.decide_by == datetime.date(2026, 6, 15)
    assert not terms.overdue(one, datetime.date(2027, 1, 1))


@pytest.mark.parametrize(
    ("answered", "decide_by"),
    [
        (datetime.date(2026, 5, 4), datetime.date(2026, 6, 15)),
        (datetime.date(2026, 5, 14), datetime.date(2026, 6, 25)),
        (datetime.date(2026, 5, 25), datetime.date(2026, 7, 6)),
        (datetime.date(2026, 6, 30), datetime.date(2026, 7, 6)),
    ],
)
def test_the_term_is_longer_by_the_days_it_stood_still(sam: User, monkeypatch, answered, decide_by):
    on(monkeypatch, datetime.date(2026, 5, 4))
    one = ask(applications.application(), sam)
    with acting_as(SYSTEM_ACTOR):
        # A question that was never posted stopped no clock.
        assert terms.resumed(one, answered) == {"paused_until": None}
    posted(one, datetime.date(2026, 5, 4))
    with acting_as(SYSTEM_ACTOR):
        assert terms.resumed(one, answered) == {"paused_until": None, "decide_by": decide_by}


def test_what_never_came_goes_back_to_a_person(sam: User, monkeypatch: pytest.MonkeyPatch):
    on(monkeypatch, datetime.date(2026, 5, 4))
    one = ask(applications.application(), sam)
    posted(one, datetime.date(2026, 5, 4))
    on(monkeypatch, datetime.date(2026, 5, 25))
    assert terms.end_pauses() == 0
    on(monkeypatch, datetime.date(2026, 5, 26))
    assert (terms.end_pauses(), terms.end_pauses()) == (1, 0)
    one = applications.read(one)
    assert (one.state, one.paused_until, one.decide_by) == ("te_beoordelen", None, datetime.date(2026, 7, 6))
    assert [item.kind for item in rows(WorkItem) if item.closed_at is None] == ["beoordelen"]
    with pytest.raises(NotNow, match="ging al"):
        ask(one, sam)
    assert refuse(applications.read(one), sam, "niet_aangevuld").state == "afgewezen"


def test_nothing_chosen_is_nothing_asked(sam: User):
    one = applications.application()
    with acting_as(sam.actor()), pytest.raises(NotNow, match="wat er ontbreekt"):
        assessment.ask_missing(application=one, codes=(), version=one.version, by=sam)


def test_a_closed_round_still_sends_the_answer_to_who_applied(sam: User):
    one = save(applications.application(), HIGH, sam)
    with acting_as(SYSTEM_ACTOR):
        tell([one.letter_id], Told(Axis.PRODUCTION, Production.SENT))
    leader = factories.user(Role.TEAMLEIDER)
    with acting_as(leader.actor()):
        closing.close(round_=Round.objects.get(), by=leader)
    assert refuse(one, sam, "inkomen").state == "afgewezen"
    assert Round.objects.get().state == "afgesloten"
    [letter] = [letter for letter in rows(Letter) if letter.kind == "afwijzing"]
    assert letter.production == "gepland"


def test_no_amount_stands_in_the_audit(sam: User):
    one = save(applications.application(), Figures(12345, 0, 6789, 0, 0), sam)
    decide(one, sam)
    with connections["migrate"].cursor() as cursor:
        cursor.execute(
            "SELECT handeling, bijzonderheden::text FROM audit.gebeurtenis WHERE onderwerp = 'aanvraag'"
            " AND actor = %s ORDER BY id",
            [str(sam.pk)],
        )
        lines = cursor.fetchall()
    acts = [act for act, _ in lines]
    assert acts[-2:] == ["aanvraag_ingevuld", "aanvraag_toegekend"]
    assert not any("12345" in text or "6789" in text for _, text in lines)
