"""Nodes to model. Every builder returns a value, whatever it finds, so that all problems of a file come out at once."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, time

from questionnaires.draw_builders import draw
from questionnaires.fields import Fields, Notes
from questionnaires.figures import in_digits
from questionnaires.formalities import Circulation, LegalKind
from questionnaires.functions import DECIMALS
from questionnaires.indicator_builders import indicator
from questionnaires.kinds import KINDS
from questionnaires.languages import USUAL, fault_of_tag
from questionnaires.lists import MAX_OF_SEVERAL, put_back
from questionnaires.model import (
    Accepts,
    Calculated,
    CalculatedType,
    Contradiction,
    Entry,
    Header,
    Item,
    Layout,
    ListSource,
    Notice,
    Option,
    OptionList,
    Order,
    Precision,
    Question,
    Questionnaire,
    QuestionType,
    Rule,
    Scale,
    Section,
    Severity,
    StandsFor,
)
from questionnaires.option_builders import MAX_OPTIONS, lists, options, scales
from questionnaires.problems import Code, did_you_mean
from questionnaires.roster_builders import checked, repeats
from questionnaires.text import Text
from questionnaires.yaml_nodes import Node, Scalar

_COMMON = ("id", "type", "text", "short", "hint", "required", "ask_if")
_QUESTION_FIELDS = tuple(dict.fromkeys([*_COMMON, *(name for kind in KINDS.values() for name in kind.fields)]))


@dataclass(slots=True)
class Building:
    """What the builders of one file share."""

    notes: Notes
    scales: dict[str, Scale]  # those in reach: of the file, of scales.yaml beside it, of this package
    lists: dict[str, OptionList] = field(default_factory=dict)  # of the file
    broken: set[str] = field(default_factory=set)  # ids of questions whose answers cannot be known: not judged further
    broken_indicators: set[str] = field(default_factory=set)  # ids of those whose kind cannot be known


def item(notes: Notes, node: Node, owner: str) -> Item:
    fields = Fields(notes, node, f"an item of {owner}", ("id", "text", "short"))
    text = fields.text("text", needed=True, piped=True) or Text("")
    return Item(id=fields.identifier(), text=text, short=fields.text("short") or text)


def _question_type(fields: Fields) -> QuestionType | None:
    node = fields.scalar("type", "a question type", needed=True)
    if node is None:
        return None
    try:
        return QuestionType(node.value)
    except ValueError:
        message = f'{fields.owner} has type "{node.value:.40}"'
        fields.notes.add(Code.UNKNOWN_TYPE, node.location, message, did_you_mean(node.value, list(QuestionType)))
        return None


class _Given:
    """The fields of one question as its kind asks for them (``kinds.kind.Given``)."""

    def __init__(self, building: Building, fields: Fields, question_id: str) -> None:
        self._building = building
        self._fields = fields
        self._question = question_id

    def scale(self) -> str | None:
        return self._fields.string("scale") or None

    def list(self) -> str | None:
        return self._fields.string("list") or None

    def name(self, field_name: str) -> str | None:
        return self._fields.string(field_name) or None

    def order(self) -> Order:
        return self._fields.word("order", Order, Order.FIXED)

    def layout(self) -> Layout:
        return self._fields.word("layout", Layout, Layout.LIST)

    def whole(self, name: str, least: int, most: int) -> int | None:
        return self._fields.whole(name, least, most)

    def text(self, name: str) -> Text | None:
        return self._fields.text(name)

    def stands_for(self) -> StandsFor | None:
        found = self._fields.word("stands_for", StandsFor, StandsFor.AGE)
        return found if self._fields.string("stands_for") == found else None

    def items(self) -> tuple[Item, ...]:
        fields = self._fields
        name = fields.string("rows")
        own = tuple(item(fields.notes, one, fields.owner) for one in fields.sequence("items", needed=not name))
        if name and own:
            message = f"{fields.owner} has items and rows"
            fields.notes.add(Code.NOT_FOR_TYPE, fields.place("rows"), message, "keep one of them")
        if name and name not in self._building.lists:
            message = f'{fields.owner} has the list "{name:.40}" as rows'
            fields.notes.add(Code.LIST, fields.place("rows"), message, did_you_mean(name, self._building.lists))
            self._building.broken.add(self._question)
        return () if name else own

    def numbers(self) -> tuple[float | None, float | None]:
        minimum, maximum = self._fields.number("minimum"), self._fields.number("maximum")
        if minimum is not None and maximum is not None and minimum > maximum:
            self._impossible(in_digits(minimum), "above", in_digits(maximum))
        return minimum, maximum

    def days(self) -> tuple[date | None, date | None]:
        minimum, maximum = self._fields.day("minimum"), self._fields.day("maximum")
        if minimum is not None and maximum is not None and minimum > maximum:
            self._impossible(str(minimum), "after", str(maximum))
        return minimum, maximum

    def times(self) -> tuple[time | None, time | None]:
        minimum, maximum = self._fields.time("minimum"), self._fields.time("maximum")
        if minimum is not None and maximum is not None and minimum > maximum:
            self._impossible(minimum.isoformat("minutes"), "after", maximum.isoformat("minutes"))
        return minimum, maximum

    def accepts(self) -> tuple[Accepts, ...]:
        return tuple(self._fields.words("accepts", Accepts))

    def entry(self) -> Entry:
        return self._fields.word("entry", Entry, Entry.TYPED)

    def precision(self) -> tuple[Precision, Text | None]:
        found, because = self._fields.word("precision", Precision, Precision.KILOMETRE), self._fields.text("because")
        if found is Precision.EXACT and because is None:
            self._fields.lacks("because", "an exact place tells a household: say why it is needed, or keep 100m")
        if found is not Precision.EXACT and because is not None:
            message = f'{self._fields.owner} has "because" and no exact place'
            self._fields.notes.add(Code.NOT_FOR_TYPE, self._fields.place("because"), message, "delete it")
        return found, because

    def counts(self, options: tuple[Option, ...]) -> tuple[int | None, int | None]:
        together = self.choosable(options)
        least = self._fields.whole("minimum_choices", 1, together)
        most = self._fields.whole("maximum_choices", 2, together)
        if least is not None and most is not None and least > most:
            self._impossible(str(least), "above", str(most), "minimum_choices")
        return least, most

    def choosable(self, options: tuple[Option, ...]) -> int:
        """How many can be chosen together; as many as a list may have while its entries are not known."""
        offered = self._building.lists.get(self.list() or "")
        if offered is not None and offered.source is not ListSource.FILE:
            return MAX_OF_SEVERAL
        return sum(not one.exclusive for one in options) or MAX_OPTIONS  # unknown options are said elsewhere

    def _impossible(self, low: str, beyond: str, high: str, name: str = "minimum") -> None:
        message = f"{self._fields.owner} has the minimum {low} {beyond} the maximum {high}"
        self._building.broken.add(self._question)
        self._fields.notes.add(Code.BAD_RANGE, self._fields.place(name), message, "exchange them")

    def options(self, *, several: bool, words: bool) -> tuple[Option, ...]:
        fields, notes = self._fields, self._building.notes
        found = self._own_or_shared()
        nodes = fields.sequence("options")
        for number, one in enumerate(found):
            place = fields.place("scale") if fields.get("scale") is not None else nodes[number].location
            if not several and one.exclusive:
                message = f'{fields.owner}: option "{one.code}" is exclusive'
                notes.add(Code.MISPLACED_EXCLUSIVE, place, message, "only one option can be chosen anyway; delete it")
            if not words and one.other:
                message = f'{fields.owner}: option "{one.code}" asks for words'
                notes.add(Code.NOT_FOR_TYPE, place, message, "ask for them in a question of their own")
        if several:
            # Who does not know has chosen nothing else: a code that means missing rules out the others.
            found = tuple(_exclusive(one) if one.missing else one for one in found)
        offered = self._building.lists.get(self.list() or "")
        return found if offered is None else (*offered.options, *found)

    def _own_or_shared(self) -> tuple[Option, ...]:
        """The question's own options, or those of its scale; beside those of a list there may be none."""
        building, fields = self._building, self._fields
        fewest = 2 if fields.get("list") is None else 1
        own = options(building.notes, fields.sequence("options"), fields.owner, fewest)
        scale = fields.scalar("scale", "the name of a scale")
        if fields.get("list") is not None:
            self._with_list(own, scale)
        elif scale is not None and own:
            message = f"{fields.owner} has options and a scale"
            building.notes.add(Code.NOT_FOR_TYPE, scale.location, message, "keep one of them")
        elif scale is not None and scale.value in building.scales:
            return building.scales[scale.value].options
        elif scale is not None:
            message = f'{fields.owner} uses the scale "{scale.value:.40}"'
            building.notes.add(Code.UNKNOWN_SCALE, scale.location, message, did_you_mean(scale.value, building.scales))
            building.broken.add(self._question)
        elif not own:
            if fields.get("options") is None:
                fields.lacks("options", "give options, or name a scale")
            building.broken.add(self._question)
        return own

    def _with_list(self, own: tuple[Option, ...], scale: Scalar | None) -> None:
        building, fields = self._building, self._fields
        name = fields.string("list")
        if scale is not None:
            message = f"{fields.owner} has a list and a scale"
            building.notes.add(Code.NOT_FOR_TYPE, scale.location, message, "keep one of them")
        offered = building.lists.get(name)
        if offered is None:
            message = f'{fields.owner} offers the list "{name:.40}"'
            building.notes.add(Code.LIST, fields.place("list"), message, did_you_mean(name, building.lists))
            building.broken.add(self._question)
            return
        taken = {one.code for one in offered.options}
        for one, node in zip(own, fields.sequence("options"), strict=True):
            if one.code in taken:
                message = f'{fields.owner} has the code "{one.code}" twice'
                hint = f'it is one of the list "{name}"; give the option another code'
                building.notes.add(Code.DUPLICATE_CODE, node.location, message, hint)


