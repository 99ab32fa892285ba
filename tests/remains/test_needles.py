"""The search itself: each shape is found, and what only looks like it is not."""

import base64
import json
import random
import uuid

import pytest

from tests.remains.needles import BORN, BSN, NAME, PSEUDONYM, Needles

pytestmark = pytest.mark.proof

NUMBER = "012345672"
CODE = bytes(range(100, 116))
NEEDLES = Needles([NUMBER, "987654329", "019850312"], [CODE], ["Kanarievogel"])


@pytest.mark.parametrize(
    "text",
    [
        "bsn=012345672",
        "12345672",
        "het nummer 12345672.",
        "<td>012345672</td>",
        "000012345672",
        "0123.45.672",
        "012 345 672",
        "01 23 45 67 2",
        "12-345-672",
        "kenmerk 20261231987654329",
        "BSN012345672X",
        "019850312",
        "/huishoudens/12345672/",
        base64.b64encode(b'{"args": ["012345672"]}').decode(),
        json.dumps({"body": base64.b64encode(b'[[987654329], {"a": 1}]').decode()}),
    ],
)
def test_a_bsn_is_found(text):
    assert NEEDLES.text_in(text) == {BSN}
    assert NEEDLES.bytes_in(text.encode()) == {BSN}


@pytest.mark.parametrize(
    "content",
    [
        CODE,
        b"xyz" + CODE + b"zyx",
        b"\\x" + CODE.hex().encode(),
        b"aabb" + CODE.hex().upper().encode() + b"ccdd",
        str(uuid.UUID(bytes=CODE)).encode(),
        base64.b64encode(CODE),
        base64.urlsafe_b64encode(CODE).rstrip(b"="),
        b"Zm9v" + base64.b64encode(b"12" + CODE + b"345"),
        bytes(3 << 20)[: (1 << 20) - 7] + CODE,
    ],
)
def test_a_pseudonym_is_found(content):
    assert NEEDLES.bytes_in(content) == {PSEUDONYM}


@pytest.mark.parametrize(
    "text", ["Kanarievogel", "KANARIEVOGEL!", "mevrouw-kanarievogel", "x" * 99 + "kanarieVogel"]
)
def test_a_name_is_found(text):
    assert NEEDLES.text_in(text) == {NAME}
    assert NEEDLES.bytes_in(text.encode()) == {NAME}
    assert NEEDLES.disk_in(b"\x00\xff" + text.encode() + b"\x00") == {NAME}


@pytest.mark.parametrize(
    "text",
    [
        "19540213",
        "geboren_op=1954-02-13",
        "13-02-1954",
        "13-2-1954",
        "geboren 13 februari 1954",
        base64.b64encode(b'{"geboortedatum": "1954-02-13"}').decode(),
    ],
)
def test_a_date_of_birth_is_found(text):
    needles = Needles([], [], [], ["19540213"])
    assert needles.text_in(text) == {BORN}
    assert needles.bytes_in(text.encode()) == {BORN}


def test_another_date_is_not_one_of_birth():
    needles = Needles([], [], [], ["19540213"])
    assert needles.text_in("1954-02-14 119540213 19540214 13 maart 1954 3-2-1954") == set()


def test_on_disk_the_plain_shapes_are_found():
    assert NEEDLES.disk_in(b"\x00\x01" + CODE + b"\x07") == {PSEUDONYM}
    assert NEEDLES.disk_in(b"\x13012345672\x00") == {BSN}
    assert NEEDLES.disk_in(b"\x130123456723\x00") == set()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "19850312",
        "012345673",
        "1234567",
        "0.9876543291234",
        "bf11fcde-552a-4909-93ec-c53fba9ea88c",
        "Kanarie vogel",
        "14 0299",
        "2026-11-22 12:00",
    ],
)
def test_what_only_looks_like_it_is_not_found(text):
    assert NEEDLES.text_in(text) == set()
    assert NEEDLES.bytes_in(text.encode()) == set()


def test_a_lot_of_noise_holds_nothing():
    noise = random.Random(1).randbytes(3 << 20)
    assert NEEDLES.bytes_in(noise) == set()
    assert NEEDLES.text_in(base64.b64encode(noise[: 1 << 20]).decode()) == set()
