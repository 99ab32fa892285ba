"""Meldingen: told once, with the act itself, read by one alone, and nothing about anybody in them."""

import datetime
import uuid
from uuid import UUID

import pytest
from django.db import ProgrammingError, connection, connections, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from optout.actions import opt_out
from optout.models import Channel, Scope
from outreach.actions import gesprekken, handing_over, leaving, notifications, safety, sheets, tasks
from outreach.actions.gesprekken import Attempt, Said
from outreach.actions.safety import Warned
from outreach.actions.sheets import Loss
from outreach.actions.tasks import ToDo
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import (
    Approach,
    Draft,
    Household,
    Looplijst,
    LooplijstItem,
    Notification,
    Person,
    Referral,
    Role,
    SafetyInstruction,
    Sheet,
    Task,
    Team,
    User,
)
from outreach.models.gesprek import AttemptKind, DayPart, GesprekResult
from outreach.models.gesprek_said import Outcome
from outreach.models.notification import NotificationKind
from outreach.models.safety import SafetyCategory
from outreach.models.task import TaskKind
from tests import factories
from tests.outreach import visits
from tests.roles import as_role

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
KIND = NotificationKind


@pytest.fixture
def team() -> Team:
    return factories.team()


@pytest.fixture
def walker(team) -> User:
    return factories.user(Role.BUURTTEAM, team=team)


@pytest.fixture
def colleague(team) -> User:
    return factories.user(Role.BUURTTEAM, team=team)


@pytest.fixture
def leader() -> User:
    return factories.user(Role.TEAMLEIDER)


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def told(user: User) -> list[tuple[str, int]]:
    """What this user was told, as the row policy shows it him."""
    with acting_as(user.actor()):
        return list(Notification.objects.order_by("pk").values_list("kind", "about"))


@as_role("migrate")
def everything() -> int:
    return Notification.objects.count()


def a_task(to: User | Team, by: User, *, due: datetime.date | None = None) -> Task:
    todo = ToDo(TaskKind.CALL_BACK, due or clock.today())
    with acting_as(by.actor()):
        return tasks.make(household=factories.household(), todo=todo, to=to, by=by)[0]


def a_sheet(team: Team, by: User) -> Sheet:
    looplijst = visits.list_of(team, visits.streets(1, 2))
    with acting_as(by.actor()):
        return sheets.make(looplijst=looplijst, households=[], pages=1, submission=uuid.uuid4(), by=by)[0]


def test_a_task_is_told_to_whom_it_is_given_and_once(walker, colleague, leader):
    made = a_task(colleague, walker)
    assert told(colleague) == [(KIND.TASK_GIVEN, made.pk)]
    assert told(walker) == []
    for _ in range(2):
        with acting_as(leader.actor()):
            tasks.hand_over(keys=[made.pk], to=colleague)
    assert told(colleague) == [(KIND.TASK_GIVEN, made.pk)]


def test_what_one_does_oneself_and_what_is_a_teams_is_not_told(team, walker):
    a_task(walker, walker)
    a_task(team, walker)
    assert everything() == 0


def test_what_did_not_happen_is_not_told(walker, colleague):
    household, todo = factories.household(), ToDo(TaskKind.CALL_BACK, clock.today())
    with transaction.atomic():
        with acting_as(walker.actor()):
            tasks.make(household=household, todo=todo, to=colleague, by=walker)
        transaction.set_rollback(True)
    assert everything() == 0


def test_who_takes_over_from_somebody_who_left_is_told_of_lists_and_tasks(team, walker, colleague, leader):
    looplijst = visits.list_of(team, visits.streets(1, 2))
    with acting_as(SYSTEM_ACTOR):
        Looplijst.objects.filter(pk=looplijst.pk).update(assigned_to=walker)
    task = a_task(walker, walker)
    with acting_as(leader.actor()):
        leaving.leave(user=walker, to=colleague, by=leader)
    assert told(colleague) == [(KIND.LIST_GIVEN, looplijst.pk), (KIND.TASK_GIVEN, task.pk)]


def test_an_answer_is_told_to_who_asked_and_not_when_it_was_taken_back(walker, leader):
    with acting_as(SYSTEM_ACTOR):
        found = [factories.referral(factories.household(), asked_by=walker) for _ in range(3)]
    with acting_as(leader.actor()):
        handing_over.accept(referral=found[0], by=leader)
        handing_over.refuse(referral=found[1], reason="Vol", by=leader)
        handing_over.withdraw(referral=found[2], by=leader)
    assert told(walker) == [(KIND.REFERRAL_ANSWERED, one.pk) for one in found[:2]]


