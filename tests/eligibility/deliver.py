"""Deliveries as the browser and the worker make them, without a browser and without a worker process."""

import datetime
import json
from collections.abc import Iterable
from pathlib import Path

from eligibility.actions import deliveries, keys, koppeling, loading, runs
from eligibility.bronnen import PURPOSE
from eligibility.files import EncryptedWriter
from eligibility.models import Bron, Delivery, Run, Transparency
from outreach.kernel import clock
from outreach.kernel.db import acting_as
from outreach.models import Candidacy, Regeling, Role, User
from tests import factories
from tests.roles import as_role

DAY = datetime.date(2026, 3, 1)

BRP_HEADER = (
    "bsn;voornamen;voorvoegsel;geslachtsnaam;naamgebruik;voorvoegsel_partner;geslachtsnaam_partner;geslacht;"
    "geboortedatum;overlijdensdatum;opschorting;geheim;bsn_partner;bsn_ouder1;bsn_ouder2;gemeentecode;"
    "functie_adres;adres_id;straat;huisnummer;huisletter;toevoeging;postcode;woonplaats;buurtcode"
)


def bsn(number: int) -> str:
    """The valid BSN that begins with the eight digits of `number`, or of the first one after it that can."""
    while True:
        digits = f"{number:08d}"
        check = sum((9 - place) * int(digit) for place, digit in enumerate(digits)) % 11
        if check < 10:
            return f"{digits}{check}"
        number += 1


def resident(number: str, **fields: str) -> str:
    """One line of a `brp` file: somebody of about forty in a house of his own, unless told otherwise."""
    row = dict.fromkeys(BRP_HEADER.split(";"), "") | {
        "bsn": number,
        "voornamen": "Aad",
        "geslachtsnaam": f"Proef{number[:4]}",
        "naamgebruik": "E",
        "geslacht": "V",
        "geboortedatum": "19860310",
        "geheim": "0",
        "gemeentecode": "0363",
        "functie_adres": "W",
        "straat": "Gerststraat",
        "huisnummer": str(1 + int(number) % 9000),
        "postcode": "1099AB",
        "woonplaats": "Waterveen",
        "buurtcode": "BU03630001",
    }
    return ";".join((row | fields).values())


def brp(lines: Iterable[str]) -> bytes:
    return "\n".join([BRP_HEADER, *lines, ""]).encode()


def client_file(numbers: Iterable[str], header: str = "bsn") -> bytes:
    return "\n".join([header, *numbers, ""]).encode()


def upload(
    content: bytes,
    bron: str,
    year: int | None = None,
    *,
    by: User,
    peildatum: datetime.date = DAY,
    name: str = "proef.csv",
) -> Delivery:
    """What the upload page does once the file is in."""
    with as_role("koppel"):
        keys.keep_ready()
    with acting_as(by.actor()):
        key = keys.take()
        file = EncryptedWriter(key.public_key)
        file.write(content)
        file.finish()
        return deliveries.receive(
            bron=Bron.objects.get(pk=bron),
            year=year,
            peildatum=peildatum,
            file_name=name,
            file=file,
            key=key,
            by=by,
        )


def process(delivery: Delivery) -> Delivery:
    """What the worker does with it."""
    with as_role("koppel"):
        loading.process(delivery.pk)
    delivery.refresh_from_db()
    return delivery


def deliver(content: bytes, bron: str, year: int | None = None, **kwargs: object) -> Delivery:
    return process(upload(content, bron, year, **kwargs))


def deliver_folder(folder: Path, by: User) -> list[Delivery]:
    """Every file of a folder of deliveries; what is held is accepted."""
    made = []
    for entry in json.loads((folder / "levering.json").read_text(encoding="utf-8")):
        delivery = deliver(
            (folder / entry["bestand"]).read_bytes(),
            entry["bron"],
            entry.get("jaar"),
            by=by,
            peildatum=datetime.date.fromisoformat(entry["peildatum"]),
            name=entry["bestand"],
        )
        if delivery.state == "aangehouden":
            with acting_as(by.actor()):
                deliveries.accept(delivery=delivery, reason="Nagekeken", by=by)
        made.append(delivery)
    return made


def transparent(**changes: object) -> Transparency:
    """The version of the transparantiedocument that holds; made here, past the pages, if there is none."""
    held = Transparency.objects.current()
    if held and not changes:
        return held
    told = {
        "number": held.number + 1 if held else 1,
        "bronnen": [bron.pk for bron in Bron.objects.all()],
        "regelingen": [regeling.pk for regeling in Regeling.objects.all()],
        "purposes": [PURPOSE],
        "text": "Wij zoeken wie recht heeft op een regeling.",
        "made_by": factories.user(Role.FUNCTIONEEL_BEHEERDER),
        "approved_by": factories.user(Role.PRIVACY_OFFICER),
        "approved_at": clock.now(),
    }
    with as_role("migrate"):
        return Transparency.objects.create(**(told | changes))


def start(by: User, peildatum: datetime.date = DAY) -> Run:
    transparent()
    with acting_as(by.actor()):
        return runs.start(peildatum=peildatum, by=by)


def carry_out(run: Run) -> Run:
    with as_role("koppel"):
        koppeling.carry_out(run.pk)
    run.refresh_from_db()
    return run


def run_through(by: User, peildatum: datetime.date = DAY) -> Run:
    return carry_out(start(by, peildatum))


def handed_over(run: Run) -> dict[str, list[str]]:
    """What came into the casework, as the lists of a run on a folder write it, per regeling."""
    with as_role("migrate"):
        candidacies = list(
            Candidacy.objects.filter(household__handover_id=run.pk)
            .select_related("household")
            .prefetch_related("persons", "household__members__person")
        )
    lists: dict[str, list[tuple]] = {}
    for one in candidacies:
        home = one.household
        addressee = next(member.person for member in home.members.all() if member.addressee)
        persons = "|".join(
            sorted(f"{person.full_name()} {person.birth_date}".strip() for person in one.persons.all())
        )
        address = (
            home.street,
            str(home.house_number),
            home.house_letter,
            home.house_suffix,
            home.postcode,
            home.city,
        )
        line = ";".join([one.klasse, addressee.full_name(), *address, home.buurt_code, one.mode, persons])
        order = (
            home.postcode, home.house_number, home.house_letter, home.house_suffix, addressee.full_name(),
            one.klasse, persons,
        )  # fmt: skip
        lists.setdefault(one.regeling_id, []).append((order, line))
    return {regeling: [line for _, line in sorted(rows)] for regeling, rows in lists.items()}
