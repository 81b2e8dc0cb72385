"""A questionnaire whose answers hang together: rules that refuse and rules that ask to look again."""

from __future__ import annotations

from tests.spec.questionnaires.examples import NOTICE

FAMILY = f"""\
key: family
version: "1"
title: {{zh: 家庭, en: The family}}
{NOTICE}
sections:
  - id: all
    title: {{zh: 全部, en: All}}
    questions:
      - {{id: people, type: number, text: {{zh: 家里几口人？, en: How many are you?}}, minimum: 1, maximum: 999}}
      - {{id: earning, type: number, text: {{zh: 几个人工作？, en: How many work?}}, minimum: 0, maximum: 999}}
      - {{id: born, type: date, text: {{zh: 您哪天出生？, en: When were you born?}}, ask_if: people >= 1}}
      - id: wants
        type: multiple_choice
        text: {{zh: 想要什么？, en: What is wanted?}}
        options:
          - {{code: "1", label: {{zh: 公园, en: Parks}}}}
          - {{code: "2", label: {{zh: 学校, en: Schools}}}}
          - {{code: "3", label: {{zh: 公交, en: Buses}}}}
      - {{id: call, type: short_text, text: {{zh: 单位电话？, en: Telephone of the office?}}}}
      - {{id: children, type: number, text: {{zh: 几个孩子？, en: How many children?}}, ask_if: per_head < 0.5}}
calculated:
  - id: per_head
    expression: earning / people
    decimals: 2
    short: {{zh: 工作的人占几成, en: Share at work}}
  - id: age
    expression: years_between(born, "2026-10-01")
    unit: {{zh: 岁, en: years}}
    text: {{zh: 2026 年 10 月 1 日的周岁年龄, en: Age in full years on 1 October 2026}}
  - id: burden
    expression: (1 - per_head) * 100
    decimals: 1
rules:
  - id: earners
    condition: earning > people
    message: {{zh: 工作的人数不会多于家里的人数。, en: No more can work than there are.}}
    severity: hard
  - id: unborn
    condition: born > today
    message: {{zh: 出生日期还没有到。, en: The day of birth is still to come.}}
    severity: hard
  - id: at_most_two
    condition: count(wants) > 2
    message: {{zh: 最多选两项。, en: Two at most.}}
  - id: number
    condition: answered(call) and not matches(call, "telephone")
    message: {{zh: 不像电话号码。, en: This does not look like a telephone number.}}
    severity: soft
  - id: worker
    condition: age < 16 and per_head == 1
    message: {{zh: 不到十六岁，家里却人人工作。, en: Below sixteen while everybody at home works.}}
indicators:
  - id: at_work
    name: {{zh: 工作人口比, en: Share at work}}
    definition: {{zh: 各家工作的人占几成的平均。, en: Mean share at work.}}
    kind: mean_score
    variables: [per_head]
    dont_know: excluded
  - id: heavy
    name: {{zh: 负担重的家庭, en: Heavy burden}}
    definition: {{zh: 不到一半人工作的家庭所占比重。, en: Share of families where less than half work.}}
    kind: proportion
    numerator_if: burden > 50
"""
