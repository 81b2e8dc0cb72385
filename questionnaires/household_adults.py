"""How many adults live in the household: asked with a questionnaire where the list that was drawn from does not know.

It is a question of the frame and not of the questionnaire: nobody writes it into a definition, and no indicator uses
it. A wave that needs it puts it in front when it opens, so that phone, paper, keying and devices ask it like any other.
A questionnaire that has a question of this id already asks by itself.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from questionnaires.model import Question, Questionnaire, QuestionType, Section
from questionnaires.text import Text

ADULTS_QUESTION: Final = "household_adults"
_SECTION: Final = "household"
MOST: Final = 20

TEXT: Final = Text(
    "您家里 18 岁以上的有几位？平时住在一起的都算，您自己也算。",
    "How many people of 18 or over live in your household? Count everybody who usually lives there, yourself too.",
)
_SHORT: Final = Text("家里几位成年人", "Adults of the household")
_TITLE: Final = Text("您家里", "Your household")


def asks_adults(questionnaire: Questionnaire) -> bool:
    return any(one.id == ADULTS_QUESTION for one in questionnaire.questions())


def with_adults_question(questionnaire: Questionnaire) -> Questionnaire:
    """The same questionnaire with the question in front, in a section of its own; nothing where it asks already."""
    if asks_adults(questionnaire):
        return questionnaire
    asked = Question(id=ADULTS_QUESTION, type=QuestionType.NUMBER, text=TEXT, short=_SHORT, minimum=1, maximum=MOST)
    taken = {section.id for section in questionnaire.sections}
    name = next(name for name in (_SECTION, f"{_SECTION}_of_frame", f"{_SECTION}_2") if name not in taken)
    section = Section(id=name, title=_TITLE, questions=(asked,))
    return replace(questionnaire, sections=(section, *questionnaire.sections))
