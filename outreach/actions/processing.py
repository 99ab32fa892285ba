"""The register of what is done with data of people, made anew of how this installation is set up.

Source: AVG article 30, paragraph 1. Each room tells of its own; the privacy officer reads them together.
"""

from collections.abc import Iterable
from dataclasses import astuple, dataclass

from django.conf import settings

from outreach.models import Organisation, RetentionRule, Role, User
from outreach.models.destruction import RetentionKind

#: What stands where a municipality has not yet written something down.
MISSING = "nog niet vastgelegd"
HEADINGS = (
    "Nummer",
    "Verwerking",
    "Doel",
    "Rust op",
    "Van wie",
    "Welke gegevens",
    "Van wie krijgen wij ze",
    "Wie krijgt ze",
    "Hoe lang bewaard",
    "Hoe beveiligd",
)
HOUSEHOLDS = "inwoners die misschien iets mislopen, en hun gezin"
INSIDE = "alleen medewerkers met de rol daarvoor"
_EVERYWHERE = (
    "inloggen met een tweede stap; ieder ziet alleen zijn eigen gebied; elke inzage wordt vastgelegd"
)


@dataclass(frozen=True, slots=True)
class Processing:
    """One line of the register, in the order of HEADINGS. What is not known says MISSING."""

    number: str
    name: str
    purpose: str
    ground: str
    subjects: str
    data: str
    source: str
    recipients: str
    kept: str
    security: str = _EVERYWHERE

    def cells(self) -> tuple[str, ...]:
        return astuple(self)

    def gaps(self) -> list[str]:
        """The headings under which something was not written down."""
        return [name for name, cell in zip(HEADINGS, self.cells(), strict=True) if MISSING in cell]


def kept(*kinds: RetentionKind) -> str:
    """How long these kinds are kept, as two people agreed to it."""
    said = []
    for kind in kinds:
        rule = RetentionRule.objects.current(kind)
        said.append(f"{kind.label.lower()}: {rule.term_text() if rule else MISSING}")
    return "; ".join(said)


def named(names: Iterable[str], otherwise: str) -> str:
    return ", ".join(sorted(names)) or otherwise


def of_the_casework() -> list[Processing]:
    """Visits and gesprekken, hand-overs to organisations, and the staff with what they did."""
    organisations = Organisation.objects.filter(active=True).values_list("name", flat=True)
    return [
        Processing(
            "bezoeken",
            "Langs de deur gaan en gesprekken vastleggen",
            "inwoners helpen aan regelingen waar zij misschien recht op hebben",
            "de ronde, die een ander vaststelde dan wie hem maakte",
            HOUSEHOLDS,
            "naam, geboortedatum, adres, gezin, regelingen, uitkomst van het gesprek, taken",
            "de koppeling en het gesprek zelf",
            "medewerkers van het buurtteam van die buurt",
            kept(RetentionKind.ROUND, RetentionKind.PERSON),
        ),
        Processing(
            "overdracht",
            "Overdragen aan een organisatie",
            "hulp die de gemeente zelf niet geeft",
            "toestemming van de inwoner, met datum vastgelegd",
            "inwoners die daarom vragen",
            "wat de inwoner goedvindt om te delen",
            "het gesprek",
            named(organisations, "nog geen organisatie"),
            kept(RetentionKind.PERSON),
        ),
        Processing(
            "verzoeken",
            "Vragen van inwoners over hun gegevens beantwoorden",
            "inzage geven, verbeteren, stoppen en uitleggen waarom iemand gevonden is",
            "AVG artikel 12 tot en met 21",
            "inwoners die iets vragen",
            "wie het vraagt, wat, wanneer en het antwoord; BSN alleen versleuteld",
            "de inwoner",
            "de inwoner zelf",
            kept(RetentionKind.PERSON),
        ),
        Processing(
            "medewerkers",
            "Toegang en verantwoording",
            "weten wie wat mag en wie wat bekeek",
            "AVG artikel 5 lid 2 en artikel 32",
            f"medewerkers ({User.objects.filter(is_active=True).count()} kunnen inloggen)",
            "naam, rol, team, tijdstip en soort van elke handeling",
            "de functioneel beheerder en het gebruik",
            "de privacy officer",
            MISSING,
            "alleen aan te vullen, verzegeld; " + measures(),
        ),
    ]


def measures() -> str:
    """What protects everything here, as far as it is a choice of this installation."""
    sign_in = (
        "via de gemeente en met een eigen wachtwoord" if settings.OIDC_ISSUER else "met een eigen wachtwoord"
    )
    scanner = (
        "een virusscanner kijkt elk bestand na" if settings.VIRUS_SCANNER else "geen virusscanner ingesteld"
    )
    roles = f"{len(Role.values)} rollen"
    return f"inloggen {sign_in} en een tweede stap; {roles}; {scanner}"
