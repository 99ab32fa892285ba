"""Planning the letters of a round, and making its parts: what comes out, what is left out, what stays."""

import os
import re
import sys
import tempfile
from pathlib import Path

import pyrage
import pytest
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from letters import tasks
from letters.actions import parts, storage
from letters.actions.contents import reference
from letters.actions.rounds import make_round
from letters.composition.model import LetterFault
from letters.composition.parts import MAX_LETTERS
from letters.models import Letter, Part, PartState, Rejection
from outreach.audit import Event
from outreach.kernel.db import NOBODY, SYSTEM_ACTOR, Actor, acting_as
from outreach.models import Approach, HouseholdMember, Role, Round
from outreach.models.round import RoundState
from outreach.transitions import StateChanged
from tests import factories
from tests.letters import rounds
from tests.letters.samples import open_pdf, page_texts
from tests.roles import as_role

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings, tmp_path) -> Path:
    settings.LETTER_FOLDER = tmp_path / "brieven"
    return settings.LETTER_FOLDER


def _bookmarks(pdf: bytes) -> list[str]:
    with open_pdf(pdf) as document, document.open_outline() as outline:
        return [item.title for item in outline.root]


def _contacts(round_: Round) -> list[str]:
    with acting_as(SYSTEM_ACTOR):
        return sorted(Approach.objects.filter(round=round_).values_list("contact", flat=True))


def test_each_household_gets_one_letter_in_postal_order_and_a_second_plan_adds_none():
    round_ = rounds.round_of(7)
    assert parts.rounds_due() == [round_.pk]
    assert [parts.plan(round_id=round_.pk), parts.plan(round_id=round_.pk)] == [1, 0]
    assert parts.rounds_due() == []
    made = rounds.letters(round_.parts.get())
    assert [letter.position for letter in made] == list(range(1, 8))
    places = [
        (one.household.postcode, one.household.house_number, one.household.house_letter) for one in made
    ]
    assert places == sorted(places)
    assert len({letter.form_code for letter in made}) == len({letter.household_id for letter in made}) == 7


def test_a_round_is_cut_in_parts_of_five_hundred():
    round_ = rounds.round_of(MAX_LETTERS + 3, children=0, regeling="stadspas")
    assert parts.plan(round_id=round_.pk) == 2
    assert list(round_.parts.values_list("number", "letters_count")) == [(1, MAX_LETTERS), (2, 3)]


@pytest.mark.parametrize("state", [RoundState.CONCEPT, RoundState.CLOSED])
def test_only_a_fixed_round_gets_letters(state):
    round_ = rounds.letter_round(rounds.households(2, factories.handover()), state=state)
    assert parts.rounds_due() == []
    assert parts.plan(round_id=round_.pk) == 0
    assert not Part.objects.exists()


def test_letters_manifest_bookmarks_and_pages_are_as_many():
    part = rounds.made(12)
    pdf = storage.read(part)
    letters = rounds.letters(part)
    with open_pdf(pdf) as document:
        pages = len(document.pages)
    assert part.letters_count == len(letters) == len(_bookmarks(pdf)) == pages / 2 == part.pages / 2 == 12
    assert [(letter.first_page, letter.pages) for letter in letters] == [(n, 2) for n in range(1, 24, 2)]
    assert part.size == len(pdf)
    texts = page_texts(pdf)
    for letter in letters:
        mine = reference(letter.round_id, letter.form_code)
        own = texts[letter.first_page - 1 : letter.first_page - 1 + letter.pages]
        assert mine in own[0]
        assert sum(mine in text for text in texts) == sum(mine in text for text in own)


def test_the_round_is_under_way_and_contact_is_noted_when_its_letters_are_made():
    part = rounds.planned(3)
    assert part.round.state == RoundState.FIXED
    assert _contacts(part.round) == ["geen"] * 3
    parts.make(part_id=part.pk)
    part.round.refresh_from_db()
    assert part.round.state == RoundState.RUNNING
    assert _contacts(part.round) == ["brief"] * 3


