"""The pages of the letters: who sees what, that they count right, and that no file leaves unaudited."""

import re
from pathlib import Path

import lxml.html
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from letters.actions import parts, storage
from letters.models import Part, PartState
from outreach.audit import Event
from outreach.models import Role, User
from outreach.models.round import RoundState
from tests import factories
from tests.letters import rounds
from tests.letters.samples import page_texts
from tests.roles import as_role

pytestmark = pytest.mark.django_db

SEES = {Role.APPLICATIEBEHEERDER, Role.TEAMLEIDER, Role.COMMUNICATIEADVISEUR}
FETCHES = {Role.APPLICATIEBEHEERDER, Role.TEAMLEIDER}
SEES_PEOPLE = {Role.TEAMLEIDER}


@pytest.fixture(autouse=True)
def folder(settings, tmp_path) -> Path:
    settings.LETTER_FOLDER = tmp_path / "brieven"
    return settings.LETTER_FOLDER


def _as(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def _as_role(role: Role) -> Client:
    return _as(factories.user(role, team=factories.team() if role == Role.BUURTTEAM else None))


def _text(response) -> str:
    """The words of a page, without those for the table's second showing as cards."""
    page = lxml.html.fromstring(response.content.decode())
    for cards in page.find_class("kit-cards"):
        cards.drop_tree()
    return " ".join(page.text_content().split())


@pytest.mark.parametrize("role", list(Role))
def test_each_page_is_for_its_roles(role):
    part = rounds.made(2)
    rounds.change_addressee(rounds.letters(part)[0].household, family_name="张")
    client = _as_role(role)
    expected = {
        "letter_rounds": ([], role in SEES),
        "letter_round": ([part.round_id], role in SEES),
        "letter_round_progress": ([part.round_id], role in SEES),
        "letter_preview": ([part.round_id, "zeker"], role in SEES),
        "letter_part": ([part.pk], role in FETCHES),
        "letter_rejected": ([part.round_id], role in SEES_PEOPLE),
    }
    got = {name: client.get(reverse(name, args=args)).status_code for name, (args, _) in expected.items()}
    assert got == {name: 200 if allowed else 403 for name, (_, allowed) in expected.items()}


def test_nobody_sees_a_page_without_signing_in():
    part = rounds.made(1)
    for name, args in [("letter_rounds", []), ("letter_part", [part.pk])]:
        response = Client().get(reverse(name, args=args))
        assert response.status_code == 302
        assert "/account/login/" in response["Location"]


def test_the_list_counts_letters_per_round():
    part = rounds.planned(4)
    rounds.opt_out_of(rounds.letters(part)[0].household)
    parts.make(part_id=part.pk)
    rounds.planned(3)
    rounds.letter_round(rounds.households(1, factories.handover()), state=RoundState.CONCEPT)
    text = _text(_as_role(Role.APPLICATIEBEHEERDER).get(reverse("letter_rounds")))
    assert "Scholierenvergoeding" in text
    assert "vr 1 mei 2026 3 van 4 1 Lopend" in text
    assert "vr 1 mei 2026 0 van 3 0 Vastgesteld" in text
    assert "vr 1 mei 2026 – – Concept" in text


def test_an_empty_list_says_what_to_do():
    assert "Er zijn nog geen brievenrondes" in _text(_as_role(Role.TEAMLEIDER).get(reverse("letter_rounds")))


def test_a_round_shows_its_parts_and_the_way_to_their_files():
    part = rounds.made(3)
    address = reverse("letter_round", args=[part.round_id])
    response = _as_role(Role.APPLICATIEBEHEERDER).get(address)
    text = _text(response)
    assert f"Deel 1 Gemaakt 3 0 6 {part.size / 1024:.1f}".replace(".", ",") in text
    assert part.sha256[:12] in text
    assert reverse("letter_part", args=[part.pk]) in response.content.decode()
    assert "every 2s" not in response.content.decode()
    seen_by_communication = _as_role(Role.COMMUNICATIEADVISEUR).get(address).content.decode()
    assert reverse("letter_part", args=[part.pk]) not in seen_by_communication


def test_a_round_that_is_going_on_asks_for_its_progress_and_comes_anew_at_the_end():
    round_ = rounds.round_of(2)
    client = _as_role(Role.APPLICATIEBEHEERDER)
    address = reverse("letter_round_progress", args=[round_.pk])
    page = client.get(reverse("letter_round", args=[round_.pk])).content.decode()
    assert f'hx-get="{address}"' in page
    assert "Dit begint binnen een minuut vanzelf." in page
    parts.plan(round_id=round_.pk)
    going_on = client.get(address)
    assert "0 van 2 brieven (0%)" in _text(going_on)
    assert "HX-Refresh" not in going_on
    parts.make(part_id=round_.parts.get().pk)
    over = client.get(address)
    assert "2 van 2 brieven (100%)" in _text(over)
    assert over["HX-Refresh"] == "true"
    assert "hx-get" not in over.content.decode()


@pytest.mark.parametrize("state", [RoundState.CONCEPT, RoundState.CLOSED])
def test_a_round_that_is_not_open_does_not_ask(state):
    round_ = rounds.letter_round(rounds.households(1, factories.handover()), state=state)
    page = _as_role(Role.TEAMLEIDER).get(reverse("letter_round", args=[round_.pk]))
    assert "hx-get" not in page.content.decode()
    assert "Er zijn nog geen brieven" in _text(page)
    assert reverse("round", args=[round_.pk]) in page.content.decode()


def test_a_part_comes_as_a_download_that_no_cache_keeps_and_the_audit_says_who():
    part = rounds.made(2)
    user = factories.user(Role.APPLICATIEBEHEERDER)
    response = _as(user).get(reverse("letter_part", args=[part.pk]))
    assert response.content == storage.read(part)
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == f'attachment; filename="ronde-{part.round_id}-deel-0001.pdf"'
    assert response["Cache-Control"] == "no-store"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert [line["actor"] for line in rounds.audited(part, Event.PART_FETCHED)] == [str(user.pk)]


def test_no_audit_line_no_file(monkeypatch):
    part = rounds.made(1)

    def broken(*args: object, **kwargs: object) -> None:
        raise RuntimeError("the audit is full")

    monkeypatch.setattr(parts, "record", broken)
    client = _as_role(Role.APPLICATIEBEHEERDER)
    client.raise_request_exception = False
    response = client.get(reverse("letter_part", args=[part.pk]))
    assert response.status_code == 500
    assert b"%PDF" not in response.content


def test_there_is_no_file_of_a_part_that_is_not_made():
    part = rounds.planned(1)
    client = _as_role(Role.APPLICATIEBEHEERDER)
    assert client.get(reverse("letter_part", args=[part.pk])).status_code == 404
    assert client.get(reverse("letter_part", args=[part.pk + 1])).status_code == 404
    assert client.post(reverse("letter_part", args=[part.pk])).status_code == 405


def test_a_damaged_file_says_so_and_leaves_no_line(folder):
    part = rounds.made(1)
    (folder / part.file_name()).write_bytes(b"age-encryption.org/v1 broken")
    response = _as_role(Role.APPLICATIEBEHEERDER).get(reverse("letter_part", args=[part.pk]))
    assert response.status_code == 500
    assert "weg of beschadigd" in _text(response)
    assert rounds.audited(part, Event.PART_FETCHED) == []


def test_a_stranded_part_can_be_tried_again_by_who_may_fetch():
    part = rounds.planned(1)
    with as_role("migrate"):
        Part.objects.update(state=PartState.STRANDED, problem="Het maken is mislukt.", attempts=3)
    client = _as_role(Role.APPLICATIEBEHEERDER)
    page = client.get(reverse("letter_round", args=[part.round_id]))
    assert "Er zijn delen gestrand" in _text(page)
    address = reverse("letter_part_retry", args=[part.pk])
    assert address in page.content.decode()
    assert _as_role(Role.COMMUNICATIEADVISEUR).post(address).status_code == 403
    assert client.get(address).status_code == 405
    text = _text(client.post(address, follow=True))
    assert "Deel 1 wordt binnen een minuut opnieuw gemaakt." in text
    part.refresh_from_db()
    assert (part.state, part.attempts) == (PartState.PLANNED, 0)
    assert "de status is intussen veranderd" in _text(client.post(address, follow=True))


def _with_rejected() -> Part:
    """A made part of six letters, of which one in each buurt was left out."""
    part = rounds.planned(6)
    for letter in rounds.letters(part):
        if letter.position % 2:
            rounds.change_addressee(letter.household, family_name="张")
    parts.make(part_id=part.pk)
    return part


def test_rejected_letters_are_listed_with_reason_and_household_and_the_reading_is_audited():
    part = _with_rejected()
    rejected = [letter for letter in rounds.letters(part) if letter.rejected]
    user = factories.user(Role.TEAMLEIDER)
    response = _as(user).get(reverse("letter_rejected", args=[part.round_id]))
    text = _text(response)
    assert text.count("De naam of het adres heeft een teken dat de drukker niet kan afdrukken") == 3
    for letter in rejected:
        assert letter.household.address_line() in text
        assert str(letter.household_id) in response.content.decode()
    lines = rounds.audited_since(part, Event.LETTERS_SEEN)
    assert [(line["actor"], set(line["ids"])) for line in lines] == [
        (str(user.pk), {str(letter.household_id) for letter in rejected})
    ]


def test_rejected_letters_outside_the_own_area_are_not_shown():
    part = _with_rejected()
    leader = factories.user(Role.TEAMLEIDER, team=factories.team(buurten=["BU03630001"]))
    text = _text(_as(leader).get(reverse("letter_rejected", args=[part.round_id])))
    own = [one for one in rounds.letters(part) if one.rejected and one.household.buurt_code == "BU03630001"]
    assert 0 < len(own) < 3
    assert text.count("heeft een teken") == len(own)


def test_who_sees_no_people_hears_how_many_letters_were_left_out_but_not_whose():
    part = _with_rejected()
    response = _as_role(Role.APPLICATIEBEHEERDER).get(reverse("letter_round", args=[part.round_id]))
    assert "Uitgevallen 3" in _text(response)
    assert "Een teamleider ziet welke." in _text(response)
    assert reverse("letter_rejected", args=[part.round_id]) not in response.content.decode()
    assert "Gerststraat" not in response.content.decode()


@pytest.mark.parametrize("kind", ["zeker", "onzeker"])
def test_a_preview_shows_the_round_and_nobody(kind):
    part = rounds.made(2)
    response = _as_role(Role.COMMUNICATIEADVISEUR).get(reverse("letter_preview", args=[part.round_id, kind]))
    assert response["Content-Disposition"] == f'inline; filename="voorbeeld-{kind}.pdf"'
    texts = page_texts(response.content)
    assert len(texts) == 2
    assert "van Voorbeeld" in texts[0]
    assert "1 mei 2026" in texts[0]
    assert ("2025" in texts[1]) == (kind == "onzeker")
    assert rounds.SURNAME not in " ".join(texts)


def test_there_is_no_preview_of_a_kind_that_the_round_has_not():
    part = rounds.planned(1)
    client = _as_role(Role.TEAMLEIDER)
    for kind in ("ambtshalve", "algemeen"):
        assert client.get(reverse("letter_preview", args=[part.round_id, kind])).status_code == 404


def test_no_name_address_or_code_in_any_address_of_the_pages():
    part = _with_rejected()
    client = _as_role(Role.TEAMLEIDER)
    links: set[str] = set()
    for name in ("letter_round", "letter_rejected"):
        links |= set(
            re.findall(
                r'(?:href|hx-get|action)="([^"]*)"',
                client.get(reverse(name, args=[part.round_id])).content.decode(),
            )
        )
    assert any(link.startswith("/brieven/") for link in links)
    for letter in rounds.letters(part):
        for told in (
            rounds.SURNAME,
            letter.form_code[:8],
            letter.household.street,
            letter.household.postcode,
        ):
            assert not any(told in link for link in links)


def _queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


def test_queries_do_not_grow_with_rounds_parts_or_letters():
    part = _with_rejected()
    client = _as_role(Role.TEAMLEIDER)
    addresses = [
        reverse("letter_rounds"),
        reverse("letter_round", args=[part.round_id]),
        reverse("letter_rejected", args=[part.round_id]),
    ]
    few = [_queries(client, address) for address in addresses]
    for _ in range(3):
        _with_rejected()
    with as_role("migrate"):
        Part.objects.bulk_create(
            Part(round_id=part.round_id, number=number, letters_count=500) for number in range(2, 20)
        )
    assert [_queries(client, address) for address in addresses] == few
    assert max(few) <= 33
