"""A summary as whoever checks its sheet sees it: cells by area and indicator, and what kind each of them is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from analysis.results import PublishableCell, PublishableTable, Suppression, Tier, Verdict
from questionnaires.indicators import Indicator, Sense
from questionnaires.text import Text
from reports.blocks import Card, Comparison, ComparisonGroup, Row, Table
from reports.content import AreaSummary, CommunitySummary, Place, Sample, SectorSummary
from reports.story.brief import Mend, MendItem
from tests.spec.reports.recomputed import figures

Summary = CommunitySummary | AreaSummary
SECOND = ".second"
KINDS = {"zh": ("本社区", "街道（镇）", "全市"), "en": ("Community", "Street", "City")}
"""How the sheet of a community calls itself and the areas above, where names are too long."""
_PLURAL = re.compile(r"\{(\w+):([^|{}]*)\|([^{}]*)\}")


def fill(text: str, values: Mapping[str, object]) -> str:
    """A phrase with its values; one of two words by the number before it."""

    def chosen(found: re.Match[str]) -> str:
        name, one, more = found.groups()
        return one if str(values[name]) in ("1", "one") else more

    return re.sub(r"\{(\w+)\}", lambda found: str(values[found[1]]), _PLURAL.sub(chosen, text))


@dataclass(frozen=True)
class Sheet:
    summary: Summary
    language: str

    def with_table(self, table: PublishableTable) -> Sheet:
        """The same sheet of another table."""
        return Sheet(replace(self.summary, table=table), self.language)

    def said(self, text: Text) -> str:
        return text.zh if self.language == "zh" or not text.en else text.en

    @property
    def chinese(self) -> bool:
        return self.language == "zh"

    def small(self, name: str) -> str:
        """A name inside a sentence."""
        return name if self.chinese or not name[1:2].islower() else name[0].lower() + name[1:]

    def listed(self, names: Sequence[str]) -> str:
        if self.chinese:
            return "、".join(names)
        return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)

    @cached_property
    def given_words(self) -> list[str]:
        """What others wrote: of the method, what an indicator means, residents. The longest first."""
        method = self.summary.method
        words = [method.population, method.frame, method.selection, method.weighting, method.variance]
        words += [one.definition for one in self.summary.indicators]
        every = {self.said(one).rstrip("。.") for one in words}
        every |= {quote.text for one in self.summary.remarks for quote in one.quotes}
        return sorted((one for one in every if one), key=len, reverse=True)

    # ------------------------------------------------------------------ areas

    @property
    def place(self) -> Place:
        return self.summary.place

    @property
    def is_sector(self) -> bool:
        return isinstance(self.summary, SectorSummary)

    @property
    def with_rows(self) -> list[Place]:
        """Of a sector: the areas that its sheet has figures of. A single street is the city."""
        return [self.summary.city, *(self.streets if len(self.streets) > 1 else ())]

    @property
    def is_city(self) -> bool:
        return self.place.domain == self.summary.city.domain

    @cached_property
    def communities(self) -> list[Place]:
        """On the sheet of a community, none, and none on that of a sector."""
        summary = self.summary
        if isinstance(summary, CommunitySummary | SectorSummary):
            return []
        return [one for _, inside in summary.streets for one in inside]

    @cached_property
    def nothing_own(self) -> bool:
        """Whether the sheet has not one figure of its own area."""
        return all(self.cell(one).suppression is not None for one in self.summary.indicators)

    @property
    def speaks_of(self) -> Place:
        """Whose verdicts and changes its sentences tell: of a community that has nothing of its own, the street's."""
        summary = self.summary
        return summary.street if isinstance(summary, CommunitySummary) and self.nothing_own else self.place

    @cached_property
    def streets(self) -> list[Place]:
        return (
            [self.summary.street]
            if isinstance(self.summary, CommunitySummary)
            else [street for street, _ in self.summary.streets]
        )

    @cached_property
    def above(self) -> list[Place]:
        """What holds this area too, the nearest first."""
        if isinstance(self.summary, CommunitySummary):
            return [self.summary.street, self.summary.city]
        return [] if self.is_city else [self.summary.city]

    @cached_property
    def places(self) -> dict[str, Place]:
        """By name."""
        every = [self.place, *self.above, *self.streets, *self.communities, self.summary.city]
        found = {self.said(one.name): one for one in every}
        if isinstance(self.summary, CommunitySummary):
            found |= {self.said(one.name): one for one in self.summary.age_groups}
            found |= dict(zip(KINDS[self.language], (self.place, *self.above), strict=True))
        if isinstance(self.summary, SectorSummary):
            told = self.summary.groups
            groups = () if told is None else told.groups
            found |= {self.said(one.name): Place(code="", name=one.name, domain=one.domain) for one in groups}
        return found

    def called(self, place: Place) -> list[str]:
        """By name, and by its kind where that stands instead of a long name."""
        return [name for name, one in self.places.items() if one == place]

    @property
    def sample(self) -> Sample | None:
        summary = self.summary
        return summary.sample if isinstance(summary, CommunitySummary) else summary.samples.get(self.place.code)

    @cached_property
    def rate(self) -> float | None:
        """Of response; or what completed of those sampled, where of nobody else is known why."""
        sample = self.sample
        if sample is None:
            return None
        if sample.outcomes_recorded:
            return sample.rates.rr3
        return sample.rates.completed / sample.rates.sampled if sample.rates.sampled else None

    # ------------------------------------------------------------------ indicators

    @cached_property
    def by_id(self) -> dict[str, Indicator]:
        return {one.id: one for one in self.summary.indicators}

    @cached_property
    def by_name(self) -> dict[str, Indicator]:
        return {self.said(one.name): one for one in self.summary.indicators}

    @cached_property
    def headlines(self) -> list[Indicator]:
        own = [one for one in self.summary.indicators if not one.id.endswith(SECOND)]
        marked = [one for one in own if one.headline]
        return marked or [one for one in own if one.group is None] or own

    @cached_property
    def items(self) -> list[Indicator]:
        return [one for one in self.summary.indicators if one.group is not None and not one.headline]

    @cached_property
    def targets(self) -> list[Indicator]:
        """Headlines that have one."""
        return [one for one in self.headlines if one.target is not None]

    @cached_property
    def tiled(self) -> tuple[Indicator, bool]:
        """Of what the tiles are: what most communities missed; and whether that is one alone."""
        missed = {
            one.id: sum(self.verdict(one, place) is Verdict.NOT_REACHED for place in self.communities)
            for one in self.targets
        }
        most = [one for one in self.targets if missed[one.id] == max(missed.values())]
        return most[0], len(most) == 1 < len(self.targets)

    def alike(self, one: Indicator) -> list[Indicator]:
        """All items that are measured as this one is, and bad in the same direction."""
        return [each for each in self.items if self.kind(each) == self.kind(one)]

    def kind(self, one: Indicator) -> tuple[object, ...]:
        unit = figures.unit_of(one)
        scale = None if unit == figures.PERCENT else self.cell(one).scale
        return unit, scale, down(one)

    # ------------------------------------------------------------------ cells

    @cached_property
    def _cells(self) -> dict[tuple[object, str], PublishableCell]:
        return {(row.domain, cell.variable): cell for row in self.summary.table.rows for cell in row.cells}

    def cell(self, one: Indicator, place: Place | None = None) -> PublishableCell:
        """Of the sheet's own area, or of another; one that is hidden where the table has none."""
        return self.named(one.id, place)

    def named(self, variable: str, place: Place | None = None) -> PublishableCell:
        found = self._cells.get(((place or self.place).domain, variable))
        if found is not None:
            return found
        elsewhere = (one.scale for one in self._cells.values() if one.variable == variable and one.suppression is None)
        return PublishableCell(variable=variable, suppression=Suppression.NOT_ESTIMABLE, scale=next(elsewhere, None))

    def verdict(self, one: Indicator, place: Place | None = None) -> Verdict | None:
        """By the printed limits; what is hidden is not judged, nor what has no target."""
        if one.target is None:
            return None
        cell = self.cell(one, place)
        if cell.suppression is not None or cell.low is None or cell.high is None:
            return Verdict.NOT_PUBLISHED
        target = one.target.value
        most = one.target.sense is Sense.AT_MOST
        reached = cell.high <= target if most else cell.low >= target
        missed = cell.low > target if most else cell.high < target
        if reached or missed:
            return Verdict.REACHED if reached else Verdict.NOT_REACHED
        # That no result could have reached it does not follow from the limits: the analysis says so.
        return Verdict.CANNOT_REACH if cell.verdict is Verdict.CANNOT_REACH else Verdict.CANNOT_TELL

    def firm(self, one: Indicator, place: Place | None = None) -> bool:
        cell = self.cell(one, place)
        return cell.suppression is None and cell.value is not None and cell.coded is None and cell.tier is Tier.SHOWN

    def value(self, one: Indicator, place: Place | None = None) -> str:
        return figures.value(one, self.cell(one, place))

    def with_unit(self, one: Indicator, place: Place | None = None) -> str:
        return figures.with_unit(self.value(one, place), figures.unit_of(one), self.language)

    def interval(self, one: Indicator, place: Place | None = None) -> str:
        return figures.interval(*figures.limits(one, self.cell(one, place)))

    @property
    def level(self) -> str:
        return figures.number(figures.exact(self.summary.table.level, figures.PERCENT).normalize(), 0)

    # ------------------------------------------------------------------ waves

    @cached_property
    def waves(self) -> list[str]:
        trend = self.summary.trend
        return [] if trend is None else [self.said(one) for one in trend.waves]

    def then(self, one: Indicator, wave: str) -> PublishableCell | None:
        """The figure of the sheet's own area as that wave printed it; None where nobody asked for it."""
        trend = self.summary.trend
        told = [] if trend is None else [each for each in trend.told if each.variable == one.id]
        return told[0].points[self.waves.index(wave)].cell(one.id) if told else None

    def instead(self, one: Indicator) -> Place | None:
        """Whose figure stands for one under the mark that tells no reason."""
        if self.cell(one).suppression is not Suppression.NOT_PUBLISHED:
            return None
        return next((place for place in self.above if self.cell(one, place).suppression is None), None)


