"""Work that is not lost: drafts, the end of a sign-in, no connection, a colleague who was first."""

import datetime
import re
from collections.abc import Iterator
from urllib.parse import parse_qs

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, Route, expect

from outreach.audit import Event
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Draft, Gesprek, LooplijstItem, Role, User
from tests import factories, waiting
from tests.browser.conftest import DESK, PHONE, SMALL
from tests.outreach import visits
from tests.outreach.visits import AuditTail
from tests.roles import as_role
from tests.second_step import code_for, code_of, give_app, not_code_of
from tests.ui import judging
from tests.ui.test_kit_browser import SMALL_TARGETS, TARGETS, TOO_WIDE

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
SIZES = pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
PASSWORD = "een lang wachtwoord van de proef"
NOTE = "Van de proef: ze is er donderdag weer"


@pytest.fixture
def stop(looplijst) -> LooplijstItem:
    return visits.items(looplijst)[9]


def url(stop: LooplijstItem) -> str:
    return f"/huishoudens/{stop.household_id}/gesprek/?lijst={stop.looplijst_id}"


def saved() -> list[str]:
    with acting_as(SYSTEM_ACTOR):
        found = Gesprek.objects.filter(note__startswith="Van de proef").order_by("pk")
        return list(found.values_list("note", flat=True))


def drafts() -> list[Draft]:
    with as_role("migrate"):
        return list(Draft.objects.order_by("pk"))


def write(page: Page, note: str = NOTE) -> None:
    page.get_by_text("Niet thuis", exact=True).click()
    page.get_by_label("Notitie").fill(note)


def save(page: Page) -> None:
    page.get_by_role("button", name="Opslaan en volgende").click()


def until_kept(note: str = NOTE) -> None:
    """Until a draft has the note: what the page says of a draft may be of the tap before the note.

    One that is still under way when the page goes comes in after the next page, or after it was thrown away.
    """
    waiting.until(lambda: any(note in str(draft.fields) for draft in drafts()), "a draft that has the note")


def accessible(page: Page) -> None:
    assert judging.violations(page) == []
    assert not page.evaluate(TOO_WIDE)
    if page.viewport_size["width"] < 500:
        assert page.evaluate(SMALL_TARGETS, TARGETS) == 0


def end_in(seconds: int) -> None:
    """Let everybody's sign-in end so soon."""
    Session.objects.update(expire_date=clock.now() + datetime.timedelta(seconds=seconds))


# Drafts.


@SIZES
def test_half_a_note_is_kept_and_offered_back(open_page, stop, size):
    page, watch = open_page(url(stop), size)
    write(page)
    expect(page.locator("[data-draft-state]")).to_contain_text("Concept bewaard om")
    until_kept()
    page.goto("/looplijsten/")
    page.goto(url(stop))
    expect(page.get_by_label("Notitie")).to_have_value("")
    expect(page.get_by_role("group", name="Concept")).to_contain_text("Je hebt een concept van")
    accessible(page)
    page.get_by_role("link", name="Verder met dit concept").click()
    expect(page.get_by_label("Notitie")).to_have_value(NOTE)
    expect(page.get_by_label("Niet thuis")).to_be_checked()
    save(page)
    expect(page.get_by_text("Opgeslagen. Dit is het volgende adres.")).to_be_visible()
    assert saved() == [NOTE]
    assert drafts() == []
    assert watch.complaints == []


def test_a_word_that_was_half_typed_is_kept_when_one_walks_away(open_page, stop):
    page, watch = open_page(url(stop), PHONE)
    page.get_by_label("Notitie").press_sequentially("Van de proef: nog", delay=5)
    page.get_by_role("link", name="Looplijst Buurtteam Noord").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Looplijst Buurtteam Noord")
    # The browser sends it on after the page is gone; the next page may well be there first.
    waiting.until(drafts, "the draft of what was half typed")
    page.goto(url(stop))
    page.get_by_role("link", name="Verder met dit concept").click()
    expect(page.get_by_label("Notitie")).to_have_value("Van de proef: nog")
    assert watch.complaints == []


def test_a_draft_is_thrown_away(open_page, stop):
    page, watch = open_page(url(stop), PHONE)
    write(page)
    expect(page.locator("[data-draft-state]")).to_contain_text("Concept bewaard om")
    until_kept()
    page.goto(url(stop))
    page.get_by_role("button", name="Weggooien").click()
    expect(page.get_by_text("Je concept is weggegooid.")).to_be_visible()
    assert drafts() == []
    assert watch.complaints == []


