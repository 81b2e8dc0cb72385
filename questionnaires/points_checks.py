"""What can be laid out as points: whole numbers in a row, and beside them only what means missing."""

from __future__ import annotations

from itertools import pairwise

from questionnaires.builders import Building
from questionnaires.model import Layout, Order, Question, Questionnaire
from questionnaires.places import Places
from questionnaires.points import points_of
from questionnaires.problems import Code

FEWEST, MOST = 3, 11
_HINT = f"{FEWEST} to {MOST} whole numbers in a row, each one more than the last; beside them only what means missing"


def check_points(questionnaire: Questionnaire, places: Places, building: Building) -> None:
    """Adds every question that cannot be laid out as points to the notes of ``building``."""
    for row, section in enumerate(questionnaire.sections):
        for column, question in enumerate(section.questions):
            if question.layout is not Layout.POINTS or question.id in building.broken:
                continue
            place = places.at("sections", row, "questions", column, "layout")
            owner = f'question "{question.id}"'
            if not _are_points(question):
                building.notes.add(Code.POINTS, place, f"{owner} has options that are no points", _HINT)
            elif question.order is Order.SHUFFLED and not question.items:
                building.notes.add(
                    Code.POINTS, place, f"{owner} has points in a shuffled order", 'write "order: fixed"'
                )


def _are_points(question: Question) -> bool:
    points = points_of(question)
    codes = [option.code for option in points]
    if not FEWEST <= len(points) <= MOST or any(option.other for option in question.options):
        return False
    if not all(code.isascii() and code.isdigit() and code == str(int(code)) for code in codes):
        return False
    return all(int(later) == int(earlier) + 1 for earlier, later in pairwise(codes))
