"""Families to look at: long names and streets, letters from other alphabets, all kinds of households."""

import datetime

from outreach.models import Household, Klasse, Looplijst, Mode, Person, User
from outreach.models.gesprek import GesprekResult
from tests import factories
from tests.outreach import visits
from tests.roles import as_role

STREETS = (
    ("Banneplein", "1034BS"),
    ("Bezaanjachtplein", "1034CR"),
    ("Burgemeester van der Poll-Wiardi Beckmanlaan", "1024XX"),
    ("IJdoornlaan", "1024KP"),
)
NAMES = (
    ("Yasemin", "", "Şahin"),
    ("Dirk Jan", "van der", "Poel"),
    ("Chukwuemeka", "", "Onyekachi-Nwachukwu"),
    ("Zoë", "", "Čapek"),
    ("Anna Cornelia Wilhelmina", "de", "Vries"),
    ("Nguyễn Thị", "", "Hương"),
    ("Bo", "", "Li"),
)
REGELINGEN = ("czv", "iit", "laptop", "ov_ouderen", "scholierenvergoeding", "stadspas")
NUMBERS = (1, 2, 3, 4, 7, 11, 12, 14, 21, 113)
RESULTS = (None, GesprekResult.HELPED, None, GesprekResult.COME_BACK, GesprekResult.INFORMED)


def _person(number: int, birth_year: int) -> Person:
    given, prefix, family = NAMES[number % len(NAMES)]
    birth_date = f"{birth_year}0310" if number % 11 else f"{birth_year}0000"
    return factories.person(given_names=given, prefix=prefix, family_name=family, birth_date=birth_date)


def _household(number: int, **fields: object) -> Household:
    adults = [_person(number + each, 1950 + number % 45) for each in range(1 + number % 2)]
    children = [_person(number + each, 2012 + each) for each in range(number % 4 if number % 3 else 0)]
    made = factories.household(adults=adults, children=children, **fields)
    for each, code in enumerate(REGELINGEN):
        if (number + each) % 3 == 0:
            mode = Mode.AMBTSHALVE if code == "stadspas" and number % 2 else Mode.FORMULIER
            klasse = Klasse.ONZEKER if each % 2 and mode == Mode.FORMULIER else Klasse.ZEKER
            candidacy = factories.candidacy(made, code, klasse, mode)
            if children and candidacy.regeling.per_child:
                with as_role("migrate"):
                    candidacy.persons.set(children)
    return made


def make_list(walker: User, today: datetime.date) -> Looplijst:
    """A looplijst of forty addresses for the team of this user, of which some were visited today."""
    handover = factories.handover(datetime.date(2026, 11, 1))
    buurten = ("BU03630001", "BU03630002")
    factories.buurt(buurten[1], "Banne Buiksloot")
    walker.team.buurten.add(buurten[1])
    for index, (street, postcode) in enumerate(STREETS):
        for number in NUMBERS:
            _household(
                index * 10 + number,
                in_handover=handover,
                street=street,
                postcode=postcode,
                house_number=number,
                house_letter="A" if number == 12 else "",
                house_suffix="hs" if number == 3 else "",
                buurt_code=buurten[index % 2],
            )
    looplijst = visits.lists_of(handover, walker.team, regelingen=REGELINGEN, name="Samen rondkomen 2026")
    for stop, result in zip(visits.items(looplijst)[1:], RESULTS, strict=False):
        visits.save(stop, walker, result=result, day=today, note="Belt zelf terug." if result else "")
    return looplijst
