"""Rules across questions: ids, conditions, what can be reached. Indicators have their own file.

Everything here judges a model that may still have faults of its own (``broken`` questions, whose codes are unknown):
what follows only from such a fault is not reported a second time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from questionnaires.age_and_sex_checks import check_age_and_sex
from questionnaires.builders import Building
from questionnaires.condition_checks import check_calculated, check_condition
from questionnaires.draw_checks import check_draws
from questionnaires.fields import Notes
from questionnaires.indicator_checks import check_indicators
from questionnaires.list_checks import check_lists
from questionnaires.model import Question, Questionnaire
from questionnaires.placeholder_checks import check_placeholders
from questionnaires.places import Places
from questionnaires.points_checks import check_points
from questionnaires.problems import Code
from questionnaires.ranking_checks import check_rankings
from questionnaires.reach import Reach
from questionnaires.repeated_checks import check_repeated
from questionnaires.roster_checks import check_rosters
from questionnaires.variables import Variables


def rules(questionnaire: Questionnaire, places: Places, building: Building) -> None:
    """Adds every problem between questions to the notes of ``building``."""
    notes = building.notes
    count = Counter(question.id for question in questionnaire.questions())
    repeated = {name for name, times in count.items() if times > 1}
    variables = Variables(questionnaire, frozenset(building.broken | repeated))
    _unique_ids(questionnaire, places, notes)
    check_calculated(questionnaire, places, notes, variables)
    reach = Reach(questionnaire)
    number = 0
    for row, section in enumerate(questionnaire.sections):
        path = ("sections", row)
        counted = section.round is not None and places.at(*path, "ask_if") == places.at(*path)
        where = places.at(*path, *(("repeats", "count") if counted else ("ask_if",)))
        sound = check_condition(section.ask_if, number, variables, notes, where, f'section "{section.id}"')
        for column, question in enumerate(section.questions):
            place = places.at(*path, "questions", column, "ask_if")
            fine = check_condition(question.ask_if, number, variables, notes, place, f'question "{question.id}"')
            if (
                fine
                and sound
                and question.id not in variables.broken
                and (question.ask_if or section.ask_if)
                and not reach.can_hold(question.id)
            ):
                where = place if question.ask_if else places.at(*path, "ask_if")
                message = f'no answers lead to question "{question.id}"'
                notes.add(Code.UNREACHABLE, where, message, "two parts of its conditions exclude each other")
            number += 1
    for row, contradiction in enumerate(questionnaire.contradictions):
        place = places.at("contradictions", row, "condition")
        owner = f'contradiction "{contradiction.id}"'
        check_condition(contradiction.condition, number, variables, notes, place, owner, of_the_day=True)
    for row, rule in enumerate(questionnaire.rules):
        place = places.at("rules", row, "condition")
        check_condition(rule.condition, number, variables, notes, place, f'rule "{rule.id}"', of_the_day=True)
    check_rosters(questionnaire, places, notes)
    check_lists(reach, places, notes, variables)
    check_placeholders(questionnaire, places, notes, variables)
    check_age_and_sex(questionnaire, places, building)
    check_points(questionnaire, places, building)
    check_rankings(questionnaire, places, building)
    check_draws(questionnaire, places, notes, variables)
    check_indicators(questionnaire, places, building, variables)
    check_repeated(questionnaire, places, building)
    for row, indicator in enumerate(questionnaire.indicators):
        for field in ("base", "numerator_if"):
            place = places.at("indicators", row, field)
            check_condition(getattr(indicator, field), number, variables, notes, place, f'indicator "{indicator.id}"')


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
    unique("rule", ((one.id, ("rules", row)) for row, one in enumerate(questionnaire.rules)))


def _paths(questionnaire: Questionnaire) -> Iterator[tuple[Question, tuple[str | int, ...]]]:
    for row, section in enumerate(questionnaire.sections):
        for column, question in enumerate(section.questions):
            yield question, ("sections", row, "questions", column)
