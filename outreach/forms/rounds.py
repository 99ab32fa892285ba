"""Making a round: what kind it is and from which koppeling, and then what it is about."""

import datetime
import itertools
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.dateformat import format as date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

from outreach.actions.rounds import Count
from outreach.forms.free_text import refuse_bsn
from outreach.kernel import clock
from outreach.models import Handover, Klasse, Regeling, Round
from outreach.models.round import RoundKind

#: What residents get to answer, unless the maker thinks otherwise.
REPLY_WITHIN = datetime.timedelta(weeks=6)
#: A later day is a slip of the pen.
REPLY_AT_MOST = datetime.timedelta(days=365)
NAME_LENGTH = 100

_KIND_HELP = {
    RoundKind.LETTER: "Eén regeling. Elk huishouden krijgt een brief, vaak met een kort formulier.",
    RoundKind.VISIT: "Een of meer regelingen. Elk buurtteam krijgt een looplijst.",
}
_KLASSE_HELP = {
    Klasse.ZEKER: "Het inkomen is al getoetst.",
    Klasse.ONZEKER: "Het inkomen is nog niet getoetst.",
}


def _with_help(label: str, text: str) -> SafeString:
    return format_html('{}<span class="kit-tile__help">{}</span>', label, text)


class RoundStartForm(forms.Form):
    """The first step, in the address: a letter round or a visit round, and of which koppeling."""

    soort = forms.ChoiceField(
        label="Soort ronde",
        widget=forms.RadioSelect,
        choices=[(kind.value, _with_help(str(kind.label), _KIND_HELP[kind])) for kind in RoundKind],
        error_messages={"required": "Kies brieven of bezoek.", "invalid_choice": "Kies brieven of bezoek."},
    )
    koppeling = forms.ModelChoiceField(
        label="Koppeling",
        queryset=Handover.objects.none(),
        empty_label=None,
        error_messages={
            "required": "Kies een koppeling.",
            "invalid_choice": "Deze koppeling is er niet. Kies een andere.",
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["koppeling"]
        field.queryset = Handover.objects.all()
        field.label_from_instance = handover_label


def handover_label(handover: Handover) -> str:
    """`Koppeling 12, peildatum 1 maart 2026`."""
    return f"Koppeling {handover.pk}, peildatum {date_format(handover.peildatum, 'j F Y')}"


def preset_name(kind: RoundKind, peildatum: datetime.date) -> str:
    """`Brieven maart 2026`: enough to find it back, and nothing about anybody."""
    return f"{kind.label} {date_format(peildatum, 'F Y')}"


def _unused(name: str) -> str:
    """`Bezoek maart 2026`, or `Bezoek maart 2026 (2)`: the lists of two rounds are told apart by it."""
    taken = set(Round.objects.filter(name__startswith=name).values_list("name", flat=True))
    names = (name if number == 1 else f"{name} ({number})" for number in itertools.count(1))
    return next(one for one in names if one not in taken)


class RoundForm(forms.Form):
    """The second step: the regelingen with their counts, the classes, the name, and a letter's last day."""

    regelingen = forms.MultipleChoiceField(
        label="Regelingen",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Kies een of meer regelingen."},
    )
    klassen = forms.MultipleChoiceField(
        label="Voor wie",
        widget=forms.CheckboxSelectMultiple,
        choices=[(klasse.value, _with_help(str(klasse.label), _KLASSE_HELP[klasse])) for klasse in Klasse],
        initial=Klasse.values,
        error_messages={"required": "Kies zeker, onzeker of allebei."},
    )
    reply_before = forms.DateField(
        label="Reageren voor",
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text="Deze datum staat in de brief (dd-mm-jjjj).",
        error_messages={
            "required": "Bij deze regeling hoort een formulier. Vul in voor wanneer.",
            "invalid": "Vul een datum in, zoals 31-12-2026.",
        },
    )
    name = forms.CharField(
        label="Naam",
        max_length=NAME_LENGTH,
        validators=[refuse_bsn],
        help_text="Zo vinden je collega’s de ronde terug. Zet hier geen namen of adressen van mensen in.",
        error_messages={
            "required": "Geef de ronde een naam.",
            "max_length": "De naam is te lang: hooguit %(limit_value)d tekens.",
        },
    )

    def __init__(
        self,
        *args: Any,
        kind: RoundKind,
        handover: Handover,
        counts: Sequence[Count],
        labels: Mapping[str, str],
        **kwargs: Any,
    ) -> None:
        """`counts` says what there is to choose, `labels` what may be told of how many."""
        super().__init__(*args, **kwargs)
        self._counts = {count.regeling.pk: count for count in counts}
        self._letter = kind == RoundKind.LETTER
        self._preset = preset_name(kind, handover.peildatum)
        self.fields["name"].initial = self._preset if self._letter else _unused(self._preset)
        choices = [
            (one.regeling.pk, _with_help(one.regeling.name, labels[one.regeling.pk])) for one in counts
        ]
        if self._letter:
            self._become_a_letter(choices)
        else:
            self.fields["regelingen"].choices = choices  # type: ignore[attr-defined]
            del self.fields["reply_before"]

    def _become_a_letter(self, choices: list[tuple[str, SafeString]]) -> None:
        """One regeling, and a last day when there is a form to send back."""
        self.fields["regelingen"] = forms.ChoiceField(
            label="Regeling",
            widget=forms.RadioSelect,
            choices=choices,
            error_messages={"required": "Kies een regeling."},
        )
        today = clock.today()
        field = self.fields["reply_before"]
        field.initial = today + REPLY_WITHIN
        field.required = all(count.forms for count in self._counts.values())
        field.widget.attrs["min"] = (today + datetime.timedelta(days=1)).isoformat()
        self.fields["name"].help_text += " Laat je de naam staan, dan komt de regeling er vanzelf bij."

    def clean_regelingen(self) -> list[str]:
        """Always a list, also of the one that a letter is about."""
        chosen = self.cleaned_data["regelingen"]
        return [chosen] if isinstance(chosen, str) else chosen

    def clean_reply_before(self) -> datetime.date | None:
        day: datetime.date | None = self.cleaned_data["reply_before"]
        today = clock.today()
        if day and day <= today:
            raise forms.ValidationError("Kies een dag die nog moet komen.")
        if day and day > today + REPLY_AT_MOST:
            raise forms.ValidationError("Kies een dag binnen een jaar.")
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        chosen = [self._counts[code] for code in cleaned.get("regelingen") or []]
        if not self._letter or not chosen:
            return cleaned
        forms_to_return = any(count.forms for count in chosen)
        if forms_to_return and not cleaned.get("reply_before") and "reply_before" not in self.errors:
            self.add_error("reply_before", self.fields["reply_before"].error_messages["required"])
        if cleaned.get("name") == self._preset:
            cleaned["name"] = self._named(chosen[0].regeling)
        return cleaned

    def _named(self, regeling: Regeling) -> str:
        kind, rest = self._preset.split(" ", 1)
        return f"{kind} {regeling.name} {rest}"[:NAME_LENGTH]
