"""Rules for the places of texts: what fills them exists, is known by then, and is the same in every language."""

from __future__ import annotations

from collections.abc import Iterator

from questionnaires.fields import Notes
from questionnaires.kinds import kind_of
from questionnaires.languages import english_name
from questionnaires.lists import own_options
from questionnaires.model import Question, Questionnaire
from questionnaires.places import Places
from questionnaires.problems import Code, Location
from questionnaires.text import WAVE_WORDS, Piped, Text, slots
from questionnaires.variables import Variables


def check_placeholders(questionnaire: Questionnaire, places: Places, notes: Notes, variables: Variables) -> None:
    """Adds every problem of the places to the notes."""
    number = 0
    for row, section in enumerate(questionnaire.sections):
        for column, question in enumerate(section.questions):
            path = ("sections", row, "questions", column)
            for text, steps in _texts(questionnaire, question):
                _check(text, number, variables, notes, places.at(*path, *steps), f'question "{question.id}"')
            number += 1
    for row, contradiction in enumerate(questionnaire.contradictions):
        place, owner = places.at("contradictions", row, "message"), f'contradiction "{contradiction.id}"'
        _check(contradiction.message, number, variables, notes, place, owner)
    for row, rule in enumerate(questionnaire.rules):
        _check(rule.message, number, variables, notes, places.at("rules", row, "message"), f'rule "{rule.id}"')


def _texts(questionnaire: Questionnaire, question: Question) -> Iterator[tuple[Text, tuple[str | int, ...]]]:
    yield question.text, ("text",)
    if question.hint is not None:
        yield question.hint, ("hint",)
    for row, item in enumerate(question.items):
        yield item.text, ("items", row, "text")
    if question.scale is None:
        for row, option in enumerate(own_options(questionnaire, question)):
            yield option.label, ("options", row, "label")


def _check(text: Text, number: int, variables: Variables, notes: Notes, place: Location, owner: str) -> None:
    if not isinstance(text, Piped):
        return
    before = len(notes.problems)
    for name in dict.fromkeys(name for language in text.languages for name in slots(text, language)):
        if name not in variables.questions:
            if name not in WAVE_WORDS and not variables.is_broken(name):
                message = f'{owner} is filled with "{name}", which does not exist'
                notes.add(Code.PLACEHOLDER, place, message, variables.hint(name))
        elif variables.order[name] >= number:
            message = f'{owner} is filled with "{name}", which is asked later'
            notes.add(Code.PLACEHOLDER, place, message, "a text is filled with what was answered before")
        elif not name.endswith(".other") and not kind_of(variables.questions[name]).fills:
            message = f'{owner} is filled with "{name}", which is a {variables.questions[name].type}'
            notes.add(Code.PLACEHOLDER, place, message, "a text is filled with words, numbers and options")
    if len(notes.problems) > before:
        return
    for language in text.languages:
        if language in notes.languages and set(slots(text, "zh")) != set(slots(text, language)):
            message = f"{owner} is filled with other answers in {english_name(language)} than in Chinese"
            notes.add(Code.PLACEHOLDER, place, message, "the same names in every language")
