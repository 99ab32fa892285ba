"""Making a looplijst from what a round has left: for a team, from criteria, with a look at what it gives."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from outreach.actions import cutting
from outreach.actions.cutting import Cut
from outreach.forms.cutting import CutForm, TeamForm
from outreach.models import Looplijst, Round, Team, User
from outreach.permissions import Permission
from outreach.policies import NotNow
from outreach.views.access import require, signed_in
from outreach.views.walk import own_lists


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.LOOPLIJST_MAKE)
def looplijst_cut(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose a team, then criteria, and look at what they give; POST makes the list that was looked at.

    All that is chosen stands in the address, so that it can be gone back to and shown to a colleague.
    """
    user = signed_in(request)
    round_ = get_object_or_404(Round, pk=pk)
    try:
        cutting.check_walked(round_)
    except NotNow as refusal:
        messages.error(request, str(refusal))
        return redirect("round", pk)
    teams = cutting.teams_of(user)
    team = _team(request, teams)
    context: dict[str, Any] = {"round": round_, "sub": round_.name}
    if team is None:
        asked = TeamForm({"team": request.GET["team"]} if "team" in request.GET else None, teams=teams)
        return render(
            request, "outreach/looplijst_cut.html", {**context, "form": asked, "teams": bool(teams)}
        )
    chosen = len(request.GET) > 1
    form = CutForm(request.GET if chosen else None, team=team, round_=round_)
    context |= {"form": form, "teams": True, "team": team, "sub": f"{round_.name} · {team}"}
    if chosen and form.is_valid():
        if request.method == "POST":
            return _made(request, round_, form, user)
        context |= _looked_at(request, round_, form, user)
    status = 422 if form.errors or request.method == "POST" else 200
    return render(request, "outreach/looplijst_cut.html", context, status=status)


def _team(request: HttpRequest, teams: list[Team]) -> Team | None:
    """The team in the address, or the only one there is to choose."""
    if len(teams) == 1:
        return teams[0]
    return next((team for team in teams if str(team.pk) == request.GET.get("team")), None)


def _looked_at(request: HttpRequest, round_: Round, form: CutForm, user: User) -> dict[str, Any]:
    """What the list would hold; or the list that these choices gave before, and the way to a next one."""
    cut = cutting.preview(round_=round_, chosen=form.criteria(), by=user)
    made = cutting.made_before(round_=round_, chosen=form.criteria())
    if made is None:
        return {"cut": cut, "waiting": _waiting(cut)}
    following = request.GET.copy()
    following["seed"] = str(cutting.next_seed(round_))
    return {
        "made_for": made.assigned_to.display_name() if made.assigned_to else str(made.team),
        "made_url": reverse("looplijst", args=[made.pk]) if _opens(user, made) else "",
        "next_url": f"{request.path}?{following.urlencode()}" if cut.households else "",
    }


def _opens(user: User, made: Looplijst) -> bool:
    """Whether the page of this list is for this user."""
    return own_lists(user).filter(pk=made.pk).exists()


def _waiting(cut: Cut) -> int:
    """How many fit the criteria and stay for a next list."""
    return cut.left - len(cut.households)


def _made(request: HttpRequest, round_: Round, form: CutForm, user: User) -> HttpResponse:
    """Make it, and go there. A second click finds the list of the first one, or is told whose it is."""
    try:
        made, new = cutting.cut(round_=round_, chosen=form.criteria(), by=user)
    except NotNow as refusal:
        messages.error(request, str(refusal))
        return redirect(request.get_full_path())
    said = "De lijst is gemaakt." if new else "Deze lijst was er al: met dezelfde keuzes en hetzelfde getal."
    messages.success(request, said)
    return redirect("looplijst", made.pk) if _opens(user, made) else redirect(request.get_full_path())
