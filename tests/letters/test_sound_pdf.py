"""Every file that leaves is sound: the check that `qpdf --check` does, and fonts that are all inside."""

import shutil
import subprocess
from io import BytesIO

import pikepdf
import pypdfium2
import pytest

from letters.actions.vendor_documents import _cut
from letters.composition.layout import LayoutProfile
from letters.composition.parts import MAX_LETTERS, PartResult, render_part
from letters.texts.catalog import KINDS, load_texts
from tests.letters.samples import LONG_NAME, WATERVEEN, grant, letter, of_kind

QPDF = shutil.which("qpdf")


def _every_kind() -> PartResult:
    texts = load_texts()
    letters = [
        of_kind(kind, number, regeling=code, addressee=LONG_NAME)
        for number, (code, kind) in enumerate(texts.combinations, 1)
    ]
    assert {kind for _, kind in texts.combinations} == set(KINDS)
    return render_part(letters, LayoutProfile(), texts, WATERVEEN)


def _full() -> PartResult:
    makers = (letter, grant, lambda number: letter(number, klasse="onzeker"))
    letters = [makers[number % 3](number) for number in range(1, MAX_LETTERS + 1)]
    return render_part(letters, LayoutProfile(), load_texts(), WATERVEEN)


def _single() -> PartResult:
    return render_part([letter(1)], LayoutProfile(duplex=False), load_texts(), WATERVEEN)


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    """A part with all there is, a part that is full, one letter alone, and one cut out for the zip."""
    every = _every_kind()
    source = pypdfium2.PdfDocument(every.pdf)
    cut = _cut(source, every.manifest[3].first_page, every.manifest[3].pages)
    source.close()
    return {"every kind": every.pdf, "full": _full().pdf, "single": _single().pdf, "cut out": cut}


NAMES = ("every kind", "full", "single", "cut out")


def _faults(pdf: bytes) -> list[str]:
    """What qpdf, the library inside pikepdf, says is wrong: on opening, and on reading all of it."""
    with pikepdf.open(BytesIO(pdf), attempt_recovery=False) as opened:
        return [*opened.get_warnings(), *opened.check_pdf_syntax()]


@pytest.mark.parametrize("name", NAMES)
def test_no_fault_is_found(files, name):
    assert _faults(files[name]) == []


@pytest.mark.skipif(QPDF is None, reason="the program qpdf is not on this machine")
@pytest.mark.parametrize("name", NAMES)
def test_the_program_itself_finds_no_fault(files, name, tmp_path):
    file = tmp_path / "part.pdf"
    file.write_bytes(files[name])
    run = subprocess.run([str(QPDF), "--check", str(file)], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, "")


@pytest.mark.parametrize("name", NAMES)
def test_all_fonts_are_inside(files, name):
    """None that a printer must have himself, such as Helvetica, and none drawn letter by letter (Type3)."""
    with pikepdf.open(BytesIO(files[name])) as pdf:
        fonts = [
            one for one in pdf.objects if isinstance(one, pikepdf.Dictionary) and one.get("/Type") == "/Font"
        ]
        assert fonts
        for font in fonts:
            assert font.Subtype == "/TrueType"
            assert "/FontFile2" in font.FontDescriptor
            assert "NotoSans" in str(font.BaseFont)


def test_a_file_that_is_spoiled_is_seen(files):
    """The check can fail: a page whose content cannot be unpacked is found."""
    with pikepdf.open(BytesIO(files["single"])) as pdf:
        pdf.pages[0].Contents = pdf.make_stream(b"not deflated", Filter=pikepdf.Name.FlateDecode)
        spoiled = BytesIO()
        pdf.save(spoiled, stream_decode_level=pikepdf.StreamDecodeLevel.none, compress_streams=False)
    with pytest.raises(pikepdf.PdfError, match="decoding"):
        _faults(spoiled.getvalue())
