"""The pages of the letter texts: from a new version to an approved one, and what each role sees of it."""

import lxml.html
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from letters.actions import editions
from letters.apps import put_in_shipped_texts
from letters.models import Template, TemplateState
from letters.texts.versions import fields_of
from outreach.models import Role, User
from tests import factories
from tests.letters import rounds
from tests.letters.samples import page_texts
from tests.roles import as_role

pytestmark = pytest.mark.django_db
SUBJECT = "U kunt geld voor school krijgen"
BSN = "1234.56.782"


def _as(role: Role) -> Client:
    return _client(factories.user(role))


def _client(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def _text(response) -> str:
    page = lxml.html.fromstring(response.content.decode())
    for cards in page.find_class("kit-cards"):
        cards.drop_tree()
    return " ".join(page.text_content().split())


def _approved(kind: str = "zeker", regeling: str | None = "scholierenvergoeding") -> Template:
    rounds.approved_texts()
    return Template.objects.approved().get(kind=kind, regeling=regeling)


def _address(name: str, *args: object) -> str:
    return reverse(f"letter_text{name}", args=args)


def _written(version: Template, **changes: str) -> dict[str, str]:
    """What the form of a version sends."""
    sent = {one.path.replace(".", "__"): one.text for one in fields_of(version.content)}
    return sent | changes


def _concept(client: Client, version: Template, **changes: str) -> Template:
    client.post(_address("_next", version.pk))
    made = Template.objects.concepts().get(kind=version.kind, regeling=version.regeling)
    client.post(_address("_edit", made.pk), _written(made, **changes))
    made.refresh_from_db()
    return made


def test_the_list_has_the_texts_of_a_regeling_and_all_concepts():
    put_in_shipped_texts()
    client = _as(Role.TEAMLEIDER)
    text = _text(client.get(_address("s")))
    assert "Teksten voor alle regelingen" in text
    assert "Bevestiging van afmelding Nog niet goedgekeurd – Versie 1" in text
    assert "Met de software meegekomen Nog niet" in text
    rounds.approved_texts()
    own = _text(client.get(_address("s"), {"regeling": "stadspas"}))
    assert "Teksten van Stadspas" in own
    assert "Toekenning zonder formulier Versie 1" in own
    assert "Bevestiging van afmelding" not in own
    assert "Er zijn geen concepten" in own


def test_from_a_new_version_to_letters_with_it():
    version = _approved()
    writer, second = factories.user(Role.COMMUNICATIEADVISEUR), factories.user(Role.TEAMLEIDER)
    client = _client(writer)
    made = _concept(client, version, onderwerp=SUBJECT)
    assert (made.number, made.content["onderwerp"], made.made_by) == (2, SUBJECT, writer)
    page = _text(client.get(_address("", made.pk)))
    assert "De tekst voldoet en past op het papier." in page
    assert "Niemand heeft de taal van deze tekst getoetst. Dat komt eerst." in page
    judged = {"sha256": made.sha256, "judgement": "Kort en duidelijk."}
    assert client.post(_address("_judge", made.pk), judged).status_code == 302
    assert "Je hebt deze tekst zelf geschreven." in _text(client.get(_address("", made.pk)))
    _client(second).post(_address("_approve", made.pk), {"sha256": made.sha256})
    made.refresh_from_db()
    assert (made.state, made.approved_by, made.judgement) == ("goedgekeurd", second, "Kort en duidelijk.")
    assert editions.current().regelingen["scholierenvergoeding"]["zeker"]["onderwerp"] == SUBJECT
    page = _text(client.get(_address("", made.pk)))
    assert "Nieuwe versie maken" in page
    assert "Bewerken" not in page


def test_a_second_new_version_leads_to_the_one_that_is_there():
    version = _approved()
    client = _as(Role.COMMUNICATIEADVISEUR)
    made = _concept(client, version)
    again = client.post(_address("_next", version.pk))
    assert again["Location"] == _address("", made.pk)


def test_a_paragraph_is_added_changed_and_taken_out():
    client = _as(Role.COMMUNICATIEADVISEUR)
    version = _approved("aanvulling", None)
    made = _concept(client, version, stappen__0="Vul het formulier in.", stappen__1="", stappen__3="Klaar.")
    assert made.content["stappen"] == ["Vul het formulier in.", version.content["stappen"][2], "Klaar."]


def test_a_word_to_fill_in_that_nobody_fills_in_is_an_error_at_its_own_control():
    client = _as(Role.COMMUNICATIEADVISEUR)
    made = _concept(client, _approved())
    response = client.post(_address("_edit", made.pk), _written(made, onderwerp="Dag {naam}"))
    assert response.status_code == 422
    assert "Dit invulwoord kan hier niet. Kies uit: {afmeldpagina}" in _text(response)
    assert 'href="#id_onderwerp"' in response.content.decode()
    for wrong in ("Dag {gemeente", "Dag **u", "", "{bedrag} voor u", "x" * 1001):
        response = client.post(_address("_edit", made.pk), _written(made, onderwerp=wrong))
        assert response.status_code == 422
    made.refresh_from_db()
    assert made.content["onderwerp"] != ""


def test_a_bsn_in_a_text_a_judgement_or_a_reason_is_refused_and_not_repeated():
    writer = _as(Role.COMMUNICATIEADVISEUR)
    made = _concept(writer, _approved())
    answers = [
        writer.post(_address("_edit", made.pk), _written(made, onderwerp=f"Over {BSN}")),
        writer.post(_address("_judge", made.pk), {"sha256": made.sha256, "judgement": BSN}),
        _as(Role.TEAMLEIDER).post(_address("_refuse", made.pk), {"sha256": made.sha256, "refusal": BSN}),
    ]
    assert [answer.status_code for answer in answers] == [422] * 3
    assert all("kan een BSN zijn" in _text(answer) or "BSN kan zijn" in _text(answer) for answer in answers)
    made.refresh_from_db()
    assert BSN not in str(made.content) + made.judgement + made.refusal


def test_the_check_speaks_while_one_writes_and_saves_nothing():
    client = _as(Role.COMMUNICATIEADVISEUR)
    made = _concept(client, _approved())
    hard = "Gelieve het desbetreffende formulier volledig ingevuld en ondertekend te retourneren."
    response = client.post(_address("_check", made.pk), _written(made, opening__0=hard))
    text = _text(response)
    assert response.content.decode().count("<html") == 0
    assert "De tekst voldoet nog niet." in text
    assert "Scholierenvergoeding, formulier, zeker: Vermijd deze woorden" in text
    assert "‘gelieve’: schrijf liever ‘wilt u’" in text
    assert "‘uiterlijk’" not in text
    good = _text(client.post(_address("_check", made.pk), _written(made)))
    assert "De tekst voldoet en past op het papier." in good
    assert "Woorden per zin" in good
    made.refresh_from_db()
    assert hard not in str(made.content)


@pytest.mark.parametrize(
    "broken", ["{", "}", "{}", "{a b}", "{gemeente.x}", "{gemeente!r}", "{0}", "**", "\x00"]
)
def test_no_text_however_broken_breaks_the_check(broken):
    client = _as(Role.COMMUNICATIEADVISEUR)
    made = _concept(client, _approved())
    sent = _written(made, opening__0=f"Dag {broken} u")
    assert client.post(_address("_check", made.pk), sent).status_code == 200
    assert client.post(_address("_edit", made.pk), sent).status_code in (302, 422)


def test_a_refusal_says_why_to_the_writer():
    writer = _as(Role.COMMUNICATIEADVISEUR)
    made = _concept(writer, _approved())
    leader = _as(Role.TEAMLEIDER)
    assert leader.post(_address("_refuse", made.pk), {"sha256": made.sha256}).status_code == 422
    leader.post(_address("_refuse", made.pk), {"sha256": made.sha256, "refusal": "Noem het bedrag."})
    text = _text(writer.get(_address("", made.pk)))
    assert "Afgekeurd" in text
    assert "Noem het bedrag." in text
    edited = writer.get(_address("_edit", made.pk))
    assert edited.status_code == 302


def test_two_versions_side_by_side_show_what_differs():
    writer = _as(Role.COMMUNICATIEADVISEUR)
    version = _approved()
    made = _concept(writer, version, onderwerp="U kunt geld krijgen voor de school")
    response = writer.get(_address("_compare", version.pk, made.pk))
    page = lxml.html.fromstring(response.content.decode())
    assert [one.text_content() for one in page.findall(".//ins")] == ["Nieuw: de "]
    assert [one.text_content() for one in page.findall(".//del")] == []
    other = Template.objects.approved().get(kind="onzeker", regeling="stadspas")
    assert writer.get(_address("_compare", version.pk, other.pk)).status_code == 404


@pytest.mark.parametrize("size", ["gewoon", "lang"])
def test_every_text_can_be_looked_at_on_paper(size):
    client = _as(Role.COMMUNICATIEADVISEUR)
    rounds.approved_texts()
    seen = 0
    for version in Template.objects.approved():
        answer = client.get(_address("_preview", version.pk, 0, size))
        assert answer["Content-Type"] == "application/pdf"
        assert len(page_texts(answer.content)) == 2
        seen += 1
    assert seen == Template.objects.count() > 60
    assert client.get(_address("_preview", version.pk, 99, size)).status_code == 404
    assert client.get(_address("_preview", version.pk, 0, "anders")).status_code == 404


def test_a_concept_that_does_not_fit_says_so_instead_of_a_preview():
    client = _as(Role.COMMUNICATIEADVISEUR)
    long = "U kunt van ons geld krijgen. " * 30
    made = _concept(client, _approved(), opening__0=long, opening__1=long, opening__2=long)
    answer = client.get(_address("_preview", made.pk, 0, "gewoon"), follow=True)
    assert "De tekst past niet op het papier." in _text(answer)
    assert "Deze brief kan niet worden gemaakt" in _text(answer)


def test_a_regeling_without_own_words_for_a_kind_gets_them():
    client = _as(Role.COMMUNICATIEADVISEUR)
    rounds.approved_texts()
    page = _text(client.get(_address("s"), {"regeling": "stadspas"}))
    assert "Een eigen tekst voor deze regeling" in page
    answer = client.post(_address("_add", "stadspas"), {"kind": "herinnering"})
    made = Template.objects.concepts().get()
    assert answer["Location"] == _address("_edit", made.pk)
    sent = {"onderwerp": "Wilt u de Stadspas nog?", "opening__0": "Wij schreven u over de Stadspas."}
    client.post(_address("_edit", made.pk), sent)
    made.refresh_from_db()
    assert made.content == {"onderwerp": sent["onderwerp"], "opening": [sent["opening__0"]]}
    wrong = client.post(_address("_add", "stadspas"), {"kind": "afmelding"})
    assert wrong["Location"] == _address("s")


def test_a_round_without_approved_texts_says_which_and_that_nothing_is_made():
    part_round = rounds.round_of(2)
    with as_role("migrate"):
        Template.objects.all().delete()
    client = _as(Role.TEAMLEIDER)
    text = _text(client.get(reverse("letter_round", args=[part_round.pk])))
    assert "Er kunnen nog geen brieven worden gemaakt" in text
    assert "Formulier, zeker (Scholierenvergoeding)" in text
    assert "Brieven klaarzetten" not in text
    rounds.approved_texts()
    text = _text(client.get(reverse("letter_round", args=[part_round.pk])))
    assert "Er kunnen nog geen brieven worden gemaakt" not in text


def test_who_may_only_look_gets_no_buttons():
    rounds.approved_texts()
    writer = _as(Role.COMMUNICATIEADVISEUR)
    made = _concept(writer, _approved())
    for role, buttons in [
        (Role.APPLICATIEBEHEERDER, set()),
        (Role.TEAMLEIDER, {"Afkeuren"}),
        (Role.COMMUNICATIEADVISEUR, {"Afkeuren", "Oordeel vastleggen"}),
    ]:
        page = lxml.html.fromstring(_as(role).get(_address("", made.pk)).content.decode())
        main = page.get_element_by_id("inhoud") if page.xpath("//*[@id='inhoud']") else page.find(".//main")
        assert {one.text_content().strip() for one in main.findall(".//button")} == buttons


def test_queries_do_not_grow_with_versions():
    version = _approved()
    client = _as(Role.COMMUNICATIEADVISEUR)
    addresses = [_address("s"), _address("", version.pk)]
    few = [_queries(client, address) for address in addresses]
    for _ in range(3):
        made = _concept(client, version, onderwerp=SUBJECT)
        _as(Role.TEAMLEIDER).post(_address("_refuse", made.pk), {"sha256": made.sha256, "refusal": "Nee."})
    assert Template.objects.filter(state=TemplateState.REFUSED).count() == 3
    assert [_queries(client, address) for address in addresses] == few
    assert max(few) <= 24


def _queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)
