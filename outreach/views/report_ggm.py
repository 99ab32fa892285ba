"""The words of the Gemeentelijk Gegevensmodel (GGM) beside those of Bereik, as a file: names, and no counts.

Who tells another system or the Rijk what came of gesprekken, translates with it.
"""

from collections.abc import Iterator

from outreach.models.gesprek import GGM_RESULT, GGM_UNREACHED, AttemptKind, DayPart, GesprekResult
from outreach.models.gesprek_said import GGM_OUTCOME, Outcome

#: The code of an address that is done because nobody was ever reached there.
_UNREACHED = ("niet_bereikt", "Niet bereikt")


def sheet() -> Iterator[list[str]]:
    """The header, and a row for each word of a list. Without a word of the GGM it is empty."""
    yield ["lijst", "code", "naam", "ggm"]
    for kind in AttemptKind:
        yield ["soort contact", kind.value, str(kind.label), kind.value.upper()]
    for part in DayPart:
        yield ["dagdeel", part.value, str(part.label), part.value.upper()]
    for result in GesprekResult:
        yield ["resultaat", result.value, str(result.label), GGM_RESULT.get(result, "")]
    yield ["resultaat", *_UNREACHED, GGM_UNREACHED]
    for outcome in Outcome:
        yield ["uitkomst per regeling", outcome.value, str(outcome.label), GGM_OUTCOME[outcome]]
