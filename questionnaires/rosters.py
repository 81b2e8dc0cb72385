"""Sections that are asked several times over: the rounds of each, made of what is written once.

``members`` with ``most: 8`` becomes eight sections ``members_1`` … ``members_8``; a question ``age`` in it becomes
``age_1`` … ``age_8``. Everything behind this module sees ordinary sections with ordinary questions: the judge, the
phone, paper, keying, files, exports, indicators. What is stored, shown to whoever writes and compared is what is
written (``as_written``), which gives the same rounds whenever it is loaded.

Inside of the section a name means that of the same round; ``this_round`` is its number. ``each(…)`` in a ``sum``,
``min``, ``max`` or ``join`` stands once for every round, and ``rounds(members)`` counts those that were asked. A rule
or a calculated value that names a question of the section otherwise is made once for every round.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cached_property
from typing import Any, Final, TypeVar

from questionnaires.conditions import And, Answered, Compare, Condition, Held, Node, Not, Or, Relation
from questionnaires.expressions import Answer, Arithmetic, Each, Expression, Formula, Function, If, Rounds, Sum
from questionnaires.model import (
    Block,
    Calculated,
    Contradiction,
    Draw,
    Option,
    Question,
    Questionnaire,
    Repeats,
    Round,
    Rule,
    Section,
)
from questionnaires.text import Text, renamed

MOST_ROUNDS: Final = 30
MOST_MADE: Final = 1_500  # questions of all rounds together
THIS_ROUND: Final = "this_round"
MORE, NO_MORE = "1", "2"  # codes of the question at the end of a round
_SPREAD: Final = frozenset({"min", "max", "join"})  # functions that take as many parts as one likes, as sum does
_NOTHING: Final = Arithmetic("/", 0, 0)  # comes to no number
Tree = TypeVar("Tree")
Checked = TypeVar("Checked", Rule, Contradiction)


def round_id(name: str, number: int) -> str:
    """age, in the third round: age_3"""
    return f"{name}_{number}"


def more_id(roster: str, number: int) -> str:
    """The question at the end of a round, whether there is another one."""
    return f"{roster}_more_{number}"


def expanded(questionnaire: Questionnaire) -> Questionnaire:
    """With the rounds in the place of what repeats; itself where nothing does."""
    if not any(section.repeats for section in questionnaire.sections):
        return questionnaire
    return _Expansion(questionnaire).questionnaire()


def as_written(questionnaire: Questionnaire) -> Questionnaire:
    """What ``expanded`` was given: each section once. Header, notice and lists are those that it has now."""
    written = questionnaire.written
    if written is None:
        return questionnaire
    return replace(
        questionnaire,
        sections=written.sections,
        rules=written.rules,
        contradictions=written.contradictions,
        calculated=written.calculated,
        indicators=written.indicators,
        draws=written.draws,
        written=None,
    )


def origins(questionnaire: Questionnaire) -> Mapping[str, tuple[int, ...]]:
    """By the name of a list of the file: for each of its members as they are asked, the member that is written."""
    if questionnaire.written is None:
        return {}
    made = _Expansion(questionnaire.written)
    rows = {"sections": [place for place, one in enumerate(made.written.sections) for _ in made.rounds_of(one)]}
    for name in ("rules", "contradictions", "calculated"):
        rows[name] = list(made.rows(getattr(made.written, name)))
    return {name: tuple(found) for name, found in rows.items()}


def rosters_of(questionnaire: Questionnaire) -> tuple[Section, ...]:
    """The sections that repeat, as they are written."""
    return tuple(one for one in as_written(questionnaire).sections if one.repeats)


def calculated_in(written: Questionnaire, roster: str) -> tuple[str, ...]:
    """Ids of what is calculated for every round of a section."""
    owner = _Expansion(written).owner
    return tuple(one.id for one in written.calculated if owner.get(one.id) == roster)


def numbered(text: Text, number: int) -> Text:
    """年龄（3）"""
    return text.with_each(lambda words, tag: f"{words}（{number}）" if tag == "zh" else f"{words} ({number})")


def mapped(tree: Tree, change: Callable[[Any], Any]) -> Tree:
    """The tree with whatever ``change`` gives in the place of a part; None leaves the part and looks into it."""
    if isinstance(tree, tuple):
        return tuple(mapped(one, change) for one in tree)  # type: ignore[return-value] # a tuple of the same
    if not is_dataclass(tree) or isinstance(tree, type):
        return tree
    found = change(tree)
    if found is not None:
        return found  # type: ignore[no-any-return] # a part of the same kind of tree
    return replace(tree, **{one.name: mapped(getattr(tree, one.name), change) for one in fields(tree)})


def bare_names(tree: object) -> Iterator[str]:
    """Names of a tree that stand in no ``each``."""
    if isinstance(tree, tuple):
        for one in tree:
            yield from bare_names(one)
    elif is_dataclass(tree) and not isinstance(tree, Each | type):
        for field in fields(tree):
            value = getattr(tree, field.name)
            if field.name == "variable":
                yield value
            else:
                yield from bare_names(value)


@dataclass(frozen=True, slots=True)
class _Roster:
    section: Section
    repeats: Repeats

    @property
    def numbers(self) -> range:
        return range(1, self.repeats.most + 1)

    def gate(self, number: int) -> Node | None:
        """What must hold beside the section's own condition, that a round is asked; None where nothing must."""
        count = self.repeats.count
        if count is None:
            before = more_id(self.section.id, number - 1)
            return None if number == 1 else Compare(before, "==", MORE)
        match count.tree:
            case int() | float():
                return None
            case Answer(variable):
                return Compare(variable, ">=", number)
        return Relation(">=", count.tree, number)

    def gate_source(self, number: int) -> str:
        count = self.repeats.count
        return f'{more_id(self.section.id, number - 1)} == "{MORE}"' if count is None else f"{count.source} >= {number}"

    def condition(self, number: int) -> Condition | None:
        """Of the section that a round is."""
        own, gate = self.section.ask_if, self.gate(number)
        if gate is None:
            return own
        source = self.gate_source(number)
        if own is None or (self.repeats.count is None and number > 1):  # the round before was asked under it
            return Condition(source, gate)
        return Condition(f"({own.source}) and {source}", And((own.tree, gate)))


