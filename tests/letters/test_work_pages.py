"""The pages of the werkvoorraad: what is urgent on top, the scan beside the facts, and one who settles it."""

import datetime
import io

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse
from PIL import Image

from letters.actions import work
from letters.composition.codes import human
from letters.composition.places import CODES
from letters.models import ApplicationState, Letter, LetterKind, ResponseState, WorkItem, WorkKind
from letters.reading.codes import read_codes
from outreach.audit import Event
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Role
from tests import factories
from tests.letters import rounds, sheets
from tests.letters.sheets import blank, signed
from tests.reading import hostile, pens
from tests.roles import as_role

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(tmp_path, settings):
    settings.LETTER_FOLDER = tmp_path / "brieven"
    settings.SCAN_FOLDER = tmp_path / "scans"
    return tmp_path


@pytest.fixture
def letters(folder):
    return sheets.posted(3)


def client(role=Role.CONSULENT, **user):
    somebody = factories.user(role, **user)
    found = Client()
    found.force_login(somebody)
    found.somebody = somebody
    return found


def item(kind):
    with acting_as(SYSTEM_ACTOR):
        return WorkItem.objects.open().get(kind=kind)


def remark(sheet, places, random):
    pens.write(sheet, 30, 155, 50, random)


def events(event):
    with connections["migrate"].cursor() as cursor:
        cursor.execute(
            "SELECT actor FROM audit.gebeurtenis WHERE handeling = %s ORDER BY id DESC LIMIT 5", [event.value]
        )
        return [actor for (actor,) in cursor.fetchall()]


@as_role("migrate")
def make_late(kind):
    WorkItem.objects.filter(kind=kind).update(due_on=clock.today() - datetime.timedelta(days=1))


def test_the_list_counts_filters_and_names_nobody(letters):
    sheets.taken_in(sheets.scanned(letters[0], blank))
    sheets.taken_in(sheets.scanned(letters[1], signed))
    sheets.taken_in(hostile.saved(hostile.page(), "PNG"))
    make_late(WorkKind.ASSESS)
    page = client()
    shown = page.get(reverse("work")).content.decode()
    assert "3 dingen gevonden" in shown
    assert "Handtekening ontbreekt (1)" in shown
    assert "Te laat:" in shown
    assert "Niemand (wachtrij consulent)" in shown
    assert rounds.SURNAME not in shown
    assert "Gerststraat" not in shown
    first = page.get(reverse("home")).content.decode()
    assert "Er liggen 3 dingen." in first
    assert "1 te laat." in first
    only = page.get(reverse("work"), {"te_laat": "ja", "soort": "beoordelen"}).content.decode()
    assert "1 ding gevonden" in only
    assert page.get(reverse("work"), {"eigenaar": "ik"}).content.decode().count("0 dingen") == 1
    assert page.get(reverse("work"), {"soort": "bestaat_niet"}).status_code == 200


def test_the_scan_is_shown_beside_the_letter_and_the_look_is_in_the_audit(letters):
    sheets.taken_in(sheets.scanned(letters[0], signed, remark, upside_down=True))
    page = client()
    asked = item(WorkKind.REMARK)
    answer = page.get(reverse("work_item", args=[asked.pk]))
    shown = answer.content.decode()
    assert "Er is iets bij geschreven" in shown
    assert letters[0].household.address_line() in shown
    assert "In orde, ken toe" in shown
    image = page.get(reverse("work_image", args=[asked.pk, 1]))
    assert image.headers["Content-Type"] == "image/jpeg"
    assert image.headers["Cache-Control"] == "no-store"
    picture = Image.open(io.BytesIO(image.content))
    assert picture.width == 1654
    # The right way up: what is highest on the page is the code at the right, and it stands straight.
    highest = min(read_codes(picture.convert("L")), key=lambda code: code.corners[0][1])
    assert picture.width / 2 < highest.corners[0][0] < highest.corners[1][0]
    me = str(page.somebody.pk)
    for event in (Event.WORK_SEEN, Event.HOUSEHOLD_SEEN, Event.SCAN_SEEN):
        assert events(event)[0] == me
    assert page.get(reverse("work_image", args=[asked.pk, 2])).status_code == 404
    assert letters[0].form_code not in answer.content.decode().replace("-", "")


