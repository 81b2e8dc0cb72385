"""What may be published of a change: no more than both waves have published already, and its interval.

A change is shown only where both figures are shown as a point: neither hidden nor coded. The printed change is the
difference of the two printed figures, so that nobody can solve for a digit more; its limits are printed in the coarser
steps of the two.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from analysis.engine.changes import ChangeTable
from analysis.printed_figures import PrintedStep
from analysis.results import ChangeVerdict, Domain, PublishableCell, PublishableTable, PublishedChange


def published_changes(
    tables: Sequence[ChangeTable],
    before: PublishableTable,
    after: PublishableTable,
    not_comparable: Mapping[str, tuple[str, ...]],
) -> tuple[PublishedChange, ...]:
    """Of every indicator and domain of ``tables`` that both waves show; ``not_comparable``: indicator -> why."""
    earlier, later = _cells(before), _cells(after)
    found = []
    for table in tables:
        for column, domain in enumerate(table.domains):
            for row, variable in enumerate(table.indicators):
                pair = (earlier.get((domain, variable)), later.get((domain, variable)))
                change = _change(table, (row, column), pair, not_comparable.get(variable, ()))
                found += [] if change is None else [change]
    return tuple(found)


def _cells(table: PublishableTable) -> dict[tuple[Domain, str], PublishableCell]:
    return {(row.domain, cell.variable): cell for row in table.rows for cell in row.cells if cell.category is None}


def _change(
    table: ChangeTable,
    at: tuple[int, int],
    pair: tuple[PublishableCell | None, PublishableCell | None],
    reasons: tuple[str, ...],
) -> PublishedChange | None:
    before, after = pair
    if before is None or after is None or before.value is None or after.value is None:
        return None
    if any(one.suppression is not None or one.coded is not None for one in (before, after)):
        return None
    variable, domain = table.indicators[at[0]], table.domains[at[1]]
    if reasons:
        return PublishedChange(variable=variable, domain=domain, verdict=ChangeVerdict.NOT_COMPARABLE, reasons=reasons)
    verdict = table.verdict(*at)
    if verdict is ChangeVerdict.NOT_ESTIMABLE:
        return None
    step = PrintedStep.of(before, after)
    return PublishedChange(
        variable=variable,
        domain=domain,
        verdict=verdict,
        difference=step.nearest(after.value - before.value),
        low=step.down(float(table.low[at])),
        high=step.up(float(table.high[at])),
        detectable=step.up(float(table.detectable[at])),
        digits=step.digits,
    )
