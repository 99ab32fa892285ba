"""What is searched for, and every shape in which it could lie about: BSNs, pseudonyms, names of people.

A BSN is searched as a number of its own (leading zeros kept, lost or added, or written in groups) and inside
longer rows of digits; a pseudonym raw, in hex, as a UUID and in base64; a name in any case; a date of birth
as `19540213`, `1954-02-13`, `13-2-1954` and `13 februari 1954`. Text in base64, such as the body of a task,
is read too.
"""

import base64
import re
from array import array
from collections.abc import Iterable, Iterator

BSN, PSEUDONYM, NAME, BORN = "bsn", "pseudoniem", "naam", "geboortedatum"

_DIGITS = re.compile(r"(?<!\d)\d{7,24}(?!\d)")
# A digit more often follows a decimal point by chance than because somebody wrote a BSN there.
_FRACTION = re.compile(r"\d\.\d{10,24}(?!\d)")
_GROUPED = re.compile(r"(?<![\d.])\d{1,4}([ .\u00a0-])\d{1,4}(?:\1\d{1,4}){0,7}(?![\d.]\d)")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_HEX = re.compile(r"[0-9a-f]{32,}", re.IGNORECASE)
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{22,}")
_BYTES_DIGITS = re.compile(rb"(?<![0-9])[0-9]{7,9}(?![0-9])")
_DATE = re.compile(r"(19|20)\d\d(0[0-9]|1[0-2])([0-2]\d|3[01])")
_DAYS = (
    re.compile(r"(?<!\d)(?P<y>(?:19|20)\d\d)(?P<m>\d\d)(?P<d>\d\d)(?!\d)"),
    re.compile(r"(?<!\d)(?P<y>(?:19|20)\d\d)[-/](?P<m>\d\d)[-/](?P<d>\d\d)(?!\d)"),
    re.compile(r"(?<!\d)(?P<d>\d{1,2})[-/.](?P<m>\d{1,2})[-/.](?P<y>(?:19|20)\d\d)(?!\d)"),
)
_MONTHS = ("januari", "februari", "maart", "april", "mei", "juni")
_MONTHS += ("juli", "augustus", "september", "oktober", "november", "december")
_WRITTEN = re.compile(rf"(?<!\d)(?P<d>\d{{1,2}}) (?P<m>{'|'.join(_MONTHS)}) (?P<y>(?:19|20)\d\d)(?!\d)")
_TO_STANDARD = str.maketrans("-_", "+/")
_CHUNK = 1 << 20
_LENGTH = 16


