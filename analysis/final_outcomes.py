"""From the attempts at a case to its final outcome, by stated rules.

Source: AAPOR, Standard Definitions, 9th edition (2016), "Temporary vs. final disposition codes": the last attempt alone
does not decide; what was once learnt of a household stands until something else is learnt of it.

1. An answer that is stored decides: 1.1, or 1.2 where it is partial.
2. Else what was established last decides between eligible (2) and not eligible (4). An attempt that learnt nothing of
   that (3.1, 3.9) takes nothing back; a home that was seen to be lived in (3.2) is no longer one that is empty.
3. Among the attempts since then that found somebody eligible, a refusal or break-off stands before other reasons, and
   those before nobody having been reached; within each the last.
4. Nobody at home (2.24) establishes an eligible household only where an adult is known to live there, from the frame or
   from the roll taken at the door. Where none is known, the home is seen to be lived in and no more: 3.20.
5. Where nothing was established, evidence of people living there (3.2) stands before none (3.1, 3.9); within each the
   last.
6. Where nobody tried: 3.11 at a door, by mail and by telephone; a letter that invites to the web, once sent, is 3.19.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from analysis.dispositions import Disposition
from analysis.outcome_codes import OutcomeMode, disposition_of


class Rule(StrEnum):
    """Which of the rules decided."""

    ANSWERED = "answered"
    NOT_ELIGIBLE = "not_eligible"
    REFUSED = "refused"
    OTHER = "other"
    NOT_REACHED = "not_reached"
    LIVED_IN = "lived_in"
    NO_EVIDENCE = "no_evidence"
    NOT_TRIED = "not_tried"
    NO_REPLY = "no_reply"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One contact attempt. ``code``: one of ``outcome_codes`` of its mode."""

    code: str
    mode: OutcomeMode


@dataclass(frozen=True, slots=True, kw_only=True)
class FinalOutcome:
    """``attempt``: place of the attempt that decided; None where an answer or the want of any attempt did."""

    code: str
    mode: OutcomeMode
    disposition: Disposition
    rule: Rule
    attempt: int | None = None


NOBODY_AT_HOME = "2.24"
LIVED_IN = "3.20"
NOT_TRIED = "3.11"
NO_REPLY = "3.19"
COMPLETE, PARTIAL = "1.1", "1.2"
REFUSED = "2.11"

_RULE_OF = {
    Disposition.REFUSAL: Rule.REFUSED,
    Disposition.OTHER_NONRESPONSE: Rule.OTHER,
    Disposition.NON_CONTACT: Rule.NOT_REACHED,
    Disposition.UNKNOWN_PERSON: Rule.LIVED_IN,
    Disposition.UNKNOWN_HOUSEHOLD: Rule.NO_EVIDENCE,
    Disposition.NOT_ELIGIBLE: Rule.NOT_ELIGIBLE,
}
# Of attempts with as much to say about eligibility, the order in which they stand.
_STRONGEST_FIRST = (
    Disposition.REFUSAL,
    Disposition.OTHER_NONRESPONSE,
    Disposition.NON_CONTACT,
    Disposition.UNKNOWN_PERSON,
    Disposition.UNKNOWN_HOUSEHOLD,
)
_LIVED_IN = frozenset(_STRONGEST_FIRST[:4])


def final_outcome(
    attempts: Sequence[Attempt],
    *,
    first_mode: OutcomeMode,
    adult_known: bool,
    answered: OutcomeMode | None = None,
    partly: bool = False,
    invited: bool = False,
) -> FinalOutcome:
    """The outcome of one case.

    attempts: in the order of time, those withdrawn left out. first_mode: by which it was to be asked. adult_known:
    whether an adult is known to live there. answered: in which mode the answer that is stored came, None where there is
    none. partly: it is a partial one. invited: whether a letter was sent. ValueError for a code that its mode does not
    have, or one of an answer (1), which follows from what is stored.
    """
    found = [_said(attempt, adult_known) for attempt in attempts]
    if answered is not None:
        code, kind = (PARTIAL, Disposition.PARTIAL) if partly else (COMPLETE, Disposition.COMPLETE)
        return FinalOutcome(code=code, mode=answered, disposition=kind, rule=Rule.ANSWERED)
    if not attempts:
        silent = first_mode is OutcomeMode.WEB and invited
        return FinalOutcome(
            code=NO_REPLY if silent else NOT_TRIED,
            mode=first_mode,
            disposition=Disposition.UNKNOWN_HOUSEHOLD,
            rule=Rule.NO_REPLY if silent else Rule.NOT_TRIED,
        )
    place = _deciding([kind for _, kind in found])
    code, kind = found[place]
    return FinalOutcome(code=code, mode=attempts[place].mode, disposition=kind, rule=_RULE_OF[kind], attempt=place)


def _said(attempt: Attempt, adult_known: bool) -> tuple[str, Disposition]:
    """What an attempt establishes, as a code and its class."""
    kind = disposition_of(attempt.code, attempt.mode)
    if kind.is_answer:
        raise ValueError(f"{attempt.code!r} follows from an answer that is stored and cannot be said of an attempt")
    if attempt.code == NOBODY_AT_HOME and attempt.mode is OutcomeMode.IN_PERSON and not adult_known:
        return LIVED_IN, Disposition.UNKNOWN_PERSON
    return attempt.code, kind


def _deciding(kinds: Sequence[Disposition]) -> int:
    """Place of the attempt that decides: rules 2, 3 and 5."""
    since = 0
    for place, kind in reversed(list(enumerate(kinds))):
        if kind in _LIVED_IN:
            break
        if kind is Disposition.NOT_ELIGIBLE:
            return place
    for place, kind in enumerate(kinds):
        if kind is Disposition.NOT_ELIGIBLE:
            since = place + 1
    rank = {kind: order for order, kind in enumerate(_STRONGEST_FIRST)}
    return min(range(since, len(kinds)), key=lambda place: (rank[kinds[place]], -place))
