"""Leaks of our own, one in every place that is searched, so that the search is seen to work there.

They bear a BSN, a pseudonym, a name and a date of birth that the town does not have, in different shapes.
"""

import base64
import hashlib
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

import psycopg
from django.core import signing
from reportlab.pdfgen.canvas import Canvas

from tests.remains.browsing import Answer
from tests.remains.insides import SESSION_SALT
from tests.remains.installation import Installation
from tests.remains.needles import Needles
from tests.remains.sampler import EVERY, Broker

BSN = "099999992"
PSEUDONYM = hashlib.sha256(b"geplant").digest()[:16]
NAME = "Zwartgatkever"
BORN = "19030407"
NEEDLES = Needles([BSN], [PSEUDONYM], [NAME], [BORN])
TOLD = f"{NAME} {BSN} {PSEUDONYM.hex()} {BORN}"
# Who shows the leak on his own pages.
BEARER = "ad"


def in_database(admin: psycopg.Connection, web_key: str) -> None:
    """In a table that `web` reads (and so on a page), the audit, a session, the log and the statistics."""
    admin.execute(
        "UPDATE outreach_user SET first_name = %s, last_name = %s WHERE username = %s",
        (f"0999.99.992 {NAME}", PSEUDONYM.hex(), BEARER),
    )
    with admin.transaction():
        admin.execute(
            b"SELECT set_config('bereik.actor', 'proef', true), set_config('bereik.soort', 'proef', true),"
            b" set_config('bereik.team', '', true)"
        )
        admin.execute(
            "INSERT INTO audit.gebeurtenis (handeling, onderwerp, bijzonderheden) VALUES ('proef', %s, %s)",
            (NAME, json.dumps({"bsn": BSN, "code": PSEUDONYM.hex(), "geboren": BORN})),
        )
    held = signing.dumps({"zoek": TOLD}, key=web_key, salt=SESSION_SALT, compress=True)
    admin.execute("INSERT INTO django_session VALUES ('geplant', %s, now() + interval '1 day')", (held,))
    admin.execute(f"DO $$ BEGIN RAISE LOG '%', '{TOLD}'; END $$".encode())
    admin.execute(b"CREATE TABLE blackbox.geplant (tekst text, code bytea)")
    for _ in range(3):
        admin.execute("INSERT INTO blackbox.geplant VALUES (%s, %s)", (f"{NAME} {BSN}", PSEUDONYM))
    admin.execute(b"ANALYZE blackbox.geplant")


def in_files(installation: Installation) -> None:
    """In the folders that are watched; the file in the temporary folder is gone before anybody looks back."""
    clear = f"bsn;geslachtsnaam;geboortedatum\n{BSN};{NAME};{BORN}\n".encode() + PSEUDONYM
    for name in ("uploads", "letters", "scans", "log"):
        (installation.run / name / "geplant").write_bytes(clear)
    (installation.run / "log" / f"{NAME}-{BSN}-{PSEUDONYM.hex()}-{BORN}").touch()
    short_lived = installation.tmp / "geplant"
    short_lived.write_bytes(clear)
    time.sleep(3 * EVERY)
    short_lived.unlink()


def in_broker(broker: Broker) -> None:
    """A message as Celery makes it, in a queue that nobody reads."""
    body = base64.b64encode(json.dumps([[BSN, NAME, PSEUDONYM.hex(), BORN], {}]).encode()).decode()
    broker.client.lpush("geplant", json.dumps({"body": body, "content-type": "application/json"}))


def letter(url: str) -> Answer:
    """A PDF as a part of letters is, with the leak in its text."""
    file = BytesIO()
    canvas = Canvas(file)
    canvas.drawString(100, 700, f"{NAME} {BSN}")
    canvas.drawString(100, 650, PSEUDONYM.hex())
    canvas.save()
    head = (("Content-Type", "application/pdf"), ("X-Proef", f"{BSN} {NAME} {PSEUDONYM.hex()} {BORN}"))
    return Answer(url, 200, head, file.getvalue())


@contextmanager
def as_process(installation: Installation) -> Iterator[int]:
    """A process of the pages that was told what only the worker of the box may know; gives its pid."""
    told = installation.role("web") | {"MASTER_KEY": installation.role("koppel")["MASTER_KEY"]}
    words = [sys.executable, "-c", "import time; time.sleep(600)", BSN, NAME, PSEUDONYM.hex(), BORN]
    process = subprocess.Popen(
        words, env=installation.variables() | told, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        time.sleep(3 * EVERY)
        yield process.pid
    finally:
        process.kill()
        process.wait()
