"""Where a BSN may not be: on disk, in the broker, in a log, during an upload and after it.

Every place is searched by a finder that first has to find what was put there on purpose.
"""

import logging
import os
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import redis
from django.conf import settings
from django.test import Client
from django.urls import reverse

from eligibility import tasks
from eligibility.actions import keys
from eligibility.models import Delivery
from eligibility.uploads import EncryptingUploadHandler
from outreach.celery import app
from outreach.models import User
from tests import brokers
from tests.eligibility import deliver
from tests.eligibility.test_upload import multipart
from tests.roles import as_role

pytestmark = pytest.mark.django_db

CANARY = deliver.bsn(71234567)
PLANTED = deliver.bsn(71999999)
SURNAME = "Kanariepietervogel"


def in_files(needle: bytes, *folders: Path, since: float) -> list[str]:
    """The files under these folders, changed since then, that hold the needle. Others come and go there."""
    hits = []
    for folder in folders:
        for place, _folders, names in os.walk(folder):
            for path in (Path(place) / name for name in names):
                with suppress(FileNotFoundError, PermissionError):
                    if path.is_file() and path.stat().st_mtime >= since and needle in path.read_bytes():
                        hits.append(path.name)
    return hits


def in_broker(needle: bytes, broker: redis.Redis) -> list[str]:
    """The keys in Redis of which the name or the content holds the needle."""
    hits = []
    for key in broker.scan_iter():
        kind = broker.type(key)
        content = {
            b"string": lambda key=key: [broker.get(key)],
            b"list": lambda key=key: broker.lrange(key, 0, -1),
            b"set": lambda key=key: list(broker.smembers(key)),
            b"zset": lambda key=key: broker.zrange(key, 0, -1),
            b"hash": lambda key=key: [part for pair in broker.hgetall(key).items() for part in pair],
        }[kind]()
        if any(needle in part for part in [key, *content]):
            hits.append(key.decode())
    return hits


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> Iterator[redis.Redis]:
    """A real broker that the pages really write to, and nobody reads from."""
    client = redis.Redis.from_url(brokers.for_watching(settings.REDIS_URL))
    client.flushdb()

    def send(task, number: int) -> None:
        with app.connection_for_write(brokers.for_watching(settings.REDIS_URL)) as connection:
            task.apply_async((number,), connection=connection)

    monkeypatch.setattr("eligibility.views.uploading.soon", send)
    yield client
    client.flushdb()


def test_the_finders_find(tmp_path: Path, broker: redis.Redis):
    began = time.time() - 1
    (tmp_path / "los.csv").write_text(f"bsn\n{PLANTED}\n")
    assert in_files(PLANTED.encode(), tmp_path, since=began) == ["los.csv"]
    broker.rpush("koppel", f'{{"args": ["{PLANTED}"]}}')
    assert in_broker(PLANTED.encode(), broker) == ["koppel"]
    broker.hset("unacked", "x", PLANTED)
    assert sorted(in_broker(PLANTED.encode(), broker)) == ["koppel", "unacked"]


def test_no_bsn_on_disk_in_the_broker_or_in_a_log(places: Path, manager: User, broker, caplog, monkeypatch):
    caplog.set_level(logging.DEBUG)
    with as_role("koppel"):
        keys.keep_ready()
    began, during, looked = time.time() - 1, [], []
    watched = (places, Path(tempfile.gettempdir()))
    stop = threading.Event()

    def watch() -> None:
        while not stop.is_set():
            during.extend(in_files(CANARY.encode(), places, since=began))
            looked.append(any(path.name.endswith(".part") for path in places.iterdir()))

    slow = EncryptingUploadHandler.receive_data_chunk

    def slowly(handler: EncryptingUploadHandler, raw_data: bytes, start: int) -> None:
        slow(handler, raw_data, start)
        time.sleep(0.005)

    monkeypatch.setattr(EncryptingUploadHandler, "receive_data_chunk", slowly)
    client = Client()
    client.force_login(manager)
    content = deliver.brp(
        [
            deliver.resident(CANARY, geslachtsnaam=SURNAME),
            *[deliver.resident("123456789")] * 2,
            *_people(30_000),
        ]
    )
    watcher = threading.Thread(target=watch)
    watcher.start()
    address = f"{reverse('delivery_upload')}?bron=brp&jaar=&peildatum=2026-03-01"
    body = multipart(content, "x")
    response = client.generic("POST", address, body, content_type="multipart/form-data; boundary=grens")
    stop.set()
    watcher.join()
    assert response.status_code == 302
    assert any(looked), "the watcher never saw the upload under way"
    assert during == []
    assert list(broker.scan_iter())
    assert in_broker(CANARY.encode(), broker) == []
    delivery = deliver.process(Delivery.objects.get())
    assert delivery.state == "ingeladen"
    page = client.get(response.url).content
    for needle in (CANARY.encode(), SURNAME.encode()):
        assert in_files(needle, *watched, since=began) == []
        assert needle not in caplog.text.encode()
        assert needle not in page
    messages = [str(message) for message in broker.lrange("koppel", 0, -1)]
    assert len(messages) == 1
    assert tasks.process_delivery.name in messages[0]


def _people(number: int) -> list[str]:
    return [deliver.resident(deliver.bsn(10_000_000 + 100 * place)) for place in range(number)]


def resident_memory() -> int:
    """What this process holds in memory now, in bytes."""
    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.proof
@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is read from /proc")
def test_an_upload_of_200_mb_takes_constant_memory(places: Path, manager: User, rf, capsys):
    with as_role("koppel"):
        keys.keep_ready()
    size, piece = 200 * 1024**2, b"x" * 65536
    before = resident_memory()
    ballast = bytearray(os.urandom(60 * 1024**2))
    assert resident_memory() - before > 50 * 1024**2, "the meter does not see what is taken"
    del ballast
    before, most = resident_memory(), 0
    handler = EncryptingUploadHandler(rf.post("/"), lambda: None)
    handler.new_file("bestand", "groot.csv", "text/csv", size)
    began = time.monotonic()
    for start in range(0, size, len(piece)):
        handler.receive_data_chunk(bytes(piece), start)
        most = max(most, resident_memory())
    handler.file_complete(size)
    seconds = time.monotonic() - began
    grown = max(0, most - before) / 1024**2
    with capsys.disabled():
        os.write(1, f"\n200 MB uploaded in {seconds:.1f} s; memory grew by {grown:.1f} MB\n".encode())
    assert handler.writer.size == size
    handler.close()
    assert grown < 50
    assert list(places.iterdir()) == []