def test_an_answer_is_told_to_who_took_over_from_who_left(team, walker, colleague, leader):
    with acting_as(SYSTEM_ACTOR):
        made, late = (factories.referral(factories.household(), asked_by=walker) for _ in range(2))
    page = client_of(leader).get(reverse("staff_leave", args=[walker.pk])).content.decode()
    assert "Wie neemt het werk over?" in page
    with acting_as(leader.actor()):
        assert leaving.leave(user=walker, to=colleague, by=leader).referrals == 2
        handing_over.accept(referral=Referral.objects.get(pk=made.pk), by=leader)
    given = [(KIND.REFERRAL_GIVEN, one.pk) for one in (made, late)]
    assert told(colleague) == [*given, (KIND.REFERRAL_ANSWERED, made.pk)]
    with acting_as(leader.actor()):
        leaving.leave(user=colleague, to=team, by=leader)
    third = factories.user(Role.BUURTTEAM, team=team)
    with acting_as(leader.actor()):
        handing_over.accept(referral=Referral.objects.get(pk=late.pk), by=leader)
    assert told(third) == [(KIND.REFERRAL_ANSWERED, late.pk)]


def test_no_answer_in_time_is_told_to_who_waits_and_who_leads_him_once(walker, leader):
    today = clock.today()
    with acting_as(SYSTEM_ACTOR):
        late, in_time = (
            factories.referral(factories.household(), asked_by=walker, due_on=day)
            for day in (today - DAY, today)
        )
        answered = factories.referral(factories.household(), asked_by=walker, due_on=today - DAY)
        handing_over.accept(referral=answered, by=walker)
    for _ in range(2):
        notifications.sweep()
    assert told(leader) == [(KIND.REFERRAL_LATE, late.pk)]
    assert (KIND.REFERRAL_LATE, late.pk) in told(walker)
    assert (KIND.REFERRAL_LATE, in_time.pk) not in told(walker)
    client = client_of(leader)
    assert f"Overdracht {late.pk}, uiterlijk" in client.get(reverse("notifications")).content.decode()
    with acting_as(leader.actor()):
        pk = Notification.objects.get().pk
    opened = client.post(reverse("notification", args=[pk]))
    assert opened["Location"] == reverse("referral", args=[late.household_id, late.pk])


def test_whose_task_another_gives_on_hears_of_it(walker, colleague, leader):
    made = a_task(walker, walker)
    with acting_as(leader.actor()):
        tasks.assign(tasks=[Task.objects.get(pk=made.pk)], to=colleague, by=leader)
    assert told(walker) == [(KIND.TASK_CHANGED, made.pk)]
    assert told(colleague) == [(KIND.TASK_GIVEN, made.pk)]
    with acting_as(colleague.actor()):
        tasks.assign(tasks=[Task.objects.get(pk=made.pk)], to=walker, by=colleague)
    assert told(colleague) == [(KIND.TASK_GIVEN, made.pk)]
    assert told(walker) == [(KIND.TASK_CHANGED, made.pk), (KIND.TASK_GIVEN, made.pk)]


def test_what_a_colleague_does_again_on_one_day_is_told_again_once_the_first_was_read(walker, leader):
    made = a_task(walker, walker)

    def moved(days: int) -> None:
        with acting_as(leader.actor()):
            row, day = Task.objects.get(pk=made.pk), clock.today() + days * DAY
            tasks.move(task=row, due_on=day, at=None, place="", by=leader, known=tasks.planned(row))

    moved(1)
    moved(2)
    assert told(walker) == [(KIND.TASK_CHANGED, made.pk)]
    with acting_as(walker.actor()):
        Notification.objects.update(read_at=clock.now())
    moved(3)
    moved(4)
    assert told(walker) == [(KIND.TASK_CHANGED, made.pk)] * 2
    # A term is told once, read or not.
    for _ in range(2):
        with acting_as(SYSTEM_ACTOR):
            notifications.tell(KIND.TASK_LATE, [made.pk], {walker.pk})
        with acting_as(walker.actor()):
            Notification.objects.update(read_at=clock.now())
    assert told(walker).count((KIND.TASK_LATE, made.pk)) == 1