def _exclusive(one: Option) -> Option:
    return replace(one, exclusive=True)


def question(building: Building, node: Node) -> Question:
    notes = building.notes
    nameless = Fields(Notes(), node, "a question", _QUESTION_FIELDS).string("id")
    fields = Fields(notes, node, f'question "{nameless}"' if nameless else "a question", _QUESTION_FIELDS)
    question_id = fields.identifier()
    read = _question_type(fields)
    kind = KINDS[read or QuestionType.NOTE]
    if read is None:
        building.broken.add(question_id)
    else:
        for name in _QUESTION_FIELDS:
            if name not in (*_COMMON, *kind.fields) and fields.get(name) is not None:
                hint = f"a {read} question has: {', '.join(kind.fields) or 'a text only'}"
                notes.add(Code.NOT_FOR_TYPE, fields.place(name), f'{fields.owner} has "{name}"', hint)
    text = fields.text("text", needed=True, piped=True) or Text("")
    return Question(
        id=question_id,
        type=kind.type,
        text=text,
        short=fields.text("short") or text,
        hint=fields.text("hint", piped=True),
        required=fields.boolean("required"),
        ask_if=fields.condition("ask_if"),
        **kind.parse(_Given(building, fields, question_id)),
    )


def section(building: Building, node: Node) -> Section:
    known = ("id", "title", "ask_if", "repeats", "handed_over", "questions")
    name = Fields(Notes(), node, "a section", known).string("id")
    fields = Fields(building.notes, node, f'section "{name}"' if name else "a section", known)
    repeating = fields.get("repeats")
    return Section(
        id=fields.identifier(),
        title=fields.text("title", needed=True) or Text(""),
        ask_if=fields.condition("ask_if"),
        repeats=None if repeating is None else repeats(building.notes, repeating, fields.owner),
        handed_over=fields.boolean("handed_over"),
        questions=tuple(question(building, one) for one in fields.sequence("questions", needed=True)),
    )


