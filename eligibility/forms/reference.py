"""Forms of the admin for reference data: agreements, and the list of postcodes."""

import io
import re
from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib.postgres.forms import SimpleArrayField
from django.core.files.uploadedfile import UploadedFile
from import_export.forms import ImportForm

from eligibility.bronnen import BRON_BY_CODE, PURPOSE
from eligibility.intake.files import FileKind, opened_records
from eligibility.intake.layouts import LAYOUTS
from eligibility.intake.refusals import FileRefused
from eligibility.intake.streams import Record
from eligibility.models import Agreement

#: Somebody has to be able to look at every change; see the design of the screens.
MAX_IMPORT_ROWS = 5000
POSTCODE_COLUMNS = ["postcode", "buurt_code"]

_POSTCODE = re.compile(r"[1-9][0-9]{3}[A-Z]{2}\Z")
_BUURT = re.compile(r"[A-Z]{2}[0-9]{4,8}\Z")
_ZIP = b"PK\x03\x04"


class AgreementForm(forms.ModelForm):
    """An agreement may only name columns that the layout of its bron has."""

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

    class Meta:
        model = Agreement
        fields = ["bron", "valid_from", "valid_to", "purposes", "columns"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
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


class PostcodeImportForm(ImportForm):
    """Looks at every cell before the file is kept for the preview: no list of people gets any further."""

    def clean_import_file(self) -> UploadedFile:
        """The file. Says which row is wrong, and never what is in it."""
        file = self.cleaned_data["import_file"]
        content = file.read()
        file.seek(0)
        try:
            self._check(content)
        except FileRefused as refused:
            raise forms.ValidationError(str(refused)) from None
        return file

    def _check(self, content: bytes) -> None:
        kind = FileKind.XLSX if content.startswith(_ZIP) else FileKind.CSV
        with opened_records(lambda: io.BytesIO(content), kind, "utf-8", ";") as (_fingerprint, records):
            header = next(records, (1, []))[1]
            if [name.strip() for name in header] != POSTCODE_COLUMNS:
                raise forms.ValidationError(f"De kopregel moet zijn: {';'.join(POSTCODE_COLUMNS)}.")
            _check_rows(records)


def _check_rows(records: Iterator[Record]) -> None:
    for count, (line, values) in enumerate(records, start=1):
        if count > MAX_IMPORT_ROWS:
            raise forms.ValidationError(f"Lever hooguit {MAX_IMPORT_ROWS} regels tegelijk.")
        if len(values) != len(POSTCODE_COLUMNS):
            raise forms.ValidationError(f"Regel {line} heeft niet twee kolommen.")
        if not _POSTCODE.match(values[0]):
            raise forms.ValidationError(f"Regel {line}, kolom postcode: dit is geen postcode als 1011AB.")
        if not _BUURT.match(values[1]):
            raise forms.ValidationError(f"Regel {line}, kolom buurt_code: dit is geen code als BU03630001.")
