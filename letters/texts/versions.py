"""The texts as versions in the database have them: one text per kind, for one regeling or (without) for all.

The content of a version is a table as in the files of `nl`. To a person it is a row of fields, one per
paragraph; the path of a field (`stappen.0`) says where in the table it stands.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from letters.texts.catalog import KINDS, PLACES, SHARED, WITH_FORM, TextSet, places

Content = dict[str, Any]
#: (kind, code of the regeling or '', content)
Part = tuple[str, str, Content]

MAX_LENGTH = 1000
#: A list of paragraphs may grow and shrink; what stands in a table has its own place on the page.
GROWING = frozenset({"opening", "stappen", "alineas", "lijst", "terug", "rechten"})
_MAY_BE_EMPTY = frozenset({"verklaring", "bedragen.uitleg"})
_PER_LETTER = frozenset({"uiterlijk", "jaar", "ontvangen", "deeldatum", "bedrag", "grens"})
_EVERYWHERE = PLACES - _PER_LETTER
_ALSO: Mapping[str, frozenset[str]] = {
    "formulier": frozenset({"uiterlijk", "jaar"}),
    "zeker": frozenset({"uiterlijk", "jaar"}),
    "onzeker": frozenset({"uiterlijk", "jaar"}),
    "herinnering": frozenset({"uiterlijk", "jaar"}),
    "toekenning": frozenset({"ontvangen"}),
    "aanvulling": frozenset({"uiterlijk", "jaar", "ontvangen"}),
    "afwijzing": frozenset({"jaar", "ontvangen"}),
    "deelbericht": frozenset({"deeldatum"}),
    "afmelding": frozenset({"ontvangen"}),
}
_IN_POINTS: Mapping[str, frozenset[str]] = {"afwijzing": frozenset({"bedrag", "grens"})}
_LABELS: Mapping[str, str] = {
    "achterkant": "Kop van de achterkant",
    "alineas": "Alinea",
    "bedragen": "Vraag",
    "bezwaar": "Bezwaar",
    "blokken": "Blok",
    "bronnen": "Bronnen",
    "daarna": "Wat er daarna gebeurt",
    "daarna_kop": "Kop: wat er daarna gebeurt",
    "de_regeling": "De regeling in een zin, met lidwoord",
    "eigen_huis": "Vraag naar een eigen huis",
    "gegevens": "Kop boven de gegevens",
    "groet": "Groet",
    "handtekening": "Kop boven de handtekening",
    "hulp": "Hulp",
    "inkomen": "Kop boven het inkomen",
    "inkomen_uitleg": "Uitleg bij het inkomen",
    "inleiding": "Inleiding",
    "klopt_niet": "Als er iets niet klopt",
    "klopt_niet_kop": "Kop: als er iets niet klopt",
    "kop": "Kop",
    "lees_verder": "Verwijzing naar de achterkant",
    "lijst": "Punt",
    "naam": "Naam van de regeling",
    "onderwerp": "Onderwerp",
    "opening": "Alinea",
    "personen": "Kop boven de namen",
    "punten": "Punt",
    "rechten": "Rechten",
    "rechten_kop": "Kop boven de rechten",
    "slot": "Slot",
    "stappen": "Stap",
    "streep_door": "Als er geen plaats is om te schrijven",
    "tekst": "Tekst",
    "terug": "Regel over terugsturen",
    "terug_kop": "Kop boven het terugsturen",
    "titel": "Titel",
    "uitleg": "Uitleg",
    "vak_datum": "Vak voor de datum",
    "vak_handtekening": "Vak voor de handtekening",
    "vak_partner": "Vak voor de partner",
    "verklaring": "Waarvoor iemand tekent",
    "vraag": "Vraag",
}
# In which order the fields of a text stand on the page; a database keeps no order of keys.
_ORDER = (
    "naam de_regeling titel onderwerp opening bronnen rechten hulp bezwaar groet punten vraag uitleg kop "
    "inleiding tekst lijst alineas stappen slot daarna_kop daarna blokken personen klopt_niet_kop "
    "klopt_niet lees_verder achterkant gegevens streep_door inkomen inkomen_uitleg bedragen eigen_huis "
    "handtekening verklaring vak_handtekening vak_partner vak_datum terug_kop terug "
)
_RANK = {key: rank for rank, key in enumerate(_ORDER.split())}


@dataclass(frozen=True, slots=True)
class TextField:
    """One paragraph of a text: where it stands, what it is, what it says. `extra` is an empty one to add."""

    path: str
    label: str
    text: str
    optional: bool = False
    extra: bool = False


def split(texts: TextSet) -> Iterator[Part]:
    """A set of texts as the contents of its versions."""
    tables = {"": texts.shared, **texts.regelingen}
    for code in sorted(tables):
        own = {key: node for key, node in tables[code].items() if key not in (*KINDS, "formulier")}
        yield SHARED, code, own
        for kind in (*KINDS, "formulier"):
            if kind in tables[code]:
                yield kind, code, tables[code][kind]


def join(parts: Iterable[Part]) -> TextSet:
    """The set of texts that these contents make together; what split() takes apart."""
    shared: Content = {}
    regelingen: dict[str, Content] = {}
    for kind, code, content in parts:
        table = regelingen.setdefault(code, {}) if code else shared
        table.update(content if kind == SHARED else {kind: content})
    return TextSet(shared, regelingen)


def empty(kind: str) -> Content:
    """The table of a regeling's own text that nobody has written yet."""
    if kind == SHARED:
        return {"naam": "", "de_regeling": ""}
    if kind == "formulier":
        return {"titel": "", "personen": "", "verklaring": ""}
    granting = {"personen": ""} if kind in ("ambtshalve", "toekenning") else {}
    return {"onderwerp": "", "opening": [""], **granting}


