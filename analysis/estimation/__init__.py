"""Estimates with their sampling error: see ``estimate`` for the one entrance."""

from analysis.estimation.estimate import estimate, estimate_table
from analysis.estimation.requests import Index, Mean, Proportion, Ratio, Total

__all__ = ["Index", "Mean", "Proportion", "Ratio", "Total", "estimate", "estimate_table"]
