"""A questionnaire with lists of all three sources, cascades, and options that hang on what was answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from questionnaires.model import ListSource, Option, Questionnaire
from questionnaires.text import Text
from tests.spec.questionnaires.examples import NOTICE

LISTED = f"""\
key: listed
version: "1"
title: {{zh: 去过的单位, en: Offices you went to}}
{NOTICE}
lists:
  streets:
    title: {{zh: 街道, en: Streets}}
    from: areas
    level: street
  communities:
    title: {{zh: 社区, en: Communities}}
    from: areas
    level: community
    parent: streets
  units:
    title: {{zh: 被评单位, en: Units}}
    from: wave
  fields:
    title: {{zh: 领域, en: Fields}}
    options:
      - {{code: "a", label: {{zh: 交通, en: Traffic}}}}
      - {{code: "b", label: {{zh: 环境, en: Environment}}}}
  matters:
    title: {{zh: 事项, en: Matters}}
    parent: fields
    options:
      - {{code: "a1", label: {{zh: 停车, en: Parking}}, parent: "a"}}
      - {{code: "a2", label: {{zh: 公交, en: Buses}}, parent: "a"}}
      - {{code: "b1", label: {{zh: 垃圾, en: Waste}}, parent: "b"}}
sections:
  - id: living
    title: {{zh: 住在哪里, en: Where you live}}
    questions:
      - id: street
        type: single_choice
        text: {{zh: 您住在哪个街道？, en: In which street do you live?}}
        list: streets
        options:
          - {{code: "99", label: {{zh: 说不清, en: I cannot say}}, missing: dont_know}}
      - id: community
        type: single_choice
        text: {{zh: 您住在哪个社区？, en: In which community?}}
        list: communities
        within: street
        options:
          - {{code: "98", label: {{zh: 不在名单里, en: Not in the list}}, other: true}}
          - {{code: "99", label: {{zh: 说不清, en: I cannot say}}, missing: dont_know}}
  - id: matters
    title: {{zh: 办过的事, en: What you did}}
    questions:
      - id: field
        type: multiple_choice
        text: {{zh: 您关心哪些领域？, en: Which fields matter to you?}}
        list: fields
      - id: matter
        type: single_choice
        text: {{zh: 最要紧的是哪一项？, en: Which matters most?}}
        list: matters
        within: field
      - id: used
        type: multiple_choice
        text: {{zh: 近半年您去过哪些单位？, en: Which units did you go to in half a year?}}
        list: units
        options:
          - {{code: "0", label: {{zh: 都没有, en: None}}, exclusive: true}}
      - id: best
        type: single_choice
        text: {{zh: 这些单位里哪个办事最好？, en: Which of them served you best?}}
        list: units
        chosen_in: used
        options:
          - {{code: "97", label: {{zh: 都差不多, en: All alike}}, offer_if: count(used) > 1}}
          - {{code: "99", label: {{zh: 说不清, en: I cannot say}}, missing: dont_know}}
      - id: order
        type: ranking
        text: {{zh: 请把去过的单位按办事好坏排一排。, en: Put those you went to in order.}}
        list: units
        chosen_in: used
        ranks: 3
      - id: how
        type: multiple_choice
        text: {{zh: 您怎么去的？, en: How did you get there?}}
        minimum_choices: 2
        options:
          - {{code: "1", label: {{zh: 走路, en: On foot}}}}
          - {{code: "2", label: {{zh: 公交, en: By bus}}, offer_if: '"a" in field'}}
          - {{code: "3", label: {{zh: 开车, en: By car}}, offer_if: '"a" in field'}}
"""


def entry(code: str, label: str, parent: str | None = None) -> Option:
    return Option(code=code, label=Text(label), parent=parent)


ENTRIES: Mapping[str, tuple[Option, ...]] = {
    "streets": (entry("440305001", "粤海街道"), entry("440305002", "西丽街道")),
    "communities": (
        entry("440305001001", "海珠社区", "440305001"),
        entry("440305001002", "蔚蓝海岸社区", "440305001"),
        entry("440305002001", "大学城社区", "440305002"),
    ),
    "units": (entry("01", "公安局"), entry("02", "教育局"), entry("03", "卫生健康局"), entry("04", "城管局")),
}
"""What a wave gives."""

_STREETS = (
    *("粤海", "西丽", "沙河", "招商", "桃源", "蛇口", "南头", "南山", "福田"),
    *("莲花", "梅林", "园岭", "华富", "香蜜湖", "沙头", "福保", "华强北", "新安"),
)
_PLACES = ("海珠", "蔚蓝海岸", "大学城", "文心", "龙城")
LONG_ENTRIES: Mapping[str, tuple[Option, ...]] = {
    "streets": tuple(entry(f"4403{number:05}", f"{name}街道") for number, name in enumerate(_STREETS, start=1)),
    "communities": tuple(
        entry(f"4403{number:05}{place:03}", f"{name}{one}社区" if number > 1 else f"{one}社区", f"4403{number:05}")
        for number, name in enumerate(_STREETS, start=1)
        for place, one in enumerate(_PLACES, start=1)
    ),
    "units": tuple(
        entry(f"{number:02}", f"{name}局") for number, name in enumerate(("公安", "教育", "卫健", "城管"), 1)
    ),
}
"""As a district has them: eighteen streets, ninety communities."""


def in_the_file(questionnaire: Questionnaire) -> Questionnaire:
    """The same with its entries as if they were written in the definition: it opens wherever it is opened."""
    lists = tuple(replace(one, source=ListSource.FILE, level=None) for one in questionnaire.lists)
    return replace(questionnaire, lists=lists)
