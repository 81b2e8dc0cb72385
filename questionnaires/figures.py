"""A number as a person writes it: 1000000, never 1e+06."""

from __future__ import annotations

import math
from decimal import Decimal


def in_digits(value: float, *, grouped: bool = False) -> str:
    """All digits of ``value`` in positional notation, without a needless ``.0``; ``grouped``: 1,000,000.

    The shortest digits that read back as the same number are kept: nothing is rounded away. ``value`` is finite.
    """
    exact = Decimal(value) if isinstance(value, int) else Decimal(repr(float(value)))
    if exact == exact.to_integral_value():
        exact = exact.to_integral_value() if exact else Decimal(0)  # no minus before nothing
    return f"{exact:,f}" if grouped else f"{exact:f}"


def significant(value: float, digits: int) -> str:
    """``value`` rounded to so many significant digits, whole digits never rounded away: 12,346 and 0.01235 with four.

    ``value`` may be infinite or no number: it is then written as Python does.
    """
    if not math.isfinite(value):
        return str(value)
    if abs(value) >= 10 ** (digits - 1):
        return f"{value:,.0f}"
    return in_digits(float(f"{value:.{digits}g}"), grouped=True)
