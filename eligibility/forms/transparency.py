"""The form of a version of the transparantiedocument."""

from django import forms
from django.contrib.postgres.forms import SimpleArrayField
from django.forms import CheckboxSelectMultiple

from eligibility.bronnen import PURPOSE
from eligibility.models import Bron, Transparency
from outreach.forms.free_text import refuse_bsn
from outreach.models import Regeling


class TransparencyForm(forms.ModelForm):
    """What the municipality tells: with which bronnen, for which regelingen and purposes, and why."""

    bronnen = forms.ModelMultipleChoiceField(
        Bron.objects.all(),
        label="Bronnen",
        widget=CheckboxSelectMultiple,
        help_text="Een koppeling met een bron die hier niet bij staat, start niet.",
    )
    regelingen = forms.ModelMultipleChoiceField(
        Regeling.objects.all(),
        label="Regelingen",
        widget=CheckboxSelectMultiple,
        help_text="Alle regelingen die niet gesloten zijn, horen erbij: de koppeling zoekt voor elk daarvan.",
    )
    purposes = SimpleArrayField(
        forms.CharField(max_length=50),
        label="Doelen",
        help_text=f"Met komma's ertussen. Voor de koppeling is het doel {PURPOSE} nodig.",
    )
    text = forms.CharField(
        label="Tekst",
        max_length=20_000,
        widget=forms.Textarea({"rows": 20, "cols": 80}),
        help_text="Wat de gemeente met de gegevens doet, waarom dat mag, en hoe iemand zich afmeldt.",
    )

    class Meta:
        model = Transparency
        fields = ["bronnen", "regelingen", "purposes", "text"]

    def clean_text(self) -> str:
        text = self.cleaned_data["text"]
        refuse_bsn(text)
        return text

    def clean_bronnen(self) -> list[str]:
        return [bron.pk for bron in self.cleaned_data["bronnen"]]

    def clean_regelingen(self) -> list[str]:
        return [regeling.pk for regeling in self.cleaned_data["regelingen"]]
