"""What to look out for at a door: approved by another than its writer, until a day, and shown everywhere."""

import datetime
import uuid

import pypdfium2
import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from outreach.actions import safety, tasks
from outreach.actions.safety import Warned
from outreach.actions.tasks import ToDo
from outreach.audit import Event
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Household, Role, SafetyInstruction, Task, User
from outreach.models.safety import SafetyCategory
from outreach.models.task import TaskKind
from outreach.policies import NotNow
from outreach.transitions import StateChanged
from tests import factories
from tests.outreach import visits
from tests.outreach.visits import AuditTail

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
WORDS = "Let op: Gevaarlijk dier"
SIGN = "! Bel eerst de gemeente"


@pytest.fixture
def writer() -> User:
    return factories.user(Role.BUURTTEAM, team=factories.team())


@pytest.fixture
def approver() -> User:
    return factories.user(Role.TEAMLEIDER)


def _propose(household: Household, by: User, **changes: object) -> SafetyInstruction:
    warned = {"category": SafetyCategory.ANIMAL, "ends_on": clock.today() + 30 * DAY, "text": "Hond los."}
    with acting_as(by.actor()):
        fresh = Household.objects.with_page_data().get(pk=household.pk)
        return safety.propose(household=fresh, warned=Warned(**{**warned, **changes}), by=by)


def _approve(instruction: SafetyInstruction, by: User) -> None:
    with acting_as(by.actor()):
        safety.approve(instruction=instruction, by=by)


def _client(user: User) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


def _task(household: Household, by: User) -> Task:
    with acting_as(by.actor()):
        return tasks.make(household=household, todo=ToDo(TaskKind.OTHER, clock.today()), to=by, by=by)[0]


def _shown(user: User, page: str, *args: object) -> str:
    response = _client(user).get(reverse(page, args=[one for one in args if one is not None]))
    assert response.status_code == 200
    return response.content.decode()


def test_it_is_shown_at_the_door_only_when_another_approved_it(writer, approver):
    team = writer.team
    looplijst = visits.list_of(team)
    [stop] = visits.items(looplijst)
    task = _task(stop.household, writer)
    pages = [
        ("household", stop.household_id),
        ("gesprek", stop.household_id),
        ("looplijst", looplijst.pk),
        ("task", task.pk),
        ("tasks", None),
    ]
    made = _propose(stop.household, writer)
    assert [page for page, key in pages if WORDS in _shown(writer, page, key)] == []
    _approve(made, approver)
    assert [page for page, key in pages if WORDS in _shown(writer, page, key)] == [page for page, _ in pages]
    with acting_as(approver.actor()):
        safety.end(instruction=made, by=approver)
    assert [page for page, key in pages if WORDS in _shown(writer, page, key)] == []


def test_it_ends_by_itself_after_its_day(writer, approver, monkeypatch):
    of = factories.household()
    made = _propose(of, writer)
    _approve(made, approver)
    last = made.ends_on
    monkeypatch.setattr(clock, "today", lambda: last)
    assert WORDS in _shown(writer, "household", of.pk)
    monkeypatch.setattr(clock, "today", lambda: last + DAY)
    assert WORDS not in _shown(writer, "household", of.pk)


def test_nobody_approves_his_own(approver):
    made = _propose(factories.household(), approver)
    with pytest.raises(NotNow, match="zelf"):
        _approve(made, approver)
    with pytest.raises(IntegrityError), acting_as(SYSTEM_ACTOR):
        SafetyInstruction.objects.filter(pk=made.pk).update(
            state="goedgekeurd", decided_by=approver, decided_at=clock.now()
        )


def test_a_buurtteam_approves_nothing(writer):
    made = _propose(factories.household(), writer)
    colleague = factories.user(Role.BUURTTEAM, team=writer.team)
    with pytest.raises(PermissionDenied):
        _approve(made, colleague)


def test_of_two_who_decide_the_second_hears_of_the_first(writer, approver):
    made = _propose(factories.household(), writer)
    stale = SafetyInstruction(pk=made.pk, state="voorgesteld", made_by=writer, household_id=made.household_id)
    _approve(made, approver)
    other = factories.user(Role.CONSULENT)
    with pytest.raises(StateChanged), acting_as(other.actor()):
        safety.refuse(instruction=stale, by=other)


def test_an_end_is_obligatory_and_within_a_year(writer):
    of = factories.household()
    for wrong in (clock.today() - DAY, clock.today() + 367 * DAY):
        with pytest.raises(NotNow):
            _propose(of, writer, ends_on=wrong)
    with pytest.raises(IntegrityError), acting_as(SYSTEM_ACTOR):
        factories.safety(of, ends_on=clock.today() + 367 * DAY)


