"""Which blocks are asked of whom: a ticket puts the blocks of a draw in an order, and the first that belong to the
person are asked.

The rule, for whoever draws by it too (a device): with m blocks of which k are asked, P = m / gcd(m, k) tickets that
follow each other are one round. Ticket t belongs to round t div P and has the place t mod P in it. The round's order is
that of the SHA-256 of ``<draw>:<round>:<block>``, as hexadecimal digits; the ticket's order begins k times its place
further on and goes round. Of this order the blocks that belong to the person are taken, the first k of them.

A round's order is as good as drawn at random, and so is any of its rotations: of the m' blocks that belong to a
person each is asked with probability k / m', any j of them together with
k (k-1) ... (k-j+1) / m' (m'-1) ... (m'-j+1). Over the tickets of one round every block stands equally often at each
place.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from math import gcd

from questionnaires.answer_forms import Fault, FindingCode, Read, glimpse
from questionnaires.conditions import Condition, Includes
from questionnaires.model import Block, Draw, Questionnaire

LARGEST_TICKET = 2**53 - 1  # whole numbers that a browser tells apart
Ticket = int | list[str]


def order_of(draw: Draw, ticket: int) -> tuple[str, ...]:
    """Every block of the draw, in the order of a ticket."""
    count = len(draw.blocks)
    turn, place = divmod(ticket, count // gcd(count, draw.take))
    blocks = _round(draw.id, tuple(block.id for block in draw.blocks), turn)
    start = place * draw.take % count
    return blocks[start:] + blocks[:start]


@lru_cache(maxsize=4096)
def _round(draw: str, blocks: tuple[str, ...], turn: int) -> tuple[str, ...]:
    return tuple(sorted(blocks, key=lambda block: hashlib.sha256(f"{draw}:{turn}:{block}".encode()).hexdigest()))


def block_of_question(questionnaire: Questionnaire) -> dict[str, tuple[Draw, Block]]:
    """The question's id, its draw and its block; of questions that are in one."""
    found: dict[str, tuple[Draw, Block]] = {}
    inside = {section.id: [question.id for question in section.questions] for section in questionnaire.sections}
    for draw in questionnaire.draws:
        for block in draw.blocks:
            for name in (*block.questions, *(one for section in block.sections for one in inside.get(section, ()))):
                found[name] = (draw, block)
    return found


def was_drawn(draw: Draw, block: Block) -> Condition:
    """As any condition: the block is among those drawn."""
    return Condition(f'"{block.id}" in {draw.id}', Includes(draw.id, block.id))


@dataclass(frozen=True, slots=True)
class Drawn:
    """What came of a draw for one person."""

    among: tuple[str, ...]  # blocks that belong to the person, in the order of the questionnaire
    blocks: tuple[str, ...]  # those that are asked, in that order
    sound: bool  # they are as many as they should be, and belong to the person


@dataclass(frozen=True, slots=True)
class Drawing:
    """A draw made ready: conditions of answers alone."""

    draw: Draw
    belongs: Mapping[str, Condition | None]  # block -> condition

    @classmethod
    def of(cls, questionnaire: Questionnaire, draw: Draw) -> Drawing:
        conditions = {
            block.id: questionnaire.of_answers(block.belongs_if) if block.belongs_if else None for block in draw.blocks
        }
        return cls(draw, conditions)

    def variables(self) -> tuple[str, ...]:
        """Answers that it hangs on."""
        named = (name for one in self.belongs.values() if one is not None for name in one.variables())
        return tuple(dict.fromkeys(named))

    def read(self, raw: object) -> Read:
        """A ticket, or the blocks that somebody else drew."""
        if raw is None or raw == "" or (isinstance(raw, list | tuple) and not raw):
            return None, None
        if isinstance(raw, str) and raw.isascii() and raw.isdigit() and len(raw) < 20:
            raw = int(raw)
        if type(raw) is int and 0 <= raw <= LARGEST_TICKET:
            return raw, None
        if isinstance(raw, list | tuple) and all(one in self.belongs for one in raw if isinstance(one, str)):
            blocks = [one for one in raw if isinstance(one, str)]
            if len(blocks) == len(raw) == len(set(blocks)):
                return [name for name in self.belongs if name in blocks], None
        return None, Fault(FindingCode.DRAWN_OTHERWISE, self.expected(glimpse(raw), self.draw.take))

    def expected(self, seen: str, count: int) -> dict[str, str | int | float]:
        return {"name": self.draw.id, "seen": seen, "count": count}

    def among(self, given: Mapping[str, object]) -> tuple[str, ...]:
        """Blocks that belong to whoever gave these answers."""
        return tuple(name for name, one in self.belongs.items() if one is None or one.evaluate(given))

    def drawn(self, ticket: Ticket | None, given: Mapping[str, object]) -> Drawn:
        among = self.among(given)
        count = min(self.draw.take, len(among))
        if ticket is None:  # nothing to be drawn where all that belong to the person are asked
            return Drawn(among, among if len(among) <= count else (), sound=True)
        if isinstance(ticket, list):
            blocks = tuple(name for name in among if name in ticket)
            return Drawn(among, blocks, sound=len(blocks) == len(ticket) == count)
        first = [name for name in order_of(self.draw, ticket) if name in among][:count]
        return Drawn(among, tuple(name for name in among if name in first), sound=True)

    def tree(self, block: str) -> list[object]:
        """The condition that the block is asked, for an interpreter that is given ``for_browser``."""
        return ["drawn", self.draw.id, block]

    def order(self, raw: object) -> list[str]:
        """Every block as the ticket orders them, or those that somebody else drew; none where neither is known."""
        ticket, _ = self.read(raw)
        if isinstance(ticket, int):
            return list(order_of(self.draw, ticket))
        return [str(one) for one in ticket] if isinstance(ticket, list) else []

    def for_browser(self, raw: object) -> dict[str, object]:
        among = [[name, one.to_json() if one else None] for name, one in self.belongs.items()]
        return {"order": self.order(raw), "take": self.draw.take, "among": among}


