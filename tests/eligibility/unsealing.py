"""A koppeling of which people came out, and requests to open why."""

import uuid
from dataclasses import dataclass

from django.db import connection, connections

from eligibility.actions import seals, unsealing
from eligibility.models import Run, UnsealRequest
from outreach.kernel.db import acting_as
from outreach.models import Person, Role, User
from tests import factories
from tests.eligibility import deliver
from tests.roles import as_role

AAD, BEA, CAS, KID = (deliver.bsn(number) for number in (30000000, 30000100, 30000200, 30000300))


@dataclass
class Town:
    """Aad had bijstand, Bea at his address an aio, their child goes to school; Cas came out of nothing."""

    run: Run

    def person(self, name: str) -> uuid.UUID:
        with as_role("migrate"):
            return Person.objects.get(given_names=name).pk

    def household(self) -> uuid.UUID:
        with as_role("migrate"):
            return Person.objects.get(given_names="Aad").memberships.get().household_id


def town(manager: User) -> Town:
    home = {"adres_id": "0363010000000001", "huisnummer": "1"}
    lines = [
        deliver.resident(AAD, voornamen="Aad", bsn_partner=BEA, **home),
        deliver.resident(BEA, voornamen="Bea", bsn_partner=AAD, **home),
        deliver.resident(
            KID, voornamen="Kid", bsn_ouder1=AAD, bsn_ouder2=BEA, geboortedatum="20140401", **home
        ),
        deliver.resident(CAS, voornamen="Cas", adres_id="0363010000000002", huisnummer="2"),
    ]
    deliver.deliver(deliver.brp(lines), "brp", by=manager)
    deliver.deliver(deliver.client_file([AAD]), "bijstand", 2025, by=manager)
    deliver.deliver(deliver.client_file([BEA]), "aio", 2025, by=manager)
    pupils = deliver.client_file([f"{KID};PO;7"], "bsn;onderwijs;leerjaar")
    deliver.deliver(pupils, "leerlingen", by=manager)
    return Town(deliver.run_through(manager))


def ask(of: Town, name: str = "Aad", by: User | None = None) -> UnsealRequest:
    by = by or factories.user(Role.PRIVACY_OFFICER)
    with acting_as(by.actor()):
        return seals.ask(person=of.person(name), run=of.run.pk, reason="Bezwaar, zaak 12", by=by)


def about(run: Run, person: uuid.UUID) -> UnsealRequest:
    """A request about somebody of whom something lies sealed that nobody can open."""
    with as_role("koppel"), connection.cursor() as cursor:
        cursor.execute("SELECT poort.maak_verzegeld(%s)", [run.pk])
        cursor.execute("INSERT INTO blackbox.verzegeld VALUES (%s, %s, '')", [run.pk, person])
    officer = factories.user(Role.PRIVACY_OFFICER)
    with acting_as(officer.actor()):
        return seals.ask(person=person, run=run.pk, reason="Bezwaar", by=officer)


def allow(request: UnsealRequest, by: User | None = None) -> User:
    by = by or factories.user(Role.JURIDISCH_ADVISEUR)
    with acting_as(by.actor()):
        seals.consent(request=request, by=by)
    return by


def open_due() -> int:
    with as_role("koppel"):
        return unsealing.open_due()


def read(request: UnsealRequest, by: User) -> list[str]:
    with acting_as(by.actor()):
        return seals.read(request=UnsealRequest.objects.get(pk=request.pk), by=by)


def opened(of: Town, name: str = "Aad") -> tuple[UnsealRequest, User, User]:
    """A request that was opened, who asked it and who agreed."""
    officer = factories.user(Role.PRIVACY_OFFICER)
    request = ask(of, name, officer)
    adviser = allow(request)
    assert open_due() == 1
    return request, officer, adviser


def by_hand(statement: str, *values: object) -> list[tuple]:
    with connections["migrate"].cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []
