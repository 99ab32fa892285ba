"""Users, teams, buurten and regelingen in the admin: who may, what is kept, that a change is audited."""

import io

import openpyxl
import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from outreach.audit import Event
from outreach.models import Buurt, Regeling, Role, Team, User
from tests import factories
from tests.outreach import visits
from tests.roles import as_role

pytestmark = pytest.mark.django_db
MODELS = ("user", "team", "buurt", "regeling")
GOOD = "code;naam\nBU03630001;Oude Haven Noord\nBU03630009;'s-Gravenhof-Zuid\n"
NEW_PASSWORD = "een heel nieuw wachtwoord voor proeven"


@pytest.fixture(autouse=True)
def regelingen_stay():
    """The table that migrations filled is not emptied after a test, so a change is taken back here."""
    before = list(Regeling.objects.all())
    yield
    with as_role("migrate"):
        for row in before:
            row.save()


@pytest.fixture
def beheerder() -> User:
    return factories.user(Role.FUNCTIONEEL_BEHEERDER)


def client_of(user: User) -> Client:
    made = Client()
    made.force_login(user)
    return made


def url(name: str, *args: object) -> str:
    return reverse(f"admin:{name}", args=args)


def row_of(model: str) -> object:
    team = factories.team()
    rows = {
        "user": lambda: factories.user(Role.BUURTTEAM, team=team).pk,
        "team": lambda: team.pk,
        "buurt": lambda: "BU03630001",
        "regeling": lambda: "stadspas",
    }
    return rows[model]()


def changes(tail: visits.AuditTail) -> list[tuple[str, str]]:
    return [(line[1], line[3]["wat"]) for line in tail.lines(Event.REFERENCE_CHANGED)]


# --- who may ---


@pytest.mark.parametrize("model", MODELS)
def test_the_functioneel_beheerder_sees_and_changes(model, beheerder):
    client, key = client_of(beheerder), row_of(model)
    assert client.get(url(f"outreach_{model}_changelist")).status_code == 200
    page = client.get(url(f"outreach_{model}_change", key))
    assert b'name="_save"' in page.content


@pytest.mark.parametrize("model", MODELS)
def test_the_privacy_officer_only_looks(model):
    client, key = client_of(factories.user(Role.PRIVACY_OFFICER)), row_of(model)
    assert client.get(url(f"outreach_{model}_changelist")).status_code == 200
    page = client.get(url(f"outreach_{model}_change", key))
    assert page.status_code == 200
    assert b'name="_save"' not in page.content
    assert b"/password/" not in page.content
    assert client.post(url(f"outreach_{model}_change", key), {"name": "x"}).status_code == 403
    assert client.get(url(f"outreach_{model}_add")).status_code == 403


