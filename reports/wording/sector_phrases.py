"""Words of the sheet of a sector, and of how many sectors reached their target. Part of ``phrases``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from questionnaires.text import Text

SECTOR_PHRASES: Final[Mapping[str, Text]] = {
    "sector_report": Text("行业报告", "Sector report"),
    "sector_of": Text("{city}全市的数字", "Figures of the whole of {city}"),
    "sector_figure": Text("{name} {value}（{interval}），没有设目标", "{name}: {value} ({interval}), without a target"),
    "sector_unchanged": Text("比{wave}，没有查出变化。", "Since {wave}: no change found."),
    "sector_no_wave": Text("以前没有一期可以拿来比。", "There is no wave before to compare it with."),
    "sector_no_change": Text(
        "比不了{wave}：那时没有问，或者两期里有一期没有公布这个数字，或者口径不同。",
        "Not compared with {wave}: it was not asked then, one of the two waves does not publish the figure, or they "
        "are made otherwise.",
    ),
    # who rated it
    "sector_who": Text("谁评的", "Who rated it"),
    "sector_rated": Text(
        "全市有效答卷 {valid} 人，其中 {n} 人评了“{name}”，数字只算他们。",
        "Of {valid} valid {valid:questionnaire|questionnaires} in the city, {n} rated {name}; only these count in the "
        "figure.",
    ),
    "sector_used": Text(
        "全市有效答卷 {valid} 人，其中 {n} 人用过“{name}”而且评了，数字只算他们。",
        "Of {valid} valid {valid:questionnaire|questionnaires} in the city, {n} are of people who used and rated "
        "{name}; only these count in "
        "the figure.",
    ),
    "sector_hidden_n": Text(
        "全市有效答卷 {valid} 人；其中多少人评了“{name}”，和数字一样不单独公布。",
        "{valid} valid {valid:questionnaire|questionnaires} in the city; how many of them rated {name} is not "
        "published, nor is the figure.",
    ),
    "sector_others": Text(
        "没算的人，可能没用过，可能说不清，也可能没有问到、没有答。用过的人里有多少没有评，这里不知道，"
        "所以没有“用户应答率”；下面的应答率是整个调查的。",
        "Who does not count may not have used it, could not say, was not asked, or gave no answer. How many users did "
        "not rate it is unknown, so there is no response rate of users; the rates below are those of the survey.",
    ),
    # among the sectors
    "sector_among": Text("在各行业里", "Among the sectors"),
    "sector_lowest": Text(
        "能比的 {count} 个行业里，“{name}”低于其余各个，分得清。",
        "Of the {count} {count:sector|sectors} that can be compared, {name} is below all the others.",
    ),
    "sector_highest": Text(
        "能比的 {count} 个行业里，“{name}”高于其余各个，分得清。",
        "Of the {count} {count:sector|sectors} that can be compared, {name} is above all the others.",
    ),
    "sector_anywhere": Text(
        "能比的 {count} 个行业里，“{name}”是不是最低，分不出来；是不是最高，也分不出来。",
        "Of the {count} {count:sector|sectors} that can be compared, whether {name} is the lowest cannot be told, nor "
        "whether it is "
        "the highest.",
    ),
    "sector_with_lowest": Text(
        "能比的 {count} 个行业里，有 {some} 个分不出谁最低，“{name}”是其中一个；它低于最高的“{end}”。",
        "Of the {count} {count:sector|sectors} that can be compared, {some} are too close to call for the lowest, "
        "{name} among them; "
        "it is below the highest, {end}.",
    ),
    "sector_with_highest": Text(
        "能比的 {count} 个行业里，有 {some} 个分不出谁最高，“{name}”是其中一个；它高于最低的“{end}”。",
        "Of the {count} {count:sector|sectors} that can be compared, {some} are too close to call for the highest, "
        "{name} among them; "
        "it is above the lowest, {end}.",
    ),
    "sector_between": Text(
        "能比的 {count} 个行业里，“{name}”高于最低的“{low}”，低于最高的“{high}”。",
        "Of the {count} {count:sector|sectors} that can be compared, {name} is above the lowest, {low}, but below the "
        "highest, "
        "{high}.",
    ),
    "sector_these": Text("这 {some} 个是：{names}。", "These {some} are: {names}."),
    "sector_left_out": Text(
        "另有 {count} 个行业没有比：不单独公布、误差大，或只公布到一端。",
        "{count} {count:other sector is|other sectors are} not compared: not published alone, with a large error, or "
        "told by an end only.",
    ),
    "sector_not_among": Text(
        "没有拿“{name}”和别的行业比：它的数字不单独公布、误差大，或只公布到一端，或者别的行业都是这样。",
        "{name} is not compared with other sectors: its figure is not published alone, has a large error or is told by "
        "an end only, or theirs all are.",
    ),
    "sector_how": Text(
        "成对比较，同一个人评了几个行业也算在内；各对合起来，误判的机会不超过 {error}%。这里不排名次。",
        "Compared in pairs, counting that one person rated several; for all pairs together the chance of a wrong claim "
        "is at most {error}%. No ranks are given.",
    ),
    # by street and by group
    "sector_by_street": Text("各街道（镇）的“{name}”", "{name} by street or town"),
    "sector_by_street_unit": Text("按区划代码排列，不作排名；单位：{unit}", "by code, not ranked; in {unit}"),
    "sector_by_group": Text("各类居民的“{name}”", "{name} by group"),
    "sector_by_group_unit": Text("全市；单位：{unit}", "of the whole city; in {unit}"),
    "sector_group": Text("居民", "Group"),
    "spare_groups": Text("各类居民的数字", "figures by group"),
    # on the sheet of the city
    "sectors_title": Text("行业达标情况", "How the sectors stand to their targets"),
    "sectors_counted": Text(
        "有目标的 {count} 个行业：{parts}。", "Of {count} {count:sector|sectors} with a target: {parts}."
    ),
    "sectors_missed": Text("未达标的是：{names}。", "Not reached by: {names}."),
}
