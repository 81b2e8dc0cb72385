"""What came of the tests and models that a plan names, as the statistician's page shows it.

As tables of questions: nothing where the figures of the city are hidden or coded for somebody's sake, or where a class
has fewer respondents than the rule asks for so that no answer could be told of one.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

from analysis.association import TestResult
from analysis.disclosure import protect
from analysis.engine.planned_tests import Tested, planned_tests
from analysis.plan import KindOfTest
from analysis.regression import Family, Regression
from questionnaires.text import Text
from reports.wording import groups as group_phrases
from reports.wording import verdicts
from reports.wording.figures import Figures, Unit, joined, written
from survey_service.analyses.closed_questions import closed_variables
from survey_service.analyses.group_words import KINDS, group_name
from survey_service.analyses.plan_words import TESTS
from survey_service.analyses.question_shown import CoefficientLine, CrosstabRow, TestShown
from survey_service.analyses.question_tables import answers_of, guarded, share
from survey_service.analyses.service import CITY_DOMAIN, WaveEstimates, asked
from survey_service.analyses.untested_words import why_untested

_FEW: Final = Text(
    "有一类不足 {least} 人，不列，也不检验。",
    "A class has fewer than {least} respondents: neither listed nor tested.",
)
_LESS: Final = Text("{second}减{first}：", "{second} less {first}: ")
_AGAINST: Final = Text("对照：{groups}。", " Held against: {groups}.")
_NO_CITY: Final = Text(
    "本期全市的指标为保护受访人没有照印，检验也不列。",
    "Figures of the city are hidden or coded for somebody's sake, so no test is listed.",
)
_ODDS: Final = Text("优势比", "odds ratio")


def results(estimates: WaveEstimates) -> tuple[TestShown, ...]:
    """In the order of the plan."""
    wave, margins = estimates.cases, estimates.weights.calibrated
    found = planned_tests(
        wave.columns,
        [answers_of(estimates, one) for one in closed_variables(wave.questionnaire)],
        estimates.weights.final,
        None if margins is None else margins.calibration,
        asked(estimates.indicators, wave.questionnaire),
        estimates.plan,
    )
    return tuple(_Shown(estimates, one).shown() for one in found)


class _Shown:
    def __init__(self, estimates: WaveEstimates, found: Tested) -> None:
        self.estimates, self.found, self.planned = estimates, found, found.planned
        variables = closed_variables(estimates.cases.questionnaire)
        self.closed = {one.name: one for one in variables}
        self.indicators = {one.id: one for one in estimates.indicators}

    def shown(self) -> TestShown:
        kind, by = TESTS[self.planned.kind], [self._variable(one) for one in self.planned.by]
        named = self.planned.kind is not KindOfTest.CROSSTAB and self.planned.outcome in self.indicators
        outcome = self.indicators[self.planned.outcome].name if named else self._variable(self.planned.outcome)
        english = ", ".join(one.in_language("en") for one in by)
        title = Text(
            f"{kind.zh}：{outcome.zh}，按{'、'.join(one.zh for one in by)}",
            f"{kind.in_language('en')}: {outcome.in_language('en')} by {english}",
        )
        least = self.estimates.plan.rule.group_disclosure_below
        if self.found.problem is not None:
            problem = self.found.problem
            return TestShown(title=title, said=why_untested(problem, self._named(problem.column)))
        if not guarded(self.estimates, CITY_DOMAIN):
            return TestShown(title=title, said=_NO_CITY)
        if self.found.smallest < least:
            return TestShown(title=title, said=_filled(_FEW, least=least))
        if self.found.regression is not None:
            return self._model(title, self.found.regression)
        assert self.found.test is not None
        return TestShown(title=title, said=self._test(self.found.test), rows=self._crosstab())

    def _variable(self, name: str) -> Text:
        return KINDS[name] if name in KINDS else self.closed[name].short if name in self.closed else Text(name, name)

    def _named(self, column: str) -> Text:
        """What the library calls by a name, or several between commas."""
        names = [self._of(one) for one in column.split(", ")]
        return Text("、".join(one.zh for one in names), ", ".join(one.in_language("en") for one in names))

    def _of(self, name: str) -> Text:
        return self.indicators[name].name if name in self.indicators else self._variable(name)

    def _label(self, by: str, label: str) -> Text:
        if by in KINDS:
            return group_name(by, label, self.estimates.cases.questionnaire)
        return next(one.label for one in self.closed[by].options if one.code == label)

    def _figures(self) -> Figures:
        indicator = self.indicators[self.planned.outcome]
        unit = verdicts.unit_of(indicator)
        return Figures(unit=Unit.PERCENTAGE_POINTS if unit is Unit.PERCENT else unit)

    def _test(self, test: TestResult) -> Text:
        freedom = test.denominator_degrees_of_freedom or 0.0
        if self.planned.kind is KindOfTest.CROSSTAB:
            above = test.numerator_degrees_of_freedom or 0.0
            head = f"F({above:.2f}, {freedom:.1f}) = {test.statistic:.2f}"
            return _said(lambda language: _with_chance(head, test.p_value, language))
        figures = self._figures()
        head = f"{_number(test.estimate, figures)}（{_interval(test.low, test.high, figures)}）"
        plain = head.replace("（", " (").replace("）", ")")
        tail = f"t({freedom:.0f}) = {test.statistic:.2f}"
        less = self._less() if self.planned.kind is KindOfTest.DIFFERENCE else Text("", "")
        return Text(
            f"{less.zh}{head}{verdicts.unit_sign(figures.unit, 'zh')}，{_with_chance(tail, test.p_value, 'zh')}",
            f"{less.en}{plain} {verdicts.unit_sign(figures.unit, 'en')}, {_with_chance(tail, test.p_value, 'en')}",
        )

    def _less(self) -> Text:
        """Which group is taken off which."""
        by = self.planned.by[0]
        first, second = (self._label(by, one) for one in self.found.labels[0])
        return _both(_LESS, first=first, second=second)

    def _references(self) -> Text:
        """Of every classification the group that coefficients are held against."""
        groups = [self._predictor(f"{by}={own[0]}") for by, own in zip(self.planned.by, self.found.labels, strict=True)]
        listed = Text("；".join(one.zh for one in groups), "; ".join(one.in_language("en") for one in groups))
        return _both(_AGAINST, groups=listed)

    def _crosstab(self) -> tuple[CrosstabRow, ...]:
        if self.found.shares is None:
            return ()
        question = self.closed[self.planned.outcome]
        table = protect(self.found.shares, rule=self.estimates.plan.rule)
        return tuple(
            CrosstabRow(
                self._label(*row.domain[0]),
                tuple(
                    share(option.code, option.label, row.cell(self.planned.outcome, option.code))
                    for option in question.options
                ),
            )
            for row in table.rows
        )

    def _model(self, title: Text, model: Regression) -> TestShown:
        odds = model.family is Family.LOGISTIC
        figures = Figures(unit=Unit.PLAIN) if odds else self._figures()
        change: Callable[[float], float] = math.exp if odds else float
        lines = tuple(
            CoefficientLine(
                self._predictor(one.name),
                _number(change(one.value), figures),
                _interval(change(one.low), change(one.high), figures),
                group_phrases.chance(one.p_value, "en"),
            )
            for one in model.coefficients[1:]
        )
        against = self._references()
        size, freedom = f"{model.sample_size:,}", model.degrees_of_freedom
        said = Text(
            f"{size} 人，自由度 {freedom}。{against.zh}关联不是因果。",
            f"{size} respondents, {freedom} degrees of freedom.{against.en} Association, not cause.",
        )
        unit = Text(verdicts.unit_sign(figures.unit, "zh"), verdicts.unit_sign(figures.unit, "en"))
        return TestShown(title=title, said=said, coefficients=lines, of_coefficients=_ODDS if odds else unit)

    def _predictor(self, name: str) -> Text:
        by, _, label = name.partition("=")
        variable, own = self._variable(by), self._label(by, label)
        return Text(f"{variable.zh}：{own.zh}", f"{variable.in_language('en')}: {own.in_language('en')}")


def _number(value: float | None, figures: Figures) -> str:
    return written((value or 0.0) * figures.unit.factor, 2 if figures.unit is Unit.PLAIN else 1)


def _interval(low: float | None, high: float | None, figures: Figures) -> str:
    return joined(_number(low, figures), _number(high, figures))


def _with_chance(head: str, p_value: float, language: str) -> str:
    return f"{head}{'，' if language == 'zh' else ', '}{group_phrases.chance(p_value, language)}"


def _said(words: Callable[[str], str]) -> Text:
    return Text(words("zh"), words("en"))


def _both(words: Text, **named: Text) -> Text:
    return Text(
        words.zh.format(**{name: one.zh for name, one in named.items()}),
        words.in_language("en").format(**{name: one.in_language("en") for name, one in named.items()}),
    )


def _filled(words: Text, **values: object) -> Text:
    return Text(words.zh.format(**values), words.in_language("en").format(**values))
