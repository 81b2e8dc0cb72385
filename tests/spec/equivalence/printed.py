"""The printed form as a person reads it: numbers, codes and labels beside the boxes, who answers, and where to go on.

Read from what is drawn, line by line; of the geometry only the places of boxes and fields are taken, as a scanner does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from reports.marks import Words
from reports.paper_form.density import MM
from reports.paper_form.geometry import Box, Entry
from reports.paper_form.layout import BOTTOM, FIRST_TOP, LEFT, NEXT_TOP, FormLayout
from reports.paper_form.questions import INDENT
from tests.spec.equivalence.surfaces import (
    Codes,
    Field,
    Given,
    Surface,
    Test,
    both,
    chose,
    holds,
    one_or_other,
    opposite,
)

END = 10_000  # number of the question behind the last one
_NUMBER = re.compile(r"([0-9]+)\.")
_ROW = re.compile(r"([0-9]+\.[0-9]+)\s")
_WHO = re.compile(r"（限(.+?)回答）")
_GO_ON = re.compile(r"→选((?:“[^”]+”或?)+)者(?:跳至第([0-9]+)题|到此结束)")
_LABELS = re.compile(r"“([^”]+)”")
_SPECIFY = "，请写明"
_NEAR = 1.0  # pt


def bare(text: str) -> str:
    """Without spaces: a line that is broken has lost them."""
    return re.sub(r"\s", "", text)


@dataclass(frozen=True, slots=True)
class Seen:
    """A line of the form, or a box, at its place; ``y`` of a line is its baseline."""

    page: int
    y: float
    x: float
    text: str = ""
    width: float = 0.0
    what: Box | Entry | None = None

    @property
    def centre(self) -> float:
        return self.x + self.width / 2


@dataclass
class Question:
    """What stands between one number and the next."""

    number: int
    lines: list[Seen] = field(default_factory=list)
    boxes: list[Seen] = field(default_factory=list)
    fields: list[Seen] = field(default_factory=list)
    codes: dict[str, Codes] = field(default_factory=dict)  # by variable

    @property
    def text(self) -> str:
        return bare("".join(line.text for line in self.lines))

    def rows(self) -> dict[str, str]:
        """Variable to the number of its row; the question's own where it has no rows."""
        found: dict[str, str] = {}
        for one in (*self.boxes, *self.fields):
            assert one.what is not None
            above = [
                told[1]
                for line in self.lines
                if (told := _ROW.match(line.text)) and (line.page, line.y) <= (one.page, one.y + one.width)
            ]
            found.setdefault(one.what.variable, above[-1] if above and isinstance(one.what, Box) else str(self.number))
        return found


def questions_of(form: FormLayout) -> list[Question]:
    side = form.geometry.box * MM
    seen: list[Seen] = []
    for page, drawn in enumerate(form.pages, start=1):
        top = FIRST_TOP if page == 1 else NEXT_TOP
        seen += [
            Seen(page, mark.y, mark.x, mark.line.text, mark.line.width)
            for mark in drawn.marks
            if isinstance(mark, Words) and top <= mark.y <= BOTTOM + 1 * MM
        ]
    seen += [Seen(one.page, one.y * MM, one.x * MM, "", side, one) for one in form.geometry.boxes]
    seen += [Seen(one.page, one.y * MM, one.x * MM, "", one.width * MM, one) for one in form.geometry.entries]
    found: list[Question] = []
    for one in sorted(seen, key=lambda one: (one.page, round(one.y, 1), one.x)):
        number = _NUMBER.fullmatch(one.text)
        if number and abs(one.x - LEFT) < _NEAR:
            found.append(Question(number=int(number[1])))
        elif found and isinstance(one.what, Box):
            found[-1].boxes.append(one)
        elif found and isinstance(one.what, Entry):
            found[-1].fields.append(one)
        elif found:
            found[-1].lines.append(one)
        else:
            assert one.what is None, "a box above the first question"
    for question in found:
        for one in question.boxes:
            assert isinstance(one.what, Box)
            known = question.codes.get(one.what.variable, ())
            question.codes[one.what.variable] = (*known, _printed_beside(question, one, one.what.code))
    return found


def _printed_beside(question: Question, box: Seen, code: str) -> tuple[str, str]:
    """Code and label as they are printed at a box; no label for a point of a row. Fails where the code is not there."""
    lines = [line for line in question.lines if line.page == box.page]
    beside = [line for line in lines if 0 < line.x - box.x - box.width < 4 * MM and _level(box, line)]
    if beside and beside[0].text == code:
        first = next(line for line in lines if line.y == beside[0].y and line.x > beside[0].x)
        below = [one.y for one in question.boxes if one.page == box.page and one.x == box.x and one.y > box.y]
        end = min(below, default=BOTTOM)
        under = [line for line in lines if abs(line.x - first.x) < _NEAR and first.y <= line.y < end]
        return code, bare("".join(line.text for line in under))
    if beside:
        printed, _, words = beside[0].text.partition("  ")
        assert printed == code, (question.number, code, beside[0].text)
        return code, bare(words)
    heads = [line for line in lines if line.y < box.y + 1 and line.x > LEFT + INDENT + _NEAR]
    above = [line for line in heads if abs(line.centre - box.centre) < _NEAR]
    return code, _over_column(code, above)


def _level(box: Seen, line: Seen) -> bool:
    return box.y < line.y < box.y + box.width + 1 * MM


def _over_column(code: str, above: Sequence[Seen]) -> str:
    """The label over a column, with its code below it. Fails where another code stands there."""
    assert above, f"no code over the column of {code}"
    assert above[-1].text == code, (code, above[-1].text)
    label: list[str] = []
    for line in reversed(above[:-1]):  # up to the heads of the rows above, where a long matrix has them again
        if line.text == code:
            break
        label.insert(0, line.text)
    return bare("".join(label))


