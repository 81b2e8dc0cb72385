"""Rules of the questions that tell age and sex of who answers: figures are held against a register by them."""

from __future__ import annotations

from collections.abc import Sequence

from questionnaires.ages import Ages, ages
from questionnaires.builders import Building
from questionnaires.fields import Notes
from questionnaires.lists import own_options
from questionnaires.model import Option, Question, Questionnaire, Sex, StandsFor
from questionnaires.places import Places
from questionnaires.problems import Code, Location

Placed = Sequence[tuple[Option, Location]]
_OF_SEX = "an option of a sex stands for male or female"


def check_age_and_sex(questionnaire: Questionnaire, places: Places, building: Building) -> None:
    """One question at most for each, and every answer to it known as a sex or as a range of ages."""
    told: dict[StandsFor, str] = {}
    for row, section in enumerate(questionnaire.sections):
        for column, question in enumerate(section.questions):
            if question.id in building.broken:
                continue
            path = ("sections", row, "questions", column)
            options = [
                (one, places.at(*path, "options", number, "stands_for"))
                for number, one in enumerate(own_options(questionnaire, question))
            ]
            place = places.at(*path, "stands_for")
            if question.stands_for is None:
                _unmarked(question, options, building.notes)
            elif question.stands_for in told:
                other = told[question.stands_for]
                message = f'question "{question.id}" tells the {question.stands_for}, as question "{other}" does'
                building.notes.add(Code.STANDS_FOR, place, message, "one question tells it; delete the other mark")
            else:
                told[question.stands_for] = question.id
                _answers(question, options, place, building.notes)


def _unmarked(question: Question, options: Placed, notes: Notes) -> None:
    """Options of a shared scale may say what they stand for where the question does not."""
    one, where = next(((one, where) for one, where in options if one.stands_for), (None, None))
    if one is not None and where is not None and question.scale is None:
        owner = f'question "{question.id}": option "{one.code}"'
        message = f'{owner} stands for "{one.stands_for:.40}", the question for nothing'
        notes.add(Code.STANDS_FOR, where, message, "write stands_for: age or stands_for: sex at the question")


def _answers(question: Question, options: Placed, place: Location, notes: Notes) -> None:
    owner = f'question "{question.id}"'
    answered = [(one, where) for one, where in options if one.missing is None]
    if not question.options:  # a number
        if question.stands_for is StandsFor.SEX:
            notes.add(Code.STANDS_FOR, place, f"{owner} asks for a sex as a number", "ask with two options")
    elif question.stands_for is StandsFor.SEX:
        _sexes(answered, owner, place, notes)
    else:
        _ranges(answered, owner, notes)


def _sexes(options: Placed, owner: str, place: Location, notes: Notes) -> None:
    """Both sexes, each by one option; an option beside them may stand for nothing."""
    found = [(one, where) for one, where in options if one.stands_for]
    strange = next(((one, where) for one, where in found if one.stands_for not in tuple(Sex)), None)
    named = [one.stands_for for one, _ in found]
    if strange is not None:
        one, where = strange
        message = f'{owner}: option "{one.code}" stands for "{one.stands_for:.40}"'
        notes.add(Code.STANDS_FOR, where, message, _OF_SEX)
    elif lacking := [sex for sex in Sex if sex not in named]:
        notes.add(Code.STANDS_FOR, place, f'{owner}: no option stands for "{lacking[0]}"', _OF_SEX)
    elif len(named) > len(Sex):
        one, where = next(pair for number, pair in enumerate(found) if pair[0].stands_for in named[:number])
        notes.add(Code.STANDS_FOR, where, f'{owner}: two options stand for "{one.stands_for}"', "keep one of them")


def _ranges(options: Placed, owner: str, notes: Notes) -> None:
    """Every option a range of ages, each after the one before, without a gap."""
    before: Ages | None = None
    for one, where in options:
        written = one.stands_for or ""
        range_ = ages(written)
        if range_ is None:
            message = f'{owner}: option "{one.code}" stands for "{written:.40}"'
            notes.add(Code.STANDS_FOR, where, message, 'an option of an age stands for a range, as "18-29" or "75+"')
            return
        if before is not None and (before.last is None or range_.first != before.last + 1):
            message = f'{owner}: "{range_}" does not follow on "{before}"'
            notes.add(Code.STANDS_FOR, where, message, "ranges of ages begin where the one before ends")
            return
        before = range_
