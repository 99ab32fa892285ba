"""The OpenAPI document: as the code is, by the rules of Dutch government APIs, and kept in docs/api."""

import copy
import json
import re
import subprocess
import uuid
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from rest_framework import serializers

from letters.api import BASE, VERSION, openapi, wire_in, wire_out
from letters.api.batches import BatchView
from letters.api.documenting import TEXTS
from letters.api.problems import KINDS
from tests.api import calling
from tests.letters import rounds

ROOT = Path(settings.BASE_DIR)
KEPT = ROOT / "docs" / "api" / "drukwerk-openapi.json"
RULES = ROOT.parent / "shared" / "data" / "adr" / "linter.yaml"
_FILLED = re.compile(r"\{(\w+)\}")
# What stands in an address and is no id.
_VALUES = {"nummer": "1", "maand": "2026-03"}
SPECTRAL = ROOT / "tools" / "spectral" / "node_modules" / ".bin" / "spectral"
needs_rules = pytest.mark.skipif(
    not RULES.exists(),
    reason=f"the linter of the API Design Rules is not there ({RULES}): the document is not held against it",
)


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


def _with_a_field_more(patch: pytest.MonkeyPatch) -> None:
    patch.setitem(wire_out.BatchOut._declared_fields, "nieuw", serializers.CharField())


def _with_a_field_less(patch: pytest.MonkeyPatch) -> None:
    patch.delitem(wire_in.ConfirmationIn._declared_fields, "aantalPaginas")


def _with_a_field_of_another_kind(patch: pytest.MonkeyPatch) -> None:
    patch.setitem(wire_out.PartRow._declared_fields, "grootte", serializers.CharField())


def _with_another_scope(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(BatchView, "scope", "scans")


@pytest.mark.parametrize(
    "change",
    [_with_a_field_more, _with_a_field_less, _with_a_field_of_another_kind, _with_another_scope],
)
def test_a_change_of_the_code_is_seen(change, monkeypatch):
    """The document is made anew of changed code, past what the process keeps: then the kept one is stale."""
    kept = json.loads(KEPT.read_text())
    assert kept == json.loads(openapi.document.__wrapped__())
    change(monkeypatch)
    assert kept != json.loads(openapi.document.__wrapped__())


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


def _operations(document: dict) -> list[tuple[str, str, dict]]:
    return [
        (path, verb, operation)
        for path, item in document["paths"].items()
        for verb, operation in item.items()
    ]


def test_every_operation_is_told(document):
    assert {one["operationId"] for _, _, one in _operations(document)} == set(TEXTS)


@pytest.mark.django_db
def test_every_operation_lets_in_with_the_scope_it_names_and_with_no_other(document, transactional_db):
    """Asked of the views themselves, with a token that has one scope: the other is refused."""
    vendor = rounds.vendor()
    callers = {scope: calling.caller(vendor, scope=scope) for scope in ("drukwerk", "scans")}
    for path, verb, operation in _operations(document):
        [requirement] = operation["security"]
        [named] = requirement["oauth2"]
        place = _FILLED.sub(lambda found: _VALUES.get(found[1], str(uuid.uuid4())), path)
        for scope, caller in callers.items():
            answer = caller.call(verb.upper(), place, None if verb == "get" else {})
            if scope == named:
                assert answer.status_code not in (401, 403, 405), (path, verb, scope)
            else:
                calling.problem(answer, 403, "scope-ontbreekt")


def test_every_code_of_a_problem_is_in_the_contract():
    contract = (ROOT / "docs" / "drukwerk.md").read_text()
    assert [kind.code for kind in KINDS if f"`{kind.code}`" not in contract] == []
