"""Letter texts: the list, one version with what can be done with it, writing it, looking at it on paper."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from letters.actions import editions, templates, text_check
from letters.composition.parts import LetterRejected
from letters.forms.texts import JudgeForm, NewTextForm, ReadText, RefuseForm, TextForm, TextsFilter
from letters.models import Template, TemplateState
from letters.views import templates_shown as shown
from outreach.models import Regeling
from outreach.permissions import Permission, may
from outreach.policies import NotNow
from outreach.transitions import StateChanged
from outreach.views.access import require, signed_in

PER_PAGE = 25
_WITH = ("regeling", "made_by", "judged_by", "approved_by", "refused_by")
_OPEN = (TemplateState.CONCEPT, TemplateState.APPROVED)


@require_safe
@require(Permission.LETTER_SEE)
def letter_texts(request: HttpRequest) -> HttpResponse:
    """What waits for a second person, and the texts of one regeling or of all together."""
    narrowed = TextsFilter(request.GET)
    regeling = narrowed.chosen()
    versions = Template.objects.select_related(*_WITH)
    concepts = versions.concepts().order_by("regeling__name", "kind")
    page = Paginator(concepts, PER_PAGE).get_page(request.GET.get("page"))
    writes = may(request.user, Permission.TEXT_WRITE)
    context = {
        "filter": narrowed,
        "waited_for": ", ".join(editions.in_words(editions.waited_for())),
        "regeling": regeling,
        "columns": shown.TEXT_COLUMNS,
        "rows": shown.text_rows(list(versions.filter(regeling=regeling, state__in=_OPEN))),
        "concept_columns": shown.CONCEPT_COLUMNS,
        "concept_rows": shown.concept_rows(page),
        "page": page,
        "together": concepts.exists() and may(request.user, Permission.TEXT_APPROVE),
        "new": NewTextForm(kinds=templates.kinds_to_add(regeling)) if regeling and writes else None,
    }
    return render(request, "letters/template_list.html", context)


@require_POST
@require(Permission.TEXT_WRITE)
def letter_text_add(request: HttpRequest, code: str) -> HttpResponse:
    """Words of a regeling itself, for a kind of which it had only those for all."""
    regeling = get_object_or_404(Regeling, pk=code)
    form = NewTextForm(request.POST, kinds=templates.kinds_to_add(regeling))
    if not form.is_valid():
        messages.error(request, "Kies een soort tekst die deze regeling nog niet heeft.")
        return redirect("letter_texts")
    return _start(request, form.cleaned_data["kind"], regeling)


@require_POST
@require(Permission.TEXT_WRITE)
def letter_text_next(request: HttpRequest, pk: int) -> HttpResponse:
    """A next version of a text, which begins as a copy."""
    version = _version(pk)
    return _start(request, version.kind, version.regeling)


def _start(request: HttpRequest, kind: str, regeling: Regeling | None) -> HttpResponse:
    try:
        made = templates.start(kind=kind, regeling=regeling, by=signed_in(request))
    except NotNow as why:
        messages.info(request, str(why))
        concept = Template.objects.concepts().filter(kind=kind, regeling=regeling).first()
        return redirect("letter_text", concept.pk) if concept else redirect("letter_texts")
    return redirect("letter_text_edit", made.pk)


def _version(pk: int) -> Template:
    return get_object_or_404(Template.objects.select_related(*_WITH), pk=pk)


@require_safe
@require(Permission.LETTER_SEE)
def letter_text(request: HttpRequest, pk: int) -> HttpResponse:
    """One version: its words, what the machine and a person think of them, and what can be done."""
    return _page(request, _version(pk))


def _page(request: HttpRequest, version: Template, failed: Form | None = None) -> HttpResponse:
    concept = version.state == TemplateState.CONCEPT
    writes = may(request.user, Permission.TEXT_WRITE)
    approves = may(request.user, Permission.TEXT_APPROVE)
    initial = {"sha256": version.sha256}
    samples = text_check.samples(version, text_check.surrounded(version))
    check = text_check.check_text(version, thorough=True) if concept else None
    context = {
        "version": version,
        "title": shown.name(version),
        "sub": f"{shown.about(version)}, versie {version.number}",
        "badge": shown.badge(version),
        "facts": shown.facts(version),
        "paragraphs": shown.paragraphs(version),
        "check": shown.checked(version, check, version.content) if check else None,
        "columns": shown.VERSION_COLUMNS,
        "rows": shown.version_rows(_siblings(version), version),
        "sample_columns": shown.SAMPLE_COLUMNS,
        "sample_rows": shown.sample_rows(version, samples),
        "edits": concept and writes,
        "copies": not concept and writes,
        "judge": _form(JudgeForm, failed, initial) if concept and writes else None,
        "approve": ReadText(initial=initial, auto_id="akkoord_%s") if concept and approves else None,
        "refuse": _form(RefuseForm, failed, initial) if concept and approves else None,
        "not_now": _not_now(version, request, check) if concept and approves else "",
        "failed": failed,
    }
    return render(request, "letters/template.html", context, status=422 if failed else 200)


def _siblings(version: Template) -> list[Template]:
    return list(Template.objects.of_same(version).select_related(*_WITH).order_by("-number"))


def _form(kind: type[ReadText], failed: Form | None, initial: dict[str, str]) -> Form:
    """The form as it was sent, when it was this one that failed."""
    return failed if isinstance(failed, kind) else kind(initial=initial, auto_id=f"{kind.__name__}_%s")


def _not_now(version: Template, request: HttpRequest, check: text_check.Check | None) -> str:
    """Why this user cannot approve the version now; empty when he can."""
    try:
        templates.check_can_approve(version, signed_in(request))
    except NotNow as why:
        return str(why)
    return templates.NOT_GOOD_YET if check and not check.passes else ""


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.TEXT_WRITE)
def letter_text_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Write a concept: one control per paragraph, with the check beside it."""
    version = _version(pk)
    if version.state != TemplateState.CONCEPT:
        messages.info(request, templates.NOT_A_CONCEPT)
        return redirect("letter_text", pk)
    form = TextForm(request.POST or None, version=version)
    if request.method == "POST" and form.is_valid():
        return _save(request, version, form)
    content = form.content() if request.method == "POST" else version.content
    context = {
        "version": version,
        "title": f"{shown.name(version)} bewerken",
        "sub": f"{shown.about(version)}, versie {version.number}",
        "form": form,
        "places": shown.places(version),
        "check": shown.checked(version, text_check.check_text(version, content), content),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "letters/template_edit.html", context, status=status)


