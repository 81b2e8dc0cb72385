"""Rules for one condition: what it looks at exists, stands before it, and can be compared as it is compared."""

from __future__ import annotations

from questionnaires.conditions import (
    Answered,
    Compare,
    Condition,
    Fits,
    Held,
    Includes,
    Matches,
    OneOf,
    Relation,
    Test,
    variables_of,
)
from questionnaires.expressions import (
    MAX_SIZE,
    TODAY,
    Answer,
    Arithmetic,
    Count,
    Each,
    Expression,
    Formula,
    Function,
    If,
    Rounded,
    Rounds,
    Sum,
    YearsBetween,
    size,
)
from questionnaires.expressions import variables as names
from questionnaires.fields import Notes
from questionnaires.functions import ANYTHING, DAYS, FUNCTIONS, NUMBERS, is_day, is_time
from questionnaires.kinds import KINDS, kind_of
from questionnaires.kinds.kind import Kind, VariableType
from questionnaires.model import Questionnaire, QuestionType
from questionnaires.places import Places
from questionnaires.problems import Code, Location
from questionnaires.variables import Variables

_ORDERING = ("<", "<=", ">", ">=")
_TEXTS = (VariableType.TEXT, VariableType.CODE)  # words, one of which is the other's where both are written
_COMPARED = (VariableType.NUMBER, VariableType.DATE, VariableType.TIME, VariableType.CODE)


def check_condition(
    condition: Condition | None,
    number: int,
    variables: Variables,
    notes: Notes,
    place: Location,
    owner: str,
    *,
    of_the_day: bool = False,
) -> bool:
    """Whether the condition of the question with this running number can be judged further; True without one.

    ``of_the_day``: it is looked at once, on the day of answering, and may ask which day that is.
    """
    if condition is None:
        return True
    before = len(notes.problems)
    broken = False
    named = condition.variables()
    if not named or (named == (TODAY,) and of_the_day and TODAY not in variables.questions):
        notes.add(Code.CONDITION_KIND, place, f"{owner}: no answer is asked about", "name a question")
        return False
    for test in condition.tests():
        known = True
        for name in variables_of(test):
            where = _offset(place, condition, name)
            if name == TODAY and name not in variables.questions:
                if not of_the_day:
                    message = f"{owner} depends on the day of answering"
                    notes.add(Code.DAY_OF_ANSWERING, where, message, "give a date, or say it in a rule")
            elif variables.is_broken(name):
                broken, known = True, False
            elif name not in variables.questions:
                message = f'{owner} depends on "{name}", which does not exist'
                notes.add(Code.CONDITION_UNKNOWN, where, message, variables.hint(name))
                known = False
            elif variables.order[name] >= number:
                message = f'{owner} depends on "{name}", which is asked later'
                notes.add(Code.CONDITION_LATER, where, message, "a condition looks back only")
                known = False
        if known:
            _Compared(variables, notes, _offset(place, condition, next(iter(variables_of(test)), "")), owner).test(test)
    return len(notes.problems) == before and not broken


def _offset(place: Location, condition: Condition, name: str) -> Location:
    """The column of a name in a condition written on one line (a quoted source begins one column later)."""
    return Location(place.file, place.line, place.column + max(condition.source.find(name), 0))


