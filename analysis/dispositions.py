"""Outcome of the fieldwork: AAPOR final dispositions, response, cooperation, refusal and contact rates.

Source: AAPOR, Standard Definitions: Final Dispositions of Case Codes and Outcome Rates for Surveys, 9th edition (2016).
Codes by mode are in ``analysis.outcome_codes``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import fsum, isfinite
from typing import TypeVar

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

    @property
    def is_answer(self) -> bool:
        return self in (Disposition.COMPLETE, Disposition.PARTIAL)


_ELIGIBLE = (
    Disposition.COMPLETE,
    Disposition.PARTIAL,
    Disposition.REFUSAL,
    Disposition.NON_CONTACT,
    Disposition.OTHER_NONRESPONSE,
)
_UNKNOWN = (Disposition.UNKNOWN_HOUSEHOLD, Disposition.UNKNOWN_PERSON)
Group = TypeVar("Group", bound=Hashable)


def response_rates(
    dispositions: Sequence[Disposition],
    *,
    modes: Sequence[str] | None = None,
    valid: Sequence[bool] | None = None,
    weights: Sequence[float] | None = None,
    substitute: Sequence[bool] | None = None,
) -> ResponseRates:
    """Counts and rates of the cases of one area.

    RR1 = I / ((I + P) + (R + NC + O) + (UH + UO)); RR3 counts only the share e of the unknown as eligible, with e =
    eligible / (eligible + not eligible) among the cases whose eligibility is known; RR5 none of them. RR2, RR4 and RR6
    count partials as responses too. COOP = responses over those reached (1, 2: with O; 3, 4: without), REF = R, and CON
    = all but NC, over the denominators of RR1, RR3 and RR5.

    ``modes``: the mode each case was first assigned to. ``valid``: whether a completed case passed review (default:
    every completed one). ``weights``: design weights of the cases; then rates and e are weighted, counts never.
    ``substitute``: cases asked in place of others; they are counted apart and enter nothing else.
    """
    cases = _Cases.of(dispositions, modes, valid, weights, substitute)
    count = Counter(cases.codes)
    return _rates(
        count,
        sum(ok for ok, code in zip(cases.valid, cases.codes, strict=True) if code is Disposition.COMPLETE),
        _Sizes.of(cases),
        {} if modes is None else _by_mode(cases),
        weighted=weights is not None,
        substitutes=cases.substitutes,
    )


def response_rates_of_counts(
    counts: Mapping[Disposition, int], *, valid: int, by_mode: Mapping[str, tuple[int, int, int]]
) -> ResponseRates:
    """The same of an area whose cases were counted already. ``valid``: completed cases that passed review;
    ``by_mode``: mode -> sampled, completed, valid."""
    sizes = {code: float(counts.get(code, 0)) for code in Disposition}
    return _rates(counts, valid, _Sizes.of_sums(sizes), dict(by_mode), weighted=False, substitutes=0)


def _rates(
    count: Mapping[Disposition, int],
    valid: int,
    size: _Sizes,
    by_mode: dict[str, tuple[int, int, int]],
    *,
    weighted: bool,
    substitutes: int,
) -> ResponseRates:
    e = size.eligible / (size.eligible + size.not_eligible) if size.eligible + size.not_eligible else None
    estimated = None if e is None else size.eligible + e * size.unknown
    everyone = size.eligible + size.unknown
    return ResponseRates(
        sampled=sum(count.values()),
        completed=count.get(Disposition.COMPLETE, 0),
        valid=valid,
        eligible=estimated,
        e=e,
        by_mode=by_mode,
        rr1=_rate(size.complete, everyone),
        rr2=_rate(size.answered, everyone),
        rr3=_rate(size.complete, estimated),
        rr4=_rate(size.answered, estimated),
        rr5=_rate(size.complete, size.eligible),
        rr6=_rate(size.answered, size.eligible),
        coop1=_rate(size.complete, size.answered + size.refused + size.other),
        coop2=_rate(size.answered, size.answered + size.refused + size.other),
        coop3=_rate(size.complete, size.answered + size.refused),
        coop4=_rate(size.answered, size.answered + size.refused),
        ref1=_rate(size.refused, everyone),
        ref2=_rate(size.refused, estimated),
        ref3=_rate(size.refused, size.eligible),
        con1=_rate(size.reached, everyone),
        con2=_rate(size.reached, estimated),
        con3=_rate(size.reached, size.eligible),
        weighted=weighted,
        substitutes=substitutes,
    )


def response_rates_by(
    groups: Sequence[Group],
    dispositions: Sequence[Disposition],
    *,
    modes: Sequence[str] | None = None,
    valid: Sequence[bool] | None = None,
    weights: Sequence[float] | None = None,
    substitute: Sequence[bool] | None = None,
) -> dict[Group, ResponseRates]:
    """``response_rates`` of every group: an area, a first mode, or both as a pair. e is each group's own."""
    if len(groups) != len(dispositions):
        raise ValueError(f"{len(groups)} groups beside {len(dispositions)} dispositions: one each is needed")
    places: dict[Group, list[int]] = {}
    for place, group in enumerate(groups):
        places.setdefault(group, []).append(place)
    return {
        group: response_rates(
            [dispositions[place] for place in inside],
            modes=None if modes is None else [modes[place] for place in inside],
            valid=None if valid is None else [valid[place] for place in inside],
            weights=None if weights is None else [weights[place] for place in inside],
            substitute=None if substitute is None else [substitute[place] for place in inside],
        )
        for group, inside in places.items()
    }