def _save(request: HttpRequest, version: Template, form: TextForm) -> HttpResponse:
    try:
        changed = templates.save(version=version, content=form.content(), by=signed_in(request))
    except NotNow as why:
        messages.error(request, str(why))
        return redirect("letter_text", version.pk)
    if changed and version.judged_by_id:
        messages.info(request, "De tekst is veranderd. Toets de taal daarom opnieuw.")
    messages.success(request, "De tekst is opgeslagen." if changed else "Er is niets veranderd.")
    return redirect("letter_text", version.pk)


@require_POST
@require(Permission.TEXT_WRITE)
def letter_text_check(request: HttpRequest, pk: int) -> HttpResponse:
    """What the check says of the text as it stands in the form, while somebody writes. Nothing is saved."""
    version = _version(pk)
    content = TextForm(request.POST, version=version).content()
    check = text_check.check_text(version, content)
    return render(request, "letters/_template_check.html", {"check": shown.checked(version, check, content)})


@require_POST
@require(Permission.TEXT_WRITE)
def letter_text_judge(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down what one thinks of the language, with the day."""
    version = _version(pk)
    form = JudgeForm(request.POST, auto_id="JudgeForm_%s")
    if not form.is_valid():
        return _page(request, version, form)
    said = {key: form.cleaned_data[key] for key in ("sha256", "judgement")}
    return _done(request, version, "Je oordeel is vastgelegd.", templates.judge, **said)


@require_POST
@require(Permission.TEXT_APPROVE)
def letter_text_approve(request: HttpRequest, pk: int) -> HttpResponse:
    """From now on letters are planned with this version."""
    version = _version(pk)
    done = "De tekst is goedgekeurd. Nieuwe brieven krijgen deze tekst."
    sha256 = request.POST.get("sha256", "")
    return _done(request, version, done, templates.approve, sha256=sha256)


@require_POST
@require(Permission.TEXT_APPROVE)
def letter_text_refuse(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a concept aside, with the reason."""
    version = _version(pk)
    form = RefuseForm(request.POST, auto_id="RefuseForm_%s")
    if not form.is_valid():
        return _page(request, version, form)
    reason = form.cleaned_data["refusal"]
    return _done(request, version, "De tekst is afgekeurd.", templates.refuse, reason=reason)


def _done(request: HttpRequest, version: Template, done: str, act: Any, **said: str) -> HttpResponse:
    try:
        act(version=version, by=signed_in(request), **said)
    except (NotNow, StateChanged) as why:
        messages.error(request, str(why))
    else:
        messages.success(request, done)
    return redirect("letter_text", version.pk)


@require_safe
@require(Permission.LETTER_SEE)
def letter_text_preview(request: HttpRequest, pk: int, number: int, size: str) -> HttpResponse:
    """A letter with this version to a household that does not exist, as a PDF in the browser."""
    version = _version(pk)
    samples = text_check.samples(version, text_check.surrounded(version))
    if number >= len(samples) or size not in ("gewoon", "lang"):
        raise Http404
    try:
        pdf = text_check.preview(version, samples[number], worst=size == "lang")
    except LetterRejected:
        messages.error(request, "Deze brief kan niet worden gemaakt: de tekst past niet op het papier.")
        return redirect("letter_text", pk)
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="voorbeeld-{version.kind}-{size}.pdf"'
    return response


@require_safe
@require(Permission.LETTER_SEE)
def letter_text_compare(request: HttpRequest, pk: int, other: int) -> HttpResponse:
    """What differs between two versions of one text."""
    former, later = _version(pk), _version(other)
    if (former.kind, former.regeling_id) != (later.kind, later.regeling_id):
        raise Http404
    context = {
        "former": former,
        "later": later,
        "title": f"Versie {former.number} en {later.number}",
        "sub": f"{shown.name(later)}, {shown.about(later)}",
        "rows": shown.differences(former, later),
    }
    return render(request, "letters/template_compare.html", context)
