"""What a keyer gets for each kind of question: a box, and what may be typed into it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from questionnaires.model import QuestionType


class Box(StrEnum):
    """How a box takes keys; the script of the keying page knows these by name."""

    ONE = "one"  # one of the codes beside it
    SEVERAL = "several"  # any of them
    NUMBER = "number"
    DATE = "date"
    TEXT = "text"  # as it stands on the paper; every key is part of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyed:
    box: Box
    example: str = ""  # beside a box whose form is fixed


KEYED: Final[Mapping[QuestionType, Keyed | None]] = {  # None: nothing is keyed
    QuestionType.SINGLE_CHOICE: Keyed(box=Box.ONE),
    QuestionType.MULTIPLE_CHOICE: Keyed(box=Box.SEVERAL),
    QuestionType.SCALE: Keyed(box=Box.ONE),
    QuestionType.NUMBER: Keyed(box=Box.NUMBER),
    QuestionType.SHORT_TEXT: Keyed(box=Box.TEXT),
    QuestionType.LONG_TEXT: Keyed(box=Box.TEXT),
    QuestionType.DATE: Keyed(box=Box.DATE, example="2026-09-18"),
    QuestionType.NOTE: None,
}
