"""Rules across questions: ids, conditions, what can be reached. Indicators have their own file.

Everything here judges a model that may still have faults of its own (``broken`` questions, whose codes are unknown):
what follows only from such a fault is not reported a second time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from questionnaires.age_and_sex_checks import check_age_and_sex
from questionnaires.builders import Building
from questionnaires.conditions import Answered, Compare, Condition, Includes, OneOf, Test
from questionnaires.fields import Notes
from questionnaires.indicator_checks import check_indicators
from questionnaires.kinds import KINDS, kind_of
from questionnaires.kinds.kind import Kind
from questionnaires.model import Question, Questionnaire, QuestionType
from questionnaires.places import Places
from questionnaires.problems import Code, Location
from questionnaires.reach import can_hold
from questionnaires.variables import Variables


def rules(questionnaire: Questionnaire, places: Places, building: Building) -> None:
    """Adds every problem between questions to the notes of ``building``."""
    notes = building.notes
    count = Counter(question.id for question in questionnaire.questions())
    repeated = {name for name, times in count.items() if times > 1}
    variables = Variables(questionnaire, frozenset(building.broken | repeated))
    _unique_ids(questionnaire, places, notes)
    number = 0
    for row, section in enumerate(questionnaire.sections):
        path = ("sections", row)
        sound = _condition(
            section.ask_if, number, variables, notes, places.at(*path, "ask_if"), f'section "{section.id}"'
        )
        for column, question in enumerate(section.questions):
            place = places.at(*path, "questions", column, "ask_if")
            fine = _condition(question.ask_if, number, variables, notes, place, f'question "{question.id}"')
            if (
                fine
                and sound
                and question.id not in variables.broken
                and (question.ask_if or section.ask_if)
                and not can_hold(questionnaire, question.id)
            ):
                where = place if question.ask_if else places.at(*path, "ask_if")
                message = f'no answers lead to question "{question.id}"'
                notes.add(Code.UNREACHABLE, where, message, "two parts of its conditions exclude each other")
            number += 1
    for row, contradiction in enumerate(questionnaire.contradictions):
        place = places.at("contradictions", row, "condition")
        _condition(contradiction.condition, number, variables, notes, place, f'contradiction "{contradiction.id}"')
    check_age_and_sex(questionnaire, places, building)
    check_indicators(questionnaire, places, building, variables)
    for row, indicator in enumerate(questionnaire.indicators):
        place = places.at("indicators", row, "base")
        _condition(indicator.base, number, variables, notes, place, f'indicator "{indicator.id}"')


def _unique_ids(questionnaire: Questionnaire, places: Places, notes: Notes) -> None:
    def unique(what: str, named: Iterable[tuple[str, tuple[str | int, ...]]]) -> None:
        first: dict[str, int] = {}
        for name, path in named:
            place = places.at(*path, "id")
            if name and name in first:
                message = f'{what} "{name}" exists already on line {first[name]}'
                notes.add(Code.DUPLICATE_ID, place, message, "every id is used once")
            first.setdefault(name, place.line)

    sections = questionnaire.sections
    unique("section", ((section.id, ("sections", row)) for row, section in enumerate(sections)))
    unique("question", ((question.id, path) for question, path in _paths(questionnaire)))
    for question, path in _paths(questionnaire):
        unique(
            f'question "{question.id}": item',
            ((one.id, (*path, "items", row)) for row, one in enumerate(question.items)),
        )
    unique("indicator", ((one.id, ("indicators", row)) for row, one in enumerate(questionnaire.indicators)))
    unique("contradiction", ((one.id, ("contradictions", row)) for row, one in enumerate(questionnaire.contradictions)))


def _paths(questionnaire: Questionnaire) -> Iterator[tuple[Question, tuple[str | int, ...]]]:
    for row, section in enumerate(questionnaire.sections):
        for column, question in enumerate(section.questions):
            yield question, ("sections", row, "questions", column)


def _condition(
    condition: Condition | None, number: int, variables: Variables, notes: Notes, place: Location, owner: str
) -> bool:
    """Whether the condition of the question with this running number can be judged further; True without one."""
    if condition is None:
        return True
    before = len(notes.problems)
    broken = False
    for test in condition.tests():
        name = test.variable
        if variables.is_broken(name):
            broken = True
        elif name not in variables.questions:
            message = f'{owner} depends on "{name}", which does not exist'
            notes.add(Code.CONDITION_UNKNOWN, _offset(place, condition, name), message, variables.hint(name))
        elif variables.order[name] >= number:
            message = f'{owner} depends on "{name}", which is asked later'
            notes.add(Code.CONDITION_LATER, _offset(place, condition, name), message, "a condition looks back only")
        else:
            _test(test, variables, notes, _offset(place, condition, name), owner)
    return len(notes.problems) == before and not broken


def _offset(place: Location, condition: Condition, name: str) -> Location:
    """The column of a name in a condition written on one line (a quoted source begins one column later)."""
    return Location(place.file, place.line, place.column + max(condition.source.find(name), 0))


def _test(test: Test, variables: Variables, notes: Notes, place: Location, owner: str) -> None:
    question = variables.questions[test.variable]
    known = variables.codes(test.variable)
    kind = KINDS[QuestionType.SHORT_TEXT] if test.variable.endswith(".other") else kind_of(question)
    wrong = _wrong_kind(test, kind)
    if wrong:
        notes.add(Code.CONDITION_KIND, place, f'{owner}: "{test.variable}" is a {kind.type} question', wrong)
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
            message = f'{owner}: "{test.variable}" has no code "{one}"'
            notes.add(Code.CONDITION_CODE, place, message, "its codes: " + ", ".join(known))


def _wrong_kind(test: Test, kind: Kind) -> str:
    """How the test should have been written for a question of this kind; empty where it is right."""
    if isinstance(test, Answered):
        return ""
    if isinstance(test, Includes):
        return "" if kind.several else f'write {test.variable} == "{test.code}"'
    literals = (test.literal,) if isinstance(test, Compare) else test.literals
    ordering = isinstance(test, Compare) and test.operator not in ("==", "!=")
    return kind.refuses(test.variable, literals, ordering=ordering)
