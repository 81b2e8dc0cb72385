"""Options of a question as files write them: by code, by label, by letter; one to a cell, or several joined.

A cell of several is covered by whole options in every way there is: a label may hold the very mark that joins. One way
is an answer; no way, or two that differ, is a problem of that cell.
"""

from __future__ import annotations

import difflib
import re
import string
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from questionnaires.model import Option, Order, Question
from questionnaires.text import Text
from survey_service.importing import damage
from survey_service.importing.plan import MISSING_MARK
from survey_service.importing.reading import Reading, doubt
from survey_service.importing.words import Kind, Notice
from survey_service.tabular.problems import TableProblem

BETWEEN = "┋"  # joins, and stands in no label
JOINERS = frozenset(",，;；、|/\n\t")
NEAR = 0.55
LONGEST = 4_000  # characters of a cell of options; a longer one is something else
_WAYS = 4  # readings kept at each place; two that differ are enough to refuse
_GAPS = re.compile(r"[\s.“”\"'‘’。]+")
_NUMBERED = re.compile(r"([A-Za-z]|\d{1,2})\s*[.．、:：)）]\s*(\S.*)")
_OPENS_WORDS = ":：(（[【"
# What other platforms print behind 其他: a request to write, not words that anybody wrote.
_REQUESTS = (
    "请注明",
    "请说明",
    "请填写",
    "请写明",
    "请具体说明",
    "请列明",
    "please specify",
    "please explain",
    "specify",
)
_REQUEST = re.compile(rf"[(（\[【]\s*(?:{'|'.join(_REQUESTS)})\s*[)）\]】]", re.IGNORECASE)
_CLOSES_WORDS = ")）]】"


def fold(text: str) -> str:
    """What two spellings of one label have in common. 1.5 stays apart from 15."""
    return _fold(text) if len(text) <= 200 else _folded(text)


def _folded(text: str) -> str:
    return _GAPS.sub(_gap, unicodedata.normalize("NFKC", text).casefold())


_fold = lru_cache(maxsize=20_000)(_folded)


def _gap(gap: re.Match[str]) -> str:
    before, after = gap.string[: gap.start()][-1:], gap.string[gap.end() :][:1]
    return gap.group()[0] if before.isdigit() and after.isdigit() else ""


class Codes:
    """The options of a question by code and by label; by letter where the whole column is ``lettered``."""

    def __init__(self, question: Question, said: Mapping[str, str], *, lettered: bool = False) -> None:
        self.question = question
        self.codes = {option.code: option for option in question.options}
        self.asked = said
        self.letters = dict(zip(string.ascii_uppercase, self.codes, strict=False)) if lettered else {}
        self._labels: dict[str, Option | None] = {}
        for option in question.options:
            for label in {fold(option.label.zh), fold(option.label.en)} - {""}:
                known = self._labels.get(label, option)
                self._labels[label] = option if known is option else None  # two options alike: neither

    @property
    def order(self) -> str:
        """Words for people: which letter stands for which option."""
        return "，".join(f"{letter} 是“{self.codes[code].label.zh}”" for letter, code in self.letters.items())

    def said(self, text: str) -> object | None:
        """What a person said of this value, ready for the judge; None where nothing was said."""
        code = self.asked.get(text)
        if code is None:
            return None
        if code.startswith(MISSING_MARK):
            return {"missing": code.removeprefix(MISSING_MARK)}
        return code if code in self.codes else None

    def labelled(self, text: str) -> Option | None:
        return self._labels.get(fold(text)) or self._labels.get(fold(_REQUEST.sub("", text)))

    def near(self, text: str) -> Option | None:
        """The option whose label is most like ``text``, for a hint."""
        labels = [label for label, option in self._labels.items() if option is not None]
        found = difflib.get_close_matches(fold(text[:200]), labels, n=1, cutoff=NEAR)
        return self._labels[found[0]] if found else None

    def unknown(self, text: str) -> TableProblem:
        near = self.near(text)
        return doubt(Kind.UNKNOWN_VALUE, text, near=near.label if near else "")

    def one(self, text: str, reading: Reading) -> str | None:
        """The code of one value. None where it is none, with ``reading.problem`` where it may be several."""
        shown = text
        if (bare := damage.unquoted(text)) is not None:
            reading.notice(Notice.QUOTED, text, bare)
            text = bare
        folded = damage.half_width(text)
        if folded != text and damage.has_full_width(text) and folded in self.codes:
            reading.notice(Notice.FULL_WIDTH, text, folded)
        label = self.labelled(text)
        by_code = self._by_code(folded, reading, said_otherwise=label is not None)
        if reading.problem is not None:
            return None
        if by_code is not None and label is not None and label.code != by_code:
            reading.problem = doubt(Kind.TWO_MEANINGS, shown)
            return None
        if by_code is not None:
            return by_code
        if label is not None:
            return label.code
        if (lettered := self.letters.get(folded.upper())) is not None:
            reading.notice(Notice.LETTERS, text, self.order)
            return lettered
        return self._numbered(folded, shown, reading)

    def _by_code(self, text: str, reading: Reading, *, said_otherwise: bool) -> str | None:
        if re.fullmatch(r"\d+\.0+", text) and text not in self.codes:
            whole = text.partition(".")[0]
            if whole in self.codes:
                reading.notice(Notice.POINT_ZERO, text, whole)
                text = whole
        if not text.isdigit():
            return text if text in self.codes else None
        alike = [code for code in self.codes if code.isdigit() and code.lstrip("0") == text.lstrip("0")]
        shorter = [code for code in alike if len(code) > len(text)]  # what this may have been before Excel
        if text in self.codes and not shorter:
            return text
        if len(alike) == 1 and shorter and not said_otherwise:
            reading.notice(Notice.LOST_ZERO, text, alike[0])
            return alike[0]
        if text in self.codes or len(shorter) > 1:
            reading.problem = doubt(Kind.TWO_CODES, text, codes=tuple(alike))
        return None

    def _numbered(self, text: str, shown: str, reading: Reading) -> str | None:
        """“1. 满意” and “A、满意”: the label decides, and a code or a letter in front may not say otherwise."""
        match = _NUMBERED.fullmatch(text)
        label = self.labelled(match.group(2)) if match else None
        if match is None or label is None:
            return None
        mark = match.group(1)
        said = mark if mark in self.codes else self.letters.get(mark.upper(), label.code)
        if said != label.code:
            reading.problem = doubt(Kind.TWO_MEANINGS, shown)
            return None
        return label.code

    def other_words(self, text: str) -> tuple[str, str] | None:
        """“其他：广播” and “其他(广播)”: the code of an option that asks for words, and the words."""
        text = _REQUEST.sub("", text)
        low = text.casefold()
        for option in self.question.options:
            for label in (option.label.zh, option.label.en) if option.other else ():
                rest = text[len(label) :].lstrip()
                if label and low.startswith(label.casefold()) and rest[:1] and rest[0] in _OPENS_WORDS:
                    words = rest[1:].strip()
                    if rest[0] not in ":：":
                        words = words[:-1].strip() if words[-1:] and words[-1] in _CLOSES_WORDS else ""
                    return (option.code, words) if words else None
        return None


