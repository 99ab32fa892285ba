"""Letters in merged parts beside the script one would write first: a platypus document per letter.

Both render the same letters (same texts, names, codes) in one process, one after the other in turns, and
are timed on processor time. The database is not part of this.

    python -m tools.bench_letters [letters]
"""

from __future__ import annotations

import argparse
import random
import resource
import statistics
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from io import BytesIO

from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.lib.colors import lightgrey
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import registerFontFamily
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate, Spacer, Table
from reportlab.platypus.flowables import Flowable

from letters.composition.codes import new_code, payload
from letters.composition.fonts import FontSet, load_fonts
from letters.composition.layout import LayoutProfile
from letters.composition.letter import PartContext
from letters.composition.model import Address, LetterData, Municipality, NamedPerson, PersonName
from letters.composition.parts import MAX_LETTERS, render_part
from letters.composition.prepare import PreparedLetter, prepare
from letters.texts.catalog import load_texts

ROUNDS = 3
NAIVE_SHARE = 10
GIVEN = (
    "Fatima",
    "Łukasz",
    "Zoë",
    "Jan Willem",
    "Çelik",
    "Nguyễn Thị",
    "Sanne",
    "Mohammed",
    "Ḥusayn",
    "Noor",
)
FAMILY = (
    "Vries",
    "Jansen",
    "Đorđević",
    "O’Neill",
    "Şahin",
    "Bakker",
    "Visser",
    "Gravesande",
    "Yılmaz",
    "Smit",
)

WATERVEEN = Municipality(
    name="Waterveen",
    phone="14 0123",
    phone_hours="op werkdagen van 9.00 tot 17.00 uur",
    website="waterveen.nl/regelingen",
    opt_out_page="waterveen.nl/afmelden",
    privacy_page="waterveen.nl/privacy",
    visit_address="Stadsloket, Raadhuisplein 1",
    postal_address="Postbus 100, 1230 AA Waterveen",
    return_lines=("Gemeente Waterveen", "Afdeling Regelingen", "Antwoordnummer 1234", "1230 VB  WATERVEEN"),
    signed_by="het college van burgemeester en wethouders",
)


@dataclass(frozen=True, slots=True)
class Measured:
    """One round of one way: letters per second of processor time, and bytes per letter."""

    per_second: float
    bytes_each: float


def sample_letters(count: int, seed: int = 1) -> list[LetterData]:
    """Invented letters of one round, zeker and onzeker in turn; the same for the same seed."""
    dice = random.Random(seed)  # noqa: S311 - invented people, not a secret
    return [_sample(number, dice) for number in range(1, count + 1)]


def _sample(number: int, dice: random.Random) -> LetterData:
    family = dice.choice(FAMILY)
    children = tuple(
        NamedPerson(f"{dice.choice(GIVEN)} {family}", f"{dice.randint(2010, 2020)}0{dice.randint(1, 9)}11")
        for _ in range(dice.randint(1, 4))
    )
    return LetterData(
        letter_id=f"00000000-0000-7000-8000-{number:012d}",
        reference=f"PM-26-{number:06d}",
        regeling="scholierenvergoeding",
        klasse="zeker" if number % 2 else "onzeker",
        mode="formulier",
        addressee=PersonName(
            dice.choice(GIVEN), "de", family, "N", "", dice.choice(FAMILY), dice.choice("MVO")
        ),
        address=Address("Kerkstraat", str(dice.randint(1, 400)), "1234AB", "Waterveen", "A"),
        persons=children,
        letter_date=date(2026, 3, 3),
        reply_by=date(2026, 5, 1),
        income_year=2025,
        form_code=new_code(dice.getrandbits),
    )


def naive_pdfs(letters: Iterable[LetterData], context: PartContext, fonts: FontSet) -> Iterator[bytes]:
    """The reference: per letter one document of flowing paragraphs and tables, with reportlab's own QR."""
    registerFontFamily(
        fonts.regular, normal=fonts.regular, bold=fonts.bold, italic=fonts.regular, boldItalic=fonts.bold
    )
    body = ParagraphStyle("brief", fontName=fonts.regular, fontSize=11, leading=14.5, spaceAfter=6)
    small = ParagraphStyle("klein", parent=body, fontSize=8.8, leading=11.5, spaceAfter=2)
    head = ParagraphStyle("kop", parent=body, fontName=fonts.bold, fontSize=11.5)
    for letter in letters:
        ready = prepare(letter, context.layout, context.texts, context.municipality, fonts)
        buffer = BytesIO()
        document = SimpleDocTemplate(
            buffer, pagesize=A4, leftMargin=25 * mm, rightMargin=20 * mm, topMargin=14 * mm
        )
        story = _letter_story(ready, context, body, head, small)
        document.build([*story, PageBreak(), *_form_story(ready, context, body, head)])
        yield buffer.getvalue()


def _marked_up(text: str) -> str:
    parts = text.split("**")
    return "".join(f"<b>{part}</b>" if index % 2 else part for index, part in enumerate(parts))


