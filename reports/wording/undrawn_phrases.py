"""What is said instead where a chart is not drawn but told in words. Part of ``phrases``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from questionnaires.text import Text

UNDRAWN_PHRASES: Final[Mapping[str, Text]] = {
    "rule_without_targets_in_words": Text(
        "同样的调查重复多次，约有 {level}% 的置信区间包含真实水平。",
        "If the survey were repeated, about {level}% of the intervals would hold the truth.",
    ),
    "comparison_in_words": Text(
        "估计值和 {level}% 置信区间；单位：{unit}", "Estimates and {level}% confidence intervals, in {unit}"
    ),
}
