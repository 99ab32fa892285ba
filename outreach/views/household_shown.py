"""How a household looks: who live there, what it may have a right to, and what was said before."""

import datetime
from collections.abc import Iterable, Mapping
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format

from letters.composition.model import PersonName
from letters.composition.names import NameMissing, full_name
from letters.models import Letter
from outreach.models import (
    Candidacy,
    Gesprek,
    Household,
    HouseholdMember,
    Klasse,
    Mode,
    Person,
    Representative,
    User,
)
from outreach.models.gesprek import AttemptKind

_ICONS: Mapping[str, str] = {
    AttemptKind.VISIT: "door",
    AttemptKind.PHONE: "phone",
    AttemptKind.APPOINTMENT: "calendar",
    AttemptKind.CARD: "letter",
}
# What it is called when nobody was reached.
_IN_VAIN: Mapping[str, str] = {
    AttemptKind.VISIT: "Niet thuis",
    AttemptKind.PHONE: "Geen gehoor",
    AttemptKind.APPOINTMENT: "Niet gekomen",
    AttemptKind.CARD: "Kaartje in de bus gedaan",
}


def letters(household: Household) -> list[dict[str, str]]:
    """The letters to this household, as links to what happened to each."""
    found = Letter.objects.filter(household=household).order_by("round_id", "pk")
    return [
        {
            "url": reverse("letter", args=[one.pk]),
            "text": f"{one.get_kind_display()}: {one.get_production_display().lower()}",
        }
        for one in found
    ]


def name(person: Person) -> str:
    """The name as the person wants to be called."""
    try:
        return full_name(
            PersonName(
                given_names=person.given_names,
                prefix=person.prefix,
                family_name=person.family_name,
                name_usage=person.name_usage,
                partner_prefix=person.partner_prefix,
                partner_family_name=person.partner_family_name,
                sex=person.sex,
            )
        )
    except NameMissing:
        return "Naam onbekend"


def age(person: Person, today: datetime.date) -> str:
    """`46 jaar`, or `leeftijd onbekend` where the birth date is not whole."""
    years = person.age_on(today)
    return "leeftijd onbekend" if years is None else f"{years} jaar"


def members(household: Household, today: datetime.date) -> list[dict[str, str]]:
    """Who live here: name, age, and adult or child."""
    return [_member(member, today) for member in household.members.all()]


def _member(member: HouseholdMember, today: datetime.date) -> dict[str, str]:
    return {
        "name": name(member.person),
        "age": age(member.person, today),
        "kind": "volwassene" if member.adult else "kind",
    }


def who(household: Household, today: datetime.date) -> str:
    """Who live here in one line: the adults by name, the children by age."""
    adults = [f"{name(adult)} ({age(adult, today)})" for adult in household.adults()]
    children = [member.person for member in household.members.all() if not member.adult]
    if not children:
        return ", ".join(adults)
    ages = sorted(years for child in children if (years := child.age_on(today)) is not None)
    known = f" ({', '.join(str(years) for years in ages)} jaar)" if ages else ""
    return ", ".join([*adults, f"{len(children)} {'kind' if len(children) == 1 else 'kinderen'}{known}"])


def rights(household: Household, today: datetime.date) -> list[dict[str, Any]]:
    """What the household may have a right to and what that asks. Never where it was found, nor why."""
    refused = household.refused_regelingen()
    open_ = [candidacy for candidacy in household.candidacies.all() if candidacy.regeling_id not in refused]
    return [_right(candidacy, today) for candidacy in sorted(open_, key=lambda each: each.regeling.name)]


def _right(candidacy: Candidacy, today: datetime.date) -> dict[str, Any]:
    regeling = candidacy.regeling
    children = candidacy.persons.all() if regeling.per_child else ()
    return {
        "name": regeling.name,
        "summary": regeling.summary,
        "conditions": regeling.conditions,
        "how": how(candidacy),
        "for": [f"{name(child)} ({age(child, today)})" for child in children],
    }


def how(candidacy: Candidacy) -> dict[str, str]:
    """What the household still has to do for it, as a badge."""
    if candidacy.mode == Mode.AMBTSHALVE:
        return {"label": "Wordt vanzelf toegekend", "variant": "success"}
    if candidacy.klasse == Klasse.ZEKER:
        return {"label": "Alleen ondertekenen", "variant": "active"}
    return {"label": "Inkomen en vermogen invullen", "variant": "neutral"}


def refused_names(household: Household) -> list[str]:
    """Names of the regelingen about which somebody here does not want to hear."""
    refused = household.refused_regelingen()
    return sorted(each.regeling.name for each in household.candidacies.all() if each.regeling_id in refused)


def events(gesprekken: Iterable[Gesprek], household: Household, user: User) -> list[dict[str, Any]]:
    """The gesprekken for a timeline, newest first."""
    return [_event(gesprek, household, user) for gesprek in gesprekken]


def _event(gesprek: Gesprek, household: Household, user: User) -> dict[str, Any]:
    earlier = gesprek.household_id != household.pk
    return {
        "icon": _ICONS[gesprek.kind],
        "title": gesprek.get_result_display() or _IN_VAIN[gesprek.kind],
        "when": f"{date_format(gesprek.happened_on, 'D j b Y')}, {gesprek.get_day_part_display().lower()}",
        "machine_when": gesprek.happened_on.isoformat(),
        "who": "jij" if gesprek.by_id == user.pk else gesprek.by.display_name(),
        "text": gesprek.note,
        "status": {"label": "In een eerdere ronde", "variant": "inactive"} if earlier else None,
    }


def representatives(household: Household, today: datetime.date) -> list[Representative]:
    """Who acts for an adult of this household now or later, as far as the row policy shows it."""
    adults = {person.pk for person in household.adults()}
    found = Representative.objects.filter(person__in=adults).select_related("person").order_by("starts_on")
    return [one for one in found if one.ends_on is None or one.ends_on >= max(today, one.starts_on)]


def representative(one: Representative, today: datetime.date) -> dict[str, Any]:
    """Who acts for whom, and how to reach him."""
    return {
        "pk": one.pk,
        "kind": one.get_kind_display(),
        "name": one.name,
        "for": name(one.person),
        "attention": one.attention,
        "address": f"{one.address_line()}, {one.postcode_line()}",
        "phone": one.phone,
        "document": one.document,
        "days": _days(one, today),
        "ended": one.ended(),
    }


def _days(one: Representative, today: datetime.date) -> str:
    first = date_format(one.starts_on, "j F Y")
    since = f"Sinds {first}" if one.starts_on <= today else f"Vanaf {first}"
    return f"{since}, tot en met {date_format(one.ends_on, 'j F Y')}" if one.ends_on else since
