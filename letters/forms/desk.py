"""Opening the letter that a resident brings along."""

from django import forms

from letters.actions.desk_letters import Printed, Why, printed

_NO_CODE = (
    "Dit is geen code van een brief. Neem over wat onder de QR-code staat (zoals K7QF-3MZD-8W2X),"
    " of het kenmerk bovenaan (zoals 12-K7QF3MZD)."
)


class DeskLetterForm(forms.Form):
    """What is on the paper, and why somebody opens it. It is POSTed, and kept nowhere."""

    code = forms.CharField(
        label="Code of kenmerk op de brief",
        max_length=40,
        help_text="De code staat onder de QR-code, het kenmerk bovenaan de brief.",
        widget=forms.TextInput({"data-search": "", "autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": "Vul de code in die op de brief staat.", "max_length": _NO_CODE},
    )
    why = forms.ChoiceField(
        label="Waarom open je deze brief?",
        choices=Why,
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Kies waarom je deze brief opent."),
    )

    def clean_code(self) -> str:
        if printed(self.cleaned_data["code"], among_names=False) is None:
            raise forms.ValidationError(_NO_CODE)
        return self.cleaned_data["code"]

    def found(self) -> Printed:
        """What is on the paper; the form must be valid."""
        read = printed(self.cleaned_data["code"], among_names=False)
        assert read is not None
        return read

    def chosen(self) -> Why:
        """Why it is opened; the form must be valid."""
        return Why(self.cleaned_data["why"])
