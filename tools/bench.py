"""How fast it is, beside a reference in the same run: the koppeling beside a bare COPY of the same BRP file,
the letters of a round beside one document per letter, the page of a looplijst of many addresses beside one of
few. On a PostgreSQL of its own, with an invented town.

    make bench                      930,000 inhabitants and a tenth of that
    python tools/bench.py --inwoners 93000 --keer 1
    python tools/bench.py --looplijst       only the page of a looplijst

Ends with 1 when the page of a looplijst is slower than was promised (tools/bench_walks.py), or a visit is
(tools/bench_door.py).
"""

import argparse
import datetime
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from eligibility.town import generate  # noqa: E402
from tools.own_cluster import OwnCluster, own_cluster  # noqa: E402
from tools.servers import environment, stripped  # noqa: E402

INHABITANTS = 930_000
SMALLER = 10
PEILDATUM = datetime.date(2026, 3, 1)
SEED = 1
BLOCK = 1 << 20
LETTERS = 10_000
#: Addresses on the looplijsten, and the handover and buurt of each in tools/bench_walks.sql.
WALKS = ((10_000, 1001, "BU1"), (100_000, 1002, "BU2"))
#: The same for the time at a door, tools/bench_door.py.
DOOR = (5_000, 1003, "BU3")
_STEP = re.compile(r"^stap \d+/\d+ (\S+)\s+[\d.]+ rijen\s+([\d.]+) s$")


@dataclass(frozen=True)
class Koppeling:
    """One run of the command: seconds by the clock, per step, and the peak memory of its process."""

    wall: float
    steps: dict[str, float]
    peak_mb: float


def variables(own: OwnCluster, role: str) -> dict[str, str]:
    """The environment of a role, with the address of this cluster in the place of the shared one."""
    address = {"web": "DATABASE_URL", "koppel": "DATABASE_URL_KOPPEL", "migrate": "DATABASE_URL_MIGRATE"}[
        role
    ]
    return stripped(environment(role) | {address: own.url(role), "BEREIK_ROLE": role})


