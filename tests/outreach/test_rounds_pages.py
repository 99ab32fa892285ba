"""The pages of the rounds: who makes one, who fixes it, and that no small count can be read or worked out."""

import datetime
import re
import threading

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse

from letters.actions import errands
from outreach import small_cells
from outreach.actions import rounds
from outreach.audit import Event
from outreach.forms import rounds as round_forms
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Approach, Klasse, Looplijst, Regeling, Role, Round
from outreach.models.round import RoundKind, RoundState
from tests import factories
from tests.outreach import visits
from tests.outreach.many import many

pytestmark = pytest.mark.django_db


@pytest.fixture
def maker():
    return factories.user(Role.TEAMLEIDER, username="maker")


@pytest.fixture
def fixer():
    return factories.user(Role.APPLICATIEBEHEERDER, username="fixer")


@pytest.fixture
def handover():
    return factories.handover()


def _client(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def _concept(
    handover, maker, kind=RoundKind.LETTER, regelingen=("stadspas",), klassen=Klasse.values
) -> Round:
    with acting_as(maker.actor()):
        return rounds.make(
            name="Voorjaar",
            kind=kind,
            handover=handover,
            regelingen=Regeling.objects.filter(pk__in=regelingen),
            klassen=Klasse.values,
            reply_before=None,
            by=maker,
        )


def _text(response) -> str:
    """What somebody reads, in one line."""
    assert response.status_code == 200
    main = response.content.decode().split("<main", 1)[1].split("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def _page(user, round_) -> str:
    return _text(_client(user).get(reverse("round", args=[round_.pk])))


def _new_url(handover, kind=RoundKind.LETTER) -> str:
    return f"{reverse('round_new')}?soort={kind.value}&koppeling={handover.pk}"


def _answers(**changes: object) -> dict[str, object]:
    day = clock.today() + datetime.timedelta(days=30)
    answers = {
        "regelingen": "stadspas",
        "klassen": ["zeker", "onzeker"],
        "reply_before": day.isoformat(),
        "name": "Voorjaar",
    }
    return answers | changes


# --- making one ---


def test_without_a_koppeling_there_is_nothing_to_make(maker):
    assert "nog geen koppeling klaar" in _text(_client(maker).get(reverse("round_new")))


def test_the_newest_koppeling_is_chosen_beforehand(maker):
    factories.handover(datetime.date(2026, 1, 1))
    newest = factories.handover(datetime.date(2026, 4, 1))
    page = _client(maker).get(reverse("round_new")).content.decode()
    assert f'<option value="{newest.pk}" selected>Koppeling {newest.pk}, peildatum 1 april 2026' in page


def test_a_letter_round_is_made_in_two_steps(maker, handover):
    many(handover, 12)
    client = _client(maker)
    page = client.get(_new_url(handover)).content.decode()
    assert 'type="radio" name="regelingen" value="stadspas"' in page
    tail = visits.AuditTail()
    response = client.post(_new_url(handover), _answers())
    made = Round.objects.get()
    assert response.url == reverse("round", args=[made.pk])
    assert (made.kind, made.regelingen, made.klassen) == ("brief", ["stadspas"], ["onzeker", "zeker"])
    assert (made.state, made.made_by) == (RoundState.CONCEPT, maker)
    assert [line[0] for line in tail.lines(Event.ROUND_MADE)] == [str(maker.pk)]
    assert "Een collega stelt deze ronde vast" in _page(maker, made)


def test_a_visit_round_is_about_a_set_and_has_no_last_day(maker, handover):
    many(handover, 12, "stadspas", "czv")
    client = _client(maker)
    page = client.get(_new_url(handover, RoundKind.VISIT)).content.decode()
    assert 'type="checkbox" name="regelingen" value="czv"' in page
    assert "reply_before" not in page
    answers = _answers(regelingen=["stadspas", "czv"])
    client.post(_new_url(handover, RoundKind.VISIT), answers)
    made = Round.objects.get()
    assert (made.kind, made.regelingen, made.reply_before) == ("bezoek", ["czv", "stadspas"], None)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"regelingen": ""}, "Kies een regeling."),
        ({"regelingen": "onbekend"}, "Selecteer een geldige keuze"),
        ({"klassen": []}, "Kies zeker, onzeker of allebei."),
        ({"name": ""}, "Geef de ronde een naam."),
        ({"name": "x" * 101}, "hooguit 100 tekens"),
        ({"reply_before": ""}, "Bij deze regeling hoort een formulier."),
        ({"reply_before": "2020-01-01"}, "Kies een dag die nog moet komen."),
        ({"reply_before": "2126-01-01"}, "Kies een dag binnen een jaar."),
        ({"reply_before": "morgen"}, "Vul een datum in"),
    ],
)
def test_what_is_not_right_is_said_and_nothing_is_made(maker, handover, changes, problem):
    many(handover, 12)
    response = _client(maker).post(_new_url(handover), _answers(**changes))
    assert response.status_code == 422
    assert problem in response.content.decode()
    assert not Round.objects.exists()


