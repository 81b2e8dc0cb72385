"""The only judge of answers: web, device, paper and import all ask here.

``check_answers`` takes raw or canonical answers and says what each variable is worth, what was answered without having
been asked, and what is wrong. Canonical answers judge to themselves.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from threading import Lock
from typing import Final

from questionnaires.answer_forms import (
    NOTHING,
    Canonical,
    FindingCode,
    Read,
    Reader,
    explicit_missing,
    glimpse,
)
from questionnaires.canonical_json import canonical_text
from questionnaires.conditions import Condition, Fits, Matches, Relation
from questionnaires.draws import Drawing, Drawn, block_of_question, drawings, places_of, was_drawn
from questionnaires.expressions import TODAY, Expression, variables, worth
from questionnaires.kinds import kind_of
from questionnaires.kinds.attachment import references_of
from questionnaires.kinds.kind import VariableType
from questionnaires.kinds.texts import behind_other
from questionnaires.model import Missing, Question, Questionnaire, Rule
from questionnaires.model import Severity as Severity
from questionnaires.offers import Narrowed, narrowed_of

CANONICAL_FORMAT = 1
MAX_ANSWERS = 5_000  # variables in one set of answers
MAX_UNKNOWN = 20  # unknown names that are reported one by one

Value = str | int | float | list[str] | Missing


class Policy(StrEnum):
    """Where answers come from: who can still be asked decides what is refused."""

    WEB = "web"
    DEVICE = "device"
    PAPER = "paper"
    IMPORT = "import"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    variable: str  # "" where the finding is about the answers as a whole
    question: str  # id of the question, "" where there is none
    code: FindingCode
    severity: Severity
    parameters: Mapping[str, str | int | float] = field(default_factory=dict)

    def to_json(self) -> dict[str, object]:
        """Plain values, for storing beside a capture."""
        return {
            "variable": self.variable,
            "question": self.question,
            "code": self.code.value,
            "severity": self.severity.value,
            "parameters": dict(self.parameters),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What became of one set of answers."""

    values: Mapping[str, Value]  # every variable of the questionnaire: its value, or why it has none
    off_path: Mapping[str, Canonical]  # answers to what was not asked, on paper or in a file: kept, never counted
    findings: tuple[Finding, ...]  # in the order of the questionnaire
    # All acceptable answers, in the order of the questionnaire; from paper and files off the path too, and what is
    # written there. A screen hides what it does not ask, and nothing is kept that the person could not see.
    canonical: Mapping[str, Canonical]
    files: tuple[str, ...] = ()  # ids of files that answers refer to
    draws: frozenset[str] = frozenset()  # of the canonical answers those that say what was drawn: nobody gave them

    @property
    def answers(self) -> Mapping[str, Canonical]:
        """The canonical answers that somebody gave."""
        return {name: one for name, one in self.canonical.items() if name not in self.draws}

    @property
    def accepted(self) -> bool:
        """Whether nothing hard was found."""
        return all(finding.severity is Severity.SOFT for finding in self.findings)


def answers_text(canonical: Mapping[str, Canonical]) -> str:
    """The very text whose SHA-256 is ``canonical_hash``: ``{"answers":{...},"format":1}``."""
    return canonical_text({"format": CANONICAL_FORMAT, "answers": canonical})


def canonical_hash(canonical: Mapping[str, Canonical]) -> str:
    """SHA-256 of canonical answers: equal answers, equal hash, in whatever order they arrived."""
    return hashlib.sha256(answers_text(canonical).encode()).hexdigest()


def check_answers(
    questionnaire: Questionnaire,
    answers: Mapping[str, object],
    policy: Policy,
    *,
    partial: bool = False,
    today: date | None = None,
) -> Checked:
    """Judge one set of answers; never raises, whatever the answers are.

    ``partial``: more is to come, so that what is required and still absent is no finding. ``today``: the day of
    answering, for the rules that ask for it; None where nobody knows it any more.
    """
    return judge(questionnaire).check(answers, policy, partial=partial, today=today)


