"""The form that reads in a map of the buurten."""

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from outreach.forms.scanned import refuse_infected
from outreach.models import Buurt
from outreach.outlines import MapRefused, Ring, read_map

#: What the site takes in one go (MemoryFileUploadHandler); a larger file does not get here at all.
LARGEST = f"{settings.FILE_UPLOAD_MAX_MEMORY_SIZE / 1024 / 1024:.1f} MB".replace(".", ",")


class MapForm(forms.Form):
    """`outlines` of the cleaned data are the outlines by code; at least one is of a buurt that we know."""

    kaart = forms.FileField(
        label="Kaart van de buurten",
        help_text="Een GeoJSON-bestand in Rijksdriehoekscoördinaten (EPSG:28992), van alleen je eigen"
        " gemeente. Elke buurt heeft daarin een code, zoals BU03630001. Het CBS geeft zo’n kaart uit; de"
        f" gegeneraliseerde is genoeg. Het bestand is hoogstens {LARGEST}.",
        error_messages={"required": f"Kies een bestand van hoogstens {LARGEST}."},
    )

    def clean_kaart(self) -> UploadedFile:
        found: UploadedFile = self.cleaned_data["kaart"]
        content = found.read()
        refuse_infected(content)
        try:
            outlines = read_map(content)
        except MapRefused as refusal:
            raise forms.ValidationError(str(refusal)) from None
        if not Buurt.objects.filter(code__in=outlines).exists():
            raise forms.ValidationError("Geen van de buurten op deze kaart staat in Bereik.")
        self.cleaned_data["outlines"] = outlines
        return found

    def outlines(self) -> dict[str, list[Ring]]:
        """What was read; after `is_valid`."""
        return dict(self.cleaned_data["outlines"])
