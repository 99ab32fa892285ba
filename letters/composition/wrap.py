"""Breaking a text into lines, once per text: the same paragraph stands in every letter of a round."""

from __future__ import annotations

from functools import lru_cache

from letters.composition.fonts import FontSet

NBSP = "\u00a0"
# A run of text, and whether it is bold.
Run = tuple[str, bool]
Line = tuple[Run, ...]


@lru_cache(maxsize=1024)
def wrap(text: str, fonts: FontSet, size: float, width: float, bold: bool = False) -> tuple[Line, ...]:
    """Lines no wider than `width` points; `**words**` are bold, NBSP never breaks and is drawn as a blank.

    A single word wider than the width stands alone on its line.
    """
    blank = fonts.width(" ", size, bold)
    lines: list[list[Run]] = [[]]
    used = 0.0
    for word in _words(text, bold):
        word_width = sum(fonts.width(run, size, heavy) for run, heavy in word)
        if lines[-1] and used + blank + word_width > width:
            lines.append([])
            used = 0.0
        if lines[-1]:
            lines[-1].append((" ", bold))
            used += blank
        lines[-1] += word
        used += word_width
    return tuple(_joined(line) for line in lines)


def _words(text: str, bold: bool) -> list[list[Run]]:
    """Each word as its runs: part of a word may be bold, a full stop behind it not."""
    words: list[list[Run]] = [[]]
    for index, part in enumerate(text.split("**")):
        heavy = bold or index % 2 == 1
        for number, piece in enumerate(part.split(" ")):
            if number:
                words.append([])
            if piece:
                words[-1].append((piece.replace(NBSP, " "), heavy))
    return [word for word in words if word]


def _joined(line: list[Run]) -> Line:
    runs: list[Run] = []
    for text, heavy in line:
        if runs and (runs[-1][1] == heavy or text == " "):
            runs[-1] = (runs[-1][0] + text, runs[-1][1])
        else:
            runs.append((text, heavy))
    return tuple(runs)


def shrink(text: str, fonts: FontSet, sizes: tuple[float, ...], width: float) -> float | None:
    """The largest of the sizes at which the text fits on one line, or None."""
    for size in sizes:
        if fonts.width(text, size) <= width:
            return size
    return None
