"""The account (verantwoording) of a koppeling: counts alone, no people and no numbers of people."""

from collections.abc import Iterable
from typing import Any

import psycopg

from eligibility.blackbox.output import read_counts
from eligibility.models import Delivery


def account_of(box: psycopg.Connection, number: int, deliveries: Iterable[Delivery]) -> dict[str, Any]:
    """What the deliveries brought and what became of everybody, as in `verantwoording.json`."""
    return {"bronnen": [_delivered(delivery) for delivery in deliveries]} | read_counts(box, number)


def _delivered(delivery: Delivery) -> dict[str, Any]:
    return {
        "bron": delivery.bron_id,
        "jaar": delivery.year,
        "levering": delivery.pk,
        "gelezen": delivery.rows_read,
        "ingeladen": delivery.rows_kept,
        "geweigerd": {count.rule: count.rows for count in delivery.rule_counts.all()},
        "nullen_hersteld": delivery.zeros_restored,
        "relaties_leeggemaakt": delivery.relations_emptied,
    }
