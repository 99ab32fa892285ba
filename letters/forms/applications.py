"""The forms with which a consulent assesses an application."""

import re
from typing import Any

from django import forms

from letters.actions.assessment import ASSETS, INCOME, NOT_COMPLETED, OTHER_GROUNDS
from letters.actions.figures import Figures
from letters.actions.terms import OPEN, posted_on
from letters.models import COUPLES, Application, ApplicationState, HouseholdType
from outreach.forms.free_text import NOTHING_SPECIAL, refuse_bsn
from outreach.models import Regeling

#: More than anybody who fills in this form has; a slip of the pen is caught, not a rich man.
_MOST = 9_999_999
_EURO = re.compile(r"\A\d{1,3}(?:\.\d{3})+\Z")
TEXT_LENGTH = 500

#: Why not, as a consulent chooses it. The sentences in the letter are in the letter texts.
GROUNDS = {
    INCOME: "Het inkomen is te hoog",
    ASSETS: "Het vermogen is te hoog",
    "doelgroep": "Het huishouden hoort niet bij de doelgroep",
    "heeft_al": "Het huishouden heeft de regeling al",
    NOT_COMPLETED: "Wat ontbrak, kwam niet binnen de termijn",
    "verhuisd": "Het huishouden woont niet meer in de gemeente",
}
#: What may be missing, in the order of the form. Codes of the letter text.
MISSING = {
    "handtekening": "De handtekening",
    "handtekening_partner": "De handtekening van de partner",
    "datum": "De datum bij de handtekening",
    "personen": "Voor wie het wordt aangevraagd",
    "inkomen": "Het inkomen",
    "inkomen_partner": "Het inkomen van de partner",
    "geld": "Hoeveel geld er op de rekeningen staat",
    "bezit": "Wat een auto of ander bezit waard is",
    "schulden": "Hoeveel schuld er is",
    "eigen_huis": "Of er een eigen huis is",
    "jaaropgave": "Een kopie van de jaaropgave",
    "afschrift": "Een kopie van de laatste afschriften",
}


class EuroField(forms.IntegerField):
    """Whole euros, also with the dots of thousands: `12.500`."""

    def __init__(self, **kwargs: Any) -> None:
        wrong = "Vul hele euro’s in, zonder komma. Heeft iemand dit niet? Vul dan 0 in."
        super().__init__(
            min_value=0,
            max_value=_MOST,
            widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
            error_messages={
                "required": "Vul een bedrag in. Heeft iemand dit niet? Vul dan 0 in.",
                "invalid": wrong,
                "min_value": wrong,
                "max_value": "Dit bedrag is te hoog. Kijk nog eens op het formulier.",
            },
            **kwargs,
        )

    def to_python(self, value: Any) -> int | None:
        text = str(value).strip().removeprefix("€").strip() if value is not None else value
        return super().to_python(text.replace(".", "") if text and _EURO.match(text) else text)


class FiguresForm(forms.Form):
    """What stands on the form. `version` is the one that was shown, for when two people save."""

    use_required_attribute = False

    version = forms.IntegerField(widget=forms.HiddenInput)
    household_type = forms.ChoiceField(
        label="Soort huishouden",
        choices=HouseholdType,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Kies een soort huishouden."),
    )
    income = EuroField(label="Inkomen")
    partner_income = EuroField(label="Inkomen van de partner", help_text="0 als er geen partner is.")
    savings = EuroField(label="Geld op alle rekeningen")
    assets = EuroField(label="Auto of ander bezit", help_text="Zonder het eigen huis.")
    debts = EuroField(label="Schulden")

    def __init__(self, data: Any = None, *, year: int, **kwargs: Any) -> None:
        """`year` is the refertejaar, which the form asks about."""
        super().__init__(data, **kwargs)
        self.fields["income"].help_text = f"Netto over heel {year}, met vakantiegeld, in hele euro’s."

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("partner_income") and cleaned.get("household_type") not in COUPLES:
            self.add_error("partner_income", "Bij deze soort huishouden hoort geen inkomen van een partner.")
        return cleaned

    def figures(self) -> Figures:
        """What is to be saved; the form must be valid."""
        cleaned = self.cleaned_data
        return Figures(
            *(cleaned[name] for name in ("income", "partner_income", "savings", "assets", "debts"))
        )