class _Compared:
    """What may be compared with what, of names that exist."""

    def __init__(self, variables: Variables, notes: Notes, place: Location, owner: str) -> None:
        self._variables = variables
        self._notes = notes
        self._place = place
        self._owner = owner

    def test(self, test: Test) -> None:
        if isinstance(test, Relation):
            self._relation(test)
            return
        if isinstance(test, Fits):
            holds = self.expression(test.part)
            if holds is not None and holds is not VariableType.TEXT:
                self._wrong(f"a {holds} has no form", "only a text has a form")
            return
        if test.variable == TODAY and TODAY not in self._variables.questions:
            if not (isinstance(test, Compare) and isinstance(test.literal, str) and is_day(test.literal)):
                self._wrong(f'"{TODAY}" is a date', 'compare with a date in quotes: today >= "2026-03-01"')
            return
        known = self._variables.codes(test.variable)
        kind = self._kind(test.variable)
        calculated = test.variable in self._variables.calculated
        wrong = _wrong_kind(test, kind, calculated=calculated)
        if wrong:
            self._wrong(f'"{test.variable}" is a {kind.type} question', wrong)
            return
        tested: tuple[object, ...] = ()
        match test:
            case Compare(literal=literal):
                tested = (literal,)
            case OneOf(literals=literals):
                tested = literals
            case Includes(code=code):
                tested = (code,)
        for one in tested:
            if known and one not in known:
                message = f'{self._owner}: "{test.variable}" has no code "{one}"'
                self._notes.add(Code.CONDITION_CODE, self._place, message, "its codes: " + ", ".join(known))

    def expression(self, expression: Expression) -> VariableType | None:
        """What it comes to; None where a part of it cannot be calculated with, which is noted."""
        match expression:
            case Answer(variable):
                if variable == TODAY and variable not in self._variables.questions:
                    return VariableType.DATE
                return self._kind(variable).variable
            case Count(variable):
                if not self._kind(variable).several:
                    self._not_a_number(Answer(variable), "count what was chosen of several")
                    return None
                return VariableType.NUMBER
            case Arithmetic(_, left, right):
                return VariableType.NUMBER if self._all(VariableType.NUMBER, left, right) else None
            case Sum(parts):
                return VariableType.NUMBER if self._all(VariableType.NUMBER, *parts) else None
            case YearsBetween(first, last):
                return VariableType.NUMBER if self._all(VariableType.DATE, first, last) else None
            case Rounded(part, _):
                return VariableType.NUMBER if self._all(VariableType.NUMBER, part) else None
            case If():
                return self._if(expression)
            case Function():
                return self._function(expression)
            case Each() | Rounds():
                return None  # told by ``check_rosters``
            case str():
                if is_time(expression):
                    return VariableType.TIME
                return VariableType.DATE if is_day(expression) else VariableType.CODE
        return VariableType.NUMBER

    def _if(self, found: If) -> VariableType | None:
        assert isinstance(found.test, Held)
        for test in found.test.tests():
            self.test(test)
        then, otherwise = self.expression(found.then), self.expression(found.otherwise)
        if then is None or otherwise is None:
            return None
        if then is otherwise and then in (*_COMPARED, VariableType.TEXT):
            return then
        if then in _TEXTS and otherwise in _TEXTS:
            return VariableType.TEXT
        hint = "both are numbers, both dates, or both words"
        self._wrong(f"an if comes to a {then} or to a {otherwise}", hint)
        return None

    def _function(self, found: Function) -> VariableType | None:
        known = FUNCTIONS[found.name]
        if known.takes in (NUMBERS, DAYS):
            sound = self._all(VariableType.NUMBER if known.takes == NUMBERS else VariableType.DATE, *found.parts)
        else:
            words = [self._one_word(part, anything=known.takes == ANYTHING) for part in found.parts]
            sound = all(words)  # every part is looked at, whatever is wrong with one
        gives = VariableType.TEXT if known.text else VariableType.NUMBER
        return gives if sound else None

    def _one_word(self, part: Expression, *, anything: bool) -> bool:
        holds = self.expression(part)
        wanted = (*_COMPARED, VariableType.TEXT) if anything else _TEXTS
        if holds is not None and holds not in wanted:
            self._not_a_number(part, "name a text, or one choice")
        return holds in wanted

    def _kind(self, variable: str) -> Kind:
        if variable.endswith(".other"):
            return KINDS[QuestionType.SHORT_TEXT]
        return kind_of(self._variables.questions[variable])

    def _all(self, wanted: VariableType, *parts: Expression) -> bool:
        found = True
        hint = "calculate with numbers" if wanted is VariableType.NUMBER else "years lie between two dates"
        for part in parts:
            holds = self.expression(part)
            if holds is not None and holds is not wanted:
                self._not_a_number(part, hint)
            found = found and holds is wanted
        return found

    def _not_a_number(self, part: Expression, hint: str) -> None:
        if isinstance(part, Answer):
            what = "date" if part.variable == TODAY else f"{self._kind(part.variable).type} question"
            self._wrong(f'"{part.variable}" is a {what}', hint)
        else:
            written = f'"{part}"' if isinstance(part, str | int | float) else "what stands there"
            self._wrong(f"{written} cannot be calculated with", hint)

    def _relation(self, test: Relation) -> None:
        left, right = self.expression(test.left), self.expression(test.right)
        if left is None or right is None:
            return
        words = VariableType.TEXT in (left, right) and left in _TEXTS and right in _TEXTS
        if words and test.operator in _ORDERING:
            self._wrong("texts are put in order", "texts are equal or are not: == and !=")
        elif not words and (left is not right or left not in _COMPARED):
            hint = "compare numbers with numbers, dates with dates, times with times, codes with codes"
            self._wrong(f"a {left} is compared with a {right}", hint)
        elif left is VariableType.CODE and test.operator in _ORDERING:
            self._wrong("codes are put in order", "codes are equal or are not: == and !=")

    def _wrong(self, message: str, hint: str) -> None:
        self._notes.add(Code.CONDITION_KIND, self._place, f"{self._owner}: {message}", hint)