def _letter_story(
    ready: PreparedLetter,
    context: PartContext,
    body: ParagraphStyle,
    head: ParagraphStyle,
    small: ParagraphStyle,
) -> list[Flowable]:
    words = context.wording(ready)
    shared, opening, common = words.shared, words.opening, words.shared[ready.kind]

    def written(texts: Iterable[str], style: ParagraphStyle = body) -> list[Flowable]:
        return [Paragraph(_marked_up(text), style) for text in texts]

    return [
        Paragraph(context.municipality.title, head),
        Paragraph("<br/>".join(ready.address.lines), body),
        Paragraph(f"{ready.data.letter_date:%d-%m-%Y}<br/>{ready.reference}", body),
        *written([opening["onderwerp"]], head),
        Paragraph(ready.salutation, body),
        *written([*opening["opening"], common["uitleg"]]),
        *written([common["kop"]], head),
        *written(f"{number}. {text}" for number, text in enumerate(common["stappen"], 1)),
        *written([common["daarna_kop"]], head),
        *written([common["daarna"]]),
        *written([shared["hulp"]["kop"]], head),
        *written([*shared["hulp"]["alineas"], shared["groet"]["groet"], context.municipality.title]),
        *written(
            [shared["bronnen"]["inleiding"], *shared["bronnen"]["lijst"], shared["bronnen"]["slot"]], small
        ),
        *written(shared["rechten"]["alineas"], small),
    ]


def _form_story(
    ready: PreparedLetter, context: PartContext, body: ParagraphStyle, head: ParagraphStyle
) -> list[Flowable]:
    words = context.wording(ready)
    texts, own = words.shared["formulier"], words.form
    grid = [("GRID", (0, 0), (-1, -1), 0.5, lightgrey)]
    people = [
        [Paragraph(person.name, body), Paragraph(f"geboren {person.born}", body)] for person in ready.persons
    ]
    story: list[Flowable] = [
        _qr_drawing(ready),
        Paragraph(own["titel"], head),
        Paragraph("<br/>".join(context.municipality.return_lines), body),
        *(Paragraph(_marked_up(text), body) for text in texts["terug"]),
        Paragraph(f"{ready.full_name}<br/>{ready.street}, {ready.place}", body),
        Paragraph(own["personen"], head),
        Table(people, colWidths=(100 * mm, 60 * mm), style=grid),
    ]
    if ready.kind == "onzeker":
        asked = [[Paragraph(row["vraag"], body), "€", *[""] * 7] for row in texts["bedragen"]]
        story.append(Table(asked, colWidths=(100 * mm, *[7 * mm] * 8), style=grid))
    story += [
        Paragraph(texts["verklaring"], body),
        Table(
            [[texts["vak_handtekening"], texts["vak_partner"]]],
            colWidths=80 * mm,
            rowHeights=24 * mm,
            style=grid,
        ),
        Spacer(1, 4 * mm),
        _qr_drawing(ready),
        Paragraph(ready.human_code, body),
    ]
    return story


def _qr_drawing(ready: PreparedLetter) -> Drawing:
    drawing = Drawing(18 * mm, 18 * mm)
    code = payload(ready.data.form_code, 1)
    drawing.add(QrCodeWidget(code, barLevel="Q", barWidth=18 * mm, barHeight=18 * mm))
    return drawing


def measure(count: int, work: Callable[[], int]) -> Measured:
    """Processor time of making so many letters; `work` returns the bytes it made."""
    start = time.process_time()
    size = work()
    return Measured(count / (time.process_time() - start), size / count)


def main(count: int = MAX_LETTERS) -> dict[str, float]:
    """Measure both ways in turns, print the medians, and return them."""
    fonts = load_fonts()
    context = PartContext(WATERVEEN, LayoutProfile(), load_texts())
    letters = sample_letters(count)
    few = letters[: max(1, count // NAIVE_SHARE)]
    parts = [letters[start : start + MAX_LETTERS] for start in range(0, count, MAX_LETTERS)]

    def merged() -> int:
        made = (
            render_part(part, context.layout, context.texts, context.municipality, fonts) for part in parts
        )
        return sum(len(result.pdf) for result in made)

    def naive() -> int:
        return sum(len(pdf) for pdf in naive_pdfs(few, context, fonts))

    rounds = [(measure(count, merged), measure(len(few), naive)) for _ in range(ROUNDS)]
    ours = statistics.median(round_[0].per_second for round_ in rounds)
    theirs = statistics.median(round_[1].per_second for round_ in rounds)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    figures = {
        "brieven": count,
        "samengevoegd_per_s": round(ours, 1),
        "naief_per_s": round(theirs, 1),
        "verhouding": round(ours / theirs, 1),
        "bytes_per_brief": round(rounds[0][0].bytes_each),
        "bytes_per_brief_naief": round(rounds[0][1].bytes_each),
        "piek_mb": round(peak),
    }
    for name, value in figures.items():
        print(f"{name:24}{value:>12}")
    return figures


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Meet brieven per seconde, samengevoegd en een voor een.")
    parser.add_argument("brieven", nargs="?", type=int, default=MAX_LETTERS)
    main(parser.parse_args().brieven)
