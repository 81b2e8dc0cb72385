"""Outcome of the fieldwork: AAPOR final dispositions and response rates.

Source: AAPOR (2016), Standard Definitions: Final Dispositions of Case Codes and Outcome Rates for Surveys, 9th edition.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from enum import StrEnum

from analysis.results import ResponseRates


class Disposition(StrEnum):
    """Final outcome of one case, with its AAPOR code."""

    COMPLETE = "complete"  # 1.1 I
    PARTIAL = "partial"  # 1.2 P
    REFUSAL = "refusal"  # 2.1 R, refused or broken off
    NON_CONTACT = "non_contact"  # 2.2 NC, nobody reached though the household is known to be eligible
    OTHER_NONRESPONSE = "other_nonresponse"  # 2.3 O: ill, away, language
    UNKNOWN_HOUSEHOLD = "unknown_household"  # 3.1 UH: not known whether anyone lives there; never visited
    UNKNOWN_PERSON = "unknown_person"  # 3.2 UO: lived in, but not known whether anyone is eligible
    NOT_ELIGIBLE = "not_eligible"  # 4: empty, no dwelling, nobody of the target population


_ELIGIBLE = (
    Disposition.COMPLETE,
    Disposition.PARTIAL,
    Disposition.REFUSAL,
    Disposition.NON_CONTACT,
    Disposition.OTHER_NONRESPONSE,
)
_UNKNOWN = (Disposition.UNKNOWN_HOUSEHOLD, Disposition.UNKNOWN_PERSON)


def response_rates(
    dispositions: Sequence[Disposition],
    *,
    modes: Sequence[str] | None = None,
    valid: Sequence[bool] | None = None,
) -> ResponseRates:
    """Counts and rates of the cases of one area.

    RR1 = I / ((I + P) + (R + NC + O) + (UH + UO)); RR3 counts only the share e of the unknown as eligible, with e =
    eligible / (eligible + not eligible) among the cases whose eligibility is known. ``modes``: the mode each case was
    first assigned to. ``valid``: whether a completed case passed review (default: every completed one).
    """
    cases = list(dispositions)
    assigned = ["" for _ in cases] if modes is None else list(modes)
    passed = [True for _ in cases] if valid is None else list(valid)
    if not len(cases) == len(assigned) == len(passed):
        raise ValueError(
            f"{len(cases)} dispositions, {len(assigned)} modes, {len(passed)} findings: one each is needed"
        )
    count = Counter(cases)
    eligible = sum(count[code] for code in _ELIGIBLE)
    unknown = sum(count[code] for code in _UNKNOWN)
    known = eligible + count[Disposition.NOT_ELIGIBLE]
    complete = count[Disposition.COMPLETE]
    e = eligible / known if known else None
    estimated = None if e is None else eligible + e * unknown
    by_mode: dict[str, tuple[int, int, int]] = {}
    if modes is not None:
        for mode in dict.fromkeys(assigned):
            inside = [place for place, name in enumerate(assigned) if name == mode]
            done = [place for place in inside if cases[place] is Disposition.COMPLETE]
            by_mode[mode] = (len(inside), len(done), sum(passed[place] for place in done))
    return ResponseRates(
        sampled=len(cases),
        completed=complete,
        valid=sum(ok for ok, code in zip(passed, cases, strict=True) if code is Disposition.COMPLETE),
        eligible=estimated,
        e=e,
        rr1=complete / (eligible + unknown) if eligible + unknown else None,
        rr3=complete / estimated if estimated else None,
        by_mode=by_mode,
    )
