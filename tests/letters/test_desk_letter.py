"""A letter that a resident brings along: that one letter opens, for who has its code; nothing else does."""

import datetime
import secrets

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connections
from django.test import Client
from django.utils.timezone import localtime

from letters.actions import desk_letters
from letters.actions.contents import reference
from letters.actions.desk_letters import Opened, Why, printed
from letters.composition.codes import human, payload
from letters.models import Letter, LetterEvent
from outreach.actions import notifications
from outreach.audit import Event
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Notification, Role, Team, User
from outreach.models.notification import NotificationKind
from tests import factories
from tests.letters import rounds
from tests.outreach.visits import AuditTail
from tests.roles import as_role

pytestmark = pytest.mark.django_db
WRONG = "0000-0000-0001"


@pytest.fixture
def letter() -> Letter:
    """A letter that was posted, to somebody in the buurt of the factories."""
    part = rounds.made(1, children=1)
    with as_role("migrate"):
        Letter.objects.filter(part=part).update(production="verzonden")
    [found] = rounds.letters(part)
    return found


def _member(team: Team) -> User:
    """Somebody whose tries of before are not in the audit, which no test empties."""
    key = 10**6 + secrets.randbelow(10**9)
    return User.objects.create_user(pk=key, username=f"b{key}", role=Role.BUURTTEAM, team=team)


@pytest.fixture
def outsider() -> User:
    return _member(factories.team("Zuid", buurten=["BU9"], municipal=False))


def _open(user: User, typed: str, why: Why = Why.DESK) -> Opened:
    with acting_as(user.actor()):
        return desk_letters.open_at_desk(found=printed(typed, among_names=False), why=why, by=user)


def _code_of(opened: Opened) -> str:
    assert opened.letter is not None
    return opened.letter["form_code"]


def _change(letter: Letter, **fields: object) -> None:
    with as_role("migrate"):
        type(letter).objects.filter(pk=letter.pk).update(**fields)


def test_the_code_opens_that_letter_also_of_somebody_elsewhere(letter, outsider):
    with acting_as(outsider.actor()):
        assert not Letter.objects.filter(pk=letter.pk).exists()
    for typed in (
        human(letter.form_code),
        letter.form_code.lower(),
        payload(letter.form_code, 1),
        reference(letter.round_id, letter.form_code),
    ):
        assert _code_of(_open(outsider, typed)) == letter.form_code


def test_it_says_what_is_on_the_letter_and_nothing_else(letter, outsider):
    told = _open(outsider, letter.form_code).letter
    assert set(told) == {
        *("round_id", "form_code", "kind", "regeling", "sent_on", "reply_by", "response", "delivery"),
        *(
            "given_names",
            "prefix",
            "family_name",
            "name_usage",
            "partner_prefix",
            "partner_family_name",
            "sex",
        ),
        *("street", "house_number", "house_letter", "house_suffix", "postcode", "city"),
    }


def test_each_try_is_written_down_without_the_code(letter, outsider):
    tail = AuditTail()
    _open(outsider, letter.form_code, Why.DOOR)
    assert _open(outsider, WRONG) == Opened(None)
    assert tail.lines(Event.DESK_LETTER_OPENED) == [
        (str(outsider.pk), "huishouden", [str(letter.household_id)], {"reden": "deur", "gevonden": "ja"}),
        (str(outsider.pk), "huishouden", [], {"reden": "balie", "gevonden": "nee"}),
    ]


def test_a_letter_that_may_not_be_seen_is_as_one_that_does_not_exist(letter, outsider):
    with as_role("migrate"):
        letter.household.confidential = True
        letter.household.save(update_fields=["confidential"])
    assert _open(outsider, letter.form_code) == Opened(None)
    inside = _member(factories.team("Oost", buurten=["BU8"]))
    assert _code_of(_open(inside, letter.form_code)) == letter.form_code


def test_a_letter_to_an_address_that_became_protected_since_it_was_posted_closes(letter, outsider):
    assert _code_of(_open(outsider, letter.form_code)) == letter.form_code
    with as_role("migrate"):
        letter.household.confidential = True
        letter.household.save(update_fields=["confidential"])
    tail = AuditTail()
    for typed in (letter.form_code, reference(letter.round_id, letter.form_code)):
        assert _open(outsider, typed) == Opened(None)
    told = [(keys, details["gevonden"]) for _, _, keys, details in tail.lines(Event.DESK_LETTER_OPENED)]
    assert told == [([], "nee")] * 2


@pytest.mark.parametrize("production", ["gepland", "gemaakt", "vervallen", "ingetrokken"])
def test_what_was_never_on_paper_at_home_is_not_there(letter, outsider, production):
    _change(letter, production=production)
    assert _open(outsider, letter.form_code) == Opened(None)


def test_a_part_of_a_code_opens_nothing(letter, outsider):
    with acting_as(outsider.actor()), connections["default"].cursor() as cursor:
        for code, round_id in ((letter.form_code[:11], None), (letter.form_code[:8], None), ("", 1)):
            cursor.execute("SELECT poort.brief_aan_balie(%s, %s, 'balie')", [code, round_id])
            assert "niet_gevonden" in cursor.fetchone()[0]


