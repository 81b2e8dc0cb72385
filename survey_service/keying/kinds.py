"""What a keyer gets for each kind of question: a box, and what may be typed into it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from questionnaires.kinds.place import GRAINS
from questionnaires.kinds.ranking import ranks_of
from questionnaires.model import Question, QuestionType


class Box(StrEnum):
    """How a box takes keys; the script of the keying page knows these by name."""

    ONE = "one"  # one of the codes beside it
    SEVERAL = "several"  # any of them
    LIST = "list"  # one code of a long list, or what finds it: its name, initials of its pinyin
    RANKS = "ranks"  # several of them in an order
    NUMBER = "number"
    DATE = "date"
    TIME = "time"
    PLACE = "place"
    TEXT = "text"  # as it stands on the paper; every key is part of it


def _of_the_answer(question: Question) -> tuple[object, object]:
    return question.minimum, question.maximum


def _of_choices(question: Question) -> tuple[object, object]:
    return question.minimum_choices, question.maximum_choices


def _of_ranks(question: Question) -> tuple[object, object]:
    return None, ranks_of(question)


def _decimals(question: Question) -> int:
    return question.decimals


def _of_a_place(question: Question) -> int:
    return GRAINS[question.precision].decimals


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyed:
    box: Box
    example: str = ""  # beside a box whose form is fixed
    limits: Callable[[Question], tuple[object, object]] = _of_the_answer  # what may be less or more only on paper
    decimals: Callable[[Question], int] = _decimals


KEYED: Final[Mapping[QuestionType, Keyed | None]] = {  # None: nothing is keyed
    QuestionType.SINGLE_CHOICE: Keyed(box=Box.ONE),
    QuestionType.MULTIPLE_CHOICE: Keyed(box=Box.SEVERAL, limits=_of_choices),
    QuestionType.SCALE: Keyed(box=Box.ONE),
    QuestionType.RANKING: Keyed(box=Box.RANKS, limits=_of_ranks),
    QuestionType.NUMBER: Keyed(box=Box.NUMBER),
    QuestionType.SHORT_TEXT: Keyed(box=Box.TEXT),
    QuestionType.LONG_TEXT: Keyed(box=Box.TEXT),
    QuestionType.DATE: Keyed(box=Box.DATE, example="2026-09-18"),
    QuestionType.TIME: Keyed(box=Box.TIME, example="8:30 / 830"),
    QuestionType.PLACE: Keyed(box=Box.PLACE, example="30.66 104.07", decimals=_of_a_place),
    QuestionType.ATTACHMENT: None,  # sent from phones and devices only
    QuestionType.NOTE: None,
}
