"""Several letter texts at once: one judgement, one approval by somebody else, all or nothing."""

import lxml.html
import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from letters.actions import templates
from letters.actions.templates import NotTogether
from letters.apps import put_in_shipped_texts
from letters.models import Template, TemplateState
from outreach.kernel import clock
from outreach.kernel.db import acting_as
from outreach.models import Role, User
from tests import factories
from tests.letters.samples import page_texts

pytestmark = pytest.mark.django_db
BSN = "1234.56.782"


@pytest.fixture
def writer() -> User:
    return factories.user(Role.COMMUNICATIEADVISEUR, username="schrijver")


@pytest.fixture
def second() -> User:
    return factories.user(Role.TEAMLEIDER, username="tweede")


@pytest.fixture(autouse=True)
def shipped(transactional_db: None) -> None:
    put_in_shipped_texts()


def _concepts(**chosen: object) -> list[Template]:
    return list(Template.objects.concepts().filter(**chosen).order_by("pk"))


def _read(versions: list[Template]) -> dict[int, str]:
    return {one.pk: one.sha256 for one in versions}


def _judge(versions: list[Template], by: User) -> int:
    with acting_as(by.actor()):
        return templates.judge_together(read=_read(versions), judgement="Goed te lezen.", by=by)


def _approve(versions: list[Template], by: User, other: dict[int, str] | None = None) -> int:
    with acting_as(by.actor()):
        return templates.approve_together(read=_read(versions) | (other or {}), by=by)


def _states() -> set[str]:
    return set(Template.objects.values_list("state", flat=True))


def test_all_texts_of_a_kind_are_judged_by_one_and_approved_by_another(writer, second):
    zeker = _concepts(kind="zeker")
    assert len(zeker) > 5
    assert _judge(zeker, writer) == len(zeker)
    assert _approve(zeker, second) == len(zeker)
    approved = Template.objects.approved()
    assert {one.kind for one in approved} == {"zeker"}
    assert set(approved.values_list("judgement", "judged_by", "judged_on", "approved_by")) == {
        ("Goed te lezen.", writer.pk, clock.today(), second.pk)
    }
    assert approved.count() == len(zeker)


def test_all_texts_that_ship_can_be_approved_together(writer, second):
    every = _concepts()
    assert _judge(every, writer) == _approve(every, second) == len(every)
    assert _states() == {TemplateState.APPROVED}


def test_a_text_that_changed_meanwhile_is_named_and_none_is_approved(writer, second):
    chosen = _concepts(regeling="stadspas")
    _judge(chosen, writer)
    changed = chosen[1]
    with pytest.raises(NotTogether) as why:
        _approve(chosen, second, {changed.pk: "0" * 64})
    assert [(one.pk, said) for one, said in why.value.refused] == [
        (changed.pk, "De tekst is intussen veranderd. Lees hem opnieuw.")
    ]
    assert _states() == {TemplateState.CONCEPT}


def test_who_judged_them_approves_none_and_what_nobody_judged_is_named(writer, second):
    first, *rest = _concepts(regeling="stadspas")
    _judge(rest, writer)
    with pytest.raises(NotTogether) as why:
        _approve([first, *rest], second)
    assert [(one.pk, said) for one, said in why.value.refused] == [(first.pk, templates.NOT_JUDGED)]
    with pytest.raises(NotTogether) as why:
        _approve(rest, writer)
    assert {said for _, said in why.value.refused} == {templates.ANOTHER_JUDGES}
    assert _states() == {TemplateState.CONCEPT}


def test_the_database_holds_that_another_approves(writer):
    """The constraint, whatever the code above it does."""
    chosen = _concepts(kind="zeker")
    _judge(chosen, writer)
    with pytest.raises(IntegrityError, match="template_approved_by_another"), transaction.atomic():
        Template.objects.filter(kind="zeker").update(
            state=TemplateState.APPROVED, approved_by=writer, approved_at=clock.now()
        )


def test_what_a_colleague_approved_meanwhile_is_named(writer, second):
    chosen = _concepts(regeling="stadspas")
    _judge(chosen, writer)
    _approve(chosen[:1], second)
    with pytest.raises(NotTogether) as why:
        _approve(chosen, second)
    assert [(one.pk, said) for one, said in why.value.refused] == [(chosen[0].pk, templates.NOT_A_CONCEPT)]
    assert Template.objects.approved().count() == 1


def test_who_writes_no_texts_judges_none_and_others_do_nothing(second):
    chosen = _concepts(kind="zeker")
    with pytest.raises(PermissionDenied):
        _judge(chosen, second)
    with pytest.raises(PermissionDenied):
        _approve(chosen, factories.user(Role.CONSULENT))


# --- the pages ---


