"""How many boxes may be ticked in one field of a printed form, by kind of question."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, auto
from typing import Final

from questionnaires.model import QuestionType


class Ticks(Enum):
    NONE = auto()  # nothing to tick: what is written there is read by a person
    ONE = auto()
    SEVERAL = auto()


TICKED: Final[Mapping[QuestionType, Ticks]] = {
    QuestionType.SINGLE_CHOICE: Ticks.ONE,
    QuestionType.MULTIPLE_CHOICE: Ticks.SEVERAL,
    QuestionType.SCALE: Ticks.ONE,
    QuestionType.RANKING: Ticks.NONE,
    QuestionType.NUMBER: Ticks.NONE,
    QuestionType.SHORT_TEXT: Ticks.NONE,
    QuestionType.LONG_TEXT: Ticks.NONE,
    QuestionType.DATE: Ticks.NONE,
    QuestionType.TIME: Ticks.NONE,
    QuestionType.PLACE: Ticks.NONE,
    QuestionType.ATTACHMENT: Ticks.NONE,
    QuestionType.NOTE: Ticks.NONE,
}
