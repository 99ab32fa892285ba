"""Why a file or a row is refused: the rules of section 1.3 of the koppeling, each with its Dutch sentence.

A message names file, line, column and rule, and never a value: a file without a header has people
in its first line, so even the name of an unknown column is not repeated.
"""

from dataclasses import dataclass
from enum import StrEnum


class Rule(StrEnum):
    """A rule by its wire name (as in `verantwoording.json` and the error report) and what it says."""

    sentence: str

    def __new__(cls, code: str, sentence: str) -> "Rule":
        rule = str.__new__(cls, code)
        rule._value_ = code
        rule.sentence = sentence
        return rule

    # The whole file: what is in it.
    EMPTY_FILE = "leeg_bestand", "Het bestand is leeg."
    NO_ROWS = "nul_rijen", "Het bestand heeft geen rijen onder de kopregel."
    FILE_KIND = "bestandssoort", "Dit soort bestand kan niet worden gelezen. Lever een CSV- of XLSX-bestand."
    NUL_BYTE = "nul_teken", "Het bestand bevat een NUL-teken."
    ENCODING = "codering", "De tekens passen niet bij de afgesproken codering."
    LINE_TOO_LONG = "regel_te_lang", "De regel is langer dan 64 KiB."
    OPEN_QUOTE = "aanhaling_open", "Een aanhalingsteken wordt in het bestand niet gesloten."
    DELIMITER = "scheidingsteken", "De kolommen zijn niet gescheiden met het afgesproken scheidingsteken."
    COLUMN_MISSING = "kolom_ontbreekt", "Deze kolom hoort in het bestand maar ontbreekt."
    COLUMN_UNKNOWN = "kolom_onbekend", "Deze kolom hoort niet in het bestand."
    COLUMN_TWICE = "kolom_dubbel", "Deze kolom staat meer dan één keer in het bestand."
    FILE_CHANGED = "bestand_gewijzigd", "Het bestand is veranderd tussen controleren en inladen."

    # The whole file: XLSX.
    XLSX_BROKEN = "xlsx_kapot", "Het XLSX-bestand kan niet worden gelezen."
    XLSX_TOO_BIG = (
        "xlsx_te_groot",
        "Het XLSX-bestand heeft 100.000 rijen of meer, of is groter dan 32 MB. Lever CSV.",
    )
    XLSX_BOMB = "xlsx_bom", "Het XLSX-bestand wordt bij uitpakken te groot."
    XLSX_FORMULA = "xlsx_formule", "De cel bevat een formule. Lever alleen waarden."
    XLSX_SHEETS = "xlsx_bladen", "Het XLSX-bestand heeft meer dan één blad met gegevens."

    # The whole file: what was agreed about it.
    NO_AGREEMENT = "geen_overeenkomst", "Op de leverdatum geldt er geen overeenkomst met deze bron."
    NO_PURPOSE = "doel_ontbreekt", "De overeenkomst met deze bron noemt dit doel niet."
    NOT_WHOLE = (
        "overeenkomst_onvolledig",
        "De overeenkomst met deze bron is nog niet volledig. De functioneel beheerder vult haar aan.",
    )
    NOT_TOLD = (
        "niet_verteld",
        "Het transparantiedocument dat nu geldt, noemt deze bron niet. Laat een nieuwe versie goedkeuren.",
    )
    NOT_AGREED = (
        "kolom_niet_afgesproken",
        "De overeenkomst noemt deze kolom niet. Zonder die kolom kan het niet.",
    )
    DELIVERED_BEFORE = "al_geleverd", "Dezelfde inhoud is al geleverd voor deze bron en dit jaar."
    VIRUS = "virus", "De virusscanner keurt het bestand af."

    # `levering.json`.
    MANIFEST_MISSING = "levering_ontbreekt", "Het bestand levering.json staat niet in de map."
    MANIFEST_BROKEN = "levering_kapot", "Dit is geen leesbare JSON in UTF-8."
    MANIFEST_SHAPE = "levering_vorm", "Hier hoort een lijst met één onderdeel per bestand te staan."
    KEY_MISSING = "gegeven_ontbreekt", "Dit gegeven ontbreekt."
    KEY_TYPE = "gegeven_soort", "Dit gegeven is van een verkeerde soort."
    SOURCE_UNKNOWN = "bron_onbekend", "Deze bron is niet bekend."
    YEAR_MISSING = "jaar_ontbreekt", "Bij deze bron hoort een jaar."
    YEAR_IMPOSSIBLE = "jaar_onmogelijk", "Het jaar ligt niet tussen 2000 en 2100."
    REFERENCE_DATE = "peildatum_onmogelijk", "De peildatum is geen bestaande datum in de vorm jjjj-mm-dd."
    OUTSIDE_FOLDER = "buiten_map", "Het bestand ligt niet in de map van de levering."
    FILE_MISSING = "bestand_ontbreekt", "Het bestand staat niet in de map."

    # One row.
    FIELD_COUNT = "aantal_velden", "De rij heeft te weinig of te veel velden."
    VALUE_TOO_LONG = "waarde_te_lang", "De waarde is langer dan 1000 tekens."
    BSN_INVALID = "bsn_ongeldig", "Het BSN voldoet niet aan de elfproef of is 000000000."
    BSN_MISSING = "bsn_ontbreekt", "De persoonslijst heeft geen BSN."
    BSN_TWICE = "bsn_dubbel", "Dit BSN staat meer dan één keer in het bestand."
    CHILD_BSN_INVALID = (
        "bsn_kind_ongeldig",
        "Het BSN van het kind voldoet niet aan de elfproef of is 000000000.",
    )
    DATE_IMPOSSIBLE = "datum_onmogelijk", "De datum bestaat niet of is niet jjjjmmdd."
    CODE_UNKNOWN = "code_onbekend", "Deze code staat niet in de lijst van toegestane codes."
    NO_LIST_ABOVE = "rij_zonder_lijst", "De rij hoort bij een persoonslijst, maar er staat er geen boven."


