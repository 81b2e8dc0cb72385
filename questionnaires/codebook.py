"""The variables of a questionnaire as data people need them: label, type, value labels, the five kinds of missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from questionnaires.draws import block_of_question, was_drawn
from questionnaires.kinds import kind_of
from questionnaires.kinds.kind import VariableType
from questionnaires.kinds.ranking import ranks_of
from questionnaires.model import Calculated, Draw, Item, Missing, Question, Questionnaire
from questionnaires.offer_words import narrowed_in_words
from questionnaires.offers import Offer, offer_of
from questionnaires.rosters import numbered
from questionnaires.text import Text, named

# Contiguous, so that one range (-9 to -5) declares them in SPSS, which knows no five single missing values; -9, -8 and
# -7 mean what they mean in the large social surveys. No option code or plausible answer is a negative number.
MISSING_CODES: Mapping[Missing, int] = MappingProxyType(
    {
        Missing.NO_ANSWER: -9,
        Missing.DONT_KNOW: -8,
        Missing.REFUSED: -7,
        Missing.NOT_ASKED: -6,
        Missing.ILLEGIBLE: -5,
    }
)
MISSING_LABELS: Mapping[Missing, Text] = MappingProxyType(
    {
        Missing.NO_ANSWER: Text("未答", "No answer"),
        Missing.DONT_KNOW: Text("不知道、说不清", "Don't know"),
        Missing.REFUSED: Text("拒答", "Refused"),
        Missing.NOT_ASKED: Text("不需回答", "Not asked"),
        Missing.ILLEGIBLE: Text("字迹不清", "Illegible"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueLabel:
    code: str
    label: Text
    value: float | None  # analysis value
    missing: Missing | None  # what choosing it means, where it is no substantive answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of an export."""

    name: str
    label: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    name: str
    question: str
    label: Text  # the question as asked, with the row of a matrix
    short: Text
    type: VariableType
    values: tuple[ValueLabel, ...]
    unit: Text | None
    decimals: int
    ranks: int  # of a ranking, how many; 0 for every other
    parts: tuple[tuple[str, Text], ...]  # of a place: what stands in a column of its own
    rule: Text | None  # how an answer has to look beside its values: how many may be chosen
    asked_if: tuple[str, ...]  # sources of the conditions of section and question

    def columns(self) -> tuple[Column, ...]:
        """The columns it becomes where a cell holds one value: several choices are one 0/1 column per option, a
        ranking one column per rank, a place one per part."""
        if self.parts:
            return tuple(
                Column(name=f"{self.name}.{one}", label=_joined(self.short, words)) for one, words in self.parts
            )
        if self.type is VariableType.RANKS:
            return tuple(
                Column(name=f"{self.name}.{rank}", label=_joined(self.short, Text(f"第 {rank} 位", f"rank {rank}")))
                for rank in range(1, self.ranks + 1)
            )
        if self.type is not VariableType.CODES:
            return (Column(name=self.name, label=self.label),)
        return tuple(
            Column(name=f"{self.name}.{one.code}", label=_joined(self.short, one.label)) for one in self.values
        )


def codebook(questionnaire: Questionnaire) -> tuple[Variable, ...]:
    """Every variable, in the order of the questionnaire."""
    found: list[Variable] = []
    names = {one.id: one.id for one in questionnaire.questions()}
    inside, waiting = block_of_question(questionnaire), {draw.id: draw for draw in questionnaire.draws}
    for section in questionnaire.sections:
        for question in section.questions:
            drawn = inside.get(question.id)
            if drawn is not None and drawn[0].id in waiting:
                draw = waiting.pop(drawn[0].id)
                found.extend(_drawn(draw, name) for name in draw.variables())
            given = (was_drawn(*drawn) if drawn else None, section.ask_if, question.ask_if)
            conditions = tuple(one.source for one in given if one is not None)
            items = {f"{question.id}.{item.id}": item for item in question.items}
            made = [_variable(question, name, items.get(name), conditions) for name in question.variables()]
            if (offer := offer_of(questionnaire, question)) is not None:
                made[0] = replace(made[0], rule=_offered(made[0].rule, offer, names))
            if section.round is not None and question.short == question.text:  # else the short words have its number
                made = [replace(one, label=numbered(one.label, section.round.number)) for one in made]
            found.extend(made)
    found.extend(_calculated(one) for one in questionnaire.calculated)
    return tuple(found)


def _drawn(draw: Draw, name: str) -> Variable:
    """Before the first answer of its blocks: what was drawn, and among what; the label says what an answer counts."""
    found = _variable(draw.as_question(name), name, None, ())
    if name != draw.id:
        return found
    of = "可抽的部分数" if draw.by_person else str(len(draw.blocks))
    many = "the blocks that belong to the person" if draw.by_person else str(len(draw.blocks))
    zh, en = found.label.zh, found.label.en
    label = Text(
        f"{zh}（抽 {draw.take} 个；抽到的部分，答案的权数乘 {of}/{draw.take}，至少乘 1）",
        f"{en} ({draw.take} drawn; answers in them weigh {many} / {draw.take} times as much, at least once)"
        if en
        else "",
    )
    return replace(found, label=label)


def _calculated(one: Calculated) -> Variable:
    """Behind the answers that it is made of; the label says how."""
    found = _variable(one.as_question(), one.id, None, ())
    source = " ".join(one.expression.source.split())
    label = Text(f"{one.text.zh}（计算：{source}）", f"{one.text.en} (calculated: {source})" if one.text.en else "")
    return replace(found, label=label)


def _variable(question: Question, name: str, item: Item | None, conditions: tuple[str, ...]) -> Variable:
    words = name == f"{question.id}.other" and item is None
    other = next((option.label for option in question.options if option.other), Text("其他", "Other"))
    row, short_row = (item.text, item.short) if item else (other, other)
    inner = item is not None or words
    holds = VariableType.TEXT if words else kind_of(question).variable
    assert holds is not None  # a kind without variables names none
    return Variable(
        name=name,
        question=question.id,
        label=_joined(named(question.text), named(row)) if inner else named(question.text),
        short=short_row if item else _joined(question.short, other) if words else question.short,
        type=holds,
        values=()
        if words
        else tuple(
            ValueLabel(code=option.code, label=named(option.label), value=option.value, missing=option.missing)
            for option in question.options
        ),
        unit=question.unit,
        decimals=question.decimals,
        ranks=ranks_of(question) if holds is VariableType.RANKS else 0,
        parts=() if words else tuple(kind_of(question).parts.items()),
        rule=None if words else kind_of(question).rule(question),
        asked_if=conditions,
    )


def _offered(rule: Text | None, offer: Offer, names: Mapping[str, str]) -> Text | None:
    """What is said of an answer, and whom which of its values were offered."""
    told = narrowed_in_words(offer, names)
    if rule is None or told is None:
        return rule or told
    return Text(f"{rule.zh}{told.zh}", f"{rule.in_language('en')} {told.in_language('en')}")


def _joined(first: Text, second: Text) -> Text:
    others = ((tag, f"{words} — {second.said_in(tag)}") for tag, words in first.others if second.said_in(tag))
    english = f"{first.en} — {second.en}" if first.en and second.en else ""
    return Text(f"{first.zh} — {second.zh}", english, tuple(others))
