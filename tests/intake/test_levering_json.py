"""`levering.json`: every fault in it ends in a Dutch message that says where."""

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from eligibility.bronnen import BRONNEN
from eligibility.intake.levering_json import MANIFEST, read_manifest
from eligibility.intake.refusals import FileRefused, Rule

SOURCES = {bron.code: bron.per_year for bron in BRONNEN}
GOOD = {"bestand": "aio.csv", "bron": "aio", "jaar": 2025, "peildatum": "2026-01-15"}
MISSING = object()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    inside = tmp_path / "levering"
    (inside / "sub").mkdir(parents=True)
    for name in ("aio.csv", "brp.csv", "sub/aio.csv"):
        (inside / name).write_bytes(b"bsn\n")
    (tmp_path / "outside.csv").write_bytes(b"bsn\n")
    return inside


def write(folder: Path, content: object) -> None:
    text = content if isinstance(content, bytes) else json.dumps(content).encode()
    (folder / MANIFEST).write_bytes(text)


def refused(folder: Path, content: object) -> tuple[Rule, int | None, str | None]:
    write(folder, content)
    with pytest.raises(FileRefused) as caught:
        read_manifest(folder, SOURCES)
    assert caught.value.__context__ is None
    assert str(caught.value).startswith(MANIFEST)
    return caught.value.rule, caught.value.entry, caught.value.column


def changed(**changes: object) -> dict[str, object]:
    item = {**GOOD, **changes}
    return {key: value for key, value in item.items() if value is not MISSING}


def test_what_a_folder_holds(folder):
    brp = {"bestand": "brp.csv", "bron": "brp", "peildatum": "2026-02-15"}
    write(folder, [GOOD, brp, {**brp, "jaar": None}, changed(bestand="sub/aio.csv")])
    first, second, third, fourth = read_manifest(folder, SOURCES)
    assert (first.name, first.bron, first.jaar, first.peildatum) == (
        "aio.csv",
        "aio",
        2025,
        date(2026, 1, 15),
    )
    assert (second.bron, second.jaar) == ("brp", None)
    assert third.jaar is None
    assert fourth.path.read_bytes() == b"bsn\n"


def test_a_bom_and_unknown_keys_do_no_harm(folder):
    write(folder, b"\xef\xbb\xbf" + json.dumps([{**GOOD, "opmerking": "x"}]).encode())
    assert len(read_manifest(folder, SOURCES)) == 1


def test_a_year_for_a_bron_without_one_is_dropped(folder):
    write(folder, [changed(bron="brp", bestand="brp.csv", jaar=2025)])
    assert read_manifest(folder, SOURCES)[0].jaar is None


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[1,]", b"\xff\xfe", b"null", b'[{"bestand": "aio.csv"', b"[" * 200_000, b"9" * 5000,
     b" " * (1024 * 1024 + 1)],
)  # fmt: skip
def test_what_is_no_json(folder, content):
    assert refused(folder, content) == (Rule.MANIFEST_BROKEN, None, None)


@pytest.mark.parametrize("content", [[], {}, "tekst", 3, True])
def test_what_is_no_list_of_items(folder, content):
    assert refused(folder, content) == (Rule.MANIFEST_SHAPE, None, None)


@pytest.mark.parametrize("item", [None, [], "aio.csv", 7])
def test_an_item_that_is_none(folder, item):
    assert refused(folder, [GOOD, item]) == (Rule.MANIFEST_SHAPE, 2, None)


def test_no_manifest_at_all(folder):
    for place in (folder, folder / "nowhere"):
        with pytest.raises(FileRefused) as caught:
            read_manifest(place, SOURCES)
        assert caught.value.rule is Rule.MANIFEST_MISSING