def _place(file: str | None, line: int | None, column: str | None, entry: int | None = None) -> str:
    parts = [file] if file else []
    if entry is not None:
        parts.append(f"onderdeel {entry}")
    if line is not None:
        parts.append(f"regel {line}")
    if column:
        parts.append(f"kolom {column}" if entry is None else f"gegeven {column}")
    return ", ".join(parts)


def _located(place: str, rule: Rule) -> str:
    return f"{place}: {rule.sentence}" if place else rule.sentence


class FileRefused(Exception):
    """The whole file is refused; not one row of it is stored.

    `line` counts from 1 (the header), `column` is a name from the layout, a number or the letter of a
    sheet, `entry` is the number of an item in `levering.json`. `str()` is the Dutch message.
    """

    def __init__(
        self,
        rule: Rule,
        line: int | None = None,
        column: str | None = None,
        *,
        file: str | None = None,
        entry: int | None = None,
    ) -> None:
        super().__init__(rule, line, column)
        self.rule = rule
        self.line = line
        self.column = column
        self.file = file
        self.entry = entry

    def __str__(self) -> str:
        return _located(_place(self.file, self.line, self.column, self.entry), self.rule)

    def in_file(self, name: str) -> "FileRefused":
        """The same refusal that says which file it is about (the reader of a stream cannot know)."""
        return FileRefused(self.rule, self.line, self.column, file=name, entry=self.entry)


@dataclass(frozen=True, slots=True)
class RowRefusal:
    """One row that is left out: the line it starts on, the column (empty: the row as a whole), the rule."""

    line: int
    column: str
    rule: Rule

    def message(self, file: str | None = None) -> str:
        """The Dutch message with its place; never a value."""
        return _located(_place(file, self.line, self.column), self.rule)


class LoadFailed(Exception):
    """The database refused a load, which was undone. Holds the SQLSTATE and nothing of what was sent.

    PostgreSQL repeats the line it stumbled over in its error, so that error is not passed on.
    """

    def __init__(self, sqlstate: str | None) -> None:
        super().__init__(sqlstate)
        self.sqlstate = sqlstate

    def __str__(self) -> str:
        return f"Het inladen is niet gelukt en ongedaan gemaakt (databasefout {self.sqlstate or 'onbekend'})."
