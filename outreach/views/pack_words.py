"""What stands in the file for who asks what is known about him: facts of the worker turned into Dutch.

Labels and words come from the models, so that a page and this file never call one thing by two names. Of
staff and of others in the household nothing is told but a role and a number of people.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Model
from django.utils.formats import date_format
from django.utils.timezone import localtime

from eligibility import reasons, rules_told
from eligibility.actions.access_packs import LINES, Facts, Koppeling
from eligibility.actions.found_in import Source
from eligibility.actions.typed_numbers import Stored
from eligibility.bronnen import ONZEKER, ZEKER
from eligibility.models import UnsealRequest
from letters.models import Application, Grant, Letter, ReminderPause, Scan, ShareFile, WorkItem
from optout.models import Channel, OptOut, Scope
from outreach.audit import Event
from outreach.kernel.db import SYSTEM
from outreach.models import (
    Approach,
    Breach,
    Candidacy,
    Draft,
    Gesprek,
    GesprekOutcome,
    Household,
    LooplijstItem,
    Person,
    Referral,
    Representative,
    Role,
    SafetyInstruction,
    SituationChange,
    SubjectRequest,
    Task,
)
from outreach.models.destruction import RetentionKind
from outreach.models.subject_request import RequestKind
from outreach.views import pack_rules

Pair = tuple[str, str]
Block = tuple[Pair, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with sentences, and blocks of labels with their text."""

    title: str
    sentences: tuple[str, ...] = ()
    blocks: tuple[Block, ...] = ()


#: Part of the casework: its heading, its model, which columns in which order.
PARTS: tuple[tuple[str, str, type[Model], str], ...] = (
    (
        "huishoudens",
        "Huishoudens waarin u voorkomt",
        Household,
        (
            "peildatum street house_number house_letter house_suffix postcode city buurt_code "
            "address_function confidential institution volwassen geadresseerde anderen"
        ),
    ),
    (
        "kandidaten",
        "Waar u misschien recht op hebt",
        Candidacy,
        "peildatum regeling_id klasse mode genoemd",
    ),
    (
        "rondes",
        "Rondes waarin uw huishouden zat",
        Approach,
        "ronde regeling_id klasse mode contact response result lapsed",
    ),
    (
        "looplijsten",
        "Looplijsten waarop uw adres stond",
        LooplijstItem,
        "ronde state attempts last_contact_at unreached",
    ),
    (
        "brieven",
        "Wat wij u stuurden",
        Letter,
        (
            "kind regeling_id ronde drukkers verzonden_op production delivery delivery_reason response "
            "reply_by rejected kopie"
        ),
    ),
    (
        "aanvragen",
        "Formulieren en aanvragen",
        Application,
        (
            "regeling_id state received_on decide_by paused_until household_type income "
            "partner_income savings assets debts proposal asked_on motivation decided_at"
        ),
    ),
    (
        "toekenningen",
        "Wat u kreeg toegekend",
        Grant,
        "regeling_id basis grondslag door_mens granted_on doorgegeven_aan doorgegeven_op",
    ),
    (
        "delingen",
        "Met wie wij uw naam en adres deelden",
        ShareFile,
        "ontvanger doorgegeven_op ingetrokken_op",
    ),
    (
        "scans",
        "Beelden van wat u terugstuurde",
        Scan,
        (
            "received_at gescand_door media_type outcome problem attachment page signature remarked kopie "
            "destroyed_at"
        ),
    ),
    (
        "gesprekken",
        "Gesprekken en pogingen",
        Gesprek,
        "happened_on day_part kind reached result note saved_at",
    ),
    ("concepten", "Wat een medewerker nog aan het opschrijven is", Draft, "form saved_at"),
    ("uitkomsten", "Wat u zei over een regeling", GesprekOutcome, "regeling_id outcome ask_again_on"),
    ("veranderingen", "Veranderingen die u vertelde", SituationChange, "kind changed_on"),
    ("taken", "Taken en afspraken", Task, "kind text meeting place due_on at state made_at done_at"),
    (
        "overdrachten",
        "Overdracht aan een organisatie",
        Referral,
        "organisatie question consent_on state asked_at reason answered_at",
    ),
    (
        "instructies",
        "Aanwijzingen voor wie op bezoek gaat",
        SafetyInstruction,
        "category state starts_on ends_on",
    ),
    (
        "vertegenwoordigers",
        "Wie voor u optreedt",
        Representative,
        ("kind name attention street house_number postcode city phone document starts_on ends_on ended_at"),
    ),
    ("afmeldingen", "Wat u niet wilt", OptOut, "scope regeling_id channel registered_at withdrawn_at"),
    ("pauzes", "Pauzes van herinneringen", ReminderPause, "reason until made_at"),
    (
        "werk",
        "Waar een medewerker naar keek of nog kijkt",
        WorkItem,
        "kind opened_at due_on closed_at resolution",
    ),
    (
        "ontzegelen",
        "Wie wilde zien waarom u gevonden bent",
        UnsealRequest,
        "state asked_at decided_at opened_at",
    ),
    ("datalekken", "Datalekken waarin u voorkomt", Breach, "kind discovered_at"),
    (
        "verzoeken",
        "Uw verzoeken over uw gegevens",
        SubjectRequest,
        (
            "kind channel reference about received_on due_on extended_because identity state told_to "
            "told_on refusal answered_at lifted_at"
        ),
    ),
)
_PERSON = (
    "given_names prefix family_name name_usage partner_prefix partner_family_name sex birth_date no_contact "
    "no_contact_for no_letter no_visit no_share restricted disputed departed"
)
#: What the door adds to a row, or what a column is called to who is not a colleague.
_LABELS = {
    "peildatum": "Bij de koppeling van",
    "regeling_id": "Regeling",
    "genoemd": "U wordt zelf genoemd",
    "volwassen": "Als volwassene",
    "geadresseerde": "Brieven gaan aan u",
    "anderen": "Anderen in dit huishouden",
    "ronde": "Ronde",
    "verzonden_op": "Verzonden op",
    "organisatie": "Organisatie",
    "ontvanger": "Aan wie",
    "doorgegeven_aan": "Doorgegeven aan",
    "doorgegeven_op": "Doorgegeven op",
    "ingetrokken_op": "Gevraagd om weg te doen op",
    "buurt_code": "Code van de buurt",
    "klasse": "Inkomen",
    "lapsed": "Niet meer nodig",
    "departed": "Vertrokken",
    "drukkers": "Gedrukt door",
    "gescand_door": "Gescand door",
    "kopie": "Kopie mogelijk",
    "grondslag": "Dit mag op grond van",
    "door_mens": "Een mens besloot dit",
}
#: Codes of the BRP that have no words in a model. Source: Logisch Ontwerp BRP, tables of these elements.
_USAGE = {
    "E": "eigen naam",
    "P": "naam van de partner",
    "V": "naam van de partner, dan de eigen naam",
    "N": "eigen naam, dan die van de partner",
}
_SEX = {"M": "man", "V": "vrouw", "O": "onbekend"}
_FUNCTION = {"W": "woonadres", "B": "briefadres"}
_CODES = {"name_usage": _USAGE, "sex": _SEX, "address_function": _FUNCTION}
_ROW_CODES = {"naamgebruik": _USAGE, "geslacht": _SEX, "functie_adres": _FUNCTION, "geheim": {"0": "nee"}}
_ROW_LABELS = {"gemeentecode": "gemeente", "adres_id": "nummer van het adres", "geheim": "geheim adres"}
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ][0-9:.]+(Z|[+-]\d\d(:?\d\d)?)")


