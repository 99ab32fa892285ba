"""After the whole demo no BSN, no pseudonym and nobody who stayed inside is found anywhere but in the box.

The demo is made in an installation of its own and walked through as every user. In each place we planted a
leak of our own as well: where that is not found, the search proves nothing.
"""

import sys
from pathlib import Path

import pytest
from django.conf import settings

from outreach.management.demo.people import USERS
from tests.remains import planted
from tests.remains.crawl import NOBODY
from tests.remains.gather import Evidence, gather
from tests.remains.installation import second_installation
from tests.remains.needles import BORN, BSN, NAME, PSEUDONYM
from tests.remains.sources import fixed_texts, sources_named

pytestmark = [
    pytest.mark.proof,
    # All of it looks at one town, that is made once.
    pytest.mark.xdist_group("remains"),
    pytest.mark.skipif(
        not Path("/proc/self/environ").exists(), reason="alleen Linux toont zijn processen zo"
    ),
]

ROLES = (NOBODY, *(user.username for user in USERS))
FIELDWORKERS = ("bea", "zeki", "carla", "tess")
PAGES = tuple(f"pagina's van {role}" for role in ROLES)
ALL = {BSN, PSEUDONYM, NAME}
# Where nothing may stand of those written to either: not when they were born.
QUIET = ALL | {BORN}
# Every place, with the kinds of our own leak that must be found in it.
PLACES = {
    "adressen en koppen": QUIET,
    "brieven en bladen in bestanden": ALL,
    "tabellen die web leest": ALL,
    "audit": QUIET,
    "sessies": QUIET,
    "statistieken van de box": ALL,
    "logs": QUIET,
    "opdrachtregels": QUIET,
    "berichten aan de broker": QUIET,
    "sleutels in de broker": QUIET,
    "schijf van de broker": QUIET,
    "tijdelijke map": QUIET,
    "uploadmap": QUIET,
    "brievenmap": QUIET,
    "scanmap": QUIET,
    "bestandsnamen": QUIET,
    "WAL": ALL,
    "dump": ALL,
    "basisbackup": ALL,
    "mails": QUIET,
    "al het andere op schijf": ALL,
}


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    with second_installation() as installation:
        return gather(installation)


def say(capsys: pytest.CaptureFixture[str], line: str) -> None:
    with capsys.disabled():
        sys.stdout.write(f"\n  {line}")


def test_the_town_is_known_to_the_last_bsn(evidence, capsys):
    chance = evidence.compared * evidence.bsns / 1e9
    timed = ", ".join(f"{name} {seconds:.0f} s" for name, seconds in evidence.seconds.items())
    say(
        capsys,
        f"gezocht: {evidence.bsns} BSN's, {evidence.pseudonyms} pseudoniemen, {evidence.canaries} namen van"
        f" wie binnen bleef, {evidence.born} geboortedagen van wie eruit kwam;"
        f" {evidence.compared} getallen vergeleken (kans op toeval {chance:.3f});"
        f" {evidence.rounds} keer rondgekeken; {timed}",
    )
    assert evidence.same_files == evidence.delivered_files >= 35
    assert evidence.bsns >= 3000
    assert evidence.pseudonyms >= evidence.bsns
    assert evidence.canaries >= 10
    assert evidence.born >= 50
    assert len(evidence.people) >= 10


@pytest.mark.parametrize("place", [*PLACES, *PAGES])
def test_nothing_is_left(evidence, place, capsys):
    channel = evidence.channels[place]
    say(capsys, channel.line())
    assert channel.hits == []
    assert channel.missing == set()


@pytest.mark.parametrize("place", PLACES)
def test_what_we_planted_there_is_found(evidence, place):
    assert set(evidence.channels[place].planted) >= PLACES[place]


def test_what_we_planted_on_a_page_is_found_there_alone(evidence):
    assert set(evidence.channels[f"pagina's van {planted.BEARER}"].planted) == ALL
    others = [name for name in PAGES if planted.BEARER not in name]
    # Who works with users sees his name in the list.
    assert {name for name in others if evidence.channels[name].planted} <= {
        "pagina's van fatma",
        "pagina's van pieter",
    }


def test_the_files_of_the_town_itself_were_seen_while_they_were_there(evidence, capsys):
    town = evidence.channels["de verzonnen stad"]
    say(capsys, town.line())
    assert {kind for _, kind in town.hits} >= {BSN, NAME}
    assert evidence.left_in_tmp == []


