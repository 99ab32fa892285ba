"""Writing a letter text, and what a person thinks of it."""

import re
from typing import Any
from urllib.parse import urlencode

from django import forms

from letters.models import Template, TemplateKind
from letters.models.template import TemplateQuerySet
from letters.texts.versions import MAX_LENGTH, Content, TextField, fields_of, problems, with_texts
from outreach.forms.free_text import refuse_bsn
from outreach.models import Regeling

JUDGEMENT_LENGTH = 300
# About as many characters as fit on one line of the page.
_LINE = 70
_SHORT = (
    *("onderwerp", "kop", "daarna_kop", "klopt_niet_kop", "rechten_kop", "terug_kop", "achterkant", "titel"),
    *("naam", "de_regeling", "groet", "personen", "vak_", "gegevens", "handtekening", "eigen_huis", "vraag"),
)
_EXTRA = "Voor een nieuwe. Laat leeg als die niet nodig is."
_STALE = {"required": "Open de tekst opnieuw: er ontbreekt wat je hebt gelezen."}


def field_name(path: str) -> str:
    """`opening.0` as the name of a control: an id with a full stop in it is not found by a style sheet."""
    return path.replace(".", "__")


def _control(field: TextField) -> forms.Widget:
    """A line for a heading or a label, more room for a paragraph."""
    if field.path.rpartition(".")[2].startswith(_SHORT) or field.path.startswith("punten."):
        return forms.TextInput()
    rows = -(-len(field.text) // _LINE)
    return forms.Textarea({"rows": min(max(rows, 2), 6)})


class TextForm(forms.Form):
    """One control per paragraph. An empty one behind each list adds a paragraph; emptied, one goes."""

    def __init__(self, data: Any = None, *, version: Template) -> None:
        super().__init__(data)
        self.version = version
        for one in fields_of(version.content, adding=True):
            self.fields[field_name(one.path)] = forms.CharField(
                label=f"{one.label} (nieuw)" if one.extra else one.label,
                initial=one.text,
                required=False,
                max_length=MAX_LENGTH,
                validators=[refuse_bsn],
                widget=_control(one),
                help_text=_EXTRA if one.extra else "",
                error_messages={"max_length": "Deze tekst is te lang: hooguit %(limit_value)d tekens."},
            )

    def content(self) -> Content:
        """The text as it stands in the controls, right or wrong."""
        paths = {field_name(one.path): one.path for one in fields_of(self.version.content, adding=True)}
        written = {path: str(self.data.get(name, "")) for name, path in paths.items() if name in self.data}
        return with_texts(self.version.content, written)

    def clean(self) -> dict[str, Any]:
        """A word to fill in that nobody fills in is an error here; a hard sentence is not yet."""
        chosen = super().clean() or {}
        wrong = problems(self.version.kind, self.content())
        for path, problem in wrong.items():
            name = field_name(path)
            # An emptied paragraph moves the ones behind it up; then the fault is told above the form.
            self.add_error(name if name in self.fields else None, problem)
        return chosen


class ReadText(forms.Form):
    """What somebody does with a text is about the text he read: `sha256` says which."""

    use_required_attribute = False
    sha256 = forms.CharField(widget=forms.HiddenInput, error_messages=_STALE)


class JudgeForm(ReadText):
    judgement = forms.CharField(
        label="Jouw oordeel over de taal",
        max_length=JUDGEMENT_LENGTH,
        validators=[refuse_bsn],
        widget=forms.Textarea({"rows": 3}),
        help_text="Lees de tekst hardop. Begrijpt iedereen wat hij moet doen? Schrijf op wat je ervan vindt.",
        error_messages={"required": "Schrijf op wat je van de taal vindt."},
    )


class RefuseForm(ReadText):
    refusal = forms.CharField(
        label="Waarom keur je de tekst af?",
        max_length=JUDGEMENT_LENGTH,
        validators=[refuse_bsn],
        widget=forms.Textarea({"rows": 2}),
        error_messages={"required": "Schrijf op waarom je de tekst afkeurt."},
    )


class NewTextForm(forms.Form):
    """A regeling gets words of its own for one kind."""

    kind = forms.ChoiceField(label="Soort tekst", error_messages={"required": "Kies een soort tekst."})

    def __init__(self, data: Any = None, *, kinds: list[TemplateKind]) -> None:
        super().__init__(data)
        self.fields["kind"].choices = [(kind.value, kind.label) for kind in kinds]  # type: ignore[attr-defined]


class TextsFilter(forms.Form):
    """Of which regeling the texts are shown; nothing chosen is what holds for all."""

    regeling = forms.ChoiceField(label="Regeling", required=False)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        names = list(Regeling.objects.values_list("code", "name"))
        self.fields["regeling"].choices = [("", "Voor alle regelingen"), *names]  # type: ignore[attr-defined]

    def chosen(self) -> Regeling | None:
        if not self.is_valid():
            return None
        return Regeling.objects.filter(pk=self.cleaned_data["regeling"]).first()


FOR_ALL = "alle"
_READ = re.compile(r"([1-9][0-9]{0,17}):([0-9a-f]{64})")


class TogetherFilter(forms.Form):
    """Which concepts are looked at together: of one regeling, or of one kind."""

    regeling = forms.ChoiceField(label="Regeling", required=False)
    soort = forms.ChoiceField(
        label="Soort tekst", required=False, choices=[("", "Alle soorten"), *TemplateKind.choices]
    )

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        names = list(Regeling.objects.values_list("code", "name"))
        self.fields["regeling"].choices = [  # type: ignore[attr-defined]
            ("", "Alle regelingen"),
            (FOR_ALL, "Teksten voor alle regelingen"),
            *names,
        ]

    def chosen(self) -> bool:
        """Whether there is a choice: all texts at once are more than a person reads."""
        return self.is_valid() and any(self.cleaned_data.values())

    def narrowed(self, versions: TemplateQuerySet) -> TemplateQuerySet:
        """The versions that were chosen; none without a choice."""
        if not self.chosen():
            return versions.none()
        regeling, kind = self.cleaned_data["regeling"], self.cleaned_data["soort"]
        if regeling:
            versions = versions.filter(regeling=None if regeling == FOR_ALL else regeling)
        return versions.filter(kind=kind) if kind else versions

    def query(self) -> str:
        """The choice as it stands in the address."""
        given = {name: value for name, value in self.cleaned_data.items() if value}
        return f"?{urlencode(given)}" if given else ""


class _ReadTexts(forms.MultipleChoiceField):
    """Texts with what was read of them: one that changed meanwhile is for the action to name."""

    def valid_value(self, value: Any) -> bool:
        return bool(_READ.fullmatch(str(value)))


class TogetherForm(forms.Form):
    """The texts that somebody ticked."""

    use_required_attribute = False
    texts = _ReadTexts(
        label="Teksten",
        error_messages=dict.fromkeys(("required", "invalid_choice", "invalid_list"), "Vink een tekst aan."),
    )

    def read(self) -> dict[int, str]:
        """By version, the fingerprint of the text that was read."""
        pairs = (value.split(":") for value in self.cleaned_data["texts"])
        return {int(pk): sha256 for pk, sha256 in pairs}


class JudgeTogetherForm(TogetherForm):
    judgement = forms.CharField(
        label="Jouw oordeel over de taal van deze teksten",
        max_length=JUDGEMENT_LENGTH,
        validators=[refuse_bsn],
        widget=forms.Textarea({"rows": 3}),
        help_text="Dit oordeel komt met de datum van vandaag bij elke tekst die je hebt aangevinkt.",
        error_messages={"required": "Schrijf op wat je van de taal vindt."},
    )
