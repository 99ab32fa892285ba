"""How a household looks: who live there, what it may have a right to, and what was said before."""

import datetime
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime

from letters.composition.model import PersonName
from letters.composition.names import NameMissing, full_name
from outreach.actions import claims
from outreach.kernel import clock
from outreach.models import (
    Candidacy,
    Gesprek,
    GesprekOutcome,
    Household,
    HouseholdMember,
    Klasse,
    Mode,
    Person,
    Referral,
    Representative,
    User,
)
from outreach.models.gesprek import AttemptKind
from outreach.models.referral import ReferralState
from outreach.views.walk import Walk

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


def claim(household: Household, user: User, walk: Walk) -> dict[str, Any]:
    """Who is busy with this household: `by_other` says so, `mine` until when; and where to change it."""
    found = claims.holder(household)
    mine = found is not None and found.by.pk == user.pk
    return {
        "by_other": found.text() if found and not mine else "",
        "mine": f"Je bent hiermee bezig, tot {localtime(found.until):%H.%M} uur." if found and mine else "",
        "take_url": "" if found else walk.url("claim_take", household.pk),
        "give_back_url": walk.url("claim_give_back", household.pk) if mine else "",
        "skip_url": walk.url("claim_skip", household.pk) if walk.from_list else "",
    }


def rights(household: Household, today: datetime.date) -> list[dict[str, Any]]:
    """What the household may have a right to and what that asks; last what it was granted.

    Never where it was found, nor why.
    """
    refused, granted = household.refused_regelingen(), household.granted
    open_ = [candidacy for candidacy in household.candidacies.all() if candidacy.regeling_id not in refused]
    # The last one said is the first one read.
    last = {one.regeling_id: one for one in reversed(list(GesprekOutcome.objects.of_adults(household)))}
    by_name = sorted(open_, key=lambda each: (each.regeling_id in granted, each.regeling.name))
    return [
        _right(candidacy, today, last.get(candidacy.regeling_id), granted=candidacy.regeling_id in granted)
        for candidacy in by_name
    ]


def _right(
    candidacy: Candidacy, today: datetime.date, last: GesprekOutcome | None, *, granted: bool
) -> dict[str, Any]:
    regeling = candidacy.regeling
    children = candidacy.persons.all() if regeling.per_child else ()
    return {
        "name": regeling.name,
        "summary": regeling.summary,
        "conditions": regeling.conditions,
        "how": {"label": "Toegekend", "variant": "success"} if granted else how(candidacy),
        "granted": granted,
        "said": f"Laatst gezegd: {_outcome(last)}." if last and not granted else "",
        "not_now": last is not None and last.holds_back(today),
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


def wishes(household: Household) -> list[str]:
    """What each adult does not want, in one line; without the regelingen, which `refused_names` gives."""
    return [f"{name(adult)}: {', '.join(said)}" for adult in household.adults() if (said := _said_no(adult))]


def _said_no(adult: Person) -> list[str]:
    disputed = ["zegt dat gegevens niet kloppen"] if adult.disputed else []
    if adult.restricted:
        return ["niet benaderen, gebruik van gegevens beperkt", *disputed]
    if adult.no_contact:
        return ["helemaal niet benaderen", *disputed]
    flags = {"geen brieven": adult.no_letter, "geen bezoek": adult.no_visit}
    said = [text for text, stands in {**flags, "gegevens niet delen": adult.no_share}.items() if stands]
    return said + disputed


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
        "text": "\n".join(filter(None, (gesprek.note, *_said(gesprek)))),
        "status": {"label": "In een eerdere ronde", "variant": "inactive"} if earlier else None,
    }


_REFERRAL_VARIANTS: Mapping[str, str] = {
    ReferralState.ASKED: "active",
    ReferralState.ACCEPTED: "success",
    ReferralState.REFUSED: "danger",
    ReferralState.WITHDRAWN: "inactive",
}


def referral_badge(one: Referral) -> dict[str, str]:
    """What the other organisation said, as a badge. Referral comes from `with_refusal`."""
    if one.refused:
        return {"label": "Niet benaderen", "variant": "danger"}
    if one.unshared:
        return {"label": "Niet delen", "variant": "danger"}
    if one.is_overdue(clock.today()):
        return {"label": "Antwoord is te laat", "variant": "danger"}
    return {"label": str(one.get_state_display()), "variant": _REFERRAL_VARIANTS[one.state]}


def _said(gesprek: Gesprek) -> list[str]:
    """`Stadspas: wil het niet, weer vragen vanaf 1 juni 2027` and `Kind geboren, per 3 november 2026`."""
    outcomes = [f"{one.regeling.name}: {_outcome(one)}" for one in gesprek.outcomes.all()]
    changes = [
        f"{one.get_kind_display()}, per {date_format(one.changed_on, 'j F Y')}"
        for one in gesprek.changes.all()
    ]
    return outcomes + changes


def _outcome(one: GesprekOutcome) -> str:
    said = one.get_outcome_display().lower()
    if one.ask_again_on is None:
        return said
    return f"{said}, weer vragen vanaf {date_format(one.ask_again_on, 'j F Y')}"


def representatives(household: Household) -> list[Representative]:
    """Who acts or acted for an adult of this household, as far as the row policy shows it."""
    adults = {person.pk for person in household.adults()}
    found = Representative.objects.filter(person__in=adults).order_by("starts_on")
    return list(found.select_related("person", "set_by", "ended_by"))


def acts(one: Representative, today: datetime.date) -> bool:
    """Whether he acts for somebody now, or will."""
    return one.ends_on is None or one.ends_on >= max(today, one.starts_on)


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


def in_force(found: Iterable[Representative], today: datetime.date) -> list[dict[str, str]]:
    """Who acts today, in the few words that somebody needs at the door: his phone, else his address."""
    return [
        {
            "heading": f"{one.get_kind_display()} van {name(one.person)}: {one.name}",
            "reach": f"Telefoon {one.phone}" if one.phone else f"{one.address_line()}, {one.postcode_line()}",
        }
        for one in found
        if one.holds_on(today)
    ]


def _days(one: Representative, today: datetime.date) -> str:
    first = date_format(one.starts_on, "j F Y")
    since = f"Sinds {first}" if one.starts_on <= today else f"Vanaf {first}"
    return f"{since}, tot en met {date_format(one.ends_on, 'j F Y')}" if one.ends_on else since
