"""Response rates by AAPOR's formulas, on a hundred cases that fit on a page."""

from __future__ import annotations

import pytest

from analysis.dispositions import Disposition, response_rates, response_rates_by
from analysis.outcome_codes import OUTCOME_CODES, OutcomeMode, disposition_of

D = Disposition
# I 50, P 4, R 12, NC 8, O 6: 80 known to be eligible. UH 8, UO 2. Not eligible 10.
HUNDRED = (
    [D.COMPLETE] * 50
    + [D.PARTIAL] * 4
    + [D.REFUSAL] * 12
    + [D.NON_CONTACT] * 8
    + [D.OTHER_NONRESPONSE] * 6
    + [D.UNKNOWN_HOUSEHOLD] * 8
    + [D.UNKNOWN_PERSON] * 2
    + [D.NOT_ELIGIBLE] * 10
)
E = 80 / 90
# name -> numerator, denominator; e = 80/90, so that RR3 counts 80 + 10 e = 88.889.
BY_HAND = {
    "rr1": (50, 90),
    "rr2": (54, 90),
    "rr3": (50, 80 + 10 * E),
    "rr4": (54, 80 + 10 * E),
    "rr5": (50, 80),
    "rr6": (54, 80),
    "coop1": (50, 72),
    "coop2": (54, 72),
    "coop3": (50, 66),
    "coop4": (54, 66),
    "ref1": (12, 90),
    "ref2": (12, 80 + 10 * E),
    "ref3": (12, 80),
    "con1": (72, 90),
    "con2": (72, 80 + 10 * E),
    "con3": (72, 80),
}


@pytest.mark.parametrize("name", BY_HAND)
def test_every_rate_by_hand(name: str) -> None:
    numerator, denominator = BY_HAND[name]
    assert getattr(response_rates(HUNDRED), name) == pytest.approx(numerator / denominator)


def test_counts_and_e_are_stated() -> None:
    found = response_rates(HUNDRED)
    assert (found.sampled, found.completed, found.valid) == (100, 50, 50)
    assert found.e == pytest.approx(E)
    assert found.eligible == pytest.approx(80 + 10 * E)
    assert not found.weighted


def test_the_rates_keep_their_order() -> None:
    found = response_rates(HUNDRED)
    assert found.rr1 is not None
    assert found.rr3 is not None
    assert found.rr5 is not None
    assert found.rr1 < found.rr3 < found.rr5  # the fewer of the unknown are taken as eligible, the higher


def test_weighted_by_the_design() -> None:
    #  weight 10: I, R      weight 40: I, UH, not eligible
    codes = [D.COMPLETE, D.REFUSAL, D.COMPLETE, D.UNKNOWN_HOUSEHOLD, D.NOT_ELIGIBLE]
    found = response_rates(codes, weights=[10, 10, 40, 40, 40])
    e = 60 / 100
    assert found.weighted
    assert found.sampled == 5
    assert found.e == pytest.approx(e)
    assert found.rr1 == pytest.approx(50 / 100)
    assert found.rr3 == pytest.approx(50 / (60 + 40 * e))
    # Equal weights give what no weights give.
    equal = response_rates(HUNDRED, weights=[7.5] * 100)
    assert (equal.rr3, equal.con2) == pytest.approx((response_rates(HUNDRED).rr3, response_rates(HUNDRED).con2))


def test_a_substitute_is_counted_apart_and_raises_no_rate() -> None:
    # The first case refused; the household asked in its place answered.
    codes = [*HUNDRED, D.COMPLETE]
    found = response_rates(codes, substitute=[False] * 100 + [True])
    assert found.substitutes == 1
    assert (found.sampled, found.completed) == (100, 50)
    assert found.rr1 == response_rates(HUNDRED).rr1


