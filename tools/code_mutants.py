"""The guards in code that docs/security.md promises, each with what breaks it and the test that sees it.

`tests/mutants.toml` holds them; what lies in `tests/breaking` breaks one while a process loads it.
"""

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LIST = ROOT / "tests/mutants.toml"
#: In the PYTHONPATH of a process this folder breaks what BEREIK_MUTANT names.
BREAKING = ROOT / "tests/breaking"
#: How pytest ends when a test turned red by the mutant: none of its own numbers.
NOTICED = 50


@dataclass(frozen=True)
class CodeMutant:
    """`name` is how the page names it; in `file`, `was` becomes `becomes`, and then `test` turns red."""

    name: str
    file: str
    was: str
    becomes: str
    test: str

    @property
    def makes_database(self) -> bool:
        """Whether it breaks what a database is made with: its test then has one of its own."""
        return "/migrations/" in self.file or self.file.endswith("/schema.sql")

    def broken_text(self, read: Callable[..., str] = Path.read_text) -> str:
        """The file with its guard broken. Raises LookupError when the guard is not there once."""
        text = read(ROOT / self.file, encoding="utf-8")
        if text.count(self.was) != 1:
            raise LookupError(f"{self.name}: {text.count(self.was)} times in {self.file}, not once")
        return text.replace(self.was, self.becomes)


@cache
def code_mutants() -> tuple[CodeMutant, ...]:
    """All of them, in the order of the page."""
    return tuple(CodeMutant(**row) for row in tomllib.loads(LIST.read_text(encoding="utf-8"))["mutant"])
