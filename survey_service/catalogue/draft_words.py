"""What stands in a draft, named as the person who changes it knows it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from questionnaires.editing.fields import in_language
from questionnaires.languages import name_in
from questionnaires.text import Text

FIELDS: Final[Mapping[str, Text]] = {
    "title": Text("标题", "title"),
    "version": Text("版本", "version"),
    "header.form_number": Text("表号", "form number"),
    "header.issuing_body": Text("制定机关", "issuing body"),
    "header.approval_number": Text("批准或备案文号", "approval number"),
    "header.valid_until": Text("有效期至", "valid until"),
    "notice.purpose": Text("为什么问", "purpose"),
    "notice.body": Text("谁在问", "who asks"),
    "notice.retention": Text("保存多久", "how long answers are kept"),
    "notice.contact": Text("问谁", "whom to ask"),
    "notice.minutes": Text("几分钟", "minutes"),
    "text": Text("文字", "words"),
    "short": Text("简称", "short name"),
    "hint": Text("提示", "hint"),
    "unit": Text("单位", "unit"),
    "required": Text("必答", "required"),
    "minimum": Text("最小", "minimum"),
    "maximum": Text("最大", "maximum"),
    "minimum_choices": Text("至少选几项", "fewest choices"),
    "maximum_choices": Text("最多选几项", "most choices"),
    "decimals": Text("几位小数", "decimals"),
    "max_length": Text("最多几个字", "most characters"),
    "label": Text("文字", "words"),
    "name": Text("名称", "name"),
    "definition": Text("怎么算", "definition"),
    "repeats.most": Text("最多几轮", "rounds at most"),
    "repeats.on_paper": Text("纸上印几轮", "rounds printed"),
    "repeats.ask_for_more": Text("每轮完了问什么", "question after each round"),
    "repeats.heading": Text("每轮的标题", "heading of a round"),
    "target": Text("目标", "target"),
    "target.sense": Text("至少还是至多", "at least or at most"),
    "message": Text("提醒的话", "message"),
}
KINDS: Final[Mapping[str, Text]] = {
    "questionnaire": Text("问卷", "Questionnaire"),
    "section": Text("部分", "Section"),
    "question": Text("题目", "Question"),
    "option": Text("选项", "Option"),
    "choice": Text("量表选项", "Scale option"),
    "item": Text("行", "Row"),
    "scale": Text("量表", "Scale"),
    "indicator": Text("指标", "Indicator"),
    "contradiction": Text("矛盾检查", "Contradiction"),
    "rule": Text("规则", "Rule"),
    "calculated": Text("算出来的数", "Calculated"),
}
DEEDS: Final[Mapping[str, Text]] = {
    "move": Text("挪了位置", "moved"),
    "remove": Text("去掉了", "left out"),
    "add": Text("加了一处", "added something to"),
    "own_scale": Text("复制成自己的", "copied into this file"),
    "restore": Text("回到以前的一次", "went back to an earlier save"),
}
LONGEST: Final = 60  # characters of a value or a name in a list


def field_name(field: str, language: str) -> str:
    """``text.zh``: 文字（中文）."""
    plain, spoken = in_language(field)
    named = FIELDS[plain].in_language(language) if plain in FIELDS else plain
    if not spoken:
        return named
    inner = name_in(spoken, language)
    return f"{named} ({inner})" if language == "en" else f"{named}（{inner}）"


def names(outline: Mapping[str, Any], language: str) -> dict[str, str]:
    """Every named part with its words: 题目 q3 对我市创建……"""
    found: dict[str, str] = {"questionnaire": KINDS["questionnaire"].in_language(language)}

    def put(part: Mapping[str, Any], words: str) -> None:
        at = str(part["at"])
        kind, _, rest = at.partition(":")
        told = _text(part[words], language)
        shown = told if len(told) <= LONGEST else told[: LONGEST - 1] + "…"
        name = rest.replace(":", ".") if kind in ("question", "item") else rest.rpartition(":")[2]
        found[at] = " ".join(filter(None, (KINDS[kind].in_language(language), name, shown)))

    for section in outline["sections"]:
        put(section, "title")
        for question in section["questions"]:
            put(question, "text")
            for option in question["options"] if not question["scale"] else ():
                put(option, "label")
            for item in question["items"]:
                put(item, "text")
    for scale in outline["scales"]:
        found[scale["at"]] = f"{KINDS['scale'].in_language(language)} {scale['id']}"
        for option in scale["options"]:
            put(option, "label")
    for indicator in outline["indicators"]:
        put(indicator, "name")
    for calculated in outline["calculated"]:
        put(calculated, "text")
    for check in outline["checks"]:
        put(check, "message")
    return found


def _text(text: Mapping[str, str], language: str) -> str:
    return str((text["en"] if language == "en" else "") or text["zh"]).replace("\u200b", "")


def deed(edit: Mapping[str, Any], named: Mapping[str, str], language: str) -> str:
    """What an edit did, in a line."""
    at = str(edit.get("at", ""))
    name = named.get(at, at)
    if edit.get("do") == "set":
        value = str(edit.get("value", ""))
        shown = value if len(value) <= LONGEST else value[: LONGEST - 1] + "…"
        field = field_name(str(edit.get("field", "")), language)
        return f"{name}: {field} “{shown}”" if language == "en" else f"{name}：{field}“{shown}”"
    told = DEEDS.get(str(edit.get("do")), Text("改了", "changed")).in_language(language)
    return f"{name}: {told}" if language == "en" else f"{name}：{told}"
