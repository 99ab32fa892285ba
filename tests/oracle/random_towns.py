"""Tiny towns in which everything happens at once: dense, adversarial, and the same for the same seed."""

import csv
import io
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from random import Random

from tests.oracle.people import aow_age
from tests.oracle.reading import BRP, FIRST_AGREEMENT, RECIPIENTS, VOORZIENINGEN, days_in_month, passes

PER_CHILD = ["scholierenvergoeding", "laptop", "reiskosten"]
FIRST = ["Aad", "Bea", "aad", "Zoë", "Ömer", "𐐀bel", "Ａnna", "Anna Maria", "Đặng", "", "Jo-Ann", "É́l"]
LAST = [
    "Smit",
    "Smits",
    "de Wit",
    "El Amrani",
    "O'Neill",
    "Ünal",
    "ünal",
    "Łuk",
    'van "Zand"',
    "A;B",
    "",
    "Smit\nJr",
]
PARTICLE = ["", "", "", "van", "van der", "'t"]
NUMBERS = ["1", "2", "10", "100", "99999"]
STREETS = ["Laan", "Kade", "laan 1", "É-weg", 'Hof "Noord"', "Plein; zuid"]


@dataclass
class Place:
    """An object lived in; several may share an id or a written address."""

    adres_id: str
    straat: str
    huisnummer: str
    huisletter: str
    toevoeging: str
    postcode: str
    buurtcode: str


