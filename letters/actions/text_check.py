"""Whether a text may go out: each paragraph by itself, the language of the letters with it, and the paper."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from django.core.cache import cache

from letters.actions.contents import layout, municipality
from letters.actions.editions import current
from letters.actions.specimen import specimen
from letters.composition.dutch import euros
from letters.composition.fonts import load_fonts
from letters.composition.letter import PartContext
from letters.composition.model import LetterData
from letters.composition.parts import LetterRejected, render_part
from letters.composition.prepare import prepare
from letters.models import Template, TemplateKind
from letters.texts.catalog import FORM, SHARED, WITH_FORM, Fill, TextSet, filled, load_texts
from letters.texts.language import MAX_SENTENCE, PLAINER, Score, faults, score
from letters.texts.versions import Content, fields_of, join, kinds_with, problems, split
from outreach.kernel import clock
from outreach.models import Klasse, Regeling

#: Seconds that is remembered whether these very letters fit: a morning's work on texts, not past an update.
_REMEMBERED = 4 * 3600
# As many as a person reads; when these are mended the others show.
_SHOWN = 4
_PLACE = re.compile(r"\{\w+\}")
_NOT_IN_FONT = "Een teken in deze tekst kan de drukker niet afdrukken. Haal het weg."
_PAPER = {
    "tekst_te_lang": "De tekst past niet op het papier.",
    "personen": "Bij veel namen past de tekst niet op het papier.",
    "glyph": _NOT_IN_FONT,
}
#: The regeling in whose letters a text for all is looked at first.
FIRST_SEEN = "scholierenvergoeding"


@dataclass(frozen=True, slots=True)
class Sample:
    """A letter in which the text is printed."""

    kind: str
    regeling: Regeling | None
    klasse: str

    def label(self) -> str:
        name = self.regeling.name if self.regeling else "Alle regelingen"
        return f"{name}, {TemplateKind(self.kind).label.lower()}"


@dataclass(frozen=True, slots=True)
class Check:
    """What stands in the way of a text. `problems` and `notes` are by paragraph; `hardest` is the letter
    that reads least easily, with its score."""

    problems: dict[str, str] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    language: tuple[str, ...] = ()
    paper: tuple[str, ...] = ()
    hardest: Score | None = None

    @property
    def passes(self) -> bool:
        return not (self.problems or self.language or self.paper)


def surrounded(version: Template, content: Content | None = None) -> TextSet:
    """The set of texts with this version in its place; what was not approved yet is as it came."""
    own = (version.kind, version.regeling_id or "", version.content if content is None else content)
    return join([*split(load_texts()), *split(current()), own])


def samples(version: Template, texts: TextSet, *, thorough: bool = False) -> list[Sample]:
    """The letters in which a version is printed; when not `thorough`, of one regeling only."""
    regelingen = {one.pk: one for one in Regeling.objects.filter(pk__in=texts.regelingen)}
    own = version.regeling_id
    codes = [own] if own else sorted(regelingen, key=lambda code: (code != FIRST_SEEN, code))
    found = [
        Sample(kind, regelingen[code], klasse)
        for kind in kinds_with(version.kind)
        for code in codes
        if code in regelingen and not texts.lacking(code, kind)
        for klasse in _klassen(version.kind, kind)
    ]
    if not own and version.kind in (SHARED, "afmelding") and not texts.lacking("", "afmelding"):
        found.append(Sample("afmelding", None, Klasse.ZEKER))
    if thorough:
        return found
    return list({(one.kind, one.klasse): one for one in reversed(found)}.values())[::-1]


def _klassen(text: str, kind: str) -> tuple[str, ...]:
    """Which forms a kind of letter has, of those that a text of this kind is on."""
    if kind in Klasse.values:
        return (kind,)
    if kind not in WITH_FORM:
        return (Klasse.ZEKER.value,)
    return (text,) if text in Klasse.values else tuple(Klasse.values)


def check_text(version: Template, content: Content | None = None, *, thorough: bool = False) -> Check:
    """Check a version, or another text in its place. `thorough` looks at every letter it is printed in."""
    content = version.content if content is None else content
    wrong = problems(version.kind, content) | _undrawable(content)
    if wrong:
        return Check(problems=wrong, notes=_notes(content))
    texts = surrounded(version, content)
    found = samples(version, texts, thorough=thorough)
    language, hardest = _language(version, content, texts, found)
    return Check({}, _notes(content), language, _paper(texts, found), hardest)


def _undrawable(content: Content) -> dict[str, str]:
    coverage = load_fonts().coverage
    return {one.path: _NOT_IN_FONT for one in fields_of(content) if not coverage.issuperset(one.text)}


def _notes(content: Content) -> dict[str, str]:
    """Per paragraph, what to look at: a long sentence, a word with a plainer one for it."""
    return {one.path: note for one in fields_of(content) if (note := note_on(one.text))}


def note_on(text: str) -> str:
    """What to look at in one paragraph, in Dutch; empty when there is nothing."""
    try:
        measured = score([_PLACE.sub("woord", text)])
    except ValueError:
        return ""
    said = []
    if measured.longest > MAX_SENTENCE:
        said.append(f"Een zin heeft {measured.longest} woorden; hoogstens {MAX_SENTENCE}.")
    for word in measured.avoid:
        said.append(f"‘{word}’: schrijf liever ‘{PLAINER.get(word, 'het hele woord')}’.")
    return " ".join(said)


def _language(
    version: Template, content: Content, texts: TextSet, found: Sequence[Sample]
) -> tuple[tuple[str, ...], Score | None]:
    """What is wrong with the language of the letters (or forms) with this text; the score of the hardest."""
    said: list[str] = []
    scores: list[Score] = []
    for sample, paragraphs in _read(version, texts, found):
        said += [f"{sample.label()}: {fault}" for fault in faults(paragraphs)]
        scores.append(score(paragraphs))
    if not scores and version.kind != SHARED:
        paragraphs = [one.text for one in fields_of(content) if one.text]
        said, scores = faults(paragraphs), [score(paragraphs)]
    hardest = min(scores, key=lambda one: one.flesch) if scores else None
    return tuple(said[:_SHOWN]), hardest


def _read(version: Template, texts: TextSet, found: Sequence[Sample]) -> Iterator[tuple[Sample, list[str]]]:
    """The paragraphs of each letter as a resident reads them; of the form, when the text is on that."""
    seen = set()
    for sample in found:
        code = sample.regeling.pk if sample.regeling else ""
        on_form = version.kind == FORM
        key = (code,) if on_form else (code, sample.kind)
        if key not in seen:
            seen.add(key)
            raw = texts.form_paragraphs(code) if on_form else texts.letter_paragraphs(code, sample.kind)
            yield sample, filled(raw, _values(texts, sample))


def _values(texts: TextSet, sample: Sample) -> Fill:
    """What is filled in for the invented household."""
    context = PartContext(municipality(), layout(), texts)
    ready = prepare(letter_of(sample), layout(), texts, municipality(), load_fonts())
    return replace(context.values(ready), bedrag=euros(31_200), grens=euros(28_900))


def letter_of(sample: Sample, *, worst: bool = False, represented: bool = False) -> LetterData:
    """The letter of a sample to the invented household, or to who acts for it."""
    return specimen(
        sample.kind,
        sample.regeling,
        clock.today(),
        klasse=sample.klasse,
        worst=worst,
        represented=represented,
    )


def _paper(texts: TextSet, found: Sequence[Sample]) -> tuple[str, ...]:
    """Which letters do not fit on their paper, also with the longest names, many persons, and represented."""
    context = (layout(), texts, municipality())
    sizes = ({}, {"worst": True}, {"worst": True, "represented": True})
    letters = [letter_of(sample, **size) for sample in found for size in sizes]
    if not letters:
        return ()
    # Drawing dozens of letters takes a second, and a page of many texts asks it of each, again and again.
    name = hashlib.sha256(repr((context, letters)).encode()).hexdigest()
    return cache.get_or_set(f"past-op-papier-{name}", lambda: _drawn(letters, context), _REMEMBERED)


def _drawn(letters: list[LetterData], context: tuple) -> tuple[str, ...]:
    try:
        for start in range(0, len(letters), 400):
            render_part(letters[start : start + 400], *context)
    except LetterRejected as rejected:
        return (_PAPER.get(rejected.code, "De brief met deze tekst kan niet worden gemaakt."),)
    return ()


def preview(version: Template, sample: Sample, *, worst: bool = False) -> bytes:
    """The PDF of a letter with this version. Raises LetterRejected when it does not fit on the paper."""
    return render_part([letter_of(sample, worst=worst)], layout(), surrounded(version), municipality()).pdf


def preview_together(versions: Sequence[Template]) -> bytes:
    """One PDF with each letter that these versions are printed in, once. Raises LetterRejected."""
    own = [(one.kind, one.regeling_id or "", one.content) for one in versions]
    texts = join([*split(load_texts()), *split(current()), *own])
    found = {
        (sample.kind, sample.regeling and sample.regeling.pk, sample.klasse): sample
        for version in versions
        for sample in samples(version, texts)
    }
    return render_part([letter_of(one) for one in found.values()], layout(), texts, municipality()).pdf
