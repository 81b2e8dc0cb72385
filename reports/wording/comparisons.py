"""What is said of figures held against each other. A rank is never said without the set that it may lie in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from analysis.comparisons import PublishedDifference, PublishedItems, PublishedRanks
from analysis.results import Domain
from reports.wording.figures import Figures, joined, written
from reports.wording.phrases import say
from reports.wording.verdicts import in_sentence, level_words, names_joined

LEAST_RANKED: Final = 50
_SIDES: Final = {1: "against_higher", -1: "against_lower", 0: "against_neither"}
_KINDS: Final = {"community": "ranked_community", "village": "ranked_village", "street": "ranked_street"}


def items(found: PublishedItems, names: Mapping[str, str], language: str, *, down: bool) -> str:
    """Which cannot be told from the lowest, or where a high figure is the bad one (``down``) from the highest."""
    first, *others = found.with_highest if down else found.with_lowest
    if len(others) + 1 == len(found.items):
        return say(language, "no_highest" if down else "no_lowest")
    lowest = quoted(names[first], language)
    # Of items that take no part it is not known whether one of them is lower still.
    of = say(language, "items_of_firm", count=len(found.items)) if found.untold else ""
    if not others:
        return of + large(say(language, "highest_alone" if down else "lowest_alone", lowest=lowest), first=not of)
    told = names_joined([in_sentence(names[one], language) for one in others], language)
    return of + say(language, "with_the_highest" if down else "with_the_lowest", lowest=lowest, others=told)


def quoted(name: str, language: str) -> str:
    return f"“{name}”" if language == "zh" else in_sentence(name, language)


def large(sentence: str, *, first: bool) -> str:
    """Begun with a capital where nothing stands before it."""
    return sentence[:1].upper() + sentence[1:] if first else sentence


def items_how(level: float, language: str) -> str:
    return say(language, "items_how", error=f"{(1 - level) * 100:g}")


def against(told: Sequence[tuple[PublishedDifference, str, Figures]], place: str, language: str) -> str:
    """比全市：满意率低 5（−8 … −2）。 ``told``: each difference, its name, and how it is written."""
    parts = [
        say(language, "against_part", name=in_sentence(name, language), words=short(one, figures, language))
        for one, name, figures in told
    ]
    return say(language, "against", place=place, parts=say(language, "comma").join(parts))


def found(told: Sequence[tuple[PublishedDifference, str, Figures]], place: str, language: str) -> str:
    """比示范市，知晓率高 5.1、满意率高 14.1: differences that are shown, without their intervals."""
    parts = [
        say(
            language,
            "differs_higher" if one.side > 0 else "differs_lower",
            name=in_sentence(name, language),
            by=_number(abs(one.difference), one, figures),
        )
        for one, name, figures in told
    ]
    return say(language, "differs_part", place=place, parts=say(language, "enumeration").join(parts))


def short(found: PublishedDifference, figures: Figures, language: str) -> str:
    """低 5（−8 … −2）: by how much, with its interval, in the unit of the figure."""
    by, low, high = (_number(value, found, figures) for value in (abs(found.difference), found.low, found.high))
    return say(language, _SIDES[found.side], by=by, interval=joined(low, high))


def _number(value: float, found: PublishedDifference, figures: Figures) -> str:
    return written(value * figures.unit.factor, figures.decimals if found.digits is None else found.digits)


def ranks(found: PublishedRanks, name: str, place: Callable[[Domain], str], language: str) -> str:
    """One sentence where no two can be told apart; else the sets that are narrower than all ranks."""
    last = len(found.areas)
    areas = say(language, _KINDS.get(found.kind, "ranked_areas"), count=last)
    if not found.pairs_told_apart:
        return say(language, "ranks_none", name=name, areas=areas)
    narrow = [one for one in found.areas if (one.low, one.high) != (1, last)]
    sets = say(language, "enumeration").join(
        say(
            language,
            "ranks_one" if one.low == one.high else "ranks_set",
            place=place(one.domain),
            low=one.low,
            high=one.high,
        )
        for one in narrow
    )
    phrase = "ranks_all" if len(narrow) == last else "ranks_some"
    return say(language, phrase, name=name, areas=areas, sets=sets, last=last)


def ranks_how(level: float, language: str) -> str:
    return say(language, "ranks_how", level=level_words(level), least=LEAST_RANKED)


def by_street(found: Sequence[PublishedRanks], name: str, place: Callable[[Domain], str], language: str) -> str:
    """Of the communities of every street, in one sentence for the city: the streets in which some are told apart."""
    name = in_sentence(name, language)
    told = dict.fromkeys(place(one.within) for one in found if one.pairs_told_apart)
    if not told:
        return say(language, "ranks_nowhere", name=name)
    return say(language, "ranks_streets", name=name, streets=names_joined(list(told), language))
