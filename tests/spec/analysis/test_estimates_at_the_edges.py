"""Numbers that are easily wrong in silence: lonely PSUs beside a domain, totals of equal values, answers that are all
alike, and censuses in which some did not answer. Worked by hand."""

from __future__ import annotations

from math import sqrt

import pandas as pd
import pytest

from analysis import Mean, Proportion, Ratio, SurveyDesign, Total, estimate
from analysis.estimation.contrasts import Contrast, contrasts
from analysis.estimation.quantiles import Quantile, quantiles
from analysis.estimation.replicates import Jackknife
from analysis.problems import DesignError
from analysis.results import Estimate, Estimates, LonelyPsu
from analysis.weighting import Margin, calibrate_design, recalibrated


def only(found: Estimates) -> Estimate:
    assert len(found.estimates) == 1
    return found.estimates[0]


# ------------------------------------------------------------------ lonely PSUs
#  stratum A: 1, 3   stratum B: 2, 8   stratum C: 5 (lonely); every respondent is a PSU, weight 1
LONELY = pd.DataFrame({"stratum": list("AABBC"), "y": [1.0, 3, 2, 8, 5], "where": list("xxyyy")})
LONELY_DESIGN = SurveyDesign.from_frame(LONELY, strata=["stratum"])


def test_adjust_centres_on_the_mean_of_all_psus_also_those_without_a_member() -> None:
    found = estimate(LONELY, LONELY_DESIGN, [Total("y")], by=["where"], lonely_psu=LonelyPsu.ADJUST).estimates
    # x: stratum A adds 2 (1 + 1); the mean of the five PSU totals is 4 / 5, and C is an observed 0.
    assert found[0].standard_error == pytest.approx(sqrt(4 + (0 - 4 / 5) ** 2))
    # y: stratum B adds 2 (9 + 9); the mean is 15 / 5.
    assert found[1].standard_error == pytest.approx(sqrt(36 + (5 - 3) ** 2))


def test_adjust_in_a_domain_of_the_lonely_stratum_alone() -> None:
    found = estimate(LONELY, LONELY_DESIGN, [Total("y")], by=["stratum"], lonely_psu=LonelyPsu.ADJUST).estimates
    assert found[2].standard_error == pytest.approx(5 - 5 / 5)
    assert found[2].interval is None
    assert found[2].notes == (
        "no interval can be given: the domain has no more PSUs than strata (0 degrees of freedom), so the standard "
        "error is itself hardly known",
    )


def test_average_counts_the_strata_that_have_an_answer() -> None:
    frame = LONELY.assign(y=[float("nan")] * 2 + [2.0, 8, 5])
    one = only(estimate(frame, LONELY_DESIGN, [Total("y")], lonely_psu=LonelyPsu.AVERAGE))
    # Of B and C, B has a variance: 2 (9 + 9) for two strata. A is out of it, as in R.
    assert one.standard_error == pytest.approx(sqrt(36 * 2 / 1))


def test_average_as_in_r() -> None:
    frame = pd.DataFrame({"s": list("AABBCCD"), "p": [1, 2, 3, 4, 5, 6, 7], "y": [10.0, 14, 9, 13, None, None, 12]})
    design = SurveyDesign.from_frame(frame, strata=["s"], clusters=["p"])
    one = only(estimate(frame, design, [Mean("y")], lonely_psu=LonelyPsu.AVERAGE))
    # R 4.1.2, survey 4.1-1: options(survey.lonely.psu = "average"); svymean(~y, design, na.rm = TRUE)
    assert one.standard_error == pytest.approx(1.385640646055102, rel=1e-12)


def test_average_of_nothing_is_nothing() -> None:
    found = estimate(LONELY, LONELY_DESIGN, [Total("y")], by=["stratum"], lonely_psu=LonelyPsu.AVERAGE).estimates
    assert (found[2].value, found[2].standard_error, found[2].interval) == (5, None, None)
    assert "no sampling error can be given" in found[2].notes[0]


