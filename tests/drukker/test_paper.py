"""What the vendor sees on a page, writes on it and makes of it in his scanner."""

import datetime
import hashlib
from dataclasses import replace

import pytest
from PIL import Image

from tests.drukker.paper import LETTERS, dice, part, printed
from tools.drukker import answering, hand, scanner
from tools.drukker.fates import ALONE, BLANK, FAINT, REMARKED, SIGNED, STRUCK
from tools.drukker.journal import Row
from tools.drukker.pages import Box, look, px, read_codes
from tools.drukker.printing import WrongPage, press

TODAY = datetime.date(2026, 3, 20)


@pytest.fixture(scope="module")
def pdf():
    return part()


def row(number, **changes):
    return Row(**{"letter": "x", "position": number, "first_page": 2 * number - 1, "pages": 2} | changes)


def ink(page, box):
    """The share of dark pixels within a box, two millimetres from its edge."""
    inside = px(2)
    cut = page.crop((box.left + inside, box.top + inside, box.right - inside, box.bottom - inside))
    return sum(grey < 150 for grey in cut.tobytes()) / (cut.width * cut.height)


@pytest.mark.parametrize(
    ("number", "amounts", "named", "notes"),
    [(1, 0, 2, 4), (2, 5, 2, 0), (3, 5, None, 0), (4, 0, 2, 4), (5, 0, None, None), (6, 0, 2, None)],
)
def test_boxes_are_found_on_every_sort_of_form(pdf, number, amounts, named, notes):
    form = look(printed(pdf, 2 * number))
    assert len(form.signatures) == 2
    assert [len(box.cells) for box in form.date] == [1, 1, 3]
    assert [len(box.cells) for box in form.amounts] == [6] * amounts
    assert len(form.choices) == (2 if amounts else 0)
    assert named is None or len(form.named) == named
    assert notes is None or len(form.notes) == notes


def test_a_letter_has_no_boxes(pdf):
    form = look(printed(pdf, 1))
    assert form.signatures == form.date == form.amounts == form.choices == ()


def test_both_codes_are_read_and_are_one(pdf):
    for number, letter in enumerate(LETTERS, start=1):
        codes = read_codes(printed(pdf, 2 * number))
        assert len(codes) == (1 if letter.form_code else 0)
        assert all(letter.form_code in code for code in codes)


def test_every_kind_of_signature_has_ink_enough_and_stays_about_its_box():
    box = Box(100, 100, 100 + px(53), 100 + px(19))
    for kind in hand.SIGNATURES:
        for seed in range(25):
            page = Image.new("L", (800, 400), 255)
            rng = dice(seed)
            hand.write(page, hand.sign(rng, box, kind), hand.any_pen(rng), rng)
            assert ink(page, box) > 0.03, kind.__name__
            left, top, right, bottom = page.point([255 - grey for grey in range(256)]).getbbox()
            edges = (box.left - left, box.top - top, right - box.right, bottom - box.bottom)
            assert max(edges) < px(5)


@pytest.mark.parametrize("answer", [SIGNED, BLANK, REMARKED, STRUCK, FAINT, ALONE])
@pytest.mark.parametrize("number", [1, 2, 4])
def test_a_form_is_filled_in_as_was_drawn(pdf, answer, number):
    page = printed(pdf, 2 * number)
    form = look(page)
    mine = row(number, answer=answer, adults=2)
    answering.fill(page, form, mine, dice(number), TODAY)
    first, second = (ink(page, box) for box in form.signatures)
    assert mine.signed == (answer != BLANK)
    assert mine.partner_signed == (answer not in (BLANK, ALONE))
    assert (first > 0.02) == (answer not in (BLANK, FAINT))
    assert (second > 0.02) == mine.partner_signed
    assert bool(mine.amounts) == (number == 2 and (answer != BLANK or bool(mine.amounts)))


def test_the_same_dice_write_and_scan_the_same(pdf):
    def once():
        page = printed(pdf, 4)
        mine = row(2, answer=SIGNED, adults=2)
        answering.fill(page, look(page), mine, dice(5), TODAY)
        return hashlib.sha256(scanner.scan(page, scanner.feed(dice(6), 0.5))).hexdigest(), mine.amounts

    assert once() == once()


@pytest.mark.parametrize("kind", ["JPEG", "PDF", "TIFF"])
def test_each_kind_of_file_comes_out_the_same_twice_and_is_read(pdf, kind):
    how = replace(scanner.feed(dice(1), 0.5), kind=kind)
    once, again = (scanner.scan(printed(pdf, 2), how) for _ in range(2))
    assert once == again
    assert LETTERS[0].form_code in read_codes(scanner.opened(once))[0]


def test_codes_are_read_from_scans_askew_noisy_and_upside_down(pdf):
    turned = 0
    for number in range(24):
        page = printed(pdf, 2 * (1 + number % 6))
        how = scanner.feed(dice(number), 0.5)
        turned += how.turned
        assert abs(how.angle) <= 3
        codes = read_codes(scanner.opened(scanner.scan(page, how)))
        assert len(codes) == 1
        assert LETTERS[number % 6].form_code in codes[0]
    assert 0 < turned < 24


def test_the_press_looks_at_each_page(pdf, tmp_path):
    path = tmp_path / "deel.pdf"
    path.write_bytes(pdf)
    with press(path, tmp_path / "prints") as machine:
        assert machine.letter(row(1, code=LETTERS[0].form_code)) == 2
        assert machine.letter(row(7)) == 2
        assert machine.adults(row(6), 2026) == 2
        assert machine.adults(row(1), 2026) == 0
        with pytest.raises(WrongPage):
            machine.letter(row(1, code=LETTERS[1].form_code))
        with pytest.raises(WrongPage):
            machine.letter(row(1))
        with pytest.raises(WrongPage):
            machine.letter(row(7, code=LETTERS[1].form_code))
    assert len(list((tmp_path / "prints").glob("*.png"))) == 4
