"""What the sheet of the city says of its groups, worked out again from what the release keeps.

Nothing of the house that words or rounds a difference is used: the record is read as JSON, verdicts are read off the
published limits, and every difference is held against the printed figures of its own group and of the others.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from reports.blocks import Prose, Story
from reports.content import AreaSummary
from reports.story import area_story
from tests.spec.reports.test_claims import blocks_of

WORDS = {
    "zh": ("{name}，按{kind}：", "。", "；", "{group}{words}", "高 {by}（{interval}）", "低 {by}（{interval}）"),
    "en": (
        "{name}, by {kind}: ",
        ".",
        "; ",
        "{group} {words}",
        "higher by {by} ({interval})",
        "lower by {by} ({interval})",
    ),
}
NONE = {"zh": "各组没有查出差别", "en": "no difference found between groups"}
REST = {"zh": "其余各组没有查出差别", "en": "no difference found of the others"}

Names = Mapping[str, tuple[str, Mapping[str, str]]]
"""Kind of group -> its name, and the names of its groups."""


def said(story: Story, names: Names) -> list[str]:
    """The sentences of a sheet that tell of groups."""
    opening = {"zh": "，按{}：", "en": ", by {}: "}[story.language]
    kinds = [opening.format(in_a_sentence(kind, story.language)) for kind, _ in names.values()]
    lines = [line for block in blocks_of(story.blocks, Prose) for line in block.paragraphs]
    return [line for line in lines if any(kind in line for kind in kinds)]


def in_a_sentence(kind: str, language: str) -> str:
    """The kind of group as English says it inside a sentence: by age, by sex, by place of household registration."""
    return kind[0].lower() + kind[1:] if language == "en" else kind


def names_of(city: AreaSummary, language: str) -> dict[str, tuple[str, dict[str, str]]]:
    found: dict[str, tuple[str, dict[str, str]]] = {}
    for one in () if city.groups is None else city.groups.groups:
        [(by, label)] = one.domain
        found.setdefault(by, (one.kind.in_language(language), {}))[1][label] = one.name.in_language(language)
    return found


def assert_carried(text: str, city: AreaSummary, language: str) -> list[str]:
    """Each sentence of groups on the sheet of the city is worked out again from the record; these are they."""
    names = names_of(city, language)
    rates = {one.id: one.name.in_language(language) for one in city.indicators if one.headline}
    claims = expected(text, rates, names, language)
    assert said(area_story(city, language), names) == claims
    return claims


def expected(text: str, rates: Mapping[str, str], names: Names, language: str) -> list[str]:
    """``rates``: names of those on the cards, by id, in their order. ``text``: the record of the release."""
    record = json.loads(text)
    cells = {
        (tuple(map(tuple, row["domain"])), cell["variable"]): cell
        for row in record["published"]["rows"]
        for cell in row["cells"]
    }
    p_values = {(one["variable"], one["by"]): one["p_value"] for one in record["groups"]["equalities"]}
    lines = []
    for variable, rate in rates.items():
        for by, (kind, groups) in names.items():
            p_value = p_values.get((variable, by))
            if p_value is None:
                continue
            contrasts = {
                one["domain"][0][1]: one
                for one in record["groups"]["contrasts"]
                if one["variable"] == variable and one["domain"][0][0] == by
            }
            _hold_against_the_figures(contrasts, cells, by, variable)
            head, end, between, part, higher, lower = WORDS[language]
            told = []
            for label, name in groups.items():
                one = contrasts[label]
                apart = one["low"] > 0 or one["high"] < 0
                if apart and not (len(groups) == 2 and one["high"] < 0):
                    by_how = _number(abs(one["difference"]), one["digits"])
                    words = (higher if one["low"] > 0 else lower).format(by=by_how, interval=_interval(one))
                    told.append(part.format(group=name, words=words))
            if p_value >= 1 - record["published"]["level"] or not told:
                told = [NONE[language]]
            elif len(groups) > max(len(told), 2):
                told.append(REST[language])
            lines.append(head.format(name=rate, kind=in_a_sentence(kind, language)) + between.join(told) + end)
    return lines


def _hold_against_the_figures(contrasts: Mapping[str, Any], cells: Mapping[Any, Any], by: str, variable: str) -> None:
    """A group above the others has to lie above the lowest of them, and no further off than the furthest."""
    values = {label: cells[((by, label),), variable]["value"] for label in contrasts}
    for label, one in contrasts.items():
        others = [value for other, value in values.items() if other != label]
        step = 1.5 * 10.0 ** -(2 + one["digits"])
        assert values[label] - max(others) - step <= one["difference"] <= values[label] - min(others) + step, one
        assert one["low"] - step <= one["difference"] <= one["high"] + step, one


def _number(share: float, digits: int) -> str:
    shown = f"{share * 100:.{digits}f}"
    return "0" if not float(shown) and not digits else shown.replace("-", "−")


def _interval(one: Mapping[str, Any]) -> str:
    low, high = _number(one["low"], one["digits"]), _number(one["high"], one["digits"])
    return f"{low} … {high}" if "−" in low + high else f"{low}–{high}"
