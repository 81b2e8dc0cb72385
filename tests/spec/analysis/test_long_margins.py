"""A margin of many areas beside a short one: solved area by area first, the same fitted values as by the whole matrix;
standard errors the same whether residuals are worked out unit by unit or by the quadratic form, lonely PSUs too."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.auxiliaries import CrossProducts
from analysis.design import SurveyDesign
from analysis.estimation import Mean, Ratio, Total
from analysis.estimation.contrasts import Contrast, contrasts
from analysis.estimation.estimate import estimate_table
from analysis.estimation.options import Options
from analysis.results import LonelyPsu
from analysis.weighting import CalibrationMethod, Margin, calibrate_design, read_margins

COMMUNITIES = 30
REQUESTS = (Mean("satisfied"), Mean("spending"), Total("spending"), Ratio("spending", "persons"))


def city(*, lonely: bool = False) -> pd.DataFrame:
    """Communities in four streets, two to four grids each; every fifth has one grid where ``lonely``."""
    rng = np.random.default_rng(41)
    community = np.repeat(np.arange(COMMUNITIES), 16)
    grids = rng.integers(2, 5, COMMUNITIES)
    if lonely:
        grids[::5] = 1
    rows = len(community)
    frame = pd.DataFrame({"community": community, "street": community % 4, "group": rng.integers(0, 6, rows)})
    frame["grid"] = community * 10 + rng.integers(0, 100, rows) % grids[community]
    frame["household"] = np.arange(rows) // 2
    frame["grids"], frame["households"] = grids[community] + 3, 40
    frame["weight"] = rng.uniform(5, 20, rows)
    frame["persons"] = rng.integers(1, 5, rows).astype(np.float64)
    frame["satisfied"] = (rng.random(rows) < 0.5 + 0.02 * community / COMMUNITIES).astype(np.float64)
    frame.loc[rng.random(rows) < 0.1, "satisfied"] = np.nan
    frame["spending"] = rng.gamma(2, 100, rows)
    return frame


def margins(frame: pd.DataFrame, names: tuple[str, ...]) -> list[Margin]:
    """Totals of one population that the weights miss by up to a fifth."""
    rng = np.random.default_rng(43)
    cells = frame.groupby(["community", "street", "group"])["weight"].sum()
    cells = cells * rng.uniform(0.8, 1.2, len(cells))
    known = []
    for name in names:
        totals = cells.groupby(level=name).sum()
        known.append(Margin.of(name, {str(key): float(total) for key, total in totals.items()}))
    return known


@pytest.mark.parametrize("names", [("community", "group"), ("group", "community"), ("street", "community", "group")])
def test_areas_solved_first_fit_as_the_pseudo_inverse_of_the_whole(names: tuple[str, ...]) -> None:
    frame = city()
    columns = read_margins(frame, margins(frame, names))
    weights = frame["weight"].to_numpy()
    matrix = columns.matrix().toarray()
    products = matrix.T @ (matrix * weights[:, None])
    right = matrix.T @ (weights[:, None] * frame[["spending", "persons"]].to_numpy())
    whole = matrix @ (np.linalg.pinv(products, rcond=1e-12) @ right)
    cross = CrossProducts.of(columns.cross_products(weights), columns.longest)
    assert cross.inverse.shape[0] < 12 < len(cross.longest)  # the margins share their total: singular, and small
    np.testing.assert_allclose(matrix @ cross.solve(right), whole, rtol=1e-10)


def test_a_margin_that_another_repeats_changes_nothing() -> None:
    """Streets are sums of communities: nothing of them is left once communities are taken out."""
    frame = city()
    design = SurveyDesign.from_frame(frame, weight="weight", strata=["community"], clusters=["grid"])
    with_streets, without = (
        calibrate_design(frame, design, margins(frame, names))[0]
        for names in (("community", "street", "group"), ("community", "group"))
    )
    np.testing.assert_allclose(with_streets.weight, without.weight, rtol=1e-9)
    errors = [estimate_table(frame, one, REQUESTS, by=["street"]).figures for one in (with_streets, without)]
    np.testing.assert_allclose(errors[0].standard_error, errors[1].standard_error, rtol=1e-9)


DESIGNS = {
    "grids": {"strata": ["community"], "clusters": ["grid"]},
    "grids and households": {
        "strata": ["community"],
        "clusters": ["grid", "household"],
        "population_sizes": ["grids", "households"],
    },
    "communities": {"strata": ["street"], "clusters": ["community"]},
    "persons": {"strata": ["street"]},
}


@pytest.mark.parametrize("policy", [LonelyPsu.ADJUST, LonelyPsu.AVERAGE, LonelyPsu.REMOVE])
@pytest.mark.parametrize("by", [["community"], ["street", "group"]], ids="+".join)
@pytest.mark.parametrize("kind", sorted(DESIGNS))
def test_residuals_unit_by_unit_and_the_quadratic_form_agree(
    kind: str, by: list[str], policy: LonelyPsu, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame = city(lonely=True)
    design = SurveyDesign.from_frame(frame, weight="weight", **DESIGNS[kind])  # type: ignore[arg-type]
    calibrated, _ = calibrate_design(frame, design, margins(frame, ("community", "group")))
    found = []
    # Residuals; areas taken off first, with the few columns left laid out and sparse; every column by the form.
    for few, widest, laid_out in ((10**9, 20, 10**9), (0, 20, 10**9), (0, 20, 0), (0, 0, 0)):
        with monkeypatch.context() as patched:
            patched.setattr("analysis.estimation.calibrated._FEW", few)
            patched.setattr("analysis.estimation.calibrated._LAID_OUT", 10**9)
            patched.setattr("analysis.estimation.calibrated._WIDEST", widest)
            patched.setattr("analysis.estimation.quadratic_form._LAID_OUT", laid_out)
            found.append(estimate_table(frame, calibrated, REQUESTS, by=by, options=Options(lonely_psu=policy)).figures)
    assert (found[0].standard_error > 0).any()
    for other, reach in ((found[1], 1e-9), (found[2], 1e-9), (found[3], 1e-6)):
        np.testing.assert_allclose(other.standard_error, found[0].standard_error, rtol=reach, atol=1e-9)
        np.testing.assert_allclose(other.design_effect, found[0].design_effect, rtol=2 * reach, atol=1e-9)


def test_the_sum_of_two_halves_has_the_error_of_the_whole() -> None:
    frame = city()
    frame["half"] = np.where(frame["street"] < 2, "a", "b")
    design = SurveyDesign.from_frame(frame, weight="weight", strata=["community"], clusters=["grid"])
    calibrated, _ = calibrate_design(
        frame, design, margins(frame, ("community", "group")), method=CalibrationMethod.LINEAR
    )
    both = Contrast("a + b", {(("half", "a"),): 1.0, (("half", "b"),): 1.0})
    summed = contrasts(frame, calibrated, [Total("spending")], [both], by=["half"]).estimates[0]
    whole = estimate_table(frame, calibrated, [Total("spending")]).figures
    assert summed.standard_error == pytest.approx(whole.standard_error[0, 0], rel=1e-9)
