"""The states of a part, a batch, an application and a letter text.

They change through the one door in outreach.transitions.

An arrow without roles is for the worker alone.
"""

from letters.models import ApplicationState, BatchState, PartState, ShareState, TemplateState
from outreach.audit import Event
from outreach.models import Role
from outreach.transitions import Arrow

MAKE = Arrow("gemaakt", (PartState.PLANNED,), PartState.MADE, Event.PART_MADE)
STRAND = Arrow("gestrand", (PartState.PLANNED,), PartState.STRANDED, Event.PART_STRANDED)
RETRY = Arrow(
    "opnieuw",
    (PartState.STRANDED,),
    PartState.PLANNED,
    Event.PART_RETRIED,
    frozenset({Role.APPLICATIEBEHEERDER, Role.TEAMLEIDER}),
)
PART_ARROWS = (MAKE, STRAND, RETRY)

RELEASERS = frozenset({Role.APPLICATIEBEHEERDER, Role.TEAMLEIDER})
RELEASE_BATCH = Arrow(
    "vrijgegeven", (BatchState.COMPOSED,), BatchState.RELEASED, Event.BATCH_RELEASED, RELEASERS
)
# With the confirmation of its last part.
CONFIRM_BATCH = Arrow("bevestigd", (BatchState.RELEASED,), BatchState.CONFIRMED, Event.BATCH_CONFIRMED)
WITHDRAW_BATCH = Arrow(
    "ingetrokken", (BatchState.COMPOSED,), BatchState.WITHDRAWN, Event.BATCH_WITHDRAWN, RELEASERS
)
BATCH_ARROWS = (RELEASE_BATCH, CONFIRM_BATCH, WITHDRAW_BATCH)

DECIDERS = frozenset({Role.CONSULENT, Role.TEAMLEIDER})
GRANT_BY_ITSELF = Arrow(
    "toegekend vanzelf", (ApplicationState.RECEIVED,), ApplicationState.GRANTED, Event.APPLICATION_GRANTED
)
GRANT_BY_PERSON = Arrow(
    "toegekend",
    (ApplicationState.RECEIVED, ApplicationState.TO_ASSESS, ApplicationState.SECOND_LOOK),
    ApplicationState.GRANTED,
    Event.APPLICATION_GRANTED,
    DECIDERS,
)
TO_ASSESS = Arrow(
    "te beoordelen",
    (ApplicationState.RECEIVED, ApplicationState.INCOMPLETE),
    ApplicationState.TO_ASSESS,
    Event.APPLICATION_TO_ASSESS,
)
ASK_AGAIN = Arrow(
    "aanvulling gevraagd",
    (ApplicationState.RECEIVED, ApplicationState.TO_ASSESS),
    ApplicationState.INCOMPLETE,
    Event.APPLICATION_INCOMPLETE,
    DECIDERS,
)
COMPLETED = Arrow(
    "aangevuld",
    (ApplicationState.INCOMPLETE,),
    ApplicationState.RECEIVED,
    Event.APPLICATION_RECEIVED,
)
CONTINUE = Arrow(
    "compleet",
    (ApplicationState.INCOMPLETE,),
    ApplicationState.TO_ASSESS,
    Event.APPLICATION_TO_ASSESS,
    DECIDERS,
)
LOOK_TWICE = Arrow(
    "tweede blik gevraagd",
    (ApplicationState.TO_ASSESS,),
    ApplicationState.SECOND_LOOK,
    Event.APPLICATION_SECOND_LOOK,
    DECIDERS,
)
SEND_BACK = Arrow(
    "teruggegeven",
    (ApplicationState.SECOND_LOOK,),
    ApplicationState.TO_ASSESS,
    Event.APPLICATION_TO_ASSESS,
    DECIDERS,
)
REFUSE = Arrow(
    "afgewezen",
    (ApplicationState.TO_ASSESS, ApplicationState.SECOND_LOOK),
    ApplicationState.REFUSED,
    Event.APPLICATION_REFUSED,
    DECIDERS,
)
APPLICATION_ARROWS = (
    GRANT_BY_ITSELF,
    GRANT_BY_PERSON,
    TO_ASSESS,
    LOOK_TWICE,
    SEND_BACK,
    REFUSE,
    ASK_AGAIN,
    COMPLETED,
    CONTINUE,
)

TEXT_APPROVERS = frozenset({Role.COMMUNICATIEADVISEUR, Role.TEAMLEIDER})
APPROVE_TEXT = Arrow(
    "goedgekeurd",
    (TemplateState.CONCEPT,),
    TemplateState.APPROVED,
    Event.TEXT_APPROVED,
    TEXT_APPROVERS,
)
REFUSE_TEXT = Arrow(
    "afgekeurd", (TemplateState.CONCEPT,), TemplateState.REFUSED, Event.TEXT_REFUSED, TEXT_APPROVERS
)
# With the approval of the version that takes its place.
REPLACE_TEXT = Arrow(
    "vervangen", (TemplateState.APPROVED,), TemplateState.REPLACED, Event.TEXT_REPLACED, TEXT_APPROVERS
)
TEXT_ARROWS = (APPROVE_TEXT, REFUSE_TEXT, REPLACE_TEXT)

_SHARERS = frozenset({Role.APPLICATIEBEHEERDER, Role.TEAMLEIDER})
SIGN_SHARE = Arrow(
    "ondertekend",
    (ShareState.PROPOSED,),
    ShareState.SIGNED,
    Event.SHARE_SIGNED,
    frozenset({Role.JURIDISCH_ADVISEUR}),
)
WITHDRAW_SHARE = Arrow(
    "ingetrokken",
    (ShareState.PROPOSED,),
    ShareState.WITHDRAWN,
    Event.SHARE_WITHDRAWN,
    _SHARERS | {Role.JURIDISCH_ADVISEUR},
)
# By the worker of the box: poort.kies_deling.
CHOOSE_SHARE = Arrow("gekozen", (ShareState.SIGNED,), ShareState.CHOSEN, Event.SHARE_CHOSEN)
ASK_SHARE = Arrow("gevraagd", (ShareState.CHOSEN,), ShareState.ASKED, Event.SHARE_ASKED, _SHARERS)
# By the worker of the box: poort.deelbestand_gemaakt.
FINISH_SHARE = Arrow("gedeeld", (ShareState.ASKED,), ShareState.SHARED, Event.SHARE_FILE_MADE)
SHARE_ARROWS = (SIGN_SHARE, WITHDRAW_SHARE, CHOOSE_SHARE, ASK_SHARE, FINISH_SHARE)