@dataclass(frozen=True, slots=True)
class _Cases:
    """The cases that count, column by column."""

    codes: tuple[Disposition, ...]
    modes: tuple[str, ...]
    valid: tuple[bool, ...]
    weights: tuple[float, ...]
    substitutes: int

    @classmethod
    def of(
        cls,
        dispositions: Sequence[Disposition],
        modes: Sequence[str] | None,
        valid: Sequence[bool] | None,
        weights: Sequence[float] | None,
        substitute: Sequence[bool] | None,
    ) -> _Cases:
        size = len(dispositions)
        assigned = [""] * size if modes is None else list(modes)
        passed = [True] * size if valid is None else list(valid)
        heavy = [1.0] * size if weights is None else list(weights)
        others = [False] * size if substitute is None else list(substitute)
        found = {
            "modes": len(assigned),
            "findings": len(passed),
            "weights": len(heavy),
            "marks of substitutes": len(others),
        }
        wrong = [f"{length} {name}" for name, length in found.items() if length != size]
        if wrong:
            raise ValueError(f"{size} dispositions, {', '.join(wrong)}: one each is needed")
        bad = [place for place, weight in enumerate(heavy) if not (isfinite(weight) and weight > 0)]
        if bad:
            raise ValueError(f"a weight is not above 0, first at positions {', '.join(map(str, bad[:5]))}")
        kept = [place for place, other in enumerate(others) if not other]
        return cls(
            codes=tuple(dispositions[place] for place in kept),
            modes=tuple(assigned[place] for place in kept),
            valid=tuple(passed[place] for place in kept),
            weights=tuple(heavy[place] for place in kept),
            substitutes=size - len(kept),
        )


@dataclass(frozen=True, slots=True)
class _Sizes:
    """Sums of weights (counts where there are none)."""

    complete: float
    partial: float
    refused: float
    no_contact: float
    other: float
    unknown: float
    not_eligible: float

    @classmethod
    def of(cls, cases: _Cases) -> _Sizes:
        def total(*codes: Disposition) -> float:
            return fsum(weight for weight, code in zip(cases.weights, cases.codes, strict=True) if code in codes)

        complete, partial, refused, no_contact, other = (total(code) for code in _ELIGIBLE)
        unknown, not_eligible = total(*_UNKNOWN), total(Disposition.NOT_ELIGIBLE)
        return cls(complete, partial, refused, no_contact, other, unknown, not_eligible)

    @classmethod
    def of_sums(cls, sums: Mapping[Disposition, float]) -> _Sizes:
        unknown = sum(sums[code] for code in _UNKNOWN)
        complete, partial, refused, no_contact, other = (sums[code] for code in _ELIGIBLE)
        return cls(complete, partial, refused, no_contact, other, unknown, sums[Disposition.NOT_ELIGIBLE])

    @property
    def answered(self) -> float:
        return self.complete + self.partial

    @property
    def reached(self) -> float:
        return self.answered + self.refused + self.other

    @property
    def eligible(self) -> float:
        return self.reached + self.no_contact


def _rate(part: float, whole: float | None) -> float | None:
    return part / whole if whole else None


def _by_mode(cases: _Cases) -> dict[str, tuple[int, int, int]]:
    """Sampled, completed and valid by the mode first assigned."""
    found: dict[str, tuple[int, int, int]] = {}
    for mode, code, ok in zip(cases.modes, cases.codes, cases.valid, strict=True):
        sampled, completed, valid = found.get(mode, (0, 0, 0))
        done = code is Disposition.COMPLETE
        found[mode] = (sampled + 1, completed + done, valid + (done and ok))
    return found
