"""The bronnen (sources) as data: the one place where the seeding migration and ``koppel`` read them.

A bron says which columns a file has (``layout``), whether it is about one calendar year (``per_year``),
who supplies it and what being in it says about a household's income: ``grounds`` gives the class per
year, counted from the year of the peildatum (0 is that year, -1 the refertejaar). The class of
``ib_toets`` is only reached with the answers that the box's rule asks for.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from eligibility.regelingen import REGELINGEN
from outreach.kernel.purposes import MINIMA

ZEKER = "zeker"
ONZEKER = "onzeker"

LAYOUT_BRP = "brp"
LAYOUT_GBA_V = "gba_v"
LAYOUT_LEERLINGEN = "leerlingen"
LAYOUT_ONTVANGERS = "ontvangers"
LAYOUT_VOORZIENING = "voorziening"
LAYOUT_IB_TOETS = "ib_toets"
LAYOUT_OPTOUT = "optout"

BRP_COLUMNS: tuple[str, ...] = (
    "bsn", "voornamen", "voorvoegsel", "geslachtsnaam", "naamgebruik", "voorvoegsel_partner",
    "geslachtsnaam_partner", "geslacht", "geboortedatum", "overlijdensdatum", "opschorting", "geheim",
    "bsn_partner", "bsn_ouder1", "bsn_ouder2", "gemeentecode", "functie_adres", "adres_id", "straat",
    "huisnummer", "huisletter", "toevoeging", "postcode", "woonplaats", "buurtcode",
)  # fmt: skip

#: The elements of a persoonslijst that are kept; every other column of the file is passed by.
GBA_V_COLUMNS: tuple[str, ...] = (
    "01.01.20", "01.02.10", "01.02.30", "01.02.40", "01.03.10", "01.04.10", "01.61.10",
    "02.01.20", "03.01.20",
    "05.01.20", "05.02.30", "05.02.40", "05.06.10", "05.07.10",
    "06.08.10", "07.67.20", "07.70.10",
    "08.09.10", "08.10.10", "08.11.10", "08.11.20", "08.11.30", "08.11.40", "08.11.60", "08.11.70",
    "08.11.80",
)  # fmt: skip

PURPOSE = MINIMA

#: The seeded agreements run from this day and have no end.
AGREEMENT_FROM = dt.date(2019, 1, 1)


@dataclass(frozen=True, slots=True)
class Bron:
    """One source. ``columns`` must all be in a file, ``optional_columns`` may be; no other may."""

    code: str
    title: str
    layout: str
    supplier: str
    columns: tuple[str, ...]
    optional_columns: tuple[str, ...] = ()
    per_year: bool = False
    grounds: Mapping[int, str] = field(default_factory=lambda: MappingProxyType({}))
    delimiter: str = ";"
    encodings: tuple[str, ...] = ("utf-8", "cp1252")

    @property
    def holds_population(self) -> bool:
        """Whether the rows are inhabitants; the newest such delivery is the population of a run."""
        return self.layout in (LAYOUT_BRP, LAYOUT_GBA_V)


@dataclass(frozen=True, slots=True)
class Agreement:
    """What a supplier and the municipality agreed: when, for which purposes, with which columns."""

    bron: str
    valid_from: dt.date
    valid_to: dt.date | None
    purposes: tuple[str, ...]
    columns: tuple[str, ...]

    def in_force(self, day: dt.date) -> bool:
        """Whether the agreement covers a delivery with this peildatum (both ends included)."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


def _recipients(code: str, title: str, supplier: str, grounds: dict[int, str]) -> Bron:
    return Bron(
        code, title, LAYOUT_ONTVANGERS, supplier, ("bsn",), per_year=True, grounds=MappingProxyType(grounds)
    )


def _voorziening(code: str, title: str) -> Bron:
    return Bron(
        code,
        title,
        LAYOUT_VOORZIENING,
        "Afdeling Armoedebestrijding",
        ("bsn",),
        optional_columns=("bsn_kind",),
        per_year=True,
        grounds=MappingProxyType({0: ZEKER, -1: ONZEKER}),
    )


BRONNEN: tuple[Bron, ...] = (
    Bron("brp", "Basisregistratie Personen", LAYOUT_BRP, "Basisinformatie", BRP_COLUMNS),
    Bron(
        "gba_v",
        "Persoonslijsten (GBA-V)",
        LAYOUT_GBA_V,
        "Rijksdienst voor Identiteitsgegevens",
        GBA_V_COLUMNS,
    ),
    Bron("leerlingen", "Leerlingen", LAYOUT_LEERLINGEN, "Leerplicht", ("bsn", "onderwijs", "leerjaar")),
    _recipients("bijstand", "Bijstand", "Werk, Participatie en Inkomen", {-1: ZEKER}),
    _recipients("aio", "Aanvullende inkomensvoorziening ouderen", "Sociale Verzekeringsbank", {-1: ZEKER}),
    _recipients("bijzondere_bijstand", "Bijzondere bijstand", "Werk, Participatie en Inkomen", {-1: ONZEKER}),
    _recipients("bbz_gift", "Bbz als gift", "Werk, Participatie en Inkomen", {-1: ZEKER}),
    _recipients("kwijtschelding", "Kwijtschelding gemeentebelastingen", "Belastingen", {0: ONZEKER}),
    *(_voorziening(regeling.code, regeling.title) for regeling in REGELINGEN),
    Bron(
        "ib_toets",
        "Toets van het Inlichtingenbureau",
        LAYOUT_IB_TOETS,
        "Inlichtingenbureau",
        ("bsn", "antwoord"),
        per_year=True,
        grounds=MappingProxyType({-1: ZEKER}),
    ),
    Bron(
        "optout",
        "Mensen die geen bericht willen",
        LAYOUT_OPTOUT,
        "Afdeling Armoedebestrijding",
        ("bsn", "regeling"),
    ),
)

BRON_BY_CODE: Mapping[str, Bron] = MappingProxyType({bron.code: bron for bron in BRONNEN})


def seeded_agreements() -> tuple[Agreement, ...]:
    """The agreements that every fresh installation starts with: all columns, this one purpose."""
    return tuple(
        Agreement(bron.code, AGREEMENT_FROM, None, (PURPOSE,), bron.columns + bron.optional_columns)
        for bron in BRONNEN
    )
