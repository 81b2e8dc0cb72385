"""Rules for indicators: what they count exists, and the figure that comes out can mean something."""

from __future__ import annotations

from questionnaires.builders import Building
from questionnaires.fields import Notes
from questionnaires.indicators import DontKnow, Indicator, IndicatorKind
from questionnaires.kinds import kind_of
from questionnaires.kinds.kind import VariableType
from questionnaires.model import Missing, Questionnaire
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
}
_SPECIFIC = ("numerator", "numerator_if", "against", "correct", "pass_at", "scores", "parts")


def check_indicators(questionnaire: Questionnaire, places: Places, building: Building, variables: Variables) -> None:
    """Adds every problem of the indicators to the notes of ``building``."""
    notes = building.notes
    for row, indicator in enumerate(questionnaire.indicators):
        if indicator.id in building.broken_indicators:
            continue
        _Judge(indicator, ("indicators", row), places, notes, variables).judge(questionnaire)
    _cycles(questionnaire, places, notes)


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
        self._target()

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

    def _target(self) -> None:
        one = self._indicator
        if one.target is None:
            return
        least, most = 0.0, 1.0
        if one.kind is IndicatorKind.NET:
            least = -1.0
        elif one.kind is IndicatorKind.MEAN_SCORE:
            least, most = (min(one.scores.values()), max(one.scores.values())) if one.scores else (-1e300, 1e300)
        elif one.kind is IndicatorKind.INDEX:
            least, most = -1e300, 1e300  # in the unit of its parts, which may be scores
        if not least <= one.target.value <= most:
            hint = f"from {least:g} to {most:g}; 90 % is written 0.90"
            self._add(Code.BAD_TARGET, ("target", "value"), f"has the target {one.target.value:g}", hint)


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
