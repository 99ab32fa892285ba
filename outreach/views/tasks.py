"""Tasks: one's own, those of a team, and one alone, to do, to drop or to give to somebody else."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from outreach.actions import tasks
from outreach.audit import Event, record
from outreach.forms.gesprek_more import doer_choices
from outreach.forms.task import DropForm, GiveForm, MoveForm, TaskForm
from outreach.kernel import clock
from outreach.models import Household, Referral, Task, User
from outreach.models.task import IN_TOUCH, TaskQuerySet, TaskState
from outreach.permissions import Permission
from outreach.policies import NotNow
from outreach.transitions import StateChanged
from outreach.views import acting_shown, safety_shown
from outreach.views import tasks_shown as shown
from outreach.views.access import require, signed_in
from outreach.views.household import get_household, heading
from outreach.views.walk import FROM_TASK, walk_to

PER_PAGE = 25
#: In the address: whose tasks.
TEAM = "team"


@require_safe
@require(Permission.TASK_DO)
def index(request: HttpRequest) -> HttpResponse:
    """Open tasks, the most urgent first: one's own, or with `?van=team` those of the team."""
    user, team = signed_in(request), request.GET.get("van") == TEAM
    found = Task.objects.led_by(user) if team else Task.objects.for_user(user)
    found = _visible(found, user)
    page = Paginator(found.open(), PER_PAGE).get_page(request.GET.get("page"))
    shown_tasks = list(page.object_list)
    waiting, more = _waiting(user, team=team)
    # An address is of people: who saw it is written down.
    seen = {str(task.household_id) for task in shown_tasks} | {str(one.household_id) for one in waiting}
    if seen:
        record(Event.TASKS_SEEN, "huishouden", sorted(seen))
    today = clock.today()
    context = {
        "team": team,
        "late": found.overdue(today).count(),
        "columns": shown.COLUMNS,
        "rows": shown.rows(shown_tasks, user, today, _beware(shown_tasks, user)),
        "page": page,
        "referral_columns": shown.REFERRAL_COLUMNS,
        "referrals": shown.referral_rows(waiting, user),
        "more_referrals": more,
        "mine_url": reverse("tasks"),
        "team_url": f"{reverse('tasks')}?van={TEAM}",
    }
    return render(request, "outreach/tasks.html", context)


def _beware(found: list[Task], user: User) -> dict[int, str]:
    """What to look out for with which task: a danger there, and whom to call before one seeks contact."""
    dangers = safety_shown.in_lists(task.household for task in found)
    calls = acting_shown.in_lists(user, {task.household_id for task in found if task.kind in IN_TOUCH})
    said = {
        task.pk: (
            dangers.get(task.household_id, ""),
            calls.get(task.household_id, "") if task.kind in IN_TOUCH else "",
        )
        for task in found
    }
    return {pk: ". ".join(filter(None, words)) for pk, words in said.items()}


def _waiting(user: User, *, team: bool) -> tuple[list[Referral], bool]:
    """Organisations without an answer yet, the most urgent first, and whether there are more."""
    found = Referral.objects.led_by(user) if team else Referral.objects.for_user(user)
    found = found.filter(household__in=Household.objects.for_user(user)).waiting().with_refusal()
    rows = list(found.select_related("household", "organisation", "owner", "team")[: PER_PAGE + 1])
    return rows[:PER_PAGE], len(rows) > PER_PAGE


