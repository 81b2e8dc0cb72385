"""Rules for sections that repeat: what stands for every round names their questions, in one place at a time."""

from __future__ import annotations

from collections.abc import Iterator

from questionnaires.conditions import Condition
from questionnaires.expressions import Each, Formula, Rounds
from questionnaires.fields import Notes
from questionnaires.model import Questionnaire
from questionnaires.places import Places
from questionnaires.problems import Code, Location, did_you_mean
from questionnaires.rosters import mapped, rosters_of

Path = tuple[str | int, ...]


def check_rosters(questionnaire: Questionnaire, places: Places, notes: Notes) -> None:
    """Adds what is left of ``each`` and ``rounds`` where nothing could be put in their place."""
    names = [one.id for one in rosters_of(questionnaire)]
    for row, calculated in enumerate(questionnaire.calculated):
        if calculated.each is not None and calculated.each not in names:
            message = f'calculated value "{calculated.id}" is made for each round of "{calculated.each:.40}"'
            hint = did_you_mean(calculated.each, names) or "name a section that repeats"
            notes.add(Code.CONDITION_UNKNOWN, places.at("calculated", row, "each"), message, hint)
    _names_apart(questionnaire, places, notes)
    for owner, path, held in _conditions(questionnaire):
        place, found = places.at(*path), _left(held)
        for part in found:
            if isinstance(part, Rounds):
                message = f'{owner} counts the rounds of "{part.roster:.40}", which does not repeat'
                notes.add(
                    Code.CONDITION_UNKNOWN, _at(place, held, part.roster), message, did_you_mean(part.roster, names)
                )
            else:
                message = f"{owner}: each(…) stands for nothing here"
                hint = "name questions of one section that repeats, in sum, min, max or join: sum(each(age))"
                notes.add(Code.CONDITION_KIND, _at(place, held, "each"), message, hint)


def _names_apart(questionnaire: Questionnaire, places: Places, notes: Notes) -> None:
    """A name that is written is not that of a round of another: age_1 beside the first age."""
    made = {one.id for section in questionnaire.sections if section.round for one in section.questions}
    for row, section in enumerate(questionnaire.written.sections if questionnaire.written else ()):
        for column, question in enumerate(section.questions):
            if question.id in made:
                place = places.as_written("sections", row, "questions", column, "id")
                message = f'question "{question.id}" exists already, as a round of another'
                notes.add(Code.DUPLICATE_ID, place, message, "every id is used once")


def _at(place: Location, held: Condition | Formula, words: str) -> Location:
    return Location(place.file, place.line, place.column + max(held.source.find(words), 0))


def _left(held: Condition | Formula) -> list[Each | Rounds]:
    found: list[Each | Rounds] = []

    def look(part: object) -> object:
        if isinstance(part, Each | Rounds):
            found.append(part)
            return part
        return None

    mapped(held.tree, look)
    return found


def _conditions(questionnaire: Questionnaire) -> Iterator[tuple[str, Path, Condition | Formula]]:
    """Every condition and expression that may have one, with whoever it is of."""
    for row, section in enumerate(questionnaire.sections):
        path: Path = ("sections", row)
        if section.ask_if is not None:
            yield f'section "{section.id}"', (*path, "ask_if"), section.ask_if
        for column, question in enumerate(section.questions):
            here = (*path, "questions", column)
            if question.ask_if is not None:
                yield f'question "{question.id}"', (*here, "ask_if"), question.ask_if
            for number, option in enumerate(question.options):
                if option.offer_if is not None:
                    yield f'question "{question.id}"', (*here, "options", number, "offer_if"), option.offer_if
    for row, one in enumerate(questionnaire.calculated):
        yield f'calculated value "{one.id}"', ("calculated", row, "expression"), one.expression
    for row, contradiction in enumerate(questionnaire.contradictions):
        yield f'contradiction "{contradiction.id}"', ("contradictions", row, "condition"), contradiction.condition
    for row, rule in enumerate(questionnaire.rules):
        yield f'rule "{rule.id}"', ("rules", row, "condition"), rule.condition
    for row, indicator in enumerate(questionnaire.indicators):
        for field, condition in (("base", indicator.base), ("numerator_if", indicator.numerator_if)):
            if condition is not None:
                yield f'indicator "{indicator.id}"', ("indicators", row, field), condition