def test_what_is_typed_later_has_a_higher_number(open_page, stop):
    """By it the server knows which draft is the last, in whichever order they come in."""
    page, watch = open_page(url(stop), PHONE)
    numbers = [int(page.locator("[data-turn]").get_attribute("data-turn"))]
    for note in (NOTE, f"{NOTE}, na vijven"):
        with page.expect_request("**/concept/**") as asked:
            page.get_by_label("Notitie").fill(note)
        numbers.append(int(parse_qs(asked.value.post_data)["volgorde"][0]))
        expect(page.locator("[data-draft-state]")).to_contain_text("Concept bewaard om")
    assert numbers == sorted(set(numbers))
    assert watch.complaints == []


def test_a_bsn_is_kept_in_no_draft(open_page, stop):
    page, watch = open_page(url(stop), PHONE)
    write(page, "Van de proef 123456782")
    expect(page.get_by_role("alert").locator("visible=true")).to_contain_text("Geen concept bewaard.")
    assert [draft for draft in drafts() if "123456782" in str(draft.fields)] == []
    assert watch.complaints == []


def test_what_is_written_before_the_scripts_came_is_kept_too(open_page, stop):
    page, watch = open_page("/looplijsten/", PHONE)
    held: list[Route] = []
    page.route(re.compile(r"/htmx[^/]*\.js"), lambda route: held.append(route))
    with page.expect_request(re.compile(r"/htmx[^/]*\.js")):
        page.goto(url(stop), wait_until="commit")
    write(page)
    assert len(held) == 1
    held[0].continue_()
    expect(page.locator("[data-draft-state]")).to_contain_text("Concept bewaard om")
    until_kept()
    assert len(drafts()) == 1
    assert watch.complaints == []


def test_without_javascript_a_button_keeps_a_draft(open_page, stop):
    page, watch = open_page(url(stop), PHONE, scripts=False)
    write(page)
    page.get_by_role("button", name="Bewaar concept").click()
    expect(page.get_by_text("Concept bewaard. Je vindt het terug")).to_be_visible()
    expect(page.get_by_label("Notitie")).to_have_value(NOTE)
    save(page)
    expect(page.get_by_text("Opgeslagen. Dit is het volgende adres.")).to_be_visible()
    assert saved() == [NOTE]
    assert watch.complaints == []


# The end of a sign-in.


@pytest.fixture
def known(walker: User) -> User:
    """The walker, with a password and an app to sign in again."""
    walker.set_password(PASSWORD)
    walker.save()
    return give_app(walker)


@SIZES
def test_a_warning_comes_two_minutes_before_and_one_click_stays(open_page, known, stop, size):
    page, watch = open_page("/looplijsten/", size)
    page.clock.install()
    page.goto(url(stop))
    write(page)
    page.clock.fast_forward("27:30")
    expect(page.get_by_role("alertdialog")).to_have_count(0)
    end_in(119)
    page.clock.fast_forward("00:40")
    dialog = page.get_by_role("alertdialog", name="Je wordt bijna uitgelogd")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_role("button", name="Blijf ingelogd")).to_be_focused()
    expect(dialog).to_contain_text(re.compile(r"Om \d\d\.\d\d uur"))
    accessible(page)
    dialog.get_by_role("button", name="Blijf ingelogd").click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_label("Notitie")).to_have_value(NOTE)
    assert Session.objects.latest("expire_date").expire_date > clock.now() + datetime.timedelta(minutes=29)
    assert watch.complaints == []


def test_another_tab_put_off_the_end_so_nobody_is_warned(open_page, stop):
    page, watch = open_page("/looplijsten/", PHONE)
    page.clock.install()
    page.goto(url(stop))
    with page.expect_response("**/aanmelding/") as asked:
        page.clock.fast_forward("28:10")
    assert asked.value.json()["seconden"] > 1700
    expect(page.get_by_role("alertdialog")).to_have_count(0)
    assert watch.complaints == []


