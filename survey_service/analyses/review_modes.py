"""The statistician's table of the modes: what each first mode would say of the city, and how far they are apart."""

from __future__ import annotations

import math
from decimal import ROUND_CEILING, ROUND_FLOOR
from typing import Final

from analysis.engine.modes import ModeTable
from questionnaires.text import Text
from reports.wording import figures as column
from survey_service.analyses.reviewed import ModeLine
from survey_service.analyses.service import WaveEstimates
from survey_service.models import Mode
from survey_service.surveys.mode_words import MODES

_NO_DIFFERENCE: Final = Text("没有查出差别（{interval}）", "no difference found ({interval})")
_HIGHER: Final = Text("高 {by}（{interval}）", "higher by {by} ({interval})")
_LOWER: Final = Text("低 {by}（{interval}）", "lower by {by} ({interval})")


def mode_lines(estimates: WaveEstimates, variable: str, written: column.Figures) -> tuple[ModeLine, ...]:
    """The mode with most respondents first; the others against it."""
    found = estimates.analysis.modes
    if found is None or variable not in found.indicators:
        return ()
    row = found.indicators.index(variable)
    return tuple(
        ModeLine(
            name=MODES[Mode(mode)],
            sample_size=int(found.respondents[place]),
            value=_number(float(found.value[row, place]), written),
            interval=_interval(float(found.low[row, place]), float(found.high[row, place]), written),
            apart=_apart(found, row, place, written),
        )
        for place, mode in enumerate(found.modes)
    )


def _apart(found: ModeTable, row: int, place: int, written: column.Figures) -> Text | None:
    columns = (found.difference, found.difference_low, found.difference_high)
    by, low, high = (float(numbers[row, place]) for numbers in columns)
    if math.isnan(low) or math.isnan(high):
        return None
    pattern = _HIGHER if low > 0 else _LOWER if high < 0 else _NO_DIFFERENCE
    words = {"by": _number(abs(by), written), "interval": _interval(low, high, written)}
    return Text(pattern.zh.format(**words), pattern.en.format(**words))


def _number(value: float, written: column.Figures) -> str:
    return column.NOTHING if math.isnan(value) else written.number(value)


def _interval(low: float, high: float, written: column.Figures) -> str:
    if math.isnan(low) or math.isnan(high):
        return ""
    return column.joined(written.number(low, ROUND_FLOOR), written.number(high, ROUND_CEILING))
