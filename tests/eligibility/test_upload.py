"""Receiving a file: who may, what is refused before the first byte, and what is left of it."""

import datetime
import hashlib
import os
import threading
from collections import deque
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadhandler import StopUpload
from django.db import connections
from django.test import Client
from django.urls import reverse

from eligibility.actions import keys
from eligibility.files import EncryptedWriter, StorageFailed, open_clear, remove_orphans
from eligibility.forms.deliveries import TargetForm
from eligibility.intake.refusals import FileRefused, Rule
from eligibility.locks import LOCK_UPLOAD, holding
from eligibility.models import Agreement, Delivery, DeliveryKey
from eligibility.uploads import EncryptingUploadHandler
from outreach.models import Role, User
from tests import factories
from tests.eligibility import deliver
from tests.roles import as_role

pytestmark = pytest.mark.django_db

NUMBER = deliver.bsn(12345678)
CONTENT = deliver.client_file([NUMBER])


@pytest.fixture(autouse=True)
def ready(places: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A supply of keys, and a worker that is told nothing."""
    with as_role("koppel"):
        keys.keep_ready()
    monkeypatch.setattr("eligibility.views.uploading.soon", lambda task, number: None)


@pytest.fixture
def client(manager: User) -> Client:
    client = Client(enforce_csrf_checks=True)
    client.force_login(manager)
    return client


def url(bron: str = "bijstand", jaar: object = 2025, peildatum: str = "2026-03-01") -> str:
    return f"{reverse('delivery_upload')}?bron={bron}&jaar={jaar}&peildatum={peildatum}"


def multipart(content: bytes, token: str, *, field: str = "bestand", name: str = "lijst.csv") -> bytes:
    disposition = b"--grens\r\nContent-Disposition: form-data; name="
    hidden = b'"csrfmiddlewaretoken"\r\n\r\n' + token.encode() + b"\r\n"
    file = f'"{field}"; filename="{name}"\r\nContent-Type: text/csv\r\n\r\n'.encode() + content + b"\r\n"
    return disposition + hidden + disposition + file + b"--grens--\r\n"


def token_of(client: Client) -> str:
    client.get(url())
    return client.cookies["csrf"].value


def post(client: Client, body: bytes, address: str = "", **headers: str):
    return client.generic(
        "POST", address or url(), body, content_type="multipart/form-data; boundary=grens", headers=headers
    )


def left(places: Path) -> list[str]:
    return sorted(path.name for path in places.iterdir())


def free_keys() -> int:
    return DeliveryKey.objects.filter(taken=False).count()


class Unread:
    """A body that may not be looked at."""

    def read(self, *args: object) -> bytes:
        raise AssertionError("the body was read")

    readline = read


def test_a_file_comes_in_encrypted_and_is_registered(client: Client, places: Path, manager: User):
    response = post(client, multipart(CONTENT, token_of(client)))
    delivery = Delivery.objects.get()
    assert (response.status_code, response.url) == (302, reverse("delivery", args=[delivery.pk]))
    assert (delivery.state, delivery.bron_id, delivery.year) == ("ontvangen", "bijstand", 2025)
    assert (delivery.size, delivery.sha256) == (len(CONTENT), hashlib.sha256(CONTENT).hexdigest())
    assert left(places) == [delivery.stored_as]
    stored = (places / delivery.stored_as).read_bytes()
    assert NUMBER.encode() not in stored
    assert stored.startswith(b"age-encryption.org/v1")
    with open_clear(delivery.stored_as, keys.identity_of(delivery.key_id)) as clear:
        assert clear.read() == CONTENT


def test_the_script_of_the_page_gets_an_answer_that_it_can_read(client: Client):
    body = multipart(CONTENT, token_of(client))
    assert post(client, body, accept="application/json").json() == {
        "naar": reverse("delivery", args=[Delivery.objects.get().pk])
    }
    assert post(client, body[:-20], accept="application/json").json() == {"fout": "Kies een bestand."}


@pytest.mark.parametrize(
    "role", [role for role in Role if role != Role.APPLICATIEBEHEERDER and role != Role.BUURTTEAM]
)
def test_nobody_else_gets_a_byte_in(places: Path, role: Role):
    client = Client()
    client.force_login(factories.user(role))
    response = client.generic(
        "POST", url(), b"", content_type="multipart/form-data; boundary=grens",
        **{"wsgi.input": Unread(), "CONTENT_LENGTH": "1000"},
    )  # fmt: skip
    assert response.status_code == 403
    assert left(places) == []


@pytest.mark.parametrize(
    ("address", "problem"),
    [
        (url("onbekend"), "Deze bron is niet bekend."),
        (url(jaar=""), "Bij deze bron hoort een jaar."),
        (url(jaar="twee"), "jaartal van vier cijfers"),
        (url(jaar=1999), "jaar van 2000"),
        (url(peildatum="2026-02-30"), "bestaande datum"),
        (url(peildatum="2018-12-31"), "2019 tot en met 2031"),
    ],
)
def test_what_the_file_is_about_is_checked_before_the_first_byte(
    client: Client, places: Path, address, problem
):
    response = client.generic(
        "POST", address, b"", content_type="multipart/form-data; boundary=grens",
        **{"wsgi.input": Unread(), "CONTENT_LENGTH": "1000"},
    )  # fmt: skip
    assert response.status_code == 400
    assert problem in response.content.decode()


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"valid_to": datetime.date(2026, 2, 28)}, "geldt er geen overeenkomst"),
        ({"valid_from": datetime.date(2099, 1, 1)}, "geldt er geen overeenkomst"),
        ({"purposes": ["onderzoek"]}, "noemt dit doel niet"),
        ({"columns": ["naam"], "uses": {"naam": "De brief"}}, "noemt deze kolom niet"),
        ({"uses": {}}, "is nog niet volledig"),
    ],
)
def test_without_an_agreement_no_byte_is_read(client: Client, places: Path, change, problem):
    before = Agreement.objects.get(bron="bijstand")
    Agreement.objects.filter(bron="bijstand").update(**change)
    try:
        response = client.generic(
            "POST", url(), b"", content_type="multipart/form-data; boundary=grens",
            **{"wsgi.input": Unread(), "CONTENT_LENGTH": "1000"},
        )  # fmt: skip
    finally:
        before.save()
    assert response.status_code == 400
    assert problem in response.content.decode()
    assert left(places) == []


def test_an_agreement_that_ended_since_the_peildatum_covers_no_new_file(client: Client):
    agreement = Agreement.objects.get(bron="bijstand")
    Agreement.objects.filter(pk=agreement.pk).update(valid_to=datetime.date(2026, 6, 1))
    try:
        assert client.get(url(peildatum="2026-03-01")).status_code == 400
    finally:
        agreement.save()


def test_an_agreement_that_ends_before_the_first_byte_is_told(client: Client, places: Path, monkeypatch):
    token = token_of(client)
    asked = iter((True, False))
    real = TargetForm.check_agreed

    def once(form: TargetForm) -> frozenset[str]:
        if next(asked, False):
            return real(form)
        raise FileRefused(Rule.NO_AGREEMENT)

    monkeypatch.setattr(TargetForm, "check_agreed", once)
    response = post(client, multipart(CONTENT, token))
    assert response.status_code == 400
    assert Rule.NO_AGREEMENT.sentence in response.content.decode()
    assert left(places) == []
    assert free_keys() == len(DeliveryKey.objects.all())


def test_without_the_right_token_nothing_is_kept(client: Client, places: Path):
    before = free_keys()
    assert post(client, multipart(CONTENT, "verzonnen")).status_code == 403
    assert (left(places), Delivery.objects.count(), free_keys()) == ([], 0, before)


@pytest.mark.parametrize("cut", [4, 12, 30])
def test_a_broken_upload_leaves_nothing(client: Client, places: Path, cut: int):
    token, before = token_of(client), free_keys()
    response = post(client, multipart(CONTENT, token)[:-cut])
    assert (left(places), Delivery.objects.count(), free_keys()) == ([], 0, before)
    assert response.status_code == 400


def test_a_file_over_the_bound_is_stopped_halfway(client: Client, places: Path, settings):
    settings.UPLOAD_MAX_BYTES = 200_000
    token, before = token_of(client), free_keys()
    response = post(client, multipart(b"x" * 250_000, token))
    assert response.status_code == 400
    assert "hooguit 195,3 kB" in response.content.decode()
    assert (left(places), free_keys()) == ([], before)


def test_a_body_that_says_it_is_too_large_is_not_read(client: Client, settings):
    settings.UPLOAD_MAX_BYTES = 1000
    response = client.generic(
        "POST", url(), b"", content_type="multipart/form-data; boundary=grens",
        **{"wsgi.input": Unread(), "CONTENT_LENGTH": "1000000"},
    )  # fmt: skip
    assert response.status_code == 413


def test_a_second_file_or_another_field_stops_the_upload(client: Client, places: Path):
    token = token_of(client)
    twice = multipart(CONTENT, token).removesuffix(b"--grens--\r\n") + multipart(CONTENT, token)
    assert post(client, twice).status_code == 400
    assert post(client, multipart(CONTENT, token, field="foto")).status_code == 400
    assert (left(places), Delivery.objects.count()) == ([], 0)


def test_one_upload_at_a_time_per_user(client: Client, manager: User):
    token = token_of(client)
    with holding(LOCK_UPLOAD, manager.pk):
        response = post(client, multipart(CONTENT, token))
    assert response.status_code == 409
    assert "al een bestand aan het uploaden" in response.content.decode()
    assert post(client, multipart(CONTENT, token)).status_code == 302


def test_without_a_key_nothing_is_taken(client: Client, places: Path):
    token = token_of(client)
    with as_role("migrate"):
        DeliveryKey.objects.update(taken=True)
    response = post(client, multipart(CONTENT, token))
    assert response.status_code == 503
    assert "sleutel" in response.content.decode()
    assert left(places) == []


def test_two_uploads_never_get_the_same_key(unblocked):
    with as_role("migrate"):
        names = list(DeliveryKey.objects.values_list("name", flat=True)[3:])
        DeliveryKey.objects.filter(name__in=names).update(taken=True)
    barrier, taken = threading.Barrier(6), []

    def take() -> None:
        barrier.wait()
        try:
            taken.append(keys.take().name)
        except keys.NoKeyReady:
            taken.append("")
        finally:
            from_thread_close()

    threads = [threading.Thread(target=take) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    got = [name for name in taken if name]
    assert len(got) == len(set(got)) == 3


def from_thread_close() -> None:
    """A thread's connection is its own to close."""
    connections["default"].close()


def test_a_name_that_holds_a_bsn_is_masked(client: Client):
    post(client, multipart(CONTENT, token_of(client), name=f"uitkering {NUMBER} 20260302.csv"))
    assert Delivery.objects.get().file_name == "uitkering … 20260302.csv"


def test_a_disk_that_is_full_leaves_nothing(places: Path, manager: User, monkeypatch: pytest.MonkeyPatch):
    def full(reader: object, writer: object, recipients: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("eligibility.files.pyrage.encrypt_io", full)
    writer = EncryptedWriter(keys.take().public_key)
    with pytest.raises(StorageFailed):
        deque((writer.write(b"x" * 65536) for _ in range(100)), maxlen=0)
    writer.close()
    assert left(places) == []


def test_only_what_nobody_knows_and_nobody_touched_for_an_hour_is_removed(places: Path):
    for name in (".oud.age.part", "oud.age", "bekend.age", ".nieuw.age.part"):
        (places / name).write_bytes(b"x")
        if "nieuw" not in name:
            os.utime(places / name, (0, 0))
    assert remove_orphans({"bekend.age"}) == 2
    assert left(places) == [".nieuw.age.part", "bekend.age"]


def test_the_handler_itself_asks_who_it_is(rf, manager: User):
    def refuse() -> None:
        raise PermissionDenied

    handler = EncryptingUploadHandler(rf.post("/"), refuse)
    with pytest.raises(PermissionDenied):
        handler.new_file("bestand", "lijst.csv", "text/csv", 10)
    assert handler.writer is None
    with pytest.raises(StopUpload):
        handler.new_file("ander", "lijst.csv", "text/csv", 10)
