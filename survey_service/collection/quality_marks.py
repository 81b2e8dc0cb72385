"""Marks that one phone's answers get when they arrive. They flag, and never drop: whether figures hold with and without
the marked is for the statistician to see.
"""

from __future__ import annotations

from questionnaires.answers import Checked, judge
from questionnaires.model import Questionnaire

SECONDS_AN_ANSWER = 1.0
ROWS_ALIKE = 8

FAST = "fast"
STRAIGHT = "straight"


def marks_of(questionnaire: Questionnaire, checked: Checked, seconds: int | None) -> dict[str, bool]:
    """``fast``: less than a second an answer from the first question to the post, by the phone's clock. ``straight``:
    eight or more rows of matrices, and the same code in every one. Only what holds is named.

    Source of the second: Wood, Harms, Lowman & DeSimone (2017), Response speed and response consistency as mutually
    validating indicators of data quality in online samples, Social Psychological and Personality Science 8(4). It
    misleads where a phone's clock was set in between, and straight rows are honest where all is well.
    """
    marks = {}
    if seconds is not None and seconds < SECONDS_AN_ANSWER * len(checked.answers):
        marks[FAST] = True
    given = [one for one in map(checked.canonical.get, judge(questionnaire).matrix_rows) if isinstance(one, str)]
    if len(given) >= ROWS_ALIKE and len(set(given)) == 1:
        marks[STRAIGHT] = True
    return marks