def sections(facts: Facts) -> list[Section]:
    """The whole file, in the order of the questions of AVG art. 15, lid 1."""
    return [
        _opening(facts),
        *_casework(facts),
        *_sealed(facts),
        *_sources(facts),
        _rules(facts),
        Section("Wat een mens beslist en wat een computer", tuple(rules_told.BY_ITSELF)),
        *_reasons(facts),
        _looks(facts),
        _rights(facts),
    ]


def _opening(facts: Facts) -> Section:
    known = "U kwam uit een koppeling." if facts.casework else "U kwam niet uit een koppeling."
    day = date_format(facts.made_on, "j F Y")
    return Section("Wat wij over u weten", (pack_rules.ASKED.format(day=day, known=known), *pack_rules.WHY))


def _casework(facts: Facts) -> Iterator[Section]:
    if not facts.casework:
        yield Section("Uw gegevens bij de medewerkers", (pack_rules.NOTHING,))
        return
    person = facts.casework.get("persoon", [])
    yield Section(
        "Uw gegevens bij de medewerkers", _kept("persoon", facts), _blocks(person, Person, _PERSON, facts)
    )
    nothing = []
    for name, title, model, columns in PARTS:
        blocks = _blocks(facts.casework.get(name, []), model, columns, facts)
        if blocks:
            yield Section(title, (*pack_rules.ABOUT.get(name, ()), *_kept(name, facts)), blocks)
        else:
            nothing.append(title)
    if nothing:
        yield Section("Hiervan hebben wij niets", (f"{'; '.join(nothing)}.",))


def _kept(name: str, facts: Facts) -> tuple[str, ...]:
    """How long a part is kept, or that nobody agreed on that yet. Source: AVG art. 15, lid 1, onder d."""
    otherwise = pack_rules.KEPT_OTHERWISE.get(name)
    kinds = pack_rules.TERMS.get(name, ())
    said = [_term(kind, facts.terms.get(kind)) for kind in kinds]
    if not kinds and otherwise is None:
        said.append(_no_term("dit"))
    return tuple(one for one in (" ".join(said), otherwise) if one)


