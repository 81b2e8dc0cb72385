"""Questionnaires whose blocks are drawn: bodies that somebody had to do with, two of four; parts of a quiz, one of
three."""

from __future__ import annotations

from functools import cache

from questionnaires.loader import check_bytes
from questionnaires.model import Questionnaire

BODIES = ("tax", "water", "bank", "post")
_HEAD = """\
key: drawn
version: "1"
languages: [zh]
title: 抽着问
header: {form_number: 测 01 表, issuing_body: 测试局, approval_number: 测〔2026〕1号, valid_until: 2027-06-30}
notice: {purpose: 听听意见。, body: 市局, retention: 两年后删除。, contact: 市民热线 12345, minutes: 2}
scales:
  rating:
    options:
      - {code: "1", label: 满意}
      - {code: "2", label: 不满意}
      - {code: "9", label: 说不清, missing: dont_know}
"""
_FIRST = """\
sections:
  - id: first
    title: 先问
    questions:
      - id: used
        type: multiple_choice
        text: 最近一年和哪些单位打过交道？
        options:
          - {code: "1", label: 税务}
          - {code: "2", label: 供水}
          - {code: "3", label: 银行}
          - {code: "4", label: 邮政}
          - {code: "8", label: 都没有, exclusive: true}
"""
_BODY = """\
  - id: {name}
    title: 单位{number}
    questions:
      - {{id: {name}_all, type: single_choice, text: 总的满意吗？, scale: rating}}
      - {{id: {name}_why, type: short_text, text: 为什么不满意？, ask_if: {name}_all == "2"}}
"""
_LAST = """\
  - id: last
    title: 最后
    questions:
      - {id: wish, type: short_text, text: 还想说什么？}
"""


def _definition(*, by_person: bool, take: int = 2) -> str:
    blocks = "".join(
        f"      - {{id: {name}, label: 单位{number}, sections: [{name}]"
        + (f", belongs_if: '\"{number}\" in used'" if by_person else "")
        + "}\n"
        for number, name in enumerate(BODIES, start=1)
    )
    indicators = "".join(
        f"  - {{id: of_{name}, name: 满意率, definition: 满意的比重, kind: proportion, variables: [{name}_all], "
        'numerator: ["1"]}\n'
        for name in BODIES
    )
    pooled = ", ".join(f"{name}_all" for name in BODIES)
    return (
        _HEAD
        + _FIRST
        + "".join(_BODY.format(name=name, number=number) for number, name in enumerate(BODIES, start=1))
        + _LAST
        + f"draws:\n  - id: bodies\n    label: 请您评的单位\n    take: {take}\n    blocks:\n{blocks}"
        + "indicators:\n"
        + indicators
        + f"  - {{id: pooled, name: 合起来, definition: 满意的比重, kind: proportion, variables: [{pooled}], "
        + 'numerator: ["1"]}\n'
        + "  - {id: both, name: 两样, definition: 税务满意的人里供水满意的, kind: proportion, variables: [water_all], "
        + 'numerator: ["1"], base: tax_all == "1"}\n'
    )


def definition(*, by_person: bool = True, take: int = 2) -> str:
    """The file."""
    return _definition(by_person=by_person, take=take)


@cache
def questionnaire(*, by_person: bool = True, take: int = 2) -> Questionnaire:
    found, problems = check_bytes(_definition(by_person=by_person, take=take).encode(), "drawn.yaml")
    assert found is not None, "\n".join(map(str, problems))
    return found
