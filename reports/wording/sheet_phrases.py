"""Words of the two pages of a community and of what does not fit on them. Part of ``phrases``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from questionnaires.text import Text

SHEET_PHRASES: Final[Mapping[str, Text]] = {
    # who was asked
    "asked_counts": Text(
        "抽中 {sampled}，完成 {completed}，有效 {valid}{by_mode}。",
        "{sampled} sampled, {completed} completed, {valid} valid{by_mode}.",
    ),
    "asked_by_mode": Text("（{modes}）", " ({modes})"),
    "asked_mode": Text("{mode} {valid}", "{mode} {valid}"),
    "asked_rates": Text("{rates}。", "{rates}."),
    "asked_rate": Text("{name} {rate}", "{name} {rate}"),
    "asked_effective": Text("加权后抵得上等权的 {n} 份。", "After weighting they are worth {n} of equal weight."),
    # over the waves
    "waves_title": Text("历次的数字", "The waves so far"),
    "waves_unit": Text("各期公布的数字；单位：{unit}", "as each wave published it; in {unit}"),
    "waves_indicator": Text("指标", "Indicator"),
    "waves_wave": Text("期", "Wave"),
    "waves_break": Text("† 与前一次口径不同，前后不能比。", "† Asked or made otherwise than before: not comparable."),
    # against the areas above
    "differs": Text("查明的差别：{parts}。", "Differences found: {parts}."),
    "differs_rest": Text(
        "查明的差别：{parts}；其余能比的 {rest} 处没有查出。",
        "Differences found: {parts}; none found in {rest} other {rest:comparison|comparisons}.",
    ),
    "differs_nowhere": Text(
        "能比的 {rest} 处都没有查出差别。", "No difference is found in any of the {rest} that can be compared."
    ),
    "differs_part": Text("比{place}{parts}", "against {place} {parts}"),
    "differs_higher": Text("{name}高 {by}", "{name} higher by {by}"),
    "differs_lower": Text("{name}低 {by}", "{name} lower by {by}"),
    "spare_detectable": Text("变化要多大才查得出", "how large a change would have been found"),
    "differs_intervals": Text("差别的区间", "intervals of the differences"),
    "here": Text("本社区", "Community"),
    "street_above": Text("街道（镇）", "Street"),
    "city_above": Text("全市", "City"),
    # nothing of its own
    "nothing_own": Text(
        "这里没有一项数字单独公布，下面是{place}的。",
        "No figure of this community is published on its own; below are those of {place}.",
    ),
    "nothing_why": Text(
        "为保护受访人，或因把握不够；回答都计入了上一级。",
        "To protect respondents, or because it is too uncertain; the answers are counted in the level above.",
    ),
    "further_indicators": Text("别的指标", "Further indicators"),
    "figures_of": Text("{place}和{city}", "{place} and {city}"),
    "many_title": Text("各项指标，未达标的在前", "All indicators, those that missed their target first"),
    # of an area
    "each_sign": Text(
        "每个记号代表一个社区；区间指 {level}% 置信区间。",
        "One sign per community; interval: {level}% confidence interval.",
    ),
    "apart_title": Text("哪些地方分得出先后", "Which areas can be told apart"),
    "groups_title": Text("各类居民之间的差别", "Differences between groups"),
    "driven_title": Text("哪些方面和{outcome}关联大", "What goes with {outcome}"),
    "driven_share": Text("关联占比", "Share"),
    "driven_done": Text("本项", "Figure"),
    "driven_explained": Text(
        "全市各方面合起来说明{outcome}差异的 {share}%（{interval}），按答全的 {n} 人；这是关联，不是因果。",
        "In the whole city all items together go with {share}% ({interval}) of the differences in {outcome}, of {n} "
        "who answered all; what goes together need not be cause and effect.",
    ),
    "driven_weak": Text("太小，不足以排出哪项更要紧。", " Too little to order the items by it."),
    "counted_title": Text("各项指标，未达标的在前", "All indicators, those that missed their target first"),
    "counted": Text("{word} {count}", "{word} {count}"),
    "counted_communities": Text("各社区的判定", "Verdicts of the communities"),
    "tiles_title": Text("各社区的{name}，一个社区一格", "{name}, a tile for each community"),
    "map_title": Text("各社区的{name}（地图）", "{name} by community, on the map"),
    "tiles_most": Text("画的是未达标的社区最多的一项。", "Shown is the indicator that most communities missed."),
    "map_how": Text(
        "底色越深，判定越差；斜线的不单独公布。图上地方大，不等于人多。",
        "The darker, the worse the verdict; hatched is not published. A large area need not have many people.",
    ),
    "map_reviewed": Text("审图号：{number}", "Map review number: {number}"),
    "map_internal": Text(
        "地图没有审图号，仅供内部使用，不得公开。",
        "The map has no review number: for internal use only, not to be made public.",
    ),
    "tiles_unit": Text("按区划代码排列，不作排名", "by code, not ranked"),
    "tiles_how": Text(
        "底色越深，判定越差。格子一样大，不表示位置和人口。",
        "The darker, the worse the verdict. Tiles are of one size and stand for neither place nor population.",
    ),
    "tiles_hatched": Text("斜线格不单独公布。", "Hatched is not published."),
    "tiles_dashed": Text("“—”不单独公布。", "“—” is not published."),
    # what a page has no room for
    "left_off": Text(
        "这里印不下，网页和 Word 里有：{parts}。",
        "No room here, but on the web page and in Word: {parts}.",
    ),
    "spare_items": Text("各项目的定义", "what each item means"),
    "spare_ages": Text("按年龄", "figures by age"),
    "spare_waves": Text("历次的数字", "the waves so far"),
    "spare_tiles": Text("各社区一格的图", "the tiles of the communities"),
    "spare_method": Text("抽样和加权的细节", "details of selection and weights"),
    "spare_outcomes": Text("抽中样本的结果", "outcomes of all cases"),
    "spare_modes": Text("填答方式的影响", "what the mode did"),
}
