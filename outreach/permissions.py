"""Who may do what. What the state of a thing allows is in policies.py; where, the row policies decide.

The default is no: a permission that a role is not listed for, it has not.
"""

from enum import StrEnum

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied

from outreach.models import Role, User


class Permission(StrEnum):
    """NOUN_VERB. The value is what stands in a test that fails."""

    ROUND_SEE = "ronde bekijken"
    ROUND_MAKE = "ronde maken"
    ROUND_FIX = "ronde vaststellen"
    ROUND_CLOSE = "ronde afsluiten"
    LOOPLIJST_SEE = "looplijst bekijken"
    LOOPLIJST_PRINT = "looplijst afdrukken"
    HOUSEHOLD_SEE = "huishouden bekijken"
    GESPREK_SAVE = "gesprek vastleggen"
    LETTER_SEE = "brieven bekijken"
    LETTER_FETCH = "brieven ophalen"
    LETTER_RELEASE = "brieven vrijgeven"
    REMINDER_PAUSE = "herinneringen stilzetten"
    DELIVERY_MANAGE = "leveringen en koppelingen beheren"
    REFERENCE_CHANGE = "stamgegevens wijzigen"
    REGISTER_SEE = "registers bekijken"
    WORK_SETTLE = "werkvoorraad afhandelen"
    APPLICATION_ASSESS = "aanvragen beoordelen"
    LEGAL_BASIS_SIGN = "grondslagen ondertekenen"
    EXPORT_ASK = "uitvoer van toekenningen vragen"
    EXPORT_FETCH = "uitvoer van toekenningen ophalen"
    TEXT_WRITE = "briefteksten schrijven"
    TEXT_APPROVE = "briefteksten goedkeuren"
    REPRESENTATIVE_SET = "vertegenwoordiger vastleggen"
    TASK_DO = "taken maken en doen"
    LOOPLIJST_MAKE = "looplijsten maken en overdragen"
    STAFF_LEAVE = "medewerker uit dienst melden"
    HOUSEHOLD_SEARCH = "huishouden zoeken"
    DESK_LETTER_OPEN = "brief van een inwoner openen"
    REFERRAL_MAKE = "overdragen aan een organisatie"
    SAFETY_PROPOSE = "veiligheidsinstructie schrijven"
    SAFETY_APPROVE = "veiligheidsinstructie goedkeuren"
    REPORT_SEE = "rapport bekijken"
    BREACH_SEE = "datalekken bekijken"
    RETENTION_SET = "bewaartermijnen maken"
    DESTRUCTION_ASK = "vernietigingslijst maken"
    DESTRUCTION_APPROVE = "vernietiging goedkeuren en verbieden"
    AUDIT_SEE = "audit bekijken"
    OPT_OUT_SET = "afmeldingen vastleggen en intrekken"
    OPT_OUT_BY_NUMBER = "afmelden met een BSN"
    OPT_OUT_REGISTER_SEE = "register van afmeldingen bekijken"
    PUBLIC_NOTICE_REGISTER = "openbare mededelingen vastleggen"
    ITEM_REOPEN = "adres op een looplijst heropenen"
    SUBJECT_REQUEST_HANDLE = "verzoeken van inwoners behandelen"
    UNSEAL_ASK = "vragen waarom iemand gevonden is"
    UNSEAL_ALLOW = "ontzegelen toestaan"
    TRANSPARENCY_WRITE = "transparantiedocument schrijven"
    TRANSPARENCY_APPROVE = "transparantiedocument goedkeuren"
    SHARE_SEE = "delingen bekijken"
    SHARE_MAKE = "delingen maken"
    SHARE_SIGN = "delingen ondertekenen"
    SHARE_FETCH = "deelbestanden ophalen"


