"""Rules for indicators: what they count exists, and the figure that comes out can mean something."""

from __future__ import annotations

from questionnaires.builders import Building
from questionnaires.fields import Notes
from questionnaires.indicators import (
    TOTALS,
    WITH_SECOND_BASE,
    DontKnow,
    Indicator,
    IndicatorKind,
    SecondBase,
    Unranked,
)
from questionnaires.kinds import kind_of
from questionnaires.kinds.kind import VariableType
from questionnaires.model import Missing, Question, Questionnaire
from questionnaires.places import Places
from questionnaires.problems import Code, did_you_mean
from questionnaires.variables import Variables

_FIELDS_OF_KIND = {
    IndicatorKind.PROPORTION: ("numerator",),
    IndicatorKind.MEAN_SCORE: ("scores",),
    IndicatorKind.NET: ("numerator", "against"),
    IndicatorKind.INDEX: ("parts",),
    IndicatorKind.SHARE_CORRECT: ("correct",),
    IndicatorKind.SHARE_PASSING: ("correct", "pass_at"),
    IndicatorKind.RATIO: ("numerator_total", "denominator_total"),
    IndicatorKind.SHARE_OF_TOTAL: ("numerator_total", "denominator_total"),
    IndicatorKind.MEAN_RANK: ("option",),
}
_SPECIFIC = (
    *("numerator", "numerator_if", "against", "correct", "pass_at", "scores", "parts"),
    *("numerator_total", "denominator_total", "option"),
)


def check_indicators(questionnaire: Questionnaire, places: Places, building: Building, variables: Variables) -> None:
    """Adds every problem of the indicators to the notes of ``building``."""
    notes = building.notes
    for row, indicator in enumerate(questionnaire.indicators):
        if indicator.id in building.broken_indicators:
            continue
        check_indicator(questionnaire, indicator, ("indicators", row), places, notes, variables)
    _cycles(questionnaire, places, notes)


def check_indicator(
    questionnaire: Questionnaire,
    indicator: Indicator,
    path: tuple[str | int, ...],
    places: Places,
    notes: Notes,
    variables: Variables,
) -> None:
    """Adds every problem of one indicator, which stands at ``path``."""
    _Judge(indicator, path, places, notes, variables).judge(questionnaire)


