"""Several concepts at once: reading them with their check, one judgement on the language, one approval."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from letters.actions import templates, text_check
from letters.composition.parts import LetterRejected
from letters.forms.texts import JudgeTogetherForm, TogetherFilter, TogetherForm
from letters.models import Template
from letters.views import templates_shown as shown
from outreach.models import User
from outreach.permissions import Permission, may
from outreach.policies import NotNow
from outreach.views.access import require, signed_in

_WITH = ("regeling", "made_by", "judged_by")


@require_safe
@require(Permission.TEXT_APPROVE)
def letter_texts_together(request: HttpRequest) -> HttpResponse:
    """The concepts of one regeling or of one kind, each with what the machine and a person think of it."""
    return _page(request)


def _page(
    request: HttpRequest,
    failed: TogetherForm | None = None,
    refused: Sequence[tuple[Template, str]] = (),
) -> HttpResponse:
    narrowed = TogetherFilter(request.GET)
    versions = _concepts(narrowed)
    by = signed_in(request)
    texts = [_text(version, by) for version in versions]
    writes = may(by, Permission.TEXT_WRITE)
    ready = any(text["ready"] for text in texts)
    ticked = request.POST.getlist("texts") if request.method == "POST" else None
    for text in texts:
        fresh = text["ready"] or not ready
        text["ticked"] = fresh if ticked is None else text["value"] in ticked
    context = {
        "filter": narrowed,
        "chosen": narrowed.chosen(),
        "query": narrowed.query(),
        "texts": texts,
        "ready": ready,
        "judge": failed if isinstance(failed, JudgeTogetherForm) else JudgeTogetherForm() if writes else None,
        "failed": failed,
        "refused": [f"{shown.name(one)} ({shown.about(one)}): {why}" for one, why in refused],
    }
    return render(request, "letters/texts_together.html", context, status=422 if failed or refused else 200)


def _concepts(narrowed: TogetherFilter) -> list[Template]:
    found = Template.objects.concepts().select_related(*_WITH)
    return list(narrowed.narrowed(found).order_by("regeling__name", "kind"))


def _text(version: Template, by: User) -> dict[str, Any]:
    """One text as it stands on the page. `ready` when this person can approve it; else `why` says why not."""
    check = text_check.check_text(version, thorough=True)
    why = _why_not(version, by) or ("" if check.passes else templates.NOT_GOOD_YET)
    return {
        "version": version,
        "name": shown.name(version),
        "about": shown.about(version),
        "value": f"{version.pk}:{version.sha256}",
        "facts": shown.facts(version)[1:],
        "paragraphs": shown.paragraphs(version),
        "check": shown.checked(version, check, version.content),
        "why": why,
        "ready": not why,
    }


def _why_not(version: Template, by: User) -> str:
    try:
        templates.check_can_approve(version, by)
    except NotNow as why:
        return str(why)
    return ""


@require_POST
@require(Permission.TEXT_WRITE)
def letter_texts_judge(request: HttpRequest) -> HttpResponse:
    """One judgement on all texts that were ticked."""
    form = JudgeTogetherForm(request.POST)
    if not form.is_valid():
        return _page(request, form)
    judgement = form.cleaned_data["judgement"]
    try:
        count = templates.judge_together(read=form.read(), judgement=judgement, by=signed_in(request))
    except templates.NotTogether as why:
        return _page(request, refused=why.refused)
    what = "1 tekst" if count == 1 else f"{count} teksten"
    messages.success(request, f"Je oordeel is vastgelegd bij {what}. Vraag een collega om een akkoord.")
    return _back(request)


@require_POST
@require(Permission.TEXT_APPROVE)
def letter_texts_approve(request: HttpRequest) -> HttpResponse:
    """From now on letters are planned with all texts that were ticked."""
    form = TogetherForm(request.POST)
    if not form.is_valid():
        return _page(request, form)
    try:
        count = templates.approve_together(read=form.read(), by=signed_in(request))
    except templates.NotTogether as why:
        return _page(request, refused=why.refused)
    done = "1 tekst is goedgekeurd" if count == 1 else f"{count} teksten zijn goedgekeurd"
    messages.success(request, f"{done}. Nieuwe brieven worden hiermee gemaakt.")
    return _back(request)


def _back(request: HttpRequest) -> HttpResponse:
    """The same choice, without what was sent."""
    narrowed = TogetherFilter(request.GET)
    address = reverse("letter_texts_together")
    return redirect(address + narrowed.query() if narrowed.chosen() else address)


@require_safe
@require(Permission.TEXT_APPROVE)
def letter_texts_preview(request: HttpRequest) -> HttpResponse:
    """One PDF of the letters that the chosen concepts are printed in, to a household that does not exist."""
    narrowed = TogetherFilter(request.GET)
    versions = _concepts(narrowed)
    if not versions:
        messages.info(request, "Er zijn geen concepten om te bekijken.")
        return _back(request)
    try:
        pdf = text_check.preview_together(versions)
    except LetterRejected:
        messages.error(request, "Een van deze teksten past niet op het papier. Bekijk de taalcontrole.")
        return _back(request)
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="voorbeelden.pdf"'
    return response
