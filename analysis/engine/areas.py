"""Areas against the whole that they are part of, and against each other.

A part is in its whole, so the two vary together; communities do too once weights meet margins of the city. Both
covariances are those of the figures themselves (``covariances``). Degrees of freedom of a difference are those of the
part: most of its error is the part's own, and few PSUs tell little of that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.arrays import FloatArray, IntArray
from analysis.engine.figures import Asked
from analysis.engine.prepared import AreaFigures
from analysis.estimation.intervals import t_quantile
from analysis.estimation.table import ROUNDING
from analysis.plan import Level
from analysis.results import Domain


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ToWhole:
    """A part less its whole, one column a pair; NaN where nothing can be said."""

    indicators: tuple[str, ...]
    parts: tuple[Domain, ...]
    wholes: tuple[Domain, ...]
    difference: FloatArray  # (indicators, pairs), as all below
    standard_error: FloatArray
    low: FloatArray
    high: FloatArray
    degrees_of_freedom: FloatArray


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Siblings:
    """The communities of one street, or the streets of the city, with the covariances of their figures."""

    indicators: tuple[str, ...]
    within: Domain
    domains: tuple[Domain, ...]
    value: FloatArray  # (indicators, domains)
    covariance: FloatArray  # (indicators, domains, domains); NaN of a domain that has no error
    degrees_of_freedom: FloatArray  # (indicators, domains)
    sample_size: FloatArray


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class AreaTables:
    to_whole: ToWhole
    siblings: tuple[Siblings, ...]


def area_tables(areas: AreaFigures, hierarchy: Mapping[Domain, Domain], indicators: Sequence[Asked]) -> AreaTables:
    """``hierarchy``: an area -> the one above. Every part against all that it lies in, siblings against each other."""
    place = {domain: number for number, domain in enumerate(areas.domains)}
    pairs = [(part, place[whole]) for domain, part in place.items() for whole in _above(domain, hierarchy, place)]
    first, second = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    families = list(_families(areas, hierarchy))
    inside = [(one, other) for members in families for one in members for other in members]
    left, right = np.array(inside, dtype=np.int64).reshape(-1, 2).T
    everywhere = np.arange(len(place), dtype=np.int64)
    found = np.stack(
        [
            areas.covariances.of_domains(
                quantity, np.concatenate([everywhere, first, left]), np.concatenate([everywhere, second, right])
            )
            for quantity in range(len(indicators))
        ]
    )
    names = tuple(one.id for one in indicators)
    own, across, among = np.split(found, [len(place), len(place) + len(first)], axis=1)
    return AreaTables(
        to_whole=_to_whole(areas, names, (first, second), own, across),
        siblings=tuple(_siblings(areas, hierarchy, names, families, among)),
    )


def _above(domain: Domain, hierarchy: Mapping[Domain, Domain], known: Mapping[Domain, int]) -> Iterator[Domain]:
    while domain in hierarchy:
        domain = hierarchy[domain]
        if domain in known:
            yield domain


def _families(areas: AreaFigures, hierarchy: Mapping[Domain, Domain]) -> Iterator[list[int]]:
    """Places of the communities of every street, then of the streets of the city; where there are two or more."""
    for level in (Level.COMMUNITY, Level.STREET):
        under: dict[Domain, list[int]] = {}
        for place, domain in enumerate(areas.domains):
            if level in areas.tables and len(domain) == 1 and domain[0][0] == level.value:
                under.setdefault(hierarchy[domain], []).append(place)
        yield from (members for members in under.values() if len(members) > 1)


def _to_whole(
    areas: AreaFigures,
    names: tuple[str, ...],
    pairs: tuple[IntArray, IntArray],
    own: FloatArray,
    across: FloatArray,
) -> ToWhole:
    first, second = pairs
    figures = areas.figures
    apart = own[:, first] + own[:, second]
    variance = apart - 2 * across
    # A whole that has one part is that part.
    usable = (variance > ROUNDING * apart) & ~np.isnan(figures.low[:, first] + figures.low[:, second])
    variance = np.where(usable, np.maximum(variance, 0.0) + figures.doubted[:, first], np.nan)
    error = np.sqrt(variance)
    value = figures.value[:, first] - figures.value[:, second]
    freedom = figures.degrees_of_freedom[:, first]
    half = t_quantile(areas.confidence, np.where(freedom > 0, freedom, np.nan)) * error
    return ToWhole(
        indicators=names,
        parts=tuple(areas.domains[place] for place in first),
        wholes=tuple(areas.domains[place] for place in second),
        difference=value,
        standard_error=error,
        low=value - half,
        high=value + half,
        degrees_of_freedom=freedom,
    )


def _siblings(
    areas: AreaFigures,
    hierarchy: Mapping[Domain, Domain],
    names: tuple[str, ...],
    families: Sequence[Sequence[int]],
    among: FloatArray,
) -> Iterator[Siblings]:
    figures, start = areas.figures, 0
    for members in families:
        size, at = len(members), np.array(members)
        covariance = among[:, start : start + size**2].reshape(-1, size, size).copy()
        start += size**2
        covariance[:, np.arange(size), np.arange(size)] += figures.doubted[:, at]
        missing = np.isnan(figures.low[:, at])
        covariance[missing] = np.nan
        covariance.transpose(0, 2, 1)[missing] = np.nan
        yield Siblings(
            indicators=names,
            within=hierarchy[areas.domains[members[0]]],
            domains=tuple(areas.domains[place] for place in members),
            value=figures.value[:, at],
            covariance=covariance,
            degrees_of_freedom=figures.degrees_of_freedom[:, at],
            sample_size=figures.sample_size[:, at],
        )
