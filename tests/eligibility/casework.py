"""A letter round and a visit round of long ago with everything that hangs on them, to destroy."""

import datetime
import uuid

from django.db import connections

from letters.models import (
    Application,
    FormerPrint,
    Grant,
    Letter,
    Part,
    Recall,
    ReminderPause,
    Scan,
    ScanDelivery,
    WorkItem,
    WorkKind,
)
from optout.models import OptOut
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import (
    Approach,
    Claim,
    DestructionList,
    Draft,
    Gesprek,
    GesprekOutcome,
    LooplijstItem,
    Person,
    Role,
    Round,
    Sheet,
    SituationChange,
    Task,
)
from outreach.models.round import RoundState
from tests import factories
from tests.eligibility import destroying
from tests.letters import rounds
from tests.outreach import visits
from tests.roles import as_role

LONG_AGO = datetime.datetime(2019, 6, 3, 9, tzinfo=datetime.UTC)
#: What hangs on a person or household and is in no round.
OF_PEOPLE = [
    "outreach_gesprekoutcome",
    "outreach_situationchange",
    "outreach_task",
    "outreach_gesprek",
    "outreach_claim",
    "outreach_referral",
    "outreach_safetyinstruction",
    "outreach_draft",
    "outreach_candidacy_persons",
    "outreach_candidacy",
    "outreach_householdmember",
    "outreach_household",
    "outreach_representative",
    "letters_reminderpause",
    "optout_optout",
    "outreach_person",
]
OF_ROUNDS = [
    "letters_workitem",
    "letters_scan",
    "letters_letterevent",
    "letters_formerprint",
    "letters_recall",
    "letters_grant",
    "letters_application",
    "letters_letter",
    "outreach_looplijstitem",
    "outreach_approach",
]


def ask(query: str, *values: object) -> list[tuple]:
    with connections["migrate"].cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchall() if cursor.description else []


def counted(tables: list[str]) -> dict[str, int]:
    return {table: ask(f"SELECT count(*) FROM {table}")[0][0] for table in tables}