def test_who_walks_is_told_of_the_buurten_of_his_team_also_where_others_of_it_see_all(walker):
    """As the row policy has it."""
    everywhere = factories.user(Role.BUURTTEAM, team=_everywhere())
    lent = factories.user(Role.TEAMLEIDER, team=everywhere.team)
    household = factories.household()
    assert notifications.Seeing.now().of(household) == {walker.pk, lent.pk}
    for user in (everywhere, lent, walker):
        with acting_as(user.actor()):
            sees = Household.objects.filter(pk=household.pk).exists()
        assert sees == (user in (walker, lent))


def _everywhere() -> Team:
    team = factories.team("Overal", buurten=[])
    team.all_areas = True
    team.save()
    return team


def propose(by: User, **fields: object) -> int:
    household = factories.household(**fields)
    warned = Warned(category=SafetyCategory.ANIMAL, ends_on=clock.today() + DAY)
    with acting_as(by.actor()):
        fresh = Household.objects.with_page_data().get(pk=household.pk)
        return safety.propose(household=fresh, warned=warned, by=by).pk


def test_a_safety_instruction_is_told_to_who_may_approve_it_there(walker, leader):
    elsewhere = factories.user(Role.TEAMLEIDER, team=factories.team("Zuid", buurten=["BU9"]))
    outside = factories.user(Role.TEAMLEIDER, team=factories.team("Buiten", municipal=False))
    consulent = factories.user(Role.CONSULENT)
    pk = propose(leader, confidential=True)
    assert told(consulent) == [(KIND.SAFETY_WAITS, pk)]
    second = propose(walker)
    assert told(leader) == told(outside) == [(KIND.SAFETY_WAITS, second)]
    assert told(consulent) == [(KIND.SAFETY_WAITS, pk)]
    assert told(elsewhere) == told(walker) == []


def _holds(by: User, approver: User, days: int, **fields: object) -> int:
    """The key of an instruction that another approved, and that ends so many days from now."""
    household = factories.household(**fields)
    with acting_as(SYSTEM_ACTOR):
        made = factories.safety(household, made_by=by, ends_on=clock.today() + days * DAY)
    with acting_as(approver.actor()):
        safety.approve(instruction=made, by=approver)
    return made.pk


def test_that_a_safety_instruction_ends_is_told_two_weeks_ahead_and_once(team, walker, leader):
    consulent, elsewhere = factories.user(Role.CONSULENT), factories.user(Role.TEAMLEIDER, team=team)
    Team.objects.filter(pk=team.pk).update(municipal=False)
    ends, in_time, ended, last = (_holds(walker, consulent, days) for days in (14, 15, 10, 0))
    hidden = _holds(walker, consulent, 3, confidential=True)
    with acting_as(SYSTEM_ACTOR):
        waits = factories.safety(factories.household(), made_by=walker, ends_on=clock.today() + DAY).pk
    with acting_as(consulent.actor()):
        safety.end(instruction=SafetyInstruction.objects.get(pk=ended), by=consulent)
    for _ in range(2):
        notifications.sweep()
    of_ends = {
        user: [about for kind, about in told(user) if kind == KIND.SAFETY_ENDS]
        for user in (walker, consulent, leader, elsewhere, factories.user(Role.CONSULENT))
    }
    assert in_time not in of_ends[walker]
    assert waits not in of_ends[walker]
    assert [sorted(found) for found in of_ends.values()] == [
        [ends, last],
        [ends, last, hidden],
        [ends, last, hidden],
        [ends, last],
        [],
    ]
    client = client_of(walker)
    assert f"Instructie {ends}, geldt tot en met" in client.get(reverse("notifications")).content.decode()
    with acting_as(walker.actor()):
        row = Notification.objects.get(about=ends)
        address = reverse("safety", args=[SafetyInstruction.objects.get(pk=ends).household_id, ends])
    assert client.post(reverse("notification", args=[row.pk]))["Location"] == address


def test_an_extension_that_nobody_approved_is_told_again_before_it_is_too_late(walker, leader):
    consulent = factories.user(Role.CONSULENT)
    keys = [_holds(walker, consulent, days, street=street) for days, street in ((3, "Eerste"), (4, "Tweede"))]
    with acting_as(SYSTEM_ACTOR):
        held = [SafetyInstruction.objects.select_related("household").get(pk=key) for key in keys]
    with acting_as(walker.actor()):
        new = [
            safety.prolong(
                instruction=one, household=one.household, ends_on=clock.today() + 30 * DAY, by=walker
            )
            for one in held
        ]
    for _ in range(2):
        notifications.sweep()
    waits = [about for kind, about in told(leader) if kind == KIND.SAFETY_WAITS]
    # Each once when it was written, and the one of which the end is near once more.
    assert sorted(waits) == sorted([new[0].pk, new[1].pk, new[0].pk])
    assert KIND.SAFETY_WAITS not in [kind for kind, _ in told(walker)]


