"""Where an answer can go: every variable of a questionnaire with what a column may call it."""

from __future__ import annotations

from dataclasses import dataclass

from questionnaires.kinds import kind_of
from questionnaires.model import Question, Questionnaire


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """One place where an answer can go, with the number and the words by which a column may name it."""

    name: str
    question: Question
    number: int
    item: str = ""  # words of a matrix row
    item_place: int = 0
    other: bool = False


def variables(questionnaire: Questionnaire) -> list[Variable]:
    """Every variable in the order of the questionnaire, numbered as it is printed."""
    found: list[Variable] = []
    number = 0
    for question in questionnaire.questions():
        number += bool(question.variables())
        if not question.variables() or not kind_of(question).on_paper:
            continue
        if question.items:
            found += [
                Variable(
                    name=f"{question.id}.{item.id}",
                    question=question,
                    number=number,
                    item=item.text.zh,
                    item_place=place,
                )
                for place, item in enumerate(question.items, start=1)
            ]
        else:
            found.append(Variable(name=question.id, question=question, number=number))
        if any(option.other for option in question.options):
            found.append(Variable(name=f"{question.id}.other", question=question, number=number, other=True))
    # Which blocks each row was asked, where whoever made the file drew them.
    found += [Variable(name=draw.id, question=draw.as_question(), number=0) for draw in questionnaire.draws]
    return found
