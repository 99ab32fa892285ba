"""`manage.py stadje MAP`: write an invented town as a folder of deliveries."""

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from eligibility.town import generate
from outreach.kernel.clock import today

DEFAULT_INHABITANTS = 20_000
DEFAULT_SEED = 2026
# The koppeling takes no other years: it knows the AOW age of these.
YEARS = range(2019, 2032)


class Command(BaseCommand):
    help = "Maakt een verzonnen stad als map met leveringen. Niemand erin bestaat."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("map", help="map waarin de bestanden komen; wordt gemaakt als ze er niet is")
        parser.add_argument("--inwoners", type=int, default=DEFAULT_INHABITANTS, help="aantal inwoners")
        parser.add_argument("--peildatum", default=None, help="datum als jjjj-mm-dd; zonder: vandaag")
        parser.add_argument("--seed", type=int, default=DEFAULT_SEED, help="zelfde getal, zelfde stad")

    def handle(self, *args: Any, **options: Any) -> None:
        peildatum = _peildatum(options["peildatum"])
        folder = Path(options["map"])
        if options["inwoners"] < 1:
            raise CommandError("Geef met --inwoners een getal van 1 of meer.")
        if folder.is_dir() and any(folder.iterdir()):
            raise CommandError(f"De map {folder} is niet leeg. Kies een lege of een nieuwe map.")
        try:
            facts = generate(
                folder, inhabitants=options["inwoners"], peildatum=peildatum, seed=options["seed"],
                gemeentecode=settings.GEMEENTECODE,
            )  # fmt: skip
        except OSError as error:
            raise CommandError(f"In de map {folder} kan niet worden geschreven: {error.strerror}.") from error
        self.stdout.write(
            f"{facts.inhabitants} inwoners op {facts.addresses} adressen. "
            f"{len(facts.rows)} bestanden met {sum(facts.rows.values())} regels in {folder}."
        )


def _peildatum(text: str | None) -> date:
    if text is None:
        return today()
    try:
        peildatum = date.fromisoformat(text)
    except ValueError as error:
        raise CommandError(
            "De peildatum is geen datum. Schrijf hem als jjjj-mm-dd, zoals 2026-03-01."
        ) from error
    if peildatum.year not in YEARS:
        raise CommandError(f"De peildatum moet tussen {YEARS[0]} en {YEARS[-1]} liggen.")
    return peildatum