def down(one: Indicator) -> bool:
    """Whether a high figure is the bad one."""
    return one.target is not None and one.target.sense is Sense.AT_MOST


@dataclass(frozen=True)
class Where:
    """A text and what it stands in, from the outermost block to the innermost."""

    inside: tuple[object, ...]
    text: str

    def nearest(self, kind: type) -> object | None:
        return next((one for one in reversed(self.inside) if isinstance(one, kind)), None)

    @property
    def table(self) -> Table | None:
        found = self.nearest(Table)
        return found if isinstance(found, Table) else None

    @property
    def row(self) -> Row | None:
        found = self.nearest(Row)
        return found if isinstance(found, Row) else None

    @property
    def label(self) -> str:
        """The name of the card, group or row."""
        for one in reversed(self.inside):
            if isinstance(one, (Card, ComparisonGroup, MendItem)):
                return one.name
            if isinstance(one, Row):
                return one.cells[0].text
        return ""

    def indicator(self, sheet: Sheet) -> Indicator | None:
        return sheet.by_name.get(self.label)

    def figures(self, sheet: Sheet) -> list[tuple[Indicator, PublishableCell]]:
        """Those that the table or the chart shows; on a card or in a row, that one."""
        one, chart = self.indicator(sheet), self.nearest(Comparison)
        if one is not None:
            return [(one, sheet.cell(one))]
        if self.table is not None:
            return list(of_table(self.table, sheet))
        if isinstance(chart, Comparison):
            shown = [(sheet.by_name[group.name], row.name) for group in chart.groups for row in group.rows]
            return [(one, sheet.cell(one, sheet.places[name])) for one, name in shown]
        return []

    def items(self, sheet: Sheet) -> list[Indicator]:
        """Those that are rows or columns of the table, or what a first page says to mend, in their order."""
        table, mend = self.table, self.nearest(Mend)
        if isinstance(mend, Mend):
            return named(sheet, [one.name for one in mend.items])
        if table is None:
            return []
        rows = [row.cells[0].text for row in table.rows]
        found = named(sheet, rows)
        return found or named(sheet, [column.head for column in table.columns])


def of_table(table: Table, sheet: Sheet) -> Iterator[tuple[Indicator, PublishableCell]]:
    places = [sheet.places[column.head] for column in table.columns if column.head in sheet.places]
    if "n" in (column.head for column in table.columns) or len(places) < 3:  # others stand beside the area's own
        places = [sheet.place, *places]
    heads = named(sheet, (column.head for column in table.columns))
    for row in table.rows:
        label = row.cells[0].text
        if label in sheet.by_name:
            yield from ((sheet.by_name[label], sheet.cell(sheet.by_name[label], place)) for place in places)
        elif label in sheet.places:
            yield from ((one, sheet.cell(one, sheet.places[label])) for one in heads)
        elif label in sheet.waves:
            yield from ((one, cell) for one in heads if (cell := sheet.then(one, label)) is not None)


def named(sheet: Sheet, names: Iterable[str]) -> list[Indicator]:
    return [sheet.by_name[name] for name in names if name in sheet.by_name]
