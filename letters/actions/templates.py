"""Letter texts in versions: written by one, judged on language by a person, approved by a second one.

A version that was approved never changes; a next one takes its place. Letters that were planned keep the
version they were planned with (letters/actions/editions.py).
"""

from collections.abc import Callable, Mapping, Sequence

from django.db import transaction
from django.db.models import Max

from letters import transitions
from letters.actions.text_check import check_text
from letters.models import Template, TemplateKind, TemplateState
from letters.texts.versions import Content, empty, fingerprint, own_kinds
from outreach.audit import Event, record
from outreach.kernel import clock
from outreach.models import Regeling, User
from outreach.permissions import Permission, check
from outreach.policies import NotNow
from outreach.transitions import StateChanged, apply

_SUBJECT = "brieftekst"
BUSY = "Er is al een concept van deze tekst. Werk daarin verder."
NOT_A_CONCEPT = "Deze versie is geen concept meer. Maak een nieuwe versie."
ANOTHER_JUDGES = (
    "Deze tekst kwam met de software mee en jij hebt de taal getoetst. Vraag een collega om een akkoord."
)
ANOTHER_APPROVES = "Je hebt deze tekst zelf geschreven. Vraag een collega om hem goed te keuren."
NOT_JUDGED = "Niemand heeft de taal van deze tekst getoetst. Dat komt eerst."
NOT_GOOD_YET = "Deze tekst voldoet nog niet. Bekijk de taalcontrole."


class NotTogether(NotNow):
    """Of several texts at once some could not be dealt with, so none was. `refused` says which, and why."""

    def __init__(self, refused: Sequence[tuple[Template, str]]) -> None:
        super().__init__("Er is niets vastgelegd: niet alle teksten die je koos, konden mee.")
        self.refused = refused


@transaction.atomic
def start(*, kind: str, regeling: Regeling | None, by: User) -> Template:
    """A concept of the next version: a copy of the approved one, else of the last, else empty.

    Raises PermissionDenied, and NotNow when there is a concept already or a regeling has no such text.
    """
    check(by, Permission.TEXT_WRITE)
    versions = Template.objects.filter(kind=kind, regeling=regeling)
    if versions.concepts().exists():
        raise NotNow(BUSY)
    source = versions.approved().first() or versions.order_by("-number").first()
    if source is None and (regeling is None or kind not in own_kinds()):
        raise NotNow("Deze tekst kan deze regeling niet zelf hebben.")
    content = source.content if source else empty(kind)
    last = versions.aggregate(last=Max("number"))["last"] or 0
    made = Template.objects.create(
        kind=kind,
        regeling=regeling,
        number=last + 1,
        content=content,
        sha256=fingerprint(content),
        made_by=by,
    )
    record(Event.TEXT_MADE, _SUBJECT, [made.pk], details={"soort": kind, "versie": made.number})
    return made


def _concept(version: Template) -> Template:
    """The version under a lock. Raises NotNow when it is no concept any more."""
    locked = Template.objects.select_for_update(of=["self"]).get(pk=version.pk)
    if locked.state != TemplateState.CONCEPT:
        raise NotNow(NOT_A_CONCEPT)
    return locked


@transaction.atomic
def save(*, version: Template, content: Content, by: User) -> bool:
    """Write another text in a concept; who saves it last is its maker. False when nothing is different.

    A judgement was about the text of before, so it goes. Raises PermissionDenied and NotNow.
    """
    check(by, Permission.TEXT_WRITE)
    locked = _concept(version)
    sha256 = fingerprint(content)
    if sha256 == locked.sha256:
        return False
    locked.content, locked.sha256, locked.made_by = content, sha256, by
    locked.judgement, locked.judged_by, locked.judged_on = "", None, None
    locked.save(update_fields=["content", "sha256", "made_by", "judgement", "judged_by", "judged_on"])
    record(Event.TEXT_CHANGED, _SUBJECT, [locked.pk], details={"soort": locked.kind, "versie": locked.number})
    return True