def test_today_is_no_day_to_come(maker, handover):
    many(handover, 12)
    today = clock.today().isoformat()
    assert _client(maker).post(_new_url(handover), _answers(reply_before=today)).status_code == 422


def test_a_letter_without_a_form_needs_no_last_day(maker, handover):
    many(handover, 12, mode="ambtshalve")
    assert _client(maker).post(_new_url(handover), _answers(reply_before="")).status_code == 302


def test_a_name_that_nobody_changed_gets_its_regeling(maker, handover):
    many(handover, 12)
    preset = round_forms.preset_name(RoundKind.LETTER, handover.peildatum)
    assert preset == "Brieven maart 2026"
    assert f'value="{preset}"' in _client(maker).get(_new_url(handover)).content.decode()
    _client(maker).post(_new_url(handover), _answers(name=preset))
    assert Round.objects.get().name == f"Brieven {Regeling.objects.get(pk='stadspas')} maart 2026"


@pytest.mark.parametrize(
    "query", ["", "?soort=iets&koppeling=1", "?soort=brief&koppeling=99999", "?soort=brief"]
)
def test_a_broken_first_step_is_asked_again(maker, handover, query):
    response = _client(maker).get(reverse("round_new") + query)
    assert response.status_code == 200
    assert 'name="soort"' in response.content.decode()


def test_two_clicks_at_once_make_one_round(maker, handover, unblocked):
    many(handover, 12)
    clients = [_client(maker) for _ in range(4)]
    barrier = threading.Barrier(len(clients))
    statuses: list[int] = []

    def click(client) -> None:
        barrier.wait()
        statuses.append(client.post(_new_url(handover), _answers()).status_code)
        connections.close_all()

    _together(click, clients)
    assert statuses == [302] * 4
    assert Round.objects.count() == 1


def _together(work, each) -> None:
    threads = [threading.Thread(target=work, args=(one,)) for one in each]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_counts_leave_out_who_does_not_come_in(maker, handover):
    many(handover, 20)
    factories.candidacy(factories.household(in_handover=handover, institution=True))
    gone = factories.person(no_contact=True)
    factories.candidacy(factories.household(in_handover=handover, adults=[gone]))
    with acting_as(maker.actor()):
        [letters] = rounds.counts(handover)
        [visit] = rounds.counts(handover, kind=RoundKind.VISIT)
    assert (letters.total, visit.total) == (21, 20)


# --- small counts ---


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ([20, 30], [20, 30]),
        ([0, 30], [0, 30]),
        ([9, 30], [None, None]),
        ([10, 30], [10, 30]),
        ([9, 0], [None, 0]),
        ([5, 5], [None, None]),
        ([1, 30, 40], [None, None, 40]),
        ([1, 2, 30], [None, None, None]),
        ([5, 6, 30], [None, None, 30]),
        ([3, 40, 0, 30], [None, 40, 0, None]),
        ([], []),
    ],
)
def test_small_counts_are_hidden_and_so_is_what_tells_them(counts, shown):
    assert small_cells.shielded(counts) == shown


