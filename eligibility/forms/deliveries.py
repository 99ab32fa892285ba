"""Forms about deliveries. They know which values can be right; what may be done is in policies.py."""

import datetime

from django import forms

from eligibility.intake.refusals import FileRefused
from eligibility.models import Bron, DeliveryState
from eligibility.policies import agreed_columns, check_told
from outreach.forms.free_text import refuse_bsn
from outreach.kernel.clock import today

FIRST_DAY, LAST_DAY = datetime.date(2019, 1, 1), datetime.date(2031, 12, 31)
FIRST_YEAR, LAST_YEAR = 2000, 2100


class DayField(forms.DateField):
    """A day that the rules of the koppeling know: from 2019 to 2031."""

    def __init__(self, *, label: str, help_text: str) -> None:
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "min": FIRST_DAY, "max": LAST_DAY})
        messages = {"invalid": "Vul een bestaande datum in als dd-mm-jjjj.", "required": "Vul een datum in."}
        super().__init__(widget=widget, error_messages=messages, label=label, help_text=help_text)

    def clean(self, value: object) -> datetime.date | None:
        day = super().clean(value)
        if day and not FIRST_DAY <= day <= LAST_DAY:
            raise forms.ValidationError("Kies een datum van 2019 tot en met 2031.")
        return day


class TargetForm(forms.Form):
    """What a file is about. Checked, agreement included, before a file is asked for."""

    use_required_attribute = False

    bron = forms.ModelChoiceField(
        label="Bron",
        queryset=Bron.objects.all(),
        empty_label="Kies een bron",
        error_messages={"required": "Kies een bron.", "invalid_choice": "Deze bron is niet bekend."},
    )
    jaar = forms.IntegerField(
        label="Jaar",
        required=False,
        help_text="Alleen bij een bron die per jaar levert: het jaar waar het bestand over gaat.",
        error_messages={"invalid": "Vul een jaartal van vier cijfers in."},
        widget=forms.NumberInput({"inputmode": "numeric", "min": FIRST_YEAR, "max": LAST_YEAR}),
    )
    peildatum = DayField(label="Peildatum", help_text="De dag waarop het bestand klopte, als dd-mm-jjjj.")

    def clean_jaar(self) -> int | None:
        """The year; none for a bron without one, whatever was filled in."""
        year, bron = self.cleaned_data.get("jaar"), self.cleaned_data.get("bron")
        if bron is None or not bron.per_year:
            return None
        if year is None:
            raise forms.ValidationError("Bij deze bron hoort een jaar.")
        if not FIRST_YEAR <= year <= LAST_YEAR:
            raise forms.ValidationError("Vul een jaar van 2000 tot en met 2100 in.")
        return year

    def clean(self) -> dict[str, object]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("bron") and cleaned.get("peildatum"):
            try:
                self.check_agreed()
            except FileRefused as refused:
                self.add_error("bron", str(refused))
        return cleaned

    def check_agreed(self) -> frozenset[str]:
        """The columns that will be kept. Raises FileRefused when no agreement covers this delivery, and when
        residents are not told of its bron."""
        check_told(self.cleaned_data["bron"])
        return agreed_columns(self.cleaned_data["bron"], (today(), self.cleaned_data["peildatum"]))


class AcceptForm(forms.Form):
    """Why a held delivery counts after all."""

    use_required_attribute = False

    reden = forms.CharField(
        label="Waarom klopt deze levering toch?",
        max_length=500,
        min_length=5,
        validators=[refuse_bsn],
        widget=forms.Textarea({"rows": 3}),
        help_text="Schrijf geen gegevens van inwoners op.",
        error_messages={
            "required": "Schrijf op waarom je de levering toch accepteert.",
            "min_length": "Schrijf een zin op waar een ander iets aan heeft.",
        },
    )


class DeliveryFilter(forms.Form):
    """Which deliveries to list. An unknown value filters nothing."""

    status = forms.ChoiceField(
        label="Status", required=False, choices=[("", "Alle statussen"), *DeliveryState.choices]
    )
    bron = forms.ModelChoiceField(
        label="Bron", required=False, queryset=Bron.objects.all(), empty_label="Alle bronnen"
    )


class DayForm(forms.Form):
    """The peildatum of a koppeling."""

    peildatum = DayField(
        label="Peildatum",
        help_text="Op deze dag worden leeftijden en huishoudens bekeken, als dd-mm-jjjj.",
    )
