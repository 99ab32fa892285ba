"""No file of a bron is loaded that the virus scanner of the municipality did not call clean."""

from eligibility.intake.refusals import FileRefused, Rule
from eligibility.intake.streams import OpenStream
from outreach.virus import ScannerFailed, is_clean

__all__ = ["ScannerFailed", "check_clean"]


def check_clean(open_stream: OpenStream) -> None:
    """Raise FileRefused when the scanner says no, ScannerFailed when it says nothing."""
    if not is_clean(open_stream):
        raise FileRefused(Rule.VIRUS)