@SIZES
def test_who_was_signed_out_signs_in_again_in_the_page_and_saves(open_page, known, stop, size):
    page, _ = open_page(url(stop), size)
    write(page)
    Session.objects.all().delete()
    save(page)
    dialog = page.get_by_role("alertdialog", name="Je bent uitgelogd")
    expect(dialog).to_be_visible()
    expect(page.get_by_label("Wachtwoord")).to_be_focused()
    assert saved() == []
    assert [draft.fields["note"] for draft in drafts()] == [[NOTE]]
    accessible(page)
    page.get_by_label("Wachtwoord").fill("dit is het niet")
    dialog.get_by_role("button", name="Inloggen").click()
    expect(dialog).to_contain_text("Dit wachtwoord klopt niet.")
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.get_by_label("Code van je app").fill(not_code_of(known))
    dialog.get_by_role("button", name="Inloggen").click()
    expect(dialog).to_contain_text("Deze code klopt niet.")
    expect(page.get_by_label("Code van je app")).to_be_focused()
    page.get_by_label("Code van je app").fill(code_of(known))
    dialog.get_by_role("button", name="Inloggen").click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_text("Je bent weer ingelogd.")).to_be_visible()
    expect(page.get_by_label("Notitie")).to_have_value(NOTE)
    save(page)
    expect(page.get_by_text("Opgeslagen. Dit is het volgende adres.")).to_be_visible()
    assert saved() == [NOTE]
    # One that was on its way may come in later, and is not offered: the gesprek is there.
    page.goto(url(stop))
    expect(page.get_by_role("group", name="Concept")).to_have_count(0)


def test_who_has_no_app_any_more_sets_it_up_and_finds_the_draft(open_page, known, stop):
    """Somebody took it off his account: that is done on a page of its own; what was written waits."""
    Authenticator.objects.all().delete()
    page, _ = open_page(url(stop), PHONE)
    write(page)
    Session.objects.all().delete()
    save(page)
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.get_by_role("alertdialog").get_by_role("button", name="Inloggen").click()
    expect(page.get_by_role("heading", name="Code-app instellen")).to_be_visible()
    page.get_by_label("Code van de app").fill(code_for(page.locator(".kit-code").inner_text()))
    page.get_by_role("button", name="Instellen").click()
    expect(page.get_by_role("heading", name="Herstelcodes")).to_be_visible()
    page.goto(url(stop))
    page.get_by_role("link", name="Verder met dit concept").click()
    expect(page.get_by_label("Notitie")).to_have_value(NOTE)


def test_the_dialog_comes_by_itself_when_the_time_is_up(open_page, known, stop):
    page, _ = open_page("/looplijsten/", PHONE)
    page.clock.install()
    page.goto(url(stop))
    write(page)
    Session.objects.all().delete()
    page.clock.fast_forward("28:10")
    expect(page.get_by_role("alertdialog", name="Je bent uitgelogd")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.get_by_role("alertdialog", name="Je bent uitgelogd")).to_be_visible()


@SIZES
def test_without_javascript_the_text_is_offered_after_signing_in(open_page, known, stop, size):
    page, watch = open_page(url(stop), size, scripts=False)
    write(page)
    Session.objects.all().delete()
    save(page)
    expect(page.get_by_text("Wat je schreef, is bewaard als concept.")).to_be_visible()
    page.get_by_label("Gebruikersnaam").fill(known.username)
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.get_by_role("button", name="Inloggen").click()
    page.get_by_label("Code").fill(code_of(known))
    page.get_by_role("button", name="Inloggen").click()
    page.get_by_role("link", name="Verder met dit concept").click()
    expect(page.get_by_label("Notitie")).to_have_value(NOTE)
    save(page)
    expect(page.get_by_text("Opgeslagen. Dit is het volgende adres.")).to_be_visible()
    assert saved() == [NOTE]
    assert watch.complaints == []


def test_a_form_whose_token_grew_old_is_saved_with_one_more_tap(open_page, stop):
    """As when somebody signed in again in another tab."""
    page, _ = open_page(url(stop), PHONE)
    write(page)
    page.context.clear_cookies(name="csrf")
    with page.expect_response("**/aanmelding/"):
        save(page)
    expect(page.get_by_role("alert", name="Niet opgeslagen")).to_be_visible()
    assert saved() == []
    save(page)
    expect(page.get_by_text("Opgeslagen. Dit is het volgende adres.")).to_be_visible()
    assert saved() == [NOTE]


# Two at once.


