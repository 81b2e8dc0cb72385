"""Several options, within limits where there are any; one that stands alone rules out the others."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import ClassVar

from questionnaires.answer_forms import NOTHING, Fault, FindingCode, Read, Reader, clean, glimpse, is_number
from questionnaires.conditions import Literal
from questionnaires.kinds.choice_limits import fault_of_limits, limits_in_words
from questionnaires.kinds.choices import Choosing
from questionnaires.kinds.kind import Given, Own, VariableType
from questionnaires.model import Question, QuestionType
from questionnaires.text import Text

_OF_LIMITS = frozenset({FindingCode.TOO_FEW_CHOICES, FindingCode.TOO_MANY_CHOICES})
MOST_TESTED = 15  # codes whose sets are tried one by one


class MultipleChoice(Choosing):
    type: ClassVar = QuestionType.MULTIPLE_CHOICE
    fields: ClassVar = (
        "options",
        "scale",
        "list",
        "within",
        "chosen_in",
        "order",
        "minimum_choices",
        "maximum_choices",
    )
    variable: ClassVar = VariableType.CODES
    faults: ClassVar = Choosing.faults | _OF_LIMITS

    def parse(self, given: Given) -> Own:
        options = given.options(several=True, words=True)
        minimum, maximum = given.counts(options)
        return {
            "options": options,
            "scale": given.scale(),
            "list": given.list(),
            "within": given.name("within"),
            "chosen_in": given.name("chosen_in"),
            "order": given.order(),
            "minimum_choices": minimum,
            "maximum_choices": maximum,
        }

    def reader(self, question: Question) -> Reader:
        codes = tuple(option.code for option in question.options)
        exclusive = {option.code for option in question.options if option.exclusive}
        least, most = question.minimum_choices or 0, question.maximum_choices or len(codes)

        def read(raw: object) -> Read:
            chosen: set[str] = set()
            for one in _spread(raw, codes):
                code = str(one) if isinstance(one, str) or (type(one) is int and is_number(one)) else ""
                if code not in codes:
                    return None, Fault(FindingCode.UNKNOWN_CODE, {"seen": glimpse(one)})
                chosen.add(code)
            if not chosen:
                return NOTHING
            alone = sorted(chosen & exclusive)
            written = [code for code in codes if code in chosen]
            if alone and len(chosen) > 1:
                return None, Fault(FindingCode.EXCLUSIVE, {"option": alone[0]}, written)
            if len(chosen) > most:
                return None, Fault(FindingCode.TOO_MANY_CHOICES, {"count": len(chosen)}, written)
            if len(chosen) < least and not alone:
                return None, Fault(FindingCode.TOO_FEW_CHOICES, {"count": len(chosen)}, written)
            return written, None

        return read

    def expected(self, question: Question, language: str) -> str:
        limits = limits_in_words(question, language)
        return limits or ("请至少选一项。" if language != "en" else "Choose at least one answer.")

    def rule(self, question: Question) -> Text | None:
        said = limits_in_words(question, "zh")
        return Text(said, limits_in_words(question, "en")) if said else None

    def fault(self, code: FindingCode, found: Mapping[str, object], question: Question, language: str) -> str:
        if code in _OF_LIMITS:
            return fault_of_limits(question, code, found, language)
        return super().fault(code, found, question, language)

    def refuses(self, name: str, literals: tuple[Literal, ...], *, ordering: bool) -> str:
        return f'write "{literals[0]}" in {name}'

    def worth_trying(self, question: Question, literals: Iterable[Literal], most: int) -> list[object]:
        """Sets of chosen codes; those never tested for stand for each other."""
        tested = {str(literal) for literal in literals}
        free = [option.code for option in question.options if not option.exclusive]
        alone: list[object] = [[option.code] for option in question.options if option.exclusive]
        least, most_chosen = question.minimum_choices or 1, question.maximum_choices or len(free)
        others = [code for code in free if code not in tested][:least]
        kept = [code for code in free if code in tested] + others
        if len(kept) > MOST_TESTED:  # more combinations than may be tried: let the product give up
            return [None] * (most + 1)
        several: list[object] = [
            [code for bit, code in enumerate(kept) if mask >> bit & 1]
            for mask in range(1, 1 << len(kept))
            if least <= mask.bit_count() <= most_chosen
        ]
        return [*alone, *several]


def _spread(raw: object, codes: tuple[str, ...]) -> list[object]:
    """Keyers type 14 or 1,4 for the codes 1 and 4."""
    if isinstance(raw, list | tuple):
        filled = [part for part in raw[: len(codes) * 4] if part is not None]
        return [one for part in filled for one in (_spread(part, codes) if isinstance(part, str) else [part])]
    if not isinstance(raw, str):
        return [] if raw is None else [raw]
    folded = unicodedata.normalize("NFKC", clean(raw[:1000], several_lines=False))
    if folded in codes:
        return [folded]
    parts = [part for part in re.split(r"[\s,;、]+", folded) if part]
    keyed_singly = all(len(code) == 1 for code in codes)
    if keyed_singly and len(parts) == 1 and all(one in codes for one in parts[0]):
        return list(parts[0])
    return list(parts)


KIND = MultipleChoice()