def test_by_area_and_first_mode() -> None:
    areas = ["A", "A", "A", "B", "B"]
    modes = ["web", "paper", "web", "web", "paper"]
    codes = [D.COMPLETE, D.REFUSAL, D.UNKNOWN_HOUSEHOLD, D.COMPLETE, D.COMPLETE]
    found = response_rates_by(list(zip(areas, modes, strict=True)), codes, modes=modes)
    assert found[("A", "web")].rr1 == pytest.approx(1 / 2)
    assert found[("A", "paper")].rr1 == 0
    assert found[("B", "web")].by_mode == {"web": (1, 1, 1)}
    whole = response_rates_by(areas, codes, modes=modes, valid=[True, True, True, False, True])["B"]
    assert whole.by_mode == {"web": (1, 1, 0), "paper": (1, 1, 1)}
    assert whole.e == 1  # each group's own
    with pytest.raises(ValueError, match="2 groups beside 5"):
        response_rates_by(["A", "B"], codes)


def test_nothing_known_gives_no_rate() -> None:
    unknown = response_rates([D.UNKNOWN_HOUSEHOLD] * 3)
    assert (unknown.e, unknown.rr3, unknown.rr5, unknown.coop1) == (None, None, None, None)
    assert unknown.rr1 == 0
    assert response_rates([]).rr1 is None


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"weights": [1.0]}, "2 dispositions, 1 weights"),
        ({"weights": [1.0, 0.0]}, "not above 0, first at positions 1"),
        ({"substitute": [True]}, "1 marks of substitutes"),
    ],
)
def test_columns_that_do_not_fit_are_named(arguments: dict[str, list[float]], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        response_rates([D.COMPLETE, D.REFUSAL], **arguments)  # type: ignore[arg-type]


# ------------------------------------------------------------------ codes
@pytest.mark.parametrize(
    ("mode", "code", "expected"),
    [
        (OutcomeMode.IN_PERSON, "1.1", D.COMPLETE),
        (OutcomeMode.IN_PERSON, "1.10", D.COMPLETE),
        (OutcomeMode.IN_PERSON, "2.112", D.REFUSAL),
        (OutcomeMode.IN_PERSON, "2.12", D.REFUSAL),  # a break-off is a refusal
        (OutcomeMode.IN_PERSON, "2.24", D.NON_CONTACT),
        (OutcomeMode.IN_PERSON, "2.3", D.OTHER_NONRESPONSE),
        (OutcomeMode.IN_PERSON, "3.17", D.UNKNOWN_HOUSEHOLD),
        (OutcomeMode.IN_PERSON, "3.21", D.UNKNOWN_PERSON),
        (OutcomeMode.IN_PERSON, "4.70", D.NOT_ELIGIBLE),
        (OutcomeMode.WEB, "2.121", D.REFUSAL),  # logged on and answered nothing: an implicit refusal
        (OutcomeMode.WEB, "3.19", D.UNKNOWN_HOUSEHOLD),  # silence says nothing about eligibility
        (OutcomeMode.MAIL, "2.113", D.REFUSAL),  # a blank form sent back
        (OutcomeMode.MAIL, "2.27", D.NON_CONTACT),
    ],
)
def test_codes_by_mode(mode: OutcomeMode, code: str, expected: Disposition) -> None:
    assert disposition_of(code, mode) is expected


def test_a_code_of_another_mode_is_refused_with_the_nearest() -> None:
    with pytest.raises(ValueError, match=r"'2\.113' is no outcome code in person; near it are 2\.11"):
        disposition_of("2.113", OutcomeMode.IN_PERSON)


@pytest.mark.parametrize("mode", OutcomeMode)
def test_codes_are_unique_and_have_words_in_both_languages(mode: OutcomeMode) -> None:
    codes = OUTCOME_CODES[mode]
    assert len({one.code for one in codes}) == len(codes)
    assert {one.disposition for one in codes} == set(Disposition)
    for words in ([one.zh for one in codes], [one.en for one in codes]):
        assert all(words)
        assert len(set(words)) == len(words)