def test_the_same_letters_give_the_same_bytes():
    part = rounds.made(5)
    first = storage.read(part)
    rounds.plan_again(part)
    assert parts.make(part_id=part.pk)
    again = Part.objects.get(pk=part.pk)
    assert again.sha256 == part.sha256
    assert storage.read(again) == first


def test_a_part_is_made_once():
    part = rounds.made(2)
    assert not parts.make(part_id=part.pk)
    assert parts.parts_due() == []
    assert len(rounds.audited(part, Event.PART_MADE)) == 1


@pytest.mark.parametrize("regeling", [None, "scholierenvergoeding"])
def test_who_opts_out_between_plan_and_make_is_not_in_the_file(regeling):
    part = rounds.planned(4)
    out = rounds.letters(part)[1]
    rounds.opt_out_of(out.household, regeling)
    assert parts.make(part_id=part.pk)
    part.refresh_from_db()
    assert (part.letters_count, part.rejected_count) == (3, 1)
    text = " ".join(page_texts(storage.read(part)))
    assert reference(part.round_id, out.form_code) not in text
    assert text.count(rounds.SURNAME) > 0
    assert [letter.rejected for letter in rounds.letters(part)] == ["", Rejection.OPTED_OUT, "", ""]
    assert _contacts(part.round) == ["brief"] * 3 + ["geen"]


def test_an_opt_out_for_another_regeling_leaves_the_letter():
    part = rounds.planned(2)
    rounds.opt_out_of(rounds.letters(part)[0].household, "stadspas")
    parts.make(part_id=part.pk)
    part.refresh_from_db()
    assert (part.letters_count, part.rejected_count) == (2, 0)


def test_who_opts_out_before_the_plan_gets_no_letter():
    households = rounds.households(3, factories.handover())
    round_ = rounds.letter_round(households)
    rounds.opt_out_of(households[0])
    parts.plan(round_id=round_.pk)
    assert round_.parts.get().letters_count == 2


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"family_name": "张伟"}, Rejection.GLYPH),
        ({"family_name": ".", "given_names": "", "prefix": ""}, Rejection.NAME),
    ],
)
def test_a_name_that_cannot_be_printed_is_left_out_and_marked(changes, code):
    part = rounds.planned(4)
    rounds.change_addressee(rounds.letters(part)[2].household, **changes)
    parts.make(part_id=part.pk)
    part.refresh_from_db()
    assert (part.letters_count, part.rejected_count, part.pages) == (3, 1, 6)
    assert [letter.rejected for letter in rounds.letters(part)] == ["", "", code, ""]
    assert [letter.first_page for letter in rounds.letters(part)] == [1, 3, None, 5]


def test_an_address_that_does_not_fit_and_a_household_without_addressee_are_left_out():
    part = rounds.planned(4)
    letters = rounds.letters(part)
    with as_role("migrate"):
        type(letters[0].household).objects.filter(pk=letters[0].household_id).update(street="")
        HouseholdMember.objects.filter(household=letters[1].household_id).update(addressee=False)
    parts.make(part_id=part.pk)
    found = [letter.rejected for letter in rounds.letters(part)]
    assert found == [Rejection.ADDRESS, Rejection.ADDRESSEE, "", ""]


def test_many_unfit_letters_cost_no_render_each(monkeypatch):
    part = rounds.planned(20)
    for letter in rounds.letters(part)[:10]:
        rounds.change_addressee(letter.household, family_name="张")
    renders = []
    real = parts.render_part
    monkeypatch.setattr(parts, "render_part", lambda *args: renders.append(1) or real(*args))
    parts.make(part_id=part.pk)
    part.refresh_from_db()
    assert (part.letters_count, part.rejected_count) == (10, 10)
    assert len(renders) == 2


def test_a_part_without_a_letter_left_has_no_file(folder):
    part = rounds.planned(1)
    rounds.opt_out_of(rounds.letters(part)[0].household)
    assert parts.make(part_id=part.pk)
    part.refresh_from_db()
    assert (part.state, part.letters_count, part.pages) == (PartState.MADE, 0, 0)
    assert not folder.exists()
    with acting_as(SYSTEM_ACTOR), pytest.raises(Part.DoesNotExist):
        parts.fetch(part=part, by=factories.user(Role.APPLICATIEBEHEERDER))


