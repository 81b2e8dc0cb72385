"""What the stories share: cards, ranges on an axis, method and imprint."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from analysis.results import PublishableCell, PublishableRow, PublishableTable, Suppression, Verdict
from questionnaires.indicators import Indicator, beside_of, second_id
from reports.blocks import (
    Axis,
    Block,
    Card,
    Cell,
    Column,
    ColumnKind,
    Columns,
    Glossary,
    Look,
    Notes,
    Prose,
    Range,
    Row,
    Side,
    Spare,
    Table,
)
from reports.charts import axis_for
from reports.content import AreaSummary, Caution, CommunitySummary, Imprint, Place, Sample
from reports.wording import facts, figures, modes, tiers, verdicts
from reports.wording.figures import Figures, Unit
from reports.wording.phrases import say

NOTED_DEFINITIONS: Final = 4  # more definitions of items than that get a section of their own
LEGEND_ORDER: Final = (Verdict.REACHED, Verdict.NOT_REACHED, Verdict.CANNOT_TELL)


@dataclass(frozen=True, slots=True)
class Measured:
    """One indicator with its cell in one area, ready to be written."""

    indicator: Indicator
    cell: PublishableCell
    figures: Figures
    language: str
    beside: PublishableCell | None = None  # the same numerator over the second base

    @property
    def name(self) -> str:
        return self.indicator.name.in_language(self.language)


def missing_cell(variable: str) -> PublishableCell:
    """An indicator that the table does not hold for this area: nothing to estimate it from."""
    return PublishableCell(variable=variable, suppression=Suppression.NOT_ESTIMABLE)


def cell_of(row: PublishableRow | None, indicator: Indicator) -> PublishableCell:
    return cell_named(row, indicator.id)


def cell_named(row: PublishableRow | None, variable: str) -> PublishableCell:
    if row is None:
        return missing_cell(variable)
    try:
        return row.cell(variable)
    except KeyError:
        return missing_cell(variable)


def cell_here(table: PublishableTable, row: PublishableRow | None, indicator: Indicator) -> PublishableCell:
    """The cell of an area; where it has none, one that is hidden but on the scale on which other areas have theirs."""
    if row is not None and any(one.variable == indicator.id for one in row.cells):
        return cell_of(row, indicator)
    elsewhere = (cell_named(other, indicator.id) for other in table.rows)
    scale = next((one.scale for one in elsewhere if one.suppression is None), None)
    return replace(missing_cell(indicator.id), scale=scale)


def row_of(table: PublishableTable, place: Place) -> PublishableRow | None:
    """The row of an area; None where the table has none, which prints as not published."""
    try:
        return table.row(place.domain)
    except KeyError:
        return None


def verdicts_at(table: PublishableTable, places: Iterable[Place], indicator: Indicator) -> list[Verdict | None]:
    """The verdict to print of each area: of thousands of communities without their figures."""
    given: list[Verdict | None] = []
    for place in places:
        try:
            given.append(verdicts.shown_verdict(table.mark(place.domain, indicator.id)))
        except KeyError:
            given.append(verdicts.shown_verdict(missing_cell(indicator.id)))
    return given


def measured(table: PublishableTable, place: Place, indicators: Iterable[Indicator], language: str) -> list[Measured]:
    """The indicators of one area with their cells."""
    row = row_of(table, place)
    result = []
    for indicator in indicators:
        cell = cell_here(table, row, indicator)
        unit = verdicts.unit_of(indicator, cell)
        second = second_id(indicator)
        beside = None if second is None else cell_named(row, second)
        result.append(Measured(indicator, cell, Figures(unit=unit), language, beside))
    return result


def headline(indicators: Sequence[Indicator]) -> tuple[Indicator, ...]:
    """The indicators of page one: those marked so, else those that belong to no group, else all. A figure over a second
    base is none of its own."""
    indicators = [each for each in indicators if beside_of(each.id) is None]
    marked = tuple(each for each in indicators if each.headline)
    return marked or tuple(each for each in indicators if each.group is None) or tuple(indicators)


def range_of(cell: PublishableCell, written: Figures, look: Look) -> Range | None:
    """The interval in the unit of its axis; without a dot where all answers were alike, or the figure is coded.

    Every coordinate comes from the cell's own numbers, which are those that are printed: a drawing tells no more.
    """
    if cell.suppression is not None or cell.low is None or cell.high is None:
        return None
    alike = figures_all_alike(cell, written)
    untold = cell.value is None or alike or cell.coded is not None
    dot = None if untold or cell.value is None else written.scaled(cell.value)
    return Range(written.scaled(cell.low), written.scaled(cell.high), dot, look, limit=alike)


def figures_all_alike(cell: PublishableCell, written: Figures) -> bool:
    return verdicts.all_alike_short(cell, written) is not None


def value_words(cell: PublishableCell, written: Figures) -> str:
    """The figure in a table: estimate, ≥88 where all alike, ≥80 where it is coded, — where hidden."""
    if cell.suppression is not None:
        return figures.NOTHING
    return tiers.coded(cell, written) or verdicts.all_alike_short(cell, written) or written.value(cell)


@dataclass(frozen=True, slots=True)
class Substitute:
    """What stands for a hidden figure, whatever hid it: that of the nearest area above whose figure is shown."""

    place: Place
    cell: PublishableCell


def substitute(
    table: PublishableTable, cell: PublishableCell, indicator: Indicator, above: Iterable[Place]
) -> Substitute | None:
    """None for a figure that is shown, for one of an older release, and where nothing above is shown either."""
    if not tiers.one_mark(cell):
        return None
    for place in above:
        found = cell_of(row_of(table, place), indicator)
        if found.suppression is None:
            return Substitute(place, found)
    return None


def axis_of(
    cells: Iterable[PublishableCell],
    written: Figures,
    *,
    ticks: int,
    targets: Iterable[float] = (),
    target: float | None = None,
) -> Axis:
    """An axis that holds every interval and target of these cells; without figures where all of them are hidden."""
    shown = [cell for cell in cells if cell.suppression is None]
    if not shown:
        return Axis(0.0, 1.0, ())
    # The end of a band is no point to draw; its interval is.
    told = [(cell.low, cell.high, None if cell.coded else cell.value) for cell in shown]
    ends = [end for each in told for end in each if end is not None]
    scales = [cell.scale for cell in shown if cell.scale is not None]
    bounds = None
    if scales and len(scales) == len(shown):
        bounds = (written.scaled(min(s[0] for s in scales)), written.scaled(max(s[1] for s in scales)))
    values = [written.scaled(value) for value in (*ends, *targets)]
    return axis_for(values, bounds=bounds, ticks=ticks, target=None if target is None else written.scaled(target))


def card_of(
    each: Measured,
    table: PublishableTable,
    counts: tuple[tuple[Verdict, int], ...] = (),
    *,
    above: Sequence[Place] = (),
    further: Sequence[tuple[str, str]] = (),
) -> Card:
    """One headline indicator as a card, with ``further`` rows; ``above``: areas that hold this one, nearest first."""
    cell, indicator, language = each.cell, each.indicator, each.language
    verdict = verdicts.shown_verdict(cell)
    level = verdicts.level_words(table.level)
    rows: list[tuple[str, str]] = []
    if cell.suppression is None:
        rows.append(
            (say(language, "interval_short", level=level), verdicts.interval_words(cell, each.figures, language))
        )
    instead = substitute(table, cell, indicator, above)
    if instead is not None:
        value = verdicts.with_unit(value_words(instead.cell, each.figures), each.figures.unit, language)
        rows.append((instead.place.name.in_language(language), value))
    if indicator.target is not None:
        rows.append((say(language, "target"), verdicts.target_words(indicator.target, of_targets(each), language)))
    return Card(
        name=each.name,
        verdict=verdict,
        word=verdicts.verdict_word(verdict, language) if verdict else "",
        figure=value_words(cell, each.figures),
        unit=verdicts.unit_sign(each.figures.unit, language),
        rows=tuple(rows),
        reasons=(*second_base(each, level), *(() if counts else card_reasons(each, table, top=not above))),
        counts=counts,
        further=tuple(further),
    )


def second_base(each: Measured, level: str) -> tuple[str, ...]:
    """Both bases by name with their people, and which of them the verdict goes by; nothing where there is one."""
    words, language, cell = each.indicator.second_base, each.language, each.beside
    if words is None or cell is None:
        return ()
    own, name = words.own.in_language(language), words.name.in_language(language)
    n = "" if each.cell.sample_size is None else say(language, "of_so_many", n=figures.count(each.cell.sample_size))
    if cell.suppression is not None:
        beside = say(language, "second_base_hidden", name=name)
    else:
        value = verdicts.with_unit(value_words(cell, each.figures), each.figures.unit, language)
        interval = verdicts.interval_words(cell, each.figures, language)
        size = "" if cell.sample_size is None else figures.count(cell.sample_size)
        beside = say(language, "second_base", name=name, value=value, level=level, interval=interval, n=size)
    judged = say(language, "judged_by_own") if each.indicator.target is not None else ""
    return (say(language, "own_base", own=own, n=n) + beside + judged,)


def of_targets(each: Measured) -> Figures:
    """Beside a figure in whole per cent a whole target has no decimal either."""
    if not tiers.by_tiers([each.cell]):
        return each.figures
    return replace(each.figures, decimals=0)


def card_reasons(each: Measured, table: PublishableTable, *, top: bool = False) -> tuple[str, ...]:
    """Why the verdict, and what weakens the figure. ``top``: no level above holds the answers."""
    cell, language = each.cell, each.language
    if cell.suppression is not None:
        return (verdicts.cause_words(cell, table.rule, language, top=top),)
    reasons = []
    alike = verdicts.all_alike(each.name, cell, each.figures, language)
    if alike:
        reasons.append(alike)
        if cell.value == 1:
            words = verdicts.did(each.name) if language == "zh" else f"“{each.name}”"
            reasons.append(say(language, "sample_is_not_all", did=words))
    if tiers.coarse(cell):
        reasons.append(say(language, "coarse"))
    elif cell.unreliable:
        reasons.append(
            verdicts.hidden_notes([cell], table.rule, language)[-1].removeprefix(f"{verdicts.UNRELIABLE_LETTER} ")
        )
    end = tiers.coded(cell, each.figures)
    if end is not None:
        reasons.append(say(language, "coded", end=verdicts.with_unit(end, each.figures.unit, language)))
    if each.indicator.target is not None:
        reasons.append(verdicts.reason(each.indicator, cell, language))
    return tuple(reasons)


@dataclass(frozen=True, slots=True)
class Response:
    """What the headline has to say of the response, in the order of its severity."""

    share: float | None  # 0..1
    sample: Sample | None
    caution: Caution

    @property
    def low(self) -> bool:
        return self.share is not None and self.share < self.caution.caution_below

    @property
    def very_low(self) -> bool:
        return self.share is not None and self.share < self.caution.no_headline_below

    def headline(self, sentence: str, language: str, *, judged: bool) -> str:
        """The sentence, behind the response rate where that is low; no verdict at all where it is very low."""
        if not self.low or self.sample is None:
            return sentence
        recorded, rate = self.sample.outcomes_recorded, facts.rate(self.share, language)
        if judged and self.very_low:
            return say(language, "headline_withheld" if recorded else "headline_withheld_share", rate=rate)
        return say(language, "headline_rate" if recorded else "headline_share", rate=rate) + sentence

    def reading(self, language: str, *, judged: bool) -> tuple[str, ...]:
        """What a low response means for the sentence above."""
        if not self.low:
            return ()
        return (say(language, "caution_very_low" if judged and self.very_low else "caution_low"),)


def response_of(sample: Sample | None, caution: Caution) -> Response:
    return Response(None if sample is None else facts.response(sample), sample, caution)


def reading(table: PublishableTable, language: str, *, judged: bool, drawn: bool = True) -> tuple[str, ...]:
    """How to read the verdict sentence; ``drawn``: a chart is below."""
    level = verdicts.level_words(table.level)
    if not judged:
        rule = "rule_without_targets" if drawn else "rule_without_targets_in_words"
        return (say(language, rule, level=level), say(language, "sampling_error_only"))
    return (say(language, "rule_of_reading", level=level),)


def one_note(lines: Iterable[str], language: str) -> tuple[str, ...]:
    """Sentences as one paragraph; none for none."""
    text = ("" if language == "zh" else " ").join(lines)
    return (text,) if text else ()


def page_note(table: PublishableTable, language: str, *, judged: bool) -> str:
    """What must stand on every page: what a verdict is, and what the interval leaves out."""
    error = say(language, "sampling_error_only")
    if not judged:
        return error
    verdict = say(language, "statistical_verdict", level=verdicts.level_words(table.level))
    return f"{verdict}{'' if language == 'zh' else ' '}{error}"


def definitions(summary: CommunitySummary | AreaSummary, language: str, *, targets: bool = True) -> list[Block]:
    """Each indicator in one sentence, with its target: headline ones as a table, items in small print."""
    indicators, imprint, units = summary.indicators, summary.imprint, units_of(summary)
    first = headline(indicators)
    rows = []
    for indicator in first:
        target = ""
        if indicator.target is not None and targets:
            written = Figures(unit=units[indicator.id], decimals=0)
            value = verdicts.target_words(indicator.target, written, language)
            target = say(language, "target_is", value=value)
        definition = facts.sentence(indicator.definition.in_language(language), language)
        rows.append(Row((Cell(indicator.name.in_language(language), bold=True), Cell(definition), Cell(target))))
    rest = tuple(
        (each.name.in_language(language), facts.sentence(each.definition.in_language(language), language))
        for each in indicators
        if each not in first
    )
    entries = facts.alike_together(rest, language)
    name = say(language, "spare_items")
    made: list[Block] = [definition_table(rows, imprint, language)]
    if len(entries) > NOTED_DEFINITIONS:
        made.append(Spare(7, name, (Glossary(say(language, "item_definitions"), rest),)))
    elif entries:
        notes = tuple(f"{term}{say(language, 'colon')}{text}" if term else text for term, text in entries)
        made.append(Spare(7, name, (Notes(one_note(notes, language)),)))
    return made


def definition_table(rows: Sequence[Row], imprint: Imprint, language: str) -> Table:
    """The column of the targets only where there are some."""
    width = 3 if any(row.cells[-1].text for row in rows) else 2
    return Table(
        title=say(language, "definitions"),
        unit=say(language, "definitions_unit", version=imprint.questionnaire_version),
        columns=(Column(""), Column("", share=1.0), Column("", ColumnKind.FIGURE))[:width],
        rows=tuple(replace(row, cells=row.cells[:width]) for row in rows),
        head=False,
        pitch=5 if language == "zh" else 4,
    )


def how_to_read(table: PublishableTable, language: str, *, judged: bool, given: Sequence[Verdict | None] = ()) -> Prose:
    """What an interval is and what the signs mean, of those that the report has."""
    level = verdicts.level_words(table.level)
    shown = [*LEGEND_ORDER, *([Verdict.CANNOT_REACH] if Verdict.CANNOT_REACH in given else []), Verdict.NOT_PUBLISHED]
    legend = tuple(
        (verdict, verdicts.verdict_word(verdict, language), say(language, f"legend_{verdict.value}"))
        for verdict in shown
    )
    paragraphs = (say(language, "read_error", level=level),)
    return Prose(say(language, "how_to_read"), paragraphs, legend if judged else ())


def how_made(summary: CommunitySummary | AreaSummary, language: str, *, given: Sequence[Verdict | None] = ()) -> Prose:
    """Of whom, how, what the way of asking did, and how many of the verdicts ``given`` chance would get wrong. A sheet
    of two pages, of a community, says the mode in one sentence elsewhere (``modes_in_short``)."""
    table = summary.table
    by_mode = modes.told(_dealt(summary), language) if isinstance(summary, AreaSummary) else ""
    further = [one for one in (by_mode, tiers.chance(table, given, language)) if one]
    return Prose(
        say(language, "how_made"), (*facts.how_made(summary.method, table.interval_method, language), *further)
    )


def modes_in_short(summary: CommunitySummary, language: str) -> str:
    return modes.in_short(_dealt(summary), language)


def _dealt(summary: CommunitySummary | AreaSummary) -> modes.Dealt:
    effects = () if summary.beside is None else summary.beside.modes
    return modes.Dealt(effects, {one.id: one for one in summary.indicators}, units_of(summary))


def units_of(summary: CommunitySummary | AreaSummary) -> dict[str, Unit]:
    """In which unit each indicator is printed, by id: of an index its figures say whether it is of shares."""
    wanted = {one.id for one in summary.indicators if verdicts.figures_say_the_unit(one)}
    shown: dict[str, PublishableCell] = {}
    for row in summary.table.rows:
        if len(shown) == len(wanted):
            break  # on one scale in all areas: of a large city nobody looks through thousands
        shown |= {cell.variable: cell for cell in row.cells if cell.suppression is None and cell.variable in wanted}
    return {one.id: verdicts.unit_of(one, shown.get(one.id)) for one in summary.indicators}


def imprint_notes(imprint: Imprint, language: str) -> Notes:
    """Number, dates, names, hashes: what makes a figure traceable."""
    fields = (
        ("release_number", imprint.release_number),
        ("released_on", facts.day(imprint.released_on, language)),
        ("prepared_by", imprint.prepared_by),
        ("reviewed_by", imprint.reviewed_by),
        ("signed_by", imprint.signed_by),
        ("software", imprint.software_version),
    )
    first = "　".join(f"{say(language, key)}\u00a0{value}" for key, value in fields if value)
    snapshot = f"{say(language, 'snapshot')}　{facts.full_check(imprint.data_sha256)}"
    contact = imprint.contact.in_language(language).rstrip("。.")
    return Notes((first, snapshot, say(language, "recompute", contact=contact)), ruled=True)


def beside(*sides: Side) -> Columns:
    return Columns(sides)


def split_by_unit(items: Iterable[Measured]) -> dict[tuple[Unit, tuple[float, float] | None], list[Measured]]:
    """Indicators that can share an axis, in order."""
    groups: dict[tuple[Unit, tuple[float, float] | None], list[Measured]] = {}
    for each in items:
        scale = None if each.figures.unit is Unit.PERCENT else each.cell.scale
        groups.setdefault((each.figures.unit, scale), []).append(each)
    return groups
