"""The command line of the vendor, also behind `manage.py drukker`."""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from tools.drukker.client import Api, VendorProblem
from tools.drukker.fates import OPTIONS, Shares
from tools.drukker.journal import Journal
from tools.drukker.vendor import ORDER, Vendor


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options, in Dutch."""
    parser.add_argument("--adres", default="http://127.0.0.1:8000", help="waar de site van de gemeente staat")
    parser.add_argument("--client-id", required=True, help="de naam van de toegang")
    parser.add_argument(
        "--geheim-uit-omgeving",
        default="DRUKKER_GEHEIM",
        metavar="NAAM",
        help="de omgevingsvariabele met het geheim",
    )
    parser.add_argument("--journaal", type=Path, default=Path("drukker"), help="de map van het journaal")
    parser.add_argument("--zaad", type=int, default=1, help="hetzelfde zaad geeft hetzelfde verloop")
    parser.add_argument("--tot", choices=ORDER[1:], default=ORDER[-1], help="de laatste stap van vandaag")
    parser.add_argument("--proef", action="store_true", help="alleen de testpartij")
    parser.add_argument("--bewaar-prints", action="store_true", help="bewaar elke bladzijde als PNG")
    standard = Shares()
    for name, (option, meaning) in OPTIONS.items():
        parser.add_argument(
            f"--aandeel-{option}",
            dest=name,
            type=_share,
            default=getattr(standard, name),
            help=f"aandeel {meaning} (nu %(default)s)",
        )


def _share(text: str) -> float:
    share = float(text)
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError("een aandeel ligt tussen 0 en 1")
    return share


def run(options: Mapping[str, object]) -> Counter[str]:
    """A working day with these options. Raises VendorProblem, also when the secret is not set."""
    name = str(options["geheim_uit_omgeving"])
    secret = os.environ.get(name)
    if not secret:
        raise VendorProblem(f"Zet het geheim van de toegang in de omgevingsvariabele {name}.")
    vendor = Vendor(
        Api(str(options["adres"]).rstrip("/"), str(options["client_id"]), secret),
        Journal(Path(str(options["journaal"]))),
        Shares(**{share: float(str(options[share])) for share in OPTIONS}),
        seed=int(str(options["zaad"])),
        until=str(options["tot"]),
        prints=bool(options["bewaar_prints"]),
    )
    try:
        return vendor.rehearse() if options["proef"] else vendor.work()
    finally:
        vendor.api.hang_up()


def lines(counts: Mapping[str, int]) -> list[str]:
    """The counts, one a line."""
    width = max((len(name) for name in counts), default=0)
    return [f"{name:{width}}  {count:>7}" for name, count in counts.items()]


def main(words: Sequence[str]) -> int:
    """Do a working day; gives the exit code."""
    parser = argparse.ArgumentParser(prog="drukker", description="Een drukker om mee te proberen.")
    add_arguments(parser)
    try:
        counts = run(vars(parser.parse_args(words)))
    except VendorProblem as problem:
        print(problem, file=sys.stderr)
        return 1
    print("\n".join(lines(counts)))
    return 0
