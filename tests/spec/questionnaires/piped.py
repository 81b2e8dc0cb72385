"""A questionnaire whose texts name what was answered before."""

from __future__ import annotations

from tests.spec.questionnaires.examples import NOTICE

PIPED = f"""\
key: piped
version: "1"
title: {{zh: 去过的地方, en: Where you went}}
{NOTICE}
sections:
  - id: all
    title: {{zh: 全部, en: All}}
    questions:
      - id: q1
        type: single_choice
        text: {{zh: 您去过哪里？, en: Where did you go?}}
        options:
          - {{code: "1", label: {{zh: 医院, en: the hospital}}}}
          - {{code: "2", label: {{zh: 学校, en: the school}}}}
          - {{code: "9", label: {{zh: 说不清, en: I cannot say}}, missing: dont_know}}
      - {{id: people, type: number, text: {{zh: 几个人去的？, en: How many went?}}}}
      - id: pleased
        type: single_choice
        text: {{zh: "您对{{q1|这个地方}}满意吗？", en: "Are you pleased with {{q1|that place}}?"}}
        hint: {{zh: "{{people}} 个人，每人 {{per_head}} 份", en: "{{people}} people, {{per_head}} each"}}
        options:
          - {{code: "1", label: {{zh: "对{{q1}}满意", en: "Pleased with {{q1}}"}}}}
          - {{code: "2", label: {{zh: 不满意, en: Not pleased}}}}
      - {{id: remark, type: short_text, text: {{zh: "{{city}}的{{q1}}怎么样？", en: "What of {{q1}} in {{city}}?"}}}}
      - id: several
        type: multiple_choice
        text: {{zh: "您说“{{remark}}”，为什么？", en: "You say “{{remark}}”: why?"}}
        options:
          - {{code: "1", label: {{zh: 快, en: quick}}}}
          - {{code: "2", label: {{zh: 近, en: near}}}}
      - {{id: last, type: note, text: {{zh: "谢谢：{{several|没有理由}}。", en: "Thank you: {{several|no reason}}."}}}}
calculated:
  - {{id: per_head, expression: 1 / people, decimals: 2}}
rules:
  - id: crowd
    condition: people > 10
    message: {{zh: "{{people}} 个人一起去{{q1|这个地方}}？", en: "{{people}} people at {{q1|that place}}?"}}
    severity: hard
"""