def test_nobody_can_subtract_a_small_count():
    """Whatever the counts: who knows the sum and all that is shown, learns no sum under ten."""
    for first in range(12):
        for second in range(12):
            for third in (0, 3, 9, 10, 25):
                counts = [first, second, third]
                hidden = [
                    count
                    for count, shown in zip(counts, small_cells.shielded(counts), strict=True)
                    if shown is None
                ]
                assert not any(small_cells.is_small(count) for count in counts) or hidden
                # With fewer than ten hidden, nothing of ten or more is left to hide them behind.
                if hidden and sum(hidden) < small_cells.SMALLEST:
                    assert max(counts) < small_cells.SMALLEST


def test_a_page_shows_no_small_count(maker, fixer, handover):
    many(handover, 1200)
    many(handover, 7, klasse="onzeker")
    many(handover, 25, "iit")
    many(handover, 4, "czv")
    new = _text(_client(maker).get(_new_url(handover)))
    visit = _page(fixer, _concept(handover, maker, RoundKind.VISIT, ["stadspas", "iit", "czv"]))
    letter = _page(fixer, _concept(handover, maker))
    for text in (new, visit, letter):
        assert "Stadspas niet getoond minder dan 10 1.207" in text
        # The moment at which it was made has numbers of its own.
        counts = re.sub(r"\w+ \d+ \w+ \d{4}, \d\d:\d\d", "", text)
        assert not re.search(r"(?<![\d.])(4|7|25|29|1\.200)(?![\d.])", counts)
    for text in (new, visit):
        # Of 1.236 households 1.207 are here; with 25 beside them the last 4 would be told.
        assert "Collectieve zorgverzekering minder dan 10 0 minder dan 10" in text
        assert "Individuele inkomenstoeslag niet getoond 0 niet getoond" in text
    assert "Minder dan 10 huishoudens" in new
    assert "Huishoudens 1.236" in visit


def test_the_places_of_a_visit_round_tell_no_small_count_either(maker, fixer, handover):
    factories.team("Noord", buurten=["BU1"])
    factories.team("Zuid", buurten=["BU2"])
    many(handover, 40, buurt="BU1")
    many(handover, 30, buurt="BU2")
    many(handover, 3, buurt="BU9")
    round_ = _concept(handover, maker, RoundKind.VISIT)
    _client(fixer).post(reverse("round_fix", args=[round_.pk]))
    text = _page(fixer, round_)
    assert "Huishoudens 73" in text
    assert "Noord 40" in text
    assert "Zuid niet getoond" in text
    assert re.search(r"Zonder looplijst .* minder dan 10", text)


# --- the list and one round ---


def test_the_list_says_what_who_and_how_far(maker, fixer, handover):
    assert "Er zijn nog geen rondes" in _text(_client(maker).get(reverse("rounds")))
    round_ = _concept(handover, maker)
    text = _text(_client(fixer).get(reverse("rounds")))
    assert all(word in text for word in ("Voorjaar", "Brieven", "zo 1 mrt 2026", "Sam de Wit", "Concept"))
    assert reverse("round", args=[round_.pk]) in _client(fixer).get(reverse("rounds")).content.decode()


def test_the_second_person_gets_the_button_and_the_maker_does_not(maker, fixer, handover):
    many(handover, 12)
    round_ = _concept(handover, maker)
    assert "Ronde vaststellen" not in _page(maker, round_)
    assert "Daarom kijkt een tweede persoon mee" in _page(maker, round_)
    assert "Ronde vaststellen" in _page(fixer, round_)


def test_a_round_for_nobody_has_no_button(maker, fixer, handover):
    page = _page(fixer, _concept(handover, maker))
    assert "Deze ronde bereikt nu niemand" in page
    assert "Ronde vaststellen" not in page