@pytest.mark.parametrize(
    ("changes", "rule", "key"),
    [
        ({"bestand": MISSING}, Rule.KEY_MISSING, "bestand"),
        ({"bestand": ""}, Rule.KEY_MISSING, "bestand"),
        ({"bestand": ["aio.csv"]}, Rule.KEY_TYPE, "bestand"),
        ({"bestand": "nee.csv"}, Rule.FILE_MISSING, "bestand"),
        ({"bestand": "sub"}, Rule.FILE_MISSING, "bestand"),
        ({"bestand": "x" * 5000}, Rule.FILE_MISSING, "bestand"),
        ({"bestand": "aio\0.csv"}, Rule.FILE_MISSING, "bestand"),
        ({"bestand": "\ud800.csv"}, Rule.FILE_MISSING, "bestand"),
        ({"bestand": "../outside.csv"}, Rule.OUTSIDE_FOLDER, "bestand"),
        ({"bestand": "sub/../../outside.csv"}, Rule.OUTSIDE_FOLDER, "bestand"),
        ({"bestand": "/etc/passwd"}, Rule.OUTSIDE_FOLDER, "bestand"),
        ({"bron": MISSING}, Rule.KEY_MISSING, "bron"),
        ({"bron": 7}, Rule.KEY_TYPE, "bron"),
        ({"bron": {"a": 1}}, Rule.KEY_TYPE, "bron"),
        ({"bron": "AIO"}, Rule.SOURCE_UNKNOWN, "bron"),
        ({"jaar": MISSING}, Rule.YEAR_MISSING, "jaar"),
        ({"jaar": None}, Rule.YEAR_MISSING, "jaar"),
        ({"jaar": "2025"}, Rule.KEY_TYPE, "jaar"),
        ({"jaar": 2025.0}, Rule.KEY_TYPE, "jaar"),
        ({"jaar": True}, Rule.KEY_TYPE, "jaar"),
        ({"jaar": 25}, Rule.YEAR_IMPOSSIBLE, "jaar"),
        ({"jaar": 20255}, Rule.YEAR_IMPOSSIBLE, "jaar"),
        ({"peildatum": MISSING}, Rule.KEY_MISSING, "peildatum"),
        ({"peildatum": 20260115}, Rule.KEY_TYPE, "peildatum"),
        ({"peildatum": "15-01-2026"}, Rule.REFERENCE_DATE, "peildatum"),
        ({"peildatum": "20260115"}, Rule.REFERENCE_DATE, "peildatum"),
        ({"peildatum": "2026-W03-4"}, Rule.REFERENCE_DATE, "peildatum"),
        ({"peildatum": "2026-02-30"}, Rule.REFERENCE_DATE, "peildatum"),
        ({"peildatum": "2026-01-15T00:00"}, Rule.REFERENCE_DATE, "peildatum"),
    ],
)
def test_a_fault_in_an_item(folder, changes, rule, key):
    assert refused(folder, [GOOD, changed(**changes)]) == (rule, 2, key)


def test_a_link_out_of_the_folder(folder):
    (folder / "link.csv").symlink_to(folder.parent / "outside.csv")
    assert refused(folder, [changed(bestand="link.csv")])[0] is Rule.OUTSIDE_FOLDER
    (folder / "round.csv").symlink_to(folder / "round.csv")
    assert refused(folder, [changed(bestand="round.csv")])[0] is Rule.FILE_MISSING


def test_the_message_in_full(folder):
    write(folder, [GOOD, changed(bron="sociale_dienst")])
    with pytest.raises(FileRefused) as caught:
        read_manifest(folder, SOURCES)
    assert str(caught.value) == "levering.json, onderdeel 2, gegeven bron: Deze bron is niet bekend."


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["bestand", "bron", "jaar", "peildatum"]), inner)
    ),
    max_leaves=10,
)


@given(_json)
@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_json_gives_entries_or_a_refusal(folder, content):
    write(folder, content)
    rule = None
    try:
        read_manifest(folder, SOURCES)
    except FileRefused as refusal:
        rule = refusal.rule
    assert rule is not None, "no such text is a good manifest"
