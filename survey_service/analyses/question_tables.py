"""Every closed question of a wave as a table of weighted shares, for the city and where it may be for its streets.

These tables stand beside the published ones and never in their gate, so they may tell nothing that the gate would have
to weigh against them: no table where the figures of the wave hide or code anything at that level for somebody's sake,
and none of a level at which any base is so small that an answer could be coded or hidden.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP
from typing import Final

import numpy as np

from analysis.disclosure import protect
from analysis.engine.distributions import Answers, Named, distributions
from analysis.estimation.table import EstimateTable
from analysis.plan import AnalysisPlan, Level
from analysis.results import Domain, Estimates, PublishableCell, PublishableTable
from questionnaires.model import Missing
from questionnaires.text import Text
from reports.story.common import value_words
from reports.wording import figures as column
from reports.wording import tiers, verdicts
from survey_service.analyses.area_names import AreaName
from survey_service.analyses.closed_questions import ClosedVariable, chosen, closed_variables, missing
from survey_service.analyses.question_shown import QuestionArea, QuestionTable, QuestionTables, Share
from survey_service.analyses.service import CITY_DOMAIN, OWN_CAUSE, STREET, WaveEstimates, street_domain

_WRITTEN: Final = column.Figures(unit=column.Unit.PERCENT)
WHY_MISSING: Final[Mapping[Missing, Text]] = {
    Missing.NOT_ASKED: Text("没有问到", "not asked"),
    Missing.NO_ANSWER: Text("没有答", "no answer"),
    Missing.REFUSED: Text("不愿答", "refused"),
    Missing.DONT_KNOW: Text("说不清", "cannot say"),
    Missing.ILLEGIBLE: Text("看不清", "illegible"),
}
_FEW: Final = Text(
    "有的街道回答这一题的不足 {least} 人，各街道都不列：列了就能和别的表对着推算。",
    "In some streets fewer than {least} answered, so none is listed: beside other tables it could be solved for.",
)
_HIDDEN: Final = Text(
    "本期指标表里有街道的数字为保护受访人没有照印，各街道的答案就不列。",
    "Figures of some street are hidden or coded for somebody's sake, so no street's answers are listed.",
)
_NOT_THE_CITY: Final = Text(
    "本期全市的指标为保护受访人没有照印，各题的分布不列。",
    "Figures of the city are hidden or coded for somebody's sake, so no distribution is listed.",
)


def question_tables(estimates: WaveEstimates, only: Sequence[str] = ()) -> QuestionTables:
    """Of every closed question, or of the variables in ``only``: one pass over the rows for all of them."""
    wave, level = estimates.cases, estimates.table.level
    variables = [one for one in closed_variables(wave.questionnaire) if not only or one.name in only]
    if not guarded(estimates, CITY_DOMAIN) or not variables:
        return QuestionTables(tables=(), level=level, notes=(_NOT_THE_CITY,) if variables else ())
    streets = [street for street, _ in wave.streets]
    whole = all(guarded(estimates, street_domain(street.code)) for street in streets)
    found, named = _distributions(estimates, variables, with_streets=whole)
    few = _too_few(found, named, variables, streets, estimates.plan) if whole else {one.name for one in variables}
    table = _gated(estimates, found, named, few)
    cells = {
        (row.domain, named[cell.variable].question, named[cell.variable].option or cell.category): cell
        for row in table.rows
        for cell in row.cells
    }
    least = estimates.plan.rule.group_disclosure_below
    why = Text(_FEW.zh.format(least=least), _FEW.in_language("en").format(least=least))
    return QuestionTables(
        level=level,
        tables=tuple(
            QuestionTable(
                variable=one.name,
                text=one.text,
                of=one.question.text if one.question.items else None,
                several=one.several,
                missing=_missing(estimates, one),
                areas=tuple(_areas(one, wave.city, () if one.name in few else streets, cells)),
                without_streets=(why if whole else _HIDDEN) if one.name in few and len(streets) > 1 else None,
            )
            for one in variables
        ),
    )


def guarded(estimates: WaveEstimates, domain: Domain) -> bool:
    """Whether nothing of a domain's figures is hidden or coded for anybody's sake."""
    cells = [cell for row in estimates.table.rows if row.domain == domain for cell in row.cells]
    return all(
        cell.coded is None
        and (
            cell.suppression is None
            or estimates.reasons.get((domain, (cell.variable, cell.category)), cell.suppression) in OWN_CAUSE
        )
        for cell in cells
    )


def answers_of(estimates: WaveEstimates, one: ClosedVariable) -> Answers:
    given = estimates.cases.closed[one.name]
    return Answers(
        id=one.name,
        options=tuple(option.code for option in one.options),
        code=given.codes,
        answers=tuple(map(chosen, given.names)),
        several=one.several,
    )


def _distributions(
    estimates: WaveEstimates, variables: Sequence[ClosedVariable], *, with_streets: bool
) -> tuple[dict[Level, EstimateTable], dict[str, Named]]:
    margins = estimates.weights.calibrated
    return distributions(
        estimates.cases.columns,
        [answers_of(estimates, one) for one in variables],
        estimates.weights.final,
        None if margins is None else margins.calibration,
        estimates.plan,
        (Level.CITY, Level.STREET) if with_streets else (Level.CITY,),
    )


def _too_few(
    found: Mapping[Level, EstimateTable],
    named: Mapping[str, Named],
    variables: Sequence[ClosedVariable],
    streets: Sequence[AreaName],
    plan: AnalysisPlan,
) -> set[str]:
    """Questions of which a street has too small a base, or none at all; all where the city has one street."""
    table = found[Level.STREET]
    if len(table.domains) < max(len(streets), 2):
        return {one.name for one in variables}
    smallest = table.figures.sample_size.min(axis=1)
    return {
        named[quantity.variable].question
        for quantity, size in zip(table.quantities, smallest, strict=True)
        if size < plan.rule.group_disclosure_below
    }


def _gated(
    estimates: WaveEstimates, found: Mapping[Level, EstimateTable], named: Mapping[str, Named], few: set[str]
) -> PublishableTable:
    city = found[Level.CITY].estimates()
    parts: list[Estimates] = [city]
    if Level.STREET in found:
        streets = found[Level.STREET].estimates()
        kept = tuple(one for one in streets.estimates if named[one.variable].question not in few)
        parts.append(replace(streets, estimates=kept))
    hierarchy: dict[Domain, Domain] = {((STREET, name),): () for name in estimates.cases.columns.streets}
    return protect(*parts, rule=estimates.plan.rule, hierarchy=hierarchy)


def _missing(estimates: WaveEstimates, one: ClosedVariable) -> tuple[tuple[Text, int], ...]:
    """Counted and not weighted."""
    given = estimates.cases.closed[one.name]
    counts = np.bincount(np.asarray(given.codes, dtype=np.int64), minlength=len(given.names))
    why: Counter[Missing] = Counter()
    for name, count in zip(given.names, counts, strict=True):
        reason = missing(name)
        if reason is not None:
            why[reason] += int(count)
    return tuple((words, why[reason]) for reason, words in WHY_MISSING.items() if why[reason])


Cells = Mapping[tuple[Domain, str, str | None], PublishableCell]


def _areas(one: ClosedVariable, city: AreaName, streets: Sequence[AreaName], cells: Cells) -> list[QuestionArea]:
    places: list[tuple[str, AreaName, Domain]] = [("city", city, CITY_DOMAIN)]
    places += [("street", street, street_domain(street.code)) for street in streets]
    return [
        QuestionArea(
            level=level,
            code=area.code,
            name=Text(area.name_zh, area.name_en),
            respondents=max((cell.sample_size or 0 for cell in _of(one, domain, cells)), default=0),
            shares=tuple(
                share(option.code, option.label, cell)
                for option, cell in zip(one.options, _of(one, domain, cells), strict=True)
            ),
        )
        for level, area, domain in places
    ]


def _of(one: ClosedVariable, domain: Domain, cells: Cells) -> list[PublishableCell]:
    return [cells[domain, one.name, option.code] for option in one.options]


def share(option: str, name: Text, cell: PublishableCell) -> Share:
    told = cell.suppression is None
    by_end = told and (tiers.coded(cell, _WRITTEN) or verdicts.all_alike_short(cell, _WRITTEN)) is not None
    here = _WRITTEN.of(cell)
    return Share(
        option=option,
        name=name,
        printed=value_words(cell, _WRITTEN),
        interval=column.joined(*_WRITTEN.interval(cell)) if told else "",
        value=_number(here, cell.value, ROUND_HALF_UP) if told and not by_end else None,
        low=_number(here, cell.low, ROUND_FLOOR) if told else None,
        high=_number(here, cell.high, ROUND_CEILING) if told else None,
        decimals=here.decimals,
        mark="hidden"
        if not told
        else "end"
        if by_end
        else "coarse"
        if tiers.coarse(cell) or cell.unreliable
        else "shown",
    )


def _number(here: column.Figures, value: float | None, rounding: str) -> float | None:
    """The printed number as a number."""
    if value is None:
        return None
    return float(here.number(value, rounding).replace(",", "").replace(column.MINUS, "-"))
