"""Indicators that are made once for every entry of a list: the satisfaction with each body that a city rates.

A template names a question (``Indicator.each``). Where the rows of that question are a list, each indicator made of the
template counts one row; where its options are, it counts those who chose one of them. A template that names none is
made once, over all rows. What is made is never stored: a questionnaire is written with its templates and its entries,
and makes the same indicators whenever it is loaded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from questionnaires.conditions import And, Compare, Condition, Includes
from questionnaires.indicators import Indicator
from questionnaires.kinds import kind_of
from questionnaires.model import Option, Question, Questionnaire, row_id
from questionnaires.text import Text

Tree = TypeVar("Tree")


def made_of(questionnaire: Questionnaire) -> tuple[Indicator, ...]:
    """Every indicator of every template, in the order of the list; none of a template whose list has no entries."""
    known = {one.id: one for one in questionnaire.questions()}
    found: list[Indicator] = []
    for template in questionnaire.repeated:
        if template.each is None:
            found += _together(questionnaire, template)
        elif template.each in known:
            found += _each(questionnaire, template, known[template.each])
    return tuple(found)


def templates_of(questionnaire: Questionnaire) -> dict[str, str]:
    """By the id of each indicator that is made: the id of its template, which is its own where it is made once."""
    known = {one.id: one for one in questionnaire.questions()}
    found = {}
    for template in questionnaire.repeated:
        if template.each is None:
            found[template.id] = template.id
        elif template.each in known:
            entries = _entries(questionnaire, known[template.each])
            found |= {made_id(template, entry.code): template.id for entry in entries}
    return found


def made_id(template: Indicator, code: str) -> str:
    return f"{template.id}_{row_id(code)}"


def _each(questionnaire: Questionnaire, template: Indicator, question: Question) -> Iterator[Indicator]:
    for entry in _entries(questionnaire, question):
        if question.rows is not None:
            one = _of_a_row(questionnaire, template, question.rows, entry)
        else:
            one = replace(template, base=_who_chose(template.base, question, entry.code))
        yield replace(
            one,
            id=made_id(template, entry.code),
            name=_named(entry, template),
            each=None,
            group=template.group or template.id,
        )


def _together(questionnaire: Questionnaire, template: Indicator) -> Iterator[Indicator]:
    """One over all rows of the questions that it counts."""
    rows = {one.id: _entries(questionnaire, one) for one in questionnaire.questions() if one.rows}
    names = [
        [f"{name}.{row_id(entry.code)}" for entry in rows[name]] if name in rows else [name]
        for name in template.variables
    ]
    if all(names):
        yield replace(template, variables=tuple(name for those in names for name in those))


def _entries(questionnaire: Questionnaire, question: Question) -> tuple[Option, ...]:
    offered = questionnaire.option_list(question.rows or question.list or "")
    return offered.options if offered is not None else ()


def _named(entry: Option, template: Indicator) -> Text:
    """公交集团：满意率"""
    en = f"{entry.label.in_language('en')}: {template.name.en}" if template.name.en else ""
    return Text(f"{entry.label.zh}：{template.name.zh}", en)


def _of_a_row(questionnaire: Questionnaire, template: Indicator, rows: str, entry: Option) -> Indicator:
    """Every question with these rows is, in the template, the row of this entry."""
    row = row_id(entry.code)
    names = {one.id: f"{one.id}.{row}" for one in questionnaire.questions() if one.rows == rows}
    return replace(
        template,
        variables=tuple(names.get(name, name) for name in template.variables),
        correct={names.get(name, name): codes for name, codes in template.correct.items()},
        base=_renamed(template.base, names),
        numerator_if=_renamed(template.numerator_if, names),
        numerator_total=names.get(template.numerator_total or "", template.numerator_total),
        denominator_total=names.get(template.denominator_total or "", template.denominator_total),
    )


def _who_chose(base: Condition | None, question: Question, code: str) -> Condition:
    if kind_of(question).several:
        chose = Condition(f'"{code}" in {question.id}', Includes(question.id, code))
    else:
        chose = Condition(f'{question.id} == "{code}"', Compare(question.id, "==", code))
    if base is None:
        return chose
    return Condition(f"({base.source}) and {chose.source}", And((base.tree, chose.tree)))


def _renamed(condition: Condition | None, names: Mapping[str, str]) -> Condition | None:
    if condition is None:
        return None
    source = condition.source
    for old, new in names.items():
        source = re.sub(rf"(?<![\w.\"]){re.escape(old)}(?![\w.\"])", new, source)
    return Condition(source, _in_tree(condition.tree, names))


def _in_tree(tree: Tree, names: Mapping[str, str]) -> Tree:
    """The tree with other names of variables; codes and words stay."""
    if isinstance(tree, tuple):
        return tuple(_in_tree(one, names) for one in tree)  # type: ignore[return-value] # a tuple of the same
    if not is_dataclass(tree) or isinstance(tree, type):
        return tree
    changed: dict[str, Any] = {}
    for field in fields(tree):
        value = getattr(tree, field.name)
        changed[field.name] = names.get(value, value) if field.name == "variable" else _in_tree(value, names)
    return replace(tree, **changed)
