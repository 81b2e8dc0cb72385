"""What it means: weights, estimates, intervals, tests, and what may be published. Pure functions, no input or output.

Names are loaded when they are first used (PEP 562), so that ``reports`` and the command line do not pay for scipy.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analysis.association import independence
    from analysis.design import SurveyDesign
    from analysis.disclosure import protect
    from analysis.dispositions import Disposition, response_rates
    from analysis.estimation import Index, Mean, Proportion, Ratio, Total, estimate
    from analysis.estimation.contrasts import Contrast, contrasts
    from analysis.estimation.quantiles import Quantile, quantiles
    from analysis.estimation.replicates import BalancedHalfSamples, Bootstrap, GivenReplicates, Jackknife
    from analysis.estimation.spread import variances
    from analysis.problems import DesignError, LonelyPsuError
    from analysis.regression import regress
    from analysis.verdicts import settling_sample_size, tipping_point, verdict

_HOMES = {
    "SurveyDesign": "analysis.design",
    "DesignError": "analysis.problems",
    "LonelyPsuError": "analysis.problems",
    "Index": "analysis.estimation",
    "Mean": "analysis.estimation",
    "Proportion": "analysis.estimation",
    "Ratio": "analysis.estimation",
    "Total": "analysis.estimation",
    "estimate": "analysis.estimation",
    "protect": "analysis.disclosure",
    "Disposition": "analysis.dispositions",
    "response_rates": "analysis.dispositions",
    "verdict": "analysis.verdicts",
    "Contrast": "analysis.estimation.contrasts",
    "contrasts": "analysis.estimation.contrasts",
    "Quantile": "analysis.estimation.quantiles",
    "quantiles": "analysis.estimation.quantiles",
    "variances": "analysis.estimation.spread",
    "Jackknife": "analysis.estimation.replicates",
    "Bootstrap": "analysis.estimation.replicates",
    "BalancedHalfSamples": "analysis.estimation.replicates",
    "GivenReplicates": "analysis.estimation.replicates",
    "independence": "analysis.association",
    "regress": "analysis.regression",
    "settling_sample_size": "analysis.verdicts",
    "tipping_point": "analysis.verdicts",
}

__all__ = [
    "BalancedHalfSamples",
    "Bootstrap",
    "Contrast",
    "DesignError",
    "Disposition",
    "GivenReplicates",
    "Index",
    "Jackknife",
    "LonelyPsuError",
    "Mean",
    "Proportion",
    "Quantile",
    "Ratio",
    "SurveyDesign",
    "Total",
    "contrasts",
    "estimate",
    "independence",
    "protect",
    "quantiles",
    "regress",
    "response_rates",
    "settling_sample_size",
    "tipping_point",
    "variances",
    "verdict",
]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'analysis' has no attribute {name!r}")
