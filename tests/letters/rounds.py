"""Letter rounds with their households, to plan and make letters of."""

import datetime
import uuid
from collections.abc import Iterable

from django.db import connections

from letters.actions import batches, editions, parts
from letters.actions.ledger import Told, tell
from letters.apps import put_in_shipped_texts
from letters.models import (
    Axis,
    Batch,
    LegalBasis,
    Letter,
    Part,
    PartState,
    Production,
    Template,
    TemplateState,
    Vendor,
)
from optout.actions import opt_out
from optout.models import Channel
from outreach.audit import Event
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import (
    Approach,
    Candidacy,
    Gesprek,
    Handover,
    Household,
    HouseholdMember,
    Mode,
    Person,
    Role,
    Round,
    User,
)
from outreach.models.approach import Result
from outreach.models.gesprek import AttemptKind, DayPart, GesprekResult
from outreach.models.round import RoundKind, RoundState
from tests import factories
from tests.roles import as_role

SURNAME = "Kanariepiet"
REPLY_BEFORE = datetime.date(2026, 5, 1)


@as_role("migrate")
def households(
    count: int, handover: Handover, *, children: int = 1, regeling: str = "scholierenvergoeding"
) -> list:
    """So many households of one adult with children, who may have a right to a regeling; made in bulk."""
    made = Household.objects.bulk_create(
        Household(
            id=uuid.uuid4(),
            handover=handover,
            street="Gerststraat",
            house_number=number // 2 + 1,
            house_letter="AB"[number % 2],
            postcode=f"10{number % 90 + 10:02d}AB",
            city="Waterveen",
            address_function="W",
            buurt_code=f"BU0363000{number % 3 + 1}",
        )
        for number in range(count)
    )
    people = Person.objects.bulk_create(
        Person(
            given_names=("Aad", "Noor", "Sem")[min(who, 2)],
            prefix="van",
            family_name=f"{SURNAME}{number}",
            name_usage="E",
            sex="V",
            birth_date="19800310" if who == 0 else f"201{who}0601",
        )
        for number in range(count)
        for who in range(1 + children)
    )
    size = 1 + children
    HouseholdMember.objects.bulk_create(
        HouseholdMember(
            household=made[index // size], person=one, adult=index % size == 0, addressee=index % size == 0
        )
        for index, one in enumerate(people)
    )
    candidacies = Candidacy.objects.bulk_create(
        Candidacy(
            household=one,
            regeling_id=regeling,
            klasse=("zeker", "onzeker")[number % 2],
            mode="formulier",
        )
        for number, one in enumerate(made)
    )
    through = Candidacy.persons.through
    through.objects.bulk_create(
        through(candidacy=candidacies[index // size], person=one)
        for index, one in enumerate(people)
        if index % size or not children
    )
    return made


def approved_texts() -> None:
    """The texts that ship with the software, approved by a second person. What is there already stays."""
    if Template.objects.approved().exists():
        return
    put_in_shipped_texts()
    Template.objects.concepts().update(
        state=TemplateState.APPROVED,
        judgement="Goed te lezen.",
        judged_by=_somebody("schrijver"),
        judged_on=datetime.date(2026, 2, 2),
        approved_by=_somebody("goedkeurder"),
        approved_at=datetime.datetime(2026, 2, 3, 9, tzinfo=datetime.UTC),
    )
    editions.edition_now()


def letter_round(
    of: Iterable[Household],
    *,
    regeling: str = "scholierenvergoeding",
    state: RoundState = RoundState.FIXED,
    month: int = 3,
) -> Round:
    """A letter round with an approach for each candidacy, fixed by a second person; with approved texts."""
    approved_texts()
    chosen = [one.pk for one in of]
    handover = of[0].handover
    fixed = state != RoundState.CONCEPT
    round_ = Round.objects.create(
        name="Brieven voorjaar",
        kind=RoundKind.LETTER,
        handover=handover,
        regelingen=[regeling],
        reply_before=REPLY_BEFORE,
        state=state,
        made_by=_somebody("maker"),
        fixed_by=_somebody("vaststeller") if fixed else None,
        fixed_at=datetime.datetime(2026, month, 2, 9, tzinfo=datetime.UTC) if fixed else None,
        inputs_hash="0" * 64 if fixed else "",
    )
    with acting_as(SYSTEM_ACTOR):
        Approach.objects.bulk_create(
            Approach(
                round=round_,
                household_id=one.household_id,
                regeling=one.regeling,
                klasse=one.klasse,
                mode=one.mode,
            )
            for one in Candidacy.objects.filter(household__in=chosen, regeling=regeling).select_related(
                "regeling"
            )
        )
    return round_


def _somebody(name: str) -> User:
    return User.objects.filter(username=name).first() or factories.user(Role.TEAMLEIDER, username=name)


def round_of(count: int, *, children: int = 1, regeling: str = "scholierenvergoeding") -> Round:
    """A fixed letter round of so many households."""
    chosen = households(count, factories.handover(), children=children, regeling=regeling)
    return letter_round(chosen, regeling=regeling)


def planned(count: int, **options: object) -> Part:
    """The one part of a round of so many households, planned and not made."""
    round_ = round_of(count, **options)
    assert parts.plan(round_id=round_.pk) == 1
    return round_.parts.get()


def made(count: int, **options: object) -> Part:
    """The one part of a round of so many households, made."""
    part = planned(count, **options)
    assert parts.make(part_id=part.pk)
    part.refresh_from_db()
    return part


def letters(part: Part) -> list[Letter]:
    """All letters of a part, in order, with their household and approach."""
    with acting_as(SYSTEM_ACTOR):
        chosen = Letter.objects.filter(part=part).select_related("household", "approach")
        return list(chosen.order_by("position"))


def opt_out_of(household: Household, regeling: str | None = None) -> None:
    """The addressee of a household opts out at the door."""
    with acting_as(SYSTEM_ACTOR):
        member = household.members.select_related("person").get(addressee=True)
        opt_out.register(person=member.person, regeling=regeling, channel=Channel.DOOR, by=_somebody("maker"))


def told_gone(household: Household, result: GesprekResult) -> None:
    """Somebody says it at the door."""
    with acting_as(SYSTEM_ACTOR):
        Gesprek.objects.create(
            submission=uuid.uuid4(),
            household=household,
            kind=AttemptKind.VISIT,
            day_part=DayPart.MORNING,
            happened_on=datetime.date(2026, 3, 2),
            reached=True,
            result=result,
            by=_somebody("maker"),
        )


@as_role("migrate")
def plan_again(part: Part) -> None:
    """Put a part back as it was before it was made. No page and no worker can."""
    Letter.objects.filter(part=part).update(first_page=None, pages=None, rejected="")
    Part.objects.filter(pk=part.pk).update(
        state=PartState.PLANNED, sha256="", pages=None, size=None, made_at=None, attempts=0
    )


@as_role("migrate")
def change_addressee(household: Household, **fields: object) -> None:
    """The casework may not change a person; a handover may."""
    Person.objects.filter(memberships__household=household, memberships__addressee=True).update(**fields)


def audited(part: Part, event: Event) -> list[dict]:
    """The lines of the audit about a part, oldest first; numbers start anew after each test, lines stay."""
    return [line for line in audited_since(part, event) if line["ids"] == [str(part.pk)]]


def audited_since(part: Part, event: Event) -> list[dict]:
    """The lines of the audit from the planning of a part on."""
    with connections["migrate"].cursor() as cursor:
        cursor.execute(
            "SELECT actor, soort, ids, bijzonderheden FROM audit.gebeurtenis"
            " WHERE handeling = %s AND op >= %s ORDER BY id",
            [event.value, part.planned_at],
        )
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def vendor(name: str = "Drukkerij Waterveen") -> Vendor:
    return Vendor.objects.get_or_create(name=name)[0]


def leader() -> User:
    """Somebody who may release letters."""
    return _somebody("vrijgever")


def composed(count: int, **options: object) -> Batch:
    """A batch with the one part of a round of so many households, to be printed today."""
    part = made(count, **options)
    return compose(part.round)


def compose(round_: Round) -> Batch:
    """A batch of what a round has made, to be printed today."""
    with acting_as(leader().actor()):
        return batches.compose(round_=round_, vendor=vendor(), planned_on=clock.today(), by=leader())


def released(count: int, **options: object) -> Batch:
    """The same, released."""
    batch = composed(count, **options)
    release(batch)
    return batch


def release(batch: Batch) -> batches.Released:
    with acting_as(leader().actor()):
        return batches.release(batch=batch, by=leader())


def confirm(part: Part) -> None:
    """As the vendor does, once he has the file."""
    with acting_as(SYSTEM_ACTOR):
        Part.objects.filter(pk=part.pk).update(confirmed_at=clock.now())
        tell([one.pk for one in letters(part) if one.first_page], Told(Axis.PRODUCTION, Production.CONFIRMED))


def post(part: Part) -> None:
    """All letters of a part are in the post."""
    with acting_as(SYSTEM_ACTOR):
        tell([one.pk for one in letters(part) if one.first_page], Told(Axis.PRODUCTION, Production.SENT))


@as_role("migrate")
def lapse(letter: Letter) -> None:
    """A newer delivery says that the household has the regeling."""
    Approach.objects.filter(pk=letter.approach_id).update(lapsed=True)


def told(letter: Letter, result: Result) -> None:
    """In a gesprek the resident said that this regeling need not be brought to him."""
    with acting_as(SYSTEM_ACTOR):
        Approach.objects.filter(pk=letter.approach_id).update(result=result)


def ambtshalve(count: int, *, all_: bool = True) -> Batch:
    """A batch of letters that grant without a form; with `all_` False every second one has a form."""
    of = households(count, factories.handover(), children=0, regeling="stadspas")
    with as_role("migrate"):
        if all_:
            Candidacy.objects.filter(household__in=of).update(klasse="zeker")
        Candidacy.objects.filter(household__in=of, klasse="zeker").update(mode=Mode.AMBTSHALVE)
    round_ = letter_round(of, regeling="stadspas")
    assert parts.plan(round_id=round_.pk) == 1
    assert parts.make(part_id=round_.parts.get().pk)
    return compose(round_)


def sign(**fields: object) -> None:
    """A lawyer signs a basis for the Stadspas, from today on."""
    jurist = factories.user(Role.JURIDISCH_ADVISEUR)
    LegalBasis.objects.create(
        regeling_id="stadspas", text="Artikel 4", signed_by=jurist, **({"dated": clock.today()} | fields)
    )