def _sections(building: Building, nodes: tuple[Node, ...]) -> tuple[Section, ...]:
    """In order; how many questions there are in all rounds is counted on the way."""
    found: list[Section] = []
    made = 0
    for node in nodes:
        one = checked(building.notes, node, section(building, node), made)
        made += len(one.questions) * (one.repeats.most if one.repeats else 1)
        found.append(one)
    return tuple(found)


def header(notes: Notes, node: Node | None) -> Header:
    known = ("form_number", "issuing_body", "approval_number", "valid_until", "legal_kind", "circulation")
    fields = Fields(notes, node, "the header", known)
    return Header(
        form_number=fields.string("form_number"),
        issuing_body=fields.string("issuing_body"),
        approval_number=fields.string("approval_number"),
        valid_until=fields.day("valid_until"),
        legal_kind=fields.word("legal_kind", LegalKind, LegalKind.UNSTATED),
        circulation=fields.word("circulation", Circulation, Circulation.UNSTATED),
    )


def notice(notes: Notes, node: Node) -> Notice:
    """Blank texts are allowed here; ``readiness`` names them before a wave opens."""
    fields = Fields(notes, node, "the notice", ("purpose", "body", "retention", "contact", "minutes"))
    return Notice(
        purpose=fields.text("purpose") or Text(""),
        body=fields.text("body") or Text(""),
        retention=fields.text("retention") or Text(""),
        contact=fields.text("contact") or Text(""),
        minutes=fields.whole("minutes", 1, 120),
    )


def contradiction(notes: Notes, node: Node) -> Contradiction | None:
    known = ("id", "condition", "message")
    name = Fields(Notes(), node, "a contradiction", known).string("id")
    fields = Fields(notes, node, f'contradiction "{name}"' if name else "a contradiction", known)
    if fields.get("condition") is None:
        fields.lacks("condition")
    condition = fields.condition("condition")
    identifier = fields.identifier()
    message = fields.text("message", needed=True, piped=True) or Text("")
    return Contradiction(id=identifier, condition=condition, message=message) if condition else None