CITY = pd.DataFrame(
    {
        "s": list("AAAAABBBCCC"),
        "p": [1, 1, 2, 3, 3, 4, 4, 4, 5, 6, 7],
        "w": [2.0] * 5 + [5.0] * 3 + [3.0] * 3,
        "yes": [0.0, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1],
        "there": [10] * 5 + [20] * 3 + [30] * 3,
    }
)


@pytest.mark.parametrize(
    ("policy", "effective"),
    # R 4.1.2, survey 4.1-1: n / deff(svymean(deff = "replace")) = 11 / 0.8696094 and 11 / 0.7323985, or n v0 / v
    [(LonelyPsu.ADJUST, 12.649357856765148), (LonelyPsu.AVERAGE, 13.681619256017505)],
)
def test_the_variance_without_correction_counts_lonely_psus_too(policy: LonelyPsu, effective: float) -> None:
    design = SurveyDesign.from_frame(CITY, weight="w", strata=["s"], clusters=["p"], population_sizes=["there"])
    one = only(estimate(CITY, design, [Proportion("yes", "1")], lonely_psu=policy))
    assert one.effective_sample_size == pytest.approx(effective, rel=1e-9)


# ------------------------------------------------------------------ values that are all alike
def test_a_total_of_equal_values_has_no_design_effect() -> None:
    frame = pd.DataFrame({"one": 1.0, "w": [10.0, 12, 14, 20], "g": list("aabb")})
    design = SurveyDesign.from_frame(frame, weight="w")
    for one in estimate(frame, design, [Total("one")], by=["g"]).estimates:
        assert one.standard_error is not None
        assert (one.design_effect, one.effective_sample_size) == (None, None)
        assert one.notes == (
            "no design effect: all values are equal, so a simple sample would show no variance to compare with",
        )


@pytest.mark.parametrize("request_", [Mean("points"), Ratio("points", "one")])
def test_equal_answers_without_a_scale_have_no_interval(request_: Mean | Ratio) -> None:
    frame = pd.DataFrame({"points": [4.0] * 12, "one": 1.0})
    one = only(estimate(frame, SurveyDesign.from_frame(frame), [request_]))
    assert (one.value, one.interval) == (4, None)
    assert "give the scale" in one.notes[0]


def test_a_difference_from_equal_answers_without_a_scale_says_why_it_has_no_interval() -> None:
    frame = pd.DataFrame({"points": [4.0] * 12 + [1, 2, 3, 4], "g": ["a"] * 12 + ["b"] * 4})
    wanted = [Contrast.difference((("g", "a"),), (("g", "b"),))]
    one = only(contrasts(frame, SurveyDesign.from_frame(frame), [Mean("points")], wanted, by=["g"]))
    assert (one.value, one.interval) == (1.5, None)
    assert one.notes == ("no interval can be given: a part of it has none",)


def test_answers_outside_the_scale_are_refused() -> None:
    frame = pd.DataFrame({"points": [4.0, 11, 9]})
    with pytest.raises(DesignError, match=r"points: leaves its scale 0 to 10, first in rows 1\."):
        estimate(frame, SurveyDesign.from_frame(frame), [Mean("points", scale=(0.0, 10.0))])


def test_a_quantile_whose_limit_is_not_in_the_data_says_so() -> None:
    frame = pd.DataFrame({"y": [1.0, 2, 3]})
    one = only(quantiles(frame, SurveyDesign.from_frame(frame), [Quantile("y")]))
    assert one.interval is None
    assert one.notes == ("no interval can be given: a limit lies beyond the values that were seen",)


# ------------------------------------------------------------------ a census where some did not answer
CENSUS = pd.DataFrame(
    {"there": 6, "v": [1.0, 2, 3, 3, None, 1], "q": ["y", "y", "y", "n", "n", None], "g": list("AAABBB")}
)
CENSUS_DESIGN = SurveyDesign.from_frame(CENSUS, population_sizes=["there"])


