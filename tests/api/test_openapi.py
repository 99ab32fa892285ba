"""The OpenAPI document: as the code is, by the rules of Dutch government APIs, and kept in docs/api."""

import copy
import json
import subprocess
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client

from letters.api import BASE, VERSION, openapi
from letters.api.documenting import TEXTS
from letters.api.problems import KINDS

ROOT = Path(settings.BASE_DIR)
KEPT = ROOT / "docs" / "api" / "drukwerk-openapi.json"
RULES = ROOT.parent / "shared" / "data" / "adr" / "linter.yaml"
SPECTRAL = ROOT / "tools" / "spectral" / "node_modules" / ".bin" / "spectral"
needs_rules = pytest.mark.skipif(not RULES.exists(), reason="the rules are not here")


@pytest.fixture(scope="module")
def document() -> dict:
    return json.loads(openapi.document())


def _lint(document: dict, folder: Path) -> list[str]:
    """The codes of what Spectral calls an error."""
    file = folder / "openapi.json"
    file.write_text(json.dumps(document))
    run = subprocess.run(
        [str(SPECTRAL), "lint", str(file), "-r", str(RULES), "--fail-severity=error", "-f", "json", "-q"],
        capture_output=True,
        text=True,
        check=False,
    )
    found = json.loads(run.stdout[run.stdout.index("[") :])
    errors = [one["code"] for one in found if one["severity"] == 0]
    assert bool(errors) == bool(run.returncode), run.stderr
    return errors


def test_the_kept_document_is_that_of_the_code(document, tmp_path):
    """Stale? `make openapi` writes it again."""
    assert json.loads(KEPT.read_text()) == document
    call_command("spectacular", format="openapi-json", file=str(tmp_path / "o.json"), validate=True)
    assert json.loads((tmp_path / "o.json").read_text()) == document


def test_a_change_of_the_code_is_seen(document):
    changed = copy.deepcopy(document)
    changed["paths"]["/partijen"]["get"]["parameters"].pop()
    assert json.loads(KEPT.read_text()) != changed


@pytest.mark.django_db
def test_anybody_may_read_it_from_any_page(document):
    answer = Client().get(f"{BASE}/openapi.json")
    assert (answer.status_code, answer.json()) == (200, document)
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert answer["API-Version"] == VERSION == document["info"]["version"]


@needs_rules
def test_the_rules_find_no_error(document, tmp_path):
    assert _lint(document, tmp_path) == []


def _without_detail(document: dict) -> None:
    del document["components"]["schemas"]["Problem"]["properties"]["detail"]


def _without_version(document: dict) -> None:
    del document["paths"]["/partijen"]["get"]["responses"]["200"]["headers"]["API-Version"]


def _with_slash(document: dict) -> None:
    document["paths"]["/partijen/"] = document["paths"].pop("/partijen")


def _without_400(document: dict) -> None:
    del document["paths"]["/statusmeldingen/_batch"]["post"]["responses"]["400"]


def _without_contact(document: dict) -> None:
    del document["info"]["contact"]


@needs_rules
@pytest.mark.parametrize(
    "spoil", [_without_detail, _without_version, _with_slash, _without_400, _without_contact]
)
def test_the_rules_find_what_was_spoiled(document, tmp_path, spoil):
    broken = copy.deepcopy(document)
    spoil(broken)
    assert _lint(broken, tmp_path)


def test_the_token_address_is_no_part_of_it(document):
    assert not any("oauth" in path for path in document["paths"])
    flows = document["components"]["securitySchemes"]["oauth2"]["flows"]
    assert set(flows) == {"clientCredentials"}
    assert set(flows["clientCredentials"]["scopes"]) == {"drukwerk", "scans"}


def test_every_operation_is_told_and_names_its_scope(document):
    told = [one for item in document["paths"].values() for one in item.values()]
    assert {one["operationId"] for one in told} == set(TEXTS)
    assert all(
        one["security"] == [{"oauth2": [scope]}] for one in told for [scope] in [one["security"][0]["oauth2"]]
    )


def test_every_code_of_a_problem_is_in_the_contract():
    contract = (ROOT / "docs" / "drukwerk.md").read_text()
    assert [kind.code for kind in KINDS if f"`{kind.code}`" not in contract] == []