class Needles:
    """Some BSNs, pseudonyms (16 bytes each), names and dates of birth (yyyymmdd).

    The `..._in` functions tell which kinds are there. On disk no dates are searched: all tables have some.
    """

    def __init__(
        self,
        bsns: Iterable[str],
        pseudonyms: Iterable[bytes],
        names: Iterable[str],
        born: Iterable[str] = (),
    ) -> None:
        self._born = frozenset(born)
        self._whole_numbers = frozenset(bsns)
        # Without its zeros a BSN may look like a date, and dates stand everywhere.
        self._short = frozenset(bsn.lstrip("0") for bsn in bsns if not _DATE.fullmatch(bsn.lstrip("0")))
        self._pseudonyms = frozenset(pseudonyms)
        self._hex = frozenset(one.hex() for one in self._pseudonyms)
        self._heads = frozenset(array("I", b"".join(one[:4] for one in self._pseudonyms)))
        self._names = tuple(name.lower() for name in names)
        self._name_bytes = tuple(name.encode() for name in self._names)
        #: Rows of digits that were compared, to know what chance alone would hit.
        self.compared: set[str] = set()
        # Words that look like base64 and hold nothing: the class names of pages come back thousands of times.
        self._empty: set[str] = set()

    def text_in(self, text: str, depth: int = 1) -> set[str]:
        """The kinds that are in a text, or in what it holds in base64."""
        kinds = {NAME} if self._named(text) else set()
        without_ids = _HEX.sub(" ", _UUID.sub(" ", text))
        if any(self._is_bsn(digits) for digits in _numbers_of(without_ids)):
            kinds.add(BSN)
        if any(one in self._hex for one in _hex_windows(text)):
            kinds.add(PSEUDONYM)
        if self._born and not self._born.isdisjoint(_days_in(text)):
            kinds.add(BORN)
        if depth:
            for word in set(_BASE64.findall(text)) - self._empty:
                kinds |= self._packed_in(word, depth - 1)
        return kinds

    def _packed_in(self, word: str, depth: int) -> set[str]:
        kinds: set[str] = set()
        for data in _decoded(word):
            kinds |= self.bytes_in(data, depth)
        if not kinds:
            self._empty.add(word)
        return kinds

    def bytes_in(self, data: bytes, depth: int = 1) -> set[str]:
        """The kinds that are in bytes: raw pseudonyms, and all that `text_in` finds in them."""
        kinds = self.text_in(data.decode("utf-8", errors="replace"), depth)
        return kinds | {PSEUDONYM} if self._raw(data) else kinds

    def disk_in(self, data: bytes) -> set[str]:
        """The same in a file of the database, where only the plain shapes can be told from chance."""
        kinds = {PSEUDONYM} if self._raw(data) else set()
        lowered = data.lower()
        if any(name in lowered for name in self._name_bytes):
            kinds.add(NAME)
        if any(self._is_bsn(digits.decode()) for digits in set(_BYTES_DIGITS.findall(data))):
            kinds.add(BSN)
        return kinds

    def _is_bsn(self, digits: str) -> bool:
        if not _DATE.fullmatch(digits):
            self.compared.add(digits)
        return digits[-9:] in self._whole_numbers if len(digits) >= 9 else digits.lstrip("0") in self._short

    def _named(self, text: str) -> bool:
        lowered = text.lower()
        return any(name in lowered for name in self._names)

    def _raw(self, data: bytes) -> bool:
        """Look for raw pseudonyms: their first four bytes at every offset, and the rest where those fit."""
        for start in range(0, len(data), _CHUNK):
            chunk = data[start : start + _CHUNK + _LENGTH]
            for shift in range(4):
                words = array("I", chunk[shift : shift + (len(chunk) - shift) // 4 * 4])
                if not self._heads.isdisjoint(words) and self._whole(chunk, shift, words):
                    return True
        return False

    def _whole(self, chunk: bytes, shift: int, words: array) -> bool:
        starts = (shift + 4 * place for place, word in enumerate(words) if word in self._heads)
        return any(chunk[start : start + _LENGTH] in self._pseudonyms for start in starts)


def _days_in(text: str) -> Iterator[str]:
    """The dates in a text, each as yyyymmdd."""
    for shape in _DAYS:
        for found in shape.finditer(text):
            yield f"{found['y']}{int(found['m']):02d}{int(found['d']):02d}"
    for found in _WRITTEN.finditer(text):
        yield f"{found['y']}{_MONTHS.index(found['m']) + 1:02d}{int(found['d']):02d}"


def _numbers_of(text: str) -> Iterator[str]:
    """Rows of digits that may be a BSN: of nine, of fewer where zeros were lost, of more where they came."""
    for found in set(_DIGITS.findall(_FRACTION.sub(" ", text))):
        if len(found.lstrip("0")) <= 9:
            yield found
        else:
            yield from _windows(found, 9)
    for found in _GROUPED.finditer(text):
        digits = found[0].replace(found[1], "")
        if 7 <= len(digits) <= 9:
            yield digits


def _windows(text: str, length: int) -> list[str]:
    return [text[start : start + length] for start in range(len(text) - length + 1)]


def _hex_windows(text: str) -> Iterator[str]:
    for found in _UUID.finditer(text):
        yield found[0].replace("-", "").lower()
    for found in _HEX.finditer(text):
        yield from _windows(found[0].lower(), 2 * _LENGTH)


def _decoded(word: str) -> Iterator[bytes]:
    """What a word may hold in base64. Where it begins is not known, so four places are tried."""
    letters = word.translate(_TO_STANDARD)
    for shift in range(4):
        part = letters[shift:]
        # A last group of one letter is no base64.
        part = part[: len(part) - 1] if len(part) % 4 == 1 else part
        yield base64.b64decode(part + "=" * (-len(part) % 4))
