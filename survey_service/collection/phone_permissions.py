"""Which devices of a phone a page may ask for, and the scripts that do: only what its questions need."""

from __future__ import annotations

from questionnaires.model import Questionnaire
from survey_service.collection.kinds import PHONE

_DEVICES = ("camera", "geolocation", "microphone")
_SCRIPTS = {"camera": "resident-scan.js", "files": "resident-files.js", "geolocation": "resident-place.js"}
HEADER = "Permissions-Policy"


def _wanted(questionnaire: Questionnaire) -> set[str]:
    return {PHONE[question.type].device(question) for question in questionnaire.questions()} - {""}


def device_scripts(questionnaire: Questionnaire) -> list[str]:
    """What the page loads besides, for the questions that a device can answer."""
    return [_SCRIPTS[one] for one in sorted(_wanted(questionnaire))]


def asked_of_phone(questionnaire: Questionnaire) -> dict[str, str]:
    """The header of a page with this questionnaire; none where the one of the service stands as it is."""
    wanted = _wanted(questionnaire)
    if not wanted.intersection(_DEVICES):
        return {}
    return {HEADER: ", ".join(f"{one}=({'self' if one in wanted else ''})" for one in _DEVICES)}
