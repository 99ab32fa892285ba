"""Who works in the invented municipality: one user per role, two where two are needed, and the teams."""

from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth.hashers import make_password
from django.db import transaction

from outreach.models import Buurt, Role, Team, User

TEAMS = ("Buurtteam Noord", "Buurtteam Oost", "Buurtteam Zuid", "Buurtteam West")


@dataclass(frozen=True, slots=True)
class DemoUser:
    """`tries` says what this user can try first."""

    username: str
    first_name: str
    last_name: str
    role: Role
    tries: str
    team: str = ""


USERS = (
    DemoUser("bea", "Bea", "Bakker", Role.BUURTTEAM, "Loop een looplijst en leg een gesprek vast.", TEAMS[0]),
    DemoUser(
        "zeki", "Zeki", "Yılmaz", Role.BUURTTEAM, "Zie dat Zuid een andere lijst heeft dan Noord.", TEAMS[2]
    ),
    DemoUser("carla", "Carla", "de Wit", Role.CONSULENT, "Beoordeel een aanvraag, of open een huishouden."),
    DemoUser("tess", "Tess", "van Dam", Role.TEAMLEIDER, "Maak een ronde; een ander stelt hem vast."),
    DemoUser("anna", "Anna", "Visser", Role.APPLICATIEBEHEERDER, "Lever een bestand en start een koppeling."),
    DemoUser("bram", "Bram", "Smit", Role.APPLICATIEBEHEERDER, "Stel een ronde vast en bekijk de brieven."),
    DemoUser("fatma", "Fatma", "Şahin", Role.FUNCTIONEEL_BEHEERDER, "Beheer gebruikers, teams en bronnen."),
    DemoUser("pieter", "Pieter", "Mulder", Role.PRIVACY_OFFICER, "Bekijk de registers in het beheer."),
    DemoUser(
        "julia", "Julia", "Jansen", Role.JURIDISCH_ADVISEUR, "Onderteken een grondslag voor de Stadspas."
    ),
    DemoUser("kim", "Kim", "Nguyễn", Role.COMMUNICATIEADVISEUR, "Schrijf een nieuwe versie van een brief."),
    DemoUser("ad", "Ad", "Hendriks", Role.ANALIST, "Bekijk hoe ver de huishoudens kwamen in het rapport."),
)


@transaction.atomic
def make_people(buurten: list[tuple[str, str]], password: str) -> None:
    """Make or renew buurten, teams and users; each buurt belongs to one team."""
    for code, name in buurten:
        Buurt.objects.update_or_create(code=code, defaults={"name": name})
    for number, team_name in enumerate(TEAMS):
        team, _ = Team.objects.get_or_create(name=team_name, defaults={"municipal": False})
        team.buurten.set([code for code, _ in buurten[number :: len(TEAMS)]])
    # One hash for all: a strong one takes a good part of a second.
    hashed = make_password(password)
    for user in USERS:
        User.objects.update_or_create(
            username=user.username,
            defaults={
                "first_name": user.first_name,
                "last_name": user.last_name,
                "role": user.role,
                "password": hashed,
                "team": Team.objects.filter(name=user.team).first(),
                "is_staff": user.role in (Role.FUNCTIONEEL_BEHEERDER, Role.PRIVACY_OFFICER),
            },
        )
    _give_apps()


def _give_apps() -> None:
    """A second step for who has none yet. `manage.py code` stands in for the app on a phone."""
    has = Authenticator.objects.filter(type=Authenticator.Type.TOTP).values_list("user__username", flat=True)
    for name in {user.username for user in USERS} - set(has):
        TOTP.activate(User.objects.get(username=name), generate_totp_secret())