def test_that_it_ends_is_told_where_the_person_lives_by_now_and_leads_there(team, leader):
    there = factories.user(Role.TEAMLEIDER, team=team)
    before = factories.user(Role.TEAMLEIDER, team=factories.team("Zuid", buurten=["BU9"]))
    person = factories.person()
    old = factories.household(adults=[person], buurt_code="BU9", street="Oudeweg")
    with acting_as(SYSTEM_ACTOR):
        made = factories.safety(old, person=person, ends_on=clock.today() + DAY)
    with acting_as(leader.actor()):
        safety.approve(instruction=made, by=leader)
    home = factories.household(adults=[person], in_handover=factories.handover(), street="Nieuweweg")
    notifications.sweep()
    assert (told(there), told(before)) == ([(KIND.SAFETY_ENDS, made.pk)], [])
    with acting_as(there.actor()):
        row = Notification.objects.get()
    client = client_of(there)
    address = client.post(reverse("notification", args=[row.pk]))["Location"]
    assert address == reverse("safety", args=[home.pk, made.pk])
    assert client.get(address).status_code == 200
    for user in (there, leader):
        page = client_of(user).get(reverse("safety_list")).content.decode()
        assert (address in page, "Nieuweweg" in page, "Oudeweg" in page) == (True, True, False)


def test_the_sweep_asks_the_same_for_one_instruction_that_ends_as_for_many(walker, leader):
    counts = []
    for number in (1, 4):
        for _ in range(number):
            _holds(walker, leader, 3)
        with CaptureQueriesContext(connection) as queries:
            notifications.sweep()
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_breach_is_told_to_the_privacy_officer_and_who_leads_the_team(team, walker):
    officer = factories.user(Role.PRIVACY_OFFICER)
    own = factories.user(Role.TEAMLEIDER, team=team)
    other = factories.user(Role.TEAMLEIDER)
    sheet = a_sheet(team, walker)
    with acting_as(walker.actor()):
        breach = sheets.lose(sheet=sheet, loss=Loss(clock.now(), "In de tram"), by=walker)
    assert told(officer) == told(own) == [(KIND.BREACH_REPORTED, breach.pk)]
    assert told(other) == told(walker) == []
    for user, page in (
        (officer, f"/beheer/outreach/breach/{breach.pk}/change/"),
        (own, reverse("sheet", args=[sheet.pk])),
    ):
        with acting_as(user.actor()):
            pk = Notification.objects.get().pk
        assert client_of(user).post(reverse("notification", args=[pk])).headers["Location"] == page


def test_terms_that_are_over_are_told_once_and_again_after_more_time(team, walker, leader):
    late = a_task(walker, walker, due=clock.today() - DAY)
    a_task(walker, walker)
    ours = a_task(team, walker, due=clock.today() - DAY)
    sheet = a_sheet(team, walker)
    with as_role("migrate"):
        Sheet.objects.filter(pk=sheet.pk).update(made_at=clock.now() - 20 * DAY)
    for _ in range(2):
        notifications.sweep()
    expected = {(KIND.TASK_LATE, late.pk), (KIND.TASK_LATE, ours.pk), (KIND.SHEET_LATE, sheet.pk)}
    assert set(told(walker)) == set(told(leader)) == expected
    assert len(told(walker)) == 3
    with acting_as(SYSTEM_ACTOR):
        Task.objects.filter(pk=late.pk).update(due_on=clock.today() - 2 * DAY)
    notifications.sweep()
    assert told(walker).count((KIND.TASK_LATE, late.pk)) == 2


def test_the_sweep_costs_as_many_queries_for_many_late_tasks_as_for_one(team, walker, leader):
    counts = []
    for number in (1, 20):
        for turn in range(number):
            a_task(team if turn % 2 else walker, walker, due=clock.today() - DAY)
        with CaptureQueriesContext(connection) as asked:
            notifications.sweep()
        counts.append(len(asked))
    assert len(told(walker)) == len(told(leader)) == 21
    assert counts[0] == counts[1]


