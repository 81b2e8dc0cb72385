"""A number as a person writes it: 1000000, never 1e+06."""

from __future__ import annotations

from decimal import Decimal


def figure(value: float, *, grouped: bool = False) -> str:
    """All digits of ``value`` in positional notation, without a needless ``.0``; ``grouped``: 1,000,000.

    The shortest digits that read back as the same number are kept: nothing is rounded away. ``value`` is finite.
    """
    exact = Decimal(repr(value))
    if exact == exact.to_integral_value():
        exact = exact.quantize(Decimal(1))
    return f"{exact:,f}" if grouped else f"{exact:f}"
