"""The embedded servers: what each role is told, and that a role's password opens its own door only."""

import json
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from tools import servers
from tools.state import RUN, ServersError

ROOT = servers.ROOT
OWN_ADDRESS = {"web": "DATABASE_URL", "koppel": "DATABASE_URL_KOPPEL", "migrate": "DATABASE_URL_MIGRATE"}
KEYS = {"KEY_FOLDER", "MASTER_KEY"}


def served_from_wheels() -> bool:
    """Whether the tests run on the embedded servers, and not on addresses from outside."""
    if not (RUN / "web.env").exists():
        return False
    return servers._read_environment("web")["DATABASE_URL"] == os.environ.get("DATABASE_URL")


embedded = pytest.mark.skipif(not served_from_wheels(), reason="de adressen komen hier van buiten")


def environment_of(role: str) -> dict[str, str]:
    """What a process of this role gets to see, when its parent knows all there is to know."""
    command = [sys.executable, str(ROOT / "tools/with_env.py"), role, "--", sys.executable, "-c"]
    code = "import json, os; print(json.dumps(dict(os.environ)))"
    everything = {name: "geheim-van-een-ander" for names in servers.VARIABLES.values() for name in names}
    everything |= {"PGPASSWORD": "geheim", "PGSERVICEFILE": "/nergens"}
    parent = everything | dict(os.environ)
    shown = subprocess.run([*command, code], env=parent, capture_output=True, text=True, check=True)
    return json.loads(shown.stdout)


@pytest.mark.parametrize("role", OWN_ADDRESS)
def test_a_process_knows_its_own_address_and_no_other(role: str) -> None:
    seen = environment_of(role)
    addresses = set(servers.ADDRESSES.values()) & set(seen)
    assert addresses == {OWN_ADDRESS[role]}
    assert seen["BEREIK_ROLE"] == role
    assert not [name for name in seen if name.startswith("PG")]


@pytest.mark.parametrize(("role", "expected"), [("web", set()), ("migrate", set()), ("koppel", KEYS)])
def test_only_the_worker_of_the_box_knows_where_the_keys_are(role: str, expected: set[str]) -> None:
    assert KEYS & set(environment_of(role)) == expected


def test_only_the_pages_can_open_a_letter() -> None:
    holders = {role for role in OWN_ADDRESS if "LETTER_IDENTITY" in environment_of(role)}
    assert holders == {"web"}


@embedded
def test_no_secret_of_another_role_is_in_the_environment_of_the_pages() -> None:
    seen = "\n".join(environment_of("web").values())
    secrets = {path.name: path.read_text() for path in (RUN / "secrets").iterdir()}
    # The positive control: what is the web's own is found this way.
    assert secrets["web"] in seen
    others = ("koppel", "migrate", "postgres", "master-key", "secret-key-koppel", "secret-key-migrate")
    assert [name for name in others if secrets[name] in seen] == []


@embedded
@pytest.mark.parametrize("other", ["koppel", "migrate", "postgres", "bereik_eigenaar"])
def test_the_password_of_web_opens_no_other_door(other: str) -> None:
    own = environment_of("web")["DATABASE_URL"]
    with psycopg.connect(own) as connection:
        assert connection.execute("SELECT session_user").fetchone() == ("web",)
    parts = urlsplit(own)
    forged = urlunsplit(parts._replace(netloc=parts.netloc.replace("web:", f"{other}:", 1)))
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(forged)


@embedded
def test_nobody_gets_in_without_a_password() -> None:
    parts = urlsplit(environment_of("web")["DATABASE_URL"])
    for role in ("web", "koppel", "migrate", "postgres"):
        with pytest.raises(psycopg.OperationalError, match=r"no password supplied|authentication failed"):
            psycopg.connect(urlunsplit(parts._replace(netloc=f"{role}@")))


