"""What two versions of a questionnaire differ by, and which of their figures may be set side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from questionnaires.canonical import in_full
from questionnaires.evaluation import asked_alike, comparable
from questionnaires.indicators import same_definition
from questionnaires.languages import fault_of_tag, name_in
from questionnaires.model import Questionnaire
from questionnaires.rosters import as_written
from questionnaires.text import Text
from survey_service.catalogue.draft_words import FIELDS


class Standing(StrEnum):
    ADDED = "added"
    GONE = "gone"
    CHANGED = "changed"
    SAME = "same"


STANDINGS: Final[Mapping[Standing, Text]] = {
    Standing.ADDED: Text("新加", "new"),
    Standing.GONE: Text("去掉了", "left out"),
    Standing.CHANGED: Text("变了", "changed"),
    Standing.SAME: Text("没变", "unchanged"),
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One field: its name, and what stands in both; empty where it is not there."""

    name: Text
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One question or one indicator of either version."""

    id: str
    name: Text
    standing: Standing
    differences: tuple[Difference, ...]
    alike: bool  # its figures may be compared
    why: Text | None = None  # why not, of an indicator whose own definition is equal


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    about: tuple[Difference, ...]  # title, header, notice
    order: bool  # the questions that both ask are asked in another order
    questions: tuple[Compared, ...]
    indicators: tuple[Compared, ...]
    checks: tuple[Compared, ...]  # contradictions and rules, and what is asked by draw

    @property
    def same(self) -> bool:
        every = (*self.questions, *self.indicators, *self.checks)
        return not self.about and not self.order and all(one.standing is Standing.SAME for one in every)


_KEYS: Final = {
    "options": "code",
    "items": "id",
    "parts": "indicator",
    "blocks": "id",
}  # lists whose entries have a name
_WORDS: Final[Mapping[str, Text]] = {
    **FIELDS,
    "type": Text("题型", "kind"),
    "ask_if": Text("只在这时问", "asked only where"),
    "options": Text("选项", "option"),
    "items": Text("行", "row"),
    "scale": Text("量表", "scale"),
    "list": Text("名单", "list"),
    "parent": Text("上级", "parent"),
    "rows": Text("各行照名单", "rows of the list"),
    "order": Text("选项次序", "order"),
    "stands_for": Text("表示", "stands for"),
    "kind": Text("算法", "kind"),
    "variables": Text("数哪几题", "counts"),
    "numerator": Text("算进来的代码", "codes that count"),
    "against": Text("减去的代码", "codes subtracted"),
    "scores": Text("分值", "points"),
    "correct": Text("正确答案", "right answers"),
    "base": Text("分母是谁", "base"),
    "excluded": Text("不计入的代码", "codes left out"),
    "dont_know": Text("“说不清”", "don't know"),
    "parts": Text("组成和权重", "parts and weights"),
    "numerator_total": Text("被除的总量", "total that is divided"),
    "denominator_total": Text("除以哪个总量", "total it is divided by"),
    "per": Text("每多少", "per so many"),
    "option": Text("哪个选项的名次", "rank of which option"),
    "unranked": Text("没有排到的怎么算", "where it was given no rank"),
    "second_base": Text("另一个分母", "second base"),
    "second_base.own": Text("这个数字本身的分母叫", "name of its own base"),
    "second_base.name": Text("另一个分母叫", "name of the second base"),
    "second_base.dont_know": Text("另一个分母里的“说不清”", "don't know in the second base"),
    "second_base.excluded": Text("另一个分母去掉的代码", "codes left out of the second base"),
    "numerator_if": Text("符合什么算进来", "what counts, by a condition"),
    "pass_at": Text("答对几个算合格", "right answers to pass"),
    "within": Text("只数前几名", "only the first ranks"),
    "headline": Text("印在第一页", "on page one"),
    "group": Text("分组", "group"),
    "condition": Text("条件", "condition"),
    "severity": Text("硬还是软", "severity"),
    "languages": Text("语言", "languages"),
    "take": Text("每人抽几个部分", "blocks for each person"),
    "blocks": Text("部分", "block"),
    "sections": Text("有哪些节", "its sections"),
    "section_handed_over": Text("入户时交给本人填", "filled in alone at the door"),
    "questions": Text("有哪些题", "its questions"),
    "belongs_if": Text("只对这些人抽", "drawn only for"),
    "most": Text("最多几轮", "rounds at most"),
    "count": Text("轮数按", "how many rounds"),
    "ask_for_more": Text("每轮完了问什么", "question after each round"),
    "more": Text("还有", "answer for another one"),
    "no_more": Text("没有了", "answer for no more"),
    "heading": Text("每轮的标题", "heading of a round"),
    "on_paper": Text("纸上印几轮", "rounds printed"),
    "each": Text("每轮算一个", "one for each round"),
}


def compare(old: Questionnaire, new: Questionnaire) -> Comparison:
    """From ``old`` to ``new``, in the order of ``new``; what is gone comes last."""
    old, new = as_written(old), as_written(new)  # what repeats is compared once, not round by round
    before, after = _plain(old), _plain(new)
    return Comparison(
        about=_differences(_about(before), _about(after)),
        order=_order(old, new),
        questions=tuple(_questions(old, new, before, after)),
        indicators=tuple(_indicators(old, new, before, after)),
        checks=tuple(_checks(before, after)),
    )


def _plain(questionnaire: Questionnaire) -> dict[str, Any]:
    plain = in_full(questionnaire)
    assert isinstance(plain, dict)
    return plain


def _about(plain: dict[str, Any]) -> dict[str, Any]:
    return {name: plain[name] for name in ("title", "languages", "header", "notice") if name in plain}


def _order(old: Questionnaire, new: Questionnaire) -> bool:
    both = {one.id for one in old.questions()} & {one.id for one in new.questions()}
    first, second = ([one.id for one in each.questions() if one.id in both] for each in (old, new))
    return first != second


def _questions(
    old: Questionnaire, new: Questionnaire, before: dict[str, Any], after: dict[str, Any]
) -> Iterator[Compared]:
    first, second = _by_id(_asked(before)), _by_id(_asked(after))
    for name in (*second, *(one for one in first if one not in second)):
        there, here = first.get(name), second.get(name)
        question = (new if here is not None else old).question(name)
        alike = there is not None and all(asked_alike(old, new, one) for one in question.variables())
        yield _compared(name, Text(question.short.zh, question.short.en), there, here, alike=alike)


def _asked(plain: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Questions with what their section says of all of them: its condition, and whether the phone is handed over."""
    for section in plain["sections"]:
        for question in section["questions"]:
            named = ("ask_if", "repeats", "handed_over")
            outer = {f"section_{name}": section[name] for name in named if name in section}
            yield {**question, **outer}


