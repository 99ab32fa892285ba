"""Names of an invented town, drawn once from Faker and sampled ever after (Faker itself is slow)."""

from dataclasses import dataclass
from random import Random

from faker import Faker

PARTICLES = frozenset(
    {"van", "der", "den", "de", "het", "'t", "ten", "ter", "te", "op", "in", "la", "le", "du"}
)
DRAWN = 600
DRAWN_ELSEWHERE = 150

# Faker locale and its share of the families, in percent. Every one writes Latin script.
LOCALES: dict[str, float] = {
    "nl_NL": 62, "tr_TR": 6, "pl_PL": 4, "vi_VN": 1.5, "tw_GH": 2.5, "pt_PT": 2, "es_ES": 2, "ro_RO": 1.5,
    "hu_HU": 1, "hr_HR": 1.5, "cs_CZ": 0.7, "az_AZ": 0.5, "yo_NG": 0.8, "lv_LV": 0.5, "is_IS": 0.5,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Culture:
    """First names by geslacht (M, V) and last names as (voorvoegsel, geslachtsnaam)."""

    first: dict[str, list[str]]
    last: list[tuple[str, str]]


# Faker has no Latin-script list for these; the names are common ones, put together here.
WRITTEN: list[tuple[float, Culture]] = [
    (8, Culture(
        {"M": ["Mohammed", "Youssef", "Ayoub", "Saïd", "Abdel-Ilah", "Bilal", "M'hamed", "Ḥasan", "Nordin"],
         "V": ["Fatima", "Naïma", "Samira", "Khadija", "Fatima-Zohra", "Soumaya", "Loubna", "Ḥabība"]},
        [("", "El Amrani"), ("", "Aït Ben Haddou"), ("el", "Idrissi"), ("", "Bouzidi"), ("", "Ouali"),
         ("ben", "Salah"), ("", "Benali"), ("", "El M'rabet"), ("", "Ḥusayn"), ("", "Azzouzi")])),
    (6, Culture(
        {"M": ["Winston", "Orlando", "Radjesh", "Kenneth", "Soerdj", "Glenn", "Rinaldo", "Ewald"],
         "V": ["Sharmila", "Astrid", "Muriël", "Shanti", "Jo-Ann", "Melany", "Indra", "Ruth"]},
        [("", "Pinas"), ("", "Ramdin"), ("", "Kartosen"), ("", "Tjon A Fat"), ("", "Biervliet"),
         ("", "Mahabier"), ("", "Wijdenbosch"), ("", "Lo A Njoe"), ("", "Djwalapersad")])),
    (2.5, Culture(
        {"M": ["Tesfay", "Yonas", "Filmon", "Robel", "Haben"],
         "V": ["Selam", "Rahwa", "Mebrat", "Luwam", "Feven"]},
        [("", "Tesfay"), ("", "Gebremariam"), ("", "Habte-Ab"), ("", "Ghebrehiwet"), ("", "Kidane")])),
    (0.5, Culture(
        {"M": ["Seán", "Đorđe", "François", "Håkon", "Ngọc-Ánh"],
         "V": ["Zoë", "Chloé", "Siêu", "Renée", "Þóra"]},
        [("", "O'Neill"), ("", "Đorđević"), ("", "Łukaszewicz"), ("", "D'Angelo"), ("", "Smits-Müller"),
         ("", "Straßer"), ("", "Nguyễn Thị Phương Trần"), ("", "Wolthuis Scheltema Beduin tot Rijnsburg")])),
]  # fmt: skip


def _split(last_name: str) -> tuple[str, str]:
    """A Dutch last name as the BRP keeps it: the particles apart."""
    words = last_name.split(" ")
    start = 0
    while start < len(words) - 1 and words[start] in PARTICLES:
        start += 1
    return " ".join(words[:start]), " ".join(words[start:])


def _from_faker(locale: str, seed: int) -> Culture:
    fake = Faker(locale)
    fake.seed_instance(seed)
    count = DRAWN if locale == "nl_NL" else DRAWN_ELSEWHERE
    last = [fake.last_name() for _ in range(count * 2)]
    return Culture(
        {
            "M": [fake.first_name_male() for _ in range(count)],
            "V": [fake.first_name_female() for _ in range(count)],
        },
        [_split(name) for name in last] if locale == "nl_NL" else [("", name) for name in last],
    )


class NamePool:
    """All the names of one town; which ones depends on the seed alone."""

    def __init__(self, seed: int) -> None:
        weighted = [(share, _from_faker(locale, seed)) for locale, share in LOCALES.items()] + WRITTEN
        # A hundred slots and a half-percent resolution make picking one index, not a search.
        self._slots = [culture for share, culture in weighted for _ in range(round(share * 2))]

    def culture(self, rng: Random) -> Culture:
        return self._slots[int(rng.random() * len(self._slots))]


def first_names(culture: Culture, geslacht: str, rng: Random) -> str:
    """One given name, sometimes two or three."""
    names = culture.first["M" if geslacht == "M" else "V"]
    draw = rng.random
    chosen = names[int(draw() * len(names))]
    extra = draw()
    if extra > 0.8:
        chosen = f"{chosen} {names[int(draw() * len(names))]}"
        if extra > 0.95:
            chosen = f"{chosen} {names[int(draw() * len(names))]}"
    return chosen


def last_name(culture: Culture, rng: Random) -> tuple[str, str]:
    """(voorvoegsel, geslachtsnaam)."""
    return culture.last[int(rng.random() * len(culture.last))]
