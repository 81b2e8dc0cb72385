"""Forty answers: the questionnaire of the load bench, and one resident's answers to it."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path
from urllib.parse import urlencode

from questionnaires.loader import load
from questionnaires.model import Questionnaire

MATRICES, ITEMS, SINGLES = 4, 8, 6
OPTIONS = ("1", "2", "3", "4", "9")
NAMES = (
    *(f"m{matrix}.i{item}" for matrix in range(MATRICES) for item in range(ITEMS)),
    *(f"s{number}" for number in range(SINGLES)),
)
YOUNGEST, OLDEST = 18, 120
LONGEST = 500


def questionnaire() -> Questionnaire:
    """Four matrices of eight rows, six single choices, an age and a wish."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "forty.yaml"
        path.write_text(_yaml(), encoding="utf-8")
        return load(path)


def form(client_id: str, rng: random.Random) -> tuple[bytes, dict[str, str | int]]:
    """A posted form, and the answers that must be found in the database afterwards."""
    answers: dict[str, str | int] = {name: rng.choice(OPTIONS) for name in NAMES}
    answers["age"] = rng.randint(YOUNGEST, OLDEST)
    answers["wish"] = f"把路灯修一修，{rng.randint(1, 999)} 号楼门口太黑"
    return urlencode({**answers, "client_id": client_id, "action": "submit", "_seconds": "180"}).encode(), answers


def _yaml() -> str:
    scale = "\n".join(f'      - {{code: "{code}", label: {{zh: 选项{code}, en: Option {code}}}}}' for code in OPTIONS)
    questions = []
    for matrix in range(MATRICES):
        rows = "\n".join(
            f"          - {{id: i{item}, text: {{zh: 第{item}方面的状况, en: Aspect {item}}}}}" for item in range(ITEMS)
        )
        questions.append(
            f"      - id: m{matrix}\n        type: scale\n        scale: five\n"
            f"        text: {{zh: 您对下面这些方面满意吗？, en: Are you satisfied with these?}}\n        items:\n{rows}"
        )
    questions += [
        f"      - {{id: s{number}, type: single_choice, scale: five,"
        f" text: {{zh: 第{number}个单选题, en: Single choice {number}}}}}"
        for number in range(SINGLES)
    ]
    questions.append(
        f"      - {{id: age, type: number, minimum: {YOUNGEST}, maximum: {OLDEST}, text: {{zh: 年龄, en: Age}}}}"
    )
    questions.append(f"      - {{id: wish, type: long_text, max_length: {LONGEST}, text: {{zh: 意见, en: Wishes}}}}")
    return f"""key: forty
version: "1.0"
title: {{zh: 四十问, en: Forty questions}}
header: {{form_number: 测 40 表, issuing_body: 示范市, approval_number: 示统备〔2026〕40 号, valid_until: 2027-06-30}}
notice:
  purpose: {{zh: 量一量快慢。, en: To measure speed.}}
  body: {{zh: 示范市, en: Demonstration City}}
  retention: {{zh: 量完删除。, en: Deleted afterwards.}}
  contact: {{zh: 市民热线 12345, en: Hotline 12345}}
scales:
  five:
    options:
{scale}
sections:
  - id: main
    title: {{zh: 问题, en: Questions}}
    questions:
{chr(10).join(questions)}
"""
