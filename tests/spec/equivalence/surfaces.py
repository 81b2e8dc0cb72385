"""What each surface knows of a questionnaire, read from what is handed out there: page, sheet, definition, codebook.

Nothing here asks the model: the phone is its HTML, the keyer's desk what its script is given, a device the stored JSON.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from html.parser import HTMLParser
from typing import Any

from questionnaires.canonical import canonical_bytes
from questionnaires.codebook import codebook
from questionnaires.condition_parser import parse
from questionnaires.conditions import Condition, from_json
from questionnaires.model import Header, Questionnaire
from questionnaires.text import Text
from survey_service.collection.resident_pages import Look, Occasion, form_context, render
from survey_service.keying.sheets import build_sheet

Given = Mapping[str, object]
Test = Callable[[Given], bool]
Codes = tuple[tuple[str, str], ...]  # code and label, in their order


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One variable as a surface has it."""

    variable: str
    number: str = ""  # as it is shown: 3, or 6.2 for a row of a matrix; "" for the words behind 其他
    codes: Codes = ()
    asked: Test  # of the answers given to what was asked before
    onward: Callable[[Given], int] | None = None  # the number to go on at after it; 0 for the next


@dataclass(frozen=True, slots=True, kw_only=True)
class Surface:
    name: str
    fields: tuple[Field, ...]

    def walk(self, answers: Given) -> tuple[str, ...]:
        """What somebody is asked who gives these answers; those to what is not asked decide nothing."""
        given: dict[str, object] = {}
        asked = []
        here = until = 0
        for one in self.fields:
            here = int(one.number.partition(".")[0]) if one.number else here
            if here < until or not one.asked(given):
                continue
            asked.append(one.variable)
            if one.variable in answers:
                given[one.variable] = answers[one.variable]
            until = max(until, one.onward(given)) if one.onward else until
        return tuple(asked)


def holds(*trees: object) -> Test:
    conditions = [Condition("", from_json(tree)) for tree in trees]
    return lambda given: all(one.evaluate(given) for one in conditions)


def chose(question: str, code: str) -> Test:
    def found(given: Given) -> bool:
        answer = given.get(question)
        return code in answer if isinstance(answer, list) else answer == code

    return found


def both(*tests: Test) -> Test:
    return lambda given: all(one(given) for one in tests)


def one_or_other(tests: Sequence[Test]) -> Test:
    return lambda given: any(one(given) for one in tests)


def opposite(test: Test) -> Test:
    return lambda given: not test(given)


# ------------------------------------------------------------------ the phone

OCCASION = Occasion(
    version_sha256="0" * 64,
    header=Header(),
    city=Text("示范市", "City"),
    community=Text("万寿桥社区", "Community"),
    closes_on=date(2026, 9, 30),
)
_COUNT = re.compile(r"第 ([0-9]+) 题(?:，共 ([0-9]+) 题)?(?: · (?:(?!：第 [0-9]+–).)+)?(?:：第 ([0-9]+)–[0-9]+ 项)?")


@dataclass
class _Input:
    step: dict[str, str]
    name: str
    codes: list[list[str]] = field(default_factory=list)  # code and label
    other: str = ""  # the code that asks for words
    behind_other: bool = False


class _Page(HTMLParser):
    """The fields of the page, in their order, each with the step it stands in."""

    def __init__(self) -> None:
        super().__init__()
        self.inputs: dict[str, _Input] = {}
        self.counts: dict[str, str] = {}
        self._step: dict[str, str] = {}
        self._labelled: list[str] | None = None
        self._in_count = self._in_more = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        got = {name: value or "" for name, value in attrs}
        if tag == "section" and got.get("class") == "step":
            self._step = got if "data-question" in got else {}
        if not self._step:
            return
        self._in_count = tag == "span" and got.get("class") == "count"
        if tag == "div" and "more" in got.get("class", "").split():
            self._in_more = True
        if tag == "option" and got.get("value") and self._labelled is None:
            code = got["value"].partition(":")[2]  # 2:5 is code 5 at the second rank
            self._labelled = [code, ""]
            one = list(self.inputs.values())[-1]
            if code not in [known for known, _ in one.codes]:
                one.codes.append(self._labelled)
        if tag in ("input", "textarea", "select") and got.get("type") != "hidden":
            one = self.inputs.setdefault(got["name"], _Input(self._step, got["name"], behind_other=self._in_more))
            if got.get("type") in ("radio", "checkbox"):
                self._labelled = [got["value"], ""]
                one.codes.append(self._labelled)
                if "data-other" in got:
                    one.other = got["value"]

    def handle_endtag(self, tag: str) -> None:
        if tag in ("label", "option", "section"):
            self._labelled = None
        if tag == "span":
            self._in_count = False
        if tag == "fieldset":
            self._in_more = False

    def handle_data(self, data: str) -> None:
        if self._in_count:
            anchor = self._step["id"]
            self.counts[anchor] = self.counts.get(anchor, "") + data.strip()
        if self._labelled is not None:
            self._labelled[1] += data