def test_a_form_in_order_is_granted_by_who_looked(letters):
    sheets.taken_in(sheets.scanned(letters[0], signed, remark))
    page = client()
    answer = page.post(reverse("work_accept", args=[item(WorkKind.REMARK).pk]), follow=True)
    assert "De aanvraag is toegekend." in answer.content.decode()
    application = sheets.application_of(letters[0])
    assert (application.state, application.decided_by_id) == (ApplicationState.GRANTED, page.somebody.pk)
    assert (sheets.granted(), sheets.queues()) == (1, [])


def test_of_two_at_once_the_second_is_told_so(letters):
    sheets.taken_in(sheets.scanned(letters[0], blank))
    asked = item(WorkKind.NO_SIGNATURE)
    one, two = client(), client(Role.TEAMLEIDER)
    one.post(reverse("work_accept", args=[asked.pk]))
    answer = two.post(reverse("work_accept", args=[asked.pk]), follow=True)
    assert "Een collega heeft dit intussen afgehandeld." in answer.content.decode()
    answer = two.post(reverse("work_ask", args=[asked.pk]), {"points": ["handtekening"]}, follow=True)
    assert "Een collega heeft dit intussen afgehandeld." in answer.content.decode()
    answer = two.post(reverse("work_close", args=[asked.pk]), {"reason": "gezien"}, follow=True)
    assert "Een collega heeft dit intussen afgehandeld." in answer.content.decode()
    assert sheets.granted() == 1
    assert sheets.application_of(letters[0]).decided_by_id == one.somebody.pk


def test_what_is_missing_is_asked_by_letter_and_the_answer_is_granted(letters):
    sheets.taken_in(sheets.scanned(letters[0], blank))
    asked = item(WorkKind.NO_SIGNATURE)
    page = client()
    assert page.post(reverse("work_ask", args=[asked.pk])).status_code == 422
    page.post(reverse("work_ask", args=[asked.pk]), {"points": ["handtekening"]})
    assert sheets.application_of(letters[0]).state == ApplicationState.INCOMPLETE
    assert sheets.queues() == []
    with acting_as(SYSTEM_ACTOR):
        letter = Letter.objects.get(kind=LetterKind.MISSING)
        assert letter.points == [{"code": "handtekening"}]
        assert Letter.objects.get(pk=letters[0].pk).response == ResponseState.INCOMPLETE
    assert rounds.parts.make(part_id=letter.part_id)
    rounds.post(letter.part)
    sheets.taken_in(sheets.scanned(letter, signed))
    assert sheets.application_of(letters[0]).state == ApplicationState.GRANTED
    assert sheets.granted() == 1


def test_a_zeker_form_may_be_assessed_first(letters):
    sheets.taken_in(sheets.scanned(letters[0], signed, remark))
    client().post(reverse("work_pass_on", args=[item(WorkKind.REMARK).pk]))
    assert sheets.application_of(letters[0]).state == ApplicationState.TO_ASSESS
    assert (sheets.granted(), sheets.queues()) == (0, [WorkKind.ASSESS])


def test_a_form_that_waits_for_a_decision_is_not_closed(letters):
    sheets.taken_in(sheets.scanned(letters[0], blank))
    asked = item(WorkKind.NO_SIGNATURE)
    answer = client().post(reverse("work_close", args=[asked.pk]), {"reason": "gezien"}, follow=True)
    assert "er moet eerst iets worden besloten" in answer.content.decode()
    assert sheets.queues() == [WorkKind.NO_SIGNATURE]


def spoiled(sheet, places, random):
    for box in CODES:
        pens.blot(sheet, box)