def fingerprint(content: Content) -> str:
    """SHA-256 in hex of a content, the same however its keys are ordered."""
    plain = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()


def fields_of(content: Content, *, adding: bool = False) -> list[TextField]:
    """The paragraphs of a text in the order of the page; when `adding`, an empty one behind each list."""
    return list(_fields(content, "", "", adding))


def _fields(node: Any, path: str, label: str, adding: bool) -> Iterator[TextField]:
    if isinstance(node, str):
        yield TextField(path, label, node, _bare(path) in _MAY_BE_EMPTY)
        return
    if isinstance(node, dict):
        for key in sorted(node, key=lambda key: (_RANK.get(key, len(_RANK)), key)):
            yield from _fields(node[key], _under(path, key), _label(path, label, key), adding)
        return
    for number, one in enumerate(node):
        yield from _fields(one, _under(path, str(number)), f"{label} {number + 1}", adding)
    if adding and path.rpartition(".")[2] in GROWING:
        number = len(node)
        yield TextField(_under(path, str(number)), f"{label} {number + 1}", "", optional=True, extra=True)


def _under(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _label(path: str, label: str, key: str) -> str:
    """The key of a point is a code, which says itself what the point is about."""
    name = key.replace("_", " ") if path == "punten" else _LABELS.get(key, key.replace("_", " ").capitalize())
    return f"{label}: {name[:1].lower()}{name[1:]}" if label else name


def _bare(path: str) -> str:
    """The path without the numbers of lists."""
    return ".".join(key for key in path.split(".") if not key.isdigit())


def with_texts(content: Content, texts: Mapping[str, str]) -> Content:
    """The content with the paragraphs of these paths; one of a list that is left empty is taken out.

    A path that is not there, and stands not right behind a list that may grow, changes nothing.
    """
    return _with(content, "", texts)


def _with(node: Any, path: str, texts: Mapping[str, str]) -> Any:
    if isinstance(node, str):
        return " ".join(texts.get(path, node).split())
    if isinstance(node, dict):
        return {key: _with(one, _under(path, key), texts) for key, one in node.items()}
    found = [_with(one, _under(path, str(number)), texts) for number, one in enumerate(node)]
    if path.rpartition(".")[2] not in GROWING:
        return found
    found.append(" ".join(texts.get(_under(path, str(len(node))), "").split()))
    return [text for text in found if text] or [""]


def problems(kind: str, content: Content) -> dict[str, str]:
    """What is wrong with single paragraphs, by path, in Dutch: words to fill in, bold type, length."""
    found = {field.path: _problem(kind, field) for field in fields_of(content)}
    return {path: problem for path, problem in found.items() if problem}


def _problem(kind: str, field: TextField) -> str:
    if not field.text.strip():
        return "" if field.optional else "Vul hier een tekst in."
    if len(field.text) > MAX_LENGTH:
        return f"Deze tekst is te lang: hooguit {MAX_LENGTH} tekens."
    if field.text.count("**") % 2:
        return "Vette tekst begint en eindigt met twee sterretjes. Hier ontbreken er twee."
    try:
        asked = places(field.text)
    except ValueError:
        return "Een invulwoord staat tussen { en }. Hier klopt een van de twee niet."
    allowed = allowed_places(kind, field.path)
    if asked - allowed:
        words = ", ".join(f"{{{word}}}" for word in sorted(allowed))
        return f"Dit invulwoord kan hier niet. Kies uit: {words}."
    return ""


def allowed_places(kind: str, path: str = "") -> frozenset[str]:
    """The words that are filled in for every letter with this text. Others would leave a hole in it."""
    also = _IN_POINTS.get(kind, frozenset()) if path.startswith("punten.") else frozenset()
    own = {"de_regeling"} if path in ("naam", "de_regeling") else set()
    return (_EVERYWHERE | _ALSO.get(kind, frozenset()) | also) - own


def kinds_with(kind: str) -> tuple[str, ...]:
    """The kinds of letters in which a text of this kind is printed."""
    if kind == SHARED:
        return KINDS
    if kind == "formulier":
        return WITH_FORM
    return (kind, "herinnering") if kind in ("zeker", "onzeker") else (kind,)


def own_kinds() -> tuple[str, ...]:
    """The kinds for which a regeling may have words of its own."""
    return (SHARED, *(kind for kind in KINDS if kind != "afmelding"), "formulier")
