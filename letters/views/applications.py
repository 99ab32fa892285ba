"""Applications: the list, and one with the form beside it, its sum, and the decision."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from letters.actions import assessment, limits, scans
from letters.actions.assessment import Decision, SavedMeanwhile
from letters.actions.scan_images import NoImage, picture
from letters.actions.terms import OPEN
from letters.forms.applications import (
    ApplicationFilter,
    BackForm,
    ExtendForm,
    FiguresForm,
    GrantForm,
    MissingForm,
    RefuseForm,
    VersionForm,
    possible_grounds,
)
from letters.models import Application, ApplicationState, Proposal, Scan
from letters.views import applications_shown as shown
from outreach.audit import Event, record
from outreach.kernel import clock
from outreach.models import Household
from outreach.permissions import Permission, may
from outreach.policies import NotNow
from outreach.templatetags.kit import amount
from outreach.transitions import StateChanged
from outreach.views import household_shown
from outreach.views.access import require

PAGE_SIZE = 25
_FIGURES = ("household_type", "income", "partner_income", "savings", "assets", "debts")


@require_safe
@require(Permission.APPLICATION_ASSESS)
def applications(request: HttpRequest) -> HttpResponse:
    """The applications of the households one may see; what has to be decided first comes first."""
    form = ApplicationFilter(request.GET)
    form.is_valid()
    page = Paginator(_narrowed(form.cleaned_data), PAGE_SIZE).get_page(request.GET.get("page"))
    found = list(page)
    record(Event.APPLICATION_SEEN, "aanvraag", [one.pk for one in found])
    context = {
        "filter_form": form,
        "chips": _chips(request, form),
        "page": page,
        "count_text": f"{amount(page.paginator.count)} aanvragen gevonden",
        "columns": shown.COLUMNS,
        "rows": shown.rows(found, clock.today(), request.GET.urlencode()),
        "exports": may(request.user, Permission.EXPORT_ASK),
    }
    return render(request, "letters/applications.html", context)


def _narrowed(chosen: dict[str, Any]) -> QuerySet[Application]:
    found = Application.objects.select_related("approach__household", "approach__regeling")
    found = found.filter(state=chosen["status"]) if chosen.get("status") else found.filter(state__in=OPEN)
    if chosen.get("regeling"):
        found = found.filter(approach__regeling=chosen["regeling"])
    if chosen.get("te_laat"):
        undecided = Q(state__in=[state for state in OPEN if state != ApplicationState.INCOMPLETE])
        found = found.filter(undecided, decide_by__lt=clock.today())
    return found.order_by("decide_by", "pk")


def _chips(request: HttpRequest, form: ApplicationFilter) -> list[dict[str, str]]:
    chosen = form.cleaned_data
    labels = {
        "status": dict(ApplicationState.choices).get(chosen.get("status") or ""),
        "regeling": chosen.get("regeling"),
        "te_laat": "Alleen te laat" if chosen.get("te_laat") else "",
    }
    chips = []
    for name, label in labels.items():
        if label:
            rest = request.GET.copy()
            rest.pop(name, None)
            rest.pop("page", None)
            chips.append({"label": str(label), "url": f"?{rest.urlencode()}"})
    return chips


@require_safe
@require(Permission.APPLICATION_ASSESS)
def application(request: HttpRequest, pk: int) -> HttpResponse:
    """One application, with the image of the form beside the questions."""
    return _show(request, _get(pk))


def _get(pk: int) -> Application:
    related = (
        "approach__regeling", "approach__round__handover", "approach__household", "letter", "scan",
        "assessed_by", "decided_by", "second_by",
    )  # fmt: skip
    return get_object_or_404(Application.objects.select_related(*related), pk=pk)


def _show(
    request: HttpRequest, one: Application, status: int = 200, **forms: Form | list[dict[str, Any]]
) -> HttpResponse:
    """The page. Opening it is written down; `forms` take the place of empty ones, or of the comparison."""
    record(Event.APPLICATION_SEEN, "aanvraag", [one.pk])
    made, figures, held_to = assessment.sum_of(one), assessment.figures_of(one), assessment.limits_of(one)
    household = Household.objects.with_page_data().get(pk=one.approach.household_id)
    second = one.state == ApplicationState.SECOND_LOOK
    context = {
        "application": one,
        "title": household.address_line(),
        "sub": f"{household.postcode_line()} · {one.approach.regeling.name}",
        "badge": shown.badge(one),
        "back_url": f"{reverse('applications')}?{request.GET.urlencode()}".rstrip("?"),
        "sent_with": f"?{request.GET.urlencode()}".rstrip("?"),
        "scans": shown.scans(one, scans.of_application(one)),
        "waits": one.state == ApplicationState.INCOMPLETE,
        "facts": shown.facts(one, household_shown.who(household, clock.today()), clock.today()),
        "warnings": _warnings(one, household),
        "sum_columns": shown.SUM_COLUMNS,
        "sum_rows": shown.sum_rows(made, figures, held_to) if made and figures and held_to else [],
        "provisional": held_to.provisional if held_to else False,
        "sum": made,
        "fills_in": one.state == ApplicationState.TO_ASSESS,
        "second_look": second,
        "own_proposal": second and one.assessed_by_id == request.user.pk,
        "proposal": one.get_proposal_display(),
        "both_columns": shown.BOTH_COLUMNS,
        **_forms(one, household, made),
        **forms,
    }
    return render(request, "letters/application.html", context, status=status)


@require_safe
@require(Permission.APPLICATION_ASSESS)
def application_image(request: HttpRequest, pk: int, page: int) -> HttpResponse:
    """A page of the form, decrypted and drawn for this one look; no cache keeps it."""
    return _image(_get(pk).scan, page)


@require_safe
@require(Permission.APPLICATION_ASSESS)
def application_scan(request: HttpRequest, pk: int, scan: UUID, page: int) -> HttpResponse:
    """A page of another form of an application, or of a paper that came with it; as that of the form."""
    found = {other.pk: other for other in scans.of_application(_get(pk))}
    return _image(found.get(scan), page)


def _image(scan: Scan | None, page: int) -> HttpResponse:
    if scan is None:
        raise Http404
    try:
        content = picture(scan=scan, page=page)
    except NoImage:
        raise Http404 from None
    response = HttpResponse(content, content_type="image/jpeg")
    response["Cache-Control"] = "no-store"
    response["Content-Disposition"] = "inline"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def _forms(one: Application, household: Household, made: Any) -> dict[str, Form]:
    year = assessment.refertejaar(one)
    kept = {name: getattr(one, name) for name in _FIGURES}
    if not one.household_type:
        kept |= {"household_type": limits.suggested_type(household, clock.today())}
    version = {"version": one.version}
    allowed = possible_grounds(one, made.income_fits if made else True, made.assets_fit if made else True)
    chosen = [code for code in allowed if code in ("inkomen", "vermogen")]
    return {
        "figures_form": FiguresForm(year=year, initial=kept | version),
        "grant_form": GrantForm(initial=version, prefix="toe"),
        "refuse_form": RefuseForm(allowed=allowed, initial=version | {"grounds": chosen}, prefix="af"),
        "missing_form": MissingForm(initial=version, prefix="mist"),
        "back_form": BackForm(initial=version, prefix="terug"),
        "confirm_form": VersionForm(initial=version, prefix="mee"),
        "go_on_form": VersionForm(initial=version, prefix="door"),
        "extend_form": ExtendForm(initial=version, prefix="langer"),
    }


def _warnings(one: Application, household: Household) -> list[str]:
    """What came in since the letter went out, and what a person has to know before he decides."""
    found = []
    if one.approach.lapsed:
        found.append("Volgens een nieuwere levering is deze regeling voor dit huishouden niet meer nodig.")
    found += [
        f"{household_shown.name(adult)}: {adult.get_departed_display().lower()} volgens een nieuwere"
        " levering."
        for adult in household.adults()
        if adult.departed
    ]
    return found


@require_POST
@require(Permission.APPLICATION_ASSESS)
def application_save(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep what was read on the form, and show the sum. Of two who save, the second sees both."""
    one = _get(pk)
    form = FiguresForm(request.POST, year=assessment.refertejaar(one))
    if not form.is_valid():
        return _show(request, one, 422, figures_form=form)
    try:
        assessment.save(
            application=one,
            household_type=form.cleaned_data["household_type"],
            figures=form.figures(),
            version=form.cleaned_data["version"],
            by=request.user,
        )
    except SavedMeanwhile as meanwhile:
        return _both(request, meanwhile.found, form)
    except (NotNow, StateChanged) as refusal:
        messages.error(request, str(refusal))
    return _back(request, pk)


