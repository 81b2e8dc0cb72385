"""Options that are numbers in a row, with words at both ends: 0 to 10."""

from __future__ import annotations

from questionnaires.model import Option, Question


def points_of(question: Question) -> tuple[Option, ...]:
    """The options that stand in the row; the others mean missing and stand apart."""
    return tuple(option for option in question.options if option.missing is None)


def apart_from(question: Question) -> tuple[Option, ...]:
    return tuple(option for option in question.options if option.missing is not None)