def test_of_a_breach_its_watchers_hear_a_day_before_the_72_hours_end_and_when_they_are_over(
    team, walker, monkeypatch
):
    watchers = [factories.user(Role.PRIVACY_OFFICER), factories.user(Role.FUNCTIONEEL_BEHEERDER)]
    sheet = a_sheet(team, walker)
    with acting_as(walker.actor()):
        breach = sheets.lose(sheet=sheet, loss=Loss(clock.now(), "In de tram"), by=walker)
    found, minute = breach.discovered_at, datetime.timedelta(minutes=1)
    warned, late = (KIND.BREACH_DUE, breach.pk), (KIND.BREACH_LATE, breach.pk)
    for after, expected in (
        (2 * DAY - minute, []),
        (2 * DAY + minute, [warned]),
        (3 * DAY - minute, [warned]),
        (3 * DAY + minute, [warned, late]),
    ):
        monkeypatch.setattr(clock, "now", lambda after=after: found + after)
        for _ in range(2):
            notifications.sweep()
        for user in watchers:
            assert [one for one in told(user) if one[0] != KIND.BREACH_REPORTED] == expected
        assert told(walker) == []
    with acting_as(watchers[1].actor()):
        pk = Notification.objects.first().pk
    answer = client_of(watchers[1]).post(f"/meldingen/{pk}/", follow=True).content.decode()
    assert "De privacy officer ziet dit datalek" in answer
    assert f"Datalek {breach.pk}, uiterlijk" in answer


def test_a_draft_that_was_forgotten_is_told_to_its_writer_alone(walker, colleague, leader):
    household = factories.household()
    with acting_as(walker.actor()):
        made = [
            Draft.objects.create(
                by=walker,
                household=household,
                form="gesprek",
                submission=uuid.uuid4(),
                fields={},
                saved_at=clock.now() - age,
            )
            for age in (2 * DAY, datetime.timedelta(hours=1))
        ]
    notifications.sweep()
    notifications.sweep()
    assert told(walker) == [(KIND.DRAFT_LEFT, made[0].pk)]
    assert told(colleague) == told(leader) == []


def test_the_row_policy_shows_nobody_those_of_another(walker, colleague, leader):
    """Without any filter of the pages."""
    a_task(colleague, walker)
    for actor in (walker.actor(), leader.actor(), SYSTEM_ACTOR):
        with acting_as(actor):
            assert Notification.objects.count() == 0
            assert Notification.objects.update(read_at=clock.now()) == 0
            assert Notification.objects.all().delete()[0] == 0
    assert len(told(colleague)) == 1
    with pytest.raises(ProgrammingError), acting_as(colleague.actor()):
        Notification.objects.update(about=1)
    with pytest.raises(ProgrammingError), transaction.atomic():
        Notification.objects.create(user=walker, kind=KIND.TASK_LATE, about=1, day=clock.today())


def test_it_is_the_row_policy_that_hides_them(walker, colleague):
    """The same questions without it find everything: nothing else stood in the way."""
    a_task(colleague, walker)
    with as_role("migrate"), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE outreach_notification DISABLE ROW LEVEL SECURITY")
    try:
        with acting_as(walker.actor()):
            assert Notification.objects.count() == 1
    finally:
        with as_role("migrate"), connection.cursor() as cursor:
            cursor.execute("ALTER TABLE outreach_notification ENABLE ROW LEVEL SECURITY")
    with acting_as(walker.actor()):
        assert Notification.objects.count() == 0


def test_what_was_told_long_ago_is_removed(walker, colleague):
    a_task(colleague, walker)
    a_task(colleague, walker)
    with as_role("migrate"):
        old = Notification.objects.order_by("pk").first()
        Notification.objects.filter(pk=old.pk).update(made_at=clock.now() - 91 * DAY)
    notifications.sweep()
    assert everything() == 1


def test_opening_one_reads_it_and_all_can_be_read_at_once(walker, colleague):
    first, *_ = (a_task(colleague, walker) for _ in range(3))
    client = client_of(colleague)
    page = client.get("/meldingen/").content.decode()
    assert page.count(">Nieuw<") == 6, "in the table and on the cards"
    assert '<span class="kit-menu__badge">3<' in page
    with acting_as(colleague.actor()):
        pk, _, last = Notification.objects.order_by("pk").values_list("pk", flat=True)
    assert f'<form method="post" action="/meldingen/{pk}/">' in page
    assert client.get(f"/meldingen/{pk}/").headers["Location"] == "/meldingen/"
    assert '<span class="kit-menu__badge">3<' in client.get("/").content.decode(), "a link looked ahead"
    assert client.post(f"/meldingen/{pk}/").headers["Location"] == f"/taken/{first.pk}/"
    assert '<span class="kit-menu__badge">2<' in client.get("/").content.decode()
    late = a_task(colleague, walker)
    client.post("/meldingen/gelezen/", {"tot": last})
    assert '<span class="kit-menu__badge">1<' in client.get("/").content.decode()
    assert (KIND.TASK_GIVEN, late.pk) in told(colleague)
    assert client_of(walker).post(f"/meldingen/{pk}/").status_code == 404


