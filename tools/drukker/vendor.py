"""The working day of the vendor, step by step; each step is written down, so a kill costs no letter."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tools.drukker import answering, delivering, fetching, scanner, telling
from tools.drukker import journal as steps
from tools.drukker.client import Api, Refused
from tools.drukker.fates import Shares, dice, draw
from tools.drukker.journal import Journal, PartPage, PilePage, Row, Sheet
from tools.drukker.pages import look
from tools.drukker.printing import Press, press

ORDER = (steps.FETCHED, steps.CONFIRMED, steps.PRINTED, steps.POSTED, steps.TOLD, steps.BACK)
WITHDRAWN, TOO_LATE = "ingetrokken", "te_laat"


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


@dataclass(slots=True)
class Vendor:
    """One vendor with his journal. `until` is the last step he takes today."""

    api: Api
    journal: Journal
    shares: Shares
    seed: int = 1
    until: str = steps.BACK
    prints: bool = False
    pile: int = delivering.PILE
    say: Callable[[str], None] = print
    now: Callable[[], datetime.datetime] = _now
    counts: Counter[str] = field(default_factory=Counter)

    def work(self) -> Counter[str]:
        """One working day. Raises VendorProblem when the municipality refuses what should be right."""
        self._announced()
        self._answer_recalls()
        self._fetch_all()
        self._each(steps.CONFIRMED, steps.PRINTED, self._print)
        self._answer_recalls()
        self._each(steps.PRINTED, steps.POSTED, self._post)
        late = self._tell_all()
        if self._reaches(steps.BACK):
            self._bring_back()
            self._send(late)
            self._done()
            self._answer_recalls()
            self._reconcile()
            self.follow()
        return self.counts

    def rehearse(self) -> Counter[str]:
        """Fetch, check, confirm and print the batch to test with; its journal stands apart."""
        apart = replace(self, journal=Journal(self.journal.folder / "proef"))
        page = PartPage(fetching.TEST, 1, 1)
        apart._take_and_confirm(page)
        apart._print(page)
        return apart.counts

    def _reaches(self, step: str) -> bool:
        return ORDER.index(step) <= ORDER.index(self.until)

    def _at(self, step: str) -> list[PartPage]:
        return [page for page in self.journal.parts() if page.step == step]

    def _each(self, before: str, after: str, do: Callable[[PartPage], None]) -> None:
        """Take every part that is at one step to the next, and write it down."""
        if not self._reaches(after):
            return
        for page in self._at(before):
            do(page)
            page.step = after
            self.journal.keep_part(page)

    def _announced(self) -> None:
        days = self.api.get("/vooraankondigingen").json()["vooraankondigingen"]
        self.say(f"Vooraangekondigd: {sum(day['aantalBrieven'] for day in days)} brieven.")

    def _fetch_all(self) -> None:
        """Walk all batches that are ready, and take in each part that is not in the journal yet."""
        seen = len(list(self.journal.parts()))
        for batch in self.api.pages("/partijen", "partijen", status="vrijgegeven", limiet=20):
            whole = self.api.get(f"/partijen/{batch['partijId']}").json()
            for part in whole["delen"]:
                page = self.journal.part(batch["partijId"], part["nummer"])
                if page is None:
                    seen += 1
                    page = PartPage(batch["partijId"], part["nummer"], seen)
                if page.step == steps.FETCHED:
                    self._fetch(page)

    def _fetch(self, page: PartPage) -> None:
        """Take one part into the building. What was made anew meanwhile is fetched once more."""
        try:
            self._take_and_confirm(page)
        except (fetching.PartDiffers, Refused) as problem:
            if isinstance(problem, Refused) and problem.status != 409:
                raise
            self.counts["delen opnieuw opgehaald"] += 1
            self.journal.document(page).unlink(missing_ok=True)
            self._take_and_confirm(page)
        page.step = steps.CONFIRMED
        self.journal.keep_part(page)
        self.counts["delen bevestigd"] += 1
        self.counts["brieven bevestigd"] += len(page.rows)

    def _take_and_confirm(self, page: PartPage) -> None:
        """Take, check and confirm; the second confirmation must change nothing."""
        fetching.take_manifest(self.api, page)
        self.journal.keep_part(page)
        target = self.journal.document(page)
        rng = dice(self.seed, "lijn", page.ordinal)
        digest = fetching.take_document(self.api, page, target, rng, self.shares.cut)
        fetching.check(page, target, digest)
        told = {"sha256": page.sha256, "aantalBrieven": len(page.rows), "aantalPaginas": page.pages}
        for _ in range(2):
            self.api.put(f"{fetching.part_path(page)}/bevestiging", told)

    def _print(self, page: PartPage) -> None:
        moment = self.now().isoformat(timespec="seconds")
        folder = self.journal.folder / "prints" / page.name if self.prints else None
        with press(self.journal.document(page), folder) as machine:
            for row in page.rows:
                fate = draw(dice(self.seed, page.ordinal, row.position), self.shares)
                row.refused, row.spoiled = fate.refused, 0 if fate.refused else fate.spoiled
                if row.refused or row.withdrawn_at:
                    self.counts["brieven geweigerd"] += bool(row.refused)
                    continue
                for _ in range(1 + row.spoiled):
                    self.counts["bladzijden geprint"] += machine.letter(row)
                row.printed_at = moment
                self.counts["brieven beschadigd"] += row.spoiled

    def _post(self, page: PartPage) -> None:
        moment = self.now().isoformat(timespec="seconds")
        for row in page.rows:
            if row.printed_at and not row.withdrawn_at:
                self._drop_in_the_box(page, row, moment)

    def _drop_in_the_box(self, page: PartPage, row: Row, moment: str) -> None:
        fate = draw(dice(self.seed, page.ordinal, row.position), self.shares)
        row.posted_at = moment
        row.returned = fate.returned
        row.answer = fate.answer if row.code and not row.returned else ""
        row.uninvited = fate.uninvited
        self.counts["brieven verzonden"] += 1
        self.counts["brieven onbestelbaar"] += bool(row.returned)

    def _answer_recalls(self) -> None:
        """Answer what is asked back, as it is: withdrawn only when it is still in the building."""
        given = self.journal.recalls()
        for recall in self.api.pages("/intrekkingen", "intrekkingen"):
            key = recall["intrekkingId"]
            if recall.get("resultaat"):
                continue
            if key not in given:
                answer = self._keep_back(recall)
                if not answer:
                    continue
                given[key] = answer
                self.journal.keep_recall(key, answer)
            self.api.put(f"/intrekkingen/{key}/antwoord", {"resultaat": given[key]})
            self.counts[f"intrekkingen: {given[key]}"] += 1

    def _keep_back(self, recall: Mapping[str, Any]) -> str:
        """Take a letter out of what is still to be posted. No answer for a letter that is not here yet."""
        page = self.journal.part(recall["partijId"], recall["deel"]) if recall.get("deel") else None
        row = next((row for row in page.rows if row.letter == recall["briefId"]), None) if page else None
        if page is None or row is None:
            return ""
        if row.posted_at:
            return TOO_LATE
        row.withdrawn_at = self.now().isoformat(timespec="seconds")
        self.journal.keep_part(page)
        return WITHDRAWN

    def _tell_all(self) -> list[telling.Message]:
        """Tell about all that went to the post; gives what is kept for later."""
        late: list[telling.Message] = []
        for page in [*self._at(steps.TOLD), *self._at(steps.POSTED)] if self._reaches(steps.TOLD) else []:
            rng = dice(self.seed, "meldingen", page.ordinal)
            messages = telling.of_part(page, rng) + telling.astray(page, self.shares, rng)
            now, later = telling.disorder(messages, self.shares, rng)
            late += later
            if page.step == steps.POSTED:
                self._send(now)
                page.step = steps.TOLD
                self.journal.keep_part(page)
        return late

    def _send(self, messages: Sequence[telling.Message]) -> None:
        for call in telling.calls(messages):
            answer = self.api.post("/statusmeldingen/_batch", {"requests": list(call)}).json()
            results = {one["meldingId"]: one["resultaat"] for one in answer["results"]}
            self.journal.keep_messages(results)
            for one in answer["results"]:
                self.counts[f"meldingen: {one['resultaat']}"] += 1

    def _bring_back(self) -> None:
        """Make piles of the forms that came back and hand over every pile that is not closed."""
        pages = self._at(steps.TOLD)
        known = {sheet.letter for pile in self.journal.piles() for sheet in pile.sheets}
        rows = [row for page in pages for row in page.rows if row.answer and row.letter not in known]
        if rows:
            name = (self.seed, pages[0].name)
            until = self.now().date().isoformat()
            for pile in delivering.pile_up(rows, name, self.shares, until, self.pile):
                self.journal.keep_pile(pile)
        for page in pages:
            self.journal.keep_part(page)
        for pile in [pile for pile in self.journal.piles() if not pile.closed]:
            self._scan(pile)
            delivering.hand_over(self.api, self.journal, pile)
            self.counts["aanleveringen"] += 1

    def _done(self) -> None:
        """Nothing of these parts is needed any more but the journal."""
        for page in self._at(steps.TOLD):
            page.step = steps.BACK
            self.journal.keep_part(page)
            self.journal.document(page).unlink(missing_ok=True)

    def _scan(self, pile: PilePage) -> None:
        """Fill in the forms of a pile and scan them, those that are not on disk yet."""
        mine = {sheet.letter for sheet in pile.sheets if sheet.letter}
        for page in self._at(steps.TOLD):
            rows = {row.letter: row for row in page.rows if row.letter in mine}
            if not rows:
                continue
            with press(self.journal.document(page)) as machine:
                for sheet in pile.sheets:
                    if sheet.letter in rows:
                        self._scan_form(sheet, page, rows[sheet.letter], machine)
            self.journal.keep_part(page)
        for sheet in pile.sheets:
            if sheet.truth == delivering.FOREIGN:
                rng = dice(self.seed, sheet.scan)
                delivering.feed_sheet(sheet, scanner.other_mail(rng), self.journal, rng, self.shares)
                self.counts["vreemde vellen"] += 1
        self.journal.keep_pile(pile)

    def _scan_form(self, sheet: Sheet, page: PartPage, row: Row, machine: Press) -> None:
        paper = machine.form(row)
        if paper is None:
            raise fetching.PartDiffers(f"Brief {row.position} heeft geen formulier om in te vullen.")
        today = self.now().date()
        row.adults = machine.adults(row, today.year)
        answering.fill(paper, look(paper), row, dice(self.seed, "pen", page.ordinal, row.position), today)
        rng = dice(self.seed, "scan", sheet.same_as or sheet.scan)
        delivering.feed_sheet(sheet, paper, self.journal, rng, self.shares)
        self.counts[f"formulieren: {row.answer}"] += 1

    def _reconcile(self) -> None:
        """Lay what the municipality has of our messages beside our own."""
        theirs = {one["meldingId"] for one in self.api.pages("/statusmeldingen", "statusmeldingen")}
        missing = set(self.journal.messages()) - theirs
        self.counts["meldingen die de gemeente niet heeft"] += len(missing)

    def follow(self) -> bool:
        """Ask what became of all scans; true when none is waiting."""
        piles = [pile for pile in self.journal.piles() if pile.closed]
        waiting = sum(delivering.follow(self.api, self.journal, pile) for pile in piles)
        for outcome, count in Counter(sheet.outcome for pile in piles for sheet in pile.sheets).items():
            self.counts[f"scans: {outcome or 'onbekend'}"] = count
        return not waiting
