"""A ranking on paper: the options with their codes, and a box for each rank to write a code into."""

from __future__ import annotations

from dataclasses import replace

from questionnaires.kinds import kind_of
from questionnaires.kinds.ranking import ranks_of
from questionnaires.model import Question
from questionnaires.text import Text
from reports import style
from reports.marks import Mark, Words
from reports.paper_form.blocks import Block, Hand, Writing, outline, stacked
from reports.paper_form.density import MM
from reports.paper_form.questions import INDENT, INNER
from reports.paper_form.words import say

WIDTH = 9 * MM  # of a box; two digits fit
APART = 5 * MM
BETWEEN = 5 * MM  # options


def in_order(question: Question, language: str) -> str:
    """What to write, beside the words of the question."""
    rule = kind_of(question).rule(question)
    assert rule is not None  # a ranking always has one
    told = (rule.in_language(language), say("by_code", language), say("by_rank", language))
    return ("" if language == "zh" else " ").join(told)


def ranks(hand: Hand, question: Question) -> Block:
    return stacked([_options(hand, question), replace(_boxes(hand, question), gap=1 * MM)], 0.0)


def _options(hand: Hand, question: Question) -> Block:
    """Codes and labels one after the other, in as many lines as they need."""
    density = hand.density
    role, code_role = density.role(density.answer), density.role(density.note, colour=style.GREY)
    marks: list[Mark] = []
    x, base = INDENT, role.size
    for option in question.options:
        spans = [code_role.span(f"{option.code}  "), *hand.spans(option.label, role)]
        width = hand.width(spans)
        if x > INDENT and x + width > INDENT + INNER:
            x, base = INDENT, base + role.leading
        marks.append(Words(x, base, hand.setter.composer.line(*spans)))
        x += width + BETWEEN
    return Block(height=base + 1.6 * MM, marks=tuple(marks))


def _boxes(hand: Hand, question: Question) -> Block:
    density = hand.density
    role = density.role(density.answer)
    height = max(density.option + 1.2, 7.2) * MM
    marks: list[Mark] = []
    x, y = INDENT, 0.0
    right = x
    for rank in range(1, ranks_of(question) + 1):
        words = hand.spans(Text(say("rank", "zh", rank=rank), say("rank", "en", rank=rank)), role)
        width = hand.width(words) + 1.5 * MM + WIDTH
        if x > INDENT and x + width > INDENT + INNER:
            x, y = INDENT, y + height + 1.5 * MM
        marks.append(Words(x, y + height / 2 + role.size * 0.36, hand.setter.composer.line(*words)))
        marks += outline(x + width - WIDTH, y, WIDTH, height, 0.6)
        right = max(right, x + width)
        x += width + APART
    field = Writing(variable=question.id, kind="ranks", x=INDENT, y=0, width=right - INDENT, height=y + height)
    return Block(height=y + height, marks=tuple(marks), writings=(field,))
