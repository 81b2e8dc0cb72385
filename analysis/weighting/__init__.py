"""Weights, step by step: each step gives its own weights and a frozen record of what it did."""

from analysis.weighting.design_weights import DesignWeightRecord, design_weights
from analysis.weighting.diagnostics import (
    WeightDiagnostics,
    diagnose,
    kish_design_effect,
    kish_effective_sample_size,
)
from analysis.weighting.nonresponse import NonresponseRecord, WeightingClass, nonresponse_weights

__all__ = [
    "DesignWeightRecord",
    "NonresponseRecord",
    "WeightDiagnostics",
    "WeightingClass",
    "design_weights",
    "diagnose",
    "kish_design_effect",
    "kish_effective_sample_size",
    "nonresponse_weights",
]
