"""Section 1.2: persoonslijsten in the GBA-V layout, as rows of the flat layout."""

Row = dict[str, str]
ELEMENT = {
    "bsn": "01.01.20", "voornamen": "01.02.10", "voorvoegsel": "01.02.30", "geslachtsnaam": "01.02.40",
    "naamgebruik": "01.61.10", "geboortedatum": "01.03.10", "geslacht": "01.04.10", "bsn_ouder1": "02.01.20",
    "bsn_ouder2": "03.01.20", "overlijdensdatum": "06.08.10", "opschorting": "07.67.20", "geheim": "07.70.10",
    "gemeentecode": "08.09.10", "functie_adres": "08.10.10", "straat": "08.11.10", "huisnummer": "08.11.20",
    "huisletter": "08.11.30", "toevoeging": "08.11.40", "postcode": "08.11.60", "woonplaats": "08.11.70",
    "adres_id": "08.11.80",
}  # fmt: skip
PARTNER = {
    "bsn_partner": "05.01.20",
    "voorvoegsel_partner": "05.02.30",
    "geslachtsnaam_partner": "05.02.40",
}
LOOKED_AT = {*ELEMENT.values(), *PARTNER.values(), "05.06.10", "05.07.10", "05.H"}
ANOTHER = {"04", "05", "09", "12"}
HISTORY = {str(number) for number in range(51, 65)}


def persoonslijsten(lines: list[list[str]]) -> list[list[list[str]]]:
    """ "The first column holds the id of a persoonslijst; a row with an empty first column continues the list
    above it"."""
    lists: list[list[list[str]]] = []
    for line in lines:
        if line[0].strip(" ") or not lists:
            lists.append([line])
        else:
            lists[-1].append(line)
    return lists


def as_brp(header: list[str], rows: list[list[str]]) -> Row:
    """One list as a row of `brp`. "The first row of a list is current for every category"."""
    place = {element: header.index(element) for element in LOOKED_AT}
    first = rows[0]
    result = {column: first[place[element]] for column, element in ELEMENT.items()}
    partner = partner_row(rows, place)
    result |= {column: partner[place[element]] if partner else "" for column, element in PARTNER.items()}
    return {**result, "buurtcode": ""}  # "empty if unknown"


def partner_row(rows: list[list[str]], place: dict[str, int]) -> list[str] | None:
    """ "The partner is on a current row of 05 with 05.06.10 filled and 05.07.10 empty": the first such."""
    for row in current_marriages(rows, place["05.H"]):
        if row[place["05.06.10"]].strip(" ") and not row[place["05.07.10"]].strip(" "):
            return row
    return None


def current_marriages(rows: list[list[str]], marker: int) -> list[list[str]]:
    """ "cc.H says what the next row of that category is: 51–64 history; 04 05 09 12 another …, whose row is
    current again; rows below an empty marker do not count"."""
    current = [rows[0]]
    says = rows[0][marker].strip(" ")
    for row in rows[1:]:
        if says in ANOTHER:
            current.append(row)
        elif says not in HISTORY:
            break
        says = row[marker].strip(" ")
    return current
