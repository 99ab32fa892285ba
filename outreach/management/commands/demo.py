"""Makes the demo: an invented town goes through the whole of it, by the same doors as a real one."""

import datetime
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from eligibility.models import Delivery, Run, RunState
from eligibility.town import buurten, generate
from letters.models import Batch
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.management.demo import (
    deliver,
    fieldwork,
    months,
    oversight,
    people,
    post,
    requests,
    retention,
    rounds,
    sharing,
    texts,
    transparency,
)
from outreach.management.demo.workers import workers
from outreach.models import Handover, Household, Klasse, Round, User
from outreach.models.round import RoundKind
from tools.serve import WELCOME

INHABITANTS = 20_000
SEED = 1


class Command(BaseCommand):
    help = "Bouwt de verzonnen stad Waterveen: leveringen, koppeling, rondes, looplijsten en brieven."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--inwoners", type=int, default=INHABITANTS)

    def handle(self, *args: object, **options: object) -> None:
        if not settings.DEMO_PASSWORD:
            raise CommandError("DEMO_PASSWORD ontbreekt: de demo draait alleen op de ingebouwde servers.")
        # Deliveries and the run look at one day, also when the demo is finished after midnight.
        first = Delivery.objects.order_by("pk").first()
        today = clock.today() if first is None else first.received_at.date()
        with self._step("gebruikers en teams"):
            people.make_people(buurten(SEED, settings.GEMEENTECODE), settings.DEMO_PASSWORD)
        with self._step("briefteksten getoetst en door een ander goedgekeurd") as told:
            judge, approver = (User.objects.get(username=name) for name in ("kim", "tess"))
            told.append(f"{texts.approve_shipped(judge, approver)} teksten")
        with self._step("bewaartermijnen voorgesteld en door een ander akkoord bevonden") as told:
            told.append(f"{retention.write_down()} termijnen")
        with self._step("transparantiedocument geschreven en door een ander goedgekeurd") as told:
            told.append(f"{transparency.write_down()} versies")
        new = Round.objects.count() < 2
        if new or not Batch.objects.exists():
            with workers():
                if new:
                    self._make(int(options["inwoners"]), today)
                self._post(today)
        with self._step("rollen van dit kwartaal ondertekend, een datalek afgesloten"):
            oversight.look_after()
        self._welcome()

    def _make(self, inhabitants: int, today: datetime.date) -> None:
        anna, bram, tess = (User.objects.get(username=name) for name in ("anna", "bram", "tess"))
        if not Delivery.objects.exists():
            self._deliver(inhabitants, today, anna)
        self._load(bram)
        handover = self._koppel(today, anna)
        with self._step("brievenronde, gemaakt en door een ander vastgesteld"):
            letters = rounds.make_and_fix(
                handover, RoundKind.LETTER, (rounds.LETTERS_ABOUT,), today, anna, bram
            )
            months.fixed_ago(letters, months.LETTERS_AGO)
        with self._step("bezoekronde en looplijsten per buurtteam"):
            visits = rounds.make_and_fix(handover, RoundKind.VISIT, rounds.VISITS_ABOUT, today, tess, bram)
            months.fixed_ago(visits, months.VISITS_AGO)
        with self._step("brieven maken") as told:
            told.append(f"{rounds.make_letters(letters)} brieven")
        with self._step("de eerste gesprekken aan de deur") as told:
            told.append(f"{rounds.hold_some_gesprekken(visits, today)} gesprekken")
        with self._step("wat daarna blijft liggen: papier, taken, een waarschuwing, een overdracht"):
            fieldwork.leave_behind(visits, today)
        with self._step("namen voor Gemeentebelastingen, die nog op een handtekening wachten"):
            sharing.propose(handover, anna)
        with self._step("een inwoner vraagt wat de gemeente over hem weet"):
            pieter = User.objects.get(username="pieter")
            if asked := requests.ask(visits, today, pieter):
                requests.wait_for_pack(asked, pieter)

    def _post(self, today: datetime.date) -> None:
        bram, tess = (User.objects.get(username=name) for name in ("bram", "tess"))
        with self._step("een tweede brievenronde, klein genoeg om te volgen") as told:
            round_ = post.make(Handover.objects.latest("pk"), today, tess, bram)
            told.append(f"{rounds.make_letters(round_)} brieven")
        with self._step("langs de drukker en terug") as told:
            done = post.through_the_vendor(round_, today, tess, bram)
            told.append(f"{done.forms} formulieren terug, {done.granted} vanzelf toegekend")
            told.append(f"{done.queued} in de werkvoorraad")
        with self._step("toegekend zonder formulier, de afgelopen maanden") as told:
            julia = User.objects.get(username="julia")
            round_ = self._granted_round(today)
            rounds.make_letters(round_)
            told.append(f"{months.grant_without_form(round_, today, julia, bram)} toekenningen")
        with self._step("kaart van de buurten en het eerste rapport") as told:
            fatma, analist = (User.objects.get(username=name) for name in ("fatma", "ad"))
            told.append(f"{fieldwork.draw_map(fatma)} buurten")
            fieldwork.count(analist)

    def _granted_round(self, today: datetime.date) -> Round:
        anna, bram = (User.objects.get(username=name) for name in ("anna", "bram"))
        made = rounds.make_and_fix(
            Handover.objects.latest("pk"),
            RoundKind.LETTER,
            (rounds.GRANTED_ABOUT,),
            today,
            anna,
            bram,
            klassen=(Klasse.ZEKER,),
        )
        months.fixed_ago(made, months.GRANTED_AGO)
        return made

    def _deliver(self, inhabitants: int, today: datetime.date, by: User) -> None:
        with tempfile.TemporaryDirectory() as folder:
            town = Path(folder) / "stad"
            with self._step(f"stad met {inhabitants} inwoners verzinnen"):
                generate(
                    town,
                    inhabitants=inhabitants,
                    peildatum=today,
                    seed=SEED,
                    gemeentecode=settings.GEMEENTECODE,
                )
            with self._step("bestanden aanleveren, versleuteld") as told:
                deliver.expect()
                told.append(f"{deliver.deliver(town, by)} bestanden")

    def _load(self, by: User) -> None:
        with self._step("bestanden controleren en inladen") as told:
            deliver.wait_until(lambda: not Delivery.objects.working().exists(), "Het inladen")
            told.append(f"{sum(Delivery.objects.values_list('rows_kept', flat=True))} regels")
        held = deliver.accept_held(by)
        if held:
            self.stdout.write(f"  {held} aangehouden levering(en) door een tweede persoon geaccepteerd")

    def _koppel(self, today: datetime.date, by: User) -> Handover:
        if not Run.objects.filter(state=RunState.DONE).exists():
            with self._step("koppelen in de black box"):
                deliver.koppel(today, by)
        handover = Handover.objects.latest("pk")
        with acting_as(SYSTEM_ACTOR):
            found = Household.objects.filter(handover=handover).count()
        self.stdout.write(f"  {found} huishoudens gevonden die misschien iets mislopen")
        return handover

    @contextmanager
    def _step(self, name: str) -> Iterator[list[str]]:
        """One line per step: what, how much, how long."""
        told: list[str] = []
        began = time.monotonic()
        yield told
        seconds = f"{time.monotonic() - began:.1f} s".replace(".", ",")
        self.stdout.write(f"✓ {name}{': ' if told else ''}{', '.join(told)} ({seconds})")
        self.stdout.flush()

    def _welcome(self) -> None:
        lines = ["Log in met een van deze gebruikers; het wachtwoord is steeds hetzelfde:", ""]
        lines += [f"  wachtwoord  {settings.DEMO_PASSWORD}"]
        lines += ["  code        toon je met .venv/bin/python manage.py code <gebruiker>", ""]
        lines += [f"  {user.username:8} {user.role.label:22} {user.tries}" for user in people.USERS]
        WELCOME.write_text("\n".join(lines) + "\n", encoding="utf-8")
