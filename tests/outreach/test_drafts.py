"""Drafts of the gesprek form: kept for who writes, offered to him alone, gone once saved or after a week."""

import datetime
import re
import uuid

import pytest
import time_machine
from django.db import connection
from django.test import Client

from outreach.actions import drafts
from outreach.audit import Event
from outreach.forms import draft as sent
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Draft, Gesprek, Role, Team, User
from outreach.tasks import sweep_drafts
from tests import factories
from tests.outreach import visits
from tests.outreach.visits import AuditTail
from tests.roles import as_role

pytestmark = pytest.mark.django_db
NOTE = "Ze is er donderdag weer"
BSN = "123456782"


@pytest.fixture
def team() -> Team:
    return factories.team()


@pytest.fixture
def walker(team: Team) -> User:
    return factories.user(Role.BUURTTEAM, team=team)


@pytest.fixture
def stop(team: Team):
    return visits.items(visits.list_of(team, visits.streets(1, 3)))[0]


def client_of(user: User, **options: object) -> Client:
    client = Client(**options)
    client.force_login(user)
    return client


def page(stop) -> str:
    return f"/huishoudens/{stop.household_id}/gesprek/?lijst={stop.looplijst_id}"


def hidden(response) -> dict[str, str]:
    """The hidden fields of the form, as a browser sends them."""
    inputs = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', response.content.decode())
    return dict(inputs)


def filled(response, **fields: str) -> dict[str, str]:
    return {
        **hidden(response),
        "reached": "nee",
        "kind": "huisbezoek",
        "day_part": "middag",
        "happened_on": clock.today().isoformat(),
        "note": NOTE,
        **fields,
    }


def all_drafts() -> list[Draft]:
    with as_role("migrate"):
        return list(Draft.objects.order_by("pk"))


def test_what_is_typed_is_kept_and_offered_back(walker, stop):
    client = client_of(walker)
    opened = client.get(page(stop))
    url = f"/huishoudens/{stop.household_id}/concept/?lijst={stop.looplijst_id}"
    answer = client.post(url, filled(opened))
    assert "Concept bewaard om" in answer.content.decode()
    (draft,) = all_drafts()
    assert draft.fields["note"] == [NOTE]
    assert not set(draft.fields) & {"csrfmiddlewaretoken", "submission", "bekend", "concept_van"}
    again = client.get(page(stop))
    assert "Je hebt een concept van" in again.content.decode()
    assert NOTE not in again.content.decode()
    link = re.search(r'href="([^"]*concept=[^"]*)"', again.content.decode()).group(1).replace("&amp;", "&")
    gone_on = client.get(link)
    form = gone_on.context["form"]
    assert [form[name].value() for name in ("note", "reached", "day_part")] == [NOTE, "nee", "middag"]
    assert hidden(gone_on)["submission"] == str(draft.submission)
    assert form.errors == {}
    assert "Je hebt een concept van" not in gone_on.content.decode()


def test_what_was_sent_before_does_not_replace_what_was_sent_after(walker, stop):
    client = client_of(walker)
    opened = filled(client.get(page(stop)))
    url, turn = f"/huishoudens/{stop.household_id}/concept/", int(opened["volgorde"])
    for note, number in (("Nieuw", turn + 2), ("Oud", turn + 1)):
        answer = client.post(url, {**opened, "note": note, "volgorde": number})
        assert "Concept bewaard om" in answer.content.decode()
    assert [draft.fields["note"] for draft in all_drafts()] == [["Nieuw"]]
    client.post(url, {**opened, "note": "Nieuwst", "volgorde": turn + 3})
    assert [draft.fields["note"] for draft in all_drafts()] == [["Nieuwst"]]
    for nonsense in ("", "x", "9" * 40):
        client.post(url, {**opened, "note": "Onzin", "volgorde": nonsense})
    assert [draft.fields["note"] for draft in all_drafts()] == [["Nieuwst"]]


