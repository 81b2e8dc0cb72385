"""Words for items: of one area from the lowest, and by area in shaded fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from questionnaires.text import Text

ITEM_PHRASES: Final[Mapping[str, Text]] = {
    # one area
    "one_item": Text("一", "one"),
    "two_items": Text("两", "two"),
    "three_items": Text("三", "three"),
    "items_title": Text("各方面评价，由低到高", "All items, from the lowest"),
    "items_title_down": Text("各项占比，由高到低", "All items, from the highest"),
    "items_note": Text(
        "粗体为估计值最低的{count}项。",
        "Bold: the {count} lowest {count:estimate|estimates}.",
    ),
    "items_note_shown": Text(
        "粗体为已公布各项中估计值最低的{count}项。",
        "Bold: the {count} lowest of the published estimates.",
    ),
    "item": Text("项目", "Item"),
    "items_of_place": Text("{place}的各方面评价", "Items in {place}"),
    "items_mean": Text("各数是{meaning}。", "Each figure: {meaning}."),
    "that_item": Text("该项", "the item"),
    "unit_means": Text("单位：{unit}，{meaning}", "in {unit}: {meaning}"),
    "heat_unit_means": Text(
        "各地按区划代码排列，不作排名；单位：{unit}，{meaning}", "areas by code, not ranked; in {unit}: {meaning}"
    ),
    # by area
    "heat_by_community": Text("各方面评价，按社区", "Items by community"),
    "heat_by_street": Text("各方面评价，按街道（镇）", "Items by street"),
    "street": Text("街道（镇）", "Street"),
    "heat_unit": Text("各地按区划代码排列，不作排名；单位：{unit}", "areas by code, not ranked; in {unit}"),
    "heat_nothing": Text("各方面的评价在这里都不单独公布。", "No figure of any item is published here."),
    "heat_order": Text(
        "各项按第一处的数字由低到高列出。", "Items stand from the lowest figure of the area named first."
    ),
    "heat_order_down": Text(
        "各项按第一处的数字由高到低列出。", "Items stand from the highest figure of the area named first."
    ),
    "heat_order_part": Text(
        "误差较小的各项按第一处的数字由低到高列出；另有 {count} 项在那里误差大或不单独公布，按问卷次序列在后面。",
        "Items with a small error stand from the lowest figure of the area named first; {count} with a large error or "
        "not published there follow in the order of the questionnaire.",
    ),
    "heat_order_part_down": Text(
        "误差较小的各项按第一处的数字由高到低列出；另有 {count} 项在那里误差大或不单独公布，按问卷次序列在后面。",
        "Items with a small error stand from the highest figure of the area named first; {count} with a large error or "
        "not published there follow in the order of the questionnaire.",
    ),
    "heat_unordered": Text("各项按问卷次序列出。", "Items stand in the order of the questionnaire."),
    "heat_shades": Text(
        "底色由深到浅：{steps}（白）。底色只分档，相邻两档之间未必分得出高低。",
        "Shades from dark to light: {steps} (white). They only group figures: two in different shades may not be "
        "told apart.",
    ),
    "heat_unshaded": Text(
        "误差大的和只公布到一端的不着色。",
        "Figures with a large error, and those told to an end only, are not shaded.",
    ),
    "heat_plain": Text(
        "没有底色：误差较小的数字都在同一档，或者没有。",
        "Nothing is shaded: the figures with a small error are all of one step, or there is none.",
    ),
    "shade_below": Text("不足 {high}", "under {high}"),
    "shade_between": Text("{low} 至不足 {high}", "{low} to under {high}"),
    "shade_from": Text("{low} 及以上", "{low} and over"),
}
