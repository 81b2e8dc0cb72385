"""What the sheets of a release say of change, worked out again from what it and the one before it keep.

Nothing of the house that words or rounds a change is used here: the records are read as JSON, and each claim is put
together from the printed figures of both waves and the limits that were published beside them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from reports.blocks import Cards, Notes, Story
from reports.content import AreaSummary, CommunitySummary
from reports.story import area_story, community_story
from survey_service.analyses.summaries import Summaries
from survey_service.models import Release
from tests.spec.reports.test_claims import blocks_of

Place = tuple[tuple[str, str], ...]
WORDS = {
    "zh": {
        "since": "比{}",
        "risen": "升 {by}（{interval}）",
        "fallen": "降 {by}（{interval}）",
        "no_detectable_change": "没有查出（{interval}）",
        "not_comparable": "口径不同，不作比较",
        "found": "{name} {by} 个百分点",
        "none_found": "没有查出变化，不等于没有变。份数这样多，变化到这么大才有八成把握查出来：{parts}。",
        "comma": "，",
    },
    "en": {
        "since": "vs {}",
        "risen": "up {by} ({interval})",
        "fallen": "down {by} ({interval})",
        "no_detectable_change": "none found ({interval})",
        "not_comparable": "not comparable",
        "found": "{name} {by} percentage points",
        "none_found": "No change found is not no change: one this large would have been found with 80% probability: "
        "{parts}.",
        "comma": ", ",
    },
}


@dataclass(frozen=True, slots=True)
class Said:
    """Of one sheet: the row of each card that tells a change, by the name of its rate, and the sentence below."""

    rows: Mapping[str, tuple[str, str]]
    none_found: str | None


def areas(summaries: Summaries) -> list[CommunitySummary | AreaSummary]:
    return [summaries.city, *summaries.streets.values(), *summaries.communities.values()]


def sheets(summaries: Summaries) -> Iterator[tuple[Place, Story]]:
    """Every sheet of a release, in either language, with the area that it is of."""
    for language in ("zh", "en"):
        for area in (summaries.city, *summaries.streets.values()):
            yield area.place.domain, area_story(area, language)
        for community in summaries.communities.values():
            yield community.place.domain, community_story(community, language)


def said(story: Story) -> Said:
    opening = WORDS[story.language]["none_found"].partition("{parts}")[0]
    lines = [line for block in blocks_of(story.blocks, Notes) for line in block.lines if line.startswith(opening)]
    assert len(lines) <= 1
    cards = [card for block in blocks_of(story.blocks, Cards) for card in block.cards]
    return Said({card.name: row for card in cards for row in card.further}, lines[0] if lines else None)


@dataclass(frozen=True, slots=True)
class Records:
    """Two releases as they were kept: the one that tells the change, and the one it is told from."""

    before: Mapping[str, Any]
    now: Mapping[str, Any]

    @classmethod
    def of(cls, before: Release, now: Release) -> Records:
        kept = json.loads(now.estimates)
        assert kept["changes"]["since"] == before.number
        return cls(json.loads(before.estimates), kept)

    def verdicts(self, domain: Place) -> dict[str, str]:
        """By rate: what the records carry, of those that both waves show as a point."""
        found = {}
        for one in self.now["changes"]["published"]:
            if tuple(map(tuple, one["domain"])) == domain:
                then, now = (_cell(kept, domain, one["variable"]) for kept in (self.before, self.now))
                assert _point(then), one
                assert _point(now), one
                found[one["variable"]] = _verdict(one, then, now)
        shown = {cell["variable"] for cell in _cells(self.now, domain) if _point(cell)}
        missing = shown & {cell["variable"] for cell in _cells(self.before, domain) if _point(cell)} - found.keys()
        assert not missing, missing
        return found

    def row_of_waves(self, domain: Place, variable: str) -> list[tuple[float | None, str | None, str]]:
        """Value, end to which it is told, and tier of a figure, wave by wave; None where it was not shown."""
        cells = [_cell(kept, domain, variable) for kept in (self.before, self.now)]
        return [
            (None, None, "shown") if one.get("suppression") else (one["value"], one.get("coded"), one["tier"])
            for one in cells
        ]

    def expected(self, domain: Place, names: Mapping[str, str], since: str, language: str) -> Said:
        """What a sheet has to say; ``names`` of the rates on its cards, by id."""
        words, verdicts = WORDS[language], self.verdicts(domain)
        rows, parts = {}, []
        for one in self.now["changes"]["published"]:
            if tuple(map(tuple, one["domain"])) != domain or one["variable"] not in names:
                continue
            verdict, name = verdicts[one["variable"]], names[one["variable"]]
            then, now = (_cell(kept, domain, one["variable"]) for kept in (self.before, self.now))
            digits = min(then["digits"], now["digits"])
            by = Decimal(repr(now["value"])) - Decimal(repr(then["value"]))
            told = {"by": _number(abs(by), digits), "interval": _interval(one, digits)}
            rows[name] = words["since"].format(since), words[verdict].format(**told)
            if verdict == "no_detectable_change":
                inside = name if language == "zh" else name[:1].lower() + name[1:]
                parts.append((name, words["found"].format(name=inside, by=_number(one["detectable"], digits))))
        in_order = [dict(parts)[name] for name in names.values() if name in dict(parts)]
        sentence = words["none_found"].format(parts=words["comma"].join(in_order)) if parts else None
        return Said(rows, sentence)


def _verdict(one: Mapping[str, Any], then: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    if one["reasons"]:
        assert one.get("low") is None, one  # what cannot be compared has no figure
        return "not_comparable"
    low, high, by = one["low"], one["high"], now["value"] - then["value"]
    step = 10.0 ** -(2 + min(then["digits"], now["digits"]))
    assert low - step <= by <= high + step, one
    assert one["detectable"] + step >= (high - low) / 2, one  # less than what was found could not have been
    return "risen" if low > 0 else "fallen" if high < 0 else "no_detectable_change"


def _cells(kept: Mapping[str, Any], domain: Place) -> list[dict[str, Any]]:
    rows = [row for row in kept["published"]["rows"] if tuple(map(tuple, row["domain"])) == domain]
    return [cell for row in rows for cell in row["cells"]]


def _cell(kept: Mapping[str, Any], domain: Place, variable: str) -> dict[str, Any]:
    return next(cell for cell in _cells(kept, domain) if cell["variable"] == variable)


def _point(cell: Mapping[str, Any]) -> bool:
    return "value" in cell and not cell.get("suppression") and not cell.get("coded")


def _number(share: float | Decimal, digits: int) -> str:
    shown = f"{Decimal(repr(share) if isinstance(share, float) else share) * 100:.{digits}f}"
    return "0" if not float(shown) and not digits else shown.replace("-", "−")


def _interval(one: Mapping[str, Any], digits: int) -> str:
    if one.get("low") is None:
        return ""
    low, high = _number(one["low"], digits), _number(one["high"], digits)
    return f"{low} … {high}" if "−" in low + high else f"{low}–{high}"