@SIZES
def test_the_second_save_shows_both_texts_and_saves_with_one_more_tap(open_page, walker, stop, size):
    page, watch = open_page(url(stop), size)
    write(page)
    colleague = factories.user(Role.BUURTTEAM, team=walker.team)
    colleague.first_name, colleague.last_name = "Zeki", "Kaya"
    colleague.save()
    visits.save(stop, colleague, day=clock.today(), note="Van de proef: de collega was er net")
    save(page)
    newer = page.get_by_role("alert", name="Nog niet opgeslagen: er kwam net iets bij")
    expect(newer).to_contain_text("Van de proef: de collega was er net")
    expect(newer).to_contain_text(re.compile(r"Zeki Kaya sloeg om \d\d\.\d\d uur op: Niet thuis"))
    expect(newer).to_be_focused()
    expect(page.get_by_label("Notitie")).to_have_value(NOTE)
    accessible(page)
    save(page)
    expect(page.get_by_text("Opgeslagen. Dit is het volgende adres.")).to_be_visible()
    assert saved() == ["Van de proef: de collega was er net", NOTE]
    assert watch.complaints == []


# No connection, or a server that is being restarted.


def _restarting(route: Route) -> None:
    if route.request.method == "POST":
        route.fulfill(status=502, body="Bad Gateway")
    else:
        route.continue_()


def _hanging_up(route: Route) -> None:
    if route.request.method == "POST":
        route.abort("connectionreset")
    else:
        route.continue_()


@pytest.fixture(params=["offline", "restart", "broken off"])
def broken(request) -> Iterator[object]:
    """Breaks the connection of a page in one of three ways; called again, it mends it."""

    def set_broken(page: Page, on: bool) -> None:
        if request.param == "offline":
            page.context.set_offline(on)
        elif on:
            page.context.route("**/*", _restarting if request.param == "restart" else _hanging_up)
        else:
            page.context.unroute_all()

    return set_broken


@SIZES
def test_what_failed_is_said_and_one_tap_saves_it_once_after(open_page, stop, size, broken):
    page, _ = open_page(url(stop), size)
    tail = AuditTail()
    write(page)
    broken(page, True)
    save(page)
    expect(page.get_by_role("alert", name="Niet opgeslagen")).to_be_visible()
    expect(page.get_by_text(re.compile(r"^Opgeslagen"))).to_have_count(0)
    expect(page.get_by_label("Notitie")).to_have_value(NOTE)
    assert saved() == []
    broken(page, False)
    save(page)
    expect(page.get_by_text("Opgeslagen. Dit is het volgende adres.")).to_be_visible()
    assert saved() == [NOTE]
    assert len(tail.lines(Event.GESPREK_SAVED)) == 1


def test_offline_says_so_before_one_taps_and_asks_before_leaving(open_page, stop):
    page, _ = open_page(url(stop), PHONE)
    page.context.set_offline(True)
    expect(page.get_by_role("alert", name="Je hebt geen verbinding")).to_be_visible()
    accessible(page)
    write(page)
    expect(page.locator("[data-draft-state]")).to_contain_text("Nog geen concept bewaard.")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.get_by_role("link", name="Looplijst Buurtteam Noord").click()
    expect(page.get_by_label("Notitie")).to_have_value(NOTE)
    assert asked == ["beforeunload"]
    page.context.set_offline(False)
    expect(page.get_by_role("alert", name="Je hebt geen verbinding")).to_be_hidden()


@SIZES
def test_a_double_tap_saves_once_while_a_draft_is_on_its_way(open_page, stop, size):
    page, watch = open_page(url(stop), size)
    tail = AuditTail()
    write(page)
    with page.expect_request("**/concept/**"):
        pass
    page.get_by_role("button", name="Opslaan en volgende").dblclick()
    expect(page.get_by_text("Opgeslagen. Dit is het volgende adres.")).to_be_visible()
    assert saved() == [NOTE]
    assert len(tail.lines(Event.GESPREK_SAVED)) == 1
    page.goto(url(stop))
    expect(page.get_by_role("group", name="Concept")).to_have_count(0)
    assert watch.complaints == []


@pytest.mark.parametrize("size", [PHONE, SMALL], ids=["phone", "small"])
def test_the_buttons_stay_in_view(open_page, stop, size):
    page, watch = open_page(url(stop), size)
    write(page)
    expect(page.locator("[data-draft-state]")).to_contain_text("Concept bewaard om")
    expect(page.get_by_role("button", name="Opslaan en volgende")).to_be_in_viewport(ratio=1)
    assert not page.evaluate(TOO_WIDE)
    assert watch.complaints == []
