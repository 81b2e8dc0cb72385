"""What may be published: the only maker of ``PublishableTable``.

Confidentiality first (it may only be made stricter), then reliability. Confidentiality hides a figure of fewer than ten
respondents, group disclosure (0 % or 100 % of fewer than thirty), and what would give either away by subtraction.
Reliability follows the NCHS presentation standard for proportions (Parker et al. 2017, Vital and Health Statistics
2(175)) for shares, a rule of our own for scores.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from analysis.confidentiality import Before, Key, hide
from analysis.results import (
    PROTECTED,
    Domain,
    Estimate,
    Estimates,
    Goal,
    IntervalMethod,
    PublicationRule,
    PublishableCell,
    PublishableRow,
    PublishableTable,
    Reliability,
    Suppression,
    Verdict,
)
from analysis.verdicts import settling_sample_size, tipping_point, verdict

_NARROW = 0.05  # an interval this narrow is shown whatever its relative width
_RELATIVE_WIDTH = 1.30


@dataclass(frozen=True, slots=True, kw_only=True)
class _Context:
    rule: PublicationRule
    goals: Mapping[str, Goal]
    response_rates: Mapping[Domain, float]
    adults: Mapping[Domain, int]
    hidden_rows: frozenset[Domain]
    hidden: Mapping[tuple[Domain, Key], Suppression]


def protect(
    *tables: Estimates,
    rule: PublicationRule | None = None,
    goals: Mapping[str, Goal] | None = None,
    hierarchy: Mapping[Domain, Domain] | None = None,
    response_rates: Mapping[Domain, float] | None = None,
    adults: Mapping[Domain, int] | None = None,
    earlier: Sequence[PublishableTable] = (),
) -> PublishableTable:
    """One table of all ``tables`` after the publication rule; give every level that is published in one call.

    ``hierarchy``: domain -> the domain it is part of, so that a hidden figure cannot be had by subtraction (children
    divided by the same columns make up their parent together). ``goals``: variable -> target. ``response_rates`` (RR3)
    give tipping points, ``adults`` bound the settling sample size. ``earlier``: what was released of the same wave
    before; what was hidden then stays hidden, what was shown is known. Raises ValueError when a confidentiality rule is
    laxer than the default, when a domain and variable come twice, or when levels or intervals differ.
    """
    rule = rule or PublicationRule()
    _no_laxer(rule)
    estimates = [estimate for table in tables for estimate in table.estimates]
    rows = _rows(estimates)
    hidden = hide(rows, rule, hierarchy or {}, Before.of(earlier))
    context = _Context(
        rule=rule,
        goals=goals or {},
        response_rates=response_rates or {},
        adults=adults or {},
        hidden_rows=hidden.rows,
        hidden=hidden.cells,
    )
    levels = {estimate.interval.level for estimate in estimates if estimate.interval is not None}
    if len(levels) > 1:
        raise ValueError(f"one table holds one confidence level, not {sorted(levels)}")
    return PublishableTable(
        rows=tuple(_row(domain, cells, context) for domain, cells in rows.items()),
        rule=rule,
        level=levels.pop() if levels else 0.95,
        interval_method=_method(estimates),
        notes=tuple(dict.fromkeys(note for table in tables for note in table.notes)),
        seal=PROTECTED,
    )


def _no_laxer(rule: PublicationRule) -> None:
    least = PublicationRule()
    for name in ("minimum_respondents", "group_disclosure_below"):
        if getattr(rule, name) < getattr(least, name):
            raise ValueError(
                f"{name} may only be made stricter than {getattr(least, name)}, not {getattr(rule, name)}: "
                "confidentiality is not a choice of the report"
            )


def _rows(estimates: Iterable[Estimate]) -> dict[Domain, list[Estimate]]:
    rows: dict[Domain, list[Estimate]] = {}
    seen: set[tuple[Domain, Key]] = set()
    for estimate in estimates:
        key = (estimate.domain, _key(estimate))
        if key in seen:
            raise ValueError(f"{estimate.variable} comes twice for {estimate.domain}; name the results apart")
        seen.add(key)
        rows.setdefault(estimate.domain, []).append(estimate)
    return rows


def _key(estimate: Estimate) -> Key:
    return estimate.variable, estimate.category


def _method(estimates: Iterable[Estimate]) -> IntervalMethod:
    """The rule of the shares; scores have the t interval in every table."""
    methods = [estimate.interval.method for estimate in estimates if estimate.interval is not None]
    shares = [method for method in methods if method is not IntervalMethod.WALD]
    return (shares or methods or [IntervalMethod.KORN_GRAUBARD])[0]


def _row(domain: Domain, cells: list[Estimate], context: _Context) -> PublishableRow:
    size = max(estimate.sample_size for estimate in cells)
    return PublishableRow(
        domain=domain,
        sample_size=None if domain in context.hidden_rows else size,
        cells=tuple(_cell(estimate, context) for estimate in cells),
    )


def _cell(estimate: Estimate, context: _Context) -> PublishableCell:
    goal = context.goals.get(estimate.variable)
    reason = context.hidden.get((estimate.domain, _key(estimate)))
    if reason is None and (estimate.value is None or estimate.interval is None):
        reason = Suppression.NOT_ESTIMABLE
    unreliable = reason is None and _unreliable(estimate, context.rule)
    if unreliable and context.rule.reliability is Reliability.SUPPRESS:
        reason = Suppression.UNRELIABLE
    if reason is not None:
        return PublishableCell(
            variable=estimate.variable,
            category=estimate.category,
            scale=estimate.scale,
            suppression=reason,
            goal=goal,
            verdict=None if goal is None else Verdict.NOT_PUBLISHED,
        )
    assert estimate.interval is not None
    assert estimate.value is not None
    found = None if goal is None else verdict(estimate.interval, goal)
    adults = context.adults.get(estimate.domain)
    return PublishableCell(
        variable=estimate.variable,
        category=estimate.category,
        value=estimate.value,
        low=estimate.interval.low,
        high=estimate.interval.high,
        standard_error=estimate.standard_error,
        sample_size=estimate.sample_size,
        degrees_of_freedom=estimate.degrees_of_freedom,
        design_effect=estimate.design_effect,
        effective_sample_size=estimate.effective_sample_size,
        all_alike=estimate.all_alike,
        scale=estimate.scale,
        unreliable=unreliable,
        complement_unreliable=_complement_unreliable(estimate),
        review=_review(estimate, context.rule),
        verdict=found,
        goal=goal,
        settling_sample_size=settling_sample_size(estimate, goal, adults=adults)
        if goal is not None and found is Verdict.CANNOT_TELL
        else None,
        tipping_point=None
        if goal is None
        else tipping_point(estimate.value, goal, context.response_rates.get(estimate.domain), estimate.scale),
    )


def _unreliable(estimate: Estimate, rule: PublicationRule) -> bool:
    """Whether the rule would suppress the figure for its error."""
    if estimate.complete_enumeration or estimate.scale is None:
        return False
    assert estimate.value is not None
    effective = estimate.effective_sample_size
    if effective is None or effective < rule.minimum_effective_sample * (1 - 1e-9):
        return True
    width = _width(estimate, estimate.scale)
    if width >= rule.widest_interval:
        return True
    if estimate.scale != (0.0, 1.0) or width <= _NARROW or estimate.all_alike:
        return False
    return width > _RELATIVE_WIDTH * estimate.value


def _complement_unreliable(estimate: Estimate) -> bool:
    """0.97 is as badly known as 0.03: the complement's relative width marks a share, but never hides it."""
    if estimate.complete_enumeration or estimate.scale != (0.0, 1.0) or estimate.all_alike:
        return False
    assert estimate.value is not None
    width = _width(estimate, estimate.scale)
    return width > _NARROW and width > _RELATIVE_WIDTH * (1 - estimate.value)


def _width(estimate: Estimate, scale: tuple[float, float]) -> float:
    assert estimate.interval is not None
    return (estimate.interval.high - estimate.interval.low) / (scale[1] - scale[0])


def _review(estimate: Estimate, rule: PublicationRule) -> bool:
    """A statistician looks before release: few degrees of freedom, or 0 % or 100 %."""
    if estimate.complete_enumeration:
        return False
    few = (estimate.degrees_of_freedom or 0) < rule.review_below_degrees_of_freedom
    return few or estimate.all_alike