def is_lettered(question: Question, cells: Iterable[str], *, single: bool) -> bool:
    """Whether a column answers in letters throughout: A is the first option as the questionnaire lists them.

    Never where an option has such a code or label itself, nor where each respondent saw another order.
    """
    codes = Codes(question, {})
    letters = string.ascii_uppercase[: len(question.options)]
    if question.order is not Order.FIXED or any(
        codes.labelled(one) or one in codes.codes or one.lower() in codes.codes for one in letters
    ):
        return False
    found = False
    for cell in cells:
        text = damage.half_width(damage.plain(cell)).upper()
        if not text:
            continue
        bare = "".join(one for one in text if one not in JOINERS and one != BETWEEN and not one.isspace())
        if not bare or len(bare) > (1 if single else len(letters)) or len(set(bare)) < len(bare):
            return False
        if not set(bare) <= set(letters):
            return False
        found = True
    return found


# ------------------------------------------------------------------ several in one cell


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a cell; ``code`` None: a part that a person said to be no answer."""

    code: str | None
    words: str = ""
    notices: tuple[tuple[Notice, str, str], ...] = ()


def part_words(text: str) -> tuple[str, str]:
    """“其他〖广播〗”: what stands before 〖, and the words up to the 〗 at the end; no words where it is not so."""
    start = text.find("〖")
    if start < 0 or not text.endswith("〗"):
        return text, ""
    return text[:start].strip(), text[start + 1 : -1].strip()


def pieces(text: str, joiners: frozenset[str], *, blanks: bool) -> list[tuple[int, int]]:
    """Where the pieces between joiners begin and end, without blank ones; 〖…〗 is never parted."""
    found: list[tuple[int, int]] = []
    start, place = 0, 0
    while place < len(text):
        one = text[place]
        if one == "〖" and (close := text.find("〗", place)) >= 0:
            place = close + 1
            continue
        if one == "〖":
            break  # never closed: the rest is one piece
        if one in joiners or (blanks and one.isspace()):
            found.append((start, place))
            start = place + 1
        place += 1
    found.append((start, len(text)))
    trimmed = [
        (begin + len(text[begin:end]) - len(text[begin:end].lstrip()), begin + len(text[begin:end].rstrip()))
        for begin, end in found
    ]
    return [(begin, end) for begin, end in trimmed if begin < end]


def choose(codes: Codes, text: str) -> tuple[list[Choice], TableProblem | None]:
    """The options that a cell of several names; or why nobody can tell."""
    if len(text) > LONGEST:
        return [], doubt(Kind.UNKNOWN_VALUE, text)
    if BETWEEN in text:  # nothing else joins then
        chosen = []
        for begin, end in pieces(text, frozenset(BETWEEN), blanks=False):
            one, problem = choice(codes, text[begin:end])
            if one is None:
                return [], problem or codes.unknown(text[begin:end])
            chosen.append(one)
        return chosen, None
    ways, problem = _Cover(codes, text).run()
    if problem is not None:
        return [], problem
    if len(ways) > 1:
        return [], doubt(Kind.TWO_READINGS, text, codes=_shown(codes, ways))
    return list(ways[0]), None


def _shown(codes: Codes, ways: Sequence[Sequence[Choice]]) -> Text:
    """Two readings in words, to be told apart: “电视”“报纸” / “电视、报纸”."""
    labels = [[codes.codes[one.code].label for one in way if one.code is not None] for way in ways[:2]]
    return Text(
        " / ".join("".join(f"“{one.zh}”" for one in way) for way in labels),
        " / ".join("".join(f"“{one.en or one.zh}”" for one in way) for way in labels),
    )


def choice(codes: Codes, text: str) -> tuple[Choice | None, TableProblem | None]:
    """One option, or a problem, or neither where the text is none."""
    told = codes.said(text)
    if isinstance(told, str):
        kept = text if codes.codes[told].other and not text.isdigit() and codes.labelled(text) is None else ""
        return Choice(told, kept, ((Notice.WORDS_KEPT, text, ""),) if kept else ()), None
    if told is not None:
        return Choice(None), None
    bare, words = part_words(text)
    reading = Reading()
    code = codes.one(bare or text, reading)
    if reading.problem is not None:
        return None, reading.problem
    if code is None and not words and (found := codes.other_words(text)) is not None:
        code, words = found
    if code is None:
        return None, None
    if words and not codes.codes[code].other:
        reading.notice(Notice.WORDS_DROPPED, text)
        words = ""
    return Choice(code, words, tuple(reading.notices)), None


class _Cover:
    """Every way in which whole options cover a text from end to end."""

    def __init__(self, codes: Codes, text: str) -> None:
        self.codes, self.text = codes, text
        self.pieces = pieces(text, JOINERS, blanks=True)
        labels = [label for one in codes.question.options for label in (one.label.zh, one.label.en)]
        # a number with its mark may stand in front of a label, words behind it
        self.widest = 2 + max(len(pieces(label, JOINERS, blanks=True)) for label in [*labels, *codes.asked, ""])
        self.problem: TableProblem | None = None

    def run(self) -> tuple[list[tuple[Choice, ...]], TableProblem | None]:
        count = len(self.pieces)
        ways: list[dict[object, tuple[Choice, ...]]] = [{} for _ in range(count + 1)]
        ways[0][frozenset(), ""] = ()
        farthest = 0
        for start in range(count):
            if not ways[start]:
                continue
            farthest = start
            for stop in self._stops(start):
                one = self._span(start, stop)
                if one is None:
                    continue
                for way in ways[start].values():
                    longer = (*way, one)
                    key = (frozenset(each.code for each in longer), "".join(each.words for each in longer))
                    if len(ways[stop]) < _WAYS:
                        ways[stop].setdefault(key, longer)
        if self.problem is not None:
            return [], self.problem
        if ways[count] and count:
            return list(ways[count].values()), None
        together = _together(self.codes, self.text)
        return ([together], None) if together else ([], self.codes.unknown(self._unread(farthest)))

    def _stops(self, start: int) -> Iterable[int]:
        """Ends that an option beginning here may have: near ones, and all where it is one with words behind it."""
        count = len(self.pieces)
        begin, end = self.pieces[start]
        opens = any(one in _OPENS_WORDS for one in self.text[begin:end]) and any(
            one.other for one in self.codes.question.options
        )
        last = count if opens else min(count, start + self.widest)
        return range(start + 1, last + 1)

    def _span(self, start: int, stop: int) -> Choice | None:
        text = self.text[self.pieces[start][0] : self.pieces[stop - 1][1]]
        one, problem = choice(self.codes, text)
        if problem is not None and self.problem is None:
            self.problem = problem
        return one

    def _unread(self, start: int) -> str:
        """What nobody can read: from where reading stopped to where an option begins again."""
        stop = start + 1
        while stop < len(self.pieces) and not any(self._span(stop, end) for end in self._stops(stop)):
            stop += 1
        return self.text[self.pieces[start][0] : self.pieces[stop - 1][1]] if self.pieces else self.text


def _together(codes: Codes, text: str) -> tuple[Choice, ...]:
    """Codes or letters written without anything between: 14 for 1 and 4, ACD; none where they are no such thing."""
    by_mark = codes.letters or {code: code for code in codes.codes}
    marks = damage.half_width(text).upper() if codes.letters else text
    if "0" in by_mark or any(len(one) > 1 for one in codes.codes) or len(set(marks)) < len(marks):
        return ()
    if not all(one in by_mark for one in marks):
        return ()
    chosen = [by_mark[one] for one in marks]
    taken = codes.order if codes.letters else "、".join(chosen)
    kind = Notice.LETTERS if codes.letters else Notice.SPLIT_DIGITS
    return tuple(Choice(code, "", ((kind, text, taken),) if place == 0 else ()) for place, code in enumerate(chosen))