def _indicators(
    old: Questionnaire, new: Questionnaire, before: dict[str, Any], after: dict[str, Any]
) -> Iterator[Compared]:
    first, second = (_by_id(one.get("indicators", ())) for one in (before, after))
    for name in (*second, *(one for one in first if one not in second)):
        there, here = first.get(name), second.get(name)
        indicator = (new if here is not None else old).indicator(name)
        alike = comparable(old, new, name)
        why = None
        if there is not None and here is not None and not alike:
            same = same_definition(old.indicator(name), new.indicator(name))
            why = (
                Text("算法没变，题目的问法或选项变了", "the definition is equal, its questions are not asked alike")
                if same
                else Text("算法变了", "the definition has changed")
            )
        yield _compared(name, indicator.name, there, here, alike=alike, why=why)


def _checks(before: dict[str, Any], after: dict[str, Any]) -> Iterator[Compared]:
    for kind in ("contradictions", "rules", "draws"):
        first, second = (_by_id(one.get(kind, ())) for one in (before, after))
        for name in (*second, *(one for one in first if one not in second)):
            there, here = first.get(name), second.get(name)
            held = here or there or {}
            message = held.get("message") or held.get("label") or {}
            words = Text(str(message.get("zh", "")), str(message.get("en", "")))
            yield _compared(name, words, there, here, alike=True)


def _compared(
    name: str,
    words: Text,
    there: dict[str, Any] | None,
    here: dict[str, Any] | None,
    *,
    alike: bool,
    why: Text | None = None,
) -> Compared:
    if there is None or here is None:
        standing = Standing.ADDED if there is None else Standing.GONE
        return Compared(id=name, name=words, standing=standing, differences=(), alike=False)
    found = _differences(there, here)
    standing = Standing.CHANGED if found else Standing.SAME
    return Compared(id=name, name=words, standing=standing, differences=found, alike=alike, why=why)


def _differences(there: dict[str, Any], here: dict[str, Any]) -> tuple[Difference, ...]:
    first, second = dict(_flat(there)), dict(_flat(here))
    paths = (*first, *(path for path in second if path not in first))
    return tuple(
        Difference(_named(path), first.get(path, ""), second.get(path, ""))
        for path in paths
        if first.get(path) != second.get(path)
    )


def _flat(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every scalar by the names that lead to it: entries of lists by their code or id."""
    if isinstance(value, dict):
        if set(value) == {"source", "tree"}:
            yield path, str(value["source"])
            return
        for name, one in value.items():
            yield from _flat(one, (*path, name))
    elif isinstance(value, list):
        key = _KEYS.get(path[-1]) if path else None
        if key and all(isinstance(one, dict) and key in one for one in value):
            for one in value:
                yield from _flat({name: inner for name, inner in one.items() if name != key}, (*path, str(one[key])))
        else:
            yield path, "、".join(str(one) for one in value)
    elif not (path and path[-1] == "id"):
        yield path, str(value)


_TEXTS: Final = frozenset(
    {
        *("title", "text", "short", "hint", "unit", "because", "label", "message", "name", "definition"),
        *("ask_for_more", "more", "no_more", "heading"),
        *("purpose", "body", "retention", "contact"),
    }
)
"""Fields that hold a text by language."""


def _named(path: tuple[str, ...]) -> Text:
    """选项 2，文字（中文）"""
    spoken = None
    if len(path) > 1 and path[-2] in _TEXTS and not fault_of_tag(path[-1]):
        spoken = Text(f"（{name_in(path[-1], 'zh')}）", f" ({name_in(path[-1], 'en')})")
    steps = path[:-1] if spoken else path
    if steps[:1] == ("section_ask_if",):
        return Text("这一部分只在这时问", "its section is asked only where")
    if steps[:1] == ("section_repeats",):
        step = _WORDS.get(steps[-1], Text(steps[-1], steps[-1]))
        return Text(
            f"这一部分问几轮：{step.zh}{(spoken or Text('')).zh}",
            f"its section repeats: {step.en}{(spoken or Text('')).en}",
        )
    whole = _WORDS.get(".".join(steps))
    told = [whole] if whole else [_WORDS.get(step, Text(step, step)) for step in steps]
    tail = spoken or Text("")
    return Text(" ".join(one.zh for one in told) + tail.zh, " ".join(one.in_language("en") for one in told) + tail.en)


def _by_id(several: Any) -> dict[str, dict[str, Any]]:
    return {str(one["id"]): one for one in several}
