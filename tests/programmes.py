"""The programmes that come with the service, each read once a process."""

from __future__ import annotations

from functools import cache

from questionnaires.loader import available, load
from questionnaires.model import Questionnaire

KEYS = tuple(sorted(available()))


@cache
def programme(key: str) -> Questionnaire:
    return load(available()[key])
