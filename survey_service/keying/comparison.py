"""Two keyings of one form, field by field. Pure: the simulation of clerks and the service use the same functions."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping

from questionnaires.answer_forms import Canonical
from survey_service.models import Decision

Answers = Mapping[str, Canonical]
ILLEGIBLE: Canonical = {"missing": "illegible"}
_NO_ANSWER = {"missing": "no_answer"}


def compared_as(value: Canonical | None) -> object:
    """What two keyings must share to agree: a box left empty is a box marked empty, and spaces in words are free."""
    if value is None or value == _NO_ANSWER:
        return None
    if isinstance(value, str):
        return "".join(unicodedata.normalize("NFKC", value).split())
    return value


def compared(first: Answers, second: Answers) -> set[str]:
    """Fields that at least one of the two keyed."""
    return set(first) | set(second)


def differences(first: Answers, second: Answers, order: Iterable[str]) -> list[str]:
    """Variables in which the keyings differ, in the order of the paper."""
    return [name for name in order if compared_as(first.get(name)) != compared_as(second.get(name))]


def settled(
    current: Answers, first: Answers, second: Answers, decisions: Mapping[str, tuple[Decision, object]]
) -> dict[str, object]:
    """Answers after adjudication: what was decided, and elsewhere what counted until then.

    ``current`` is the first keying, unless a form was corrected meanwhile. ``decisions``: variable -> decision and, for
    ``other``, what was keyed from the paper.
    """
    result: dict[str, object] = dict(current)
    for variable, (decision, typed) in decisions.items():
        match decision:
            case Decision.FIRST:
                value: object = first.get(variable)
            case Decision.SECOND:
                value = second.get(variable)
            case Decision.ILLEGIBLE:
                value = ILLEGIBLE
            case Decision.OTHER:
                value = typed
        if value is None:
            result.pop(variable, None)
        else:
            result[variable] = value
    return result


def decided(first: Answers, second: Answers, variable: str, decision: Decision, value: object) -> Decision:
    """The decision by its meaning: whoever keys from the paper what one of the two keyed, has decided for that one."""
    if decision not in (Decision.OTHER, Decision.ILLEGIBLE):
        return decision
    found = compared_as(ILLEGIBLE if decision is Decision.ILLEGIBLE else value)  # type: ignore[arg-type]
    if found == compared_as(first.get(variable)):
        return Decision.FIRST
    return Decision.SECOND if found == compared_as(second.get(variable)) else decision
