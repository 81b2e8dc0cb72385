"""What cannot be ranked: an option that stands alone, or that means that nothing is known."""

from __future__ import annotations

from questionnaires.builders import Building
from questionnaires.kinds import kind_of
from questionnaires.lists import own_options
from questionnaires.model import Questionnaire
from questionnaires.places import Places
from questionnaires.problems import Code


def check_rankings(questionnaire: Questionnaire, places: Places, building: Building) -> None:
    """Adds every such option to the notes of ``building``."""
    for row, section in enumerate(questionnaire.sections):
        for column, question in enumerate(section.questions):
            if not kind_of(question).ordered:
                continue
            for number, option in enumerate(own_options(questionnaire, question)):
                if option.exclusive:
                    place = places.at("sections", row, "questions", column, "options", number)
                    message = f'question "{question.id}": option "{option.code}" cannot be ranked'
                    building.notes.add(
                        Code.NOT_FOR_TYPE, place, message, "who cannot say leaves a ranking blank; delete it"
                    )
