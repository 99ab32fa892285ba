"""What the vendor means to do, says and writes down; the paper and the line are tested beside this."""

from collections import Counter

import pytest

from tests.drukker.paper import dice
from tools.drukker import delivering, telling
from tools.drukker.fates import SIGNED, Shares, draw
from tools.drukker.journal import Journal, PartPage, PilePage, Row, Sheet

PRINTED, POSTED = "2026-03-02T08:00:00+00:00", "2026-03-02T15:00:00+00:00"
NONE = Shares(**dict.fromkeys(Shares.__dataclass_fields__, 0.0))


def fates(shares, count=4000):
    return [draw(dice(number), shares) for number in range(count)]


def test_shares_are_what_comes_out():
    found = fates(Shares(refused=0.1, returned=0.2, silent=0.3, blank=0.4))
    assert 0.08 < sum(bool(fate.refused) for fate in found) / len(found) < 0.12
    assert 0.17 < sum(bool(fate.returned) for fate in found) / len(found) < 0.23
    assert 0.27 < sum(not fate.answer for fate in found) / len(found) < 0.33
    answered = [fate.answer for fate in found if fate.answer]
    assert 0.36 < answered.count("leeg") / len(answered) < 0.44


def test_with_no_shares_all_goes_well():
    assert {(fate.refused, fate.spoiled, fate.returned, fate.answer) for fate in fates(NONE, 200)} == {
        ("", 0, "", SIGNED)
    }


def test_one_share_does_not_shift_another():
    one, other = fates(Shares(), 500), fates(Shares(refused=0.5), 500)
    assert [fate.answer for fate in one] == [fate.answer for fate in other]
    assert [fate.returned for fate in one] == [fate.returned for fate in other]


def part_of(count=40):
    """A part in which 3 and 4 were refused, 10 spoiled, 20 withdrawn, and 30 came back."""
    rows = [
        Row(f"brief-{n}", n, 2 * n - 1, 2, code=f"CODE{n}", printed_at=PRINTED, posted_at=POSTED)
        for n in range(1, count + 1)
    ]
    for refused in rows[2:4]:
        refused.refused, refused.printed_at, refused.posted_at = "adres", "", ""
    rows[9].spoiled = 1
    rows[19].posted_at, rows[19].withdrawn_at = "", POSTED
    rows[29].returned = "verhuisd"
    return PartPage("partij", 1, 1, rows=rows)


def said(messages, status):
    """How often each position is told to have a status."""
    heard = Counter()
    for message in messages:
        if message["status"] == status and "deel" in message:
            heard.update(range(message["volgnummers"]["van"], message["volgnummers"]["tot"] + 1))
        elif message["status"] == status:
            heard[int(message["briefId"].removeprefix("brief-"))] += 1
    return heard


@pytest.mark.parametrize("seed", range(5))
def test_of_each_letter_is_told_what_happened_and_no_more(seed):
    page = part_of()
    messages = telling.of_part(page, dice(seed))
    assert said(messages, "geprint") == Counter(row.position for row in page.rows if row.printed_at)
    assert said(messages, "verzonden") == Counter(row.position for row in page.rows if row.posted_at)
    assert set(said(messages, "geweigerd")) == {3, 4}
    assert set(said(messages, "beschadigd")) == {10}
    assert set(said(messages, "onbestelbaar")) == {30}
    assert len({message["meldingId"] for message in messages}) == len(messages)
    assert {message.get("reden") for message in messages} == {None, "adres", "verhuisd"}
    assert all(message["tijdstip"] for message in messages)


def test_a_spoiled_letter_is_told_about_by_itself():
    runs = [message for message in telling.of_part(part_of(), dice(1)) if "deel" in message]
    assert runs
    assert not any(run["volgnummers"]["van"] <= 10 <= run["volgnummers"]["tot"] for run in runs)


def test_messages_come_late_twice_and_out_of_order_and_all_of_them():
    messages = telling.of_part(part_of(), dice(1))
    now, late = telling.disorder(messages, Shares(late=0.3, repeated=0.3), dice(2))
    ids = Counter(message["meldingId"] for message in now + late)
    assert set(ids) == {message["meldingId"] for message in messages}
    assert late
    assert max(ids.values()) == 2
    assert [message["meldingId"] for message in now] != [message["meldingId"] for message in messages]


def test_calls_are_never_too_long():
    assert [len(call) for call in telling.calls([{}] * 450)] == [200, 200, 50]


def answered(count=150):
    return [Row(f"brief-{n}", n, 2 * n - 1, 2, code=f"CODE{n}", answer=SIGNED) for n in range(1, count + 1)]


def test_every_form_is_in_a_pile():
    shares = Shares(twice=0.2, foreign=0.1, miskeyed=0.1)
    rows = answered()
    piles = delivering.pile_up(rows, "zaad", shares, "2026-03-20")
    sheets = [sheet for pile in piles for sheet in pile.sheets]
    times = Counter(sheet.letter for sheet in sheets)
    foreign = times.pop("")
    assert set(times) == {row.letter for row in rows}
    assert 10 < sum(count == 2 for count in times.values()) < 60
    assert foreign > 10
    assert all(len(pile.sheets) <= delivering.PILE for pile in piles)
    assert len({sheet.scan for sheet in sheets}) == len(sheets)
    wrong = [sheet for sheet in sheets if sheet.told_code]
    assert wrong
    assert all(sheet.told_code != sheet.code for sheet in wrong)
    assert sorted(scan for row in rows for scan in row.scans) == sorted(
        sheet.scan for sheet in sheets if sheet.letter
    )


def test_the_same_seed_lays_the_same_piles():
    piles = [delivering.pile_up(answered(), "zaad", Shares(), "2026-03-20") for _ in range(2)]
    assert piles[0] == piles[1]


def test_the_journal_gives_back_what_was_written(tmp_path):
    journal = Journal(tmp_path)
    page = part_of()
    pile = PilePage("pakket", "2026-03-20", sheets=[Sheet("scan", SIGNED, letter="brief-1", sha256="ab")])
    journal.keep_part(page)
    journal.keep_pile(pile)
    journal.keep_recall("vraag", "te_laat")
    journal.keep_messages({"een": "verwerkt"})
    journal.keep_messages({"twee": "dubbel"})
    again = Journal(tmp_path)
    assert list(again.parts()) == [page]
    assert list(again.piles()) == [pile]
    assert again.part("partij", 2) is None
    assert again.recalls() == {"vraag": "te_laat"}
    assert again.messages() == {"een": "verwerkt", "twee": "dubbel"}


def test_a_write_that_was_killed_leaves_the_former(tmp_path):
    journal = Journal(tmp_path)
    journal.keep_part(part_of())
    (tmp_path / "delen/partij-1.nieuw").write_text("{half")
    assert list(journal.parts()) == [part_of()]


def test_no_other_user_can_read_the_journal(tmp_path):
    journal = Journal(tmp_path / "journaal")
    journal.keep_part(part_of())
    assert (tmp_path / "journaal/delen/partij-1.json").stat().st_mode & 0o077 == 0
    assert (tmp_path / "journaal/delen").stat().st_mode & 0o077 == 0
