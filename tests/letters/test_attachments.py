"""Papers that we asked for: they hang on the application, change nothing of it, and stand beside its form."""

import datetime
import re

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connections
from django.test import Client
from django.urls import reverse

from letters.actions import assessment, scans
from letters.actions.work import AlreadySettled
from letters.composition.codes import human
from letters.models import ApplicationState, ResponseState, Scan, Signature, WorkItem, WorkKind
from outreach.audit import Event
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Role
from tests import factories
from tests.letters import sheets
from tests.letters.sheets import signed
from tests.outreach import visits
from tests.reading import hostile
from tests.roles import as_role

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(tmp_path, settings):
    settings.LETTER_FOLDER = tmp_path / "brieven"
    settings.SCAN_FOLDER = tmp_path / "scans"
    return tmp_path


@pytest.fixture
def asked(folder):
    """The letter of an onzeker household of which a jaaropgave was asked."""
    letter = sheets.posted(2)[1]
    sheets.taken_in(sheets.scanned(letter, signed))
    application = sheets.application_of(letter)
    sam = factories.user(Role.CONSULENT)
    with acting_as(sam.actor()):
        assessment.ask_missing(application=application, codes=["jaaropgave"], version=0, by=sam)
    assert sheets.application_of(letter).state == ApplicationState.INCOMPLETE
    assert sheets.queues() == []
    return letter


def browser(role=Role.CONSULENT, **user):
    somebody = factories.user(role, **user)
    found = Client()
    found.force_login(somebody)
    found.somebody = somebody
    return found


def paper(shade: int = 255) -> WorkItem:
    """A sheet without a code, as it lies in the werkvoorraad."""
    page = hostile.page()
    page.putpixel((5, 5), shade if page.mode == "L" else (shade,) * len(page.getbands()))
    scan = sheets.taken_in(hostile.saved(page, "PNG"))
    with acting_as(SYSTEM_ACTOR):
        return WorkItem.objects.open().select_related("scan").get(kind=WorkKind.SCAN_UNREADABLE, scan=scan)


def link(client, item, code, what="bijlage"):
    return client.post(reverse("work_link", args=[item.pk]), {"what": what, "code": str(code)}, follow=True)


def seen(scan_id, client):
    """How often this user opened an image of this scan."""
    with connections["migrate"].cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM audit.gebeurtenis WHERE handeling = %s AND actor = %s AND %s = ANY(ids)",
            [Event.SCAN_SEEN.value, str(client.somebody.pk), str(scan_id)],
        )
        return cursor.fetchone()[0]


def test_a_paper_hangs_on_the_application_and_changes_nothing_of_it(asked):
    before, client = sheets.application_of(asked), browser()
    first, second = paper(), paper(10)
    shown = link(client, first, before.pk)
    assert shown.redirect_chain[-1][0] == reverse("application", args=[before.pk])
    assert "De bijlage hoort nu bij deze aanvraag." in shown.content.decode()
    assert "Compleet: verder beoordelen" in shown.content.decode()
    link(client, second, human(asked.form_code))
    after = sheets.application_of(asked)
    assert (after.state, after.scan_id, after.version) == (before.state, before.scan_id, before.version)
    for item in (first, second):
        scan = sheets.scan(item.scan_id)
        assert (scan.attachment, scan.letter, scan.signature) == (True, asked, Signature.UNKNOWN)
    assert (sheets.queues(), sheets.granted()) == ([], 0)
    with acting_as(SYSTEM_ACTOR):
        closed = WorkItem.objects.get(pk=first.pk)
    assert (closed.resolution, closed.closed_by_id) == ("bijlage", client.somebody.pk)


def test_the_page_shows_the_form_first_and_then_the_papers_and_each_look_is_written_down(asked):
    application, client = sheets.application_of(asked), browser()
    papers = [paper(), paper(10)]
    for item in papers:
        link(client, item, application.pk)
    shown = client.get(reverse("application", args=[application.pk])).content.decode()
    names = re.findall(r'<h2 id="scan-kop-\d">([^<]+)</h2>', shown)
    assert names == ["Het formulier", "Bijlage 1", "Bijlage 2"]
    links = re.findall(r'<a class="assess-image" href="([^"]+)"', shown)
    assert len(links) == 3
    assert links[0] == reverse("application_image", args=[application.pk, 1])
    scan_ids = [application.scan_id, *(item.scan_id for item in papers)]
    for scan_id, address in zip(scan_ids, links, strict=True):
        assert seen(scan_id, client) == 0
        image = client.get(address)
        assert (image.status_code, image.headers["Cache-Control"]) == (200, "no-store")
        assert seen(scan_id, client) == 1


