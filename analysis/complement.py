"""Complementary suppression: what must be hidden too, so that a hidden part cannot be had by subtraction.

Parts and wholes form families: a parent and the children that make it up. A published parent with exactly one hidden
child gives that child away; so do hidden children with fewer respondents together than may be shown. A hidden parent
whose children are all shown gives itself away. The rules below are applied until nothing changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from analysis.results import Domain


@dataclass(frozen=True, slots=True)
class Family:
    """A whole and the parts that make it up."""

    parent: Domain
    children: tuple[Domain, ...]


def families(hierarchy: Mapping[Domain, Domain], present: Iterable[Domain]) -> list[Family]:
    """The families among the domains that are present.

    Children of one parent make it up together when they are divided by the same columns: a street's communities are one
    family, its age groups another.
    """
    children: dict[tuple[Domain, tuple[str, ...]], list[Domain]] = {}
    for domain in present:
        parent = hierarchy.get(domain)
        if parent is not None:
            children.setdefault((parent, tuple(column for column, _ in domain)), []).append(domain)
    return [Family(parent, tuple(parts)) for (parent, _), parts in children.items()]


def hide_complements(
    groups: Sequence[Family],
    hidden: set[Domain],
    published: set[Domain],
    size: Mapping[Domain, int],
    minimum: int,
) -> set[Domain]:
    """The further parts to hide: the smallest that will do, ties by their order.

    ``hidden``: parts hidden to keep a confidence. ``published``: parts of which a figure is given, wholes included; a
    whole that is neither hidden nor published can give nothing away. ``size``: respondents.
    """
    closed = set(hidden)
    changed = True
    while changed:
        changed = False
        for family in groups:
            more = _next(family, closed, published, size, minimum)
            if more is not None:
                closed.add(more)
                changed = True
    return closed - hidden


def _next(
    family: Family, hidden: set[Domain], published: set[Domain], size: Mapping[Domain, int], minimum: int
) -> Domain | None:
    inside = [child for child in family.children if child in hidden and size.get(child, 0) > 0]
    shown = sorted(
        (child for child in family.children if child not in hidden and size.get(child, 0) > 0),
        key=lambda child: size.get(child, 0),
    )
    if family.parent in hidden:
        return shown[0] if shown and not inside else None
    if family.parent not in published or not inside:
        return None
    together = sum(size.get(child, 0) for child in inside)
    if len(inside) > 1 and together >= minimum:
        return None
    return shown[0] if shown else family.parent