def run(words: list[str], env: Mapping[str, str]) -> tuple[str, float, float]:
    """What a command of ours says, its seconds by the clock and its peak memory in MB. Raises on failure."""
    began = time.perf_counter()
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(
            [sys.executable, *words], cwd=ROOT, env=dict(env), stdout=said, stderr=subprocess.STDOUT
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        wall = time.perf_counter() - began
        said.seek(0)
        output = said.read()
    if process.returncode:
        raise SystemExit(f"{' '.join(words)} eindigde met {process.returncode}:\n{output[-3000:]}")
    return output, wall, usage.ru_maxrss / 1024


def bare_copy(own: OwnCluster, brp: Path) -> float:
    """Seconds of COPY of the file as it is into a table of bare text columns, without an index."""
    with brp.open(encoding="utf-8") as file:
        columns = file.readline().strip().split(";")
    with psycopg.connect(own.url("migrate"), autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS kale_brp")
        cursor.execute(f"CREATE TABLE kale_brp ({', '.join(f'{name} text' for name in columns)})".encode())
        began = time.perf_counter()
        statement = "COPY kale_brp FROM STDIN (FORMAT csv, DELIMITER ';', HEADER)"
        with brp.open("rb") as file, cursor.copy(statement) as copy:
            while block := file.read(BLOCK):
                copy.write(block)
        seconds = time.perf_counter() - began
        cursor.execute("DROP TABLE kale_brp")
    return seconds


def koppel(own: OwnCluster, town: Path, out: Path) -> Koppeling:
    """The whole command on a folder, from its start to its end."""
    words = ["manage.py", "koppel", str(town), "--peildatum", PEILDATUM.isoformat(), "--uit", str(out)]
    output, wall, peak = run(words, variables(own, "koppel"))
    steps: dict[str, float] = {}
    loading = 0.0
    for line in output.splitlines():
        if found := _STEP.match(line):
            steps[found[1]] = float(found[2])
        elif line.startswith("inladen "):
            loading += float(line.split()[-2])
    return Koppeling(wall, {"inladen": loading, **steps}, peak)


def measure(
    own: OwnCluster, folder: Path, inhabitants: int, times: int
) -> tuple[list[float], list[Koppeling]]:
    """Bare copies and koppelingen in turn, on one town."""
    town = folder / f"stad-{inhabitants}"
    began = time.perf_counter()
    facts = generate(town, inhabitants=inhabitants, peildatum=PEILDATUM, seed=SEED)
    seconds = time.perf_counter() - began
    say(f"\n{inhabitants:,} inwoners, {len(facts.rows)} bestanden, verzonnen in {seconds:.0f} s")
    copies, runs = [], []
    for number in range(1, times + 1):
        copies.append(bare_copy(own, town / "brp.csv"))
        runs.append(koppel(own, town, folder / "uit"))
        ratio = runs[-1].wall / copies[-1]
        say(
            f"  {number}: kale COPY {copies[-1]:.2f} s, koppel {runs[-1].wall:.1f} s ({ratio:.1f}x),"
            f" piek van het proces {runs[-1].peak_mb:.0f} MB"
        )
    ratio = statistics.median(one.wall / copy for one, copy in zip(runs, copies, strict=True))
    say(
        f"  mediaan: koppel {statistics.median(one.wall for one in runs):.1f} s, kale COPY"
        f" {statistics.median(copies):.2f} s, verhouding {ratio:.1f}x"
    )
    return runs


def per_step(runs: list[Koppeling]) -> dict[str, float]:
    """The median seconds of each step."""
    return {name: statistics.median(one.steps[name] for one in runs) for name in runs[0].steps}


def compare_steps(small: list[Koppeling], large: list[Koppeling]) -> None:
    """A table of seconds per step at both sizes, and the factor between them."""
    before, after = per_step(small), per_step(large)
    say(f"\n{'stap':<16}{'klein':>10}{'groot':>10}{'factor':>10}")
    for name, seconds in after.items():
        # Below a hundredth of a second the clock tells more of the machine than of the step.
        factor = f"{seconds / before[name]:.1f}x" if before[name] >= 0.01 else "-"
        say(f"{name:<16}{before[name]:>9.2f}s{seconds:>9.2f}s{factor:>10}")


def letters(own: OwnCluster, count: int) -> None:
    """The letters of one round, database included, beside the naive script; in a process of the pages."""
    statements = (ROOT / "tools" / "bench_households.sql").read_bytes()
    with psycopg.connect(own.url("migrate"), autocommit=True) as connection:
        # Several statements with parameters: only a client cursor sends those in one go.
        psycopg.ClientCursor(connection).execute(statements, {"count": count})
    with tempfile.TemporaryDirectory() as folder:
        env = variables(own, "web") | {"LETTER_FOLDER": folder}
        output, _, peak = run(["-m", "tools.bench_round"], env)
    say(f"\n{output.rstrip()}\npiek van het proces {peak:.0f} MB")


def walks(own: OwnCluster, town: Path) -> None:
    """A visit at a door; the page of a looplijst with few and many addresses, idle and during a koppeling."""
    statements = (ROOT / "tools" / "bench_walks.sql").read_bytes()
    with psycopg.connect(own.url("migrate"), autocommit=True) as connection:
        for count, handover, buurt in (*WALKS, DOOR):
            values = {"count": count, "handover": handover, "buurt": buurt}
            psycopg.ClientCursor(connection).execute(statements, values)
        connection.execute("ANALYZE")
    env = variables(own, "web") | variables(own, "koppel") | {"BEREIK_ROLE": "web"}
    run(["manage.py", "collectstatic", "--no-input", "--verbosity", "0"], env)
    _, handover, buurt = DOOR
    output, _, _ = run(["-m", "tools.bench_door", f"{handover}:{buurt}"], env)
    say(f"\n{output.rstrip()}")
    places = [f"{handover}:{buurt}" for _, handover, buurt in WALKS]
    output, _, _ = run(["-m", "tools.bench_walks", str(town), *places], env)
    say(f"\n{output.rstrip()}")


def say(line: str) -> None:
    print(line, flush=True)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description="Meet de koppeling, de brieven en de looplijst.")
    parser.add_argument("--inwoners", type=int, default=INHABITANTS)
    parser.add_argument("--keer", type=int, default=3, help="hoe vaak elke meting")
    parser.add_argument("--brieven", type=int, default=LETTERS)
    parser.add_argument("--looplijst", action="store_true", help="alleen de looplijst")
    chosen = parser.parse_args(arguments)
    with own_cluster() as own, tempfile.TemporaryDirectory() as folder:
        run(["manage.py", "migrate", "--verbosity", "0"], variables(own, "migrate"))
        town = Path(folder) / f"stad-{chosen.inwoners // SMALLER}"
        if chosen.looplijst:
            generate(town, inhabitants=chosen.inwoners // SMALLER, peildatum=PEILDATUM, seed=SEED)
            walks(own, town)
            return 0
        small = measure(own, Path(folder), chosen.inwoners // SMALLER, chosen.keer)
        large = measure(own, Path(folder), chosen.inwoners, chosen.keer)
        compare_steps(small, large)
        letters(own, chosen.brieven)
        walks(own, town)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
