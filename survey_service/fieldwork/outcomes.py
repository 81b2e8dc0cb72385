"""The service's outcomes in the classes of AAPOR, for every response rate that it shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from analysis import dispositions as aapor
from survey_service.models import Disposition

# Until a visit has said whether anyone lives there, a case is of unknown eligibility (AAPOR 3.1). AAPOR's two kinds
# of it count alike in every rate used here; which it is stands in the case's code.
AAPOR: Mapping[Disposition, aapor.Disposition] = {
    Disposition.COMPLETE: aapor.Disposition.COMPLETE,
    Disposition.PARTIAL: aapor.Disposition.PARTIAL,
    Disposition.REFUSAL: aapor.Disposition.REFUSAL,
    Disposition.NONCONTACT: aapor.Disposition.NON_CONTACT,
    Disposition.OTHER: aapor.Disposition.OTHER_NONRESPONSE,
    Disposition.UNKNOWN: aapor.Disposition.UNKNOWN_HOUSEHOLD,
    Disposition.NOT_ELIGIBLE: aapor.Disposition.NOT_ELIGIBLE,
}

OF_AAPOR: Mapping[aapor.Disposition, Disposition] = {
    **{theirs: ours for ours, theirs in AAPOR.items()},
    aapor.Disposition.UNKNOWN_PERSON: Disposition.UNKNOWN,
}

# Outcomes that come by themselves: with an answer, or before anybody has been to the door.
_BY_THEMSELVES = frozenset({Disposition.COMPLETE, Disposition.PARTIAL, Disposition.UNKNOWN})


def outcomes_recorded(dispositions: Iterable[Disposition]) -> bool:
    """Whether it was noted of anybody why they did not answer, or everybody answered.

    Where it never was, e is 1, cooperation 100 % and refusal 0 whatever happened at the doors: no rate can be told but
    the share that completed.
    """
    found = set(dispositions)
    return Disposition.UNKNOWN not in found or bool(found - _BY_THEMSELVES)