def phone(questionnaire: Questionnaire) -> Surface:
    look = Look(language="zh", large=False)
    page = _Page()
    page.feed(render("form.html", look, form_context(OCCASION, questionnaire, look)))
    fields = []
    rows: dict[str, int] = {}
    for one in page.inputs.values():
        asked = holds(json.loads(one.step["data-ask"])) if "data-ask" in one.step else holds()
        question = one.step["data-question"]
        number = "" if one.behind_other else _number_on_phone(page.counts[one.step["id"]], one, rows)
        if one.behind_other:
            asked = both(asked, chose(question, page.inputs[question].other))
        codes = tuple((code, _label(code, label)) for code, label in one.codes)
        fields.append(Field(variable=one.name, number=number, codes=codes, asked=asked))
    return Surface(name="phone", fields=tuple(fields))


def _label(code: str, drawn: str) -> str:
    """A point of a row is drawn as its number with its words behind it."""
    label = " ".join(drawn.split())
    return label.removeprefix(f"{code} ")


def _number_on_phone(count: str, one: _Input, rows: dict[str, int]) -> str:
    """6.2 for the second row of question 6: rows are counted on the phone where they are on several screens."""
    told = _COUNT.match(count)
    assert told, count
    if one.name == one.step["data-question"]:
        return told[1]
    anchor = one.step["id"]
    rows[anchor] = rows.get(anchor, int(told[3] or 1) - 1) + 1
    return f"{told[1]}.{rows[anchor]}"


# ------------------------------------------------------------------ the keyer's desk, the device, the codebook


def keys(questionnaire: Questionnaire) -> Surface:
    """What the script of the keying page is given."""
    rows: Any = json.loads(json.dumps(build_sheet(questionnaire, "zh").for_script()))["rows"]
    return Surface(
        name="keys",
        fields=tuple(
            Field(
                variable=row["variable"],
                number=row["number"],
                codes=tuple((code, label or code) for code, label in row["codes"]),
                asked=holds(*row["askedIf"]),
            )
            for row in rows
        ),
    )


def stored_definition(questionnaire: Questionnaire) -> Any:
    return json.loads(canonical_bytes(questionnaire))["questionnaire"]


def device(questionnaire: Questionnaire) -> Surface:
    """What a program makes of the frozen definition, as docs/questionnaires.md describes it."""
    stored = stored_definition(questionnaire)
    entries = {one["id"]: one.get("options", []) for one in stored.get("lists", [])}
    fields: list[Field] = []
    number = 0
    for section in stored["sections"]:
        for question in section["questions"]:
            if question["type"] == "note":
                continue
            number += 1
            told = [one["ask_if"] for one in (section, question) if "ask_if" in one]
            assert [parse(one["source"]).to_json() for one in told] == [one["tree"] for one in told]
            asked = holds(*(one["tree"] for one in told))
            options = [*entries.get(question.get("list"), []), *question.get("options", [])]
            codes = tuple((one["code"], one["label"]["zh"]) for one in options)
            rows = [f"e{one['code'].lower()}" for one in entries.get(question.get("rows"), [])]
            rows = rows or [item["id"] for item in question.get("items", [])]
            names = [f"{question['id']}.{row}" for row in rows]
            for place, name in enumerate(names, start=1):
                fields.append(Field(variable=name, number=f"{number}.{place}", codes=codes, asked=asked))
            if not names:
                fields.append(Field(variable=question["id"], number=str(number), codes=codes, asked=asked))
            for code in [one["code"] for one in options if one.get("other")]:
                words = both(asked, chose(question["id"], code))
                fields.append(Field(variable=f"{question['id']}.other", asked=words))
    return Surface(name="device", fields=tuple(fields))


def book(questionnaire: Questionnaire) -> Surface:
    """The codebook. It has no numbers, and of the words behind 其他 it says only who is asked the question."""
    return Surface(
        name="codebook",
        fields=tuple(
            Field(
                variable=row.name,
                codes=tuple((one.code, one.label.zh) for one in row.values),
                asked=holds(*(questionnaire.of_answers(parse(source)).to_json() for source in row.asked_if)),
            )
            for row in codebook(questionnaire)
            if row.name not in {one.id for one in questionnaire.calculated}
        ),
    )