@dataclass(frozen=True, slots=True)
class Slot:
    """How one variable is read."""

    variable: str
    question: Question
    read: Reader
    missing: Mapping[str, Missing]  # codes that mean missing
    other_codes: frozenset[str] | None = None  # words behind 其他: asked for only where one of these was chosen
    codes: frozenset[str] = frozenset()  # of a choice among which one is made: such a string is canonical as it is

    def canonical(self, raw: object, *, seen: bool) -> Read:
        """Whoever is asked; ``seen``: somebody looked at paper and may call it illegible."""
        if isinstance(raw, Mapping):
            options = () if self.other_codes is not None else self.question.options
            return explicit_missing(raw, options, several=kind_of(self.question).several, seen=seen)
        if raw is None or raw == "":
            return NOTHING
        return self.read(raw)

    def value(self, canonical: Canonical | None) -> Value:
        """What an answer in canonical form is worth, of whoever is asked."""
        if canonical is None:
            return Missing.NO_ANSWER
        if isinstance(canonical, dict):
            return Missing(canonical["missing"])
        if isinstance(canonical, list):
            return self.missing.get(canonical[0], canonical) if len(canonical) == 1 else canonical
        if isinstance(canonical, str):
            return self.missing.get(canonical, canonical)
        return canonical


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, and who is asked."""

    question: Question
    conditions: tuple[Condition, ...]  # that its block was drawn; of the section and of the question
    slots: tuple[Slot, ...]
    narrowed: Narrowed | None = None  # where its options hang on earlier answers
    block: Condition | None = None  # the first of the conditions, where the question is in a block
    draws: tuple[Drawing, ...] = ()  # those that are made before it

    def of(self, given: Mapping[str, object]) -> bool:
        """Whether it is asked of whoever gave these canonical answers on the path."""
        asked = all(condition.evaluate(given) for condition in self.conditions)
        return asked and (self.narrowed is None or self.narrowed.asked(given))


class Judge:
    """A questionnaire made ready to check many answers."""

    def __init__(self, questionnaire: Questionnaire) -> None:
        self.questionnaire = questionnaire
        self.questions: Final = _asked(questionnaire)
        self.draws = tuple(one for asked in self.questions for one in asked.draws)
        self.variables = frozenset(slot.variable for asked in self.questions for slot in asked.slots)
        self.several = frozenset(one.id for one in questionnaire.questions() if kind_of(one).several)
        """Variables that may hold more than one code."""
        self.matrix_rows = tuple(
            f"{question.id}.{item.id}" for question in questionnaire.questions() for item in question.items
        )

        self.of_files = tuple(
            one.id for one in questionnaire.questions() if kind_of(one).variable is VariableType.FILES
        )
        """Variables whose answers refer to files."""
        self.order = {name: place for place, name in enumerate(_variables_in_order(self.questions))}
        self.rules = tuple(
            RuleOnPage.of(replace(rule, condition=questionnaire.of_answers(rule.condition)), self.order)
            for rule in questionnaire.rules
        )
        self.contradictions = tuple(
            (one.id, questionnaire.of_answers(one.condition)) for one in questionnaire.contradictions
        )
        self.calculates = bool(questionnaire.calculated or self.draws) or any(
            isinstance(test, Relation | Matches | Fits)
            for condition in (
                *(one for asked in self.questions for one in asked.conditions),
                *(one.rule.condition for one in self.rules),
                *(
                    one
                    for asked in self.questions
                    if asked.narrowed
                    for one in asked.narrowed.offer.conditions.values()
                ),
            )
            for test in condition.tests()
        )
        """Whether a condition compares more than answers with codes and numbers."""
        self.known = (
            self.variables
            | {one.id for one in questionnaire.calculated}
            | {name for draw in questionnaire.draws for name in draw.variables()}
        )
        """Names that may come with answers; what is calculated, and what was drawn among, is passed over."""
        self.calculated = tuple(Calculation.of(name, tree) for name, tree in questionnaire.formulas().items())

    def check(
        self, answers: Mapping[str, object], policy: Policy, *, partial: bool = False, today: date | None = None
    ) -> Checked:
        """Judge one set of answers; see ``check_answers``."""
        return _Run(policy, partial).run(self, answers, today)


def _asked(questionnaire: Questionnaire) -> tuple[Asked, ...]:
    made: dict[int, list[Drawing]] = {}
    at, inside = places_of(questionnaire), block_of_question(questionnaire)
    for one in drawings(questionnaire):
        made.setdefault(at.get(one.draw.id, 0), []).append(one)
    found: list[Asked] = []
    for section in questionnaire.sections:
        for question in section.questions:
            given = (questionnaire.of_answers(one) for one in (section.ask_if, question.ask_if) if one is not None)
            block = was_drawn(*inside[question.id]) if question.id in inside else None
            conditions = (block, *given) if block else tuple(given)
            draws = tuple(made.get(len(found), ()))
            narrowed = narrowed_of(questionnaire, question)
            found.append(Asked(question, conditions, tuple(_slots(question)), narrowed, block, draws))
    return tuple(found)


def _variables_in_order(questions: tuple[Asked, ...]) -> list[str]:
    return [slot.variable for asked in questions for slot in asked.slots]


@dataclass(frozen=True, slots=True)
class Calculation:
    """What is calculated, of answers alone."""

    name: str
    expression: Expression
    variables: tuple[str, ...]

    @classmethod
    def of(cls, name: str, expression: Expression) -> Calculation:
        return cls(name, expression, tuple(dict.fromkeys(variables(expression))))

    def value(self, given: Mapping[str, object], asked: bool) -> Value:
        """``asked``: whether anything that it is made of was."""
        found = worth(self.expression, given) if asked else None
        if found is None or found == "":
            return Missing.NO_ANSWER if asked else Missing.NOT_ASKED
        if isinstance(found, str):
            return found
        return int(found) if found.is_integer() else found


@dataclass(frozen=True, slots=True)
class RuleOnPage:
    """A rule, and the variables it is about in the order in which they are asked: it is told at the last of them."""

    rule: Rule
    variables: tuple[str, ...]

    @classmethod
    def of(cls, rule: Rule, order: Mapping[str, int]) -> RuleOnPage:
        named = [name for name in rule.condition.variables() if name in order]
        return cls(rule, tuple(sorted(named, key=order.__getitem__)))


def _slots(question: Question) -> list[Slot]:
    kind = kind_of(question)
    read = kind.reader(question)
    missing = {option.code: option.missing for option in question.options if option.missing is not None}
    others = frozenset(option.code for option in question.options if option.other)
    codes = frozenset(option.code for option in question.options) if kind.one_code else frozenset[str]()
    slots = []
    for variable in question.variables():
        if others and variable == f"{question.id}.other":
            slots.append(Slot(variable, question, behind_other(), {}, others))
        else:
            slots.append(Slot(variable, question, read, missing, codes=codes))
    return slots


class _Run:
    """One check: what has been found so far."""

    def __init__(self, policy: Policy, partial: bool) -> None:
        self._seen_on_paper = policy in (Policy.PAPER, Policy.IMPORT)
        self._follows_paper = policy is Policy.PAPER
        self._partial = partial
        self._values: dict[str, Value] = {}
        self._off_path: dict[str, Canonical] = {}
        self._canonical: dict[str, Canonical] = {}
        self._given: dict[str, object] = {}  # canonical answers on the path: what conditions see
        self._findings: list[Finding] = []
        self._block: Condition | None = None  # of the question that is judged: that its block was drawn

    def run(self, judge: Judge, answers: Mapping[str, object], today: date | None) -> Checked:
        if not is_readable(answers):
            self._find("", "", FindingCode.TOO_LARGE, Severity.HARD, {"limit": MAX_ANSWERS})
            answers = {}
        for asked in judge.questions:
            for drawing in asked.draws:
                self._draw(drawing, answers.get(drawing.draw.id))
            on_path = asked.of(self._given)
            self._block = asked.block
            for slot in asked.slots:
                raw = answers.get(slot.variable)
                narrowed = asked.narrowed if slot.other_codes is None else None
                if (
                    narrowed is None and on_path and isinstance(raw, str) and raw in slot.codes
                ):  # most answers; as ``_judge`` would
                    self._canonical[slot.variable] = self._given[slot.variable] = raw
                    self._values[slot.variable] = slot.missing.get(raw, raw)
                else:
                    self._judge(slot, raw, on_path, narrowed)
        self._unknown(answers, judge.known)
        for calculation in judge.calculated:
            known = any(self._values[name] is not Missing.NOT_ASKED for name in calculation.variables)
            self._values[calculation.name] = calculation.value(self._given, known)
        self._across_answers(judge, today)
        return Checked(
            values=self._values,
            off_path=self._off_path,
            findings=tuple(self._findings),
            canonical=self._canonical,
            draws=frozenset(one.draw.id for one in judge.draws),
            files=tuple(one.id for name in judge.of_files for one in references_of(self._canonical.get(name, ""))),
        )

    def _draw(self, drawing: Drawing, raw: object) -> None:
        """What was drawn is known to conditions as several choices are."""
        name = drawing.draw.id
        ticket, fault = drawing.read(raw)
        found = drawing.drawn(ticket if isinstance(ticket, int | list) else None, self._given)
        if fault is not None:
            self._find(name, name, fault.code, Severity.HARD, fault.parameters)
        elif ticket is None and found.blocks != found.among and not self._partial:
            # Nobody can say any more which blocks a row of a file was asked; whoever draws anew would be believed.
            severity = Severity.SOFT if self._seen_on_paper and not self._follows_paper else Severity.HARD
            self._find(name, name, FindingCode.NO_DRAW, severity, {})
        if not found.sound:
            count = min(drawing.draw.take, len(found.among))
            seen = ", ".join(ticket if isinstance(ticket, list) else [])
            self._find(name, name, FindingCode.DRAWN_OTHERWISE, Severity.HARD, drawing.expected(seen, count))
        if ticket is not None:
            self._canonical[name] = ticket
        self._given[name] = list(found.blocks)
        self._values |= values_drawn(drawing, found, known=ticket is not None)

    def _across_answers(self, judge: Judge, today: date | None) -> None:
        """Contradictions and rules. The day of answering is seen by these alone: who is asked does not hang on it."""
        given = self._given
        if today is not None and TODAY not in judge.variables:
            given = {**given, TODAY: today.isoformat()}
        for name, condition in judge.contradictions:
            if condition.evaluate(given):
                last = [one for one in condition.variables() if one in judge.variables][-1]
                self._find(last, last.partition(".")[0], FindingCode.CONTRADICTION, Severity.SOFT, {"id": name})
        for one in judge.rules:
            if self._partial and not all(name in self._given for name in one.variables):
                continue  # more is to come
            if one.rule.condition.evaluate(given):
                asked = [name for name in one.variables if self._values[name] is not Missing.NOT_ASKED]
                last = (asked or one.variables)[-1]
                severity = Severity.SOFT if self._follows_paper else one.rule.severity
                self._find(last, last.partition(".")[0], FindingCode.RULE, severity, {"id": one.rule.id})

    def _find(
        self,
        variable: str,
        question: str,
        code: FindingCode,
        severity: Severity,
        parameters: Mapping[str, str | int | float],
    ) -> None:
        finding = Finding(variable=variable, question=question, code=code, severity=severity, parameters=parameters)
        self._findings.append(finding)

    def _judge(self, slot: Slot, raw: object, on_path: bool, narrowed: Narrowed | None) -> None:
        variable, question = slot.variable, slot.question
        if slot.other_codes is not None and on_path:
            on_path = chose(self._given.get(question.id), slot.other_codes)
        canonical, fault = slot.canonical(raw, seen=self._seen_on_paper)
        if on_path and narrowed is not None:
            canonical, fault = narrowed.read((canonical, fault), self._given)
        if not on_path:
            self._values[variable] = Missing.NOT_ASKED
            if canonical == {"missing": "no_answer"}:
                return  # stated to be empty, which agrees with not having been asked
            if not self._seen_on_paper:
                return
            if canonical is None and fault is not None and self._follows_paper:
                canonical = fault.written
            if canonical is not None:
                self._off_path[variable] = self._canonical[variable] = canonical
            if canonical is not None or fault is not None:
                drawn = self._block is None or self._block.evaluate(self._given)
                code = FindingCode.OFF_PATH if drawn else FindingCode.NOT_DRAWN
                self._find(variable, question.id, code, Severity.SOFT, {"seen": glimpse(raw)})
            return
        if fault is not None and fault.written is not None and self._follows_paper:
            # The paper says what it says: kept as it is written, found, and counted as no answer.
            self._find(variable, question.id, fault.code, Severity.SOFT, fault.parameters)
            self._canonical[variable] = fault.written
            self._values[variable] = Missing.NO_ANSWER
            return
        if fault is not None:
            self._find(variable, question.id, fault.code, Severity.HARD, fault.parameters)
        if canonical is None:
            self._values[variable] = Missing.NO_ANSWER
            wanted = question.required and (kind_of(question).on_paper or not self._seen_on_paper)
            if wanted and fault is None and slot.other_codes is None and not self._partial:
                severity = Severity.SOFT if self._seen_on_paper else Severity.HARD
                self._find(variable, question.id, FindingCode.REQUIRED, severity, {})
            return
        self._canonical[variable] = self._given[variable] = canonical
        self._values[variable] = slot.value(canonical)

    def _unknown(self, answers: Mapping[str, object], known: frozenset[str]) -> None:
        unknown = [name for name in answers if name not in known]
        for name in unknown[:MAX_UNKNOWN]:
            self._find(glimpse(name), "", FindingCode.UNKNOWN_VARIABLE, Severity.HARD, {"seen": glimpse(name)})


def values_drawn(drawing: Drawing, found: Drawn, *, known: bool) -> dict[str, Value]:
    """The variables of a draw; ``known``: somebody said what was drawn."""
    blocks: Value = list(found.blocks) or (Missing.NOT_ASKED if known or not found.among else Missing.NO_ANSWER)
    if not drawing.draw.by_person:
        return {drawing.draw.id: blocks}
    return {drawing.draw.id: blocks, drawing.draw.among: list(found.among) or Missing.NOT_ASKED}


def is_readable(answers: object) -> bool:
    """JSON may hold anything where a mapping was meant."""
    return isinstance(answers, Mapping) and len(answers) <= MAX_ANSWERS


def chose(given: object, codes: frozenset[str]) -> bool:
    """Whether the answer given is, or holds, one of these codes."""
    if isinstance(given, list):
        return any(code in codes for code in given)
    return isinstance(given, str) and given in codes


_MAX_JUDGES = 64
_judges: OrderedDict[int, Judge] = OrderedDict()
_judges_lock = Lock()


def judge(questionnaire: Questionnaire) -> Judge:
    """The judge of a questionnaire, kept for the next call. Known by identity: a frozen value needs no comparing."""
    key = id(questionnaire)
    with _judges_lock:
        known = _judges.get(key)
        if known is not None:  # it holds its questionnaire, so that the id cannot have passed to another
            _judges.move_to_end(key)
            return known
    made = Judge(questionnaire)
    with _judges_lock:
        _judges[key] = made
        while len(_judges) > _MAX_JUDGES:
            _judges.popitem(last=False)
    return made
