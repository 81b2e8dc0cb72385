"""Estimates of any data file: one document per domain, one of all domains side by side.

Names of variables, categories and domains are printed as the file gives them. Shares are in percent, means and
totals in the unit of their variable.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from analysis.results import Domain, PublishableCell, PublishableTable, Statistic, Suppression
from reports.blocks import (
    Block,
    Card,
    Cards,
    Cell,
    Column,
    ColumnKind,
    Comparison,
    ComparisonGroup,
    ComparisonRow,
    Look,
    Masthead,
    Notes,
    Row,
    Story,
    Table,
    Tone,
)
from reports.content import EstimatesSummary
from reports.story import common
from reports.wording import facts, figures, tiers, verdicts
from reports.wording.figures import Figures, Unit, figures_for
from reports.wording.notes import note_words
from reports.wording.phrases import say

CARDS_MOST = 8
BESIDE_MOST = 12  # with more domains each is shown beside the whole sample alone
ACROSS = 4
SEPARATOR = " · "


@dataclass(frozen=True, slots=True)
class Quantity:
    """One statistic of one variable (and category), with the figures of its column."""

    statistic: Statistic
    variable: str
    category: str | None
    figures: Figures
    table: PublishableTable

    @property
    def name(self) -> str:
        return self.variable if self.category is None else f"{self.variable} = {self.category}"

    @property
    def short(self) -> str:
        """The name within a section that says the variable."""
        return self.variable if self.category is None else self.category

    def cell(self, domain: Domain) -> PublishableCell:
        try:
            return self.table.row(domain).cell(self.variable, self.category)
        except KeyError:
            return PublishableCell(
                variable=self.variable, category=self.category, suppression=Suppression.NOT_ESTIMABLE
            )


def quantities(summary: EstimatesSummary) -> list[Quantity]:
    """Everything estimated, in the order of the estimates."""
    found: list[Quantity] = []
    for each in summary.tables:
        keys = dict.fromkeys((cell.variable, cell.category) for row in each.table.rows for cell in row.cells)
        share = each.statistic is Statistic.PROPORTION
        for variable, category in keys:
            cells = [cell for row in each.table.rows for cell in row.cells if cell.variable == variable]
            written = figures_for(Unit.PERCENT if share else Unit.PLAIN, cells)
            found.append(Quantity(each.statistic, variable, category, written, each.table))
    return found


def sections(found: Sequence[Quantity]) -> Iterator[tuple[str, list[Quantity]]]:
    """The quantities of one variable and statistic together, with the key of their title."""
    groups: dict[tuple[Statistic, str], list[Quantity]] = {}
    for each in found:
        groups.setdefault((each.statistic, each.variable), []).append(each)
    for (statistic, _), group in groups.items():
        yield "share_of" if statistic is Statistic.PROPORTION else f"{statistic.value}_of", group


def domain_name(domain: Domain, language: str) -> str:
    """The domain as a name: Tower; 城东 · 60 岁以上; 全部样本."""
    return SEPARATOR.join(value for _, value in domain) if domain else say(language, "whole_sample")


def domain_story(summary: EstimatesSummary, domain: Domain, language: str) -> Story:
    """The document of one domain. KeyError when the summary does not hold it."""
    if domain not in summary.domains:
        raise KeyError(domain)
    found = quantities(summary)
    blocks: list[Block] = [masthead(summary, domain, language)]
    if len(found) <= CARDS_MOST:
        blocks.append(Cards(tuple(card(each, domain, language) for each in found)))
    if len(summary.domains) > 1:
        blocks += [beside(summary, phrase, group, domain, language) for phrase, group in sections(found)]
    blocks.append(details(found, [domain], language))
    blocks += foot(summary, found, language)
    return story_of(summary, domain_name(domain, language), tuple(blocks), language)


def estimates_story(summary: EstimatesSummary, language: str) -> Story:
    """The document of all domains: charts per variable, then every figure with its precision."""
    found = quantities(summary)
    blocks: list[Block] = [masthead(summary, None, language)]
    for phrase, group in sections(found):
        blocks += [overview(summary, phrase, group[i : i + ACROSS], language) for i in range(0, len(group), ACROSS)]
    blocks.append(details(found, summary.domains, language))
    blocks += foot(summary, found, language)
    title = summary.title or say(language, "all_domains")
    return story_of(summary, title, tuple(blocks), language)


def story_of(summary: EstimatesSummary, title: str, blocks: tuple[Block, ...], language: str) -> Story:
    subject = summary.title or say(language, "estimates_report")
    on = summary.made_on
    return Story(
        language=language,
        title=title if title == subject else f"{title}　{subject}",
        subject=subject,
        author=facts.PRODUCER,
        blocks=blocks,
        running_head=title,
        running_title="" if title == subject else subject,
        foot_left=title,
        foot_middle=f"SHA-256 {facts.short_check(summary.data_sha256)}",
        page_of=say(language, "page", page="{page}", pages="{pages}"),
        page_note=say(language, "sampling_error_only"),
        year_month_day=None if on is None else (on.year, on.month, on.day),
    )


def masthead(summary: EstimatesSummary, domain: Domain | None, language: str) -> Masthead:
    """Which domain of which estimates, from what design."""
    design = summary.design
    facts_said = say(
        language,
        "design_facts",
        strata=figures.count(design.strata),
        psus=figures.count(design.psus),
        df=figures.count(design.degrees_of_freedom),
        n=figures.count(design.sample_size),
    )
    columns = list(dict.fromkeys(name for each in summary.domains for name, _ in each))
    split = say(language, "by_variables", names=verdicts.names_joined(columns, language)) if columns else ""
    # Beside a hidden group the size of the whole would give the group's away.
    meta = [] if any_hidden(summary) else [facts_said]
    if summary.made_on is not None:
        meta.append(say(language, "made_on", on=facts.day(summary.made_on, language)))
    if domain is None:
        count = say(language, "domain_count", count=len(summary.domains))
        title, programme = summary.title or say(language, "all_domains"), "　".join(filter(None, (split, count)))
    else:
        title = domain_name(domain, language)
        programme = "　".join((summary.title, *(f"{name} = {value}" for name, value in domain))).strip("　")
        size = respondents(summary, domain)
        meta.insert(0, "" if size is None else say(language, "respondents", n=figures.count(size)))
    return Masthead(
        overline=say(language, "estimates_report"),
        title=title,
        programme=programme or say(language, "all_domains"),
        meta=tuple(text for text in meta if text),
        statutory=(),
        colon=say(language, "colon"),
    )


def any_hidden(summary: EstimatesSummary) -> bool:
    """True where even the size of some domain may not be told."""
    return any(row.sample_size is None for each in summary.tables for row in each.table.rows)


def respondents(summary: EstimatesSummary, domain: Domain) -> int | None:
    """Most respondents of any of the domain's figures; None where that may not be told."""
    sizes = [
        row.sample_size
        for each in summary.tables
        for row in each.table.rows
        if row.domain == domain and row.sample_size
    ]
    return max(sizes) if sizes else None