def test_a_paper_of_another_application_or_area_is_not_there(asked):
    application, client = sheets.application_of(asked), browser()
    item = paper()
    link(client, item, application.pk)
    address = reverse("application_scan", args=[application.pk, item.scan_id, 1])
    elsewhere = browser(team=factories.team("Zuid", buurten=["BU9"]))
    assert elsewhere.get(address).status_code == 404
    other = paper(10)
    loose = reverse("application_scan", args=[application.pk, other.scan_id, 1])
    assert client.get(loose).status_code == 404
    refused = link(elsewhere, other, application.pk)
    assert refused.status_code == 422
    assert "geen aanvraag met dit nummer of deze code" in refused.content.decode()
    assert sheets.queues() == [WorkKind.SCAN_UNREADABLE]
    assert [seen(item.scan_id, one) for one in (client, elsewhere)] == [0, 0]


def test_without_an_application_there_is_nothing_to_hang_it_on(folder):
    letter, client = sheets.posted(1)[0], browser()
    item = paper()
    for code in (human(letter.form_code), "999999", "0000-0000-0000", "²"):
        answer = link(client, item, code)
        assert answer.status_code == 422
    assert client.post(reverse("work_link", args=[item.pk]), {"code": "1"}).status_code == 422
    assert sheets.queues() == [WorkKind.SCAN_UNREADABLE]


def test_of_two_who_link_the_same_sheet_the_second_is_told_so(asked):
    item, sam = paper(), factories.user(Role.CONSULENT)
    number = str(sheets.application_of(asked).pk)
    with acting_as(sam.actor()):
        scans.attach_by_hand(item=item, typed=number, by=sam)
        with pytest.raises(scans.NotNow):
            scans.attach_by_hand(item=item, typed=number, by=sam)
    assert issubclass(AlreadySettled, scans.NotNow)


def test_who_is_not_of_the_office_links_nothing(asked):
    item, walker = paper(), factories.user(Role.ANALIST)
    with acting_as(SYSTEM_ACTOR), pytest.raises(PermissionDenied):
        scans.attach_by_hand(item=item, typed="1", by=walker)


def test_complete_puts_it_before_who_assesses_and_the_term_runs_on_from_the_paper(asked, monkeypatch):
    application, client = sheets.application_of(asked), browser()
    today = clock.today()
    with acting_as(SYSTEM_ACTOR):
        pile = sheets.pile()
        pile.received_until = today + datetime.timedelta(days=30)
        pile.save()
    link(client, paper(), application.pk)
    # Somebody looks four days after the paper came in: those days are ours.
    monkeypatch.setattr(clock, "today", lambda: today + datetime.timedelta(days=4))
    address = reverse("application_go_on", args=[application.pk])
    answer = client.post(address, {"door-version": application.version}, follow=True)
    assert "De aanvraag is compleet." in answer.content.decode()
    after = sheets.application_of(asked)
    assert (after.state, after.paused_until) == (ApplicationState.TO_ASSESS, None)
    assert after.decide_by == application.decide_by
    assert sheets.queues() == [WorkKind.ASSESS]
    with acting_as(SYSTEM_ACTOR):
        asked.refresh_from_db()
    assert asked.response == ResponseState.COMPLETE
    again = client.post(address, {"door-version": after.version}, follow=True)
    assert "de status is intussen veranderd" in again.content.decode()
    late = client.post(address, {"door-version": application.version}, follow=True)
    assert "Er is niets besloten" in late.content.decode()


def test_the_database_has_no_paper_with_a_signature(asked):
    with as_role("migrate"), pytest.raises(IntegrityError, match="scan_attachment_is_no_form"):
        Scan.objects.filter(letter=asked).update(attachment=True)


def test_no_image_is_shown_of_which_the_look_cannot_be_written_down(asked):
    application, client, attached, loose = sheets.application_of(asked), browser(), paper(), paper(10)
    link(client, attached, application.pk)
    pages = [
        reverse("work_image", args=[loose.pk, 1]),
        reverse("application_image", args=[application.pk, 1]),
        reverse("application_scan", args=[application.pk, attached.scan_id, 1]),
    ]
    client.raise_request_exception = False
    with visits.broken_audit():
        answers = [client.get(page) for page in pages]
    assert [(answer.status_code, answer.headers["Content-Type"][:9]) for answer in answers] == [
        (500, "text/html")
    ] * 3
    assert [client.get(page).headers["Content-Type"] for page in pages] == ["image/jpeg"] * 3