def test_a_census_is_judged_domain_by_domain() -> None:
    found = estimate(CENSUS, CENSUS_DESIGN, [Mean("v"), Proportion("q")], by=["g"]).estimates
    assert [one.complete_enumeration for one in found] == [True] * 3 + [False] * 3
    assert found[0].interval is not None
    assert (found[0].interval.low, found[0].interval.high) == (2, 2)
    # In B everyone who answered said no, yet one did not answer: both categories are treated alike.
    for one in found[3:]:
        assert (one.standard_error, one.interval) == (None, None)
        assert "some did not answer" in one.notes[0]


def test_someone_of_no_known_domain_may_belong_to_any() -> None:
    frame = CENSUS.assign(g=pd.Series(["A", "A", "A", "B", "B", None]))
    found = estimate(frame, CENSUS_DESIGN, [Mean("v")], by=["g"]).estimates
    assert not found[0].complete_enumeration


# ------------------------------------------------------------------ rows that do not count
def test_psus_whose_weights_are_all_0_are_no_degrees_of_freedom() -> None:
    frame = pd.DataFrame({"p": [1, 1, 2, 2, 3, 3], "w": [1.0, 1, 1, 1, 0, 0], "v": [1.0, 2, 3, 4, 9, 8]})
    design = SurveyDesign.from_frame(frame, weight="w", clusters=["p"])
    one = only(estimate(frame, design, [Mean("v")]))
    # As R's degf; in the variance the third PSU stays, as an observed zero.
    assert (design.summary().psus, design.summary().degrees_of_freedom, one.degrees_of_freedom) == (2, 1, 1)
    assert one.standard_error == pytest.approx(sqrt(3 / 2 * 2 * ((1.5 - 2.5) * 2 / 4) ** 2))


# ------------------------------------------------------------------ blanks at the ends of labels
#  "Yes" and "Yes " are one answer, "a" and "a " one cluster: four respondents in two clusters, three say yes.
BLANKS = pd.DataFrame(
    {"q": ["Yes", "Yes ", " Yes", "No"], "psu": ["a", "a ", "b", "b"], "where": ["x", "x ", "y", "y"]}
)


def test_blanks_at_the_ends_part_no_category_cluster_or_domain() -> None:
    design = SurveyDesign.from_frame(BLANKS, clusters=["psu"])
    found = estimate(BLANKS, design, [Proportion("q")])
    assert [(one.category, one.value) for one in found.estimates] == [("No", 0.25), ("Yes", 0.75)]
    assert found.estimates[0].degrees_of_freedom == 1  # two clusters
    assert "q: blanks at the ends of categories were left out (“ Yes” is read as “Yes”)" in found.notes
    by = estimate(BLANKS, SurveyDesign.from_frame(BLANKS), [Proportion("q", "Yes")], by=["where"]).estimates
    assert [(dict(one.domain)["where"], one.value) for one in by] == [("x", 1.0), ("y", 0.5)]


def test_a_category_of_a_fixed_order_is_trimmed_too() -> None:
    frame = BLANKS.assign(q=pd.Categorical(BLANKS["q"], categories=["No", "Yes", "Yes ", " Yes"]))
    found = estimate(frame, SurveyDesign.from_frame(frame), [Proportion("q")]).estimates
    assert [(one.category, one.value) for one in found] == [("No", 0.25), ("Yes", 0.75)]


def test_what_is_asked_for_is_trimmed_as_what_is_read() -> None:
    design = SurveyDesign.from_frame(BLANKS)
    assert only(estimate(BLANKS, design, [Proportion("q", "Yes ")])).value == 0.75
    found = estimate(BLANKS, design, [Proportion("q", categories=("Yes ", "No", "Perhaps"))]).estimates
    assert [(one.category, one.value) for one in found] == [("Yes", 0.75), ("No", 0.25), ("Perhaps", 0.0)]


# ------------------------------------------------------------------ a single PSU under the jackknife
#  stratum A: 1, 2   stratum B: 3, 5   stratum C: 9 (lonely)
FIVE = pd.DataFrame({"stratum": list("AABBC"), "y": [1.0, 2, 3, 5, 9]})
FIVE_DESIGN = SurveyDesign.from_frame(FIVE, strata=["stratum"])


