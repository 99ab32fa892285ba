"""The register of what is done with data of people, made anew of how this installation is set up.

Source: AVG article 30, paragraph 1. Each room tells of its own; the privacy officer reads them together.
Who is responsible (under a) is of the municipality as a whole, and stands in its settings.
"""

from collections.abc import Iterable
from dataclasses import astuple, dataclass

from django.conf import settings

from outreach.models import Organisation, RetentionRule, Role, User
from outreach.models.destruction import RetentionKind
from outreach.models.subject_request import PACK_DAYS

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
    "Samen verantwoordelijk met",
    "Doorgifte buiten de EU",
)
HOUSEHOLDS = "inwoners die misschien iets mislopen, en hun gezin"
INSIDE = "alleen medewerkers met de rol daarvoor"
#: Nothing of ours leaves the EU. Where a recipient keeps it is for the municipality to agree on with him.
NO_TRANSFER = "geen"
TRANSFER_BY_RECIPIENT = "geen door Bereik; spreek met wie ze krijgt af dat ze in de EU blijven"
#: What no list of destruction ever takes up. That is so, and no reason to name a term that nobody keeps.
NO_TERM = "geen termijn: Bereik ruimt dit niet op"
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
    jointly: str = "niemand"
    abroad: str = NO_TRANSFER

    def cells(self) -> tuple[str, ...]:
        return astuple(self)

    def gaps(self) -> list[str]:
        """The headings under which something was not written down."""
        return [name for name, cell in zip(HEADINGS, self.cells(), strict=True) if MISSING in cell]


def responsible() -> dict[str, str]:
    """Who is responsible and who watches over that, with how to reach them, or MISSING."""
    municipality = f"Gemeente {settings.GEMEENTE_NAAM}, {settings.GEMEENTE_POSTADRES}"
    return {
        "Verantwoordelijke": f"{municipality}. Contact: {settings.GEMEENTE_VERANTWOORDELIJKE or MISSING}",
        "Functionaris gegevensbescherming": settings.GEMEENTE_FG or MISSING,
    }


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
            abroad=TRANSFER_BY_RECIPIENT,
        ),
        Processing(
            "vertegenwoordigers",
            "Vastleggen wie namens een inwoner optreedt",
            "met de juiste persoon praten als een inwoner dat niet zelf doet",
            "de beschikking van de rechter, of een machtiging van de inwoner",
            "vertegenwoordigers van inwoners, zoals bewindvoerders",
            "naam, adres, telefoon, soort, kenmerk van het bewijs, van wanneer tot wanneer",
            "de inwoner of de vertegenwoordiger",
            INSIDE,
            kept(RetentionKind.PERSON),
        ),
    ]


def of_accounting() -> list[Processing]:
    """What answers for the rest: requests, breaches, counts, accounts and the two logs."""
    return [
        Processing(
            "verzoeken",
            "Vragen van inwoners over hun gegevens beantwoorden",
            "inzage geven, verbeteren, stoppen en uitleggen waarom iemand gevonden is",
            "AVG artikel 12 tot en met 21",
            "inwoners die iets vragen",
            "wie het vraagt, wat, wanneer en het antwoord; BSN alleen versleuteld",
            "de inwoner",
            "de inwoner zelf",
            f"het verzoek: {NO_TERM}; het bestand met het antwoord: {PACK_DAYS} dagen;"
            " het versleutelde BSN: tot het is gekoppeld, of tot een beperking of bezwaar is opgeheven",
        ),
        Processing(
            "datalekken",
            "Datalekken vastleggen en melden",
            "beoordelen, melden en herhaling voorkomen",
            "AVG artikel 33 en 34",
            "inwoners en medewerkers bij wie het lek hoort",
            "wat er gebeurde, om wie het gaat (als nummer), de beoordeling en de meldingen",
            "wie het lek meldt",
            "de privacy officer; wat gemeld moet worden ook de Autoriteit Persoonsgegevens en de inwoner",
            NO_TERM,
        ),
        Processing(
            "rapport",
            "Tellen voor het rapport en de kaart",
            "zien wat werkt, en daarover verantwoording afleggen",
            "AVG artikel 5 lid 1 onder b en artikel 89: statistiek",
            HOUSEHOLDS,
            "aantallen per regeling, buurt en maand, zonder namen",
            "de uitvoering",
            INSIDE,
            f"de aantallen: {NO_TERM}; waaruit geteld wordt: {kept(RetentionKind.ROUND)}",
            "kleine aantallen zijn niet te zien; van wie vernietigd is, blijft alleen een aantal",
        ),
        Processing(
            "medewerkers",
            "Toegang geven",
            "weten wie wat mag",
            "AVG artikel 32",
            f"medewerkers ({User.objects.filter(is_active=True).count()} kunnen inloggen)",
            "naam, e-mailadres, rol, team, laatste keer ingelogd",
            "de functioneel beheerder",
            "de functioneel beheerder en de privacy officer",
            "wie weggaat, kan niet meer inloggen; het account blijft staan bij wat hij deed, zonder termijn",
            measures(),
        ),
        Processing(
            "logboek",
            "Vastleggen wie wat deed en van wie gegevens verwerkt zijn",
            "verantwoording afleggen, en misbruik zien",
            "AVG artikel 5 lid 2 en artikel 32",
            f"medewerkers, en {HOUSEHOLDS}",
            "nummer van de medewerker, rol, tijdstip en soort van elke handeling; inwoners als nummer",
            "het gebruik van Bereik",
            "de privacy officer; een inwoner die om inzage vraagt",
            f"{NO_TERM}; een regel gaat niet weg, ook niet als de inwoner zelf is vernietigd",
            "alleen aan te vullen, verzegeld; alleen de privacy officer leest het",
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
