"""Fay-Herriot against R: REML and ML, EBLUP and mean squared error."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.small_area import FitMethod, fay_herriot

HERE = Path(__file__).parent / "fay_herriot"


@pytest.mark.parametrize("method", FitMethod)
def test_against_r(method: FitMethod) -> None:
    data = pd.read_csv(HERE / "data.csv")
    expected = json.loads((HERE / "expected.json").read_text(encoding="utf-8"))[str(method)]
    covariates = np.column_stack([np.ones(len(data)), data["income"]])
    model = fay_herriot(
        data["community"].tolist(), data["direct"].to_numpy(), data["variance"].to_numpy(), covariates, method=method
    )
    assert model.model_variance == pytest.approx(expected["model_variance"], rel=1e-5)
    assert model.coefficients == pytest.approx(expected["coefficients"], rel=1e-7)
    assert model.standard_errors == pytest.approx(expected["standard_errors"], rel=1e-6)
    assert [area.value for area in model.areas] == pytest.approx(expected["eblup"], rel=1e-7)
    assert [area.mean_squared_error for area in model.areas] == pytest.approx(expected["mean_squared_error"], rel=1e-5)
