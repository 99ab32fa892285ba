"""No BSN gets into a text that is kept in clear."""

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from eligibility.forms.deliveries import AcceptForm
from letters.forms.applications import RefuseForm
from outreach.forms.breach import ReportBreachForm
from outreach.forms.free_text import HOLDS_A_BSN, NOTHING_SPECIAL, refuse_bsn
from outreach.forms.gesprek import GesprekForm
from outreach.forms.referral import ReferralForm
from outreach.forms.rounds import RoundForm
from outreach.forms.safety import SafetyForm
from outreach.forms.sheets import LostForm
from outreach.forms.task import TaskForm
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Gesprek, Role
from tests import factories
from tests.outreach import visits

NUMBER = "123456782"


@pytest.mark.parametrize(
    "text",
    [
        NUMBER,
        f"BSN {NUMBER}.",
        "het is 1234.56.782",
        "1234 56 782",
        "123-456-782",
        f"a{NUMBER}b",
        f"x\n{NUMBER}",
    ],
)
def test_what_could_be_a_bsn_is_refused(text):
    with pytest.raises(ValidationError) as refusal:
        refuse_bsn(text)
    assert refusal.value.messages == [HOLDS_A_BSN]
    assert not any(digit in HOLDS_A_BSN for digit in "0123456789")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Komt dinsdag 24-11-2026 om 14.00 uur terug",
        "Belt zelf: 0612345678, of 06-12345678, of 020 123 45 67",
        "Postcode 1011 AB, huisnummer 12",
        "123456789",  # fails the 11-proef
        "000000000",
        f"1{NUMBER}",
    ],
)
def test_other_numbers_may_stand_there(text):
    refuse_bsn(text)


def test_every_free_text_of_a_form_has_the_guard():
    fields = (
        GesprekForm.base_fields["note"],
        RoundForm.base_fields["name"],
        AcceptForm.base_fields["reden"],
    )
    assert [refuse_bsn in field.validators for field in fields] == [True] * 3


@pytest.mark.parametrize(
    ("form", "name"),
    [
        (GesprekForm, "note"),
        (GesprekForm, "task_text"),
        (TaskForm, "text"),
        (ReferralForm, "question"),
        (ReportBreachForm, "text"),
        (LostForm, "text"),
        (RefuseForm, "motivation"),
        (SafetyForm, "text"),
    ],
)
def test_every_free_text_about_a_resident_says_what_is_not_written_down(form, name):
    assert NOTHING_SPECIAL in form.base_fields[name].help_text


@pytest.mark.django_db
def test_the_forms_with_a_free_text_refuse_a_bsn_and_keep_nothing():
    team = factories.team()
    item = visits.items(visits.list_of(team))[0]
    client = Client()
    client.force_login(factories.user(Role.BUURTTEAM, team=team))
    url = reverse("gesprek", args=[item.household_id])
    answers = {
        "submission": "7a1f0000-0000-4000-8000-000000000001",
        "reached": "ja",
        "result": "uitleg_gegeven",
        "kind": "huisbezoek",
        "day_part": "middag",
        "happened_on": clock.today().isoformat(),
        "note": f"Zegt dat het nummer {NUMBER} is.",
    }
    response = client.post(url, answers)
    assert HOLDS_A_BSN in response.content.decode()
    # Nothing is lost: who typed it mends it in the page.
    assert "Zegt dat het nummer" in response.content.decode()
    with acting_as(SYSTEM_ACTOR):
        assert not Gesprek.objects.exists()
