"""The texts that letters are written with: the approved versions, and the ones a letter was planned with."""

import hashlib
from collections import OrderedDict
from collections.abc import Iterable, Sequence

from django.db import connection
from django.db.models import F

from letters.models import Edition, Letter, Part, Template
from letters.texts.catalog import TextSet, kind_of
from letters.texts.versions import join
from outreach.models import Approach, Round

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
FROM outreach_approach a WHERE a.id = l.approach_id AND l.part_id = %(part)s AND l.edition_id IS NULL
"""


def current() -> TextSet:
    """The approved versions, as a set of texts: one query, and one more when they changed since the last."""
    rows = _approved()
    return _text_set(_fingerprint(rows), [row[0] for row in rows])


def lacking_of(round_: Round) -> list[tuple[str, str]]:
    """The texts, as (kind, regeling or ''), that the first letters now due need and nobody approved."""
    due = Approach.objects.due_for_letter(round_).filter(letters=None).order_by()
    needed = due.values_list("regeling_id", "klasse", "mode").distinct()
    texts = current()
    found = {pair for code, klasse, mode in needed for pair in texts.lacking(code, kind_of(klasse, mode))}
    return sorted(found)


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

    A letter that has them keeps them, so that its page is the same whenever it is made again. Without any
    approved version nothing is written down; such a letter cannot be made.
    """
    if not Letter.objects.filter(part=part, edition=None).exists():
        return
    edition = edition_now()
    if edition is not None:
        with connection.cursor() as cursor:
            cursor.execute(_PIN, {"edition": edition.pk, "part": part.pk})


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
