"""A community against its street and the city: the chart, and where the figures are shown to differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from analysis.results import PublishableCell
from questionnaires.indicators import Indicator
from questionnaires.text import Text
from reports.blocks import Block, Comparison, ComparisonGroup, ComparisonRow, Look
from reports.content import CommunitySummary, Place
from reports.story import changes, common, compared, mend
from reports.story.common import Measured
from reports.story.items import item_groups, meaning
from reports.wording import figures, verdicts
from reports.wording.phrases import PHRASES, say

LONGEST = 16  # half squares: a longer name of an area has no room beside a chart
LONGEST_TITLE = 60  # both names in a title
KINDS = ("here", "street_above", "city_above")


def comparisons(
    summary: CommunitySummary, own: Sequence[Measured], language: str, *, without_own: bool = False
) -> list[Block]:
    """The chart against street and city: one per unit, since an axis has one. ``without_own``: only those two."""
    places = above_and_own(summary)[without_own:]
    named = title(summary, language, without_own=without_own)
    blocks: list[Block] = []
    for group in common.split_by_unit(own).values():
        lead = "" if without_own or blocks else _differs(summary, own, language)
        blocks.append(_chart(summary, group, places, named, lead))
    return blocks


def of_street(summary: CommunitySummary, own: Sequence[Measured], language: str) -> tuple[str, ...]:
    """What the sheet of the street says at its head, where the community has nothing of its own: the verdicts, what
    changed, what to mend first."""
    named = summary.street.name.in_language(language)
    shown = common.measured(summary.table, summary.street, [each.indicator for each in own], language)
    pairs = [(each.name, verdicts.shown_verdict(each.cell)) for each in shown if each.indicator.target]
    said = []
    if pairs:
        said.append(verdicts.verdict_sentence(pairs, language, subject=f"{named}{say(language, 'colon')}"))
        said += changes.sentence(summary.changes, shown, summary.street, language)
    told = ("".join(said) if language == "zh" else " ".join(said),) if said else ()
    return (*told, *mend.of_street(summary, language))


def items_of_street(summary: CommunitySummary, language: str) -> list[Block]:
    """The street's items, where the community has none that are shown: a chart for each group and unit."""
    place = summary.street
    named = say(language, "items_of_place", place=place.name.in_language(language))
    groups = item_groups(replace(summary, place=place), language)
    leads = [
        say(language, "items_mean", meaning=told) if (told := meaning(group, language)) else "" for group in groups
    ]
    charts = [_chart(summary, group, [place], named, lead) for group, lead in zip(groups, leads, strict=True)]
    return [chart for chart in charts if chart.axis.ticks]


def _chart(
    summary: CommunitySummary, group: Sequence[Measured], places: Sequence[Place], named: str, lead: str
) -> Comparison:
    language, level = group[0].language, verdicts.level_words(summary.table.level)
    heads = (say(language, "estimate"), say(language, "interval_short", level=level), "n")
    groups = tuple(comparison_group(summary, each, places) for each in group)
    cells = [cell for each in group for cell in around(summary, each.indicator, places)]
    targets = [each.indicator.target.value for each in group if each.indicator.target]
    phrase = "comparison_unit" if targets else "comparison_unit_plain"
    axis = common.axis_of(cells, group[0].figures, ticks=6, targets=targets)
    if not axis.ticks:  # nothing is drawn that a target could be held against
        groups = tuple(replace(one, target=None) for one in groups)
    of_unit = verdicts.unit_word(group[0].figures.unit, language)
    return Comparison(
        title=named,
        unit=say(language, phrase, level=level, unit=of_unit),
        unit_in_words=say(language, "comparison_in_words", level=level, unit=of_unit),
        heads=heads,
        axis=axis,
        groups=groups,
        notes=tuple(verdicts.hidden_notes(cells, summary.table.rule, language)),
        lead=lead,
    )


def _differs(summary: CommunitySummary, own: Sequence[Measured], language: str) -> str:
    return compared.differs(summary.comparisons, own, summary.place, above_named(summary), language)


def above_named(summary: CommunitySummary) -> list[Place]:
    """Street and city by name, or where a name would fill a line by their kind."""
    called = []
    for place, kind in zip((summary.street, summary.city), KINDS[1:], strict=True):
        short = max(half_squares(place.name.zh), half_squares(place.name.en)) <= LONGEST_TITLE
        called.append(place if short else replace(place, name=PHRASES[kind]))
    return called


def above_and_own(summary: CommunitySummary) -> tuple[Place, Place, Place]:
    return (summary.place, summary.street, summary.city)


def names(summary: CommunitySummary) -> tuple[Text, ...]:
    """Of the community, its street and the city, as they stand beside a chart: one that is too long is said by its
    kind, and then all three are."""
    places = above_and_own(summary)
    fits = {
        language: all(half_squares(one.name.in_language(language)) <= LONGEST for one in places)
        for language in ("zh", "en")
    }
    return tuple(
        Text(
            place.name.zh if fits["zh"] else say("zh", kind),
            place.name.en if fits["en"] else say("en", kind),
        )
        for place, kind in zip(places, KINDS, strict=True)
    )


def half_squares(text: str) -> int:
    """About how wide a text is: Han take two."""
    return sum(2 if ord(one) > 0x2E7F else 1 for one in text)


def title(summary: CommunitySummary, language: str, *, without_own: bool) -> str:
    """The areas by name, or by their kind where the names are too long for a line."""
    above = (summary.street, summary.city)
    fits = sum(half_squares(one.name.in_language(language)) for one in above) <= LONGEST_TITLE
    called = [one.name.in_language(language) for one in above]
    if not fits:
        called = [say(language, kind) for kind in KINDS[1:]]
    if without_own:
        return say(language, "figures_of", place=called[0], city=called[1])
    return say(language, "compared", others=verdicts.names_joined(called, language))


def around(summary: CommunitySummary, indicator: Indicator, places: Sequence[Place]) -> list[PublishableCell]:
    """The cells of an indicator in these areas."""
    return [common.cell_of(common.row_of(summary.table, place), indicator) for place in places]


def comparison_group(summary: CommunitySummary, each: Measured, places: Sequence[Place]) -> ComparisonGroup:
    language, target = each.language, each.indicator.target
    cells = around(summary, each.indicator, places)
    verdict = verdicts.shown_verdict(cells[0]) if target else None
    looks = dict(zip(above_and_own(summary), (Look.OWN, Look.CONTEXT, Look.WHOLE), strict=True))
    called = dict(zip(above_and_own(summary), names(summary), strict=True))
    rows = []
    for place, cell in zip(places, cells, strict=True):
        hidden = cell.suppression is not None
        rows.append(
            ComparisonRow(
                name=called[place].in_language(language),
                range=common.range_of(cell, each.figures, looks[place]),
                value=common.value_words(cell, each.figures),
                interval=None if hidden else each.figures.interval(cell),
                n="" if cell.sample_size is None else figures.count(cell.sample_size),
                letter=verdicts.letter(cell),
            )
        )
    label = ""
    if target is not None:
        value = figures.in_full(each.figures.scaled(target.value))
        label = say(language, "target_is", value=value)
    return ComparisonGroup(
        name=each.name,
        verdict=verdict,
        word=verdicts.verdict_word(verdict, language) if verdict else "",
        target=each.figures.scaled(target.value) if target else None,
        target_label=label,
        rows=tuple(rows),
    )