def test_a_writer_takes_back_what_waits_and_no_longer_what_holds(writer, approver):
    of = factories.household()
    waits = _propose(of, writer)
    with acting_as(writer.actor()):
        safety.end(instruction=waits, by=writer)
    holds = _propose(of, writer)
    _approve(holds, approver)
    with pytest.raises(NotNow), acting_as(writer.actor()):
        safety.end(instruction=holds, by=writer)


def test_the_same_twice_is_one(writer):
    of, tail = factories.household(), AuditTail()
    assert _propose(of, writer) == _propose(of, writer)
    assert len(tail.lines(Event.SAFETY_PROPOSED)) == 1


def test_it_is_about_a_person_wherever_he_lives_by_now(writer, approver):
    """The former household lies where this team sees nothing; the danger moved along with the person."""
    person = factories.person()
    before = factories.household(adults=[person], buurt_code="BU9", street="Oudeweg")
    made = _propose(before, factories.user(Role.CONSULENT), person=person)
    _approve(made, approver)
    now = factories.household(adults=[person], in_handover=factories.handover())
    factories.candidacy(now)
    looplijst = visits.lists_of(now.handover, writer.team, regelingen=["stadspas"])
    assert WORDS in _shown(writer, "household", now.pk)
    assert WORDS in _shown(writer, "looplijst", looplijst.pk)


def test_about_an_address_it_holds_for_who_lives_there_next_and_not_for_the_neighbours(writer, approver):
    made = _propose(factories.household(house_number=500), writer)
    _approve(made, approver)
    handover = factories.handover()
    after = factories.household(house_number=500, in_handover=handover)
    beside = factories.household(house_number=500, house_letter="A", in_handover=handover)
    assert WORDS in _shown(writer, "household", after.pk)
    assert WORDS not in _shown(writer, "household", beside.pk)


def test_a_list_costs_no_more_queries_with_more_warnings(writer, approver):
    looplijst = visits.list_of(writer.team, visits.streets(1, 3, 5, 7))
    counts = []
    client = _client(writer)
    for stops in (visits.items(looplijst)[:1], visits.items(looplijst)[1:]):
        for stop in stops:
            _approve(_propose(stop.household, writer), approver)
        with CaptureQueriesContext(connection) as queries:
            text = client.get(reverse("looplijst", args=[looplijst.pk])).content.decode()
        counts.append(len(queries))
    assert text.count("Let op: Gevaarlijk dier") == 8
    assert counts[0] == counts[1]


def test_tasks_and_paper_cost_no_more_queries_with_more_warnings(writer, approver):
    looplijst = visits.list_of(writer.team, visits.streets(1, 3, 5, 7))
    for stop in visits.items(looplijst):
        _task(stop.household, writer)
    counts: list[tuple[int, int]] = []
    client = _client(writer)
    for stops in (visits.items(looplijst)[:1], visits.items(looplijst)[1:]):
        for stop in stops:
            _approve(_propose(stop.household, writer), approver)
        with CaptureQueriesContext(connection) as of_tasks:
            text = client.get(reverse("tasks")).content.decode()
        with CaptureQueriesContext(connection) as of_paper:
            client.post(reverse("looplijst_print", args=[looplijst.pk]), {"submission": uuid.uuid4()})
        counts.append((len(of_tasks), len(of_paper)))
    assert text.count("Let op: Gevaarlijk dier") == 8
    assert counts[0] == counts[1]


def test_paper_has_a_sign_and_not_what_it_is(writer, approver):
    """Who walks with paper alone is warned; who finds it reads nothing about anybody."""
    looplijst = visits.list_of(writer.team, visits.streets(1, 3))
    stop, _ = visits.items(looplijst)
    print_url = reverse("looplijst_print", args=[looplijst.pk])
    made = _propose(stop.household, writer)

    def paper() -> str:
        response = _client(writer).post(print_url, {"submission": uuid.uuid4()})
        with pypdfium2.PdfDocument(response.content) as document:
            return "".join(page.get_textpage().get_text_range() for page in document)

    assert SIGN not in paper()
    _approve(made, approver)
    text = paper()
    assert text.count(SIGN) == 1
    assert text.index("Gerststraat 1") < text.index(SIGN) < text.index("Gerststraat 3")
    for word in ("dier", "hond", "let op", "veilig"):
        assert word not in text.lower()
    # And in a list that a browser prints.
    html = _shown(writer, "looplijst", looplijst.pk)
    assert html.count(f'<strong class="kit-on-paper">{SIGN}</strong>') == html.count(WORDS) == 2
    for before in html.split(WORDS)[:-1]:
        assert "kit-no-print" in before[before.rindex("<span") :]


@pytest.mark.parametrize(
    "statement",
    ["UPDATE outreach_safetyinstruction SET text = 'x'", "DELETE FROM outreach_safetyinstruction"],
)
def test_what_was_written_stays_as_it_was(statement):
    with pytest.raises(Exception, match="permission denied"), acting_as(SYSTEM_ACTOR):
        connection.cursor().execute(statement)


