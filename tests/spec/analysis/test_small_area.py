"""Small areas: by hand where variances are equal, at the edges, and by simulation."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.small_area import FitMethod, fay_herriot, smoothed_share_variances

NAMES = [f"C{number}" for number in range(12)]


def test_equal_variances_by_hand() -> None:
    # With one variance psi and a mean only, REML gives A = s^2 - psi and every area the same weight A / (A + psi).
    direct = np.array([0.70, 0.74, 0.78, 0.80, 0.82, 0.90])
    psi = 0.001
    model = fay_herriot(NAMES[:6], direct, np.full(6, psi), np.ones((6, 1)))
    expected = direct.var(ddof=1) - psi
    assert model.model_variance == pytest.approx(expected, rel=1e-9)
    weight = expected / (expected + psi)
    assert [area.value for area in model.areas] == pytest.approx(weight * direct + (1 - weight) * direct.mean())
    # g1 + g2 + 2 g3: A psi/(A+psi), (1-w)^2 (A+psi)/m, psi^2/(A+psi)^3 * 2 (A+psi)^2 / m.
    total = expected + psi
    error = weight * psi + (1 - weight) ** 2 * total / 6 + 2 * psi**2 / total * 2 / 6
    assert model.areas[0].mean_squared_error == pytest.approx(error)
    # ML divides by m, so its A is smaller.
    by_ml = fay_herriot(NAMES[:6], direct, np.full(6, psi), np.ones((6, 1)), method=FitMethod.ML)
    assert by_ml.model_variance == pytest.approx(direct.var() - psi, rel=1e-9)


@pytest.mark.parametrize("method", FitMethod)
def test_areas_alike_leave_no_model_variance(method: FitMethod) -> None:
    direct = 0.8 + 0.001 * np.array([1.0, -1, 1, -1, 1, -1, 1, -1])
    model = fay_herriot(NAMES[:8], direct, np.full(8, 0.003), np.ones((8, 1)), method=method)
    assert model.model_variance == 0
    assert {area.shrinkage for area in model.areas} == {0.0}
    assert all(area.mean_squared_error > 0 for area in model.areas)
    assert "model variance is 0" in model.notes[0]


def test_an_area_without_respondents_is_synthetic_and_marked() -> None:
    rng = np.random.default_rng(1)
    covariates = np.column_stack([np.ones(12), np.linspace(-1, 1, 12)])
    direct = 0.8 + 0.1 * covariates[:, 1] + 0.08 * np.resize([1.0, -1.0, 0.5, -0.5], 12) + rng.normal(0, 0.01, 12)
    variances = np.full(12, 0.001)
    direct[3] = variances[3] = np.nan
    model = fay_herriot(NAMES, direct, variances, covariates)
    unsampled = model.areas[3]
    assert (unsampled.synthetic, unsampled.direct, unsampled.shrinkage) == (True, None, 0.0)
    assert unsampled.value == pytest.approx(float(covariates[3] @ np.array(model.coefficients)))
    assert unsampled.mean_squared_error > max(area.mean_squared_error for area in model.areas if not area.synthetic)
    without = fay_herriot(
        NAMES[:3] + NAMES[4:], np.delete(direct, 3), np.delete(variances, 3), np.delete(covariates, 3, axis=0)
    )
    assert without.coefficients == pytest.approx(model.coefficients)


def test_variances_are_smoothed_before_they_weigh() -> None:
    # n 20, 30, 50; shares 1.0, 0.8, 0.9: pooled p = 89/100; effects 1, 1.5, 2 weighted: (20 + 45 + 100)/100 = 1.65.
    found = smoothed_share_variances(np.array([1.0, 0.8, 0.9]), np.array([20.0, 30, 50]), np.array([1.0, 1.5, 2.0]))
    assert found == pytest.approx(1.65 * 0.89 * 0.11 / np.array([20, 30, 50]))
    assert (smoothed_share_variances(np.ones(2), np.array([20.0, 30])) > 0).all()


def test_the_mean_squared_error_is_honest() -> None:
    """Over many draws from the model the stated error is the error that is made, and below the direct one."""
    rng = np.random.default_rng(20260930)
    psi = np.linspace(0.0008, 0.006, 20)
    covariates = np.column_stack([np.ones(20), np.linspace(-1, 1, 20)])
    made, stated, direct_made = np.zeros(20), np.zeros(20), np.zeros(20)
    for _ in range(400):
        truth = covariates @ [0.8, 0.05] + rng.normal(0, 0.04, 20)
        direct = truth + rng.normal(0, np.sqrt(psi))
        model = fay_herriot([str(k) for k in range(20)], direct, psi, covariates)
        made += (np.array([area.value for area in model.areas]) - truth) ** 2
        stated += np.array([area.mean_squared_error for area in model.areas])
        direct_made += (direct - truth) ** 2
    assert stated.sum() / made.sum() == pytest.approx(1, abs=0.08)
    assert made.sum() < 0.6 * direct_made.sum()


@pytest.mark.parametrize(
    ("direct", "variances", "covariates", "message"),
    [
        (np.full(6, 0.8), np.array([0.1, 0.1, 0.0, 0.1, 0.1, 0.1]), np.ones((6, 1)), "not above 0 in C2"),
        (np.full(3, 0.8), np.full(3, 0.1), np.ones((3, 1)), "3 sampled areas for 1 coefficients"),
        (np.full(6, 0.8), np.full(6, 0.1), np.ones((6, 2)), "say the same twice"),
        (np.full(6, 0.8), np.full(6, 0.1), np.full((6, 1), np.nan), "a covariate is missing"),
    ],
)
def test_what_does_not_fit_is_named(
    direct: np.ndarray, variances: np.ndarray, covariates: np.ndarray, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        fay_herriot(NAMES[: len(direct)], direct, variances, covariates)