@dataclass
class RandomTown:
    """Writes the folder. `names` are used once, so that no order is left open by the rules."""

    folder: Path
    rng: Random
    peildatum: date
    people: int
    places: list[Place] = field(default_factory=list)
    bsns: list[str] = field(default_factory=list)
    entries: list[dict[str, object]] = field(default_factory=list)
    names: set[tuple[str, ...]] = field(default_factory=set)
    contents: set[tuple[str, int | None, bytes]] = field(default_factory=set)
    latin1: bool = False
    firsts: list[str] = field(default_factory=list)
    lasts: list[str] = field(default_factory=list)
    streets: list[str] = field(default_factory=list)

    # -- dice --------------------------------------------------------------------------------------

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def bsn(self) -> str:
        while True:
            text = "".join(self.rng.choice("0123456789") for _ in range(9))
            if self.chance(0.25):
                text = "00" + text[2:]
            if passes(text):
                return text

    def somebody(self) -> str:
        """The number of an inhabitant, mostly."""
        return self.rng.choice(self.bsns) if self.chance(0.95) else self.bsn()

    def written(self, bsn: str, *, broken: float = 0.01) -> str:
        """A number as a file may hold it."""
        if self.chance(broken):
            return self.rng.choice(["000000000", "123456789", "12345678X", "0", "1234567890"])
        if bsn.startswith("0") and self.chance(0.3):
            bsn = bsn.lstrip("0") if self.chance(0.7) else bsn[1:]
        return f" {bsn} " if self.chance(0.02) else bsn

    def few(self, names: list[str], number: int) -> list[str]:
        """A few of `names`, so that people share them; all in cp1252 in a town that delivers in that."""
        fit = [name for name in names if not self.latin1 or name.isascii() or _is_cp1252(name)]
        return self.rng.sample(fit, k=min(number, len(fit)))

    # -- dates -------------------------------------------------------------------------------------

    def birth(self) -> str:
        draw = self.rng.random()
        if draw < 0.45:
            text = self.edge()
        elif draw < 0.9:
            oldest = self.rng.choice([6_600, 6_600, 22_000, 36_000])
            text = (self.peildatum - timedelta(days=self.rng.randrange(0, oldest))).strftime("%Y%m%d")
        elif draw < 0.93:
            text = (self.peildatum + timedelta(days=self.rng.randrange(1, 500))).strftime("%Y%m%d")
        elif draw < 0.97:
            return f"{self.leap_year_near()}0229"
        else:
            return self.rng.choice(["", "00000000", "99991231", "00010101"])
        if self.chance(0.15):
            text = text[:6] + "00" if self.chance(0.5) else text[:4] + "0000"
        return text

    def edge(self) -> str:
        """A birthday that counts for some rule, on the peildatum or a day or so beside it."""
        years, months = self.rng.choice(
            [(4, 0), (10, 0), (12, 0), (18, 0), (18, 0), (21, 0), aow_age(self.peildatum.year)]
        )
        month = self.peildatum.month - 1 - months
        year = self.peildatum.year - years + month // 12
        month = month % 12 + 1
        day = min(self.peildatum.day, days_in_month(year, month))
        near = date(year, month, day) + timedelta(days=self.rng.choice([-3, -2, -1, -1, 0, 0, 1, 1, 2, 3]))
        return near.strftime("%Y%m%d")

    def leap_year_near(self) -> int:
        years = self.rng.choice([4, 10, 12, 18, 18, 21, 66, 67, 68, 30])
        year = self.peildatum.year - years
        return year - year % 4 if days_in_month(year - year % 4, 2) == 29 else 2004

    # -- inhabitants -------------------------------------------------------------------------------

    def make_places(self) -> None:
        for _ in range(max(1, self.people // 5)):
            earlier = self.rng.choice(self.places) if self.places else None
            place = Place(
                self.adres_id(), self.rng.choice(self.streets), self.rng.choice(NUMBERS),
                self.rng.choice(["", "", "A", "a"]), self.rng.choice(["", "", "hs", "2", "II"]),
                self.rng.choice(["1000AA", "1000AB", "9999ZZ"]), self.rng.choice(["BU03630001", ""]),
            )  # fmt: skip
            if earlier and self.chance(0.15):
                place = Place(self.adres_id(), *list(vars(earlier).values())[1:])
            elif earlier and self.chance(0.15):
                place.adres_id = earlier.adres_id
            self.places.append(place)

    def adres_id(self) -> str:
        if self.chance(0.2):
            return self.rng.choice(["", "0" * 16, "036301000000001", "03630100000000AB"])
        return f"036301{self.rng.randrange(10**10):010d}"

    def person(self, bsn: str, place: Place) -> dict[str, str]:
        at = dict(vars(place))
        if self.chance(0.08):
            at["adres_id"] = self.adres_id() if self.chance(0.3) else ""
        return {
            "bsn": self.written(bsn, broken=0.0), **self.name(),
            "naamgebruik": self.rng.choice(["E", "P", "V", "N", ""]),
            "voorvoegsel_partner": "", "geslachtsnaam_partner": self.rng.choice(["", "Bos"]),
            "geslacht": self.rng.choice(["M", "V", "O", ""]), "overlijdensdatum": "", "opschorting": "",
            "geheim": self.rng.choice(["0", "7", ""]), "functie_adres": self.rng.choice(["W", "W", "B", ""]),
            "gemeentecode": "0363", "woonplaats": self.rng.choice(["Waterveen", "Waterveen", ""]),
            **at,
        }  # fmt: skip

    def name(self) -> dict[str, str]:
        """A name with a birth date that nobody has yet: who is first must follow from the rules alone."""
        while True:
            last = self.rng.choice(self.lasts)
            name = (
                self.rng.choice(self.firsts),
                self.rng.choice(PARTICLE) if last else "",
                last,
                self.birth(),
            )
            sorted_as = (*name[:3], name[3].replace("00", "01"))
            if self.chance(0.1):
                name = (name[0], name[1], f"{last}{len(self.names)}", name[3])
            if (sorted_as not in self.names and name[0] + last) or len(self.names) > 400:
                self.names.add(sorted_as)
                return dict(
                    zip(("voornamen", "voorvoegsel", "geslachtsnaam", "geboortedatum"), name, strict=True)
                )

    def trouble(self, row: dict[str, str]) -> None:
        """What keeps someone out, or a row from being taken."""
        spoil: list[tuple[float, str, list[str]]] = [
            (0.04, "overlijdensdatum", ["20200101", "00000000", "20190000", "20311231"]),
            (0.04, "opschorting", list("EFMORW")),
            (0.04, "gemeentecode", ["0518", "363", ""]),
            (0.02, "straat", ["", "  "]),
            (0.02, "huisnummer", ["0", "012", "123456", "1A", ""]),
            (0.02, "postcode", ["", "1000 AA", "1000aa", "0999AA", "1000A", "1000AAA"]),
            (0.015, "geboortedatum", ["20010229", "20001301", "2000", "00000101", "20000012", "2001-1-1"]),
            (0.01, "overlijdensdatum", ["20230231", "x"]),
            (0.01, "geslacht", ["X", "m"]),
            (0.01, "geheim", ["8", "00"]),
            (0.01, "bsn", ["000000000", "123456789", ""]),
        ]
        for share, column, values in spoil:
            if self.chance(share):
                row[column] = self.rng.choice(values)

    def inhabitants(self) -> list[list[str]]:
        homes: list[list[dict[str, str]]] = [[] for _ in self.places]
        for bsn in self.bsns:
            at = self.rng.randrange(len(self.places))
            homes[at].append(self.person(bsn, self.places[at]))
        for home in homes:
            self.relate(home)
        people = [row for home in homes for row in home]
        for row in people:
            self.trouble(row)
        rows = [written for row in people for written in [[row[column] for column in BRP], *self.again(row)]]
        self.rng.shuffle(rows)
        return rows

    def relate(self, home: list[dict[str, str]]) -> None:
        """Partners mostly among the grown, children mostly of the grown; the rest as it falls."""
        grown = [row for row in home if row["geboortedatum"][:4] < str(self.peildatum.year - 17)] or home
        pair = self.rng.sample(grown, k=min(2, len(grown)))
        for row in home:
            row["bsn_partner"] = self.relative(grown, 0.35 if row in grown else 0.05)
            row["bsn_ouder1"] = self.relative(
                pair if self.chance(0.6) else grown, 0.15 if row in grown else 0.9
            )
            row["bsn_ouder2"] = self.relative(
                pair if self.chance(0.6) else grown, 0.1 if row in grown else 0.7
            )
        if len(pair) == 2 and self.chance(0.6):
            one, other = pair
            one["bsn_partner"], other["bsn_partner"] = other["bsn"], one["bsn"] if self.chance(0.7) else ""
            if self.chance(0.4):
                self.same_age(one, other)

    def same_age(self, one: dict[str, str], other: dict[str, str]) -> None:
        """Births that sort as one day: "Unknown parts of a birth date sort as 01"."""
        year, month = one["geboortedatum"][:4] or "1980", one["geboortedatum"][4:6] or "00"
        if all(one[part] == other[part] for part in ("voornamen", "voorvoegsel", "geslachtsnaam")):
            return
        months = self.rng.choice(
            [["0000", "0101", "0100"], [month + "00", month + "01" if month != "00" else "0101"]]
        )
        one["geboortedatum"] = year + self.rng.choice(months)
        other["geboortedatum"] = year + self.rng.choice(months)

    def relative(self, among: list[dict[str, str]], share: float) -> str:
        if not self.chance(share):
            return ""
        if self.chance(0.9):
            return self.rng.choice(among)["bsn"]
        return self.written(self.somebody(), broken=0.1)

    def again(self, row: dict[str, str]) -> list[list[str]]:
        """A second row for the same number, a second person equal in all but the number, a row cut short."""
        draw = self.rng.random()
        if draw < 0.02:
            return [[({**row, "voornamen": "Twee", "geboortedatum": "19800230"})[column] for column in BRP]]
        if draw < 0.04:
            return [[row[column] for column in BRP]]
        if draw < 0.07:
            alone = {**row, "bsn": self.bsn(), "bsn_partner": "", "bsn_ouder1": "", "bsn_ouder2": ""}
            return [[alone[column] for column in BRP]]
        if draw < 0.08:
            return [[self.bsn(), "Kort"], [self.bsn(), *["x"] * len(BRP)]]
        return []

    # -- the other files ---------------------------------------------------------------------------

    def recipients(self, bron: str, jaar: int) -> tuple[list[str], list[list[str]]]:
        with_child = self.chance(0.85 if bron in PER_CHILD else 0.05 if bron in VOORZIENINGEN else 0)
        rows = []
        number = self.rng.randrange(1, max(2, self.people // 4))
        # Who is in bijstand is so for years, and in some towns many had the toeslag; the others come and go.
        steady = self.bsns[: number * 2] if bron == "bijstand" else []
        if bron == "energietoeslag" and jaar == self.peildatum.year - 1 and self.chance(0.4):
            steady = self.bsns[: self.people // 2]
        for bsn in [*steady, *(self.somebody() for _ in range(number))]:
            row = [self.written(bsn)]
            if with_child:
                row.append("" if self.chance(0.3) else self.written(self.somebody(), broken=0.08))
            rows += [row] * (2 if self.chance(0.05) else 1)
        return ["bsn", "bsn_kind"] if with_child else ["bsn"], rows

    def pupils(self) -> list[list[str]]:
        rows = []
        for bsn in self.rng.choices(self.bsns, k=self.people):
            kind = self.rng.choice(["PO", "PO", "SO", "VO", "VO", "MBO"])
            rows.append([self.written(bsn), kind, self.rng.choice(["", *"12345678", "7", "8"])])
            if self.chance(0.02):
                rows[-1][self.rng.choice([1, 2])] = "9"
        return rows

    def answers(self) -> list[list[str]]:
        asked = [bsn for bsn in self.bsns if self.chance(0.6)] + [self.somebody()]
        asked += self.rng.sample(asked, k=len(asked) // 6)
        said = ["ja", "ja", "ja", "nee", "nee", "onbekend"]
        return [[self.written(bsn), self.rng.choice(said) if self.chance(0.98) else "Ja"] for bsn in asked]

    def opt_outs(self) -> list[list[str]]:
        which = ["", "", "", "", *VOORZIENINGEN, "energietoeslag", "alles"]
        return [
            [self.written(self.somebody()), self.rng.choice(which)] for _ in range(max(1, self.people // 6))
        ]

    # -- the folder --------------------------------------------------------------------------------

    def deliver(
        self, bron: str, jaar: int | None, header: list[str], rows: Iterable[list[str]], day: date
    ) -> None:
        rows = list(rows)
        if not rows:
            return
        name = f"{len(self.entries):03d}_{bron}.csv"
        text = io.StringIO(newline="")
        writer = csv.writer(text, delimiter=";", lineterminator=self.rng.choice(["\n", "\r\n"]))
        writer.writerows([header, *rows])
        encodings = ["utf-8", "utf-8-sig"]
        if text.getvalue().isascii() or _is_cp1252(text.getvalue()):
            encodings = ["cp1252"] if self.latin1 else encodings
        content = text.getvalue().encode(self.rng.choice(encodings))
        if (bron, jaar, content) in self.contents:
            return
        self.contents.add((bron, jaar, content))
        (self.folder / name).write_bytes(content)
        entry = {"bestand": name, "bron": bron, "peildatum": day.isoformat()}
        self.entries.append(entry if jaar is None else {**entry, "jaar": jaar})

    def days(self) -> list[date]:
        """When a bron delivers: once, or also earlier, or also too late to count."""
        at = max(self.peildatum - timedelta(days=self.rng.randrange(0, 40)), FIRST_AGREEMENT)
        days = [at]
        if self.chance(0.12) and at > FIRST_AGREEMENT + timedelta(days=9):
            days.append(at - timedelta(days=self.rng.randrange(1, 9)))
        if self.chance(0.06):
            days.append(self.peildatum + timedelta(days=self.rng.randrange(1, 9)))
        self.rng.shuffle(days)
        return days

    def shares(self) -> dict[str, float]:
        """How likely a bron delivers a year. In some towns one regeling stands almost alone, so that what it
        says of itself is not drowned by the others."""
        brons = [*RECIPIENTS, *VOORZIENINGEN]
        if self.chance(0.4):
            return dict.fromkeys(brons, 0.06) | {self.rng.choice([*VOORZIENINGEN, *PER_CHILD * 2]): 0.9}
        return dict.fromkeys(brons, self.rng.choice([0.15, 0.4, 0.8])) | {"bijstand": 0.8}

    def write(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.bsns = list({self.bsn() for _ in range(self.people)})
        self.bsns.sort()
        self.latin1 = self.chance(0.25)
        self.firsts, self.lasts, self.streets = self.few(FIRST, 4), self.few(LAST, 3), self.few(STREETS, 4)
        self.make_places()
        year = self.peildatum.year
        shares = self.shares()
        for day in self.days():
            self.deliver("brp", None, BRP, self.inhabitants(), day)
        for bron in [*RECIPIENTS, *VOORZIENINGEN]:
            for jaar in range(year - 5, year + 2):
                if self.chance(shares[bron]):
                    for day in self.days():
                        self.deliver(bron, jaar, *self.recipients(bron, jaar), day)
        for jaar in (year - 2, year - 1, year):
            if self.chance(0.7):
                self.deliver("ib_toets", jaar, ["bsn", "antwoord"], self.answers(), self.days()[0])
        if self.chance(0.9):
            self.deliver("leerlingen", None, ["bsn", "onderwijs", "leerjaar"], self.pupils(), self.days()[0])
        if self.chance(0.8):
            self.deliver("optout", None, ["bsn", "regeling"], self.opt_outs(), self.days()[0])
        self.rng.shuffle(self.entries)
        (self.folder / "levering.json").write_text(json.dumps(self.entries, indent=1), encoding="utf-8")


def _is_cp1252(text: str) -> bool:
    try:
        raw = text.encode("cp1252")
        raw.decode("utf-8")
    except UnicodeEncodeError:
        return False
    except UnicodeDecodeError:
        return True
    return False


def random_town(folder: Path, rng: Random, *, peildatum: date, people: int) -> None:
    """Write a town of about `people` inhabitants as a folder of deliveries, with everything at the edges of
    `peildatum`. More than one row in twenty may be refused, so the folder is to be accepted with a reason."""
    RandomTown(folder, rng, peildatum, people).write()