@pytest.mark.parametrize("way", ["button", "signed out"])
def test_what_is_sent_last_is_kept_by_whichever_way_it_comes(walker, stop, way):
    """A button is pressed now, whatever number its form has; the form of who is signed out has its own."""
    client = client_of(walker)
    opened = filled(client.get(page(stop)))
    turn = int(opened["volgorde"])
    client.post(f"/huishoudens/{stop.household_id}/concept/", {**opened, "note": "Oud", "volgorde": turn + 1})
    last = {**opened, "note": "Nieuw"}
    if way == "button":
        with time_machine.travel(clock.now() + datetime.timedelta(minutes=1)):
            client.post(page(stop), {**last, "concept": "1"})
    else:
        client.session.flush()
        client.post(page(stop), {**last, "volgorde": turn + 2})
    assert [draft.fields["note"] for draft in all_drafts()] == [["Nieuw"]]


def test_every_field_of_the_form_comes_along(walker, stop):
    """By its name, so that a field that is added needs nothing here."""
    client = client_of(walker)
    opened = client.get(page(stop))
    typed = {
        field.html_name: choices[-1][0] if (choices := getattr(field.field, "choices", None)) else "12:30"
        for field in opened.context["form"]
        if not field.is_hidden
    }
    assert len(typed) > 10
    client.post(f"/huishoudens/{stop.household_id}/concept/", {**hidden(opened), **typed})
    gone_on = client.get(client.get(page(stop)).context["draft_offer"]["url"])
    form = gone_on.context["form"]
    assert {field.html_name: field.value() for field in form if not field.is_hidden} == typed
    assert (form.task_open(), form.meeting_open()) == (True, True)


@pytest.mark.parametrize("how", ["bellen", "zelf"])
def test_a_draft_of_a_call_is_gone_on_with_as_a_call(walker, stop, how):
    client = client_of(walker)
    opened = client.get(f"{page(stop)}&{how}=1")
    kept = client.post(f"{page(stop)}&{how}=1", filled(opened, kind="telefoon", concept="1"))
    assert f"&{how}=1&concept=" in kept["Location"]
    offered = client.get(page(stop)).context["draft_offer"]
    form = client.get(offered["url"]).context["form"]
    assert (form.by_phone, form.themselves) == (how == "bellen", how == "zelf")
    assert form["note"].value() == NOTE
    here = client.get(f"{page(stop)}&{how}=1").context["draft_offer"]
    thrown = client.post(here["discard_url"], {"submission": here["submission"]})
    assert thrown["Location"] == f"{page(stop)}&{how}=1"


def test_no_other_word_comes_into_an_address_by_way_of_a_draft(walker, stop):
    client = client_of(walker)
    fields = filled(client.get(page(stop)), wijze="lijst=9&x")
    client.post(f"/huishoudens/{stop.household_id}/concept/", fields)
    offered = client.get(page(stop)).context["draft_offer"]
    assert offered["url"] == f"{page(stop)}&concept={fields['submission']}"


def test_saving_ends_the_draft_and_a_late_one_is_not_offered(walker, stop):
    client = client_of(walker)
    fields = filled(client.get(page(stop)))
    url = f"/huishoudens/{stop.household_id}/concept/"
    client.post(url, fields)
    assert client.post(page(stop), fields).status_code == 302
    assert all_drafts() == []
    client.post(url, fields)
    assert len(all_drafts()) == 1
    assert "Je hebt een concept van" not in client.get(page(stop)).content.decode()


def test_two_forms_are_two_drafts_and_throwing_one_away_leaves_the_other(walker, stop):
    client = client_of(walker)
    url = f"/huishoudens/{stop.household_id}/concept/"
    for note in ("de eerste", "de tweede"):
        client.post(url, filled(client.get(page(stop)), note=note))
    first, second = all_drafts()
    offered = client.get(page(stop)).context["draft_offer"]
    assert offered["submission"] == second.submission
    client.post(offered["discard_url"], {"submission": offered["submission"]})
    assert all_drafts() == [first]
    assert client.get(page(stop)).context["draft_offer"]["submission"] == first.submission