def test_fixing_shows_who_when_and_the_fingerprint(maker, fixer, handover):
    many(handover, 12)
    round_ = _concept(handover, maker)
    response = _client(fixer).post(reverse("round_fix", args=[round_.pk]), follow=True)
    text = _text(response)
    round_.refresh_from_db()
    assert "De ronde is vastgesteld." in text
    assert round_.inputs_hash[:12] in text
    assert round_.inputs_hash not in text
    assert "Bekijk de brieven van deze ronde" in text
    assert "Ronde vaststellen" not in text


def test_the_maker_who_posts_anyway_is_told_why_not(maker, handover):
    many(handover, 12)
    round_ = _concept(handover, maker)
    response = _client(maker).post(reverse("round_fix", args=[round_.pk]), follow=True)
    assert "Je hebt deze ronde zelf gemaakt. Vraag een collega" in _text(response)
    round_.refresh_from_db()
    assert round_.state == RoundState.CONCEPT


def test_a_second_click_says_the_same_and_does_nothing(maker, fixer, handover):
    many(handover, 12)
    round_, client = _concept(handover, maker), _client(fixer)
    tail = visits.AuditTail()
    texts = [_text(client.post(reverse("round_fix", args=[round_.pk]), follow=True)) for _ in range(2)]
    assert all("De ronde is vastgesteld." in text for text in texts)
    assert len(tail.lines(Event.ROUND_FIXED)) == 1
    with acting_as(SYSTEM_ACTOR):
        assert Approach.objects.filter(round=round_).count() == 12


def test_of_two_people_at_once_one_is_told_that_it_is_done(maker, handover, unblocked):
    many(handover, 200)
    round_ = _concept(handover, maker)
    clients = [_client(factories.user(Role.APPLICATIEBEHEERDER)) for _ in range(4)]
    barrier = threading.Barrier(len(clients))
    texts: list[str] = []

    def click(client) -> None:
        barrier.wait()
        texts.append(_text(client.post(reverse("round_fix", args=[round_.pk]), follow=True)))
        connections.close_all()

    _together(click, clients)
    assert sorted("De ronde is vastgesteld." in text for text in texts) == [False, False, False, True]
    assert sum("Deze ronde is al vastgesteld." in text for text in texts) == 3
    with acting_as(SYSTEM_ACTOR):
        assert Approach.objects.filter(round=round_).count() == 200


def test_a_link_to_a_looplijst_is_for_who_may_open_it(maker, fixer, handover):
    factories.team("Noord", buurten=["BU1"])
    many(handover, 12, buurt="BU1")
    round_ = _concept(handover, maker, RoundKind.VISIT)
    _client(fixer).post(reverse("round_fix", args=[round_.pk]))
    with acting_as(SYSTEM_ACTOR):
        link = reverse("looplijst", args=[Looplijst.objects.get().pk])
    for user, there in ((maker, True), (fixer, False)):
        page = _client(user).get(reverse("round", args=[round_.pk])).content.decode()
        assert (link in page) == there
        assert "Noord" in page


def test_a_round_page_shows_no_person_and_no_address(maker, fixer, handover):
    adult = factories.person(family_name="Kanariegeel")
    factories.candidacy(factories.household(in_handover=handover, adults=[adult], street="Kanariestraat"))
    factories.team()
    round_ = _concept(handover, maker, RoundKind.VISIT)
    _client(fixer).post(reverse("round_fix", args=[round_.pk]))
    for name, args in (("rounds", []), ("round", [round_.pk]), ("home", [])):
        assert "Kanarie" not in _client(fixer).get(reverse(name, args=args)).content.decode()


def _closed(user, round_) -> str:
    letter = round_.kind == RoundKind.LETTER
    address = reverse("letter_round_close" if letter else "round_close", args=[round_.pk])
    return _text(_client(user).post(address, {"withdraw": "on"}, follow=True))