class Casework:
    """A letter round and a visit round over one household, with a row in every table for them."""

    def __init__(self) -> None:
        self.letter_part = rounds.released(1, regeling="stadspas", children=1).parts.get()
        self.letter = rounds.letters(self.letter_part)[0]
        self.letters = self.letter_part.round
        self.household = self.letter.household
        with as_role("migrate"):
            self.person = Person.objects.get(
                memberships__household=self.household, memberships__addressee=True
            )
        rounds.post(self.letter_part)
        self.team = factories.team()
        self.walker = factories.user(Role.BUURTTEAM, team=self.team)
        self.list = visits.lists_of(self.letters.handover, self.team, regelingen=["stadspas"])
        self.visits = self.list.round
        with as_role("migrate"), acting_as(SYSTEM_ACTOR):
            self._letter_rows()
            self._people_rows()
        self.close()

    def _letter_rows(self) -> None:
        today = clock.today()
        form = Application.objects.create(
            letter=self.letter, approach=self.letter.approach, received_on=today, decide_by=today
        )
        with connections["migrate"].cursor() as cursor:
            cursor.execute(
                "UPDATE letters_application SET state = 'toegekend', decided_at = now() WHERE id = %s",
                [form.pk],
            )
        Grant.objects.create(
            approach=self.letter.approach,
            basis="formulier",
            application=form,
            granted_on=today,
            by_person=rounds.leader(),
        )
        Approach.objects.filter(pk=self.letter.approach_id).update(result="toegekend")
        pile = ScanDelivery.objects.create(
            id=uuid.uuid4(), vendor=rounds.vendor(), expected=1, received_until=today
        )
        scan = Scan.objects.create(
            id=uuid.uuid4(),
            delivery=pile,
            sha256="1" * 64,
            media_type="image/jpeg",
            size=1,
            outcome="gekoppeld",
            letter=self.letter,
            destroyed_at=LONG_AGO,
        )
        FormerPrint.objects.create(
            letter=self.letter, part=self.letter_part, print_run=9, position=1, first_page=1, pages=2
        )
        Recall.objects.create(letter=self.letter, vendor=rounds.vendor(), print_run=9, reason="fout")
        WorkItem.objects.create(
            kind=WorkKind.SIGNATURE_DOUBT, scan=scan, due_on=today, closed_at=LONG_AGO, resolution="gezien"
        )

    def _people_rows(self) -> None:
        today = clock.today()
        gesprek = Gesprek.objects.create(
            submission=uuid.uuid4(),
            household=self.household,
            item=LooplijstItem.objects.get(round=self.visits),
            kind="huisbezoek",
            day_part="ochtend",
            happened_on=today,
            reached=True,
            result="uitleg_gegeven",
            note="wil graag gebeld worden",
            by=self.walker,
        )
        GesprekOutcome.objects.create(gesprek=gesprek, regeling_id="stadspas", outcome="geholpen")
        SituationChange.objects.create(gesprek=gesprek, kind="verhuizing", changed_on=today)
        task = Task.objects.create(
            submission=uuid.uuid4(),
            household=self.household,
            gesprek=gesprek,
            kind="overig",
            due_on=today,
            made_by=self.walker,
            owner=self.walker,
        )
        Task.objects.filter(pk=task.pk).update(state="gedaan", done_by=self.walker, done_at=LONG_AGO)
        Claim.objects.create(
            person=self.person,
            household=self.household,
            by=self.walker,
            taken_at=LONG_AGO,
            until=LONG_AGO + datetime.timedelta(minutes=1),
        )
        factories.referral(
            self.household, state="geaccepteerd", answered_by=self.walker, answered_at=LONG_AGO
        )
        factories.safety(
            self.household, person=self.person, state="afgekeurd", decided_by=self.walker, decided_at=LONG_AGO
        )
        Draft.objects.create(
            by=self.walker,
            household=self.household,
            form="gesprek",
            submission=uuid.uuid4(),
            fields={},
            saved_at=LONG_AGO,
        )
        ReminderPause.objects.create(
            household=self.household, reason="gesprek", until=today, made_by=self.walker
        )
        factories.representative(self.person)
        OptOut.objects.create(
            person=self.person,
            scope="regeling",
            regeling_id="czv",
            channel="deur",
            withdrawn_at=LONG_AGO,
            withdrawn_by=self.walker,
        )
        Sheet.objects.create(
            submission=uuid.uuid4(),
            looplijst=self.list,
            number=1,
            pages=1,
            households=[self.household.pk],
            made_by=self.walker,
        )
        Sheet.objects.update(state="vernietigd", shredded_on=today, shredded_by=self.walker)

    def close(self) -> None:
        """Both rounds, long ago, with their files destroyed."""
        with as_role("migrate"):
            Part.objects.update(confirmed_at=LONG_AGO, destroyed_at=LONG_AGO)
            Letter.objects.update(production="verzonden")
            Round.objects.update(state=RoundState.CLOSED, closed_at=LONG_AGO)

    def age(self) -> None:
        """As if all of it happened long ago."""
        ask("UPDATE outreach_handover SET handed_over_at = %s", LONG_AGO)
        ask("UPDATE outreach_gesprek SET saved_at = %s", LONG_AGO)

    def people(self) -> list[str]:
        return sorted(str(one) for (one,) in ask("SELECT id FROM outreach_person"))


def ready(kind: str, subjects: list[object]) -> DestructionList:
    made = destroying.approve(destroying.draft(subjects, kind))
    destroying.cool_off(made)
    return made


def destroy_rounds(of: Casework) -> DestructionList:
    made = ready("ronde", [of.letters.pk, of.visits.pk])
    assert destroying.carry_out() == [made.pk]
    return made


def states(of: DestructionList) -> list[str]:
    return sorted(item.state for item in destroying.items(of))


def know(key: uuid.UUID) -> None:
    """As if somebody came out of a koppeling: his sealed number is in the box."""
    with visits.as_owner() as cursor:
        cursor.execute("INSERT INTO blackbox.bekende_persoon VALUES (%s, %s)", [key, b"zegel"])


def known() -> list[str]:
    with visits.as_owner() as cursor:
        cursor.execute("SELECT person_id::text FROM blackbox.bekende_persoon")
        return [key for (key,) in cursor.fetchall()]