def _reason(label: str, *, required: bool) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        max_length=TEXT_LENGTH,
        validators=[refuse_bsn],
        widget=forms.Textarea({"rows": 3}),
        help_text=f"De inwoner mag lezen wat hier staat. Het komt niet in de brief. {NOTHING_SPECIAL}",
        error_messages={
            "required": "Schrijf een zin op waar een ander iets aan heeft.",
            "max_length": "De tekst is te lang: hooguit %(limit_value)d tekens.",
        },
    )


class GrantForm(forms.Form):
    """Granting, with a reason where the sum says otherwise."""

    use_required_attribute = False

    version = forms.IntegerField(widget=forms.HiddenInput)
    motivation = _reason("Waarom ken je toch toe?", required=False)


class RefuseForm(forms.Form):
    """Refusing: the grounds stand in the letter, the reason does not."""

    use_required_attribute = False

    version = forms.IntegerField(widget=forms.HiddenInput)
    grounds = forms.MultipleChoiceField(
        label="Waarom?",
        choices=GROUNDS.items(),
        widget=forms.CheckboxSelectMultiple,
        help_text="Dit komt in de brief te staan, met de bedragen.",
        error_messages=dict.fromkeys(
            ("required", "invalid_choice", "invalid_list"),
            "Kies waarom je afwijst. Dat komt in de brief te staan.",
        ),
    )
    motivation = _reason("Toelichting voor het dossier", required=False)

    def __init__(self, data: Any = None, *, allowed: tuple[str, ...] = (), **kwargs: Any) -> None:
        """`allowed` are the grounds that can be so, by the sum and by what was asked before."""
        super().__init__(data, **kwargs)
        self.fields["grounds"].choices = [(code, GROUNDS[code]) for code in allowed]


class MissingForm(forms.Form):
    """What the household still has to send."""

    use_required_attribute = False

    version = forms.IntegerField(widget=forms.HiddenInput)
    codes = forms.MultipleChoiceField(
        label="Wat ontbreekt er?",
        choices=MISSING.items(),
        widget=forms.CheckboxSelectMultiple,
        error_messages=dict.fromkeys(
            ("required", "invalid_choice", "invalid_list"),
            "Kies wat er ontbreekt. Dat komt in de brief te staan.",
        ),
    )


class ExtendForm(forms.Form):
    """Until when the household gets to send what was asked, and why longer."""

    use_required_attribute = False

    version = forms.IntegerField(widget=forms.HiddenInput)
    until = forms.DateField(
        label="Tot en met welke dag?",
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "Kies een dag.", "invalid": "Vul een datum in, zoals 31-12-2026."},
    )
    reason = forms.ChoiceField(
        label="Waarom meer tijd?",
        choices=[
            ("gevraagd", "Het huishouden belde en vroeg om meer tijd"),
            ("stukken", "De stukken zijn nog niet te krijgen"),
            ("ziek", "Ziekte of een andere reden waar niemand iets aan kan doen"),
            ("brief_laat", "De brief kwam laat aan"),
        ],
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Kies waarom er meer tijd komt."),
    )


class BackForm(forms.Form):
    """What the second person finds wrong."""

    use_required_attribute = False

    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = _reason("Wat klopt er nog niet?", required=True)


class VersionForm(forms.Form):
    """Nothing but the version that was shown."""

    version = forms.IntegerField(widget=forms.HiddenInput)


def possible_grounds(application: Application, income_fits: bool, assets_fit: bool) -> tuple[str, ...]:
    """The grounds that can be so. `*_fit` are true while there is no sum."""
    of_sum = [code for code, fits in ((INCOME, income_fits), (ASSETS, assets_fit)) if not fits]
    other = [code for code in OTHER_GROUNDS if code != NOT_COMPLETED or posted_on(application)]
    return (*of_sum, *other)


class ApplicationFilter(forms.Form):
    """Which applications. Without a choice: what is not decided yet."""

    status = forms.ChoiceField(
        label="Status",
        required=False,
        choices=[
            ("", "Nog niet besloten"),
            *((state, ApplicationState(state).label) for state in OPEN),
            (ApplicationState.GRANTED, "Toegekend"),
            (ApplicationState.REFUSED, "Afgewezen"),
        ],
    )
    regeling = forms.ModelChoiceField(
        Regeling.objects.all(), label="Regeling", required=False, empty_label="Alle regelingen"
    )
    te_laat = forms.BooleanField(label="Alleen te laat", required=False)
