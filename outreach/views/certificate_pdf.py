"""The certificate of a destruction: which rule, what went, how, and what a search found. Nobody is in it.

Who asked and who approved stand by their role and their number in the audit; of a scan there is its
random key. A person has his number on the list alone: who opted out keeps a row, and his key is still his.
"""

import hashlib
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from letters.composition.fonts import FontSet, load_fonts
from letters.composition.layout import PAGE_WIDTH, pt
from letters.composition.pen import GREY, INK, Pen
from letters.composition.wrap import wrap
from outreach.models import DestructionItem, DestructionList, User
from outreach.models.destruction import DestructionState, RetentionKind
from outreach.views.looplijst_pdf import drawable

LEFT, RIGHT = 18.0, PAGE_WIDTH - 18.0
VALUES = 62.0
TOP, BOTTOM, FOOT = 24.0, 276.0, 288.0
SIZE, SMALL = 10.0, 8.5
LEADING = 5.0
TITLE = "Verklaring van vernietiging"

METHODS = {
    RetentionKind.DELIVERY: "De partitie met de rijen is in één keer verwijderd (DROP). Daarna zijn het"
    " versleutelde bestand en de sleutel gewist. Een kopie van het bestand opent alleen wie nog een back-up"
    " van de sleutelmap heeft.",
    RetentionKind.CYCLE: "De sleutel is gewist. Niemand kan hiermee nog een pseudoniem maken of herkennen.",
    RetentionKind.REASONS: "De partitie met de verzegelde redenen is in één keer verwijderd (DROP), en de"
    " sleutel is gewist. Wat in een back-up staat, opent alleen wie nog een back-up van de sleutelmap heeft.",
    RetentionKind.LETTER_FILE: "Alle versies van het versleutelde bestand zijn gewist. De sleutel van de"
    " brieven blijft: een kopie die iemand elders bewaarde, is daarmee nog te openen.",
    RetentionKind.SHARE_FILE: "Het versleutelde bestand is gewist. De sleutel is van de ontvanger: wat hij"
    " kreeg, is bij hem.",
    RetentionKind.ROUND: "Alles wat in de ronde voor huishoudens is gedaan, is verwijderd: brieven en wat"
    " daarmee gebeurde, aanvragen, toekenningen en adressen op looplijsten. De tabellen zijn daarna opnieuw"
    " geschreven, zonder die rijen. De ronde zelf, haar partijen en afdrukken blijven staan, zonder iemand"
    " erop.",
    RetentionKind.PERSON: "De persoon is verwijderd, met zijn verzegelde nummer. Bleef er niemand over in het"
    " huishouden, dan ook dat: gesprekken, taken, overdrachten en wat nog meer was vastgelegd. Wie zich heeft"
    " afgemeld, houdt een rij zonder naam, zodat hij niet opnieuw wordt benaderd. De tabellen zijn daarna"
    " opnieuw geschreven, zonder die rijen.",
    RetentionKind.SCAN: "Het versleutelde beeld is gewist, en ook wat daarvan was gelezen. De sleutel van de"
    " brieven blijft: een kopie die iemand elders bewaarde, is daarmee nog te openen.",
}
#: Only what needs one more word than its number.
_FACTS = (
    ("rijen", "Rijen"),
    ("bestand_sha256", "SHA-256 van het versleutelde bestand"),
    ("bestand_bytes", "Bytes"),
    ("sleutel", "Sleutel"),
)

Pair = tuple[str, str]


def fingerprint(items: Sequence[DestructionItem]) -> str:
    """The hash over all that the certificate says of each thing: the same facts give the same hash."""
    told = [
        [
            str(one.pk),
            one.kind,
            one.subject,
            one.state,
            one.destroyed_at and one.destroyed_at.isoformat(),
            one.facts,
        ]
        for one in items
    ]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def certificate(of: DestructionList, items: Sequence[DestructionItem]) -> bytes:
    """The PDF of a list that was carried out; `of` with its rule and people read."""
    return BlockDocument(f"{TITLE} {of.pk}").pdf(
        [list(_head(of, items)), *(list(_about(one, number)) for number, one in enumerate(items, 1))]
    )


def moment(at: object) -> str:
    """`3 maart 2026, 09:00`, or a dash."""
    return date_format(localtime(at), "j F Y, H:i") if at else "–"  # type: ignore[arg-type]


def who(user: User | None) -> str:
    """The role and number of somebody; his name is in the audit."""
    return f"{user.get_role_display()}, gebruiker {user.pk}" if user else "–"


