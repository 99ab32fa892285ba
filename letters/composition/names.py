"""How the municipality addresses someone: name on the envelope, salutation.

Rules of naamgebruik and voorvoegsels: Logisch Ontwerp BRP 61.10 and the public specification of the BRP API
(adressering: aanschrijfwijze, aanhef, voorletters). Titles of nobility are not delivered.
"""

from __future__ import annotations

import unicodedata

from letters.composition.model import LetterFault, PersonName

# The BRP writes a full stop where the family name is unknown.
_UNKNOWN = frozenset({"", "."})
_GREETING = {"M": "Geachte heer", "V": "Geachte mevrouw"}
_GREETING_OTHER = "Geachte heer of mevrouw"


class NameMissing(LetterFault):
    """Nothing of the name is known, so a letter cannot be addressed."""

    code = "naam"


def initials(given_names: str) -> str:
    """`Anna Cornelia` gives `A.C.`; a given name of one letter gets no full stop (`Suzie Q`: `S.Q`)."""
    found = ""
    for name in given_names.split():
        if found and not found.endswith("."):
            found += " "
        found += _first_letter(name) + ("." if len(unicodedata.normalize("NFC", name)) > 1 else "")
    return found


def surname(person: PersonName) -> str:
    """The family name as the person wants to be called, voorvoegsels as delivered; empty when unknown."""
    own = _joined(person.prefix, person.family_name)
    partner = _joined(person.partner_prefix, person.partner_family_name)
    if not partner:
        return own
    if not own:
        return partner if person.name_usage == "P" else ""
    return {"P": partner, "V": f"{partner}-{own}", "N": f"{own}-{partner}"}.get(person.name_usage, own)


def envelope_name(person: PersonName) -> str:
    """`J.P. de Vries-Jansen`: the first line of the address. Raises NameMissing.

    Without a known family name the given names stand in full.
    """
    family = surname(person)
    if not family:
        if not person.given_names.strip():
            raise NameMissing("Van deze persoon is geen naam bekend.")
        return " ".join(person.given_names.split())
    letters = initials(person.given_names)
    return f"{letters} {family}" if letters else _capitalised(family)


def full_name(person: PersonName) -> str:
    """Given names in full and the family name in use, as a form shows them. Raises NameMissing."""
    family = surname(person)
    if not family:
        return envelope_name(person)
    given = " ".join(person.given_names.split())
    return f"{given} {family}" if given else _capitalised(family)


def salutation(person: PersonName) -> str:
    """`Geachte mevrouw De Vries-Jansen,`: the first voorvoegsel with a capital, as it follows a title."""
    greeting = _GREETING.get(person.sex, _GREETING_OTHER)
    family = surname(person)
    return f"{greeting} {_capitalised(family)}," if family else f"{greeting},"


def _joined(prefix: str, family_name: str) -> str:
    if family_name.strip() in _UNKNOWN:
        return ""
    return f"{prefix.strip()} {family_name.strip()}".strip()


def _capitalised(text: str) -> str:
    """First letter as a capital; `'t Wolkje` begins with an apostrophe and stays as it is."""
    if text.startswith("ij"):
        return "IJ" + text[2:]
    return text[:1].upper() + text[1:]


def _first_letter(name: str) -> str:
    """The first letter, with a sign before it that belongs to it (`ʿA`) and marks after it."""
    text = unicodedata.normalize("NFC", name)
    end = 0
    while end < len(text) - 1 and unicodedata.category(text[end]) not in ("Lu", "Ll", "Lo", "Lt"):
        end += 1
    end += 1
    while end < len(text) and unicodedata.combining(text[end]):
        end += 1
    return text[:end]
