"""A questionnaire whose conditions join, turn round and leave blank in every way that paper has to say in words."""

from __future__ import annotations

from tests.spec.questionnaires.examples import NOTICE

_RATING = "[{code: '1', label: {zh: 好, en: Good}}, {code: '2', label: {zh: 坏, en: Bad}}]"
CONDITIONS = (
    'went == "2" or saw == "1"',
    'went in ["1", "2"] or went == "3"',
    'went != "2"',
    'not went != "2"',
    'not (went == "1" or went == "3")',
    "not age >= 60",
    "age != 60",
    "not age == 60",
    'saw == "1" and ("1" in how or "2" in how)',
    'saw == "1" and ("1" in how or age < 18)',
    '(saw == "1" and "1" in how) or (saw == "2" and age < 18)',
    'not (saw == "1" and age < 18) and went == "1"',
    'seen.lanes == "2" or not answered(how)',
)
JOINTS = f"""\
key: joints
version: "1"
title: {{zh: 谁来答, en: Who answers}}
{NOTICE}
sections:
  - id: first
    title: {{zh: 一, en: One}}
    questions:
      - id: went
        type: single_choice
        text: {{zh: 去过吗？, en: Did you go?}}
        options:
          - {{code: "1", label: {{zh: 去过, en: "Yes"}}}}
          - {{code: "2", label: {{zh: 没去（忙）, en: "No"}}}}
          - {{code: "3", label: {{zh: 记不清, en: Cannot say}}, missing: dont_know}}
      - {{id: saw, type: single_choice, text: {{zh: 看到了吗？, en: Seen?}}, options: {_RATING}}}
      - id: how
        type: multiple_choice
        text: {{zh: 怎么去的？, en: How?}}
        options:
          - {{code: "1", label: {{zh: 走路, en: On foot}}}}
          - {{code: "2", label: {{zh: 公交, en: By bus}}}}
          - {{code: "3", label: {{zh: 开车, en: By car}}, other: true}}
      - {{id: age, type: number, text: {{zh: 多大年纪？, en: How old?}}, minimum: 0, maximum: 120}}
      - id: seen
        type: scale
        text: {{zh: 这些怎么样？, en: How are these?}}
        options: {_RATING}
        items: [{{id: lamps, text: {{zh: 路灯, en: Lamps}}}}, {{id: lanes, text: {{zh: 道路, en: Lanes}}}}]
  - id: second
    title: {{zh: 二, en: Two}}
    ask_if: saw == "1" or went == "1"
    questions:
""" + "".join(
    f"""\
      - {{id: x{place}, type: single_choice, ask_if: '{condition}',
         text: {{zh: 第几问, en: Asked}}, options: {_RATING}}}
"""
    for place, condition in enumerate(CONDITIONS, start=1)
)