def _term(kind: RetentionKind, term: str | None) -> str:
    what = pack_rules.WHAT.get(kind, "dit")
    return f"Wij bewaren {what} tot {term} {pack_rules.SINCE[kind]}." if term else _no_term(what)


def _no_term(what: str) -> str:
    return pack_rules.NO_TERM.format(what=what)


def _blocks(
    rows: Iterable[Mapping[str, Any]], model: type[Model], columns: str, facts: Facts
) -> tuple[Block, ...]:
    return tuple(
        tuple(
            (_label(model, name), said)
            for name in columns.split()
            if (said := _said(model, name, row.get(name), facts))
        )
        for row in rows
    )


def _label(model: type[Model], name: str) -> str:
    if name in _LABELS:
        return _LABELS[name]
    text = str(model._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
    return text[:1].upper() + text[1:]


def _said(model: type[Model], name: str, value: Any, facts: Facts) -> str:
    if value in (None, "", []):
        return ""
    if name in ("regeling_id", "no_contact_for"):
        codes = value if isinstance(value, list) else [value]
        return ", ".join(facts.regelingen.get(code, code) for code in codes)
    if name in _CODES:
        return _CODES[name].get(value, value)
    if name in _SAID:
        return _SAID[name](value)
    own = name in {field.name for field in model._meta.get_fields()}
    choices = dict(model._meta.get_field(name).flatchoices) if own else {}  # type: ignore[union-attr]
    if isinstance(value, bool):
        return "ja" if value else "nee"
    return str(choices[value]) if value in choices else _day(value)


def _day(value: Any) -> str:
    """A day or a moment as it comes out of the database in JSON; all else as it is.

    People begin a note with a day too: what is no day as a whole stays as they wrote it.
    """
    text = str(value)
    try:
        if _DATE.fullmatch(text):
            return date_format(date.fromisoformat(text), "j F Y")
        if _MOMENT.fullmatch(text):
            return _moment(datetime.fromisoformat(text))
    except ValueError:
        return text
    return text


def _moment(at: datetime) -> str:
    return date_format(localtime(at), "j F Y, H.i")


def _sealed(facts: Facts) -> Iterator[Section]:
    """What is known of who never came out: it lies under his number, and nobody looks it up by his name."""
    sealed = facts.sealed
    former = (pack_rules.FORMER,) if sealed.former else ()
    wishes = tuple(_wish(one, facts) for one in sealed.wishes)
    kinds = dict(RequestKind.choices)
    requests = tuple(
        (("Uw verzoek", kinds.get(kind, kind)), ("Ontvangen op", date_format(on, "j F Y")))
        for kind, on in sealed.requests
    )
    if former or wishes or requests:
        yield Section(
            "Wat bij uw BSN bewaard ligt", (pack_rules.SEALED_BY_NUMBER, *former), (*wishes, *requests)
        )


def _wish(one: Stored, facts: Facts) -> Block:
    regeling = one.regeling and facts.regelingen.get(one.regeling, one.regeling)
    return (
        (_label(OptOut, "scope"), str(dict(Scope.choices).get(one.scope, one.scope))),
        *(((_label(OptOut, "regeling_id"), regeling),) if regeling else ()),
        (_label(OptOut, "channel"), str(dict(Channel.choices).get(one.channel, one.channel))),
        ("Sinds", _moment(one.since)),
    )


def _sources(facts: Facts) -> Iterator[Section]:
    found = facts.sources
    total = (
        f"Wij zochten in de lijsten die wij nog hebben: {found.searched}."
        f" U staat in {len(found.found)} daarvan."
    )
    sentences = (total, *_kept("lijsten", facts))
    yield Section("Lijsten waarin u staat", sentences, tuple(_source(one) for one in found.found))
    if found.lost:
        said = (
            "In deze lijsten konden wij vandaag niet zoeken. Zij zijn nog niet ingelezen, of de gegevens of"
            " de sleutel zijn er niet."
        )
        yield Section("Lijsten waarin wij niet konden zoeken", (said,), (_listed(found.lost),))
    if found.gone:
        said = (
            "Deze lijsten zijn vernietigd. Ook een lijst die is teruggenomen, wordt vernietigd. Niemand kan"
            " nog zien of u erin stond."
        )
        yield Section("Lijsten die er niet meer zijn", (said,), (_listed(found.gone),))


def _source(one: Source) -> Block:
    return (
        ("Lijst", f"{_named(one)}, van {one.supplier}"),
        ("Peildatum", date_format(one.peildatum, "j F Y")),
        ("Ontvangen", _moment(one.received_at)),
        *((("Status", "Aangehouden: deze lijst is nog niet gebruikt"),) if one.held else ()),
        *((("Status", "Ingetrokken: deze lijst gebruiken wij niet meer"),) if one.withdrawn else ()),
        *((_column(name), _cell(name, value)) for row in one.rows for name, value in row.items()),
        *((("Zonder verdere gegevens", "Alleen uw BSN, versleuteld"),) if one.rows == ({},) else ()),
        *((("Ook versleuteld", "het BSN van " + ", ".join(one.named)),) if one.named else ()),
        *((("U wordt genoemd bij een ander", f"{one.beside} keer"),) if one.beside else ()),
    )


def _column(name: str) -> str:
    text = _ROW_LABELS.get(name, name).replace("_", " ")
    return text[:1].upper() + text[1:]


def _cell(name: str, value: str) -> str:
    if name == "geheim" and value != "0":
        return "ja"
    return _born(value) if name.endswith("datum") else _ROW_CODES.get(name, {}).get(value, value)


def _born(digits: str) -> str:
    """`10-03-1986`; unknown parts stay 00."""
    return f"{digits[6:]}-{digits[4:6]}-{digits[:4]}"


def _printers(found: Iterable[Mapping[str, str]]) -> str:
    """Each on a line of its own: a letter that was printed anew was with two."""
    return "\n".join(f"{one['naam']}, vanaf {_day(one['op'])}" for one in found)


_SAID: Mapping[str, Callable[[Any], str]] = {"birth_date": _born, "drukkers": _printers}


def _listed(lists: Iterable[Source]) -> Block:
    return tuple((_named(one), f"peildatum {date_format(one.peildatum, 'j F Y')}") for one in lists)


def _named(one: Source) -> str:
    return f"{one.bron} {one.year}" if one.year else one.bron


def _rules(facts: Facts) -> Section:
    runs = tuple(_run(one) for one in facts.runs)
    regelingen = tuple(
        ((name, rules_told.RULES[code]),)
        for code, name in sorted(facts.regelingen.items(), key=lambda item: item[1])
        if code in rules_told.RULES
    )
    sentences = (*rules_told.GENERAL, rules_told.ALREADY, pack_rules.SEALED)
    return Section("Welke regels wij gebruikten", sentences, (*runs, *regelingen))


def _run(one: Koppeling) -> Block:
    used = (
        f"Ja, uit {len(one.used)} van de lijsten hierboven"
        if one.used
        else "Niet in de lijsten die er nog zijn"
    )
    return (
        ("Koppeling van", date_format(one.peildatum, "j F Y")),
        ("Uw gegevens zijn gebruikt", used),
        *((("Lijsten die er niet meer zijn", str(one.gone)),) if one.gone else ()),
        ("Uitkomst", "Uw huishouden kwam eruit" if one.came_out else "Uw huishouden kwam er niet uit"),
        *_counted(one, ZEKER, "Deze lijsten maakten een inkomen zeker, bij iedereen"),
        *_counted(one, ONZEKER, "Deze lijsten maakten een inkomen onzeker, bij iedereen"),
    )


def _counted(one: Koppeling, klasse: str, said: str) -> Block:
    lists = [f"{ground.bron} {ground.year}" for ground in one.grounds if ground.klasse == klasse]
    return ((said, ", ".join(lists)),) if lists else ()


def _reasons(facts: Facts) -> Iterator[Section]:
    """What was opened, but for the rules: those stand in this file already."""
    told = set(reasons.rule_lines(list(rules_told.RULES)))
    for peildatum, lines in facts.sealed.reasons.items():
        title = f"Waarom u gevonden bent op {date_format(peildatum, 'j F Y')}"
        mine = (line for line in lines if line not in told)
        yield Section(title, (pack_rules.OPENED, *_kept("redenen", facts), *mine))


def _looks(facts: Facts) -> Section:
    if not facts.looks:
        nobody = "Niemand." if facts.casework else "Niemand: er was bij de medewerkers niets van u te zien."
        return Section("Wie keek", (nobody,))
    roles, acts = dict(Role.choices) | {SYSTEM: "Het systeem"}, dict(Event.choices)
    lines = tuple(
        (_moment(one.at), f"{roles.get(one.role, one.role)}: {acts.get(one.act, one.act)}")
        for one in facts.looks[:LINES]
    )
    more = (f"Dit zijn de {LINES} laatste regels. Er zijn er meer.",) if len(facts.looks) > LINES else ()
    sentences = (pack_rules.STAFF, *more, _no_term("dit"))
    return Section("Wie keek en wie iets deed", sentences, (lines,))


def _rights(facts: Facts) -> Section:
    kept = pack_rules.KEPT.format(number=facts.request, day=date_format(facts.until, "j F Y"))
    return Section("Wat u kunt doen", (*pack_rules.RIGHTS, kept))
