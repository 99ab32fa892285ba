"""``verantwoording.json``: what came in, what counted, and what became of everyone."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from eligibility.blackbox.folder import Choice, Examined, Loaded
from eligibility.intake.counts import LoadResult


def account(
    reference_date: dt.date,
    gemeentecode: str,
    choice: Choice,
    loaded: Sequence[Loaded],
    accepted_because: str | None,
    counts: Mapping[str, Any],
) -> dict[str, Any]:
    """The whole of ``verantwoording.json``. ``counts`` is what ``output.read_counts`` gives.

    No BSN and no person is in it, nor anything that differs between two runs on the same deliveries.
    """
    held = [one.examined for one in loaded if one.held]
    return {
        "peildatum": reference_date.isoformat(),
        "gemeentecode": gemeentecode,
        "bronnen": _per_bron(loaded),
        "niet_gebruikt": [_delivery(one) | {"reden": reason} for one, reason in choice.left],
        "geaccepteerd": {
            "reden": accepted_because if held else "",
            "leveringen": [_delivery(one) for one in held],
        },
        **counts,
    }


def _delivery(one: Examined) -> dict[str, Any]:
    return {"bron": one.bron.code, "jaar": one.entry.jaar, "peildatum": one.entry.peildatum.isoformat()}


def _per_bron(loaded: Sequence[Loaded]) -> dict[str, Any]:
    """Per bron the sum over its years, and each year by itself."""
    found: dict[str, list[Loaded]] = {}
    for one in loaded:
        found.setdefault(one.examined.bron.code, []).append(one)
    return {
        code: _rows([one.result for one in ones])
        | {"leveringen": [_rows([one.result]) | _which(one.examined) for one in sorted(ones, key=_year)]}
        for code, ones in found.items()
    }


def _year(one: Loaded) -> int:
    return one.examined.year


def _which(one: Examined) -> dict[str, Any]:
    return {"jaar": one.entry.jaar, "peildatum": one.entry.peildatum.isoformat()}


def _rows(results: Sequence[LoadResult]) -> dict[str, Any]:
    refused: Counter[str] = Counter()
    for result in results:
        refused.update({rule.value: rows for rule, rows in result.refused.items()})
    return {
        "gelezen": sum(result.rows_read for result in results),
        "behouden": sum(result.rows_kept for result in results),
        "dubbel": sum(result.merged for result in results),
        "geweigerd": dict(refused),
        "nullen_hersteld": sum(result.restored_zeros for result in results),
        "partner_geleegd": sum(result.emptied_partner for result in results),
        "ouder_geleegd": sum(result.emptied_parent for result in results),
    }