def _both(request: HttpRequest, found: Application, form: FiguresForm) -> HttpResponse:
    """The page anew, with what was filled in still in the form, under the version of now."""
    again = request.POST.copy()
    again["version"] = str(found.version)
    renewed = FiguresForm(again, year=assessment.refertejaar(found))
    compared = shown.both(form.cleaned_data, found)
    return _show(request, _get(found.pk), 409, figures_form=renewed, both_rows=compared)


@require_POST
@require(Permission.APPLICATION_ASSESS)
def application_grant(request: HttpRequest, pk: int) -> HttpResponse:
    """Grant, or propose that to a second person."""
    one, form = _get(pk), GrantForm(request.POST, prefix="toe")
    if not form.is_valid():
        return _show(request, one, 422, grant_form=form)
    return _decide(request, one, form, Decision(Proposal.GRANT, (), form.cleaned_data["motivation"].strip()))


@require_POST
@require(Permission.APPLICATION_ASSESS)
def application_refuse(request: HttpRequest, pk: int) -> HttpResponse:
    """Refuse, or propose that to a second person."""
    one = _get(pk)
    made = assessment.sum_of(one)
    allowed = possible_grounds(one, made.income_fits if made else True, made.assets_fit if made else True)
    form = RefuseForm(request.POST, allowed=allowed, prefix="af")
    if not form.is_valid():
        return _show(request, one, 422, refuse_form=form)
    chosen = form.cleaned_data
    return _decide(
        request, one, form, Decision(Proposal.REFUSE, tuple(chosen["grounds"]), chosen["motivation"].strip())
    )


