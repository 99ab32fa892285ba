"""Which rows of the rapport somebody looks at. Nothing is counted anew for a choice."""

from collections.abc import Mapping, Sequence

from django import forms
from django.http import QueryDict

from outreach.models import Team

Names = Sequence[tuple[str, str]]
_TEAM = "team-"


class ReportFilter(forms.Form):
    """Rows of the tables by regeling, buurt and month. A value that is not there leaves all rows.

    A choice leaves rows out and changes none, nor a total: of fewer rows one works out no more than of all.
    """

    regeling = forms.ChoiceField(label="Regeling", required=False)
    buurt = forms.ChoiceField(label="Team of buurt", required=False)
    vanaf = forms.ChoiceField(label="Vanaf maand", required=False)
    tot = forms.ChoiceField(label="Tot en met maand", required=False)

    def __init__(self, data: QueryDict, *, names: Mapping[str, Names]) -> None:
        """`names` are key and name of every row, by table."""
        super().__init__(data)
        self.teams = {
            f"{_TEAM}{team.pk}": (team.name, {one.code for one in team.buurten.all()})
            for team in Team.objects.prefetch_related("buurten").order_by("name")
            if not team.all_areas
        }
        buurten = [(key, name) for key, name in names["buurt"] if key]
        teams = [(key, name) for key, (name, _) in self.teams.items()]
        months = list(names["maand"])
        for field, choices in (
            ("regeling", [("", "Alle regelingen"), *names["regeling"]]),
            ("buurt", [("", "Alle buurten"), ("Teams", teams), ("Buurten", buurten)]),
            ("vanaf", [("", "De eerste maand"), *months]),
            ("tot", [("", "De laatste maand"), *months]),
        ):
            self.fields[field].choices = choices  # type: ignore[attr-defined]
        self.is_valid()

    def narrowed(self, names: Mapping[str, Names]) -> dict[str, list[tuple[str, str]]]:
        """The rows that are left, by table."""
        chosen = self.cleaned_data
        regeling, where = chosen.get("regeling"), chosen.get("buurt", "")
        buurten = self.teams[where][1] if where in self.teams else {where}
        first, last = chosen.get("vanaf", ""), chosen.get("tot") or "9999-12"
        return {
            "regeling": [row for row in names["regeling"] if regeling in (None, "", row[0])],
            "buurt": [row for row in names["buurt"] if not where or row[0] in buurten],
            "maand": [row for row in names["maand"] if first <= row[0] <= last],
        }

    def is_active(self) -> bool:
        """Whether rows are left out."""
        return any(self.cleaned_data.values())

    def chips(self) -> list[dict[str, str]]:
        """Each filter that is set, in words, with the address without it: for kit/filters.html."""
        found = []
        for name, value in self.cleaned_data.items():
            if value:
                left = QueryDict(mutable=True)
                left.update(
                    {other: word for other, word in self.cleaned_data.items() if word and other != name}
                )
                label = f"{self.fields[name].label}: {self._said(name, value)}"
                found.append({"label": label, "url": f"?{left.urlencode()}"})
        return found

    def _said(self, name: str, value: str) -> str:
        flat = [
            pair
            for key, words in self.fields[name].choices  # type: ignore[attr-defined]
            for pair in (words if isinstance(words, list | tuple) else [(key, words)])
        ]
        return str(dict(flat)[value])
