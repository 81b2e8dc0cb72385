"""How firmly a figure is told: shown, 误差大，仅供参考, told only to an end, or not alone; and what that costs.

Of a release made before there were tiers nothing is said here: none of its cells has digits, a tier or a coded end.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from analysis.results import Coding, PublishableCell, PublishableTable, Suppression, Tier, Verdict
from reports.wording.figures import Figures, count, written
from reports.wording.phrases import say

CODED_SIGN: Final = {Coding.AT_LEAST: "≥", Coding.AT_MOST: "≤"}
BOTH_WAYS: Final = frozenset({Verdict.REACHED, Verdict.NOT_REACHED, Verdict.CANNOT_TELL})


def coarse(cell: PublishableCell) -> bool:
    """Shown for orientation only: never ranked, never called lowest or highest."""
    return cell.suppression is None and cell.tier is Tier.COARSE


def comparable(cell: PublishableCell) -> bool:
    """Whether the figure may stand in an order: published, firm, and told itself rather than by an end."""
    return cell.suppression is None and cell.tier is Tier.SHOWN and cell.coded is None


def one_mark(cell: PublishableCell) -> bool:
    """Hidden under the one mark that says no reason; the figure of the area above stands for it."""
    return cell.suppression is Suppression.NOT_PUBLISHED


def by_tiers(cells: Iterable[PublishableCell]) -> bool:
    """Whether these cells were made by the rule with tiers: they say their digits, or bear the one mark."""
    return any(cell.digits is not None or one_mark(cell) for cell in cells)


def coded(cell: PublishableCell, figures: Figures) -> str | None:
    """≥80 or ≤20: the end to which the figure is told; None where it is told itself."""
    if cell.coded is None or cell.suppression is not None or cell.value is None:
        return None
    return f"{CODED_SIGN[cell.coded]}{figures.value(cell)}"


def false_verdicts(verdicts: Iterable[Verdict | None], level: float) -> tuple[int, float]:
    """How many were judged, and how many of them chance alone would get wrong were every level exactly its target.

    An interval misses on either side in half of 1 - level each; where no result could have reached the target only
    未达标 can be wrong. Exact intervals miss less often, so it is a bound.
    """
    given = [verdict for verdict in verdicts if verdict is not None]
    judged = sum(verdict in BOTH_WAYS for verdict in given)
    one_way = given.count(Verdict.CANNOT_REACH)
    return judged + one_way, (judged + one_way / 2) * (1 - level)


def chance(table: PublishableTable, verdicts: Iterable[Verdict | None], language: str) -> str:
    """How many verdicts a page gives and how many false ones chance would; nothing of a release without tiers."""
    judged, wrong = false_verdicts(verdicts, table.level)
    if not judged or not by_tiers(cell for row in table.rows for cell in row.cells):
        return ""
    return say(language, "judged_by_chance", judged=count(judged), wrong=written(wrong, 0 if wrong >= 10 else 1))
