"""The virus scanner of the municipality: a function that `VIRUS_SCANNER` names, such as that of clamd.

It gets a stream with the clear bytes and says whether they are clean. None is set by default. Once one is
set nothing is let through that it did not call clean, also when it does not answer.
"""

from collections.abc import Callable
from typing import BinaryIO

from django.conf import settings
from django.utils.module_loading import import_string

Scanner = Callable[[BinaryIO], bool]


class ScannerFailed(Exception):
    """The scanner gave no answer. `str()` is Dutch."""

    def __str__(self) -> str:
        return "De virusscanner geeft geen antwoord. Zonder antwoord wordt er niets ingeladen."


def is_clean(open_stream: Callable[[], BinaryIO]) -> bool:
    """Whether the scanner says yes; true without a scanner. Raises ScannerFailed when it says nothing."""
    if not settings.VIRUS_SCANNER:
        return True
    try:
        scan: Scanner = import_string(settings.VIRUS_SCANNER)
        with open_stream() as stream:
            return scan(stream) is True
    except Exception as error:
        # Whatever went wrong, and whatever it says about the file: closed.
        raise ScannerFailed from error