def test_a_strange_page_opens_no_melding(walker, colleague):
    a_task(colleague, walker)
    client = Client(enforce_csrf_checks=True)
    client.force_login(colleague)
    with acting_as(colleague.actor()):
        pk = Notification.objects.get().pk
    assert client.post(f"/meldingen/{pk}/").status_code == 403
    with acting_as(colleague.actor()):
        assert Notification.objects.unread_of(colleague).count() == 1


def test_what_is_no_longer_there_for_somebody_is_said(walker):
    elsewhere = factories.user(Role.BUURTTEAM, team=factories.team("Zuid", buurten=["BU9"]))
    made = a_task(walker, walker)
    with acting_as(walker.actor()):
        notifications.tell(KIND.TASK_GIVEN, [made.pk], {elsewhere.pk})
    with acting_as(elsewhere.actor()):
        pk = Notification.objects.get().pk
    answer = client_of(elsewhere).post(f"/meldingen/{pk}/", follow=True)
    assert "Dit is er niet meer, of het is niet meer van jou." in answer.content.decode()


@pytest.mark.parametrize("tot", ["", "x", "9" * 30, "-1"])
def test_a_broken_form_reads_nothing(walker, colleague, tot):
    a_task(colleague, walker)
    assert client_of(colleague).post("/meldingen/gelezen/", {"tot": tot}).status_code == 302
    with acting_as(colleague.actor()):
        assert Notification.objects.unread_of(colleague).count() == 1


def test_the_page_asks_as_much_for_many_as_for_few(walker, colleague):
    a_task(colleague, walker)
    client, counts = client_of(colleague), []
    client.get("/meldingen/")
    for _ in range(2):
        with CaptureQueriesContext(connection) as asked:
            client.get("/meldingen/")
        counts.append(len(asked))
        for _ in range(8):
            a_task(colleague, walker)
    assert counts[0] == counts[1]


def test_there_is_nothing_about_anybody_in_one():
    """A kind from a list, numbers and times: no column can hold a word."""
    columns = {field.name: field.get_internal_type() for field in Notification._meta.concrete_fields}
    words = [name for name, kind in columns.items() if kind in ("CharField", "TextField", "JSONField")]
    assert words == ["kind"]
    assert "uuid" not in str(columns).lower()


# --- paper with an address that opted out ---


def _on_paper(team: Team, by: User) -> tuple[Sheet, Household, Household]:
    """A print of a list of two households."""
    looplijst = visits.list_of(team, visits.streets(1, 3))
    first, second = (item.household for item in visits.items(looplijst))
    keys = [first.pk, second.pk]
    with acting_as(by.actor()):
        made = sheets.make(looplijst=looplijst, households=keys, pages=1, submission=uuid.uuid4(), by=by)
    return made[0], first, second


def _opts_out(of: Household, by: User, **about: object) -> None:
    with acting_as(by.actor()):
        person = of.members.select_related("person").get().person
        opt_out.register(**{"person": person, "regeling": None, "channel": Channel.PHONE, "by": by, **about})


@pytest.mark.parametrize("about", [{"scope": Scope.ALL}, {"scope": Scope.VISITS}, {"regeling": "stadspas"}])
def test_who_has_paper_with_an_address_that_opted_out_is_told_once(team, walker, colleague, leader, about):
    sheet, first, second = _on_paper(team, walker)
    page = reverse("sheet", args=[sheet.pk])
    assert "klopt niet meer" not in client_of(walker).get(page).content.decode()
    for home in (first, second):
        _opts_out(home, leader, **about)
    assert told(walker) == [(KIND.SHEET_WRONG, sheet.pk)]
    assert told(colleague) == told(leader) == []
    shown = client_of(walker).get(reverse("notifications")).content.decode()
    assert "Een afdruk klopt niet meer" in shown
    assert "Vernietig hem en druk de lijst opnieuw af." in shown
    assert "Gerststraat" not in shown
    assert "Proef" not in shown
    with acting_as(walker.actor()):
        row = Notification.objects.get()
    assert client_of(walker).post(reverse("notification", args=[row.pk]))["Location"] == page
    assert "klopt niet meer" in client_of(walker).get(page).content.decode()


