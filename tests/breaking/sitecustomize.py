"""Breaks one guard in the code of whatever Python process starts with this folder in its PYTHONPATH.

    BEREIK_MUTANT=<name> PYTHONPATH=tests/breaking python -m pytest -p tests.breaking.plugin <a test>

`tests/mutants.toml` says what is broken and how; on disk nothing changes. Workers that a test starts are
broken as well, for they get the same environment.
"""

import os
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import ModuleType

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from tools.code_mutants import ROOT, CodeMutant, code_mutants


class _BrokenLoader(SourceFileLoader):
    """Loads the file of a mutant with its text exchanged, past any bytecode that was kept."""

    def __init__(self, name: str, mutant: CodeMutant) -> None:
        super().__init__(name, str(ROOT / mutant.file))
        self._mutant = mutant

    def path_stats(self, path: str) -> dict[str, float]:
        raise OSError("bytecode would be that of the whole code")

    def get_data(self, path: str) -> bytes:
        return self._mutant.broken_text().encode()


class _Finder(MetaPathFinder):
    def __init__(self, mutant: CodeMutant) -> None:
        self._mutant = mutant
        self._module = mutant.file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        found = PathFinder.find_spec(name, path, target) if name == self._module else None
        if found is not None:
            found.loader = _BrokenLoader(name, self._mutant)
        return found


def _break_text(mutant: CodeMutant) -> None:
    """SQL of the box and the like, which the code reads as a text."""
    whole = Path.read_text

    def read_text(self: Path, *args: object, **options: object) -> str:
        if self == ROOT / mutant.file:
            return mutant.broken_text(whole)
        return whole(self, *args, **options)

    Path.read_text = read_text


def _break(name: str) -> None:
    mutant = next(one for one in code_mutants() if one.name == name)
    if mutant.file.endswith(".py"):
        sys.meta_path.insert(0, _Finder(mutant))
    else:
        _break_text(mutant)


if os.environ.get("BEREIK_MUTANT"):
    _break(os.environ["BEREIK_MUTANT"])
