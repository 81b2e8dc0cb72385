"""Questionnaires that were handed in as YAML, read and checked by a child process."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from questionnaires.canonical import from_canonical
from questionnaires.loader import DEFINITION
from questionnaires.model import Questionnaire
from questionnaires.problems import Code, Location, Problem
from survey_service.outside.door import DEFINITIONS, Stopped, parsed

_SAID: Final[Mapping[str, tuple[str, str]]] = {
    "time": ("checking the file took too long", "a definition is a few hundred lines; leave out what is no question"),
    "memory": ("checking the file took too much memory", "a definition is a few hundred lines"),
    "depth": ("the file is nested too deeply", "write conditions with fewer brackets"),
    "output": ("the file holds more than is read", "a definition is a few hundred lines"),
    "busy": ("other files are being read", "wait a minute and store it again; what was written is still in the box"),
    "died": ("the file cannot be read", "save it as UTF-8 and try again"),
}
MOST_TOLD: Final = 500  # problems; nobody mends more before looking again
_CODES: Final = {code.number: code for code in Code}


class Checked(NamedTuple):
    """The questionnaire, or the first of its ``found`` problems in the order of the file."""

    questionnaire: Questionnaire | None
    problems: list[Problem]
    found: int


def check(content: bytes) -> Checked:
    """As ``questionnaires.loader.check_bytes``; what was stopped is a problem of the whole file."""
    try:
        with parsed("definitions", content, DEFINITIONS, {"source": DEFINITION, "told": MOST_TOLD}) as reply:
            (answer,) = reply.lines()
    except Stopped as stopped:
        message, hint = _SAID.get(stopped.reason, _SAID["died"])
        return Checked(None, [Problem(Code.UNREADABLE, Location(DEFINITION), message, hint)], 1)
    if "definition" in answer:
        return Checked(from_canonical(answer["definition"]), [], 0)
    return Checked(None, [problem_of(one) for one in answer["problems"]], answer["count"])


def problem_of(told: Mapping[str, Any]) -> Problem:
    location = Location(told["file"], told["line"], told["column"])
    return Problem(_CODES[told["code"]], location, told["message"], told["hint"])
