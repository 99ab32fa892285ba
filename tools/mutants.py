"""Break what docs/security.md promises, guard by guard, and see that a named test turns red.

    python tools/mutants.py            break everything that the page says was broken
    python tools/mutants.py --lijst    only say what that is

What to run stands on the page itself. First the tests that break something themselves: those that the last
column of its tables names, and the two lists of mutants in SQL. Then the mutants in code of
`tests/mutants.toml`: the tests that are to see them, whole, and after that once for each with it broken.
Ends with 0 when every mutant was noticed.
"""

import os
import queue
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
from tools.code_mutants import BREAKING, NOTICED, CodeMutant, code_mutants  # noqa: E402
from tools.servers import environment  # noqa: E402

#: Whoever imports the servers of the tree has the settings of the site in his environment.
_SETTINGS = "--ds=tests.settings"
#: So many at once, each in a database of its own that is made once.
_DATABASES = ("test_bereik_mutant_0", "test_bereik_mutant_1")
PAGE = ROOT / "docs/security.md"
#: Each mutant in these lists is a row of its own in the test; the page names them by what they break.
LISTS = ("tests/border/test_mutants.py", "tests/border/test_work_mutants.py")
_BROKEN = "Broken to see it red"
_FILE = re.compile(r"`(tests/[\w/]+\.py)`")
_TEST = re.compile(r"`(test_\w+)`")


def rows(page: str) -> Iterator[tuple[str, str, str]]:
    """Each promise of the page, with the cell that names its tests and the one that names its mutants."""
    proving = False
    for line in page.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not line.startswith("|"):
            proving = False
        elif cells[-1] == _BROKEN:
            proving = True
        elif proving and len(cells) == 3 and set(cells[0]) != {"-"}:
            yield cells[0], cells[1], cells[2]


def tests(page: str) -> list[str]:
    """What pytest is told to run. Raises LookupError for a mutant that is in none of the files of its row."""
    found = list(LISTS)
    for promise, held, broken in rows(page):
        files = [name for name in _FILE.findall(f"{held} {broken}") if (ROOT / name).is_file()]
        for test in _TEST.findall(broken):
            defined = [name for name in files if f"def {test}(" in (ROOT / name).read_text(encoding="utf-8")]
            if not defined:
                raise LookupError(f"{test} is in no file that is named at: {promise}")
            found += [f"{name}::{test}" for name in defined]
    return list(dict.fromkeys(found))


def _pytest(words: list[str], **environment: str) -> subprocess.CompletedProcess[str]:
    chosen = [sys.executable, "-m", "pytest", _SETTINGS, "--quiet", "-p", "no:cacheprovider", *words]
    return subprocess.run(
        chosen, cwd=ROOT, check=False, env=os.environ | environment, capture_output=True, text=True
    )


def _broken(mutant: CodeMutant, free: "queue.Queue[str]") -> bool:
    """Whether its test turned red; says so. Any other end, as of a suite that does not start, is no proof."""
    database = free.get()
    try:
        kept = [] if mutant.makes_database else ["--reuse-db"]
        ended = _pytest(
            ["-p", "tests.breaking.plugin", *kept, mutant.test],
            BEREIK_MUTANT=mutant.name,
            PYTHONPATH=str(BREAKING),
            BEREIK_TEST_DB=database if kept else f"{database}_broken",
        )
    finally:
        free.put(database)
    noticed = ended.returncode == NOTICED
    sys.stdout.write(f"{'rood' if noticed else 'NIET GEMERKT'}: {mutant.name} ({mutant.test})\n")
    if not noticed:
        sys.stdout.write(ended.stdout[-2000:])
    sys.stdout.flush()
    return noticed


def _drop_databases() -> None:
    with psycopg.connect(environment("migrate")["DATABASE_URL_MIGRATE"], autocommit=True) as migrate:
        for name in _DATABASES:
            migrate.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))


def break_code(mutants: tuple[CodeMutant, ...]) -> bool:
    """Break each, and see its test turn red; False when one was not noticed, or a test is red by itself."""
    named = dict.fromkeys(one.test for one in mutants)
    whole = _pytest([*named, "-n", str(len(_DATABASES)), "--dist", "loadgroup"])
    sys.stdout.write(whole.stdout[-2000:])
    if whole.returncode:
        return False
    free: queue.Queue[str] = queue.Queue()
    _drop_databases()
    for name in _DATABASES:
        free.put(name)
    with ThreadPoolExecutor(len(_DATABASES)) as pool:
        noticed = list(pool.map(lambda one: _broken(one, free), mutants))
    _drop_databases()
    sys.stdout.write(f"{sum(noticed)} van de {len(noticed)} mutanten in de code gemerkt\n")
    return all(noticed)


def main() -> int:
    chosen = tests(PAGE.read_text(encoding="utf-8"))
    if "--lijst" in sys.argv[1:]:
        named = [f"{one.name}: {one.test}" for one in code_mutants()]
        sys.stdout.write("\n".join([*chosen, *named, ""]))
        return 0
    words = [sys.executable, "-m", "pytest", _SETTINGS, *chosen, "--numprocesses", "2", "--dist", "loadgroup"]
    themselves = subprocess.run(words, cwd=ROOT, check=False).returncode
    in_code = break_code(code_mutants())
    return themselves or int(not in_code)


if __name__ == "__main__":
    sys.exit(main())
