"""What comes in with a form goes past the virus scanner before anything of it is read."""

import io

from django import forms

from outreach.virus import ScannerFailed, is_clean


def refuse_infected(content: bytes) -> None:
    """Raise ValidationError for what the scanner did not call clean, also when it gives no answer."""
    try:
        clean = is_clean(lambda: io.BytesIO(content))
    except ScannerFailed as failure:
        raise forms.ValidationError(str(failure)) from None
    if not clean:
        raise forms.ValidationError("De virusscanner keurt dit bestand af.")
