"""The forms of the werkvoorraad."""

from typing import Any

from django import forms
from django.http import QueryDict

from letters.actions.addresses import RIGHT
from letters.actions.work import FORMS, PRINTING, SCANS, SENT_BY_HAND
from letters.models import LetterKind, WorkItem, WorkKind
from letters.models.work_item import WorkItemQuerySet
from outreach.kernel import clock
from outreach.models import Role, User

MINE, NOBODY = "ik", "niemand"
OWNER_CHOICES = [("", "Van iedereen"), (MINE, "Van mij"), (NOBODY, "Van niemand")]
LATE = "ja"
IN_THE_ADDRESS = ("soort", "eigenaar", "te_laat")
CODE_LENGTH = 24
FORM, ATTACHMENT = "formulier", "bijlage"

_NO_FORM = ("geen_formulier", "Dit is geen formulier van ons")
_CALLED = ("gebeld", "Het huishouden is gebeld en weet wat het moet doen")
_SEEN = ("gezien", "Gezien, er hoeft niets te veranderen")
_RESCAN = ("opnieuw_gevraagd", "De drukker scant het blad opnieuw")
_PRINTED = (
    ("hersteld", "Hersteld"),
    ("drukker_gesproken", "Besproken met de drukker"),
    ("niet_meer_nodig", "Niet meer nodig"),
)
_ADDRESS = (
    (RIGHT, "Het adres klopt, of er is een vertegenwoordiger: de brief gaat opnieuw"),
    (SENT_BY_HAND, "De brief is zelf gestuurd, bijvoorbeeld naar de erven of naar het nieuwe adres"),
    ("adres_gevonden", "Nieuw adres gevonden en doorgegeven aan de BRP"),
    ("geen_adres", "Er is geen adres gevonden"),
)
_LEFT_OUT = (
    ("geen_brief", "Dit huishouden krijgt geen brief"),
    ("zelf_gestuurd", "De brief is zelf gemaakt en gestuurd"),
    ("gebeld", "Het huishouden is gebeld en weet waar het recht op heeft"),
)
_UNTOLD = (
    ("gebeld", "Het huishouden is gebeld en heeft het besluit op papier gekregen"),
    ("brief_gestuurd", "Het besluit is zelf per brief gestuurd"),
    ("besluit_herzien", "Het besluit is ingetrokken of herzien"),
)
#: The same about a question: with each of them the application is assessed with what there is.
_NOT_ASKED = (
    ("gebeld", "Het huishouden is gebeld. Beoordeel de aanvraag verder"),
    ("niet_nodig", "De vraag is niet meer nodig. Beoordeel de aanvraag verder"),
)
#: How an item of each kind may be closed by hand. A form that waits is decided on, and not closed.
REASONS: dict[str, tuple[tuple[str, str], ...]] = {
    **dict.fromkeys(SCANS, (_NO_FORM, _RESCAN, _CALLED)),
    **dict.fromkeys(FORMS, (_SEEN, _CALLED)),
    WorkKind.ADDRESS: _ADDRESS,
    **dict.fromkeys(PRINTING, _PRINTED),
    WorkKind.REJECTED_LETTER: _LEFT_OUT,
    WorkKind.UNTOLD: _UNTOLD,
}
#: What a letter can ask for when a form came without it (letters/texts: aanvulling.punten).
POINTS = [
    ("handtekening", "De handtekening"),
    ("handtekening_partner", "De handtekening van de partner"),
    ("datum", "De datum bij de handtekening"),
    ("personen", "Voor wie de aanvraag is"),
]


