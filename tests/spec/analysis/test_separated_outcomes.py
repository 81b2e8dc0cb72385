"""A class whose answers are all alike has no finite coefficient: a logistic regression says so, whatever weights."""

import numpy as np
import pandas as pd
import pytest

from analysis.design import SurveyDesign
from analysis.problems import DesignError
from analysis.regression import Family, regress


@pytest.mark.parametrize("seed", range(6))
def test_a_class_without_a_dissenter_is_refused(seed: int) -> None:
    """Steps of Newton stop by themselves where a chance is 1 to the last digit: that was taken for a solution."""
    rng = np.random.default_rng(seed)
    group = np.repeat(["a", "b", "c"], 6)
    y = np.concatenate([np.ones(6), [1, 0, 1, 0, 0, 1], [0, 0, 1, 0, 1, 0]])
    frame = pd.DataFrame({"y": y, "group": pd.Categorical(group), "w": rng.uniform(1, 400, len(y))})
    design = SurveyDesign.from_frame(frame, weight="w")
    with pytest.raises(DesignError, match="separates the outcomes"):
        regress(frame, design, "y", ["group"], family=Family.LOGISTIC)
    inside = frame[frame["group"].isin(["b", "c"])].assign(group=lambda part: part["group"].astype(str))
    found = regress(inside, SurveyDesign.from_frame(inside, weight="w"), "y", ["group"], family=Family.LOGISTIC)
    assert abs(found.coefficients[1].value) < 5