def _client(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def _text(response) -> str:
    return " ".join(lxml.html.fromstring(response.content.decode()).text_content().split())


def _values(response, *, ticked: bool = True) -> list[str]:
    boxes = lxml.html.fromstring(response.content.decode()).xpath("//input[@name='texts']")
    return [box.get("value") for box in boxes if not ticked or box.get("checked") is not None]


def _address(name: str, **chosen: str) -> str:
    return reverse(f"letter_texts_{name}", query=chosen)


def test_from_shipped_concepts_to_approved_texts_in_two_pages(writer, second):
    first, other = _client(writer), _client(second)
    chosen = {"regeling": "stadspas"}
    page = first.get(_address("together", **chosen))
    assert "Toekenning zonder formulier" in _text(page)
    assert "De tekst voldoet en past op het papier." in _text(page)
    assert "Niemand heeft de taal van deze tekst getoetst." in _text(page)
    done = first.post(
        _address("judge", **chosen), {"texts": _values(page), "judgement": "Goed te lezen."}, follow=True
    )
    assert f"Je oordeel is vastgelegd bij {len(_values(page))} teksten." in _text(done)
    assert done.request["QUERY_STRING"] == "regeling=stadspas"
    page = other.get(_address("together", **chosen))
    assert f"{writer.display_name()}, " in _text(page)
    assert "Oordeel vastleggen" not in _text(page)
    done = other.post(_address("approve", **chosen), {"texts": _values(page)}, follow=True)
    assert f"{len(_values(page))} teksten zijn goedgekeurd." in _text(done)
    assert "Hier zijn geen concepten" in _text(done)
    assert not _concepts(regeling="stadspas")


def test_without_a_choice_one_is_asked_for_one(second):
    page = _client(second).get(_address("together"))
    assert "Kies een regeling of een soort tekst" in _text(page)
    assert _values(page, ticked=False) == []
    odd = _client(second).get(_address("together", regeling="bestaat_niet"))
    assert odd.status_code == 200
    assert _values(odd, ticked=False) == []


def test_texts_for_all_are_a_choice(second):
    page = _client(second).get(_address("together", regeling="alle"))
    assert len(_values(page, ticked=False)) == len(_concepts(regeling=None))


def test_what_stands_in_the_way_is_named_and_what_was_ticked_stays_ticked(writer, second):
    chosen = _concepts(regeling="stadspas")
    _judge(chosen, writer)
    client = _client(second)
    page = client.get(_address("together", regeling="stadspas"))
    values = _values(page)
    assert len(values) == len(chosen)
    Template.objects.filter(pk=chosen[0].pk).update(sha256="0" * 64)
    refused = client.post(_address("approve", regeling="stadspas"), {"texts": values})
    assert refused.status_code == 422
    assert "Er is niets vastgelegd" in _text(refused)
    assert f"{chosen[0].get_kind_display()} (Stadspas): De tekst is intussen veranderd." in _text(refused)
    assert len(_values(refused)) == len(chosen) - 1, "what changed has to be read again"
    assert _states() == {TemplateState.CONCEPT}


@pytest.mark.parametrize("texts", [[], ["1"], ["1:niets"], ["x" * 80]])
def test_nothing_ticked_or_something_odd_is_a_question(texts, second):
    client = _client(second)
    page = client.post(_address("approve", regeling="stadspas"), {"texts": texts})
    assert page.status_code == 422
    assert "Vink een tekst aan." in _text(page)


def test_a_judgement_is_needed_and_holds_no_bsn(writer):
    client = _client(writer)
    values = _values(client.get(_address("together", soort="zeker")))
    assert len(values) > 5
    for judgement, said in (("", "Schrijf op wat je van de taal vindt."), (f"Zie {BSN}", "BSN")):
        page = client.post(_address("judge", soort="zeker"), {"texts": values, "judgement": judgement})
        assert page.status_code == 422
        assert said in _text(page)
        assert len(_values(page)) == len(values)
    assert not Template.objects.filter(judged_by__isnull=False).exists()


def test_all_letters_of_a_choice_come_in_one_pdf(second):
    client = _client(second)
    response = client.get(_address("preview", regeling="stadspas"))
    assert response["Content-Type"] == "application/pdf"
    pages = page_texts(response.content)
    assert (
        len(pages) >= 2 * len([one for one in _concepts(regeling="stadspas") if one.kind != "algemeen"]) - 2
    )
    nothing = client.get(_address("preview"), follow=True)
    assert "Er zijn geen concepten om te bekijken." in _text(nothing)


def test_the_list_leads_to_it_for_who_approves(second):
    assert reverse("letter_texts_together") in _client(second).get(reverse("letter_texts")).content.decode()
    looks = factories.user(Role.APPLICATIEBEHEERDER)
    assert (
        reverse("letter_texts_together") not in _client(looks).get(reverse("letter_texts")).content.decode()
    )
