"""Options in an order of one's own: all of them, or the first few."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from itertools import combinations
from math import comb
from typing import ClassVar

from questionnaires.answer_forms import NOTHING, Canonical, Fault, FindingCode, Read, Reader, clean, glimpse, is_number
from questionnaires.conditions import Literal
from questionnaires.kinds.choices import Choosing
from questionnaires.kinds.counted import counted
from questionnaires.kinds.kind import Given, Own, VariableType
from questionnaires.model import Question, QuestionType
from questionnaires.text import Text

MOST_RANKS = 10
BLANK = ""  # a rank that nothing was written at, before one that has something
_AT_RANK = re.compile(r"([0-9]{1,2}):([A-Za-z0-9]{1,8})")  # of a page without a script: 2:5 is option 5 at rank 2
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩"
_OF_RANKS = frozenset({FindingCode.RANKED_TWICE, FindingCode.RANKS_MISSING, FindingCode.TOO_MANY_CHOICES})


class Ranking(Choosing):
    type: ClassVar = QuestionType.RANKING
    fields: ClassVar = ("options", "scale", "list", "within", "chosen_in", "order", "ranks")
    variable: ClassVar = VariableType.RANKS
    faults: ClassVar = frozenset({FindingCode.UNKNOWN_CODE}) | _OF_RANKS

    def parse(self, given: Given) -> Own:
        options = given.options(several=True, words=False)
        return {
            "options": options,
            "scale": given.scale(),
            "list": given.list(),
            "within": given.name("within"),
            "chosen_in": given.name("chosen_in"),
            "order": given.order(),
            "ranks": given.whole("ranks", 2, min(given.choosable(options), MOST_RANKS)),
        }

    def reader(self, question: Question) -> Reader:
        codes = tuple(option.code for option in question.options)
        ranks = ranks_of(question)

        def read(raw: object) -> Read:
            try:
                placed = _placed(raw, codes)
            except _SharedRank as shared:
                return None, Fault(FindingCode.RANKED_TWICE, {"rank": shared.rank})
            while placed and placed[-1] == BLANK:
                placed.pop()
            if not placed:
                return NOTHING
            strange = next((one for one in placed if one != BLANK and one not in codes), None)
            if strange is not None:
                return None, Fault(FindingCode.UNKNOWN_CODE, {"seen": glimpse(strange)})
            filled = [code for code in placed if code != BLANK]
            twice = next((code for place, code in enumerate(filled) if code in filled[:place]), None)
            if twice is not None:
                return None, Fault(FindingCode.RANKED_TWICE, {"option": twice}, placed)
            if len(placed) > ranks:
                return None, Fault(FindingCode.TOO_MANY_CHOICES, {"count": len(filled)}, placed)
            if len(filled) < ranks:
                return None, Fault(FindingCode.RANKS_MISSING, {"count": len(filled)}, placed)
            return placed, None

        return read

    def expected(self, question: Question, language: str) -> str:
        return f"请{_task(question, 'zh')}。" if language != "en" else f"{_task(question, 'en')}."

    def rule(self, question: Question) -> Text | None:
        return Text(f"{_task(question, 'zh')}。", f"{_task(question, 'en')}.")

    def in_words(self, question: Question, answer: Canonical, language: str) -> str:
        """① 停车　② 路灯"""
        told = []
        for place, code in enumerate(answer if isinstance(answer, list) else []):
            option = question.option(code)
            if option is not None:
                told.append(f"{_CIRCLED[place]} {option.label.in_language(language)}")
        return ("　" if language != "en" else " ").join(told)

    def fault(self, code: FindingCode, found: Mapping[str, object], question: Question, language: str) -> str:
        if code is FindingCode.UNKNOWN_CODE:
            return super().fault(code, found, question, language)
        option = question.option(str(found.get("option")))
        said = self.expected(question, language)
        if code is FindingCode.RANKED_TWICE and option is not None:
            label = option.label.in_language(language)
            return f"“{label}”排了两次。{said}" if language != "en" else f"“{label}” has two ranks. {said}"
        if isinstance(rank := found.get("rank"), int):
            return f"有两项都排在第 {rank}。{said}" if language != "en" else f"Two have rank {rank}. {said}"
        count = found.get("count")
        if not isinstance(count, int):
            return said
        return f"现在排了 {count} 项。{said}" if language != "en" else f"{count} are ranked now. {said}"

    def refuses(self, name: str, literals: tuple[Literal, ...], *, ordering: bool) -> str:
        return f'write "{literals[0]}" in {name}'

    def worth_trying(self, question: Question, literals: Iterable[Literal], most: int) -> list[object]:
        """Sets that are ranked; those never tested for stand for each other, and no condition sees an order."""
        tested = {str(literal) for literal in literals}
        ranks = ranks_of(question)
        codes = [option.code for option in question.options]
        kept = [code for code in codes if code in tested] + [code for code in codes if code not in tested][:ranks]
        if comb(len(kept), ranks) > most:
            return [None] * (most + 1)
        return [list(one) for one in combinations(kept, ranks)]


def ranks_of(question: Question) -> int:
    """How many places are given away."""
    return question.ranks or min(len(question.options), MOST_RANKS)


def _task(question: Question, language: str) -> str:
    ranks = ranks_of(question)
    whole = ranks == len(question.options)
    if language != "en":
        return "把各项都排出先后，每项只排一次" if whole else f"按先后选出前{counted(ranks, 'zh')}项，每项只排一次"
    return (
        "Put all of them in order, each once" if whole else f"Put the first {counted(ranks, 'en')} in order, each once"
    )


class _SharedRank(Exception):
    """Two options at one rank: which of them comes first nobody can say."""

    def __init__(self, rank: int) -> None:
        super().__init__(f"two at rank {rank}")
        self.rank = rank


def _placed(raw: object, codes: tuple[str, ...]) -> list[str]:
    """What stands at each rank, however it was written: 312 and 3,1,2 of a keyer, 2:5 of a page without a script."""
    if isinstance(raw, list | tuple):
        parts = [_code(one) for one in raw[: len(codes) * 4]]
        at_rank = [match for one in parts if one not in codes and (match := _AT_RANK.fullmatch(one))]
        if at_rank and len(at_rank) == sum(one != BLANK for one in parts):
            return _by_rank(at_rank)
        if len(parts) != 1 or parts[0] in codes:
            return parts
        raw = parts[0]
    text = unicodedata.normalize("NFKC", clean(_code(raw)[:1000], several_lines=False))
    if match := _AT_RANK.fullmatch(text):
        return _by_rank([match])
    if text in codes:
        return [text]
    parts = re.split(r"\s*[,;、>→]\s*|\s+", text)
    if len(parts) == 1 and all(len(code) == 1 for code in codes) and all(one in codes or one == "0" for one in text):
        return [BLANK if one == "0" and one not in codes else one for one in text]  # 0: nothing stands in that box
    return parts


def _by_rank(found: list[re.Match[str]]) -> list[str]:
    last = min(max(int(one[1]) for one in found), 99)
    placed = [BLANK] * last
    for one in found:
        rank = int(one[1])
        if rank and placed[rank - 1] != BLANK:
            raise _SharedRank(rank)
        if rank:
            placed[rank - 1] = one[2]
        else:
            placed.append(one[2])
    return placed


def _code(raw: object) -> str:
    if raw is None:
        return BLANK
    if isinstance(raw, str):
        return raw.strip()
    return str(raw) if type(raw) is int and is_number(raw) else glimpse(raw) or "?"


KIND = Ranking()
