"""A question of each kind with an answer that is right and one that is not, for the walk through every surface."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from questionnaires.model import QuestionType

_OPTIONS = """
        options:
          - {code: "1", label: {zh: 公园, en: Park}}
          - {code: "2", label: {zh: 菜市场, en: Market}}"""
_THIRD = """
          - {code: "3", label: {zh: 广场, en: Square}}"""
_ITEMS = """
        items:
          - {id: lamps, text: {zh: 路灯, en: Street lamps}}"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    fields: str = ""  # of its own, as YAML
    right: str = ""  # an answer as it is typed; "" where the kind asks nothing
    cell: str = ""  # the same in somebody's table, where it is written otherwise
    wrong: str = ""  # an answer that is refused
    says: Mapping[str, str] = field(default_factory=dict)  # by language: what page, paper and codebook say of it
    elsewhere: Mapping[str, str] = field(default_factory=dict)  # what paper says where it is not answered there


# Surfaces on which a kind is not answered, each with what stands there instead, which the walk looks at all the same.
NOT_ANSWERED_ON: Final[Mapping[QuestionType, frozenset[str]]] = {
    QuestionType.ATTACHMENT: frozenset(
        {"the keying sheet", "the preview", "the printed form", "the reader of scans", "the import of tables"}
    ),
}

_LIMITED = """
        maximum_choices: 2"""
_POINTS = """
        layout: points
        scale: likelihood_0_10"""
# Kinds with fields that change what a surface shows: walked as well, beside the plain sample of the kind.
VARIANTS: Final[Mapping[str, tuple[QuestionType, Sample]]] = {
    "limited choices": (
        QuestionType.MULTIPLE_CHOICE,
        Sample(
            fields=_LIMITED + _OPTIONS + _THIRD,
            right="13",
            cell="公园┋广场",
            wrong="banana",
            says={"zh": "最多选两项", "en": "at most two"},
        ),
    ),
    "the first two": (
        QuestionType.RANKING,
        Sample(
            fields="\n        ranks: 2" + _OPTIONS + _THIRD,
            right="3,1",
            cell="广场┋公园",
            wrong="14",
            says={"zh": "前两项", "en": "first two"},
        ),
    ),
    "a code": (
        QuestionType.SHORT_TEXT,
        Sample(
            fields="\n        entry: barcode",
            right="6901234567892",
            wrong="长" * 101,
            says={"zh": "条形码或二维码", "en": "bar code or QR code"},
        ),
    ),
    "an exact place": (
        QuestionType.PLACE,
        Sample(
            fields="""
        precision: exact
        because: {zh: 要到现场核实, en: Somebody will go and look}""",
            right="30.657421,104.065735,12",
            cell="30.657421 104.065735 500.0 12.0",
            wrong="30.65,104.06",
            says={"zh": "要到现场核实", "en": "go and look"},
        ),
    ),
    "points": (
        QuestionType.SINGLE_CHOICE,
        Sample(fields=_POINTS, right="10", cell="非常可能", wrong="12", says={"zh": "完全不可能", "en": "Not at all"}),
    ),
    "rows of points": (
        QuestionType.SCALE,
        Sample(fields=_POINTS + _ITEMS, right="0", cell="0", wrong="12", says={"zh": "非常可能", "en": "Extremely"}),
    ),
}
SAMPLES: Final[Mapping[QuestionType, Sample]] = {
    QuestionType.SINGLE_CHOICE: Sample(fields=_OPTIONS, right="2", cell="菜市场", wrong="banana"),
    QuestionType.MULTIPLE_CHOICE: Sample(fields=_OPTIONS, right="12", cell="公园┋菜市场", wrong="banana"),
    QuestionType.SCALE: Sample(fields=_OPTIONS + _ITEMS, right="1", cell="公园", wrong="banana"),
    QuestionType.RANKING: Sample(fields=_OPTIONS, right="21", cell="菜市场→公园", wrong="banana"),
    QuestionType.NUMBER: Sample(right="45", wrong="banana"),
    QuestionType.SHORT_TEXT: Sample(right="路灯坏了", wrong="长" * 101),
    QuestionType.LONG_TEXT: Sample(right="路灯坏了，很久没修", wrong="长" * 1_001),
    QuestionType.DATE: Sample(right="2026-09-18", wrong="banana"),
    QuestionType.TIME: Sample(right="19:42", cell="晚上7点42分", wrong="banana"),
    QuestionType.PLACE: Sample(
        right="30.66,104.07,100",
        cell="30.66 104.07 100",
        wrong="banana",
        says={"zh": "只存到约 1 公里", "en": "kept to about 1 km"},
    ),
    QuestionType.ATTACHMENT: Sample(
        right=f"{'0' * 32}.jpg.183022.{'a' * 64}",
        wrong="banana",
        says={"zh": "最多 1 个", "en": "1 at most"},
        elsewhere={"zh": "只在手机和设备上传", "en": "phones and devices only"},
    ),
    QuestionType.NOTE: Sample(),
}
