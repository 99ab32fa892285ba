"""What the machine has is used; what it lacks is installed, or named in a sentence."""

import os
import subprocess
from pathlib import Path

import pytest

from tools import browser, npm

ROOT = Path(__file__).resolve().parents[2]


def program(folder: Path, name: str, exit_code: int) -> Path:
    """A command that says a version, or fails as a version manager's empty shell does."""
    path = folder / name
    path.write_text(f"#!/bin/sh\necho 11.0.0\nexit {exit_code}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine on which nothing is installed but what a test puts in this folder."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv(browser.VARIABLE, raising=False)
    return tmp_path


def test_the_npm_of_the_machine_goes_first(bare: Path) -> None:
    own = program(bare, "npm", 0)
    assert npm.command() == [str(own)]


def test_an_npm_that_does_not_run_is_passed_over(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(bare, "npm", 1)
    monkeypatch.setattr(npm, "_from_wheel", lambda: ["node", "npm-cli.js"])
    assert npm.command() == ["node", "npm-cli.js"]


def test_without_any_npm_it_says_what_to_install(
    bare: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(npm, "_from_wheel", list)
    monkeypatch.setattr(npm, "INSTALL", ("-c", "raise SystemExit(1)"))
    assert npm.main(["ci"]) == 1
    assert "Installeer Node.js 20 of nieuwer" in capsys.readouterr().err


def test_a_browser_that_is_pointed_out_goes_first(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(bare, "chromium", 0)
    own = program(bare, "mijn-browser", 0)
    monkeypatch.setenv(browser.VARIABLE, str(own))
    assert browser.find() == str(own)


def test_without_a_browser_or_a_way_to_install_one_the_tests_stop(
    bare: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert browser.main() == 1
    assert "apt-get install chromium" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["python3.11", "python3"])
def test_without_a_new_enough_python_it_says_so(bare: Path, name: str) -> None:
    program(bare, name, 1)
    done = subprocess.run(
        ["/bin/sh", str(ROOT / "tools/make_venv.sh"), str(bare / "omgeving")],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": str(bare)},
    )
    assert done.returncode == 1
    assert "Python 3.11 of nieuwer is nodig" in done.stderr
    assert not (bare / "omgeving").exists()


def planned(goal: str, *options: str) -> str:
    """What make would do for a goal on a machine where nothing is installed yet."""
    variables = {name: text for name, text in os.environ.items() if not name.startswith("MAKE")}
    command = ["make", "--dry-run", "--always-make", "--directory", str(ROOT), goal, *options]
    return subprocess.run(command, capture_output=True, text=True, check=True, env=variables).stdout


def test_the_demo_installs_nothing_of_the_tests() -> None:
    assert "requirements-test.txt" not in planned("demo")
    assert "browser.py" not in planned("demo")
    assert "requirements-test.txt" in planned("test")
    assert "browser.py" in planned("test")


def test_the_demo_can_be_prepared_without_being_served() -> None:
    assert "tools/serve.py --port 8000" in planned("demo")
    assert "tools/serve.py --port 8055" in planned("demo", "PORT=8055")
    assert "tools/serve.py" not in planned("demo", "SERVE=0")
    assert "tools/serve.py" not in planned("demo", "DEMO_ONLY_PREPARE=1")