def test_the_wal_was_searched_from_its_first_byte(evidence):
    """Nothing was thrown away or written over before we looked."""
    assert evidence.first_wal == f"{1:08X}{0:08X}{1:08X}"


def test_the_box_alone_holds_who_stayed_inside(evidence, capsys):
    """Its partitions are on disk, with names and pseudonyms, all unlogged, so that no backup takes them."""
    box, dump = (evidence.channels[place] for place in ("box op schijf", "dump met de box"))
    say(capsys, box.line())
    assert {kind for _, kind in box.hits} == {PSEUDONYM, NAME}
    # The number of an address is long, and a part of it may be a BSN by chance.
    assert {kind for _, kind in dump.hits} >= {PSEUDONYM, NAME}
    assert evidence.partitions >= evidence.delivered_files
    assert evidence.logged_partitions == []


def test_a_page_failed_half_way_so_that_its_error_was_searched(evidence):
    assert evidence.failed == 500


def test_after_destruction_nobody_who_stayed_inside_is_left_in_the_box_either(evidence, capsys):
    """What was searched before it is searched again, and all other files of the database with it."""
    box = evidence.channels["box na vernietiging"]
    say(capsys, box.line())
    assert box.looked > 0
    assert box.hits == []


def test_after_destruction_a_kept_copy_of_an_upload_opens_with_no_key(evidence, capsys):
    before, after = evidence.opened
    say(capsys, f"bewaarde kopieën die opengaan: {before}, na het vernietigen {after}")
    assert before >= evidence.delivered_files
    assert after == 0


@pytest.mark.parametrize("role", ROLES)
def test_a_role_saw_each_kind_of_page_it_can_reach(evidence, role, capsys):
    visit = evidence.visits[role]
    say(capsys, f"{role}: {visit.answers} antwoorden, {dict(visit.statuses)}, {dict(visit.kinds)}")
    assert visit.failures == []
    assert visit.unseen == set()
    assert visit.statuses[200] >= 1
    assert visit.statuses[403] >= 1 or role == NOBODY


@pytest.mark.parametrize("role", FIELDWORKERS)
def test_who_works_with_people_sees_people_and_never_where_they_were_found(evidence, role, capsys):
    texts = [text for _, text in evidence.visits[role].texts]
    about = [text for text in texts if any(name in text for name in evidence.people)]
    fixed = fixed_texts(evidence.regeling_texts)
    named = [sources_named(text, fixed) for text in about]
    say(capsys, f"{role}: {len(about)} van {len(texts)} bladzijden gaan over mensen")
    assert len(about) >= 5
    assert [words for words in named if words] == []


def test_a_letter_names_no_source_but_the_kinds_that_all_letters_name(evidence, capsys):
    letters = [text for visit in evidence.visits.values() for text in visit.letters]
    fixed = fixed_texts([*evidence.regeling_texts, settings.GEMEENTE_ONDERTEKENAAR])
    named = [sources_named(text, fixed) for text in letters]
    say(capsys, f"{len(letters)} bladzijden van brieven")
    assert sum("bijstand" in text for text in letters) >= 10
    assert sum(any(name in text for name in evidence.people) for text in letters) >= 10
    assert [words for words in named if words] == []


@pytest.mark.parametrize("word", ["Bijstand", "AIO", "kwijtschelding", "Inlichtingenbureau", "ib_toets"])
def test_a_source_beside_a_person_would_be_seen(evidence, word):
    page = next(
        text for _, text in evidence.visits["bea"].texts if any(name in text for name in evidence.people)
    )
    assert sources_named(f"{page} gevonden via {word}.", fixed_texts(evidence.regeling_texts))


def test_processes_of_the_pages_know_no_secret_of_another_role(evidence, capsys):
    others = {pid: known for pid, known in evidence.foreign.items() if pid != evidence.planted_pid}
    say(capsys, f"{len(others)} processen van de rol web, {evidence.own_secret_seen} kennen hun eigen geheim")
    assert len(others) >= 4
    assert evidence.own_secret_seen == len(evidence.foreign)
    assert not any(others.values())
    assert evidence.foreign[evidence.planted_pid] >= {"MASTER_KEY", "hoofdsleutel"}


def test_every_upload_and_letter_lies_encrypted(evidence):
    """In every version that was seen, but the file that we laid there ourselves."""
    assert evidence.readable_files == {"uploadmap: geplant", "brievenmap: geplant", "scanmap: geplant"}


def test_nothing_is_written_outside_the_folders_that_were_searched(evidence):
    assert evidence.written_elsewhere == set()
