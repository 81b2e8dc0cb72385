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
class Asked:
    """One draw as it fell for a person: what belonged, what was asked, and the factor of one block."""

    among: frozenset[object]
    drawn: frozenset[object]
    take: int

    def factor(self, blocks: frozenset[object]) -> float | None:
        """Of what needs these blocks; None where one that belongs was not asked."""
        needed = blocks & self.among
        if not needed <= self.drawn:
            return None
        found = 1.0
        for place in range(len(needed)):
            found *= (len(self.among) - place) / (self.take - place)
        return found


class Weighing:
    """How often the answers of the indicators of a questionnaire count."""

    def __init__(self, questionnaire: Questionnaire, indicators: Iterable[Indicator]) -> None:
        resting = Resting(questionnaire)
        self._draws = tuple(resting.draws.values())
        self._together: dict[str, tuple[tuple[tuple[str, frozenset[object]], ...], ...]] = {
            one.id: tuple(_by_draw(blocks) for blocks in resting.together(one))
            for one in indicators
            if resting.rests(one)
        }

    def drawn(self, values: Mapping[str, object]) -> Mapping[str, Asked]:
        """Of a respondent's values, once for all indicators; empty where the questionnaire draws nothing."""
        found = {}
        for draw in self._draws:
            among = _listed(values.get(draw.among)) if draw.by_person else frozenset(one.id for one in draw.blocks)
            found[draw.id] = Asked(among, _listed(values.get(draw.id)), min(draw.take, len(among)))
        return found

    def factors(self, indicator: str, drawn: Mapping[str, Asked]) -> tuple[float | None, ...] | None:
        """Variable by variable, or one for all that is needed together; None of an indicator without drawn blocks."""
        together = self._together.get(indicator)
        return None if together is None else tuple(_product(blocks, drawn) for blocks in together)


def _by_draw(blocks: Blocks) -> tuple[tuple[str, frozenset[object]], ...]:
    names = sorted({draw for draw, _ in blocks})
    return tuple((name, frozenset(block for draw, block in blocks if draw == name)) for name in names)


def _product(blocks: tuple[tuple[str, frozenset[object]], ...], drawn: Mapping[str, Asked]) -> float | None:
    found = 1.0
    for name, needed in blocks:
        factor = drawn[name].factor(needed)
        if factor is None:
            return None
        found *= factor
    return found


def _listed(value: object) -> frozenset[object]:
    """A ``Missing`` is no list."""
    return frozenset(value) if isinstance(value, list) else frozenset()
