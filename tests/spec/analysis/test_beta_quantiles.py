"""Quantiles of beta distributions, all at once: SciPy's, to the digits a double has."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import betaincinv

from analysis.arrays import FloatArray
from analysis.estimation.beta_quantile import beta_quantile


def parameters(least: float, most: float) -> tuple[FloatArray, FloatArray]:
    rng = np.random.default_rng(47)
    a, b = np.exp(rng.uniform(np.log(least), np.log(most), (2, 40, 50)))
    return a, b


@pytest.mark.parametrize("probability", [1e-6, 0.005, 0.025, 0.05, 0.4, 0.5, 0.6, 0.975, 0.9995])
@pytest.mark.parametrize("reach", [(1, 3), (1, 60), (20, 400), (0.01, 5_000)])
def test_every_quantile_is_scipys(reach: tuple[float, float], probability: float) -> None:
    a, b = parameters(*reach)
    np.testing.assert_allclose(beta_quantile(a, b, probability), betaincinv(a, b, probability), rtol=1e-12)


def test_edges_are_left_to_scipy() -> None:
    a, b = np.array([0.0, np.nan, 1.0, 1e9, 3.0]), np.array([3.0, 1.0, 1.0, 2e9, np.inf])
    for probability in (0.025, 0.975):
        np.testing.assert_allclose(beta_quantile(a, b, probability), betaincinv(a, b, probability), rtol=1e-14)