def test_elsewhere_nobody_sees_it(writer, approver):
    _approve(_propose(factories.household(), writer), approver)
    outsider = factories.user(Role.BUURTTEAM, team=factories.team("Zuid", buurten=["BU9"]))
    with acting_as(outsider.actor()):
        assert not SafetyInstruction.objects.exists()


def test_the_pages_write_approve_and_end(writer, approver):
    of = factories.household()
    url = reverse("safety_new", args=[of.pk])
    sent = {
        "submission": str(uuid.uuid4()),
        "category": "dier",
        "about": "adres",
        "text": "Hond los.",
        "ends_on": (clock.today() + 30 * DAY).isoformat(),
    }
    assert _client(writer).post(url, {**sent, "ends_on": ""}).status_code == 422
    assert _client(writer).post(url, {**sent, "text": "BSN 999990019"}).status_code == 422
    assert _client(writer).post(url, sent).status_code == 302
    with acting_as(SYSTEM_ACTOR):
        made = SafetyInstruction.objects.get()
    page = reverse("safety", args=[of.pk, made.pk])
    assert "Dat kun je niet zelf doen" in _client(writer).get(page).content.decode()
    assert "Wacht op goedkeuring" in _shown(approver, "safety_list")
    assert _client(approver).post(page, {"besluit": "goedkeuren"}).status_code == 302
    assert WORDS in _shown(writer, "household", of.pk)
    assert _client(approver).post(page, {"besluit": "beeindigen"}).status_code == 302
    assert WORDS not in _shown(writer, "household", of.pk)


def _until(of: Household, by: User, made: SafetyInstruction, day: datetime.date):
    sent = {"besluit": "verlengen", "ends_on": day.isoformat()}
    return _client(by).post(reverse("safety", args=[of.pk, made.pk]), sent)


def _all() -> list[tuple[str, int, datetime.date]]:
    with acting_as(SYSTEM_ACTOR):
        return list(SafetyInstruction.objects.order_by("pk").values_list("state", "made_by", "ends_on"))


def test_it_is_extended_by_one_and_approved_by_another_and_the_earlier_one_ends_by_that(writer, approver):
    of, other = factories.household(), factories.user(Role.TEAMLEIDER)
    made, beside = _propose(of, writer), _propose(of, writer, text="Slang.")
    for one in (made, beside):
        _approve(one, approver)
    day = made.ends_on + 10 * DAY
    assert "Verlengen" in _shown(approver, "safety", of.pk, made.pk)
    for wrong in (made.ends_on, clock.today() + 367 * DAY):
        assert _until(of, approver, made, wrong).status_code == 422
    for _ in range(2):
        assert _until(of, approver, made, day).status_code == 302
    late = _until(of, other, made, day)
    assert (late.status_code, "wacht nog op goedkeuring" in late.content.decode()) == (422, True)
    old, side = (("goedgekeurd", writer.pk, made.ends_on) for _ in range(2))
    assert _all() == [old, side, ("voorgesteld", approver.pk, day)]
    with acting_as(SYSTEM_ACTOR):
        longer = SafetyInstruction.objects.latest("pk")
    assert (longer.category, longer.text, longer.person_id) == (made.category, made.text, made.person_id)
    extends = "Dit verlengt de instructie die geldt tot en met"
    assert extends in _shown(other, "safety", of.pk, longer.pk)
    assert extends not in _shown(other, "safety", of.pk, made.pk)
    with pytest.raises(NotNow, match="zelf"):
        _approve(longer, approver)
    _approve(longer, other)
    assert _all() == [("beeindigd", *old[1:]), side, ("goedgekeurd", approver.pk, day)]
    assert _shown(writer, "household", of.pk).count(WORDS) == 4
    again = _until(of, other, made, day + DAY)
    assert (again.status_code, "status is intussen veranderd" in again.content.decode()) == (422, True)


def test_what_is_extended_about_a_person_leaves_that_of_another_and_of_the_address(writer, approver):
    persons = factories.person(), factories.person()
    of = factories.household(adults=persons)
    found = [_propose(of, writer, person=person) for person in (*persons, None)]
    for one in found:
        _approve(one, approver)
    assert _until(of, writer, found[0], found[0].ends_on + DAY).status_code == 302
    with acting_as(SYSTEM_ACTOR):
        longer = SafetyInstruction.objects.latest("pk")
    assert longer.person_id == persons[0].pk
    _approve(longer, approver)
    assert [state for state, *_ in _all()] == ["beeindigd", "goedgekeurd", "goedgekeurd", "goedgekeurd"]


def test_who_reads_the_list_is_written_down(approver, writer):
    made = _propose(factories.household(), writer)
    tail = AuditTail()
    _shown(approver, "safety_list")
    [(actor, _, keys, _)] = tail.lines(Event.SAFETY_SEEN)
    assert (actor, keys) == (str(approver.pk), [str(made.household_id)])
