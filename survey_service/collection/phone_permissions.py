"""Which devices of a phone a page may ask for: none, but for what a question of its own needs."""

from __future__ import annotations

from questionnaires.model import Questionnaire
from survey_service.collection.kinds import PHONE

_DEVICES = ("camera", "geolocation", "microphone")
HEADER = "Permissions-Policy"


def asked_of_phone(questionnaire: Questionnaire) -> dict[str, str]:
    """The header of a page with this questionnaire; none where the one of the service stands as it is."""
    wanted = {PHONE[question.type].device(question) for question in questionnaire.questions()} - {""}
    if not wanted:
        return {}
    return {HEADER: ", ".join(f"{one}=({'self' if one in wanted else ''})" for one in _DEVICES)}
