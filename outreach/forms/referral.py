"""Handing a household over to an organisation, and writing down its answer."""

import datetime
import uuid
from typing import Any

from django import forms

from outreach.actions.handing_over import Consent, planned
from outreach.forms.free_text import NOTHING_SPECIAL, refuse_bsn
from outreach.kernel import clock
from outreach.models import Organisation, Person, Referral
from outreach.models.referral import TEXT_LENGTH, answer_term

_DAY = {"required": "Vul een datum in.", "invalid": "Vul een bestaande datum in."}
_YEAR = datetime.timedelta(days=365)
_NO_CONSENT = "Zonder toestemming van de inwoner kun je niet overdragen."


def _text(label: str, help_text: str, required: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=TEXT_LENGTH,
        validators=[refuse_bsn],
        help_text=help_text,
        widget=forms.Textarea({"rows": 3}),
        error_messages={
            "required": required,
            "max_length": "Deze tekst is te lang: hooguit %(limit_value)d tekens.",
        },
    )


def _due_on() -> forms.DateField:
    return forms.DateField(
        label="Wanneer moet het antwoord er uiterlijk zijn?",
        help_text="Is er dan geen antwoord? Dan krijg je een melding. Als dd-mm-jjjj.",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages=_DAY,
    )


def _soon(day: datetime.date) -> datetime.date:
    """Not before today, and within a year: a later day is one that somebody typed wrong."""
    if not clock.today() <= day <= clock.today() + _YEAR:
        raise forms.ValidationError("Kies een dag vanaf vandaag en binnen een jaar.")
    return day


class WaitForm(forms.Form):
    """Until which other day one waits for an answer. `known` is the day that stood on this page."""

    due_on = _due_on()
    known = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, referral: Referral) -> None:
        initial = {"due_on": referral.due_on, "known": planned(referral)}
        # Beside it stands the form that gives it on, with a field of the same name.
        super().__init__(data, initial=initial, auto_id="id_wait_%s")

    def clean_due_on(self) -> datetime.date:
        return _soon(self.cleaned_data["due_on"])


class ReferralForm(forms.Form):
    """To whom, what for, and who said yes to it."""

    # A browser would mark what is still empty as wrong.
    use_required_attribute = False
    submission = forms.UUIDField(widget=forms.HiddenInput)
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(),
        label="Naar welke organisatie?",
        empty_label="Kies een organisatie",
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Kies een organisatie."),
    )
    question = _text(
        "Waarmee kan de organisatie helpen?",
        f"Kort. {NOTHING_SPECIAL}",
        "Vul in waarmee de organisatie kan helpen.",
    )
    consent_by = forms.ChoiceField(
        label="Wie gaf toestemming?",
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Kies wie toestemming gaf."),
    )
    consent_on = forms.DateField(
        label="Op welke dag?",
        help_text="Als dd-mm-jjjj.",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages=_DAY,
    )
    due_on = _due_on()
    consent = forms.BooleanField(
        label="De inwoner weet welke gegevens ik doorgeef, en zei daar ja op",
        error_messages={"required": _NO_CONSENT},
    )

    def __init__(self, data: Any = None, *, people: dict[Person, str]) -> None:
        """`people` are the adults of the household with their names, the addressee first."""
        self.people = {str(one.pk): one for one in people}
        initial = {"submission": uuid.uuid4(), "consent_on": clock.today(), "due_on": answer_term()}
        super().__init__(data, initial=initial)
        self.fields["organisation"].queryset = Organisation.objects.offered()
        self.fields["consent_by"].choices = [(str(one.pk), name) for one, name in people.items()]

    def clean_due_on(self) -> datetime.date:
        return _soon(self.cleaned_data["due_on"])

    def said(self) -> Consent:
        """Who said yes and when; the form must be valid."""
        return Consent(self.people[self.cleaned_data["consent_by"]], self.cleaned_data["consent_on"])


class AnswerForm(forms.Form):
    """What the organisation said. A no comes with a reason."""

    YES, NO, NO_MORE = "ja", "nee", "intrekken"

    answer = forms.ChoiceField(
        label="Wat zei de organisatie?",
        choices=(
            (YES, "Ja, zij helpen dit huishouden verder"),
            (NO, "Nee"),
            (NO_MORE, "Niet meer nodig: ik trek de vraag in"),
        ),
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Kies een antwoord."),
    )
    reason = _text("Waarom zeiden ze nee?", "Alleen invullen bij nee.", "")

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.fields["reason"].required = False

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        silent = "reason" not in self.errors and not cleaned.get("reason", "").strip()
        if cleaned.get("answer") == self.NO and silent:
            self.add_error("reason", "Vul in waarom de organisatie nee zei.")
        return cleaned
