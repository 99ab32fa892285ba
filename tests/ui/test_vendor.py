"""Third-party style sheets and fonts: pinned, pruned, the same bytes each time, and any change is noticed."""

import json
import re
from pathlib import Path

import pytest
from django.conf import settings

from tools import vendor_ui

ROOT = Path(settings.BASE_DIR)


def test_the_lock_holds_no_download_addresses():
    lock = (ROOT / "package-lock.json").read_text(encoding="utf-8")
    assert '"resolved"' not in lock
    packages = json.loads(lock)["packages"]
    assert all("integrity" in entry for name, entry in packages.items() if name)


def test_versions_are_exact():
    wanted = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["dependencies"]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in wanted.values())


def test_a_lock_of_other_versions_is_refused(tmp_path: Path):
    (tmp_path / "package.json").write_text('{"dependencies": {"@utrecht/a-css": "1.0.0"}}')
    (tmp_path / "package-lock.json").write_text(
        '{"packages": {"node_modules/@utrecht/a-css": {"version": "1.0.1"}}}'
    )
    with pytest.raises(vendor_ui.VendorError, match="npm install"):
        vendor_ui.pinned_versions(tmp_path)


def test_packages_for_other_use_are_passed_over(tmp_path: Path):
    (tmp_path / "package.json").write_text('{"dependencies": {"@somebody/else": "1.0.0"}}')
    (tmp_path / "package-lock.json").write_text('{"packages": {}}')
    assert vendor_ui.pinned_versions(tmp_path) == {}


def test_pruning_keeps_what_is_read_and_the_whole_contract():
    theme = """.x {
  --basis-a: 1px;
  --utrecht-read: var(--voorbeeld-deep);
  --voorbeeld-deep: red;
  --utrecht-unread: var(--voorbeeld-lost);
  --voorbeeld-lost: blue;
}"""
    pruned = vendor_ui.prune_tokens(theme, ".u { color: var(--utrecht-read, black) }")
    assert re.findall(r"--[a-z-]+(?=:)", pruned) == ["--basis-a", "--utrecht-read", "--voorbeeld-deep"]


@pytest.fixture
def vendored(tmp_path: Path) -> Path:
    """A copy of the pins and of a build from them."""
    for name in ("package.json", "package-lock.json"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    vendor_ui.write(vendor_ui.build_all(ROOT), tmp_path / "static/vendor")
    return tmp_path


def test_a_build_is_complete_and_the_same_each_time(vendored: Path):
    target = vendored / "static/vendor"
    assert vendor_ui.problems(vendored, target) == []
    assert not vendor_ui.write(vendor_ui.build_all(ROOT), target)
    assert {"components.css", "theme-voorbeeld.css", "fonts.css", "VENDOR.json"} <= {
        p.name for p in target.iterdir()
    }


def test_every_font_that_the_style_sheet_names_is_there(vendored: Path):
    target = vendored / "static/vendor"
    named = re.findall(r"url\(([^)]+)\)", (target / "fonts.css").read_text(encoding="utf-8"))
    assert len(named) == len(vendor_ui.FONT_SUBSETS)
    assert all((target / name).read_bytes()[:4] == b"wOF2" for name in named)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (lambda target: (target / "components.css").write_text("x"), "veranderd"),
        (lambda target: (target / "fonts.css").unlink(), "ontbreekt"),
        (lambda target: (target / "extra.js").write_text("x"), "hoort er niet"),
        (lambda target: (target / "VENDOR.json").unlink(), "nog niet gemaakt"),
    ],
    ids=["changed", "missing", "extra", "no manifest"],
)
def test_a_change_is_noticed(vendored: Path, change, word: str):
    change(vendored / "static/vendor")
    assert word in " ".join(vendor_ui.problems(vendored, vendored / "static/vendor"))


def test_another_version_in_the_lock_is_noticed(vendored: Path):
    for name in ("package.json", "package-lock.json"):
        text = (vendored / name).read_text(encoding="utf-8")
        (vendored / name).write_text(text.replace('"5.3.0"', '"5.3.9"'), encoding="utf-8")
    assert "andere versies" in vendor_ui.problems(vendored, vendored / "static/vendor")[0]


def test_the_command_says_in_dutch_what_to_do(tmp_path: Path, monkeypatch, capsys):
    for name in ("package.json", "package-lock.json"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    monkeypatch.setattr(vendor_ui, "ROOT", tmp_path)
    assert vendor_ui.main([]) == 1
    assert "npm ci" in capsys.readouterr().err
    assert vendor_ui.main(["--check"]) == 1
    assert "nog niet gemaakt" in capsys.readouterr().out