def test_a_scan_is_linked_by_its_printed_code(letters):
    sheets.taken_in(sheets.scanned(letters[0], signed, spoiled))
    asked = item(WorkKind.SCAN_UNREADABLE)
    page, address = client(), reverse("work_link", args=[asked.pk])
    form = {"what": "formulier"}
    assert page.post(address, {"code": human(letters[0].form_code)}).status_code == 422
    assert page.post(address, {**form, "code": ""}).status_code == 422
    wrong = page.post(address, {**form, "code": "0000-0000-0000"})
    assert wrong.status_code == 422
    assert "geen formulier met deze code" in wrong.content.decode()
    assert page.post(address, {**form, "code": human(letters[0].form_code).lower()}).status_code == 302
    # Nobody's pixels were read, so a person says whether it is signed.
    assert (sheets.granted(), sheets.queues()) == (0, [WorkKind.SIGNATURE_DOUBT])
    page.post(reverse("work_accept", args=[item(WorkKind.SIGNATURE_DOUBT).pk]))
    assert sheets.granted() == 1
    again = page.post(address, {**form, "code": human(letters[0].form_code)}, follow=True)
    assert "intussen afgehandeld" in again.content.decode()


def test_what_is_no_form_is_closed_with_a_reason(letters):
    sheets.taken_in(hostile.saved(hostile.page(), "PNG"))
    asked = item(WorkKind.SCAN_UNREADABLE)
    page = client()
    assert page.post(reverse("work_close", args=[asked.pk])).status_code == 422
    assert page.post(reverse("work_close", args=[asked.pk]), {"reason": "anders"}).status_code == 422
    page.post(reverse("work_close", args=[asked.pk]), {"reason": "geen_formulier"})
    with acting_as(SYSTEM_ACTOR):
        closed = WorkItem.objects.get(pk=asked.pk)
    assert (closed.resolution, closed.closed_by_id) == ("geen_formulier", page.somebody.pk)
    assert events(Event.WORK_SETTLED)[0] == str(page.somebody.pk)
    assert "Afgehandeld" in page.get(reverse("work_item", args=[asked.pk])).content.decode()


def test_an_item_is_taken_given_and_given_back(letters):
    sheets.taken_in(sheets.scanned(letters[0], blank))
    asked = item(WorkKind.NO_SIGNATURE)
    page, other = client(), factories.user(Role.TEAMLEIDER)
    address = reverse("work_owner", args=[asked.pk])
    page.post(address, {"owner": page.somebody.pk, "instead_of": ""})
    assert item(WorkKind.NO_SIGNATURE).owner_id == page.somebody.pk
    late = page.post(address, {"owner": other.pk, "instead_of": ""}, follow=True)
    assert "intussen gewijzigd" in late.content.decode()
    page.post(address, {"owner": other.pk, "instead_of": page.somebody.pk})
    assert item(WorkKind.NO_SIGNATURE).owner_id == other.pk
    page.post(address, {"owner": "", "instead_of": other.pk})
    assert item(WorkKind.NO_SIGNATURE).owner_id is None
    analyst = factories.user(Role.ANALIST)
    assert page.post(address, {"owner": analyst.pk, "instead_of": ""}).status_code == 422


def test_work_about_people_elsewhere_is_not_there(letters):
    sheets.taken_in(sheets.scanned(letters[0], blank))
    asked = item(WorkKind.NO_SIGNATURE)
    elsewhere = client(team=factories.team("Zuid", buurten=["BU9"]))
    assert "0 dingen gevonden" in elsewhere.get(reverse("work")).content.decode()
    for name, args in (("work_item", [asked.pk]), ("work_image", [asked.pk, 1])):
        assert elsewhere.get(reverse(name, args=args)).status_code == 404
    assert elsewhere.post(reverse("work_accept", args=[asked.pk])).status_code == 404
    assert sheets.granted() == 0


def test_printing_work_starts_with_who_made_the_round(letters):
    with acting_as(SYSTEM_ACTOR):
        opened = work.open_item(WorkKind.STUCK, part=letters[0].part)
    assert opened.owner == letters[0].part.round.made_by
    shown = client().get(reverse("work_item", args=[opened.pk])).content.decode()
    assert "Deel 1 van Brieven voorjaar" in shown


def test_a_broken_file_shows_no_picture(letters):
    sheets.taken_in(hostile.pdf_with_script())
    page = client()
    asked = item(WorkKind.SCAN_BROKEN)
    shown = page.get(reverse("work_item", args=[asked.pk])).content.decode()
    assert "In het bestand zit een programma." in shown
    assert "geen beeld te tonen" in shown
    assert page.get(reverse("work_image", args=[asked.pk, 1])).status_code == 404
