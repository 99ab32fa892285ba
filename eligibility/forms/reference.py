"""Forms of the admin for reference data: agreements, and the list of postcodes."""

import datetime
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib.postgres.forms import SimpleArrayField
from django.core.files.uploadedfile import UploadedFile
from django.utils.formats import date_format
from import_export.forms import ImportForm

from eligibility.bronnen import BRON_BY_CODE, PURPOSE
from eligibility.intake.files import FileKind, opened_records
from eligibility.intake.layouts import LAYOUTS
from eligibility.intake.refusals import FileRefused
from eligibility.intake.streams import Record
from eligibility.models import Agreement
from outreach.forms.scanned import refuse_infected

#: Somebody has to be able to look at every change; see the design of the screens.
MAX_IMPORT_ROWS = 5000
POSTCODE_COLUMNS = ["postcode", "buurt_code"]

_POSTCODE = re.compile(r"[1-9][0-9]{3}[A-Z]{2}\Z")
_BUURT = re.compile(r"[A-Z]{2}[0-9]{4,8}\Z")
# Starts with a letter ('s-Gravenhof too), so it is no formula; and holds no number as long as a BSN.
_NAME = re.compile(r"(?!.*[0-9]{5})['’]?[^\W\d_][^\x00-\x1f;]{0,99}\Z")
_ZIP = b"PK\x03\x04"


class UsesField(forms.CharField):
    """Lines of `kolom: waarvoor`, and the same as a mapping."""

    widget = forms.Textarea({"rows": 10, "cols": 80})

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, dict):
            return "\n".join(f"{column}: {use}" for column, use in value.items())
        return value

    def to_python(self, value: Any) -> Any:
        """Raises ValidationError for a line without a colon, and for a column that stands there twice."""
        uses: dict[str, str] = {}
        for number, line in enumerate(str(super().to_python(value) or "").splitlines(), start=1):
            if not line.strip():
                continue
            column, colon, use = (part.strip() for part in line.partition(":"))
            if not colon or not column or not use:
                raise forms.ValidationError(
                    f"Regel {number}: schrijf de kolom, een dubbele punt en waarvoor."
                )
            if column in uses:
                raise forms.ValidationError(f"Regel {number}: deze kolom staat er al.")
            uses[column] = use
        return uses

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), self.prepare_value(data))


#: What a delivery came in under, of which nothing is written over any more.
FROZEN = (
    *("bron", "supplier", "role", "valid_from", "committee_reference", "committee_dated"),
    *("purposes", "columns", "uses"),
)
CONTRACT = ("processing_reference", "processing_dated")
RESTS_ON_IT = (
    "Onder deze afspraak kwam al een levering binnen. Dit blijft daarom staan. Klopt het niet meer? Vul in"
    " tot en met wanneer deze afspraak geldt, en maak een nieuwe."
)


