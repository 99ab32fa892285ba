"""The letter that a resident brings along, found by what is printed on it."""

import json
import re
from dataclasses import dataclass
from typing import Any

from django.db import connection, models
from django.db.models import QuerySet

from letters.actions.contents import REFERENCE_LETTERS
from letters.actions.scan_looks import code_of
from letters.composition.codes import BASE32, CODE_LENGTH
from letters.models import Letter
from outreach.actions import notifications
from outreach.models import User
from outreach.permissions import Permission, check

_CODE = re.compile(rf"[{BASE32}]{{{CODE_LENGTH}}}")
_PRINTED = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}")
_REFERENCE = re.compile(rf"(\d{{1,9}})\s*-\s*([{BASE32}OIL]{{{REFERENCE_LETTERS}}})")


class Why(models.TextChoices):
    """Why somebody opens a letter of a household that may not be his own to see. One has to be chosen."""

    DESK = "balie", "De inwoner zit bij mij met deze brief"
    DOOR = "deur", "De inwoner gaf mij deze brief aan de deur"
    PHONE = "telefoon", "De inwoner leest de code voor aan de telefoon"


@dataclass(frozen=True, slots=True)
class Printed:
    """What is on the paper: a whole code, or the round and the beginning of one (the kenmerk)."""

    code: str
    round_id: int | None = None


def printed(typed: str, *, among_names: bool = True) -> Printed | None:
    """What somebody typed over from a letter; None when it is neither a code nor a kenmerk.

    Twelve letters without a digit may also be a name: where names are typed too (`among_names`) they count as
    a code in groups of four alone.
    """
    text = typed.strip().upper()
    if match := _REFERENCE.fullmatch(text):
        return Printed(code_of(match[2]), int(match[1]))
    code = code_of(text)
    told_apart = not among_names or any(char.isdigit() for char in text) or _PRINTED.fullmatch(text)
    return Printed(code) if told_apart and _CODE.fullmatch(code) else None


def with_code(found: Printed) -> QuerySet[Letter]:
    """The letters with this on the paper, as far as the row policies show them."""
    letters = Letter.objects.filter(form_code__startswith=found.code)
    return letters if found.round_id is None else letters.filter(round=found.round_id)


@dataclass(frozen=True, slots=True)
class Opened:
    """The letter; None when there is no such letter or it is not for this user: which, nobody is told.

    `too_often`: this user tried more codes this hour than anybody needs, and nothing was looked up.
    """

    letter: dict[str, Any] | None
    too_often: bool = False


def open_at_desk(*, found: Printed, why: Why, by: User) -> Opened:
    """What the letter with this on the paper says, whoever's area it is in; nothing else of its household.

    Keys: round_id, form_code, kind, regeling, the parts of a name and of an address, sent_on, reply_by,
    response and delivery; days as ISO texts. The database counts and writes down each try, without the code.
    A miss raises nothing, so that its line in the audit stays. The privacy officers are told who is stopped.
    Raises PermissionDenied.
    """
    check(by, Permission.DESK_LETTER_OPEN)
    with connection.cursor() as cursor:
        cursor.execute("SELECT poort.brief_aan_balie(%s, %s, %s)", [found.code, found.round_id, why.value])
        answer = json.loads(cursor.fetchone()[0])
    too_often = answer["antwoord"] == "te_vaak"
    if too_often:
        notifications.codes_guessed(by)
    return Opened(answer.get("brief"), too_often=too_often)