def test_the_jackknife_leaves_a_lonely_stratum_out_under_adjust() -> None:
    how = {"lonely_psu": LonelyPsu.ADJUST, "replication": Jackknife()}
    one = only(estimate(FIVE, FIVE_DESIGN, [Mean("y")], **how))  # type: ignore[arg-type]
    # Without 1, 2, 3, 5: 21/5, 19/5, 22/5, 18/5, each at 1/2; without stratum C: 11/4 at 2/3.
    left_out = [21 / 5, 19 / 5, 22 / 5, 18 / 5, 11 / 4]
    centre = sum(left_out) / 5
    squares = [(theta - centre) ** 2 for theta in left_out]
    assert one.standard_error == pytest.approx(sqrt(sum(squares[:4]) / 2 + squares[4] * 2 / 3))
    assert one.standard_error == pytest.approx(0.995824616419311)  # R 4.2.2, survey 4.1-1, JKn with "adjust"
    linear = only(estimate(FIVE, FIVE_DESIGN, [Mean("y")], lonely_psu=LonelyPsu.ADJUST))
    assert linear.standard_error == pytest.approx(1.0954451150103321)


@pytest.mark.parametrize(
    ("policy", "error"), [(LonelyPsu.CERTAINTY, 0.2), (LonelyPsu.REMOVE, 0.2), (LonelyPsu.AVERAGE, 0.2 * 5 / 4)]
)
def test_the_jackknife_under_the_other_policies(policy: LonelyPsu, error: float) -> None:
    one = only(estimate(FIVE, FIVE_DESIGN, [Mean("y")], lonely_psu=policy, replication=Jackknife()))
    assert one.standard_error == pytest.approx(sqrt(error))
    weights, replicates = recalibrated(
        FIVE.assign(all="all"),
        FIVE_DESIGN,
        [Margin(variables=("all",), totals=((("all",), 5.0),))],
        Jackknife(),
        lonely_psu=policy,
    )
    again = only(estimate(FIVE, weights, [Mean("y")], lonely_psu=policy, replication=replicates))
    assert again.standard_error == pytest.approx(one.standard_error)  # a margin of everyone changes no mean


def test_a_calibrated_jackknife_leaves_the_lonely_stratum_out_too() -> None:
    weights, replicates = recalibrated(
        FIVE.assign(all="all"),
        FIVE_DESIGN,
        [Margin(variables=("all",), totals=((("all",), 5.0),))],
        Jackknife(),
        lonely_psu=LonelyPsu.ADJUST,
    )
    one = only(estimate(FIVE, weights, [Mean("y")], lonely_psu=LonelyPsu.ADJUST, replication=replicates))
    assert one.standard_error == pytest.approx(0.995824616419311)


def test_the_jackknife_has_nothing_to_average_where_all_strata_are_lonely() -> None:
    frame = FIVE.iloc[[0, 2, 4]].reset_index(drop=True)
    design = SurveyDesign.from_frame(frame, strata=["stratum"])
    one = only(estimate(frame, design, [Total("y")], lonely_psu=LonelyPsu.AVERAGE, replication=Jackknife()))
    assert (one.standard_error, one.interval) == (None, None)


def test_the_jackknife_of_a_domain_beside_the_lonely_stratum() -> None:
    found = estimate(
        FIVE, FIVE_DESIGN, [Total("y"), Mean("y")], by=["stratum"], lonely_psu=LonelyPsu.ADJUST, replication=Jackknife()
    ).estimates
    # A's total is 3: without 1 or 2 it is 4 or 2; without stratum C the others count 3/2: 4.5. B's replicates leave it.
    left_out = [1.0, -1.0, 0, 0, 1.5]
    centre = sum(left_out) / 5
    squares = [(apart - centre) ** 2 for apart in left_out]
    assert found[0].standard_error == pytest.approx(sqrt(sum(squares[:4]) / 2 + squares[4] * 2 / 3))
    # Its mean is the same without C.
    left_out = [0.5, -0.5, 0, 0, 0]
    assert found[1].standard_error == pytest.approx(sqrt(0.5**2))


