"""The vendor is a stranger: what he imports is Python's own, four packages, and himself."""

import ast
import sys
from pathlib import Path

import tools.drukker

FOLDER = Path(tools.drukker.__file__).parent
PACKAGES = {"pypdfium2", "PIL", "zxingcpp"}


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path.name}: a relative import hides where it comes from"
            found.add(node.module)
    return found


def is_his_own(name: str) -> bool:
    top = name.split(".")[0]
    mine = name == "tools.drukker" or name.startswith("tools.drukker.")
    return mine or top in PACKAGES or top in sys.stdlib_module_names


def test_the_vendor_imports_nothing_of_the_project():
    files = sorted(FOLDER.rglob("*.py"))
    assert len(files) > 10
    strange = {(path.name, name) for path in files for name in imports(path) if not is_his_own(name)}
    assert not strange


def test_it_would_be_seen():
    assert not is_his_own("letters.composition.form")
    assert not is_his_own("tools.servers")
    assert not is_his_own("tools.drukkerij")
    assert not is_his_own("django.conf")


def test_he_loads_nothing_by_name():
    for path in FOLDER.rglob("*.py"):
        called = {node.id for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Name)}
        assert not called & {"__import__", "eval", "exec", "importlib"}, path.name