class _Expansion:
    """One questionnaire as it is written, and what is made of it."""

    def __init__(self, written: Questionnaire) -> None:
        self.written = written
        self.rosters = {one.id: _Roster(one, one.repeats) for one in written.sections if one.repeats}
        self.owner = {question.id: name for name, one in self.rosters.items() for question in one.section.questions}
        for calculated in written.calculated:
            owner = self._owner_of_calculated(calculated)
            if owner is not None:
                self.owner[calculated.id] = owner

    def questionnaire(self) -> Questionnaire:
        written = self.written
        return replace(
            written,
            sections=tuple(made for one in written.sections for made in self.rounds_of(one)),
            calculated=tuple(made for one in written.calculated for made in self._calculations(one)),
            rules=tuple(made for one in written.rules for made in self._checks(one)),
            contradictions=tuple(made for one in written.contradictions for made in self._checks(one)),
            indicators=tuple(map(self._indicator, written.indicators)),
            draws=tuple(map(self._draw, written.draws)),
            written=written,
        )

    # ------------------------------------------------------------ whose is what

    def _owner_of(self, tree: object) -> str | None:
        """The section that repeats and whose questions are named; None where none is, or several are."""
        named = {self.owner[name] for one in bare_names(tree) if (name := one.partition(".")[0]) in self.owner}
        return named.pop() if len(named) == 1 else None

    def _owner_of_calculated(self, one: Calculated) -> str | None:
        return one.each if one.each in self.rosters else self._owner_of(one.expression.tree)

    def rows(self, several: Iterable[Calculated | Rule | Contradiction]) -> Iterator[int]:
        """The place of each in the file, as often as it is made."""
        for place, one in enumerate(several):
            for _ in self._in_each_round(one):
                yield place

    def _in_each_round(self, one: Calculated | Rule | Contradiction) -> Iterator[_InRound]:
        match one:
            case Calculated():
                owner = self._owner_of_calculated(one)
            case _:
                owner = self._owner_of(one.condition.tree)
        if owner is None:
            yield _InRound(self, None, 0)
        else:
            for number in self.rosters[owner].numbers:
                yield _InRound(self, owner, number)

    # ------------------------------------------------------------ what is made

    def rounds_of(self, section: Section) -> Iterator[Section]:
        roster = self.rosters.get(section.id) if section.repeats else None
        if roster is None:
            outside = _InRound(self, None, 0)
            yield replace(
                section,
                ask_if=outside.condition(section.ask_if),
                questions=tuple(map(outside.question, section.questions)),
            )
            return
        for number in roster.numbers:
            inside = _InRound(self, section.id, number)
            questions = tuple(map(inside.question, section.questions))
            if roster.repeats.count is None and number < roster.repeats.most:
                questions = (*questions, roster.repeats.asks_for_more(more_id(section.id, number)))
            yield Section(
                id=round_id(section.id, number),
                title=inside.title(section.title, roster.repeats.heading),
                questions=questions,
                ask_if=inside.condition(roster.condition(number)),
                handed_over=section.handed_over,
                round=Round(roster=section.id, number=number, printed=number <= (roster.repeats.on_paper or number)),
            )

    def _calculations(self, one: Calculated) -> Iterator[Calculated]:
        for inside in self._in_each_round(one):
            formula = Formula(inside.source(one.expression.source), inside.tree(one.expression.tree))
            if inside.roster is None:
                yield replace(one, expression=formula)
            else:
                name = round_id(one.id, inside.number)
                formula = self._where_asked(one, formula, inside)
                texts = {field: numbered(getattr(one, field), inside.number) for field in ("text", "short")}
                yield replace(one, id=name, expression=formula, **texts)  # type: ignore[arg-type] # two texts

    def _where_asked(self, one: Calculated, formula: Formula, inside: _InRound) -> Formula:
        """What is made of the number of the round alone hangs on a question of it: where that is not asked, nor is
        the other."""
        questions = self.rosters[inside.roster or ""].section.questions
        first = next((name for question in questions for name in question.variables()), None)
        if first is None or any(True for _ in bare_names(formula.tree)):
            return formula
        there = Answered(inside.name(first))
        asked = Held(Or((there, Not(there))))
        return Formula(formula.source, If(asked, formula.tree, "" if one.is_text else _NOTHING))

    def _checks(self, one: Checked) -> Iterator[Checked]:
        for inside in self._in_each_round(one):
            condition = inside.condition(one.condition)
            assert condition is not None
            name = one.id if inside.roster is None else round_id(one.id, inside.number)
            yield replace(one, id=name, condition=condition, message=inside.text(one.message))

    def _indicator(self, one: Any) -> Any:
        """Answers of every round are pooled, as the rows of a matrix are."""
        outside = _InRound(self, None, 0)
        spread = {name: self._spread(name) for name in (*one.variables, *one.correct)}
        return replace(
            one,
            variables=tuple(made for name in one.variables for made in spread[name]),
            correct={made: codes for name, codes in one.correct.items() for made in spread[name]},
            base=outside.condition(one.base),
            numerator_if=outside.condition(one.numerator_if),
        )

    def _spread(self, variable: str) -> tuple[str, ...]:
        name, dot, item = variable.partition(".")
        if name not in self.owner:
            return (variable,)
        return tuple(f"{round_id(name, number)}{dot}{item}" for number in self.rosters[self.owner[name]].numbers)

    def _draw(self, draw: Draw) -> Draw:
        return replace(draw, blocks=tuple(map(self._block, draw.blocks)))

    def _block(self, block: Block) -> Block:
        sections = (
            tuple(round_id(name, number) for number in self.rosters[name].numbers) if name in self.rosters else (name,)
            for name in block.sections
        )
        return replace(
            block,
            sections=tuple(name for several in sections for name in several),
            belongs_if=_InRound(self, None, 0).condition(block.belongs_if),
        )

    def asked(self, roster: str) -> Expression:
        """In how many rounds it was asked."""
        found = self.rosters[roster]
        parts = []
        for number in found.numbers:
            condition = found.condition(number)
            parts.append(1 if condition is None else If(Held(condition.tree), 1, 0))
        return Sum(tuple(parts))