# ------------------------------------------------------------------ strata with a single PSU in a domain
def test_a_lonely_psu_of_a_domain_may_be_adjusted_too() -> None:
    #  A: PSUs 1, 3   B: 2, 8   C: 5, 7; the domain x has both PSUs of A and one of B
    frame = pd.DataFrame({"stratum": list("AABBCC"), "y": [1.0, 3, 2, 8, 5, 7], "where": list("xxxyyy")})
    design = SurveyDesign.from_frame(frame, strata=["stratum"])
    how = {"by": ["where"], "adjust_domain_lonely": True}
    x = estimate(frame, design, [Total("y")], lonely_psu=LonelyPsu.ADJUST, **how).estimates[0]  # type: ignore[arg-type]
    # B adds 2 ((2 - 1)^2 + (0 - 1)^2) about the mean PSU total 6 / 6.
    assert x.standard_error == pytest.approx(sqrt(2 * (1 + 1) + 2 * (1 + 1)))
    x = estimate(frame, design, [Total("y")], lonely_psu=LonelyPsu.AVERAGE, **how).estimates[0]  # type: ignore[arg-type]
    assert x.standard_error == pytest.approx(sqrt(2 * (1 + 1) * 2 / 1))  # A stands for B
    found = estimate(frame, design, [Total("y")], lonely_psu=LonelyPsu.AVERAGE, **how)  # type: ignore[arg-type]
    assert "strata with a single PSU in a domain count as lonely ones (average)" in found.notes


def test_a_policy_for_domains_needs_one_for_strata() -> None:
    with pytest.raises(ValueError, match="adjusted or averaged"):
        estimate(FIVE, FIVE_DESIGN, [Mean("y")], adjust_domain_lonely=True)
    with pytest.raises(ValueError, match="linearise"):
        estimate(
            FIVE,
            FIVE_DESIGN,
            [Mean("y")],
            lonely_psu=LonelyPsu.ADJUST,
            adjust_domain_lonely=True,
            replication=Jackknife(),
        )


def test_blanks_in_domains_strata_and_clusters_are_said() -> None:
    frame = BLANKS.assign(stratum=["s", "s ", "t", "t"], y=[1.0, 2, 3, 4])
    design = SurveyDesign.from_frame(frame, strata=["stratum"], clusters=["psu"], nest=True)
    assert design.summary().psus == 2
    found = estimate(frame, design, [Mean("y")], by=["where"], lonely_psu=LonelyPsu.REMOVE)
    assert found.notes == (
        "where: blanks at the ends of categories were left out (“x ” is read as “x”)",
        "stratum: blanks at the ends of categories were left out (“s ” is read as “s”)",
        "psu: blanks at the ends of categories were left out (“a ” is read as “a”)",
    )
    wanted = [Contrast.difference((("where", "x "),), (("where", "y"),))]
    alone = SurveyDesign.from_frame(frame)
    assert contrasts(frame, alone, [Mean("y")], wanted, by=["where"]).notes[0].startswith("where: blanks")


def test_labels_without_blanks_are_not_spoken_of() -> None:
    frame = BLANKS.apply(lambda column: column.str.strip())
    design = SurveyDesign.from_frame(frame, clusters=["psu"])
    assert estimate(frame, design, [Proportion("q")], by=["where"]).notes == ()


def test_blanks_in_a_margin_are_said_in_its_record() -> None:
    totals = ((("Yes ",), 30.0), (("No",), 10.0))
    margin = Margin(variables=("q",), totals=totals)
    _, record = calibrate_design(BLANKS, SurveyDesign.from_frame(BLANKS), [margin])
    assert record.notes == ("q: blanks at the ends of categories were left out (“ Yes” is read as “Yes”)",)
