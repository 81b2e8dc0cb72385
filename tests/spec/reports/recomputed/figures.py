"""Figures as they have to be printed, from the cell alone."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal

from analysis.results import Coding, PublishableCell
from questionnaires.indicators import Indicator, IndicatorKind

NONE, DASH, MINUS = "—", "–", "−"
PERCENT, POINTS_OF_PERCENT, POINTS, PLAIN = "percent", "points of per cent", "points", "plain"
HUNDREDFOLD = (PERCENT, POINTS_OF_PERCENT)
_BINARY = Decimal("1e-12")


def unit_of(one: Indicator) -> str:
    if one.kind is IndicatorKind.NET:
        return POINTS_OF_PERCENT
    if one.kind is not IndicatorKind.MEAN_SCORE:
        return PERCENT
    return POINTS if one.scores else PLAIN


def exact(value: float, unit: str) -> Decimal:
    """The number in its unit, without what binary arithmetic adds."""
    return (Decimal(repr(value)) * (100 if unit in HUNDREDFOLD else 1)).quantize(_BINARY, ROUND_HALF_UP)


def number(value: Decimal, decimals: int, rounding: str = ROUND_HALF_UP) -> str:
    rounded = value.quantize(Decimal(1).scaleb(-decimals), rounding)
    digits = f"{abs(rounded):,f}"
    return MINUS + digits if rounded < 0 else digits


def told(value: float, unit: str, digits: int | None) -> str:
    """A difference or another figure that was rounded when it was published."""
    return number(exact(value, unit), 1 if digits is None else digits)


def whole_or_tenth(value: float, unit: str) -> str:
    """A target: with as many decimals as it has."""
    scaled = exact(value, unit)
    least = -int(scaled.normalize().as_tuple().exponent)
    return number(scaled, max(least, 0))


def interval(low: str, high: str) -> str:
    return f"{low} … {high}" if MINUS in low + high else f"{low}{DASH}{high}"


def limits(one: Indicator, cell: PublishableCell) -> tuple[str, str]:
    unit = unit_of(one)
    if cell.low is None or cell.high is None:
        return NONE, NONE
    if cell.digits is not None:
        return told(cell.low, unit, cell.digits), told(cell.high, unit, cell.digits)
    low, high = exact(cell.low, unit), exact(cell.high, unit)
    return (
        _off_the_ends(cell, unit, number(low, 1, ROUND_FLOOR)),
        _off_the_ends(cell, unit, number(high, 1, ROUND_CEILING)),
    )


def value(one: Indicator, cell: PublishableCell) -> str:
    """What stands for a figure: itself, an end, or that it is not there."""
    unit = unit_of(one)
    if cell.suppression is not None or cell.value is None:
        return NONE
    if cell.coded is not None:
        return ("≥" if cell.coded is Coding.AT_LEAST else "≤") + told(cell.value, unit, cell.digits)
    if limit := all_alike_limit(one, cell):
        return limit
    text = told(cell.value, unit, cell.digits)
    if cell.digits is None:
        return _off_the_ends(cell, unit, text)
    return text if cell.all_alike else _short(cell, unit, text, cell.digits)


def all_alike_limit(one: Indicator, cell: PublishableCell) -> str:
    """≥88: all of a sample said yes, which shows so much of everybody. Empty where that is not so."""
    if not cell.all_alike or unit_of(one) != PERCENT or cell.low is None or cell.high is None or cell.low == cell.high:
        return ""
    if cell.value == 1:
        return "≥" + number(exact(cell.low, PERCENT), 0, ROUND_FLOOR)
    if cell.value == 0:
        return "≤" + number(exact(cell.high, PERCENT), 0, ROUND_CEILING)
    return ""


def _off_the_ends(cell: PublishableCell, unit: str, text: str) -> str:
    """The end of a scale is printed only where the figure is that end."""
    at_the_end = cell.scale is not None and cell.value in cell.scale
    if at_the_end and cell.value is not None and text == number(exact(cell.value, unit), 1):
        return text
    return _short(cell, unit, text, 1)


def _short(cell: PublishableCell, unit: str, text: str, decimals: int) -> str:
    if cell.scale is None or unit == PLAIN:
        return text
    bottom, top = (exact(end, unit) for end in cell.scale)
    step = Decimal(1).scaleb(-decimals)
    if text == number(top, decimals):
        return f">{number(top - step, decimals)}"
    if text == number(bottom, decimals):
        return f"<{number(bottom + step, decimals)}"
    return text


def with_unit(text: str, unit: str, language: str) -> str:
    sign = {
        PERCENT: ("%", "%"),
        POINTS_OF_PERCENT: ("百分点", " pp"),
        POINTS: ("分", " points"),
        PLAIN: ("", ""),
    }[unit]
    return text + sign[language != "zh"]


def by_how_much(text: str, unit: str, language: str) -> str:
    """A difference in running text: 3 个百分点."""
    if unit in HUNDREDFOLD:
        return f"{text} 个百分点" if language == "zh" else f"{text} percentage points"
    if unit == POINTS:
        return f"{text} 分" if language == "zh" else f"{text} points"
    return text


def rate(share: float | None, language: str) -> str:
    if share is None:
        return "不详" if language == "zh" else "unknown"
    return number(exact(share, PERCENT), 1) + "%"


def count(size: float) -> str:
    return number(Decimal(int(size)), 0)