_FIELDWORK = frozenset(
    {
        Permission.LOOPLIJST_SEE,
        Permission.LOOPLIJST_PRINT,
        Permission.HOUSEHOLD_SEE,
        Permission.GESPREK_SAVE,
        Permission.REMINDER_PAUSE,
        Permission.TASK_DO,
        Permission.HOUSEHOLD_SEARCH,
        Permission.DESK_LETTER_OPEN,
        Permission.REFERRAL_MAKE,
        Permission.SAFETY_PROPOSE,
    }
)
_ROUNDS = frozenset(
    {Permission.ROUND_SEE, Permission.ROUND_MAKE, Permission.ROUND_FIX, Permission.ROUND_CLOSE}
)
_LETTERS = frozenset({Permission.LETTER_SEE, Permission.LETTER_FETCH, Permission.LETTER_RELEASE})
_APPLICATIONS = frozenset({Permission.WORK_SETTLE, Permission.APPLICATION_ASSESS})

PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.CONSULENT: _FIELDWORK
    | _APPLICATIONS
    | {Permission.REPRESENTATIVE_SET, Permission.SAFETY_APPROVE}
    | {Permission.OPT_OUT_SET, Permission.OPT_OUT_BY_NUMBER},
    Role.TEAMLEIDER: _FIELDWORK
    | _ROUNDS
    | _LETTERS
    | _APPLICATIONS
    | {
        Permission.TEXT_APPROVE,
        Permission.EXPORT_ASK,
        Permission.EXPORT_FETCH,
        Permission.REPRESENTATIVE_SET,
        Permission.LOOPLIJST_MAKE,
        Permission.ITEM_REOPEN,
        Permission.STAFF_LEAVE,
        Permission.SAFETY_APPROVE,
        Permission.REPORT_SEE,
        Permission.OPT_OUT_SET,
        Permission.OPT_OUT_BY_NUMBER,
        Permission.SHARE_SEE,
        Permission.SHARE_MAKE,
    },
    Role.BUURTTEAM: _FIELDWORK,
    Role.APPLICATIEBEHEERDER: _ROUNDS
    | _LETTERS
    | {Permission.DELIVERY_MANAGE, Permission.EXPORT_FETCH}
    | {Permission.SHARE_SEE, Permission.SHARE_MAKE, Permission.SHARE_FETCH},
    Role.FUNCTIONEEL_BEHEERDER: frozenset(
        {
            Permission.REFERENCE_CHANGE,
            Permission.REGISTER_SEE,
            Permission.STAFF_LEAVE,
            Permission.RETENTION_SET,
            Permission.DESTRUCTION_ASK,
            Permission.TRANSPARENCY_WRITE,
        }
    ),
    Role.PRIVACY_OFFICER: frozenset(
        {
            Permission.SUBJECT_REQUEST_HANDLE,
            Permission.UNSEAL_ASK,
            Permission.REGISTER_SEE,
            Permission.BREACH_SEE,
            Permission.AUDIT_SEE,
            Permission.OPT_OUT_BY_NUMBER,
            Permission.OPT_OUT_REGISTER_SEE,
            Permission.PUBLIC_NOTICE_REGISTER,
            Permission.DESTRUCTION_ASK,
            Permission.DESTRUCTION_APPROVE,
            Permission.TRANSPARENCY_WRITE,
            Permission.TRANSPARENCY_APPROVE,
        }
    ),
    Role.JURIDISCH_ADVISEUR: frozenset(
        {
            Permission.LEGAL_BASIS_SIGN,
            Permission.UNSEAL_ALLOW,
            Permission.SHARE_SEE,
            Permission.SHARE_SIGN,
        }
    ),
    Role.COMMUNICATIEADVISEUR: frozenset(
        {Permission.LETTER_SEE, Permission.TEXT_WRITE, Permission.TEXT_APPROVE}
    ),
    Role.ANALIST: frozenset({Permission.REPORT_SEE}),
    Role.DRUKKER: frozenset(),
}


def may(user: User | AnonymousUser, permission: Permission) -> bool:
    """Whether this user has this permission."""
    if not user.is_authenticated or not user.is_active:
        return False
    return permission in PERMISSIONS.get(Role(user.role), frozenset()) if user.role else False


def roles_with(permission: Permission) -> list[Role]:
    """The roles that have this permission."""
    return [role for role, permissions in PERMISSIONS.items() if permission in permissions]


def check(user: User | AnonymousUser, permission: Permission) -> None:
    """Raise PermissionDenied unless this user has this permission."""
    if not may(user, permission):
        raise PermissionDenied
