"""The place for a virus scanner: a function of the municipality's own that `VIRUS_SCANNER` names.

It gets a stream with the clear bytes and says whether they are clean. None is set by default. Once one is
set nothing is loaded that it did not call clean, also when it does not answer.
"""

from collections.abc import Callable
from typing import BinaryIO

from django.conf import settings
from django.utils.module_loading import import_string

from eligibility.intake.refusals import FileRefused, Rule
from eligibility.intake.streams import OpenStream

Scanner = Callable[[BinaryIO], bool]


class ScannerFailed(Exception):
    """The scanner gave no answer. `str()` is Dutch."""

    def __str__(self) -> str:
        return "De virusscanner geeft geen antwoord. Zonder antwoord wordt er niets ingeladen."


def check_clean(open_stream: OpenStream) -> None:
    """Raise FileRefused when the scanner says no, ScannerFailed when it says nothing."""
    if not settings.VIRUS_SCANNER:
        return
    try:
        scan: Scanner = import_string(settings.VIRUS_SCANNER)
        with open_stream() as stream:
            clean = scan(stream)
    except Exception as error:
        # Whatever went wrong, and whatever it says about the file: closed.
        raise ScannerFailed from error
    if clean is not True:
        raise FileRefused(Rule.VIRUS)
