"""What is pinned, that it is pinned by hash, and that no file names where a package comes from."""

import json
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("requirements", "requirements-test", "requirements-node")
PIN = re.compile(r"[a-z0-9._-]+(\[[a-z0-9,-]+\])?==[A-Za-z0-9.]+")
# Written in two halves, so that this file holds none of them itself.
HOSTS = tuple(
    first + second
    for first, second in (
        ("pypi", ".org"),
        ("python", "hosted.org"),
        ("npm", "js.org"),
        ("npm", "js.com"),
        ("yarn", "pkg.com"),
        ("deb.", "debian.org"),
        ("security.", "debian.org"),
    )
)


def tracked() -> list[Path]:
    """Every file that git knows, or that it would take up."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def naming_a_registry(paths: list[Path]) -> list[str]:
    """The files, with the host that they name."""
    texts = ((path, path.read_bytes().decode("utf-8", errors="ignore").lower()) for path in paths)
    return [f"{path.name}: {host}" for path, text in texts for host in HOSTS if host in text]


def test_no_file_names_a_registry(tmp_path: Path) -> None:
    planted = tmp_path / "requirements.txt"
    planted.write_text(f"--index-url https://{HOSTS[0]}/simple")
    assert naming_a_registry([planted]) == [f"requirements.txt: {HOSTS[0]}"]
    assert naming_a_registry(tracked()) == []


def wishes(name: str) -> list[str]:
    """The lines of a list of wishes that ask for a package."""
    lines = (ROOT / f"{name}.in").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith(("#", "-r "))]


@pytest.mark.parametrize("name", LOCKS)
def test_every_wish_has_an_exact_version_and_a_reason(name: str) -> None:
    for line in wishes(name):
        wanted, _, reason = line.partition("  # ")
        assert PIN.fullmatch(wanted), line
        assert len(reason.split()) >= 3, f"{line}: waarom is dit er?"


def pins(name: str) -> dict[str, str]:
    """Package to version, as locked."""
    text = (ROOT / f"{name}.txt").read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", text, re.MULTILINE))


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_package_has_hashes_and_nothing_else(name: str) -> None:
    text = (ROOT / f"{name}.txt").read_text(encoding="utf-8")
    blocks = re.split(r"\n(?=\S)", re.sub(r"(?m)^ *#.*\n?", "", text).strip())
    assert len(blocks) == len(pins(name)) > 0
    for block in blocks:
        first, *hashes = [line.strip().rstrip("\\").strip() for line in block.splitlines()]
        assert "==" in first
        assert hashes, first
        assert all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", line) for line in hashes), first


@pytest.mark.parametrize("name", LOCKS)
def test_every_wish_is_locked_at_its_version(name: str) -> None:
    locked = pins(name)
    for line in wishes(name):
        package, version = re.sub(r"\[.*\]", "", line.split()[0]).split("==")
        assert locked[package] == version


def test_the_tests_run_on_what_the_site_runs_on() -> None:
    site, tests = pins("requirements"), pins("requirements-test")
    assert {package: tests.get(package) for package in site} == site


def test_the_site_needs_nothing_of_the_tests() -> None:
    needed = pins("requirements")
    for line in wishes("requirements-test"):
        assert line.split("==")[0] not in needed


def test_the_front_end_is_locked_by_hash_without_addresses() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    fetched = {name: one for name, one in packages.items() if name}
    assert fetched
    for name, one in fetched.items():
        assert one["integrity"].startswith("sha512-"), name
        assert "resolved" not in one, name
    asked = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["dependencies"]
    assert all(re.fullmatch(r"\d[\w.-]*", version) for version in asked.values())


def test_npm_runs_no_script_of_a_package() -> None:
    settings = (ROOT / ".npmrc").read_text(encoding="utf-8")
    assert "ignore-scripts=true" in settings
    assert "omit-lockfile-registry-resolved=true" in settings