@require_safe
@require(Permission.TASK_DO)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One task."""
    user = signed_in(request)
    task = _get(user, pk)
    return _shown(request, task)


@require_POST
@require(Permission.TASK_DO)
def done(request: HttpRequest, pk: int) -> HttpResponse:
    """It was done."""
    user = signed_in(request)
    task = _get(user, pk)
    try:
        tasks.done(task=task, by=user)
    except StateChanged:
        messages.info(request, "Deze taak was al afgerond.")
    except NotNow as refusal:
        messages.error(request, str(refusal))
        return redirect("task", pk)
    else:
        messages.success(request, "Opgeslagen: de taak is gedaan.")
    return redirect("tasks")


@require_POST
@require(Permission.TASK_DO)
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    """It need not be done any more, and why."""
    user = signed_in(request)
    task = _get(user, pk)
    form = DropForm(request.POST, task=task)
    if not form.is_valid():
        return _shown(request, task, drop_form=form)
    try:
        tasks.drop(task=task, why=form.chosen(), by=user)
    except StateChanged:
        messages.info(request, "Deze taak was al afgerond.")
    except NotNow as refusal:
        messages.error(request, str(refusal))
        return redirect("task", pk)
    else:
        messages.success(request, "Opgeslagen: de taak is niet meer nodig.")
    return redirect("tasks")


@require_POST
@require(Permission.TASK_DO)
def give(request: HttpRequest, pk: int) -> HttpResponse:
    """To somebody else, or to oneself."""
    user = signed_in(request)
    task = _get(user, pk)
    form = GiveForm(request.POST, of=task, doers=_doers(task, user))
    if form.is_valid():
        try:
            tasks.assign(tasks=[task], to=form.doer(), by=user, known=form.cleaned_data["known"])
        except tasks.Given:
            task = _get(user, pk)
            form = _given_meanwhile(request, task, user)
        except (NotNow, StateChanged) as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Opgeslagen: de taak is doorgegeven.")
            return redirect("task", pk)
    return _shown(request, task, give_form=form)


def _given_meanwhile(request: HttpRequest, task: Task, user: User) -> GiveForm:
    """What was sent, beside whose the task is by now: sent once more it counts."""
    sent = request.POST.copy()
    sent["known"] = tasks.whose(task)
    form = GiveForm(sent, of=task, doers=_doers(task, user))
    form.full_clean()
    now = f"Een ander heeft deze taak net doorgegeven aan {shown.doer(task, user)}."
    once_more = " Klopt jouw keuze nog? Kies dan nog eens ‘Doorgeven’."
    form.add_error(None, now + (once_more if _is_his(task, user) else ""))
    return form


@require_POST
@require(Permission.TASK_DO)
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """To another day, or time, or place."""
    user = signed_in(request)
    task = _get(user, pk)
    form = MoveForm(request.POST, task=task)
    if form.is_valid():
        try:
            tasks.move(task=task, by=user, **{"at": None, "place": "", **form.cleaned_data})
        except tasks.Moved:
            task = _get(user, pk)
            form = _moved_meanwhile(request, task)
        except (NotNow, StateChanged) as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Opgeslagen: de taak is verzet.")
            return redirect("task", pk)
    return _shown(request, task, move_form=form)


def _moved_meanwhile(request: HttpRequest, task: Task) -> MoveForm:
    """What was sent, beside what the task is by now: sent once more it counts."""
    sent = request.POST.copy()
    sent["known"] = tasks.planned(task)
    form = MoveForm(sent, task=task)
    now = ", ".join(filter(None, (shown.when(task), task.place)))
    asked = "Klopt jouw keuze nog? Kies dan nog eens ‘Verzetten’."
    form.full_clean()
    form.add_error(None, f"Een ander heeft deze taak net verzet. Nu staat er: {now}. {asked}")
    return form


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.TASK_DO)
def new(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The form for a task of a household, and making it. The same form sent twice makes one."""
    user = signed_in(request)
    household = get_household(user, pk)
    walk = walk_to(request, household)
    household_url = walk.url("household", household.pk)
    doers = doer_choices(user, *tasks.takers(household, user))
    form = TaskForm(request.POST or None, doers=doers)
    if request.method == "POST" and form.is_valid():
        try:
            tasks.make(
                household=household,
                todo=form.todo(),
                to=form.doer(),
                by=user,
                submission=form.cleaned_data["submission"],
            )
        except NotNow as refusal:
            form.add_error("to", str(refusal))
        else:
            messages.success(request, "Opgeslagen: de taak staat klaar.")
            return redirect(household_url)
    record(Event.HOUSEHOLD_SEEN, "huishouden", [household.pk])
    context = {**heading(household, walk), "badge": None, "form": form, "household_url": household_url}
    return render(request, "outreach/task_new.html", context, status=422 if form.errors else 200)


def _visible(found: TaskQuerySet, user: User) -> TaskQuerySet:
    """Narrowed to households in the area of this user; the row policy says the same and decides."""
    seen = found.filter(household__in=Household.objects.for_user(user))
    return seen.with_refusal().select_related("household", "owner", "team", "gesprek")


def _get(user: User, pk: int) -> Task:
    """A task of a household that this user may see. Raises Http404 for another's."""
    found = _visible(Task.objects.select_related("made_by", "done_by"), user)
    return get_object_or_404(found, pk=pk)


def _is_his(task: Task, user: User) -> bool:
    """Whether he may give it on, move and end it."""
    return tasks.givable(user).filter(pk=task.pk).exists()


def _doers(task: Task, user: User) -> dict[str, tasks.Doer]:
    """Who can get it: not who has it."""
    offered = doer_choices(user, *tasks.takers(task.household, user))
    return {
        value: doer
        for value, doer in offered.items()
        if doer not in (task.owner, task.team) and tasks.may_get(task, doer)
    }


def _shown(
    request: HttpRequest,
    task: Task,
    *,
    give_form: GiveForm | None = None,
    move_form: MoveForm | None = None,
    drop_form: DropForm | None = None,
) -> HttpResponse:
    """The task under its address, with the form that was wrong. Showing that is written down."""
    user = signed_in(request)
    record(Event.TASKS_SEEN, "huishouden", [task.household_id], details={"taak": task.pk})
    household_url = reverse("household", args=[task.household_id]) + f"?{FROM_TASK}={task.pk}"
    context = {
        "task": task,
        "open": task.state == TaskState.OPEN,
        "badge": shown.status(task, clock.today()),
        "warnings": safety_shown.warnings(task.household),
        "facts": shown.facts(task, user, household_url),
        "brp_says": shown.brp_says(task),
        "form": give_form or GiveForm(of=task, doers=_doers(task, user)),
        "move_form": move_form or MoveForm(task=task),
        "drop_form": drop_form or DropForm(task=task),
        "may_end": tasks.may_end(task, user),
        "his": _is_his(task, user),
    }
    if task.state == TaskState.OPEN and task.kind in IN_TOUCH:
        context |= acting_shown.at(task.household, user)
    context["wrong"] = give_form or move_form or drop_form or context["form"]
    status = 422 if context["wrong"].errors else 200
    return render(request, "outreach/task.html", context, status=status)