def card(each: Quantity, domain: Domain, language: str) -> Card:
    """One figure, large, with its interval and n."""
    cell = each.cell(domain)
    level = verdicts.level_words(each.table.level)
    rows: list[tuple[str, str]] = []
    reasons: list[str] = []
    if cell.suppression is None:
        rows.append(
            (say(language, "interval_short", level=level), verdicts.interval_words(cell, each.figures, language))
        )
        rows.append(("n", "" if cell.sample_size is None else figures.count(cell.sample_size)))
        alike = verdicts.all_alike(each.short, cell, each.figures, language)
        reasons += [alike] if alike else []
        reasons += [say(language, "coarse")] if tiers.coarse(cell) else []
        reasons += [say(language, "unreliable")] if cell.unreliable and not tiers.coarse(cell) else []
        end = tiers.coded(cell, each.figures)
        if end is not None:
            reasons.append(say(language, "coded", end=verdicts.with_unit(end, each.figures.unit, language)))
    else:
        reasons.append(verdicts.cause_words(cell, each.table.rule, language, top=not domain))
    return Card(
        name=each.name,
        verdict=None,
        word=say(language, each.statistic.value),
        figure=common.value_words(cell, each.figures),
        unit=verdicts.unit_sign(each.figures.unit, language),
        rows=tuple(rows),
        reasons=tuple(reasons),
    )