def _head(of: DestructionList, items: Sequence[DestructionItem]) -> Iterator[Pair]:
    gone = sum(one.state == DestructionState.DESTROYED for one in items)
    yield "Lijst", f"{of.pk}: {of.get_kind_display()}"
    yield "Bewaartermijn", f"{of.rule.term_text()}, akkoord op {moment(of.rule.agreed_at)}"
    yield "Grond", of.rule.ground
    yield "Gevraagd", f"{moment(of.asked_at)}. {who(of.asked_by)}"
    yield "Goedgekeurd", f"{moment(of.approved_at)}. {who(of.approved_by)}"
    yield "Bedenktijd tot", moment(of.execute_from)
    yield "Uitgevoerd", moment(of.executed_at)
    yield "Aantal vernietigd", str(gone)
    yield "Aantal niet vernietigd", str(len(items) - gone)
    if nameless := sum(bool(one.facts.get("zonder_naam")) for one in items):
        yield "Rijen zonder naam die blijven", str(nameless)
    yield "Hoe", METHODS.get(RetentionKind(of.kind), "")
    samples = [one for one in items if "gezocht_naar" in one.facts and _is_sample(one)]
    if samples:
        yield "Daarna gezocht", _sampled(max(samples, key=lambda one: one.destroyed_at).facts)
    yield "Vingerafdruk", fingerprint(items)


def _about(item: DestructionItem, number: int) -> Iterator[Pair]:
    yield "Wat", f"Persoon {number} op de lijst" if item.kind == RetentionKind.PERSON else item.what
    yield "Uitkomst", f"{item.get_state_display()}. Termijn begon op {date_format(item.since, 'j F Y')}"
    if item.state != DestructionState.DESTROYED:
        return
    yield "Begonnen en klaar", f"{moment(item.begun_at)} en {moment(item.destroyed_at)}"
    for name, label in _FACTS:
        if name in item.facts:
            yield label, str(item.facts[name])
    if "verwijderd" in item.facts:
        yield from _removed(item.facts["verwijderd"])
    if not _is_sample(item):
        yield "Daarna gezocht", _searched(item.facts)


def _is_sample(item: DestructionItem) -> bool:
    """Whether its list was searched for as a whole, and not each thing on it."""
    return "steekproef" in item.facts


def _sampled(facts: dict[str, Any]) -> str:
    """What was searched for some rows of the whole list, the last time that it was carried out."""
    later = " Het logboek van de database (WAL) en back-ups houden wat weg is tot hun eigen termijn."
    if not facts["database_doorzocht"]:
        return f"Niet gezocht: de bestanden van de database waren niet te lezen.{later}"
    return f"Steekproef van de lijst. {_searched(facts)}{later}"


def _removed(told: dict[str, Any]) -> Iterator[Pair]:
    """Of a round: how many households and rows went, and how many households stay."""
    yield "Huishoudens", str(told["huishoudens"])
    if told["bewaard"]:
        kept = "bewaard door een verbod, of omdat iemand om beperking vroeg of zijn gegevens betwist"
        yield "Huishoudens die blijven", f"{told['bewaard']}: {kept}"
    yield "Rijen", str(sum(told["rijen"].values()))


def _searched(facts: dict[str, Any]) -> str:
    if not facts.get("gezocht_naar"):
        return "Er was niets om naar te zoeken."
    where = f"in {facts['gezocht_bestanden']} bestanden ({facts['gezocht_bytes']} bytes)"
    said = (
        f"Naar {facts['gezocht_naar']} sporen, {where}. Gevonden: {facts['gevonden']}."
        f" Vooraf gevonden: {facts.get('sporen_vooraf', 0)}."
    )
    if facts.get("database_doorzocht") is False:
        said += " De bestanden van de database waren niet te lezen; de tabel zelf bestaat niet meer."
    return said


class BlockDocument:
    """Blocks of a label with its text, over as many pages as they take."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._fonts: FontSet = load_fonts()
        self._file = io.BytesIO()
        # The same facts give the same bytes.
        self._canvas = Canvas(self._file, pagesize=A4, pageCompression=1, invariant=1)
        self._canvas.setTitle(title)
        self._canvas.setCreator("Bereik")
        self._pen = Pen(self._canvas, self._fonts, INK)
        self._page = 0
        self._y = TOP

    def pdf(self, blocks: Iterable[Sequence[Pair]]) -> bytes:
        self._new_page()
        for block in blocks:
            rows = [(label, self._wrapped(text)) for label, text in block]
            if self._y + sum(len(lines) for _, lines in rows) * LEADING > BOTTOM:
                self._canvas.showPage()
                self._new_page()
            self._block(rows)
        self._canvas.showPage()
        self._canvas.save()
        return self._file.getvalue()

    def _new_page(self) -> None:
        self._page += 1
        self._pen.ink()
        self._pen.text(LEFT, 18, self._title, 15, bold=True)
        self._pen.text_right(RIGHT, FOOT, f"blad {self._page}", SMALL)
        self._y = TOP + LEADING

    def _wrapped(self, text: str) -> Sequence[object]:
        clean = drawable(text, self._fonts).replace("**", "*") or "–"
        return wrap(clean, self._fonts, SIZE, pt(RIGHT - VALUES))

    def _block(self, rows: Iterable[tuple[str, Sequence[object]]]) -> None:
        for label, lines in rows:
            label_lines = wrap(label, self._fonts, SIZE, pt(VALUES - LEFT - 3), True)
            below = self._pen.lines(LEFT, self._y, label_lines, SIZE, LEADING)
            self._y = max(below, self._pen.lines(VALUES, self._y, lines, SIZE, LEADING))  # type: ignore[arg-type]
        self._pen.rule(LEFT, self._y - 2, RIGHT, self._y - 2, 0.5, GREY)
        self._y += LEADING