def check_calculated(questionnaire: Questionnaire, places: Places, notes: Notes, variables: Variables) -> None:
    """What is calculated is made of questions and of what stands before it, so that nothing is made of itself."""
    later = {one.id for one in questionnaire.calculated}
    sizes: dict[str, int] = {}
    taken = {*variables.questions, *(one.id for one in questionnaire.questions())}
    for row, one in enumerate(questionnaire.calculated):
        place, owner = places.at("calculated", row, "expression"), f'calculated value "{one.id}"'
        if one.id in taken:
            message = f"{owner} has the id of a question, or of one before it"
            notes.add(Code.DUPLICATE_ID, places.at("calculated", row, "id"), message, "every id is used once")
            continue
        taken.add(one.id)
        before = len(notes.problems)
        broken = _names(one.expression, later, variables, notes, place, owner, constant=one.each is not None)
        if not broken and len(notes.problems) == before:
            holds = _Compared(variables, notes, place, owner).expression(one.expression.tree)
            wanted = (*_TEXTS, VariableType.DATE, VariableType.TIME) if one.is_text else (VariableType.NUMBER,)
            if holds is not None and holds not in wanted:
                hint = "calculate words" if one.is_text else "calculate a number, or write type: text"
                notes.add(Code.CONDITION_KIND, place, f"{owner}: it comes to a {holds}", hint)
        sizes[one.id] = 1 + size(one.expression.tree, sizes)
        if sizes[one.id] > MAX_SIZE:
            message = f"{owner} has {sizes[one.id]} parts, written out"
            notes.add(Code.OUT_OF_LIMITS, place, message, f"at most {MAX_SIZE}")
        if broken or len(notes.problems) > before:
            variables.broken.add(one.id)
        else:
            variables.calculate(one)


def _names(
    formula: Formula,
    later: set[str],
    variables: Variables,
    notes: Notes,
    place: Location,
    owner: str,
    *,
    constant: bool,
) -> bool:
    """Whether one of its names is broken; what does not exist yet, or never, is noted.

    ``constant``: it may be made of no answer, as the number of a round is.
    """
    broken = False
    named = list(dict.fromkeys(names(formula.tree)))
    if not named and not constant:
        notes.add(Code.CONDITION_KIND, place, f"{owner}: no answer is asked about", "name a question")
    for name in named:
        where = Location(place.file, place.line, place.column + max(formula.source.find(name), 0))
        if name == TODAY and name not in variables.questions:
            message = f"{owner} depends on the day of answering"
            notes.add(Code.DAY_OF_ANSWERING, where, message, "give a date, or say it in a rule")
        elif variables.is_broken(name):
            broken = True
        elif name in later and name not in variables.questions:
            message = f'{owner} depends on "{name}", which is calculated later'
            notes.add(Code.CONDITION_LATER, where, message, "put it before this one")
        elif name not in variables.questions:
            message = f'{owner} depends on "{name}", which does not exist'
            notes.add(Code.CONDITION_UNKNOWN, where, message, variables.hint(name))
    return broken


def _wrong_kind(test: Compare | OneOf | Includes | Answered | Matches, kind: Kind, *, calculated: bool) -> str:
    """How the test should have been written for a question of this kind; empty where it is right."""
    if isinstance(test, Answered):
        return ""
    if isinstance(test, Matches):
        if calculated:
            return f'write fits({test.variable}, "…")'
        return "" if kind.variable is VariableType.TEXT else "only a text has a form"
    if isinstance(test, Includes):
        return "" if kind.several else f'write {test.variable} == "{test.code}"'
    literals = (test.literal,) if isinstance(test, Compare) else test.literals
    ordering = isinstance(test, Compare) and test.operator in _ORDERING
    return kind.refuses(test.variable, literals, ordering=ordering)