def beside(summary: EstimatesSummary, phrase: str, group: Sequence[Quantity], domain: Domain, language: str) -> Block:
    """One variable in this domain and in the others, in the order of the data."""
    others = [each for each in summary.domains if each != domain]
    if len(others) >= BESIDE_MOST:
        others = [each for each in others if not each]
    places = [domain, *others]
    level = verdicts.level_words(group[0].table.level)
    cells = [each.cell(place) for each in group for place in places]
    groups = tuple(
        ComparisonGroup(
            name=each.short,
            verdict=None,
            word="",
            target=None,
            target_label="",
            rows=tuple(comparison_row(each, place, place == domain, language) for place in places),
        )
        for each in group
    )
    unit = verdicts.unit_word(group[0].figures.unit, language)
    return Comparison(
        title=say(language, phrase, variable=group[0].variable),
        unit=say(language, "comparison_unit_plain", level=level, unit=unit),
        heads=(say(language, "estimate"), say(language, "interval_short", level=level), "n"),
        axis=common.axis_of(cells, group[0].figures, ticks=6),
        groups=groups,
        notes=tuple(verdicts.hidden_notes(cells, group[0].table.rule, language)),
    )


def comparison_row(each: Quantity, domain: Domain, own: bool, language: str) -> ComparisonRow:
    cell = each.cell(domain)
    look = Look.OWN if own else Look.CONTEXT if domain else Look.WHOLE
    return ComparisonRow(
        name=domain_name(domain, language),
        range=common.range_of(cell, each.figures, look),
        value=common.value_words(cell, each.figures),
        interval=None if cell.suppression is not None else each.figures.interval(cell),
        n="" if cell.sample_size is None else figures.count(cell.sample_size),
        letter=verdicts.letter(cell),
    )


def overview(summary: EstimatesSummary, phrase: str, group: Sequence[Quantity], language: str) -> Table:
    """All domains down, up to four quantities across, each on one axis."""
    cells = [each.cell(domain) for each in group for domain in summary.domains]
    axis = common.axis_of(cells, group[0].figures, ticks=3 if len(group) > 2 else 6)
    level = verdicts.level_words(group[0].table.level)
    columns = [Column(say(language, "group")), Column("n", ColumnKind.FIGURE)]
    for each in group:
        head = "" if len(group) == 1 and each.category is None else each.short
        columns += [Column(head, ColumnKind.CHART, axis=axis, share=1.0), Column("", ColumnKind.FIGURE)]
        if len(group) <= 2:
            columns.append(Column(say(language, "interval_short", level=level), ColumnKind.INTERVAL))
    rows = [overview_row(group, domain, language) for domain in summary.domains]
    unit = verdicts.unit_word(group[0].figures.unit, language)
    return Table(
        title=say(language, phrase, variable=group[0].variable),
        unit=say(language, "comparison_unit_plain", level=level, unit=unit),
        columns=tuple(columns),
        rows=tuple(rows),
        notes=tuple(verdicts.hidden_notes(cells, group[0].table.rule, language)),
        pitch=5 if len(rows) <= 20 else 4,
    )


def overview_row(group: Sequence[Quantity], domain: Domain, language: str) -> Row:
    whole = not domain
    sizes = [size for each in group if (size := each.cell(domain).sample_size) is not None]
    cells = [Cell(domain_name(domain, language)), Cell(figures.count(max(sizes)) if sizes else "", grey=True)]
    for each in group:
        cell = each.cell(domain)
        look = Look.CONTEXT if whole else Look.OWN
        cells.append(Cell(range=common.range_of(cell, each.figures, look)))
        cells.append(Cell(common.value_words(cell, each.figures), letter=verdicts.letter(cell)))
        if len(group) <= 2:
            hidden = cell.suppression is not None
            cells.append(Cell(interval=None if hidden else each.figures.interval(cell), grey=True))
    return Row(tuple(cells), Tone.STRONG if whole else Tone.PLAIN)