def test_a_button_keeps_a_draft_without_javascript(walker, stop):
    client = client_of(walker)
    answer = client.post(page(stop), filled(client.get(page(stop)), concept="1"), follow=True)
    assert "Concept bewaard. Je vindt het terug" in answer.content.decode()
    assert answer.context["form"]["note"].value() == NOTE
    with acting_as(SYSTEM_ACTOR):
        assert not Gesprek.objects.exists()


@pytest.mark.parametrize("way", ["autosave", "button"])
def test_a_bsn_is_refused_in_a_draft_too(walker, stop, way):
    client = client_of(walker)
    fields = filled(client.get(page(stop)), note=f"nummer {BSN}")
    if way == "button":
        answer = client.post(page(stop), {**fields, "concept": "1"})
    else:
        answer = client.post(f"/huishoudens/{stop.household_id}/concept/", fields)
    assert "een getal dat een BSN kan zijn" in answer.content.decode()
    assert all_drafts() == []


def test_a_form_that_is_too_large_is_refused_and_so_by_the_table(walker, stop):
    client = client_of(walker)
    fields = filled(client.get(page(stop)), note="x" * 20_000)
    answer = client.post(f"/huishoudens/{stop.household_id}/concept/", fields)
    assert sent.TOO_LARGE in answer.content.decode()
    widest = filled(client.get(page(stop)), note='\n"\\' * 3_200, reached="\0")
    answer = client.post(f"/huishoudens/{stop.household_id}/concept/", widest)
    assert "Concept bewaard" in answer.content.decode()
    with pytest.raises(Exception, match="draft_not_too_large"), acting_as(walker.actor()):
        drafts.keep(
            submission=uuid.uuid4(), household=stop.household, fields={"note": ["x" * 20_000]}, by=walker
        )


def test_a_draft_is_for_who_wrote_it(walker, team, stop):
    client_of(walker).post(
        f"/huishoudens/{stop.household_id}/concept/", filled(client_of(walker).get(page(stop)))
    )
    (draft,) = all_drafts()
    colleague = factories.user(Role.TEAMLEIDER)
    shown = client_of(colleague).get(page(stop) + f"&concept={draft.submission}")
    assert shown.context["draft_offer"] is None
    assert NOTE not in shown.content.decode()
    with acting_as(colleague.actor()):
        assert Draft.objects.count() == 0
    with acting_as(walker.actor()):
        assert Draft.objects.count() == 1
    team.buurten.clear()
    with acting_as(User.objects.get(pk=walker.pk).actor()):
        assert Draft.objects.count() == 0


def test_without_the_policy_a_colleague_would_read_it(walker, team, stop):
    """It is the table that keeps it from him."""
    client = client_of(walker)
    client.post(f"/huishoudens/{stop.household_id}/concept/", filled(client.get(page(stop))))
    with as_role("migrate"), connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_expr(polqual, polrelid) FROM pg_policy WHERE polname = 'eigen_concept'")
        (guard,) = cursor.fetchone()
        cursor.execute("ALTER POLICY eigen_concept ON outreach_draft USING (public.ziet_mensen())")
    try:
        with acting_as(factories.user(Role.BUURTTEAM, team=team).actor()):
            assert Draft.objects.get().fields["note"] == [NOTE]
    finally:
        with as_role("migrate"), connection.cursor() as cursor:
            cursor.execute(f"ALTER POLICY eigen_concept ON outreach_draft USING ({guard})")


def test_after_a_week_it_is_gone(walker, stop, monkeypatch):
    client = client_of(walker)
    for days in (8, 6):
        fields = filled(client.get(page(stop)), note=str(days))
        client.post(f"/huishoudens/{stop.household_id}/concept/", fields)
        with as_role("migrate"), connection.cursor() as cursor:
            cursor.execute(
                "UPDATE outreach_draft SET saved_at = %s WHERE fields -> 'note' ->> 0 = %s",
                [clock.now() - datetime.timedelta(days=days), str(days)],
            )
    sweep_drafts()
    assert [draft.fields["note"] for draft in all_drafts()] == [["6"]]