def test_a_concept_has_nothing_to_close(maker, fixer, handover):
    many(handover, 12)
    round_ = _concept(handover, maker)
    assert "Ronde afsluiten" not in _page(fixer, round_)
    assert "Deze ronde is nog niet vastgesteld." in _closed(fixer, round_)
    round_.refresh_from_db()
    assert round_.state == RoundState.CONCEPT


@pytest.mark.parametrize("kind", RoundKind)
def test_a_fixed_round_is_closed_once(maker, fixer, handover, kind):
    many(handover, 12)
    round_ = _concept(handover, maker, kind)
    _client(fixer).post(reverse("round_fix", args=[round_.pk]))
    assert "Ronde afsluiten" in _page(maker, round_)
    tail = visits.AuditTail()
    said = _closed(maker, round_)
    # What has not gone is taken back by the worker, which may take a while.
    by_worker = kind == RoundKind.LETTER
    assert ("Dit wordt binnen een minuut gedaan." if by_worker else "De ronde is afgesloten.") in said
    for errand in errands.due():
        errands.carry_out(errand_id=errand)
    assert "Deze ronde is al afgesloten." in _closed(fixer, round_)
    round_.refresh_from_db()
    assert round_.state == RoundState.CLOSED
    assert len(tail.lines(Event.ROUND_CLOSED)) == 1
    assert "Ronde afsluiten" not in _page(maker, round_)


@pytest.mark.parametrize("method", ["get", "put", "delete"])
def test_fixing_is_a_post(fixer, maker, handover, method):
    round_ = _concept(handover, maker)
    assert getattr(_client(fixer), method)(reverse("round_fix", args=[round_.pk])).status_code == 405


def test_a_round_that_is_not_there_is_not_found(fixer):
    assert _client(fixer).get(reverse("round", args=[999])).status_code == 404
    assert _client(fixer).post(reverse("round_fix", args=[999])).status_code == 404


def _withdrawn(user, round_) -> str:
    answer = _client(user).post(reverse("round_withdraw", args=[round_.pk]), follow=True)
    return answer.content.decode()


def test_a_mistaken_concept_is_withdrawn_and_nobody_fixes_it(maker, fixer, handover):
    many(handover, 12)
    round_ = _concept(handover, maker)
    assert "Ronde intrekken" in _page(maker, round_)
    tail = visits.AuditTail()
    assert "De ronde Voorjaar is ingetrokken." in _withdrawn(maker, round_)
    assert "De ronde Voorjaar is ingetrokken." in _withdrawn(fixer, round_)
    round_.refresh_from_db()
    assert round_.state == RoundState.WITHDRAWN
    assert len(tail.lines(Event.ROUND_WITHDRAWN)) == 1
    _client(fixer).post(reverse("round_fix", args=[round_.pk]))
    round_.refresh_from_db()
    assert round_.state == RoundState.WITHDRAWN
    assert "Ronde vaststellen" not in _page(fixer, round_)


def test_a_fixed_round_is_not_withdrawn(maker, fixer, handover):
    many(handover, 12)
    round_ = _concept(handover, maker)
    _client(fixer).post(reverse("round_fix", args=[round_.pk]))
    assert "Dit kan nu niet meer" in _withdrawn(maker, round_)
    round_.refresh_from_db()
    assert round_.state == RoundState.FIXED


def test_a_second_round_for_the_same_households_is_warned_of(maker, fixer, handover):
    many(handover, 12)
    first, second = _concept(handover, maker), _concept(handover, fixer)
    warning = "Er is al een ronde met deze regeling uit deze koppeling"
    assert warning not in _page(maker, second)
    _client(fixer).post(reverse("round_fix", args=[first.pk]))
    assert warning in _page(maker, second)
    assert warning not in _page(maker, first)
    assert warning not in _page(maker, _concept(handover, fixer, regelingen=("czv",)))
    assert warning not in _page(maker, _concept(handover, fixer, kind=RoundKind.VISIT))
