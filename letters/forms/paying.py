"""Forms about legal bases and about the administrations that pay."""

import datetime
from typing import Any

from django import forms

from letters.actions import exports, legal_bases
from letters.models import PayingAdministration
from outreach.forms.free_text import refuse_bsn
from outreach.kernel import clock
from outreach.models import Regeling

_DAY = {"required": "Vul een datum in.", "invalid": "Vul een bestaande datum in."}
TEXT_LENGTH = 2000


def _day(label: str, *, required: bool, help_text: str) -> forms.DateField:
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(
        label=label, required=required, help_text=help_text, widget=widget, error_messages=_DAY
    )


class BasisForm(forms.Form):
    """A basis as it is signed: for which regeling, on what, from when to when."""

    use_required_attribute = False

    regeling = forms.ModelChoiceField(
        Regeling.objects.none(),
        label="Regeling",
        empty_label="Kies een regeling",
        help_text="Alleen regelingen die zonder aanvraag mogen. Uit de Participatiewet mag dat nooit.",
        error_messages={
            "required": "Kies een regeling.",
            "invalid_choice": "Kies een regeling uit de lijst.",
        },
    )
    text = forms.CharField(
        label="Grondslag",
        max_length=TEXT_LENGTH,
        validators=[refuse_bsn],
        widget=forms.Textarea({"rows": 4}),
        help_text="Het artikel en het besluit waarop de toekenning rust.",
        error_messages={"required": "Schrijf op waarop de toekenning rust."},
    )
    dated = _day("Geldig vanaf", required=True, help_text="Als dd-mm-jjjj.")
    valid_until = _day("Geldig tot en met", required=False, help_text="Als dd-mm-jjjj. Leeg: zonder einde.")

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, initial={"dated": clock.today()}, **kwargs)
        self.fields["regeling"].queryset = legal_bases.allowed()

    def clean_valid_until(self) -> datetime.date | None:
        until, dated = self.cleaned_data["valid_until"], self.cleaned_data.get("dated")
        if until and dated and until < dated:
            raise forms.ValidationError("De einddatum ligt voor de begindatum.")
        return until


class AskExportForm(forms.Form):
    """For which administration."""

    use_required_attribute = False

    administration = forms.ModelChoiceField(
        PayingAdministration.objects.all(),
        label="Administratie",
        empty_label="Kies een administratie",
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Kies een administratie."),
    )


class PayingAdministrationForm(forms.ModelForm):
    """An administration that pays. A regeling is paid by one of them."""

    class Meta:
        model = PayingAdministration
        fields = ["name", "public_key", "purpose", "regelingen"]
        help_texts = {
            "public_key": "Begint met age1. Vraag hem aan de administratie, en lees hem samen voor.",
            "purpose": "Waarvoor zij gegevens krijgt. Wat voor iets anders is verzameld, gaat er niet heen.",
            "regelingen": "Een regeling hoort bij één administratie.",
        }

    def clean_public_key(self) -> str:
        try:
            return exports.checked_key(self.cleaned_data["public_key"])
        except exports.NotAKey as problem:
            raise forms.ValidationError(str(problem)) from None

    def clean_regelingen(self) -> Any:
        """Raise ValidationError when another administration pays one of these."""
        chosen = self.cleaned_data["regelingen"]
        others = PayingAdministration.objects.exclude(pk=self.instance.pk)
        taken = chosen.filter(administrations__in=others).distinct()
        if taken:
            names = ", ".join(regeling.name for regeling in taken)
            raise forms.ValidationError(f"Een andere administratie betaalt al: {names}.")
        return chosen
