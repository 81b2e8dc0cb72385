"""What an answer in a drawn block counts for: one over the probability with which its block was asked of the person.

A figure rests on the blocks of its questions, and of every question that decides whether those are asked. It is known
of a person when all of these blocks that belong to the person were drawn; with j of them, k drawn among m', that has
the probability k (k-1) ... (k-j+1) / m' (m'-1) ... (m'-j+1), draw by draw. Numerator and denominator of the person
count so many times over (Horvitz & Thompson 1952; matrix sampling: Shoemaker 1973), and the weight of the person stays
what it is. Blocks that do not belong to a person are not asked of anybody like that, and need not be drawn.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from questionnaires.conditions import Condition
from questionnaires.draws import block_of_question
from questionnaires.indicators import TOTALS, Indicator, IndicatorKind
from questionnaires.model import Draw, Questionnaire

Blocks = frozenset[tuple[str, str]]  # draw and block
NONE: Blocks = frozenset()


class Resting:
    """Which blocks the variables of a questionnaire rest on."""

    def __init__(self, questionnaire: Questionnaire) -> None:
        self.draws: Mapping[str, Draw] = {draw.id: draw for draw in questionnaire.draws}
        self._questionnaire = questionnaire
        self._of: dict[str, Blocks] = {}
        if self.draws:
            self._read(questionnaire)

    def _read(self, questionnaire: Questionnaire) -> None:
        inside = block_of_question(questionnaire)
        for section in questionnaire.sections:
            for question in section.questions:
                own = inside.get(question.id)
                found = frozenset({(own[0].id, own[1].id)}) if own else NONE
                conditions = [section.ask_if, question.ask_if, own[1].belongs_if if own else None]
                for condition in conditions:
                    found |= self.of_condition(condition)
                self._of |= dict.fromkeys(question.variables(), found)

    def of(self, variables: Iterable[str]) -> Blocks:
        """Of what is calculated as well."""
        if not self.draws:
            return NONE
        named = self._questionnaire.behind(variables)
        return NONE.union(*(self._of.get(name, NONE) for name in named))

    def of_condition(self, condition: Condition | None) -> Blocks:
        return NONE if condition is None else self.of(condition.variables())

    def together(self, indicator: Indicator) -> tuple[Blocks, ...]:
        """The blocks that have to be asked together: once for the whole, or variable by variable where they are
        pooled."""
        base = self.of_condition(indicator.base)
        if indicator.numerator_if is not None:
            return (base | self.of_condition(indicator.numerator_if) | self.of(indicator.variables),)
        if indicator.kind is IndicatorKind.SHARE_PASSING or indicator.kind in TOTALS:
            return (base | self.of(indicator.variables),)
        return tuple(base | self.of([name]) for name in indicator.variables)

    def rests(self, indicator: Indicator) -> bool:
        """Whether any of it is asked of some only, by draw; of an index: of any of its parts."""
        if indicator.kind is IndicatorKind.INDEX:
            named = {part.indicator for part in indicator.parts}
            return any(self.rests(one) for one in self._questionnaire.indicators if one.id in named)
        return any(self.together(indicator))


@dataclass(frozen=True, slots=True)
class Weighing:
    """How often the answers of one indicator count."""

    draws: Mapping[str, Draw]
    together: tuple[Blocks, ...]

    def factors(self, values: Mapping[str, object]) -> tuple[float | None, ...]:
        """Of a respondent's values, in the order of ``together``; None where one of the blocks was not drawn."""
        return tuple(self._factor(blocks, values) for blocks in self.together)

    def _factor(self, blocks: Blocks, values: Mapping[str, object]) -> float | None:
        found = 1.0
        for name in {draw for draw, _ in blocks}:
            draw = self.draws[name]
            among = _listed(values.get(draw.among)) if draw.by_person else {one.id for one in draw.blocks}
            drawn = _listed(values.get(draw.id))
            needed = {block for of, block in blocks if of == name} & among
            if not needed <= drawn:
                return None
            for place in range(len(needed)):
                found *= (len(among) - place) / (min(draw.take, len(among)) - place)
        return found


def _listed(value: object) -> set[object]:
    """A ``Missing`` is no list."""
    return set(value) if isinstance(value, list) else set()
