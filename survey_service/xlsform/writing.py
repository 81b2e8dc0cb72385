"""A questionnaire as the sheets of an XLSForm.

What XLSForm has no word for stands in a sheet of our own, which other programs pass over: the definition itself. With
it the way back is exact, and where a row was changed in between, the row counts (``origin``).
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from questionnaires.canonical import canonical_bytes
from questionnaires.kinds import kind_of
from questionnaires.kinds.kind import VariableType
from questionnaires.languages import USUAL, name_in
from questionnaires.model import (
    Calculated,
    Layout,
    Option,
    Order,
    Question,
    Questionnaire,
    Repeats,
    Section,
    Severity,
)
from questionnaires.piping import texts_asked
from questionnaires.rosters import THIS_ROUND, as_written, calculated_in
from questionnaires.text import BLANK, Slot, Text, parts, slots
from survey_service.xlsform.book import CHOICES, OWN, SETTINGS, SURVEY
from survey_service.xlsform.conditions_out import NotSayable, Writer
from survey_service.xlsform.filters_out import OFFERED, PARENT, FiltersOut, cells_of, conditions_of, is_narrowed
from survey_service.xlsform.kinds import WRITTEN
from survey_service.xlsform.names import CHOICE, DATE, NUMBER, RANKS, TEXT, TIME
from survey_service.xlsform.names import CHOICES as SEVERAL
from survey_service.xlsform.remarks import Remark, Why, same

Rows = list[list[str]]
LANGUAGES: Final = {"zh": "中文 (zh)", "en": "English (en)"}
_HOLDS: Final = {
    VariableType.CODE: CHOICE,
    VariableType.CODES: SEVERAL,
    VariableType.RANKS: RANKS,
    VariableType.NUMBER: NUMBER,
    VariableType.DATE: DATE,
    VariableType.TIME: TIME,
    VariableType.PLACE: TEXT,
    VariableType.FILES: TEXT,
    VariableType.TEXT: TEXT,
}
_PLAIN: Final = ("required", "relevant", "constraint", "calculation", "appearance", "parameters")
_CHUNK: Final = 30_000  # characters of a cell; Excel holds 32,767
_TELL: Final = {"zh": "请说明", "en": "Please specify"}


@dataclass(slots=True)
class Line:
    """One row of the sheet survey."""

    type: str
    name: str = ""
    words: dict[str, dict[str, str]] = field(default_factory=dict)  # label, hint, constraint_message: by language
    cells: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Written:
    """``sheets``: rows by sheet, heads first; ``remarks``: what a device without this service does not do.

    ``variables``: by the name of a row what it stands for here, "" for one that asks nothing; ``rules``: by the id of a
    rule the question whose constraint says it.
    """

    sheets: Mapping[str, Rows]
    remarks: tuple[Remark, ...]
    variables: Mapping[str, str]
    rules: Mapping[str, str]


def write(questionnaire: Questionnaire) -> Written:
    form = _Form(questionnaire)
    languages = questionnaire.languages
    heads = [
        "type",
        "name",
        *_worded(("label", "hint"), languages),
        *_PLAIN,
        *_worded(("constraint_message",), languages),
    ]
    survey = [heads]
    lines = list(form.lines())
    plain = (*_PLAIN, *(one for one in ("choice_filter", "repeat_count") if any(one in line.cells for line in lines)))
    heads[-len(languages) : -len(languages)] = plain[len(_PLAIN) :]
    for line in lines:
        words = [line.words.get(name, {}) for name in ("label", "hint", "constraint_message")]
        first = [one.get(language, "") for one in words[:2] for language in languages]
        last = [words[2].get(language, "") for language in languages]
        survey.append([line.type, line.name, *first, *(line.cells.get(name, "") for name in plain), *last])
    narrowed = any(map(is_narrowed, form.lists.values()))
    choices = [["list_name", "name", *_worded(("label",), languages), *((PARENT, OFFERED) if narrowed else ())]]
    for name, options in form.lists.items():
        conditions = conditions_of(options)
        choices += [
            [
                *(name, one.code, *(form.words(one.label)[lang] for lang in languages)),
                *(cells_of(one, conditions) if narrowed else ()),
            ]
            for one in options
        ]
    settings = [
        ["form_title", "form_id", "version", "default_language"],
        [questionnaire.title.zh, questionnaire.key, questionnaire.version, LANGUAGES["zh"]],
    ]
    own = [["definition"], *([one] for one in _chunks(questionnaire))]
    sheets = {SURVEY: survey, CHOICES: choices, SETTINGS: settings, OWN: own}
    variables = {name: variable for variable, name in form.names.items()} | {form.notice: ""}
    return Written(sheets, tuple(form.remarks), variables, form.said)


def _worded(names: tuple[str, ...], languages: tuple[str, ...]) -> list[str]:
    return [f"{name}::{_head(language)}" for name in names for language in languages]


def _head(tag: str) -> str:
    """中文 (zh), English (en), Uyghur (ug): as forms name the language of a column."""
    return LANGUAGES.get(tag) or f"{name_in(tag.partition('-')[0], 'en')} ({tag})"


def _chunks(questionnaire: Questionnaire) -> Iterator[str]:
    packed = base64.b64encode(zlib.compress(canonical_bytes(questionnaire), 9)).decode()
    for start in range(0, len(packed), _CHUNK):
        yield packed[start : start + _CHUNK]


def _tells_its_round(section: Section) -> bool:
    return any(THIS_ROUND in slots(text, "zh") for question in section.questions for text in texts_asked(question))


class _Form:
    def __init__(self, asked: Questionnaire) -> None:
        questionnaire = as_written(asked)
        self.remarks: list[Remark] = []
        self.lists: dict[str, tuple[Option, ...]] = {}
        self.said: dict[str, str] = {}  # by rule, the question whose constraint says it
        self._all = questionnaire
        self._languages = questionnaire.languages
        self.names: dict[str, str] = {}
        self.notice = ""
        self._round = ""  # the row that holds the number of the round, in a section whose texts tell it
        holds: dict[str, str] = {}
        for question in questionnaire.questions():
            self.names[question.id] = self._free(question.id)
            for variable in question.variables():
                self.names[variable] = self.names.get(variable) or self._free(variable.replace(".", "_"))
                held = kind_of(question).variable
                holds[variable] = TEXT if held is None or variable.endswith(".other") else _HOLDS[held]
        for one in questionnaire.calculated:
            self.names[one.id] = self._free(one.id)
            holds[one.id] = TEXT if one.is_text else NUMBER
        rosters = {
            variable: section
            for section in questionnaire.sections
            if section.repeats
            for question in section.questions
            for variable in question.variables()
        }
        for section in questionnaire.sections:
            self.names[f"section {section.id}"] = self._free(section.id)
        self._inside = {section.id: calculated_in(questionnaire, section.id) for section in questionnaire.sections}
        self._writer = Writer(self.names, holds, frozenset(one.id for one in questionnaire.calculated), rosters)
        self._filters = FiltersOut(questionnaire, self.names, self._writer)
        self.notice = self._free("notice")
        self._broken = self._rules()

    def _free(self, name: str) -> str:
        taken = {*self.names.values(), self.notice}
        while name in taken:
            name += "_"
        return name

    # ------------------------------------------------------------ rows

    def lines(self) -> Iterator[Line]:
        yield self._notice()
        for draw in self._all.draws:
            self._unsaid(draw.id, f"{draw.take} / {len(draw.blocks)}: {', '.join(one.id for one in draw.blocks)}")
        for section in self._all.sections:
            yield from self._section(section)
        inside = {name for names in self._inside.values() for name in names}
        for one in self._all.calculated:
            if one.id not in inside:
                yield from self._calculate(one)

    def _calculate(self, one: Calculated) -> Iterator[Line]:
        try:
            formula = self._writer.expression(one.expression.tree)
        except NotSayable:
            self._unsaid(one.id, one.expression.source)
            return
        calculation = formula if one.is_text else f"round({formula}, {one.decimals})"
        yield Line("calculate", self.names[one.id], {"label": self.words(one.text)}, {"calculation": calculation})

    def _notice(self) -> Line:
        notice = self._all.notice
        told = {
            language: "\n".join(
                one.in_language(language)
                for one in (notice.purpose, notice.body, notice.retention, notice.contact)
                if one.in_language(language)
            )
            for language in self._languages
        }
        title = {language: self._all.title.in_language(language) for language in self._languages}
        return Line("note", self.notice, {"label": {lang: told[lang] or title[lang] for lang in title}})

    def _section(self, section: Section) -> Iterator[Line]:
        cells = self._relevant(section.id, section)
        name = self.names[f"section {section.id}"]
        kind = "repeat" if section.repeats else "group"
        if section.repeats:
            cells |= self._times(section, section.repeats)
        yield Line(f"begin {kind}", name, {"label": self.words(section.title)}, cells)
        if section.repeats and _tells_its_round(section):
            self._round = self._free(f"{section.id}_round")
            yield Line("calculate", self._round, {}, {"calculation": "position(..)"})
        for question in section.questions:
            yield from self._question(question)
        for one in self._all.calculated:
            if one.id in self._inside[section.id]:
                yield from self._calculate(one)
        self._round = ""
        yield Line(f"end {kind}")

    def _times(self, section: Section, repeats: Repeats) -> dict[str, str]:
        """How often; where people say so themselves, other programs ask in their own words."""
        if repeats.count is None:
            values = {"seen": same(section.id), "now": same(repeats.most)}
            self.remarks.append(Remark(why=Why.NO_CEILING, sheet=OWN, values=values))
            return {}
        try:
            return {"repeat_count": self._writer.expression(repeats.count.tree)}
        except NotSayable:
            self._unsaid(section.id, repeats.count.source)
            return {}

    def _question(self, question: Question) -> Iterator[Line]:
        words = {"label": self.words(question.text)}
        if question.hint is not None:
            words["hint"] = self.words(question.hint)
        cells = self._relevant(question.id, question)
        name = self.names[question.id]
        required = {"required": "yes"} if question.required else {}
        kind = WRITTEN[question.type]
        if kind.matrix:
            listed = self._list(question)
            yield Line("begin group", name, words, cells | {"appearance": kind.appearance})
            for item in question.items:
                row = self.names[f"{question.id}.{item.id}"]
                yield Line(f"{kind.word} {listed}", row, {"label": self.words(item.text)}, dict(required))
            yield Line("end group")
            return
        cells |= required | self._looks(question)
        constraint, message = self._constraint(question)
        if constraint:
            cells["constraint"] = constraint
        cells |= self._filter(question)
        if message is not None:
            words["constraint_message"] = message
        if WRITTEN[question.type].coarser(question):
            self.remarks.append(Remark(why=Why.ROUNDED, sheet=OWN, values={"seen": same(question.id)}))
        yield Line(self._type(question), name, words, cells)
        yield from self._other(question)

    def _other(self, question: Question) -> Iterator[Line]:
        option = next((one for one in question.options if one.other), None)
        if option is not None:
            chosen = f"selected(${{{self.names[question.id]}}}, '{option.code}')"
            name = self.names[f"{question.id}.other"]
            yield Line(
                "text",
                name,
                {"label": {one: _TELL[one] for one in _TELL if one in self._languages}},
                {"relevant": chosen},
            )

    def _type(self, question: Question) -> str:
        kind = WRITTEN[question.type]
        return f"{kind.word} {self._list(question)}" if kind.listed else kind.type(question)

    def _looks(self, question: Question) -> dict[str, str]:
        appearance = WRITTEN[question.type].appearance
        found = {"appearance": appearance} if appearance else {}
        if question.layout is Layout.POINTS:
            found["appearance"] = "likert"
        if WRITTEN[question.type].parameters and self._type(question) == WRITTEN[question.type].word:
            found["parameters"] = WRITTEN[question.type].parameters
        if question.order is Order.SHUFFLED:
            found["parameters"] = "randomize=true"
        return found

    def _list(self, question: Question) -> str:
        name = question.scale or question.id
        offered = self._all.option_list(question.list) if question.list else None
        if offered is not None and not offered.options:
            remark = Remark(why=Why.NO_ENTRIES, sheet=OWN, values={"seen": same(offered.id)})
            self.remarks += [remark] if remark not in self.remarks else []
        while name in self.lists and self.lists[name] != question.options:
            name += "_"
        self.lists[name] = question.options
        return name

    # ------------------------------------------------------------ conditions

    def _relevant(self, owner: str, asked: Section | Question) -> dict[str, str]:
        if asked.ask_if is None:
            return {}
        try:
            return {"relevant": self._writer.written(asked.ask_if.tree)}
        except NotSayable:
            self._unsaid(owner, asked.ask_if.source)
            return {}

    def _filter(self, question: Question) -> dict[str, str]:
        try:
            said = self._filters.of(question)
        except NotSayable:
            self._unsaid(question.id, "offer_if")
            return {}
        return {"choice_filter": said} if said else {}

    def _rules(self) -> dict[str, list[tuple[str, Text]]]:
        """What must not be, by the last question that it is about. Soft ones have no word there."""
        order = {name: place for place, one in enumerate(self._all.questions()) for name in one.variables()}
        ids = {name: one.id for one in self._all.questions() for name in one.variables()}
        found: dict[str, list[tuple[str, Text]]] = {}
        for rule in self._all.rules:
            about = [name for name in self._all.behind(rule.condition.variables()) if name in order]
            last = ids[max(about, key=order.__getitem__)] if about else ""
            question = next((one for one in self._all.questions() if one.id == last), None)
            if rule.severity is not Severity.HARD or question is None or WRITTEN[question.type].matrix:
                self._unsaid(rule.id, rule.condition.source)
                continue
            try:
                found.setdefault(last, []).append((self._writer.written(rule.condition.tree), rule.message))
                self.said[rule.id] = last
            except NotSayable:
                self._unsaid(rule.id, rule.condition.source)
        for one in self._all.contradictions:
            self._unsaid(one.id, one.condition.source)
        return found

    def _constraint(self, question: Question) -> tuple[str, dict[str, str] | None]:
        parts = [*WRITTEN[question.type].limits(question)]
        broken = self._broken.get(question.id, [])
        own = f"${{{self.names[question.id]}}}"
        parts += [f"not({condition.replace(own, '.')})" for condition, _ in broken]
        if not broken:
            return " and ".join(parts), None
        return " and ".join(parts), {
            language: " ".join(dict.fromkeys(self.words(message)[language] for _, message in broken))
            for language in self._languages
        }

    # ------------------------------------------------------------ words

    def words(self, text: Text) -> dict[str, str]:
        """In every language, with ``${name}`` where an answer stands."""
        return {language: self._filled(text, language) for language in self._languages}

    def _filled(self, text: Text, language: str) -> str:
        # What a further language lacks is an empty cell, to be filled in.
        pattern = text.pattern.in_language(language) if language in USUAL else text.pattern.said_in(language)
        said = ""
        for part in parts(pattern, language):
            if isinstance(part, Slot):
                if part.name == THIS_ROUND and self._round:
                    said += f"${{{self._round}}}"
                    continue
                known = part.name in self.names
                said += f"${{{self.names[part.name]}}}" if known else part.words or BLANK
            else:
                said += part
        return said

    def _unsaid(self, owner: str, source: str) -> None:
        values: dict[str, Any] = {"seen": same(owner), "now": same(source)}
        remark = Remark(why=Why.NO_XLSFORM, sheet=OWN, values=values)
        if remark not in self.remarks:
            self.remarks.append(remark)