@embedded
def test_secrets_are_for_their_owner_only() -> None:
    private = [*(RUN / "secrets").iterdir(), *RUN.glob("*.env"), RUN / "state.json"]
    assert {oct(path.stat().st_mode & 0o777) for path in private} == {"0o600"}
    assert {oct((RUN / name).stat().st_mode & 0o777) for name in ("keys", "uploads", "secrets")} == {"0o700"}


@pytest.fixture
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """No address in the environment, and a start that would be noticed."""
    for name in servers.ADDRESSES.values():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(servers, "start", lambda **_: pytest.fail("er werd een server gestart"))


@pytest.mark.usefixtures("nothing_set")
def test_an_address_that_is_set_starts_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL_KOPPEL", "postgres://koppel:x@db.example/bereik")
    monkeypatch.setenv("MASTER_KEY", "sleutel")
    monkeypatch.setenv("LETTER_IDENTITY", "van-de-paginas")
    given = servers.environment("koppel")
    assert given["DATABASE_URL_KOPPEL"] == "postgres://koppel:x@db.example/bereik"
    assert given["MASTER_KEY"] == "sleutel"
    assert "LETTER_IDENTITY" not in given


@pytest.mark.usefixtures("nothing_set")
def test_what_a_given_database_lacks_is_made_for_an_invented_town_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given = "postgres://koppel:x@db.example/bereik"
    monkeypatch.setenv("DATABASE_URL_KOPPEL", given)
    monkeypatch.setenv("KEY_FOLDER", "/eigen")
    monkeypatch.delenv("MASTER_KEY", raising=False)
    monkeypatch.delenv("BEREIK_OWN_SECRETS", raising=False)
    assert "MASTER_KEY" not in servers.environment("koppel")
    monkeypatch.setenv("BEREIK_OWN_SECRETS", "1")
    filled = servers.environment("koppel")
    assert (filled["DATABASE_URL_KOPPEL"], filled["KEY_FOLDER"]) == (given, "/eigen")
    assert filled["MASTER_KEY"]
    assert "LETTER_IDENTITY" not in filled


def test_with_all_addresses_given_the_start_starts_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for role, name in OWN_ADDRESS.items():
        monkeypatch.setenv(name, f"postgres://{role}:x@db.example/bereik")
    monkeypatch.setenv("REDIS_URL", "redis://broker.example/0")
    monkeypatch.setattr(servers, "start", lambda: pytest.fail("gestart"))
    assert servers.main(["start"]) == 0
    assert "er wordt niets gestart" in capsys.readouterr().out


def test_half_set_is_refused_rather_than_mixed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://web:x@db.example/bereik")
    monkeypatch.delenv("DATABASE_URL_KOPPEL", raising=False)
    with pytest.raises(ServersError, match="DATABASE_URL is ingesteld, maar DATABASE_URL_KOPPEL niet"):
        servers.environment("koppel")


@embedded
def test_the_own_server_that_a_parent_passed_on_is_not_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    own = servers._read_environment("web")["DATABASE_URL"]
    for name in servers.ADDRESSES.values():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATABASE_URL", own)
    assert servers.environment("koppel")["BEREIK_ROLE"] == "koppel"


def test_an_unknown_role_is_refused() -> None:
    with pytest.raises(ServersError, match="De rol 'baas' bestaat niet"):
        servers.environment("baas")


@pytest.mark.parametrize("words", [[], ["web"], ["web", "--"], ["baas", "--", "true"]])
def test_with_env_says_how_it_is_used(words: list[str]) -> None:
    command = [sys.executable, str(ROOT / "tools/with_env.py"), *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert done.stderr.startswith("Gebruik: with_env.py")


def test_every_command_of_the_house_has_a_role_that_exists() -> None:
    known = set(servers.ADDRESSES)
    assert set(servers.VARIABLES) == known
    assert Path(ROOT / "manage.py").exists()
    for role, address in servers.ADDRESSES.items():
        holders = {name for name, variables in servers.VARIABLES.items() if address in variables}
        assert holders == {role}