# What comes in when nobody is signed in any more.


def test_a_form_sent_after_the_sign_in_ended_is_kept_and_offered(walker, stop):
    client = client_of(walker)
    fields = filled(client.get(page(stop)))
    client.session.flush()
    tail = AuditTail()
    answer = client.post(page(stop), fields)
    assert answer.status_code == 302
    assert answer.url.startswith("/account/login/?next=%2Fhuishoudens%2F")
    assert "bewaard=1" in answer.url
    assert "Wat je schreef, is bewaard als concept" in client.get(answer.url).content.decode()
    (draft,) = all_drafts()
    assert (draft.by_id, draft.fields["note"]) == (walker.pk, [NOTE])
    ((actor, _, ids, _),) = tail.lines(Event.DRAFT_KEPT_SIGNED_OUT)
    assert (actor, ids) == (str(walker.pk), [str(stop.household_id)])
    client.force_login(walker)
    assert client.get(page(stop)).context["draft_offer"]["submission"] == draft.submission


def test_what_may_be_a_bsn_is_left_out_then(walker, stop):
    client = client_of(walker)
    fields = filled(client.get(page(stop)), note=f"bel over 1234.56.782 of {BSN} terug")
    client.session.flush()
    client.post(page(stop), fields)
    assert all_drafts()[0].fields["note"] == ["bel over … of … terug"]


def test_a_script_hears_that_it_is_signed_out(walker, stop):
    client = client_of(walker)
    fields = filled(client.get(page(stop)))
    client.session.flush()
    answer = client.post(page(stop), fields, headers={"HX-Request": "true"})
    assert (answer.status_code, answer.content) == (401, b"")
    assert len(all_drafts()) == 1
    assert client.get("/looplijsten/", headers={"HX-Request": "true"}).status_code == 401
    assert client.get("/account/login/", headers={"HX-Request": "true"}).status_code == 200


@pytest.mark.parametrize(
    "wrong", ["forged", "other household", "old", "left", "elsewhere", "no right", "none"]
)
def test_a_token_proves_only_that_this_user_opened_this_form(walker, team, stop, wrong, monkeypatch):
    client = client_of(walker)
    fields = filled(client.get(page(stop)))
    client.session.flush()
    if wrong == "forged":
        fields["concept_van"] = f"{factories.user(Role.TEAMLEIDER).pk}{fields['concept_van'][1:]}"
    elif wrong == "none":
        del fields["concept_van"]
    elif wrong == "old":
        monkeypatch.setattr(sent, "TOKEN_SECONDS", -1)
    elif wrong == "left":
        User.objects.filter(pk=walker.pk).update(is_active=False)
    elif wrong == "elsewhere":
        team.buurten.clear()
    elif wrong == "no right":
        User.objects.filter(pk=walker.pk).update(role=Role.ANALIST)
    there = stop if wrong != "other household" else visits.items(stop.looplijst)[1]
    answer = client.post(page(there), fields)
    assert answer.status_code == 302
    assert "bewaard" not in answer.url
    assert all_drafts() == []


def test_what_was_written_is_kept_also_when_somebody_opted_out_meanwhile(walker, stop):
    client = client_of(walker)
    fields = filled(client.get(page(stop)))
    client.session.flush()
    visits.opt_out(stop.household)
    assert "bewaard" in client.post(page(stop), fields).url
    assert len(all_drafts()) == 1


def test_a_form_of_before_signing_in_again_is_kept(walker, stop):
    """In another tab: the token against forgery of the old page is useless then, the text is not."""
    client = client_of(walker, enforce_csrf_checks=True)
    answer = client.post(page(stop), filled(client.get(page(stop)), csrfmiddlewaretoken="x" * 32))
    assert answer.status_code == 403
    assert "is bewaard als concept" in answer.content.decode()
    assert len(all_drafts()) == 1


def test_the_page_to_sign_in_says_nothing_of_a_draft_by_itself():
    assert "Wat je schreef" not in Client().get("/account/login/").content.decode()