def test_an_opt_out_that_comes_in_with_a_list_is_told_too(team, walker):
    """As the worker writes it, who has no rights on paper or on what is told."""
    sheet, first, _ = _on_paper(team, walker)
    with connections["migrate"].cursor() as cursor:
        cursor.execute("SET ROLE bereik_eigenaar")
        try:
            cursor.execute(
                "UPDATE outreach_person SET no_contact = true WHERE id IN"
                " (SELECT person_id FROM outreach_householdmember WHERE household_id = %s)",
                [first.pk],
            )
        finally:
            cursor.execute("RESET ROLE")
    assert told(walker) == [(KIND.SHEET_WRONG, sheet.pk)]


def _set(model: type[Household] | type[Person], pk: UUID, **fields: object) -> None:
    """As the worker of the box writes it."""
    with as_role("migrate"):
        model.objects.filter(pk=pk).update(**fields)


@pytest.mark.parametrize("departed", ["overleden", "verhuisd"])
def test_paper_with_somebody_who_died_or_moved_is_told_of(team, walker, departed):
    sheet, first, _ = _on_paper(team, walker)
    with acting_as(walker.actor()):
        person = first.members.get().person_id
    _set(Person, person, departed=departed)
    assert told(walker) == [(KIND.SHEET_WRONG, sheet.pk)]
    assert "klopt niet meer" in client_of(walker).get(reverse("sheet", args=[sheet.pk])).content.decode()


@pytest.mark.parametrize("municipal", [False, True])
def test_paper_of_a_team_outside_with_an_address_that_is_protected_now_is_told_of(municipal):
    walker = factories.user(Role.BUURTTEAM, team=factories.team("Buiten", municipal=municipal))
    sheet, first, _ = _on_paper(walker.team, walker)
    _set(Household, first.pk, confidential=True)
    assert told(walker) == [(KIND.SHEET_WRONG, sheet.pk)] * (not municipal)
    for user in (walker, factories.user(Role.TEAMLEIDER)):
        page = client_of(user).get(reverse("sheet", args=[sheet.pk])).content.decode()
        assert ("klopt niet meer" in page) != municipal


def test_paper_with_an_address_where_a_colleague_heard_that_they_are_gone_is_told_of(team, walker, leader):
    sheet, *_ = _on_paper(team, walker)
    with acting_as(SYSTEM_ACTOR):
        item = LooplijstItem.objects.select_related("household", "round").first()
    visits.save(item, leader, result=GesprekResult.MOVED)
    assert told(walker) == [(KIND.SHEET_WRONG, sheet.pk)]
    assert "klopt niet meer" in client_of(walker).get(reverse("sheet", args=[sheet.pk])).content.decode()


def _in_sql(home: Household, statement: str, role: str = "web") -> None:
    """As somebody writes it who goes past all that is above the table; `%s` is the household."""
    with as_role(role), acting_as(SYSTEM_ACTOR), connections["default"].cursor() as cursor:
        cursor.execute(statement, [home.pk])


WANTS_NOT = "UPDATE outreach_approach SET result = 'wil_niet' WHERE household_id = %s"
NOT_ABOUT = (
    "UPDATE outreach_person SET no_contact_for = '{stadspas}' WHERE id IN"
    " (SELECT person_id FROM outreach_householdmember WHERE household_id = %s)"
)


@pytest.mark.parametrize(("statement", "role"), [(WANTS_NOT, "web"), (NOT_ABOUT, "migrate")])
def test_paper_with_who_refused_all_that_he_was_visited_for_is_told_of(team, walker, leader, statement, role):
    sheet, first, second = _on_paper(team, walker)
    page = reverse("sheet", args=[sheet.pk])
    assert "klopt niet meer" not in client_of(walker).get(page).content.decode()
    for home in (first, second):
        _in_sql(home, statement, role)
    assert told(walker) == [(KIND.SHEET_WRONG, sheet.pk)]
    assert told(leader) == []
    assert "klopt niet meer" in client_of(walker).get(page).content.decode()