def rule(notes: Notes, node: Node) -> Rule | None:
    known = ("id", "condition", "message", "severity")
    name = Fields(Notes(), node, "a rule", known).string("id")
    fields = Fields(notes, node, f'rule "{name}"' if name else "a rule", known)
    if fields.get("condition") is None:
        fields.lacks("condition", "say what must not be")
    condition = fields.condition("condition")
    identifier = fields.identifier()
    message = fields.text("message", needed=True, piped=True) or Text("")
    severity = fields.word("severity", Severity, Severity.SOFT)
    return Rule(id=identifier, condition=condition, message=message, severity=severity) if condition else None


_CALCULATED = ("id", "type", "expression", "each", "decimals", "unit", "short", "text")


def calculated(notes: Notes, node: Node) -> Calculated | None:
    known = _CALCULATED
    name = Fields(Notes(), node, "a calculated value", known).string("id")
    fields = Fields(notes, node, f'calculated value "{name}"' if name else "a calculated value", known)
    identifier = fields.identifier()
    formula = fields.formula("expression")
    short, text = fields.text("short"), fields.text("text")
    plain = Text(identifier)
    kind = fields.word("type", CalculatedType, CalculatedType.NUMBER)
    for name in ("decimals", "unit") if kind is CalculatedType.TEXT else ():
        if fields.get(name) is not None:
            notes.add(Code.NOT_FOR_TYPE, fields.place(name), f'{fields.owner} has "{name}"', "words have none")
    if formula is None:
        return None
    return Calculated(
        id=identifier,
        expression=formula,
        text=text or short or plain,
        short=short or text or plain,
        decimals=fields.whole("decimals", 0, DECIMALS) or 0,
        unit=fields.text("unit"),
        type=kind,
        each=fields.string("each") or None,
    )


def _languages(notes: Notes, fields: Fields) -> tuple[str, ...]:
    """Chinese, English where it is declared, then the others in the order of the file."""
    declared = dict.fromkeys(fields.strings("languages") or USUAL)
    for tag in declared:
        hint = fault_of_tag(tag)
        if hint:
            notes.add(Code.UNKNOWN_WORD, fields.place("languages"), f'"languages" names "{tag:.40}"', hint)
    if "zh" not in declared:
        notes.add(Code.MISSING_FIELD, fields.place("languages"), '"languages" lacks "zh"', "Chinese comes first")
    others = (tag for tag in declared if tag not in USUAL and not fault_of_tag(tag))
    return (*(tag for tag in USUAL if tag in declared), *others)


def questionnaire(building: Building, node: Node) -> Questionnaire:
    notes = building.notes
    known = (
        *("key", "version", "languages", "title", "header", "notice", "scales", "lists", "sections"),
        *("indicators", "repeated", "contradictions", "rules", "calculated", "draws"),
    )
    fields = Fields(notes, node, "the questionnaire", known)
    notes.languages = _languages(notes, fields)
    building.scales = {**building.scales, **scales(notes, fields)}
    building.lists = lists(notes, fields)
    notice_node = fields.get("notice")
    if notice_node is None:
        fields.lacks("notice", "say why, who asks, how long answers are kept and whom to ask")
    sections = _sections(building, fields.sequence("sections", needed=True))
    used = {one.scale for part in sections for one in part.questions if one.scale}
    contradictions = (contradiction(notes, one) for one in fields.sequence("contradictions"))
    calculations = [calculated(notes, one) for one in fields.sequence("calculated")]
    building.broken |= {
        Fields(Notes(), one, "", _CALCULATED).string("id")
        for one, made in zip(fields.sequence("calculated"), calculations, strict=True)
        if made is None
    }
    rules = (rule(notes, one) for one in fields.sequence("rules"))
    built = Questionnaire(
        key=fields.identifier("key"),
        version=fields.string("version", needed=True),
        title=fields.text("title", needed=True) or Text(""),
        header=header(notes, fields.get("header")),
        notice=notice(notes, notice_node)
        if notice_node
        else Notice(purpose=Text(""), body=Text(""), retention=Text(""), contact=Text("")),
        sections=sections,
        scales=tuple(scale for name, scale in building.scales.items() if name in used),
        indicators=tuple(indicator(notes, building.broken_indicators, one) for one in fields.sequence("indicators")),
        repeated=tuple(indicator(notes, building.broken_indicators, one) for one in fields.sequence("repeated")),
        languages=notes.languages,
        contradictions=tuple(one for one in contradictions if one is not None),
        rules=tuple(one for one in rules if one is not None),
        calculated=tuple(one for one in calculations if one is not None),
        lists=tuple(building.lists.values()),
        draws=tuple(draw(notes, one) for one in fields.sequence("draws")),
    )
    return put_back(built)