class _Judge:
    def __init__(
        self, indicator: Indicator, path: tuple[str | int, ...], places: Places, notes: Notes, variables: Variables
    ) -> None:
        self._indicator = indicator
        self._path = path
        self._places = places
        self._notes = notes
        self._variables = variables
        self._owner = f'indicator "{indicator.id}"'

    def _add(self, code: Code, field: str | tuple[str | int, ...], message: str, hint: str = "") -> None:
        steps = field if isinstance(field, tuple) else (field,)
        self._notes.add(code, self._places.at(*self._path, *steps), f"{self._owner} {message}", hint)

    def judge(self, questionnaire: Questionnaire) -> None:
        self._fields()
        known = [name for name in self._indicator.variables if self._known(name)]
        self._codes(known)
        self._ranks(known)
        if self._indicator.kind is IndicatorKind.MEAN_SCORE:
            self._scores(known)
        if self._indicator.numerator_if is not None:
            self._by_condition()
        if self._indicator.pass_at is not None and self._indicator.pass_at > len(self._indicator.variables) > 0:
            hint = f"from 1 to {len(self._indicator.variables)}"
            self._add(Code.OUT_OF_LIMITS, "pass_at", f"passes with {self._indicator.pass_at} right answers", hint)
        if self._indicator.kind is IndicatorKind.INDEX:
            self._parts(questionnaire)
        if self._indicator.kind in TOTALS:
            self._totals(known)
        if self._indicator.kind is IndicatorKind.MEAN_RANK:
            self._mean_rank(known)
        if self._indicator.second_base is not None:
            self._beside(self._indicator.second_base, known)
        self._optional()
        self._target(known)

    def _fields(self) -> None:
        one = self._indicator
        wanted: tuple[str, ...] = _FIELDS_OF_KIND[one.kind]
        if one.kind is IndicatorKind.PROPORTION and one.numerator_if is not None:
            wanted = ("numerator_if",)  # in place of codes
        for field in _SPECIFIC:
            if getattr(one, field) and field not in wanted:
                self._add(Code.NOT_FOR_KIND, field, f'has "{field}"', f"a {one.kind} has: {', '.join(wanted)}")
            if not getattr(one, field) and field in wanted and not self._is_plain_mean(field):
                self._add(Code.NOT_FOR_KIND, field, f'has no "{field}"', f"a {one.kind} needs it")
        if one.kind is IndicatorKind.INDEX:
            if one.variables:
                self._add(Code.NOT_FOR_KIND, "variables", 'has "variables"', "an index is made of other indicators")
        elif not one.variables:
            self._add(Code.NOT_FOR_KIND, "variables", 'has no "variables"', "name the questions that it counts")
        both = sorted(set(one.numerator) & (set(one.against) | set(one.excluded)))
        if both:
            field = "against" if set(both) & set(one.against) else "excluded"
            self._add(Code.OVERLAP, field, f"counts the code {', '.join(both)} twice", "a code is counted in one way")

    def _by_condition(self) -> None:
        """What the figure stands on are the questions that the condition names, and no others."""
        one = self._indicator
        assert one.numerator_if is not None
        if set(one.variables) != set(one.numerator_if.variables()):
            hint = "the condition names its questions; leave it out"
            self._add(Code.NOT_FOR_KIND, "variables", 'has "variables" beside "numerator_if"', hint)
        if one.excluded:
            hint = "write it into the base"
            self._add(Code.NOT_FOR_KIND, "excluded", 'has "excluded" beside "numerator_if"', hint)

    def _is_plain_mean(self, field: str) -> bool:
        """The mean of a number needs no scores."""
        questions = [self._variables.questions.get(name) for name in self._indicator.variables]
        return field == "scores" and any(
            one is None or kind_of(one).variable is VariableType.NUMBER for one in questions
        )

    def _known(self, name: str) -> bool:
        if self._indicator.numerator_if is not None and name in self._indicator.numerator_if.variables():
            return False  # judged as a condition
        if self._variables.is_broken(name):
            return False
        if name in self._variables.questions:
            return True
        hint = self._variables.hint(name)
        field = "correct" if name in self._indicator.correct else "variables"
        self._add(Code.INDICATOR_UNKNOWN, field, f'counts "{name}", which does not exist', hint)
        return False

    def _codes(self, known: list[str]) -> None:
        one = self._indicator
        for name in known:
            codes = self._variables.codes(name)
            named = [("numerator", one.numerator), ("against", one.against), ("excluded", one.excluded)]
            named += [("scores", tuple(one.scores)), ("correct", one.correct.get(name, ()))]
            if "correct" in _FIELDS_OF_KIND[one.kind] and one.correct and name not in one.correct:
                self._add(Code.INDICATOR_CODE, "correct", f'has no right answer for "{name}"', "add its codes")
            for field, listed in named:
                for code in listed:
                    if code and code not in codes and name not in self._variables.open:
                        hint = f"its codes: {', '.join(codes)}" if codes else "it has no codes"
                        self._add(Code.INDICATOR_CODE, field, f'counts the code "{code}" of "{name}"', hint)
            self._never_counted(name)

    def _never_counted(self, name: str) -> None:
        """Don't know and refused are no values: a share of them would be 0 for ever, and nobody would know why."""
        one, question = self._indicator, self._variables.questions[name]
        for field, listed in (
            ("numerator", one.numerator),
            ("against", one.against),
            ("correct", one.correct.get(name, ())),
        ):
            for option in question.options:
                if option.code in listed and option.missing is not None:
                    several = kind_of(question).several
                    condition = f'"{option.code}" in {name}' if several else f'{name} == "{option.code}"'
                    message = f'counts the code "{option.code}" of "{name}", which means {option.missing}'
                    hint = f"such an answer is no value; write numerator_if: {condition}"
                    self._add(Code.NEVER_COUNTS, field, message, hint)

    def _ranks(self, known: list[str]) -> None:
        one = self._indicator
        for name in known:
            ordered = kind_of(self._variables.questions[name]).ordered
            if one.within is not None and not ordered:
                message = f'has within, and "{name}" is no ranking'
                self._add(Code.NOT_FOR_KIND, "within", message, "count ranks of a ranking only")
            if ordered and one.correct:
                message = f'judges "{name}", which is a ranking'
                self._add(Code.NOT_FOR_KIND, "correct", message, "count it with proportion and within")

    def _optional(self) -> None:
        """Fields that one kind alone may have, and need not; and those that say nothing of a kind."""
        one = self._indicator
        if one.kind is IndicatorKind.MEAN_RANK:
            for field in ("within", "excluded"):
                if getattr(one, field):
                    hint = "every rank that was given counts; leave it out"
                    self._add(Code.NOT_FOR_KIND, field, f'has "{field}"', hint)
        if one.per != 1 and one.kind is not IndicatorKind.RATIO:
            self._add(Code.NOT_FOR_KIND, "per", 'has "per"', "a share is told in per cent; only a ratio has it")
        if one.unranked is not Unranked.MIDDLE and one.kind is not IndicatorKind.MEAN_RANK:
            self._add(Code.NOT_FOR_KIND, "unranked", 'has "unranked"', "only a mean rank has it")

    def _totals(self, known: list[str]) -> None:
        """Numbers that are added up and divided: of nothing else is there a total, and none may be below 0."""
        one = self._indicator
        totals = [name for name in (one.numerator_total, one.denominator_total) if name]
        if set(one.variables) != set(totals):
            hint = "the two totals name what is counted; leave it out"
            self._add(Code.NOT_FOR_KIND, "variables", 'has "variables" beside its totals', hint)
        if len(totals) == 2 and totals[0] == totals[1]:
            self._add(Code.NOT_FOR_KIND, "denominator_total", "divides a total by itself", "name another number")
        if one.excluded:
            self._add(
                Code.NOT_FOR_KIND, "excluded", 'has "excluded", and numbers have no codes', "write it into the base"
            )
        for field, name in (("numerator_total", one.numerator_total), ("denominator_total", one.denominator_total)):
            if name not in known:
                continue
            question = self._variables.questions[name]
            if kind_of(question).variable is not VariableType.NUMBER:
                hint = "name a question that asks for a number, or a calculated value"
                self._add(Code.NOT_FOR_KIND, field, f'adds up "{name}", which is no number', hint)
            elif name not in self._variables.calculated and not _from_zero_on(question):
                hint = "give the question minimum: 0"
                self._add(Code.NOT_FOR_KIND, field, f'adds up "{name}", which may be below 0', hint)

    def _mean_rank(self, known: list[str]) -> None:
        one = self._indicator
        if len(one.variables) > 1:
            self._add(Code.NOT_FOR_KIND, "variables", "has several rankings", "an option has its rank in one of them")
        for name in known:
            if not kind_of(self._variables.questions[name]).ordered:
                self._add(Code.NOT_FOR_KIND, "variables", f'ranks "{name}", which is no ranking', "name a ranking")
            elif one.option and one.option not in self._variables.codes(name):
                hint = f"its codes: {', '.join(self._variables.codes(name))}"
                self._add(Code.INDICATOR_CODE, "option", f'counts the code "{one.option}" of "{name}"', hint)

    def _beside(self, beside: SecondBase, known: list[str]) -> None:
        """The second base leaves out more people, and none who adds to the numerator: else the two figures would tell
        what each hides of the other, and by no sum that could be guarded."""
        one, field = self._indicator, "second_base"
        if one.kind not in WITH_SECOND_BASE or one.numerator_if is not None:
            hint = f"it goes with codes, by: {', '.join(WITH_SECOND_BASE)}"
            self._add(Code.NOT_FOR_KIND, field, "has a second base", hint)
            return
        counted = {*one.numerator, *one.against, *(code for codes in one.correct.values() for code in codes)}
        if counted & set(beside.excluded):
            listed = ", ".join(sorted(counted & set(beside.excluded)))
            hint = "a second base has the same numerator; write an indicator of its own"
            self._add(Code.OVERLAP, (field, "excluded"), f"leaves out the code {listed}, which it counts", hint)
        if beside.excluded and one.kind is IndicatorKind.MEAN_SCORE:
            hint = "without a score the mean is another; write an indicator of its own"
            self._add(Code.NOT_FOR_KIND, (field, "excluded"), "leaves codes out of a mean", hint)
        several = [name for name in known if kind_of(self._variables.questions[name]).several]
        if beside.excluded and several:
            hint = "who chose it may have chosen what counts as well; write an indicator of its own"
            self._add(
                Code.NOT_FOR_KIND,
                (field, "excluded"),
                f'leaves codes of "{several[0]}" out, where several can be chosen',
                hint,
            )
        for name in known:
            for code in beside.excluded:
                if code not in self._variables.codes(name):
                    hint = f"its codes: {', '.join(self._variables.codes(name))}"
                    self._add(Code.INDICATOR_CODE, (field, "excluded"), f'counts the code "{code}" of "{name}"', hint)
        fewer = beside.dont_know is DontKnow.EXCLUDED and one.dont_know is not DontKnow.EXCLUDED
        if not fewer and not set(beside.excluded) - set(one.excluded):
            hint = "say dont_know: excluded, or the codes that it leaves out"
            self._add(Code.NOT_FOR_KIND, field, "has a second base that is no narrower", hint)

    def _scores(self, known: list[str]) -> None:
        one = self._indicator
        for name in known:
            options = self._variables.questions[name].options
            if kind_of(self._variables.questions[name]).several:
                self._add(
                    Code.BAD_SCORES, "scores", f'scores "{name}", where several can be chosen', "score one answer"
                )
            lacking = [
                option.code
                for option in options
                if option.missing is None and option.code not in one.scores and option.code not in one.excluded
            ]
            if one.scores and lacking:
                hint = "score them or list them under excluded"
                self._add(Code.BAD_SCORES, "scores", f'has no points for {", ".join(lacking)} of "{name}"', hint)
                return  # its other variables share the scale as a rule
            unknown = any(option.missing is Missing.DONT_KNOW for option in options)
            if unknown and one.dont_know is DontKnow.IN_BASE:
                hint = "say excluded, or zero"
                self._add(Code.BAD_SCORES, "dont_know", "keeps don't-know in the base without points", hint)

    def _parts(self, questionnaire: Questionnaire) -> None:
        names = [one.id for one in questionnaire.indicators]
        for number, part in enumerate(self._indicator.parts):
            if part.indicator not in names:
                hint = did_you_mean(part.indicator, names)
                field = ("parts", number, "indicator")
                self._add(Code.INDICATOR_PART, field, f'contains "{part.indicator}", which does not exist', hint)
            if part.weight <= 0:
                self._add(Code.BAD_WEIGHTS, ("parts", number, "weight"), f"weighs a part {part.weight:g}", "above 0")
        twice = {part.indicator for part in self._indicator.parts}
        if len(twice) < len(self._indicator.parts):
            self._add(Code.BAD_WEIGHTS, "parts", "contains an indicator twice", "add their weights")
        total = sum(part.weight for part in self._indicator.parts)
        if self._indicator.parts and abs(total - 1) > 1e-9:
            self._add(Code.BAD_WEIGHTS, "parts", f"has weights that sum to {total:g}", "they sum to 1")

    def _target(self, known: list[str]) -> None:
        one = self._indicator
        if one.target is None:
            return
        least, most = 0.0, 1.0
        if one.kind is IndicatorKind.NET:
            least = -1.0
        elif one.kind is IndicatorKind.MEAN_SCORE:
            least, most = (min(one.scores.values()), max(one.scores.values())) if one.scores else (-1e300, 1e300)
        elif one.kind is IndicatorKind.RATIO:
            most = 1e300
        elif one.kind is IndicatorKind.MEAN_RANK:
            least, most = 1.0, float(max((len(self._variables.codes(name)) for name in known), default=1))
        elif one.kind is IndicatorKind.INDEX:
            least, most = -1e300, 1e300  # in the unit of its parts, which may be scores
        if not least <= one.target.value <= most:
            hint = f"from {least:g} to {most:g}; 90 % is written 0.90"
            self._add(Code.BAD_TARGET, ("target", "value"), f"has the target {one.target.value:g}", hint)


def _from_zero_on(question: Question) -> bool:
    return isinstance(question.minimum, int | float) and question.minimum >= 0


def _cycles(questionnaire: Questionnaire, places: Places, notes: Notes) -> None:
    parts = {one.id: [part.indicator for part in one.parts] for one in questionnaire.indicators}

    def reaches(start: str, goal: str, seen: set[str]) -> bool:
        for name in parts.get(start, ()):
            if name == goal:
                return True
            if name not in seen:
                seen.add(name)
                if reaches(name, goal, seen):
                    return True
        return False

    for row, one in enumerate(questionnaire.indicators):
        if reaches(one.id, one.id, set()):
            message = f'indicator "{one.id}" contains itself, directly or through another index'
            notes.add(Code.INDEX_CYCLE, places.at("indicators", row, "parts"), message, "take one part out")