@transaction.atomic
def judge(*, version: Template, sha256: str, judgement: str, by: User) -> None:
    """Write down what a person thinks of the language, with the day of today.

    `sha256` is that of the text he read: one who looks at an older text judges nothing. Raises
    PermissionDenied and NotNow.
    """
    check(by, Permission.TEXT_WRITE)
    locked = _concept(version)
    if sha256 != locked.sha256:
        raise NotNow("De tekst is intussen veranderd. Lees hem opnieuw.")
    locked.judgement, locked.judged_by, locked.judged_on = judgement, by, clock.today()
    locked.save(update_fields=["judgement", "judged_by", "judged_on"])
    record(Event.TEXT_JUDGED, _SUBJECT, [locked.pk], details={"soort": locked.kind, "versie": locked.number})


def check_can_approve(version: Template, by: User) -> None:
    """A text that came with the software has no maker: then its judge is the first of the two persons.

    Raises NotNow (CHECKs template_approved_wholly and template_approved_by_another).
    """
    if version.state != TemplateState.CONCEPT:
        raise NotNow(NOT_A_CONCEPT)
    if version.judged_by_id is None:
        raise NotNow(NOT_JUDGED)
    if version.made_by_id == by.pk:
        raise NotNow(ANOTHER_APPROVES)
    if version.made_by_id is None and version.judged_by_id == by.pk:
        raise NotNow(ANOTHER_JUDGES)


@transaction.atomic
def approve(*, version: Template, sha256: str, by: User) -> None:
    """From now on letters are planned with this version; the one before it is replaced.

    Raises PermissionDenied, NotNow when the text does not pass, was not judged, is one's own or has changed
    since it was read, and StateChanged.
    """
    check(by, Permission.TEXT_APPROVE)
    locked = _concept(version)
    if sha256 != locked.sha256:
        raise NotNow("De tekst is intussen veranderd. Lees hem opnieuw.")
    check_can_approve(locked, by)
    if not check_text(locked, thorough=True).passes:
        raise NotNow(NOT_GOOD_YET)
    details = {"soort": locked.kind, "versie": locked.number}
    former = Template.objects.of_same(locked).approved().select_for_update(of=["self"]).first()
    if former is not None:
        apply(former, transitions.REPLACE_TEXT, by=by, details=details)
    apply(
        locked,
        transitions.APPROVE_TEXT,
        by=by,
        details=details,
        approved_by=by,
        approved_at=clock.now(),
    )


def judge_together(*, read: Mapping[int, str], judgement: str, by: User) -> int:
    """One judgement, of today, on several texts. `read` says by version which text was read. Gives how many.

    All or nothing. Raises PermissionDenied, and NotTogether with each text that stood in the way.
    """
    check(by, Permission.TEXT_WRITE)

    def one(version: Template, sha256: str) -> None:
        judge(version=version, sha256=sha256, judgement=judgement, by=by)

    return _together(read, one)


def approve_together(*, read: Mapping[int, str], by: User) -> int:
    """Approve several texts that somebody else wrote or judged. Gives how many.

    All or nothing. Raises PermissionDenied, and NotTogether with each text that stood in the way.
    """
    check(by, Permission.TEXT_APPROVE)

    def one(version: Template, sha256: str) -> None:
        approve(version=version, sha256=sha256, by=by)

    return _together(read, one)


@transaction.atomic
def _together(read: Mapping[int, str], act: Callable[[Template, str], None]) -> int:
    """Locked in the order of their ids, so that two who do this at once wait for each other."""
    versions = Template.objects.select_for_update(of=["self"]).select_related("regeling").filter(pk__in=read)
    refused = []
    chosen = list(versions.order_by("pk"))
    for version in chosen:
        try:
            act(version, read[version.pk])
        except (NotNow, StateChanged) as why:
            refused.append((version, str(why)))
    if refused:
        raise NotTogether(refused)
    return len(chosen)


@transaction.atomic
def refuse(*, version: Template, reason: str, by: User) -> None:
    """Put a concept aside, with the reason. Raises PermissionDenied, NotNow and StateChanged."""
    check(by, Permission.TEXT_APPROVE)
    locked = _concept(version)
    apply(
        locked,
        transitions.REFUSE_TEXT,
        by=by,
        details={"soort": locked.kind, "versie": locked.number},
        refused_by=by,
        refused_at=clock.now(),
        refusal=reason,
    )


def kinds_to_add(regeling: Regeling) -> list[TemplateKind]:
    """The kinds for which a regeling may get words of its own, and has none yet."""
    there = set(Template.objects.filter(regeling=regeling).values_list("kind", flat=True))
    return [TemplateKind(kind) for kind in own_kinds() if kind not in there]
