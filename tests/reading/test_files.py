"""What a stranger may send: only pictures and pages, of one kind, without passwords, scripts and bombs."""

import subprocess
import sys
import zipfile
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings

from letters.reading import guarded
from letters.reading.child import LENGTH
from letters.reading.files import MAX_BYTES
from letters.reading.model import MAX_PAGES, Fault, Refused
from tests.reading import hostile

PLAIN = hostile.saved(hostile.page(), "PNG")
LIMIT_MB = 300


@pytest.fixture(autouse=True)
def no_process_is_left():
    yield
    guarded.close()


def fault(content: bytes) -> Fault:
    with pytest.raises(Refused) as refused:
        guarded.open_scan(content)
    return refused.value.fault


@pytest.mark.parametrize(
    "content",
    [
        PLAIN,
        hostile.saved(hostile.page(), "JPEG", quality=60),
        hostile.saved(hostile.page().convert("RGB"), "TIFF", compression="tiff_deflate"),
        hostile.saved(hostile.page().convert("1"), "TIFF", compression="group4"),
        hostile.saved(hostile.page().convert("RGBA"), "PNG"),
        hostile.pdf(),
    ],
    ids=["png", "jpeg", "tiff", "tiff-fax", "png-alpha", "pdf"],
)
def test_what_a_scanner_makes_is_opened(content):
    (page,) = guarded.open_scan(content)
    assert page.codes == ()
    assert page.image.mode == "L"
    assert page.image.getpixel((800, 1200)) == 255


def test_the_pages_of_a_file_are_opened_up_to_a_bound():
    assert len(guarded.open_scan(hostile.tiff_pages(2))) == 2
    assert len(guarded.open_scan(hostile.pdf(MAX_PAGES))) == MAX_PAGES
    assert fault(hostile.tiff_pages(MAX_PAGES + 1)) == Fault.PAGES
    assert fault(hostile.pdf(MAX_PAGES + 1)) == Fault.PAGES


def _zip() -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("kwaad.txt", "kwaad")
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", Fault.TYPE),
        (b"GIF89a" + bytes(50), Fault.TYPE),
        (b"\n" + hostile.pdf(), Fault.TYPE),
        (b"\x89PNG\r\n\x1a\n" + bytes(MAX_BYTES), Fault.TOO_LARGE),
        (PLAIN[:300], Fault.TWO_TYPES),
        (PLAIN + _zip(), Fault.TWO_TYPES),
        (PLAIN + hostile.pdf(), Fault.TWO_TYPES),
        (hostile.saved(hostile.page(), "JPEG") + b"<script>x</script>", Fault.TWO_TYPES),
        (hostile.pdf() + _zip(), Fault.TWO_TYPES),
        (hostile.saved(hostile.page(), "TIFF") + hostile.pdf(), Fault.TWO_TYPES),
        (b"II*\0" + bytes(100), Fault.DAMAGED),
        (b"%PDF-1.4\n%%EOF", Fault.DAMAGED),
        (hostile.saved(hostile.page(30, 40), "PNG"), Fault.DAMAGED),
        (hostile.pdf_encrypted("geheim"), Fault.ENCRYPTED),
        (hostile.pdf_encrypted(), Fault.ENCRYPTED),
        (hostile.pdf_with_script(), Fault.SCRIPT),
        (hostile.pdf_with_script().replace(b"/JavaScript", b"/J#61vaScript"), Fault.SCRIPT),
        (hostile.pdf_with_script(packed=True), Fault.SCRIPT),
    ],
    ids=[
        "empty",
        "gif",
        "pdf-not-at-the-start",
        "large",
        "cut-off",
        "png-zip",
        "png-pdf",
        "jpeg-html",
        "pdf-zip",
        "tiff-pdf",
        "tiff-of-nothing",
        "pdf-of-nothing",
        "stamp-size",
        "password",
        "empty-password",
        "script",
        "script-escaped",
        "script-packed",
    ],
)
def test_what_is_no_scan_is_refused(content, expected):
    assert fault(content) == expected


BOMBS = {
    "png": hostile.png_bomb,
    "png-text": hostile.png_of_text,
    "tiff-strip": hostile.tiff_bomb,
    "tiff-wide": hostile.tiff_wide,
    "pdf": hostile.pdf_bomb,
}


# A parent of its own, as small as can be: the memory of a child counts that of the process it came from.
MEASURE = """
import os, subprocess, sys
child = subprocess.Popen([sys.executable, "-m", "letters.reading.child"], stdin=0, stdout=subprocess.DEVNULL,
                         stderr=subprocess.DEVNULL)
print(os.wait4(child.pid, 0)[2].ru_maxrss // 1024)
"""


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_goes_off_in_a_small_room(bomb):
    content = BOMBS[bomb]()
    assert len(content) < MAX_BYTES
    measured = subprocess.run(
        [sys.executable, "-c", MEASURE],
        input=LENGTH.pack(len(content)) + content,
        capture_output=True,
        cwd=Path(settings.BASE_DIR),
        check=True,
    )
    assert 20 < int(measured.stdout) < LIMIT_MB
    with suppress(Refused):
        (page,) = guarded.open_scan(content)
        # What can be drawn piece by piece is no bomb.
        assert page.codes == ()


def test_after_a_file_that_broke_the_process_the_next_is_read(monkeypatch):
    guarded.open_scan(PLAIN)
    (child,) = guarded._ready
    child.process.kill()
    child.process.wait()
    assert len(guarded.open_scan(PLAIN)) == 1
    monkeypatch.setattr(guarded, "SECONDS", 0)
    assert fault(PLAIN) == Fault.TOO_HEAVY
    monkeypatch.undo()
    assert len(guarded.open_scan(PLAIN)) == 1


def test_the_process_knows_no_secret_and_has_no_project_around_it():
    """It needs none of the settings, nor Django, nor the printing of letters."""
    lines = (
        "import sys, letters.reading.child",
        "print(sorted(m for m in sys.modules if m.split('.')[0] in ('django', 'reportlab', 'outreach')))",
    )
    told = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)],
        capture_output=True,
        text=True,
        cwd=Path(settings.BASE_DIR),
        check=True,
    )
    assert told.stdout.strip() == "[]"
    guarded.open_scan(PLAIN)
    (child,) = guarded._ready
    held = Path(f"/proc/{child.process.pid}/environ").read_bytes()
    assert {line.split(b"=")[0] for line in held.split(b"\0") if line} == {
        b"PATH",
        b"LANG",
        b"MALLOC_ARENA_MAX",
    }
