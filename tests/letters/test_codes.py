import random
import re

import pytest

from letters.composition.codes import (
    BASE32,
    FormCodeInvalid,
    check_character,
    human,
    new_code,
    parse,
    payload,
    qr_mask,
)


@pytest.mark.parametrize(
    ("text", "check"),
    # Published numbers with this check character: a Global Release Identifier and two film numbers (ISAN).
    [("A12425GABC1234002", "M"), ("00000000D07A0090", "Q"), ("0000000014A90000", "K")],
)
def test_check_character_of_iso_7064(text, check):
    assert check_character(text) == check


def test_any_single_error_or_swap_is_found():
    code = payload("K7QF3MZD8W2X", 1)
    body = code[1:13]
    for place in range(12):
        for char in BASE32:
            if char != body[place]:
                wrong = f"V{body[:place]}{char}{body[place + 1 :]}{code[13:]}"
                with pytest.raises(FormCodeInvalid):
                    parse(wrong)
    swapped = f"V{body[1]}{body[0]}{body[2:]}{code[13:]}"
    with pytest.raises(FormCodeInvalid):
        parse(swapped)


def test_payload_and_parse_are_each_other_s_inverse():
    dice = random.Random(3)
    for page in (1, 2, 9):
        code = new_code(dice.getrandbits)
        assert parse(payload(code, page)) == (code, page)
        assert re.fullmatch(r"V[0-9A-HJKMNP-TV-Z]{12}[1-9][0-9A-Z]", payload(code, page))


@pytest.mark.parametrize("code", ["", "K7QF3MZD8W2", "K7QF3MZD8W2I", "k7qf3mzd8w2x", "K7QF3MZD8W2X1"])
def test_a_malformed_code_gives_no_payload(code):
    with pytest.raises(FormCodeInvalid):
        payload(code, 1)


def test_human_form():
    assert human("K7QF3MZD8W2X") == "K7QF-3MZD-8W2X"


def test_a_code_never_holds_what_could_be_a_bsn():
    digits_only = int("".join(f"{int(digit):05b}" for digit in "123456782999"), 2)
    eight_digits = int("".join(f"{BASE32.index(char):05b}" for char in "AB12345678CD"), 2)
    fine = int("".join(f"{BASE32.index(char):05b}" for char in "K7QF3MZD8W2X"), 2)
    answers = iter([digits_only, eight_digits, fine])
    assert new_code(lambda bits: next(answers)) == "K7QF3MZD8W2X"


def test_codes_use_all_sixty_bits():
    asked = []

    def randbits(bits):
        asked.append(bits)
        return (1 << bits) - 1

    assert new_code(randbits) == "Z" * 12
    assert asked == [60]


def test_the_qr_is_the_smallest_symbol():
    assert len(qr_mask(payload("K7QF3MZD8W2X", 1))) == 21 * 24 // 4
    with pytest.raises(FormCodeInvalid):
        qr_mask("V" * 17)