# ------------------------------------------------------------------ who answers, and where to go on

SIGNS = {"等于": "==", "不等于": "!=", "小于": "<", "不大于": "<=", "大于": ">", "不小于": ">="}
_CLAUSE = re.compile(
    r"第(?P<number>[0-9.]+)题(?:(?P<chose>没有选|选)(?P<labels>(?:“[^”]+”或?)+)"
    r"(?P<else>以外的答案)?|(?P<answered>已作答|未作答)"
    r"|(?P<sign>不等于|等于|小于|不大于|大于|不小于)(?P<value>[0-9.]+))(?P<blank>或者没有作答)?者"
)
_AND, _OR = "、并且", "，或者"


def split(words: str, joint: str) -> list[str]:
    """At a joint that stands neither in brackets nor in a label."""
    parts, depth, start = [], 0, 0
    for at, character in enumerate(words):
        depth += {"（": 1, "“": 1, "）": -1, "”": -1}.get(character, 0)
        if depth == 0 and words.startswith(joint, at):
            parts.append(words[start:at])
            start = at + len(joint)
    return [*parts, words[start:]]


class Reader:
    """Understands who is to answer, from the numbers and labels that stand above."""

    def __init__(self) -> None:
        self._at: dict[str, tuple[str, Codes]] = {}  # number to variable and codes

    def learn(self, number: str, variable: str, codes: Codes) -> None:
        self._at[number] = variable, codes

    def who(self, words: str) -> Test:
        """第 1 题选“知道”者、并且第 3 题已作答者. Both joints side by side can be read in two ways."""
        several, one_of = split(words, _AND), split(words, _OR)
        assert len(several) == 1 or len(one_of) == 1, f"can be read in two ways: {words}"
        if len(one_of) > 1:
            return one_or_other([self.who(part) for part in one_of])
        if len(several) > 1:
            return both(*(self.who(part) for part in several))
        if words.startswith("（"):
            return self.who(words.removeprefix("（").removesuffix("）"))
        if words.startswith("不属于“"):
            return opposite(self.who(words.removeprefix("不属于“").removesuffix("”者")))
        return self._clause(words)

    def _clause(self, words: str) -> Test:
        told = _CLAUSE.fullmatch(words)
        assert told, f"nobody understands: {words}"
        variable, _ = self._at[told["number"]]
        answered = holds(["answered", variable])
        if told["chose"]:
            found = self.chosen(told["number"], told["labels"])
            found = opposite(found) if told["chose"] == "没有选" else found
            found = both(answered, opposite(found)) if told["else"] else found
        elif told["answered"]:
            found = answered if told["answered"] == "已作答" else opposite(answered)
        else:
            found = holds([SIGNS[told["sign"]], variable, float(told["value"])])
        return one_or_other([found, opposite(answered)]) if told["blank"] else found

    def chosen(self, number: str, labels: str) -> Test:
        variable, codes = self._at[number]
        named = {label: code for code, label in codes}
        tests = [chose(variable, named[label]) for label in _LABELS.findall(labels)]
        assert tests
        return one_or_other(tests)


def _onward(reader: Reader, question: Question) -> Callable[[Given], int]:
    """The number to go on at, as the arrows below the question say; 0 where they say nothing."""
    jumps = [
        (reader.chosen(str(question.number), told[1]), int(told[2] or END)) for told in _GO_ON.finditer(question.text)
    ]
    assert len(jumps) == question.text.count("→"), question.text
    return lambda given: next((number for found, number in jumps if found(given)), 0)


def _fields(form: FormLayout) -> Iterator[Field]:
    reader = Reader()
    for question in questions_of(form):
        told = _WHO.search(question.text)
        asked = reader.who(told[1]) if told else holds()
        rows = question.rows()
        for variable, number in rows.items():
            if not variable.endswith(".other"):
                reader.learn(number, variable, question.codes.get(variable, ()))
        onward = _onward(reader, question)
        for variable, number in rows.items():
            codes = question.codes.get(variable, ())
            if variable.endswith(".other"):
                yield Field(variable=variable, asked=both(asked, _specified(reader, question)))
            else:
                yield Field(variable=variable, number=number, codes=codes, asked=asked, onward=onward)


def _specified(reader: Reader, question: Question) -> Test:
    labels = [bare(line.text).removesuffix(_SPECIFY) for line in question.lines if bare(line.text).endswith(_SPECIFY)]
    return reader.chosen(str(question.number), "".join(f"“{label}”" for label in labels))


def paper(form: FormLayout) -> Surface:
    """Whoever follows the arrows, and at each question reads who is to answer it."""
    return Surface(name="paper", fields=tuple(_fields(form)))


def without_arrows(printed: Surface) -> Surface:
    """Whoever overlooks them, but for 到此结束: who is told to stop is not told so again at every question."""
    fields = tuple(replace(one, onward=_stop(one.onward)) for one in printed.fields)
    return Surface(name="paper without its arrows", fields=fields)


def _stop(onward: Callable[[Given], int] | None) -> Callable[[Given], int] | None:
    if onward is None:
        return None
    return lambda given: END if onward(given) == END else 0


def ticked(boxes: Sequence[Box], answers: Given) -> list[bool]:
    """Which boxes of the form are ticked by whoever gives these answers."""
    found = []
    for box in boxes:
        answer = answers.get(box.variable)
        found.append(box.code in answer if isinstance(answer, list) else answer == box.code)
    return found
