"""Phrases with a word that could be a claim, of which each has a reason to be held by none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_METHOD: Final = "tells how it was asked, counted or judged: of this sheet's figures nothing"
_LABEL: Final = "names a column, a row or a rate"
_FRAME: Final = "only holds other phrases, which are held one by one"
_ELSEWHERE: Final = "of estimates of any data file: no sheet of an area says it"
_MAP: Final = "tells who may see a map: held where maps are"
_IMPRINT: Final = "tells of the edition or of the office that issues it"

_BY_REASON: Final[Mapping[str, tuple[str, ...]]] = {
    _METHOD: (
        "groups_how",
        "heat_shades",
        "heat_unit",
        "heat_unit_means",
        "area_unit",
        "items_how",
        "map_how",
        "modes_dealt",
        "modes_in_short",
        "open_count_note",
        "put_right_note",
        "remarks_note",
        "ranks_how",
        "read_error",
        "rule_of_reading",
        "sampling_error_only",
        "sector_by_group_unit",
        "sector_by_street_unit",
        "sector_how",
        "statistical_verdict",
        "tiles_how",
        "tiles_unit",
    ),
    _LABEL: (
        "approval_number",
        "apart_title",
        "compared",
        "differs_intervals",
        "driven_share",
        "driven_title",
        "groups_title",
        "index_title",
        "form_number",
        "legend_cannot_tell",
        "legend_not_published",
        "legend_not_reached",
        "legend_reached",
        "outcomes_title",
        "put_right_under_way",
        "remark_rest",
        "response_rate_1",
        "sectors_title",
        "shade_below",
        "spare_detectable",
        "spare_outcomes",
        "shade_between",
        "shade_from",
        "the definition differs",
        "the frame differs",
        "the modes differ",
        "the selection differs",
        "tip_unknown",
    ),
    _FRAME: ("hidden_note", "index_parts", "left_off", "own_base", "suppressed_note"),
    _ELSEWHERE: (
        "difference",
        "difference_of",
        "mean",
        "mean_of",
        "no_error_alike",
        "no_error_small",
        "not_ranked",
        "whole_sample",
        "groups_alike",
        "groups_differ",
        "group_alike",
    ),
    _MAP: ("map_internal",),
    _IMPRINT: (
        "corrected_because",
        "corrects",
        "edition_corrects",
        "mend_named",
        "what_was_corrected",
        "verify_at",
        "verify_typed",
    ),
}
EXEMPT: Final = {key: reason for reason, keys in _BY_REASON.items() for key in keys}
ELSEWHERE: Final = frozenset(_BY_REASON[_ELSEWHERE])
