"""Weights, step by step: each step gives its own weights and a frozen record of what it did."""

from analysis.weighting.blending import Adjustment, Blend, BlendedEstimate, BlendMethod, blend
from analysis.weighting.calibration import calibrate, calibrate_design
from analysis.weighting.design_weights import DesignWeightRecord, design_weights
from analysis.weighting.diagnostics import (
    WeightDiagnostics,
    diagnose,
    kish_design_effect,
    kish_effective_sample_size,
)
from analysis.weighting.eligibility import CaseStatus, EligibilityRecord, eligibility_weights
from analysis.weighting.margins import Margin, read_margins
from analysis.weighting.nonresponse import NonresponseRecord, WeightingClass, nonresponse_weights
from analysis.weighting.propensity import PropensityRecord, PropensityUse, propensity_weights
from analysis.weighting.raking import rake
from analysis.weighting.recalibrated import RecalibratedReplicates, recalibrated
from analysis.weighting.records import CalibrationError, CalibrationMethod, CalibrationRecord, MarginLine
from analysis.weighting.trimming import TrimmingRecord, trim_weights

__all__ = [
    "Adjustment",
    "Blend",
    "BlendMethod",
    "BlendedEstimate",
    "CalibrationError",
    "CalibrationMethod",
    "CalibrationRecord",
    "CaseStatus",
    "DesignWeightRecord",
    "EligibilityRecord",
    "Margin",
    "MarginLine",
    "NonresponseRecord",
    "PropensityRecord",
    "PropensityUse",
    "RecalibratedReplicates",
    "TrimmingRecord",
    "WeightDiagnostics",
    "WeightingClass",
    "blend",
    "calibrate",
    "calibrate_design",
    "design_weights",
    "diagnose",
    "eligibility_weights",
    "kish_design_effect",
    "kish_effective_sample_size",
    "nonresponse_weights",
    "propensity_weights",
    "rake",
    "read_margins",
    "recalibrated",
    "trim_weights",
]
