import pytest

from letters.composition.fonts import load_fonts
from letters.composition.layout import LayoutProfile
from letters.composition.parts import render_part
from letters.texts.catalog import load_texts
from tests.letters.samples import WATERVEEN


@pytest.fixture(scope="session")
def fonts():
    return load_fonts()


@pytest.fixture(scope="session")
def texts():
    return load_texts()


@pytest.fixture(scope="session")
def render(texts):
    """Render letters for Waterveen: `render(letter, …, layout=…)`."""

    def _render(*letters, layout=None):
        return render_part(letters, layout or LayoutProfile(), texts, WATERVEEN)

    return _render