def _decide(request: HttpRequest, one: Application, form: Form, decision: Decision) -> HttpResponse:
    def act() -> str:
        made = assessment.decide(
            application=one, decision=decision, version=form.cleaned_data["version"], by=request.user
        )
        if made.state == ApplicationState.SECOND_LOOK:
            return "Dit ligt dicht bij een grens, of wijkt af van de som. Een collega kijkt mee."
        return "De aanvraag is toegekend." if made.state == ApplicationState.GRANTED else _REFUSED

    return _done(request, one, act)


_REFUSED = "De aanvraag is afgewezen. De brief gaat mee met de volgende brieven van de ronde."


@require_POST
@require(Permission.APPLICATION_ASSESS)
def application_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """The second person agrees."""
    one, form = _get(pk), VersionForm(request.POST, prefix="mee")
    if not form.is_valid():
        return _back(request, pk)

    def act() -> str:
        assessment.confirm(application=one, version=form.cleaned_data["version"], by=request.user)
        return "Je kijkt mee met dit besluit. Het is vastgelegd."

    return _done(request, one, act)


@require_POST
@require(Permission.APPLICATION_ASSESS)
def application_send_back(request: HttpRequest, pk: int) -> HttpResponse:
    """The second person does not agree."""
    one, form = _get(pk), BackForm(request.POST, prefix="terug")
    if not form.is_valid():
        return _show(request, one, 422, back_form=form)

    def act() -> str:
        chosen = form.cleaned_data
        assessment.send_back(
            application=one, reason=chosen["reason"], version=chosen["version"], by=request.user
        )
        return "De aanvraag ligt weer bij wie beoordeelt."

    return _done(request, one, act)


@require_POST
@require(Permission.APPLICATION_ASSESS)
def application_missing(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask the household for what is missing."""
    one, form = _get(pk), MissingForm(request.POST, prefix="mist")
    if not form.is_valid():
        return _show(request, one, 422, missing_form=form)

    def act() -> str:
        chosen = form.cleaned_data
        made = assessment.ask_missing(
            application=one, codes=chosen["codes"], version=chosen["version"], by=request.user
        )
        return f"De vraag gaat mee met de volgende brieven. We wachten tot {shown.day(made.paused_until)}."

    return _done(request, one, act)


@require_POST
@require(Permission.APPLICATION_ASSESS)
def application_go_on(request: HttpRequest, pk: int) -> HttpResponse:
    """What was asked for is there: assess it."""
    one, form = _get(pk), VersionForm(request.POST, prefix="door")
    if not form.is_valid():
        return _back(request, pk)

    def act() -> str:
        assessment.go_on(application=one, version=form.cleaned_data["version"], by=request.user)
        return "De aanvraag is compleet. Je kunt verder beoordelen."

    return _done(request, one, act)


@require_POST
@require(Permission.APPLICATION_ASSESS)
def application_extend(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the household more time for what was asked."""
    one, form = _get(pk), ExtendForm(request.POST, prefix="langer")
    if not form.is_valid():
        return _show(request, one, 422, extend_form=form)

    def act() -> str:
        made = assessment.extend(application=one, by=request.user, **form.cleaned_data)
        return f"Het huishouden heeft nu de tijd tot {shown.day(made.paused_until)}."

    return _done(request, one, act)


def _done(request: HttpRequest, one: Application, act: Callable[[], str]) -> HttpResponse:
    try:
        messages.success(request, act())
    except SavedMeanwhile as meanwhile:
        messages.error(request, f"{meanwhile} Er is niets besloten. Bekijk eerst wat er nu staat.")
    except (NotNow, StateChanged) as refusal:
        messages.error(request, str(refusal))
    return _back(request, one.pk)


def _back(request: HttpRequest, pk: int) -> HttpResponse:
    query = request.GET.urlencode()
    return redirect(f"{reverse('application', args=[pk])}{f'?{query}' if query else ''}")
