"""The statistician's table of areas held against their whole and each other, and what is said of items, as both may be
published."""

from __future__ import annotations

from analysis.comparisons import PublishedDifference, PublishedItems
from analysis.results import Domain
from questionnaires.indicators import Indicator, Sense
from questionnaires.text import Text
from reports.wording import comparisons as words
from reports.wording import figures as column
from survey_service.analyses.reviewed import HeldAgainst, HeldLine
from survey_service.analyses.service import CITY_DOMAIN, WaveEstimates, community_domain, street_domain

LANGUAGES = ("zh", "en")


def held_against(estimates: WaveEstimates, indicator: Indicator, written: column.Figures) -> HeldAgainst | None:
    """None where nothing of this indicator may be held against anything."""
    lines = _lines(estimates, indicator, written)
    items = _items(estimates, indicator)
    return HeldAgainst(lines=lines, items=items) if lines or items else None


def _lines(estimates: WaveEstimates, indicator: Indicator, written: column.Figures) -> tuple[HeldLine, ...]:
    told = {(one.domain, one.whole): one for one in estimates.comparisons.differences if one.variable == indicator.id}
    ranks = {
        area.domain: (area.low, area.high, len(one.areas))
        for one in estimates.comparisons.ranks
        if one.variable == indicator.id
        for area in one.areas
    }
    found = []
    for street, communities in estimates.cases.streets:
        above = street_domain(street.code)
        areas = [(street, "street", above), *((one, "community", community_domain(one.code)) for one in communities)]
        for area, level, domain in areas:
            to_street, to_city = told.get((domain, above)), told.get((domain, CITY_DOMAIN))
            if to_street is None and to_city is None and domain not in ranks:
                continue
            found.append(
                HeldLine(
                    name=Text(area.name_zh, area.name_en),
                    level=level,
                    to_street=_apart(to_street, written),
                    to_city=_apart(to_city, written),
                    rank=_rank(ranks, domain),
                )
            )
    return tuple(found)


def _apart(found: PublishedDifference | None, written: column.Figures) -> Text | None:
    if found is None:
        return None
    zh, en = (words.short(found, written, language) for language in LANGUAGES)
    return Text(zh, en)


def _rank(ranks: dict[Domain, tuple[int, int, int]], domain: Domain) -> str:
    """2–5 / 8: the set, of how many."""
    if domain not in ranks:
        return ""
    low, high, last = ranks[domain]
    return f"{low} / {last}" if low == high else f"{low}–{high} / {last}"


def _items(estimates: WaveEstimates, indicator: Indicator) -> Text | None:
    """Of the city, where the indicator is one of several items."""
    found: PublishedItems | None = estimates.comparisons.items_of(CITY_DOMAIN, indicator.id)
    if found is None:
        return None
    down = indicator.target is not None and indicator.target.sense is Sense.AT_MOST
    names = {one.id: one.name for one in estimates.indicators}
    zh, en = (
        words.items(found, {key: name.in_language(language) for key, name in names.items()}, language, down=down)
        for language in LANGUAGES
    )
    return Text(zh, en)