class _InRound:
    """How things are called in one round; in none (``roster`` None) only what stands for all rounds is put in."""

    def __init__(self, expansion: _Expansion, roster: str | None, number: int) -> None:
        self._expansion, self.roster, self.number = expansion, roster, number

    @cached_property
    def _names(self) -> Mapping[str, str]:
        owner = self._expansion.owner
        return {name: round_id(name, self.number) for name, one in owner.items() if one == self.roster}

    @cached_property
    def _named(self) -> re.Pattern[str] | None:
        if self.roster is None:
            return None
        words = "|".join(map(re.escape, sorted((*self._names, THIS_ROUND), key=len, reverse=True)))
        return re.compile(rf"(?<![\w.\"'])({words})(?![\w\"'(])")

    def name(self, variable: str) -> str:
        name, dot, item = variable.partition(".")
        return f"{self._names[name]}{dot}{item}" if name in self._names else variable

    # ------------------------------------------------------------ conditions

    def condition(self, condition: Condition | None) -> Condition | None:
        if condition is None or not self._touches(condition.source):
            return condition
        return Condition(self.source(condition.source), self.tree(condition.tree))

    def _touches(self, source: str) -> bool:
        return self.roster is not None or "each" in source or "rounds" in source

    def source(self, source: str) -> str:
        if self._named is None:
            return source
        return self._named.sub(
            lambda one: str(self.number) if one[0] == THIS_ROUND else self._names[one[0]],
            source,
        )

    def tree(self, tree: Tree) -> Tree:
        return mapped(tree, self._change)

    def _change(self, part: Any) -> Any:
        match part:
            case Sum(parts):
                return Sum(self._parts(parts))
            case Function(name, parts) if name in _SPREAD:
                return Function(name, self._parts(parts))
            case Each():
                return part  # it stands where nothing can be made of it, as is told
            case Rounds(roster) if roster in self._expansion.rosters:
                return self._expansion.asked(roster)
            case Answer(variable) if variable == THIS_ROUND and self.roster is not None:
                return self.number
            case Compare(variable, sign, literal) if variable == THIS_ROUND and self.roster is not None:
                return Relation(sign, Arithmetic("+", self.number, 0), literal)
        if self._names and isinstance(named := getattr(part, "variable", None), str):
            return replace(part, variable=self.name(named))
        return None

    def _parts(self, parts: tuple[Expression, ...]) -> tuple[Expression, ...]:
        found: list[Expression] = []
        for part in parts:
            owner = self._expansion._owner_of(part.part) if isinstance(part, Each) else None
            if isinstance(part, Each) and owner is not None:
                numbers = self._expansion.rosters[owner].numbers
                found += [_InRound(self._expansion, owner, number).tree(part.part) for number in numbers]
            else:
                found.append(self.tree(part))
        return tuple(found)

    # ------------------------------------------------------------ questions

    def question(self, one: Question) -> Question:
        if self.roster is None:
            return self._outside(one)
        text = self.text(one.text)
        short = text if one.short == one.text else numbered(one.short, self.number)
        return replace(
            one,
            id=self._names[one.id],
            text=text,
            short=short,
            hint=None if one.hint is None else self.text(one.hint),
            items=tuple(replace(item, text=self.text(item.text)) for item in one.items),
            options=tuple(map(self._option, one.options)),
            within=one.within and self.name(one.within),
            chosen_in=one.chosen_in and self.name(one.chosen_in),
            ask_if=self.condition(one.ask_if),
        )

    def _outside(self, one: Question) -> Question:
        conditions = [one.ask_if, *(option.offer_if for option in one.options)]
        if not any(found is not None and self._touches(found.source) for found in conditions):
            return one
        return replace(one, ask_if=self.condition(one.ask_if), options=tuple(map(self._option, one.options)))

    def _option(self, one: Option) -> Option:
        label, offer_if = self.text(one.label), self.condition(one.offer_if)
        return one if label is one.label and offer_if is one.offer_if else replace(one, label=label, offer_if=offer_if)

    def text(self, text: Text) -> Text:
        if self.roster is None:
            return text
        return renamed(text, self.name, {THIS_ROUND: str(self.number)})

    def title(self, title: Text, heading: Text | None) -> Text:
        """家里人：第 2 位; without a heading of its own 家里人 2"""
        said = None if heading is None else self.text(heading)

        def whole(words: str, tag: str) -> str:
            if said is None:
                return f"{words} {self.number}"
            return f"{words}：{said.zh}" if tag == "zh" else f"{words}: {said.in_language(tag)}"

        return title.with_each(whole)
