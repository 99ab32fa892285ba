"""The texts that letters are written with: the approved versions, and the ones a letter was planned with."""

import hashlib
from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from django.db import connection
from django.db.models import F

from letters.models import Edition, Letter, LetterKind, Part, Template, TemplateKind
from letters.texts.catalog import NOTICES, TextSet, kind_of
from letters.texts.versions import join
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Approach, Mode, Regeling, Round
from outreach.models.regeling import SHARED

# Sets of texts by their fingerprint. They never change, so any process may keep the last few.
_KEPT = 8
_sets: OrderedDict[str, TextSet] = OrderedDict()

# The words of the regeling itself before those for all.
_PIN = """
UPDATE letters_letter l SET edition_id = %(edition)s, template_id = (
  SELECT t.id FROM letters_template t JOIN letters_edition_templates e ON e.template_id = t.id
  WHERE e.edition_id = %(edition)s AND (t.regeling_id = a.regeling_id OR t.regeling_id IS NULL)
    AND t.kind = CASE WHEN l.kind = 'aanvraag' THEN l.klasse
                      WHEN l.kind = 'toekenning' AND a.mode = 'ambtshalve' THEN 'ambtshalve' ELSE l.kind END
  ORDER BY t.regeling_id NULLS LAST LIMIT 1)
FROM outreach_approach a WHERE a.id = l.approach_id AND l.id = ANY (%(letters)s) AND l.edition_id IS NULL
"""


def current() -> TextSet:
    """The approved versions, as a set of texts: one query, and one more when they changed since the last."""
    rows = _approved()
    return _text_set(_fingerprint(rows), [row[0] for row in rows])


def lacking_of(round_: Round, kind: LetterKind | None = None) -> list[tuple[str, str]]:
    """The texts, as (kind, regeling or ''), that letters of a kind need in a round and nobody approved.

    Without a kind: those of the first letters that are due now.
    """
    if kind is not None:
        approved = current()
        return sorted({pair for code in round_.regelingen for pair in approved.lacking(code, kind.value)})
    due = Approach.objects.due_for_letter(round_).filter(letters=None).order_by()
    needed = due.values_list("regeling_id", "klasse", "mode").distinct()
    texts = current()
    kinds = {(code, first_of(code, klasse, mode)) for code, klasse, mode in needed}
    return sorted({pair for code, kind in kinds for pair in _lacking(texts, code, kind)})


def first_of(code: str, klasse: str, mode: str) -> str:
    """The kind of the text of the first letter about a regeling."""
    return TemplateKind.SHARE_NOTICE.value if code == SHARED else kind_of(klasse, mode)


def _lacking(texts: TextSet, code: str, kind: str) -> tuple[tuple[str, str], ...]:
    """What a letter needs and is not there. A notice is about no regeling."""
    return texts.lacking("" if kind in NOTICES else code, kind)


def lacking_in(parts: Iterable[int]) -> dict[int, set[tuple[str, str]]]:
    """What the letters of these planned parts wait for: by part the texts that nobody approved.

    A part that waits for nothing is not in it. A letter that has its texts waits for none. One query.
    """
    with acting_as(SYSTEM_ACTOR):
        waiting = Letter.objects.filter(part__in=parts, edition=None, rejected="").order_by()
        rows = list(waiting.values_list("part_id", *_NEEDS).distinct())
    texts = current() if rows else None
    found: defaultdict[int, set[tuple[str, str]]] = defaultdict(set)
    for part, code, *of in rows:
        lacking = _lacking(texts, code, text_kind(*of)) if texts else ()
        if lacking:
            found[part] |= set(lacking)
    return dict(found)


_NEEDS = ("approach__regeling_id", "kind", "klasse", "approach__mode")


def text_kind(kind: str, klasse: str, mode: str) -> str:
    """The kind of the text that a letter is written with."""
    first = kind == LetterKind.FORM or (kind == LetterKind.GRANT and mode == Mode.AMBTSHALVE)
    return kind_of(klasse, mode) if first else kind


def waited_for(round_: Round | None = None) -> list[tuple[str, str]]:
    """The texts that planned letters wait for, of one round or of all together."""
    planned = Part.objects.planned() if round_ is None else Part.objects.planned().filter(round=round_)
    return together(lacking_in(planned.values_list("pk", flat=True)))


def together(waiting: Mapping[int, set[tuple[str, str]]]) -> list[tuple[str, str]]:
    """The texts that parts wait for (`lacking_in`), each once."""
    return sorted(set().union(*waiting.values()))


def in_words(pairs: Iterable[tuple[str, str]]) -> list[str]:
    """Texts as a page names them: `Formulier, zeker (Stadspas)`."""
    named = list(pairs)
    names = dict(Regeling.objects.values_list("code", "name")) if named else {}
    return [
        f"{TemplateKind(kind).label} ({names.get(code, code) if code else 'voor alle regelingen'})"
        for kind, code in named
    ]


def edition_now() -> Edition | None:
    """The approved versions of this moment, all together; None while there is none."""
    rows = _approved()
    if not rows:
        return None
    edition, new = Edition.objects.get_or_create(sha256=_fingerprint(rows))
    if new:
        edition.templates.set([row[0] for row in rows])
    return edition


def pin(part: Part) -> None:
    """Write down which versions the letters of a part are written with: the approved ones of this moment.

    A letter that has them keeps them, so that its page is the same whenever it is made again. One of which a
    text was not approved gets none: it waits, and is not made.
    """
    rows = list(Letter.objects.filter(part=part, edition=None).values_list("pk", *_NEEDS))
    edition = edition_now() if rows else None
    if edition is None:
        return
    texts = _of_edition(edition)
    whole = [key for key, code, *of in rows if not _lacking(texts, code, text_kind(*of))]
    with connection.cursor() as cursor:
        cursor.execute(_PIN, {"edition": edition.pk, "letters": whole})


def text_sets(editions: Iterable[int | None]) -> dict[int, TextSet]:
    """The sets of texts of these editions by their key: one query, and one for each that is not kept yet."""
    found = Edition.objects.filter(pk__in={key for key in editions if key is not None})
    return {edition.pk: _of_edition(edition) for edition in found}


def _of_edition(edition: Edition) -> TextSet:
    if edition.sha256 not in _sets:
        return _text_set(edition.sha256, list(edition.templates.values_list("pk", flat=True)))
    return _sets[edition.sha256]


def _approved() -> list[tuple]:
    rows = Template.objects.approved().order_by("kind", F("regeling").asc(nulls_first=True))
    return list(rows.values_list("pk", "kind", "regeling_id", "number", "sha256"))


def _fingerprint(rows: Sequence[tuple]) -> str:
    lines = (f"{kind}|{code or ''}|{number}|{sha256}" for _, kind, code, number, sha256 in rows)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _text_set(sha256: str, keys: Sequence[int]) -> TextSet:
    if sha256 not in _sets:
        rows = Template.objects.filter(pk__in=keys).order_by("kind", "regeling_id")
        parts = rows.values_list("kind", "regeling_id", "content")
        _sets[sha256] = join((kind, code or "", content) for kind, code, content in parts)
        if len(_sets) > _KEPT:
            _sets.popitem(last=False)
    return _sets[sha256]
