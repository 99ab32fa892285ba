"""schemathesis against a running server: all its checks, three seeds, no failure.

Random ids would find nothing, so the document it gets names the ones that are there; the rest is as kept.
"""

import copy
import json
import subprocess
import sys
import uuid
from pathlib import Path

import pytest

from letters.actions import recalls, vendor_scans
from letters.api import BASE, openapi
from letters.models import RecallReason
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from tests.api import calling
from tests.letters import rounds

SCHEMATHESIS = Path(sys.executable).parent / "schemathesis"
EXAMPLES = 12
#: Where what fits the schema may still be refused, since no schema can say it: a cursor is of its own list, a
#: file is a picture, a list of fingerprints is as long as the count, and If-Match names this file.
RULES = """
[[operations]]
include-operation-id = ["leesPartijen", "leesIntrekkingen", "leesStatusmeldingen", "leesVerwerking",
                        "zetAanlevering", "zetScan", "zetBevestiging"]
[operations.checks]
positive_data_acceptance.expected-statuses = ["2xx", "3xx", "400", "401", "403", "404", "409", "412", "429"]
"""


def _world(api: calling.Caller) -> dict[str, list]:
    """One of each thing, by the name that its key has in an address."""
    part = rounds.released(3).parts.get()
    other = rounds.released(2).parts.get()
    api.put(f"{calling.part_path(other)}/bevestiging", calling.confirmation(other))
    letters = rounds.letters(other)
    pile = uuid.uuid4()
    with acting_as(SYSTEM_ACTOR):
        recall = recalls.ask(letter=letters[0], reason=RecallReason.MOVED)
        vendor_scans.announce(
            client=api.issued.client, delivery_id=pile, expected=5, received_until=clock.today()
        )
    return {
        "partijId": [str(part.batch_id), str(other.batch_id)],
        "nummer": [part.number, other.number],
        "briefId": [str(one.pk) for one in letters],
        "intrekkingId": [str(recall.pk)],
        "aanleveringId": [str(pile), str(uuid.uuid4())],
    }


def _document(world: dict[str, list], folder: Path) -> Path:
    document = copy.deepcopy(json.loads(openapi.document()))
    for item in document["paths"].values():
        for operation in item.values():
            for parameter in operation.get("parameters", []):
                if parameter["name"] in world:
                    parameter["schema"]["enum"] = sorted(set(world[parameter["name"]]))
    file = folder / "openapi.json"
    file.write_text(json.dumps(document))
    return file


@pytest.mark.proof
@pytest.mark.django_db
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_nothing_that_is_sent_brings_it_out_of_its_contract(live_server, tmp_path, seed):
    api = calling.caller()
    file = _document(_world(api), tmp_path)
    (tmp_path / "schemathesis.toml").write_text(RULES)
    command = [
        str(SCHEMATHESIS),
        "run",
        str(file),
        f"--url={live_server.url}{BASE}",
        "--checks=all",
        "--phases=examples,coverage,fuzzing,stateful",
        f"--max-examples={EXAMPLES}",
        f"--seed={seed}",
        "--continue-on-failure",
        "--no-color",
        f"--header=Authorization: Bearer {api.token}",
        f"--report-dir={tmp_path}",
    ]
    run = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert run.returncode == 0, run.stdout[-20_000:]
    print(run.stdout[-1200:])  # noqa: T201