def details(found: Sequence[Quantity], domains: Sequence[Domain], language: str) -> Table:
    """Every figure with its standard error, degrees of freedom, design effect and n."""
    several = len(domains) > 1
    level = verdicts.level_words(found[0].table.level) if found else "95"
    heads = ["standard_error", "degrees_of_freedom", "design_effect", "effective_sample_size"]
    columns = [Column(say(language, "group"))] if several else []
    columns += [
        Column(say(language, "item")),
        Column(say(language, "estimate"), ColumnKind.FIGURE),
        Column(say(language, "interval_short", level=level), ColumnKind.INTERVAL),
        *(Column(say(language, head), ColumnKind.FIGURE) for head in heads),
        Column("n", ColumnKind.FIGURE),
    ]
    rows = []
    for domain in domains:
        for number, each in enumerate(found):
            name = [Cell(domain_name(domain, language) if number == 0 else "", bold=True)] if several else []
            rows.append(Row((*name, *detail_cells(each, domain, language))))
    cells = [each.cell(domain) for each in found for domain in domains]
    rule = found[0].table.rule if found else None
    return Table(
        title=say(language, "details"),
        unit=say(language, "details_unit"),
        columns=tuple(columns),
        rows=tuple(rows),
        notes=(
            *(verdicts.hidden_notes(cells, rule, language) if rule else ()),
            *([say(language, "no_error_alike")] if any(without_error(cell) for cell in cells) else ()),
            *([say(language, "no_error_small")] if any(map(error_untold, cells)) else ()),
        ),
    )


def without_error(cell: PublishableCell) -> bool:
    """True where all answers were alike: their standard error comes out as 0, which is no precision."""
    return cell.suppression is None and cell.all_alike


def error_untold(cell: PublishableCell) -> bool:
    """True where a standard error would tell what whole per cents, or a coded end, keep back."""
    return cell.suppression is None and cell.digits is not None and cell.standard_error is None


def detail_cells(each: Quantity, domain: Domain, language: str) -> tuple[Cell, ...]:
    cell = each.cell(domain)
    label = f"{each.name}{'，' if language == 'zh' else ', '}{say(language, each.statistic.value)}"
    if cell.suppression is not None:
        empty = Cell(figures.NOTHING, grey=True)
        return (
            Cell(label),
            Cell(figures.NOTHING, letter=verdicts.letter(cell)),
            Cell(),
            empty,
            empty,
            empty,
            empty,
            Cell(),
        )
    error = figures.NOTHING
    if cell.standard_error is not None and not without_error(cell):
        percent = each.figures.unit is Unit.PERCENT
        error = (Figures(unit=Unit.PERCENT, decimals=2) if percent else each.figures).number(cell.standard_error)
    return (
        Cell(label),
        Cell(common.value_words(cell, each.figures), letter=verdicts.letter(cell), bold=True),
        Cell(interval=each.figures.interval(cell)),
        Cell(error),
        Cell(whole_number(cell.degrees_of_freedom)),
        Cell(figures.NOTHING if cell.design_effect is None else figures.written(cell.design_effect, 2)),
        Cell(whole_number(cell.effective_sample_size)),
        Cell(whole_number(cell.sample_size)),
    )


def whole_number(value: float | None) -> str:
    return figures.NOTHING if value is None else figures.count(int(value + 1e-9))


def foot(summary: EstimatesSummary, found: Sequence[Quantity], language: str) -> list[Block]:
    """The method of the intervals, the notes of the estimates, the hash."""
    lines = []
    if found:
        method = facts.interval_method(found[0].table.interval_method, language)
        lines.append(say(language, "made_interval", method=method))
    if len(summary.domains) > 1:
        lines.append(say(language, "not_ranked"))
    lines += [note_words(note, language) for note in summary.notes]
    lines.append(f"{say(language, 'data_file')}　{facts.full_check(summary.data_sha256)}")
    lines.append(f"{say(language, 'software')}　{summary.software_version}")
    return [Notes(tuple(lines), ruled=True)]
