"""Template filters of the UI kit: Dutch numbers, and the loops that Django's templates cannot write."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from django import template
from django.core.paginator import Page

register = template.Library()

SWAP = str.maketrans(",.", ".,")


@register.filter
def amount(value: int | None) -> str:
    """A whole number with Dutch dots, `20.000`; a dash where there is none."""
    return "–" if value is None or value == "" else f"{int(value):,}".translate(SWAP)


@register.filter
def euro(value: Decimal | int | None) -> str:
    """An amount in euros: `€ 1.234,50`, without cents when there are none; a dash where there is none."""
    if value is None or value == "":
        return "–"
    number = Decimal(value)
    text = f"{number:,.0f}" if number == number.to_integral_value() else f"{number:,.2f}"
    # A no-break space: the sign and the number stay on one line.
    return f"€\u00a0{text.translate(SWAP)}"


@register.filter
def percent_of(part: int | None, whole: int | None) -> int:
    """Whole per cent of `part` in `whole`, rounded down so that 100 means all; 0 where nothing is known."""
    return int(part or 0) * 100 // int(whole) if whole else 0


@register.filter
def beside(cells: Iterable[Any], columns: Iterable[Any]) -> Iterator[tuple[Any, Any]]:
    """Pairs of (column, cell), for a row of a table. Raises ValueError when their numbers differ."""
    return zip(columns, cells, strict=True)


@register.filter
def page_numbers(page: Page) -> list[int | None]:
    """The numbers to show in a pager; None stands for a gap."""
    shown = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return [number if isinstance(number, int) else None for number in shown]