class WorkFilter(forms.Form):
    """Which work. The values stand in the address; one that is not there filters nothing."""

    soort = forms.ChoiceField(label="Soort werk", required=False)
    eigenaar = forms.ChoiceField(label="Eigenaar", required=False, choices=OWNER_CHOICES)
    te_laat = forms.ChoiceField(
        label="Termijn", required=False, choices=[("", "Alles"), (LATE, "Alleen te laat")]
    )

    def __init__(self, data: QueryDict, counts: dict[str, int]) -> None:
        super().__init__(data)
        labels = dict(WorkKind.choices)
        self.fields["soort"].choices = [  # type: ignore[attr-defined]
            ("", "Alle soorten"),
            *((kind, f"{labels[kind]} ({count})") for kind, count in counts.items()),
        ]
        self._labels = labels
        self.is_valid()

    def narrowed(self, items: WorkItemQuerySet, user: User) -> WorkItemQuerySet:
        """The items that are left."""
        chosen = self.cleaned_data
        if chosen.get("soort"):
            items = items.filter(kind=chosen["soort"])
        if chosen.get("eigenaar"):
            items = items.filter(owner=user if chosen["eigenaar"] == MINE else None)
        if chosen.get("te_laat"):
            items = items.filter(due_on__lt=clock.today())
        return items

    def chips(self, path: str) -> list[dict[str, str]]:
        """Each filter that is on, and the address without it."""
        labels = {
            "soort": self._labels.get(self.cleaned_data.get("soort", ""), ""),
            "eigenaar": dict(OWNER_CHOICES).get(self.cleaned_data.get("eigenaar", ""), ""),
            "te_laat": "Alleen te laat",
        }
        active = [name for name in IN_THE_ADDRESS if self.cleaned_data.get(name)]
        return [{"label": str(labels[name]), "url": path + self._query(without=name)} for name in active]

    def query(self) -> str:
        """The filters as they stand in the address."""
        return self._query()

    def _query(self, without: str = "") -> str:
        kept = QueryDict(mutable=True)
        for name in IN_THE_ADDRESS:
            if name != without and self.cleaned_data.get(name):
                kept[name] = self.cleaned_data[name]
        return f"?{kept.urlencode()}" if kept else ""


class OwnerForm(forms.Form):
    """To whom an item is given. `instead_of` is the owner that was on the page."""

    owner = forms.ModelChoiceField(
        User.objects.none(), label="Eigenaar", required=False, empty_label="Niemand (terug in de wachtrij)"
    )
    instead_of = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: QueryDict | None = None, *, item: WorkItem) -> None:
        super().__init__(data, initial={"owner": item.owner_id, "instead_of": item.owner_id})
        colleagues = User.objects.filter(is_active=True, role__in=(Role.CONSULENT, Role.TEAMLEIDER))
        field: Any = self.fields["owner"]
        field.queryset = colleagues.order_by("first_name", "last_name", "username")
        field.label_from_instance = User.display_name


class LinkForm(forms.Form):
    """What a scan is, and what it belongs to. The code is sent, and never stands in an address."""

    what = forms.ChoiceField(
        label="Wat is dit?",
        choices=[
            (FORM, "Een formulier van ons"),
            (ATTACHMENT, "Een bijlage bij een aanvraag, zoals een jaaropgave of een afschrift"),
        ],
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Kies wat dit is."),
    )
    code = forms.CharField(
        label="Code onder het vierkant, of nummer van de aanvraag",
        max_length=CODE_LENGTH,
        widget=forms.TextInput(
            {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
        help_text=(
            "Bijvoorbeeld K7QF-3MZD-8W2X. Streepjes en spaties mag je weglaten. Op een bijlage staat geen"
            " code: vul dan het nummer van de aanvraag in. Dat staat op de bladzijde van de aanvraag."
        ),
        error_messages={"required": "Vul de code van het formulier in, of het nummer van de aanvraag."},
    )


class AskForm(forms.Form):
    """What is asked of the household by letter."""

    points = forms.MultipleChoiceField(
        label="Wat moet het huishouden nog sturen?",
        choices=POINTS,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Kies wat er ontbreekt."},
    )


class CloseForm(forms.Form):
    """How an item ended."""

    reason = forms.ChoiceField(
        label="Hoe is dit afgelopen?",
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Kies hoe dit is afgelopen."),
    )

    def __init__(self, data: QueryDict | None = None, *, item: WorkItem) -> None:
        super().__init__(data)
        asked = item.kind == WorkKind.UNTOLD and item.letter and item.letter.kind == LetterKind.MISSING
        choices = _NOT_ASKED if asked else REASONS.get(item.kind, ())
        self.fields["reason"].choices = choices  # type: ignore[attr-defined]