def test_the_privacy_officer_sets_no_password():
    client, victim = client_of(factories.user(Role.PRIVACY_OFFICER)), factories.user()
    address = url("auth_user_password_change", victim.pk)
    answers = {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    assert client.post(address, answers).status_code == 403
    victim.refresh_from_db()
    assert victim.check_password(factories.PASSWORD)


@pytest.mark.parametrize(
    "role", [role for role in Role if role not in (Role.FUNCTIONEEL_BEHEERDER, Role.PRIVACY_OFFICER)]
)
def test_nobody_else_gets_in(role):
    client = client_of(factories.user(role, team=factories.team()))
    # The juridisch adviseur comes in for what he decides on, and finds no register there.
    front = () if role == Role.JURIDISCH_ADVISEUR else ("index", "login")
    for name in (*front, "outreach_user_changelist", "admin_logentry_changelist"):
        assert client.get(url(name)).status_code == 403


def test_a_superuser_without_a_role_gets_nothing():
    root = User.objects.create_superuser(username="root", password=factories.PASSWORD)
    client = client_of(root)
    assert client.get(url("index")).status_code == 403
    assert client.get(url("outreach_user_changelist")).status_code == 403
    assert client.get(reverse("looplijsten")).status_code == 403


def test_who_is_not_known_signs_in_at_the_one_page():
    address = url("outreach_user_changelist")
    response = Client().get(address, follow=True)
    assert response.redirect_chain[-1][0] == f"{reverse('account_login')}?next={address}"
    assert client_of(factories.user(Role.PRIVACY_OFFICER)).get(url("login")).url == url("index")


@pytest.mark.parametrize("model", ["user", "team", "regeling"])
def test_what_others_point_at_is_never_removed(model, beheerder):
    client, key = client_of(beheerder), row_of(model)
    assert client.post(url(f"outreach_{model}_delete", key), {"post": "yes"}).status_code == 403
    answers = {"action": "delete_selected", "_selected_action": [key], "post": "yes"}
    client.post(url(f"outreach_{model}_changelist"), answers)
    found = {"user": User, "team": Team, "regeling": Regeling}[model]
    assert found.objects.filter(pk=key).exists()


# --- people ---


def new_user(**answers: object) -> dict[str, object]:
    return {
        "username": "nieuw",
        "first_name": "Noor",
        "last_name": "Nieuw",
        "role": Role.CONSULENT.value,
        "team": "",
        "password1": NEW_PASSWORD,
        "password2": NEW_PASSWORD,
    } | answers


def test_a_user_is_made_with_a_role_and_a_team(beheerder):
    team, tail = factories.team(), visits.AuditTail()
    answers = new_user(role="buurtteam", team=team.pk, is_superuser="on", is_staff="on")
    assert client_of(beheerder).post(url("outreach_user_add"), answers).status_code == 302
    made = User.objects.get(username="nieuw")
    assert (made.role, made.team) == (Role.BUURTTEAM, team)
    assert not made.is_superuser
    assert not made.is_staff
    assert Client().login(username="nieuw", password=NEW_PASSWORD)
    assert changes(tail) == [("gebruiker", "toegevoegd")]
    assert LogEntry.objects.get().user == beheerder


@pytest.mark.parametrize(
    ("answers", "problem"),
    [
        ({"role": "buurtteam"}, "Een medewerker van een buurtteam hoort bij een team."),
        ({"role": "keizer"}, "Selecteer een geldige keuze"),
        ({"password1": "kort", "password2": "kort"}, "te kort"),
        ({"password2": "iets anders dan dat"}, "komen niet overeen"),
        ({"username": ""}, "Dit veld is vereist"),
    ],
)
def test_a_user_that_cannot_be_is_refused(beheerder, answers, problem):
    page = client_of(beheerder).post(url("outreach_user_add"), new_user(**answers)).content.decode()
    assert problem in page
    assert not User.objects.filter(username="nieuw").exists()


def test_a_password_is_set_and_who_used_the_old_one_is_out(beheerder):
    worker = factories.user(Role.TEAMLEIDER)
    theirs = client_of(worker)
    assert theirs.get(reverse("home")).status_code == 200
    answers = {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD, "usable_password": "true"}
    address = url("auth_user_password_change", worker.pk)
    assert client_of(beheerder).post(address, answers).status_code == 302
    assert theirs.get(reverse("home")).status_code == 302
    assert Client().login(username=worker.username, password=NEW_PASSWORD)


def user_form(user: User, **answers: object) -> dict[str, object]:
    kept = {
        "username": user.username,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "email": "",
    }
    return kept | {"role": user.role, "team": user.team_id or "", "is_active": "on"} | answers


def test_nobody_leaves_by_the_admin_and_somebody_comes_back_by_it(beheerder):
    """Leaving hands work over, which the page of the admin would not."""
    worker = factories.user(Role.TEAMLEIDER)
    address = url("outreach_user_change", worker.pk)
    answers = user_form(worker)
    del answers["is_active"]
    assert client_of(beheerder).post(address, answers).status_code == 302
    assert User.objects.get(pk=worker.pk).is_active
    User.objects.filter(pk=worker.pk).update(is_active=False)
    assert client_of(beheerder).post(address, user_form(worker)).status_code == 302
    assert User.objects.get(pk=worker.pk).is_active


def test_another_role_holds_from_the_next_page(beheerder):
    worker = factories.user(Role.TEAMLEIDER)
    theirs = client_of(worker)
    assert theirs.get(reverse("rounds")).status_code == 200
    address = url("outreach_user_change", worker.pk)
    client_of(beheerder).post(address, user_form(worker, role="analist"))
    # It ended his sign-in too; he comes back as what he is now.
    assert theirs.get(reverse("rounds")).status_code == 302
    worker.refresh_from_db()
    assert client_of(worker).get(reverse("rounds")).status_code == 403


def test_nobody_gives_himself_another_role(beheerder):
    address = url("outreach_user_change", beheerder.pk)
    client_of(beheerder).post(address, user_form(beheerder, role="teamleider", first_name="Anders"))
    beheerder.refresh_from_db()
    assert (beheerder.first_name, beheerder.role) == ("Anders", Role.FUNCTIONEEL_BEHEERDER)


# --- teams, regelingen, the log ---


def test_a_team_gets_its_buurten(beheerder):
    for code in ("BU1", "BU2"):
        factories.buurt(code)
    tail = visits.AuditTail()
    answers = {"name": "Team Oost", "municipal": "on", "buurten": ["BU1", "BU2"]}
    assert client_of(beheerder).post(url("outreach_team_add"), answers).status_code == 302
    made = Team.objects.get()
    assert set(made.buurten.values_list("pk", flat=True)) == {"BU1", "BU2"}
    assert changes(tail) == [("team", "toegevoegd")]


def test_a_regeling_is_changed_and_keeps_its_code(beheerder):
    tail = visits.AuditTail()
    answers = {
        "code": "iets_anders",
        "name": "Stadspas plus",
        "summary": "",
        "conditions": "Een laag inkomen.",
    }
    address = url("outreach_regeling_change", "stadspas")
    assert client_of(beheerder).post(address, answers).status_code == 302
    row = Regeling.objects.get(pk="stadspas")
    assert (row.name, row.conditions, row.closed) == ("Stadspas plus", "Een laag inkomen.", False)
    assert changes(tail) == [("regeling", "gewijzigd")]
    assert client_of(beheerder).get(url("outreach_regeling_add")).status_code == 403


def test_the_log_is_read_and_nothing_else(beheerder):
    client_of(beheerder).post(url("outreach_team_add"), {"name": "Team Oost"})
    entry = LogEntry.objects.get()
    for user in (beheerder, factories.user(Role.PRIVACY_OFFICER)):
        client = client_of(user)
        assert "Team Oost" in client.get(url("admin_logentry_changelist")).content.decode()
        assert client.get(url("admin_logentry_change", entry.pk)).status_code == 200
        assert client.post(url("admin_logentry_change", entry.pk), {}).status_code == 403
        assert client.post(url("admin_logentry_delete", entry.pk), {"post": "yes"}).status_code == 403
        assert client.get(url("admin_logentry_add")).status_code == 403


# --- buurten from a file ---


def upload(client: Client, content: bytes, name: str = "buurten.csv"):
    data = {"import_file": SimpleUploadedFile(name, content), "resource": "0"}
    data["format"] = "1" if name.endswith("xlsx") else "0"
    return client.post(url("outreach_buurt_import"), data)


def workbook(text: str) -> bytes:
    book, content = openpyxl.Workbook(), io.BytesIO()
    for line in text.splitlines():
        book.active.append(line.split(";"))
    book.save(content)
    return content.getvalue()


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_buurten_are_read_after_a_preview(beheerder, kind):
    factories.buurt("BU03630001", "Oude Haven")
    client, tail = client_of(beheerder), visits.AuditTail()
    page = upload(client, GOOD.encode() if kind == "csv" else workbook(GOOD), f"buurten.{kind}")
    assert page.status_code == 200
    assert Buurt.objects.get().name == "Oude Haven"
    preview = page.content.decode()
    assert "Noord" in preview
    assert "Gravenhof-Zuid" in preview
    form = page.context["confirm_form"]
    data = {name: form.initial[name] for name in form.fields if form.initial.get(name) is not None}
    done = client.post(url("outreach_buurt_process_import"), data, follow=True).content.decode()
    assert "Het bestand is ingelezen: 1 nieuw, 1 gewijzigd." in done
    assert dict(Buurt.objects.values_list("code", "name")) == {
        "BU03630001": "Oude Haven Noord",
        "BU03630009": "'s-Gravenhof-Zuid",
    }
    assert changes(tail) == [("buurt", "ingelezen")]
    log = LogEntry.objects.values_list("object_id", "change_message")
    assert set(log) == {(code, "Ingelezen uit een bestand.") for code in ("BU03630001", "BU03630009")}


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("code;name\nBU03630001;Haven\n", "De kopregel moet zijn: code;naam."),
        ("code;naam\nBU03630001;Haven\n12;Haven\n", "Regel 3, kolom code"),
        ("code;naam\nBU03630001;=1+1\n", "Regel 2, kolom naam"),
        ("code;naam\nBU03630001;123456782\n", "Regel 2, kolom naam"),
        ("code;naam\nBU03630001;\n", "Regel 2, kolom naam"),
        ("code;naam\nBU03630001;Haven;nog iets\n", "Regel 2"),
        ("code;naam\n", "Er staan geen regels in het bestand."),
        ("code;naam\n" + "BU03630001;Haven\n" * 5001, "hooguit 5000"),
    ],
)
def test_a_list_that_is_something_else_is_refused_without_its_values(beheerder, content, problem):
    text = upload(client_of(beheerder), content.encode()).content.decode()
    assert problem in text
    assert "123456782" not in text
    assert "=1+1" not in text
    assert not Buurt.objects.exists()


def test_what_is_exported_can_be_read_again(beheerder):
    factories.buurt("BU03630001", "Oude Haven")
    officer = client_of(factories.user(Role.PRIVACY_OFFICER))
    chosen = {"buurtresource_code": "on", "buurtresource_name": "on", "format": "0", "resource": "0"}
    content = officer.post(url("outreach_buurt_export"), chosen).content
    assert content.decode().splitlines() == ["code;naam", "BU03630001;Oude Haven"]
    assert upload(client_of(beheerder), content).context["confirm_form"]
    assert upload(officer, content).status_code == 403
