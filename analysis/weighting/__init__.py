"""Weights, step by step: each step gives its own weights and a frozen record of what it did."""

from analysis.weighting.calibration import calibrate, calibrate_design
from analysis.weighting.design_weights import DesignWeightRecord, design_weights
from analysis.weighting.diagnostics import (
    WeightDiagnostics,
    diagnose,
    kish_design_effect,
    kish_effective_sample_size,
)
from analysis.weighting.margins import Margin, read_margins
from analysis.weighting.nonresponse import NonresponseRecord, WeightingClass, nonresponse_weights
from analysis.weighting.raking import rake
from analysis.weighting.records import CalibrationError, CalibrationMethod, CalibrationRecord, MarginLine

__all__ = [
    "CalibrationError",
    "CalibrationMethod",
    "CalibrationRecord",
    "DesignWeightRecord",
    "Margin",
    "MarginLine",
    "NonresponseRecord",
    "WeightDiagnostics",
    "WeightingClass",
    "calibrate",
    "calibrate_design",
    "design_weights",
    "diagnose",
    "kish_design_effect",
    "kish_effective_sample_size",
    "nonresponse_weights",
    "rake",
    "read_margins",
]