class AgreementForm(forms.ModelForm):
    """An agreement may only name columns that the layout of its bron has, each with what it is for.

    One on which a delivery rests is ended and made anew; the database holds to that too (trigger `vast`).
    """

    columns = SimpleArrayField(
        forms.CharField(max_length=50),
        label="Kolommen",
        widget=forms.Textarea({"rows": 4, "cols": 80}),
        help_text="Met komma's ertussen. Een kolom die hier niet staat, wordt nooit bewaard.",
    )
    purposes = SimpleArrayField(
        forms.CharField(max_length=50),
        label="Doelen",
        help_text=f"Met komma's ertussen. Voor de koppeling is het doel {PURPOSE} nodig.",
    )
    uses = UsesField(
        label="Gebruik per kolom",
        help_text="Op elke regel een kolom, een dubbele punt en waarvoor de gemeente haar gebruikt.",
    )

    class Meta:
        model = Agreement
        fields = [
            *("bron", "supplier", "role", "valid_from", "valid_to"),
            *("processing_reference", "processing_dated", "committee_reference", "committee_dated"),
            *("purposes", "retention_months", "columns", "uses"),
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """What each column is for stands in the order of the columns; the database keeps none."""
        super().__init__(*args, **kwargs)
        uses = self.instance.uses
        self.initial["uses"] = {name: uses[name] for name in self.instance.columns or () if name in uses}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.instance.pk and (until := self.instance.carried_until()):
            self._check_frozen(cleaned, until)
        if cleaned.get("columns") and cleaned.get("uses"):
            self._check_uses(cleaned["columns"], cleaned["uses"])
        bron = cleaned.get("bron") or getattr(self.instance, "bron", None)
        if bron and cleaned.get("columns"):
            layout = LAYOUTS[bron.layout]
            known = {*layout.columns, *BRON_BY_CODE[bron.code].columns}
            unknown = sorted(set(cleaned["columns"]) - known)
            missing = [name for name in layout.essential if name not in cleaned["columns"]]
            if unknown:
                self.add_error("columns", f"De indeling van deze bron kent niet: {', '.join(unknown)}.")
            if missing:
                self.add_error(
                    "columns", f"Zonder deze kolom betekent een bestand niets: {', '.join(missing)}."
                )
        return cleaned

    def _check_frozen(self, cleaned: dict[str, Any], until: datetime.date) -> None:
        """What may still change: an end after what came in, a contract that was missing, a shorter term."""
        was = self.instance
        frozen = (*FROZEN, *(CONTRACT if was.processing_reference else ()))
        for name in [one for one in frozen if one in cleaned and cleaned[one] != getattr(was, one)]:
            self.add_error(name, RESTS_ON_IT)
        if (cleaned.get("retention_months") or 0) > was.retention_months:
            self.add_error("retention_months", f"Langer bewaren kan niet. {RESTS_ON_IT}")
        end, last = cleaned.get("valid_to"), was.valid_to
        if last is not None and (end is None or end > last):
            self.add_error("valid_to", f"Langer laten gelden kan niet. {RESTS_ON_IT}")
        if end is not None and end < until:
            told = date_format(until, "j F Y")
            self.add_error("valid_to", f"Op {told} kwam nog een levering binnen. Kies die dag of later.")

    def _check_uses(self, columns: list[str], uses: dict[str, str]) -> None:
        untold = [name for name in columns if name not in uses]
        foreign = [name for name in uses if name not in columns]
        if untold:
            self.add_error("uses", f"Schrijf ook op waarvoor: {', '.join(untold)}.")
        if foreign:
            self.add_error("uses", f"Staat niet bij de kolommen: {', '.join(foreign)}.")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a list: its name in the header, how a cell must look, and what is said if it does not."""

    name: str
    pattern: re.Pattern[str]
    problem: str


class ListImportForm(ImportForm):
    """Looks at every cell before the file is kept for the preview: no list of people gets any further.

    The messages say which row and column is wrong, and never what is in it.
    """

    columns: tuple[Column, ...] = ()

    def clean_import_file(self) -> UploadedFile:
        """The file. Raises ValidationError with the row and column of what is wrong first, or a virus."""
        file = self.cleaned_data["import_file"]
        content = file.read()
        file.seek(0)
        refuse_infected(content)
        try:
            self._check(content)
        except FileRefused as refused:
            raise forms.ValidationError(str(refused)) from None
        return file

    def _check(self, content: bytes) -> None:
        kind = FileKind.XLSX if content.startswith(_ZIP) else FileKind.CSV
        names = [column.name for column in self.columns]
        with opened_records(lambda: io.BytesIO(content), kind, "utf-8", ";") as (_fingerprint, records):
            header = next(records, (1, []))[1]
            if [name.strip() for name in header] != names:
                raise forms.ValidationError(f"De kopregel moet zijn: {';'.join(names)}.")
            self._check_rows(records)

    def _check_rows(self, records: Iterator[Record]) -> None:
        count = 0
        for count, (line, values) in enumerate(records, start=1):
            if count > MAX_IMPORT_ROWS:
                raise forms.ValidationError(f"Lever hooguit {MAX_IMPORT_ROWS} regels tegelijk.")
            if len(values) != len(self.columns):
                raise forms.ValidationError(f"Regel {line} heeft niet {len(self.columns)} kolommen.")
            for column, value in zip(self.columns, values, strict=True):
                if not column.pattern.match(value):
                    raise forms.ValidationError(f"Regel {line}, kolom {column.name}: {column.problem}")
        if not count:
            raise forms.ValidationError("Er staan geen regels in het bestand.")


_CODE_PROBLEM = "dit is geen code als BU03630001."


class PostcodeImportForm(ListImportForm):
    columns = (
        Column("postcode", _POSTCODE, "dit is geen postcode als 1011AB."),
        Column("buurt_code", _BUURT, _CODE_PROBLEM),
    )


class BuurtImportForm(ListImportForm):
    columns = (
        Column("code", _BUURT, _CODE_PROBLEM),
        Column("naam", _NAME, "dit is geen naam van een buurt."),
    )