def test_every_fault_of_the_composition_has_a_reason_in_dutch():
    def below(kind: type) -> set[type]:
        return {kind}.union(*(below(one) for one in kind.__subclasses__()))

    codes = {kind.code for kind in below(LetterFault)} | {parts.TextMissing.code}
    assert codes <= set(Rejection.values)
    assert parts._reason("een nieuwe fout") == Rejection.FAULT


def _files(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_clear_text_never_touches_the_disk(folder, monkeypatch, tmp_path):
    """What the process opens for writing while it makes a part, and all that lies there afterwards."""
    temp = tmp_path / "temp"
    temp.mkdir()
    monkeypatch.setenv("TMPDIR", str(temp))
    monkeypatch.setattr(tempfile, "tempdir", str(temp))
    part = rounds.planned(3)
    written: list[str] = []
    watching = [True]

    def watch(event: str, args: tuple) -> None:
        by_name = watching[0] and event == "open" and isinstance(args[0], str | os.PathLike)
        if by_name and args[2] & (os.O_WRONLY | os.O_RDWR):
            written.append(str(args[0]))

    sys.addaudithook(watch)
    parts.make(part_id=part.pk)
    watching[0] = False
    assert [Path(path).parent for path in written] == [folder]
    [(path, content)] = _files(tmp_path).items()
    assert path == folder / f"ronde-{part.round_id}-deel-0001.pdf.age"
    assert content.startswith(b"age-encryption.org/v1")
    assert path.stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    for clear in (
        b"%PDF",
        rounds.SURNAME.encode(),
        b"Gerststraat",
        rounds.letters(part)[0].form_code.encode(),
    ):
        assert clear not in content
    # The positive control: the same search finds them where they are.
    part.refresh_from_db()
    assert storage.read(part).startswith(b"%PDF")


def test_kenmerk_bookmark_and_file_name_hold_nothing_personal():
    part = rounds.made(3)
    titles = _bookmarks(storage.read(part))
    for number, letter in enumerate(rounds.letters(part), start=1):
        kenmerk = reference(part.round_id, letter.form_code)
        assert titles[number - 1] == f"{number:03d} {kenmerk}"
        assert re.fullmatch(r"\d+-[0-9A-HJKMNP-TV-Z]{8}", kenmerk)
        assert not re.search(r"\d{8}", kenmerk.split("-")[1])
        assert letter.household_id.hex[:8].upper() not in kenmerk
    assert re.fullmatch(r"ronde-\d+-deel-\d{4}\.pdf", part.download_name())


def _queries(count: int) -> tuple[int, int]:
    round_ = rounds.round_of(count)
    with CaptureQueriesContext(
        connection,
    ) as planning:
        parts.plan(round_id=round_.pk)
    with CaptureQueriesContext(connection) as making:
        parts.make(part_id=round_.parts.get().pk)
    return len(planning), len(making)


def test_queries_do_not_grow_with_the_letters():
    few = _queries(2)
    assert _queries(40) == few
    planning, making = few
    assert planning <= 26
    assert making <= 55


def test_three_failures_strand_a_part_and_a_person_frees_it(monkeypatch):
    part = rounds.planned(2)

    def break_down(*args: object) -> None:
        raise MemoryError

    with monkeypatch.context() as broken:
        broken.setattr(parts, "render_part", break_down)
        for _ in range(3):
            with pytest.raises(MemoryError):
                parts.make(part_id=part.pk)
        assert not parts.make(part_id=part.pk)
    part.refresh_from_db()
    assert (part.state, part.attempts) == (PartState.STRANDED, 3)
    assert part.problem
    assert parts.parts_due() == []
    manager = factories.user(Role.APPLICATIEBEHEERDER)
    with acting_as(manager.actor()):
        parts.retry(part=part, by=manager)
        with pytest.raises(StateChanged):
            parts.retry(part=part, by=manager)
    assert parts.make(part_id=part.pk)
    assert [line["actor"] for line in rounds.audited(part, Event.PART_RETRIED)] == [str(manager.pk)]
    assert len(rounds.audited(part, Event.PART_STRANDED)) == 1


def test_without_a_key_nothing_is_written_and_the_sentence_says_what_to_do(settings, folder):
    settings.LETTER_IDENTITY = ""
    part = rounds.planned(1)
    with pytest.raises(ImproperlyConfigured, match="LETTER_IDENTITY"):
        parts.make(part_id=part.pk)
    part.refresh_from_db()
    assert part.state == PartState.PLANNED
    assert _files(folder) == {}


@pytest.mark.parametrize("damage", ["gone", "cut", "another"])
def test_a_file_that_is_not_the_one_that_was_made_is_not_handed_over(folder, damage):
    part = rounds.made(2)
    path = folder / part.file_name()
    if damage == "gone":
        path.unlink()
    elif damage == "cut":
        path.write_bytes(path.read_bytes()[:-10])
    else:
        path.write_bytes(pyrage.encrypt(b"%PDF-1.4 another", [storage.identity().to_public()]))
    manager = factories.user(Role.APPLICATIEBEHEERDER)
    with acting_as(manager.actor()), pytest.raises(storage.FileDamaged):
        parts.fetch(part=part, by=manager)
    assert rounds.audited(part, Event.PART_FETCHED) == []


def test_who_sees_only_his_own_area_cannot_take_the_letters_of_the_town():
    part = rounds.made(2)
    for user, allowed in [
        (factories.user(Role.APPLICATIEBEHEERDER), True),
        (factories.user(Role.TEAMLEIDER), True),
        (factories.user(Role.TEAMLEIDER, team=factories.team()), False),
        (factories.user(Role.CONSULENT), False),
        (factories.user(Role.COMMUNICATIEADVISEUR), False),
        (factories.user(Role.DRUKKER), False),
    ]:
        with acting_as(user.actor()):
            if allowed:
                assert parts.fetch(part=part, by=user).startswith(b"%PDF")
                continue
            with pytest.raises(PermissionDenied):
                parts.fetch(part=part, by=user)
    lines = rounds.audited(part, Event.PART_FETCHED)
    assert [(line["soort"], line["bijzonderheden"]) for line in lines] == [
        ("applicatiebeheerder", '{"brieven": 2}'),
        ("teamleider", '{"brieven": 2}'),
    ]


def test_a_letter_is_seen_by_who_sees_the_household():
    part = rounds.made(6)
    own = Actor(id="7", kind="buurtteam", areas=("BU03630001",))
    with acting_as(own):
        areas = set(Letter.objects.values_list("household__buurt_code", flat=True))
    assert areas == {"BU03630001"}
    for actor, count in [(NOBODY, 0), (Actor(id="8", kind="applicatiebeheerder"), 0), (SYSTEM_ACTOR, 6)]:
        with acting_as(actor):
            assert Letter.objects.filter(part=part).count() == count


def test_a_whole_round_in_one_go_says_how_it_went():
    round_ = rounds.round_of(5)
    heard: list[tuple[int, int]] = []
    result = make_round(round_id=round_.pk, progress=lambda done, of: heard.append((done, of)))
    assert heard == [(1, 1)]
    assert (result.totals.made, result.totals.planned, result.totals.waiting) == (5, 5, 0)
    assert result.size == round_.parts.get().size
    assert result.letters_per_second > 0
    assert result.bytes_per_letter == result.size / 5


def test_the_sweep_plans_what_is_due_and_asks_for_each_part_until_it_is_made(monkeypatch):
    asked: list[int] = []
    monkeypatch.setattr(tasks.make_part, "delay", asked.append)
    first, second = rounds.round_of(2), rounds.round_of(1)
    tasks.sweep_letters()
    tasks.sweep_letters()
    both = [first.parts.get().pk, second.parts.get().pk]
    assert sorted(asked) == sorted(both * 2)
    tasks.make_part(both[0])
    asked.clear()
    tasks.sweep_letters()
    assert asked == [both[1]]
    # A worker that was away for an hour does not do the work of an hour a hundred times.
    assert tasks.sweep_letters.expires == tasks.make_part.expires == 60
