"""After an older backup was put back: destroy again what was destroyed after it. The log outside says what.

Numbers of rows may have gone to something else since; so a delivery is known by the random name of its file.
"""

import datetime
from pathlib import Path

import psycopg
from django.conf import settings
from django.db.models.functions import Now
from django.utils.timezone import localdate

from eligibility import files, transitions
from eligibility.actions import box as boxes
from eligibility.actions import destroying_casework as casework
from eligibility.actions.keys import key_folder
from eligibility.actions.settling import LOG
from eligibility.locks import LOCK_DESTRUCTION, holding
from eligibility.models import Delivery, DeliveryKey, DeliveryState, RunSeal
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.kernel.destruction_log import DestructionLog, flush_folder
from outreach.models import LegalHold
from outreach.models.destruction import RetentionKind
from outreach.policies import NotNow


def repeat() -> tuple[int, list[str]]:
    """Destroy all of the log again: how many had come back, and what a hold in the backup keeps.

    People who came out of a koppeling since are left alone. Raises LogBroken, BoxBusy, and NotNow while the
    worker destroys.
    """
    back, held, rows_came_back = 0, [], False
    with holding(LOCK_DESTRUCTION, 1) as box:
        if box is None:
            raise NotNow("De werker is aan het vernietigen. Zet hem uit en probeer het opnieuw.")
        for line in DestructionLog(settings.DESTRUCTION_FOLDER, LOG).lines():
            if line["soort"] == RetentionKind.CYCLE:
                kept = LegalHold.objects.covers(RetentionKind.CYCLE, str(line["onderwerp"]))
                came_back = not kept and key_folder().destroy(str(line["sleutel"]))
            elif line["soort"] == RetentionKind.REASONS:
                kept, came_back = _reasons(box, line)
            elif line["soort"] in casework.KINDS:
                kept, came_back = _casework(line)
                rows_came_back |= came_back
            else:
                kept, came_back = _delivery(box, line)
            back += came_back
            held += [f"{line['soort']} {line['onderwerp']}"] * kept
        if rows_came_back:
            casework.write_anew(box)
    for folder in (settings.UPLOAD_FOLDER, settings.KEY_FOLDER):
        if Path(folder).exists():
            flush_folder(Path(folder))
    return back, held


def _delivery(box: psycopg.Connection, line: dict[str, object]) -> tuple[bool, bool]:
    """Whether it is held, and whether something of it had come back."""
    name, key = str(line["bestand"]), str(line["sleutel"])
    delivery = Delivery.objects.filter(stored_as=name).first()
    if delivery is not None and LegalHold.objects.covers(RetentionKind.DELIVERY, str(delivery.pk)):
        return True, False
    number = delivery.box_number if delivery else _free(line["nummer"])
    if number is not None:
        boxes.drop_delivery(box, number)
    there = (Path(settings.UPLOAD_FOLDER) / name).exists()
    files.remove(name)
    there |= key_folder().destroy(key)
    with acting_as(SYSTEM_ACTOR):
        if delivery is None:
            # The backup is older than the upload, and holds its key as one that is still free.
            there |= bool(DeliveryKey.objects.filter(name=key, taken=False).update(taken=True))
        elif delivery.state != DeliveryState.DESTROYED:
            transitions.apply(delivery, transitions.REPEAT, details={"uit": "logboek"})
            there = True
    return False, there


def _reasons(box: psycopg.Connection, line: dict[str, object]) -> tuple[bool, bool]:
    """Whether they are held, and whether something of them had come back. Known by the name of their key."""
    key = str(line["sleutel"])
    seal = RunSeal.objects.filter(key_name=key).first()
    if seal is not None and LegalHold.objects.covers(RetentionKind.REASONS, str(seal.run_id)):
        return True, False
    there = key_folder().destroy(key)
    if seal is not None:
        boxes.drop_reasons(box, seal.run_id)
        there |= bool(RunSeal.objects.filter(pk=seal.pk, destroyed_at=None).update(destroyed_at=Now()))
    return False, there


def _casework(line: dict[str, object]) -> tuple[bool, bool]:
    """Whether a round or a person is held, and whether something of it had come back."""
    subject = str(line["onderwerp"])
    if LegalHold.objects.covers(str(line["soort"]), subject):
        return True, False
    with acting_as(SYSTEM_ACTOR):
        if line["soort"] == RetentionKind.ROUND:
            made = datetime.datetime.fromisoformat(str(line["gemaakt"]))
            told = casework.remove_round(int(subject), made, repeat=True)
            return bool(told.get("bewaard") or "wacht" in told), bool(told.get("huishoudens"))
        since = datetime.datetime.fromisoformat(str(line["op"]))
        became = casework.remove_people([subject], localdate(since), since=since)
        return became[subject] == "bewaard", became[subject] in ("weg", "kaal")


def _free(number: object) -> int | None:
    """The number of a partition that no delivery of this database has: what lies there is nobody's."""
    if not isinstance(number, int) or Delivery.objects.filter(box_number=number).exists():
        return None
    return number
