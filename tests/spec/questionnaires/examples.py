"""A questionnaire with one question of every type, and a way to write small ones on one screen."""

from __future__ import annotations

from pathlib import Path

from questionnaires.loader import load
from questionnaires.model import Questionnaire

NOTICE = """\
notice:
  purpose: {zh: 试验, en: A test}
  body: {zh: 某办公室, en: An office}
  retention: {zh: 两年, en: Two years}
  contact: {zh: "12345", en: "12345"}
"""

EVERY_TYPE = f"""\
key: every_type
version: "1"
title: {{zh: 各种题型, en: Every type}}
{NOTICE}
sections:
  - id: first
    title: {{zh: 一, en: One}}
    questions:
      - id: knows
        type: single_choice
        required: true
        text: {{zh: 您知道吗？, en: Do you know?}}
        options:
          - {{code: "1", label: {{zh: 知道, en: "Yes"}}}}
          - {{code: "2", label: {{zh: 不知道, en: "No"}}}}
          - {{code: "7", label: {{zh: 不愿回答, en: Rather not say}}, missing: refused}}
          - {{code: "9", label: {{zh: 说不清, en: Cannot say}}, missing: dont_know}}
      - id: sources
        type: multiple_choice
        ask_if: knows == "1"
        text: {{zh: 从哪里知道的？, en: From where?}}
        options:
          - {{code: "1", label: {{zh: 电视, en: Television}}}}
          - {{code: "2", label: {{zh: 微信, en: WeChat}}}}
          - {{code: "5", label: {{zh: 其他, en: Elsewhere}}, other: true}}
          - {{code: "8", label: {{zh: 都不是, en: None of these}}, exclusive: true}}
          - {{code: "9", label: {{zh: 记不清, en: I forget}}, missing: dont_know}}
      - id: intro
        type: note
        text: {{zh: 下面问几个方面。, en: Some aspects follow.}}
  - id: second
    title: {{zh: 二, en: Two}}
    ask_if: not knows == "2"
    questions:
      - id: aspects
        type: scale
        text: {{zh: 满意不满意？, en: How satisfied?}}
        scale: satisfaction
        items:
          - {{id: parking, text: {{zh: 停车, en: Parking}}}}
          - {{id: dogs, text: {{zh: 养犬, en: Dogs}}}}
      - id: age
        type: number
        required: true
        text: {{zh: 您今年多大年龄？, en: How old are you?}}
        short: {{zh: 周岁年龄, en: Age in full years}}
        minimum: 18
        maximum: 120
        unit: {{zh: 岁, en: years}}
      - id: hours
        type: number
        text: {{zh: 每天几小时？, en: Hours a day?}}
        decimals: 1
      - id: moved
        type: date
        text: {{zh: 哪天搬来的？, en: When did you move in?}}
        minimum: 2000-01-01
        maximum: 2026-09-30
      - id: street
        type: short_text
        text: {{zh: 哪条街？, en: Which street?}}
        max_length: 10
      - id: wish
        type: long_text
        ask_if: answered(age)
        text: {{zh: 有什么希望？, en: Any wish?}}
contradictions:
  - id: young_and_settled
    condition: age < 20 and moved < "2005-01-01"
    message: {{zh: 年龄和搬来的日子对不上。, en: Age and date of moving hardly go together.}}
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "questionnaire.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def loaded(folder: Path, text: str) -> Questionnaire:
    return load(written(folder, text))
