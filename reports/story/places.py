"""The tables of a street or the city: every area with its figures and their intervals, in the order of the codes."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.results import PublicationRule, PublishableCell
from questionnaires.indicators import Indicator
from reports.blocks import Block, Cell, Column, ColumnKind, Row, Table, Tone
from reports.content import AreaSummary, Place
from reports.story import common
from reports.story.common import Measured
from reports.wording import figures, verdicts
from reports.wording.figures import Figures
from reports.wording.phrases import say

FIGURE_WIDTH = 80.0  # pt: sign, figure, letter; below them the interval in small type
ACROSS = 4  # indicators side by side in one table
LONG = 24  # communities from which on a city's streets have a table of their own before them
MOST_LISTED = 120  # communities that the tables of a city name; of more, the sheets of its streets do


def below(summary: AreaSummary) -> list[Place]:
    """The areas right below: of the city its streets, of a street its communities."""
    return [street for street, _ in summary.streets] if is_city(summary) else communities(summary)


def communities(summary: AreaSummary) -> list[Place]:
    return [community for _, group in summary.streets for community in group]


def listed(summary: AreaSummary) -> tuple[tuple[Place, tuple[Place, ...]], ...]:
    """The streets with those of their communities that the tables of this report name."""
    if is_city(summary) and len(communities(summary)) > MOST_LISTED:
        return tuple((street, ()) for street, _ in summary.streets)
    return summary.streets


def named(summary: AreaSummary) -> list[Place]:
    """The communities that the tables of this report name."""
    return [community for _, group in listed(summary) for community in group]


def is_city(summary: AreaSummary) -> bool:
    return summary.place.domain == summary.city.domain


def street_tables(summary: AreaSummary, own: Sequence[Measured], language: str) -> list[Block]:
    """The streets of a city by themselves, before a table of their communities that is long."""
    if not is_city(summary) or len(named(summary)) <= LONG:
        return []
    lines = [*((street, Tone.PLAIN) for street, _ in summary.streets), (summary.city, Tone.WHOLE)]
    title = say(language, "streets_counted", count=len(summary.streets))
    return _tables(summary, own, lines, title, say(language, "street"), language)


def community_tables(summary: AreaSummary, own: Sequence[Measured], language: str) -> list[Block]:
    """All communities with up to four indicators side by side, then the next four."""
    lines: list[tuple[Place, Tone]] = []
    for street, group in listed(summary):
        lines += [(street, Tone.STREET), *((place, Tone.PLAIN) for place in group)]
    lines.append((summary.city, Tone.WHOLE))
    title, count = ("communities_by_street" if is_city(summary) else "communities_of"), len(named(summary))
    if not count and summary.streets:
        title, count = "streets_of_many", len(summary.streets)
    return _tables(summary, own, lines, say(language, title, count=count), say(language, "community"), language)


def _tables(
    summary: AreaSummary,
    own: Sequence[Measured],
    lines: Sequence[tuple[Place, Tone]],
    title: str,
    first: str,
    language: str,
) -> list[Block]:
    return [
        _table(summary, own[i : i + ACROSS], lines, Column(first, share=1.0), title, language)
        for i in range(0, len(own), ACROSS)
    ]


def _table(
    summary: AreaSummary,
    own: Sequence[Measured],
    lines: Sequence[tuple[Place, Tone]],
    first: Column,
    title: str,
    language: str,
) -> Table:
    level = verdicts.level_words(summary.table.level)
    units = {each.figures.unit for each in own}
    unit = "、".join(verdicts.unit_word(each, language) for each in sorted(units))
    cells = [(cell_at(summary, each.indicator, place), each.figures) for each in own for place, _ in lines]
    return Table(
        title=title,
        unit=say(language, "area_unit", level=level, unit=unit),
        columns=(first, *area_columns(own, language)),
        rows=tuple(area_row(summary, own, place, tone, language) for place, tone in lines),
        notes=tuple(sign_notes(cells, summary.table.rule, language)),
        pitch=4,
    )


def sign_notes(cells: Sequence[tuple[PublishableCell, Figures]], rule: PublicationRule, language: str) -> list[str]:
    """What the marks of a table mean: of what is hidden, coarse or told by an end, and of answers all alike."""
    notes = verdicts.hidden_notes([cell for cell, _ in cells], rule, language)
    ends = {end[0] for cell, written in cells if (end := verdicts.all_alike_short(cell, written))}
    if ends and not any(cell.coded for cell, _ in cells):  # else the note of the coded ends says it
        signs = [f"“{sign}”" for sign in sorted(ends, reverse=True)]
        notes.append(say(language, "all_yes_sign", signs=("" if language == "zh" else ", ").join(signs)))
    return notes


def cell_at(summary: AreaSummary, indicator: Indicator, place: Place) -> PublishableCell:
    return common.cell_of(common.row_of(summary.table, place), indicator)


def area_columns(own: Sequence[Measured], language: str) -> tuple[Column, ...]:
    """n, then each indicator's figure with its interval."""
    columns = [Column("n", ColumnKind.FIGURE)]
    for each in own:
        target = each.indicator.target
        note = ""
        if target is not None:
            note = say(language, "target_is", value=figures.in_full(each.figures.scaled(target.value)))
        columns.append(Column(each.name, ColumnKind.FIGURE, note=note, width=FIGURE_WIDTH))
    return tuple(columns)


def respondents(summary: AreaSummary, place: Place) -> int | None:
    """Valid questionnaires of an area. They stand in the table of the fieldwork, hidden figures or not, so they stand
    beside the figures too: docs/publication.md."""
    row = common.row_of(summary.table, place)
    if row is not None and row.sample_size is not None:
        return row.sample_size
    sample = summary.samples.get(place.code)
    return None if sample is None else sample.rates.valid


def area_row(summary: AreaSummary, own: Sequence[Measured], place: Place, tone: Tone, language: str) -> Row:
    size = respondents(summary, place)
    cells = [
        Cell(place.name.in_language(language), indent=tone is Tone.PLAIN),
        Cell("" if size is None else figures.count(size), grey=tone is Tone.PLAIN),
    ]
    for each in own:
        cell = cell_at(summary, each.indicator, place)
        verdict = verdicts.shown_verdict(cell) if each.indicator.target else None
        cells.append(
            Cell(
                common.value_words(cell, each.figures),
                verdict=verdict,
                letter=verdicts.letter(cell),
                bold=common.figures_all_alike(cell, each.figures),
                interval=None if cell.suppression is not None else each.figures.interval(cell),
            )
        )
    return Row(tuple(cells), tone)