def drawings(questionnaire: Questionnaire) -> tuple[Drawing, ...]:
    return tuple(Drawing.of(questionnaire, draw) for draw in questionnaire.draws)


def places_of(questionnaire: Questionnaire) -> dict[str, int]:
    """Draw and the number of its first question: a draw is made before it."""
    inside = block_of_question(questionnaire)
    found: dict[str, int] = {}
    for number, question in enumerate(questionnaire.questions()):
        if question.id in inside:
            found.setdefault(inside[question.id][0].id, number)
    return found


def part_asked(questionnaire: Questionnaire, answers: Mapping[str, object]) -> Questionnaire:
    """The questionnaire without the blocks that the draws which came with the answers left out.

    Of a draw that hangs on answers every block stays: what they leave out is decided while they are given. The same
    blocks give the same value, so that what is made of it can be kept.
    """
    left: set[tuple[str, str]] = set()
    for one in drawings(questionnaire):
        ticket, _ = one.read(answers.get(one.draw.id))
        if not one.draw.by_person and isinstance(ticket, int | list):
            found = one.drawn(ticket, {})
            left |= {(one.draw.id, block) for block in found.among if block not in found.blocks}
    return _without(_Same(questionnaire), frozenset(left)) if left else questionnaire


class _Same:
    """Key of the cache: known by identity, a frozen value needs no comparing."""

    def __init__(self, questionnaire: Questionnaire) -> None:
        self.questionnaire = questionnaire

    def __hash__(self) -> int:
        return id(self.questionnaire)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.questionnaire is self.questionnaire


@lru_cache(maxsize=2048)
def _without(same: _Same, left: frozenset[tuple[str, str]]) -> Questionnaire:
    whole, inside = same.questionnaire, block_of_question(same.questionnaire)
    out = {name for name, (draw, block) in inside.items() if (draw.id, block.id) in left}
    sections = (
        replace(section, questions=tuple(one for one in section.questions if one.id not in out))
        for section in whole.sections
    )
    return replace(
        whole,
        sections=tuple(section for section in sections if section.questions),
        draws=tuple(draw for draw in whole.draws if draw.by_person),
    )


def named_on_paper(questionnaire: Questionnaire, answers: Mapping[str, object]) -> dict[str, list[str]]:
    """What a printed form names: the blocks drawn, or all in their order where it hangs on answers which are asked."""
    return {
        one.draw.id: one.order(answers.get(one.draw.id))[: None if one.draw.by_person else one.draw.take]
        for one in drawings(questionnaire)
    }


def block_trees(questionnaire: Questionnaire) -> dict[str, list[object]]:
    """Questions in blocks, each with the condition that its block was drawn, for an interpreter in the browser."""
    made = {one.draw.id: one for one in drawings(questionnaire)}
    inside = block_of_question(questionnaire)
    return {name: made[draw.id].tree(block.id) for name, (draw, block) in inside.items()}


def tickets(questionnaire: Questionnaire, ticket: int) -> dict[str, int]:
    """One ticket as the answers of every draw: each orders its blocks by itself."""
    return {draw.id: ticket for draw in questionnaire.draws}


def for_browser(questionnaire: Questionnaire, given: Mapping[str, object]) -> dict[str, dict[str, object]]:
    """What the browser needs of every draw, with the order of the ticket that came with the answers."""
    return {one.draw.id: one.for_browser(given.get(one.draw.id)) for one in drawings(questionnaire)}
