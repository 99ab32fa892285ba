"""Finding a household for who sits at the desk or on the phone with a resident."""

from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.db.models.expressions import RawSQL

from outreach.audit import Event, record
from outreach.models import Household, HouseholdMember, User
from outreach.permissions import Permission, check

#: More than this is no answer: somebody has to say it more precisely.
MOST = 20
_ORDER = ("street", "house_number", "house_letter", "house_suffix", "pk")


class Asked(StrEnum):
    """By what somebody searched. The words themselves are written down nowhere."""

    NAME = "naam"
    ADDRESS = "adres"
    CODE = "briefcode"


@dataclass(frozen=True, slots=True)
class Address:
    """A postcode without its blank, a house number, and the letter or suffix behind it as far as known."""

    postcode: str
    number: int
    addition: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """At most `MOST` households; `more` when there were others too."""

    households: list[Household]
    more: bool


def by_name(words: str) -> QuerySet[Household]:
    """The newest household of who has each of these words at the beginning of a name, in whatever accents."""
    persons = RawSQL("SELECT poort.zoek_personen(%s)", [words])
    later = HouseholdMember.objects.filter(
        person=OuterRef("person"), household__handover__gt=OuterRef("household__handover")
    )
    members = HouseholdMember.objects.filter(~Exists(later), person__in=persons)
    return Household.objects.filter(pk__in=members.values("household"))


def by_address(address: Address) -> QuerySet[Household]:
    """Households at a postcode and number; with an addition only those whose letter or suffix is that."""
    found = Household.objects.newest().filter(postcode=address.postcode, house_number=address.number)
    if not address.addition:
        return found
    wanted = address.addition.casefold()
    keys = [
        key
        for key, *parts in found.values_list("pk", "house_letter", "house_suffix")
        if "".join(parts).replace(" ", "").casefold() == wanted
    ]
    return found.filter(pk__in=keys)


def find(*, households: QuerySet[Household], asked: Asked, by: User) -> Found:
    """Those of these households that the user may see, by address; the search is written down.

    Raises PermissionDenied. The row policies decide who is found.
    """
    check(by, Permission.HOUSEHOLD_SEARCH)
    members = HouseholdMember.objects.select_related("person").order_by("-addressee", "-adult", "person_id")
    rows = households.filter(pk__in=Household.objects.for_user(by).values("pk"))
    found = list(rows.order_by(*_ORDER).prefetch_related(Prefetch("members", members))[: MOST + 1])
    more = len(found) > MOST
    details = {"soort": asked.value, "aantal": min(len(found), MOST), "meer": more}
    record(Event.HOUSEHOLDS_SEARCHED, "huishouden", [one.pk for one in found[:MOST]], details=details)
    return Found(found[:MOST], more)
