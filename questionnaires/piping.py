"""What fills the places of texts: answers given before, values calculated from them. Plain words, and not many."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from questionnaires.answers import Checked, Value, judge
from questionnaires.expressions import to_json
from questionnaires.figures import in_digits
from questionnaires.kinds import kind_of
from questionnaires.kinds.kind import VariableType
from questionnaires.model import Missing, Question, Questionnaire
from questionnaires.text import Piped, Text, filled, slots

LONGEST = 60  # characters of an answer that stand in a question


def texts_asked(question: Question) -> Iterator[Text]:
    """Whatever of a question may have places."""
    yield question.text
    if question.hint is not None:
        yield question.hint
    for item in question.items:
        yield item.text
    for option in question.options:
        yield option.label


def texts_filled(questionnaire: Questionnaire) -> Iterator[Text]:
    """Every text that has places."""
    for question in questionnaire.questions():
        yield from (one for one in texts_asked(question) if isinstance(one, Piped))
    messages = [one.message for one in questionnaire.contradictions] + [one.message for one in questionnaire.rules]
    yield from (one for one in messages if isinstance(one, Piped))


def names_filled(questionnaire: Questionnaire) -> tuple[str, ...]:
    """Names of what fills its texts, each once; empty for most questionnaires."""
    return tuple(dict.fromkeys(name for one in texts_filled(questionnaire) for name in slots(one, "zh")))


def with_words_of_wave(questionnaire: Questionnaire, words: Mapping[str, Text]) -> Questionnaire:
    """The questionnaire as it is printed for one place of a wave: its city, its community, its name stand in the texts;
    answers stay blanks. Itself where no text names any of them. For paper only: what is judged has places."""
    if not set(names_filled(questionnaire)) & set(words):
        return questionnaire

    def said(text: Text) -> Text:
        if not isinstance(text, Piped):
            return text
        found = {tag: {name: one.in_language(tag) for name, one in words.items()} for tag in text.languages}
        printed = text.pattern.with_each(lambda _, tag: filled(text, tag, found[tag]))
        return Piped(printed.zh, printed.en, printed.others, text.written)

    def printed(question: Question) -> Question:
        return replace(
            question,
            text=said(question.text),
            hint=said(question.hint) if question.hint is not None else None,
            items=tuple(replace(one, text=said(one.text)) for one in question.items),
            options=tuple(replace(one, label=said(one.label)) for one in question.options),
        )

    sections = (replace(one, questions=tuple(map(printed, one.questions))) for one in questionnaire.sections)
    return replace(questionnaire, sections=tuple(sections))


def words_of(questionnaire: Questionnaire, checked: Checked, language: str) -> dict[str, str]:
    """By name, the words of what was answered; what has no answer, or one that says nothing, is left out."""
    questions = {name: one for one in questionnaire.questions() for name in one.variables()}
    questions |= {one.id: one.as_question() for one in questionnaire.calculated}
    found = {}
    for name in names_filled(questionnaire):
        question, value = questions.get(name), checked.values.get(name)
        if question is not None and value is not None and not isinstance(value, Missing):
            found[name] = shortened(_in_words(question, name, value, language))
    return {name: words for name, words in found.items() if words}


def shortened(words: str) -> str:
    """In one line, and short enough for one."""
    line = " ".join(words.split())
    return line if len(line) <= LONGEST else f"{line[:LONGEST]}…"


def _in_words(question: Question, name: str, value: Value, language: str) -> str:
    if isinstance(value, int | float):
        return in_digits(value)  # its unit is in the sentence
    if name.endswith(".other") or kind_of(question).variable is VariableType.TEXT:
        return value if isinstance(value, str) else ""
    return kind_of(question).in_words(question, value, language)


def calculations(questionnaire: Questionnaire) -> Mapping[str, object]:
    """Trees of the calculated values that fill a text, for the script of the phone."""
    wanted = names_filled(questionnaire)
    return {one.name: to_json(one.expression) for one in judge(questionnaire).calculated if one.name in wanted}