def test_paper_stays_right_by_what_its_own_walker_hears_at_the_door_and_not_by_what_a_colleague_does(
    team, walker
):
    sheet, first, second = _on_paper(team, walker)
    page, colleague = reverse("sheet", args=[sheet.pk]), factories.user(Role.BUURTTEAM, team=team)
    again = clock.today() + 365 * DAY
    for home, by, wrong in ((first, walker, False), (second, colleague, True)):
        with acting_as(SYSTEM_ACTOR):
            item = LooplijstItem.objects.select_related("household").get(household=home)
            codes = Approach.objects.filter(household=home).values_list("regeling", flat=True)
            said = frozenset(Said(code, Outcome.DECLINED, again) for code in codes)
        attempt = Attempt(
            AttemptKind.VISIT, DayPart.MORNING, clock.today(), True, GesprekResult.NO_HELP, said=said
        )
        with acting_as(by.actor()):
            gesprekken.save(
                submission=uuid.uuid4(), household=item.household, item=item, attempt=attempt, by=by
            )
        assert ("klopt niet meer" in client_of(walker).get(page).content.decode()) == wrong
        assert told(walker) == ([(KIND.SHEET_WRONG, sheet.pk)] if wrong else [])


@pytest.mark.parametrize("last", ["result = 'wil_niet'", "result = 'heeft_al'", "lapsed = true"])
def test_paper_is_right_as_long_as_something_is_left_to_bring_and_where_nothing_was_refused(
    team, walker, last
):
    handover = factories.handover()
    both, one = (factories.household(in_handover=handover, house_number=number) for number in (1, 3))
    for home, regeling in ((both, "stadspas"), (both, "czv"), (one, "stadspas")):
        factories.candidacy(home, regeling=regeling)
    looplijst = visits.lists_of(handover, team, regelingen=["stadspas", "czv"])
    with acting_as(walker.actor()):
        sheet = sheets.make(
            looplijst=looplijst, households=[both.pk, one.pk], pages=1, submission=uuid.uuid4(), by=walker
        )[0]
    page = reverse("sheet", args=[sheet.pk])
    _in_sql(one, WANTS_NOT.replace("wil_niet", "heeft_al"))
    _in_sql(both, f"{WANTS_NOT} AND regeling_id = 'stadspas'")
    assert told(walker) == []
    assert "klopt niet meer" not in client_of(walker).get(page).content.decode()
    czv = "household_id = %s AND regeling_id = 'czv'"
    _in_sql(both, f"UPDATE outreach_approach SET {last} WHERE {czv}", "migrate")
    assert told(walker) == [(KIND.SHEET_WRONG, sheet.pk)]
    assert "klopt niet meer" in client_of(walker).get(page).content.decode()


@pytest.mark.parametrize("led", [False, True])
def test_who_walks_with_it_is_told_and_who_leads_them_when_its_printer_left(
    team, walker, colleague, leader, led
):
    own = factories.user(Role.TEAMLEIDER, team=team if led else factories.team("Zuid"))
    sheet, first, second = _on_paper(team, walker)
    with acting_as(SYSTEM_ACTOR):
        Looplijst.objects.update(assigned_to=colleague)
    other = factories.user(Role.CONSULENT)
    _opts_out(first, other)
    assert told(walker) == told(colleague) == [(KIND.SHEET_WRONG, sheet.pk)]
    assert told(leader) == told(own) == []
    with acting_as(colleague.actor()):
        row = Notification.objects.get()
    opened = client_of(colleague).post(reverse("notification", args=[row.pk]))
    assert opened["Location"] == reverse("sheet", args=[sheet.pk])
    with as_role("migrate"):
        Notification.objects.all().delete()
    User.objects.filter(pk=walker.pk).update(is_active=False)
    _opts_out(second, other)
    assert told(walker) == []
    assert told(colleague) == told(own if led else leader) == [(KIND.SHEET_WRONG, sheet.pk)]
    assert told(leader if led else own) == []


def test_paper_that_is_shredded_and_what_he_heard_himself_are_not_told(team, walker, leader):
    sheet, first, second = _on_paper(team, walker)
    _opts_out(first, walker)
    with acting_as(walker.actor()):
        sheets.shred(sheet=sheet, on=clock.today(), by=walker)
    _opts_out(second, leader)
    assert told(walker) == []


@pytest.mark.parametrize("about", [{"regeling": "czv"}, {"scope": Scope.LETTERS}])
def test_paper_stays_right_for_who_may_still_be_visited(team, walker, leader, about):
    _, first, _ = _on_paper(team, walker)
    _opts_out(first, leader, **about)
    assert told(walker) == []