def test_a_kenmerk_needs_its_own_round(letter, outsider):
    assert _open(outsider, reference(letter.round_id + 1, letter.form_code)) == Opened(None)


def test_a_reason_is_chosen(letter, outsider):
    for reason in ("", "zomaar", None):
        with (
            pytest.raises(IntegrityError),
            acting_as(outsider.actor()),
            connections["default"].cursor() as cursor,
        ):
            cursor.execute("SELECT poort.brief_aan_balie(%s, NULL, %s)", [letter.form_code, reason])


def test_who_guesses_is_stopped_and_others_are_not(letter, outsider):
    for _ in range(10):
        assert _open(outsider, WRONG) == Opened(None)
    tail = AuditTail()
    for _ in range(3):
        assert _open(outsider, letter.form_code) == Opened(None, too_often=True)
    # Who guesses on is seen doing it.
    lines = [line for line in tail.lines(Event.DESK_LETTER_OPENED) if line[0] == str(outsider.pk)]
    assert [(line[2], line[3]["gevonden"]) for line in lines] == [([], "te_vaak")] * 3
    colleague = _member(outsider.team)
    assert _code_of(_open(colleague, letter.form_code)) == letter.form_code


def test_who_is_stopped_is_told_to_the_privacy_officer_once_an_hour(letter, outsider, monkeypatch):
    officer = factories.user(Role.PRIVACY_OFFICER)

    def told() -> list[tuple[int, int]]:
        with acting_as(officer.actor()):
            found = Notification.objects.filter(kind=NotificationKind.CODES_GUESSED).order_by("pk")
            return [notifications.hour(about) for about in found.values_list("about", flat=True)]

    at = clock.now().replace(hour=10, minute=5)
    monkeypatch.setattr(clock, "now", lambda: at)
    for _ in range(10):
        _open(outsider, WRONG)
    assert told() == []
    for _ in range(3):
        _open(outsider, WRONG)
    first = localtime(at).hour
    assert told() == [(outsider.pk, first)]
    monkeypatch.setattr(clock, "now", lambda: at + datetime.timedelta(hours=1))
    _open(outsider, WRONG)
    assert told() == [(outsider.pk, first), (outsider.pk, first + 1)]
    client = Client()
    client.force_login(officer)
    page = client.get("/meldingen/").content.decode()
    assert f"Gebruiker {outsider.pk}, " in page
    with acting_as(officer.actor()):
        pk = Notification.objects.order_by("pk").first().pk
    assert (
        "Elke poging staat in het logboek" in client.post(f"/meldingen/{pk}/", follow=True).content.decode()
    )


def test_nobody_opens_hundreds_of_letters_an_hour(letter, outsider):
    for _ in range(30):
        _open(outsider, letter.form_code)
    assert _open(outsider, letter.form_code) == Opened(None, too_often=True)


@pytest.mark.parametrize("role", [Role.ANALIST, Role.PRIVACY_OFFICER, Role.APPLICATIEBEHEERDER])
def test_another_role_opens_nothing(letter, role):
    with pytest.raises(PermissionDenied):
        _open(factories.user(role), letter.form_code)


def test_it_says_when_it_was_posted(letter, outsider):
    with acting_as(SYSTEM_ACTOR):
        LetterEvent.objects.create(
            letter=letter, axis="productie", code="verzonden", occurred_at="2026-03-04T10:00:00Z"
        )
    assert _open(outsider, letter.form_code).letter["sent_on"].startswith("2026-03-04")


@pytest.mark.parametrize(
    ("typed", "code", "round_id"),
    [
        ("k7qf-3mzd-8w2x", "K7QF3MZD8W2X", None),
        ("K7QF 3MZD 8W2X", "K7QF3MZD8W2X", None),
        ("12-K7QF3MZD", "K7QF3MZD", 12),
        ("12 - k7qf3mzd", "K7QF3MZD", 12),
        ("KOQF-3MZD-8W2I", "K0QF3MZD8W21", None),
        ("ABCD-EFGH-JKMN", "ABCDEFGHJKMN", None),
    ],
)
def test_what_is_on_the_paper_is_read_as_it_is_typed(typed, code, round_id):
    assert printed(typed) == desk_letters.Printed(code, round_id)


@pytest.mark.parametrize("typed", ["", "Jansen", "ABCDEFGHJKMN", "K7QF-3MZD-8W2", "12-K7QF3MZ", "x" * 300])
def test_what_is_no_code_is_none(typed):
    assert printed(typed) is None


def test_where_only_codes_are_typed_twelve_letters_are_one():
    assert printed("kqfjmzdwxabc") is None
    assert printed("kqfjmzdwxabc", among_names=False) == desk_letters.Printed("KQFJMZDWXABC")
    assert printed("van der ploeg", among_names=False) is None
