"""The questionnaire as a frozen value: what is asked, in which words, with which codes.

Nothing here reads a file, knows a clock or judges an answer; see ``loader``, ``checks`` and ``answers``.
Label (what people read), stored code (what a keyer types and the database holds) and analysis value (what a
statistic uses) are three different things and are kept apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum

from questionnaires.conditions import Condition
from questionnaires.expressions import Expression, Formula, Rounded, written_out
from questionnaires.expressions import variables as expression_variables
from questionnaires.formalities import Circulation, LegalKind
from questionnaires.indicators import Indicator, with_second_base
from questionnaires.text import Text


class QuestionType(StrEnum):
    """The names of the kinds of question, as definition files have them; each is a module of ``kinds``."""

    SINGLE_CHOICE = "single_choice"
    MULTIPLE_CHOICE = "multiple_choice"
    SCALE = "scale"
    RANKING = "ranking"
    NUMBER = "number"
    SHORT_TEXT = "short_text"
    LONG_TEXT = "long_text"
    DATE = "date"
    TIME = "time"
    PLACE = "place"
    ATTACHMENT = "attachment"
    NOTE = "note"


class Missing(StrEnum):
    """Why a variable has no value. The same five, from the judge of answers to the codebook."""

    NOT_ASKED = "not_asked"
    NO_ANSWER = "no_answer"
    REFUSED = "refused"
    DONT_KNOW = "dont_know"
    ILLEGIBLE = "illegible"


class StandsFor(StrEnum):
    """What a question says of whoever answers, so that the answers can be held against a register of residents."""

    AGE = "age"
    SEX = "sex"


class Sex(StrEnum):
    """The sexes of a register of residents; an option of a question that stands for the sex stands for one of them."""

    MALE = "male"
    FEMALE = "female"


class Severity(StrEnum):
    """How firmly something wrong with answers is told."""

    HARD = "hard"  # the answers are not accepted as they are
    SOFT = "soft"  # look again; they may be right


class Order(StrEnum):
    FIXED = "fixed"
    SHUFFLED = "shuffled"


class Layout(StrEnum):
    """How the options of a question stand: one below the other, or as points in a row with words at both ends."""

    LIST = "list"
    POINTS = "points"


class ListSource(StrEnum):
    """Where the entries of a list come from."""

    FILE = "file"  # they are written in the definition
    AREAS = "areas"  # the areas of one kind that lie in the survey's own
    WAVE = "wave"  # a city's own: sectors, bodies, units; given with each wave


class Accepts(StrEnum):
    """What files may answer a question."""

    PICTURE = "picture"
    SOUND = "sound"
    VIDEO = "video"
    DOCUMENT = "document"


class Entry(StrEnum):
    """How words on one line are entered where there is a choice; they can be typed everywhere."""

    TYPED = "typed"
    BARCODE = "barcode"  # a bar code or a QR code, read by the camera of a phone whose browser can


class Precision(StrEnum):
    """How exactly a place is kept. What is finer is rounded away before anything is stored."""

    KILOMETRE = "1km"
    HUNDRED_METRES = "100m"
    EXACT = "exact"  # tells a household: the definition says why


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One answer that can be chosen. ``code`` is a string of digits or letters, unique in its question."""

    code: str
    label: Text
    value: float | None = None  # analysis value, e.g. points; None where the code has no order
    missing: Missing | None = None  # DONT_KNOW or REFUSED where choosing it means that
    exclusive: bool = False  # multiple choice: rules out every other option
    other: bool = False  # asks for words; the text is its own variable ``<question>.other``
    stands_for: str | None = None  # male, female, or ages as 18-29 and 75+, where the question stands for sex or age
    parent: str | None = None  # of an entry of a list: the code of the list above that it belongs to
    offer_if: Condition | None = None  # None: offered to whoever is asked, unless ``within`` or ``chosen_in`` narrows


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """Options shared by several questions or by all items of a matrix."""

    id: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionList:
    """Options by name, up to several thousand: of the definition, of the tree of areas, or of the wave.

    ``options`` is empty while nobody has filled it in (``lists.filled``). A question that offers a list holds the
    entries among its own ``options``, so that whoever reads a question need not know of lists.
    """

    id: str
    title: Text
    source: ListSource = ListSource.FILE
    level: str | None = None  # of areas: their kind, such as street or community
    parent: str | None = None  # id of the list that the entries' parents are codes of
    options: tuple[Option, ...] = ()


def row_id(code: str) -> str:
    """The id of the row that an entry of a list is, whatever its code begins with."""
    return f"e{code.lower()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One row of a matrix; its variable is named ``<question>.<item>``."""

    id: str
    text: Text
    short: Text  # a few words, for charts, tables and the keying page


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    id: str
    type: QuestionType
    text: Text
    short: Text  # a few words, for charts, tables and the keying page; defaults to ``text``
    hint: Text | None = None
    required: bool = False
    options: tuple[Option, ...] = ()  # choice questions, and the scale's options for a matrix
    scale: str | None = None  # id of the shared scale the options came from
    list: str | None = None  # id of the list whose entries stand before the options of its own
    within: str | None = None  # id of an earlier question: entries are offered whose parent was answered there
    chosen_in: str | None = None  # id of an earlier question: options are offered that were chosen there
    items: tuple[Item, ...] = ()  # matrix rows; empty for every other type
    rows: str | None = None  # id of the list whose entries are the rows, in place of rows of its own
    order: Order = Order.FIXED
    layout: Layout = Layout.LIST
    minimum: float | date | time | None = None  # number, date and time: smallest answer accepted
    maximum: float | date | time | None = None
    minimum_choices: int | None = None  # multiple choice: fewest options accepted; one that stands alone is enough
    maximum_choices: int | None = None
    ranks: int | None = None  # ranking: how many of the options; None: all of them
    decimals: int = 0  # number: digits allowed after the point
    unit: Text | None = None
    max_length: int | None = None  # text: characters
    entry: Entry = Entry.TYPED  # short text
    precision: Precision = Precision.KILOMETRE  # place
    accepts: tuple[Accepts, ...] = ()  # attachment; none: pictures
    maximum_files: int = 1  # attachment
    maximum_megabytes: int = 10  # attachment: of each file
    because: Text | None = None  # place: why an exact one is needed, as it is told to whoever answers
    stands_for: StandsFor | None = None  # single choice and number: the sex or the age in full years of who answers
    ask_if: Condition | None = None  # None: asked of everyone who reaches the section

    def variables(self) -> tuple[str, ...]:
        """Names of the variables this question yields, in questionnaire order; a note yields none."""
        if self.type is QuestionType.NOTE or (self.rows is not None and not self.items):
            return ()  # rows that no wave has given yet
        names = tuple(f"{self.id}.{item.id}" for item in self.items) or (self.id,)
        if any(option.other for option in self.options):
            return (*names, f"{self.id}.other")
        return names

    def option(self, code: str) -> Option | None:
        return next((option for option in self.options if option.code == code), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeats:
    """That a section is asked several times over: once for each person of a household, each plot, each visit."""

    most: int  # rounds; how many there are of each variable
    count: Formula | None = None  # how many, by what was answered before; None: whoever answers says so after each
    ask_for_more: Text | None = None  # asked at the end of a round; 还有吗？ where the file does not say
    more: Text | None = None  # the two answers to that
    no_more: Text | None = None
    heading: Text | None = None  # of a round, with {this_round}
    on_paper: int | None = None  # rounds that are printed; None: all of them

    def asks_for_more(self, question_id: str) -> Question:
        """What is asked at the end of a round."""
        text = self.ask_for_more or Text("还有吗？", "Is there another one?")
        return Question(
            id=question_id,
            type=QuestionType.SINGLE_CHOICE,
            text=text,
            short=text,
            options=(
                Option(code="1", label=self.more or Text("还有", "Yes, another one")),
                Option(code="2", label=self.no_more or Text("没有了", "No, that was all")),
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """Which round of which section a section is that was made of one that repeats (``rosters``)."""

    roster: str
    number: int  # from 1
    printed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    id: str
    title: Text
    questions: tuple[Question, ...]
    ask_if: Condition | None = None
    repeats: Repeats | None = None  # as it is written; what is asked are its rounds
    round: Round | None = None
    handed_over: bool = False  # with an interviewer: whoever answers takes the phone for these questions


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The statutory header of an official survey form. A field left blank in the file is supplied by the wave."""

    form_number: str = ""  # 表号
    issuing_body: str = ""  # 制定机关
    approval_number: str = ""  # 批准或备案文号
    valid_until: date | None = None  # 有效期至
    legal_kind: LegalKind = LegalKind.UNSTATED  # 调查性质: whether answers are free, or asked by the Statistics Law
    circulation: Circulation = Circulation.UNSTATED  # 公开范围 of the results, printed on reports


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What a person is told before the first question."""

    purpose: Text
    body: Text  # who asks
    retention: Text  # how long answers are kept
    contact: Text  # whom to ask
    minutes: int | None = None  # how long it takes, as announced


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradiction:
    """Answers that hardly go together. Where ``condition`` holds, people are asked to look again; nobody is refused."""

    id: str
    condition: Condition
    message: Text  # names the answers: 第 5、6 题都是“不满意”，第 9 题是“满意”。


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Answers that do not go together. ``condition`` says what must not be; ``severity`` whether they are refused."""

    id: str
    condition: Condition
    message: Text  # what is expected, naming the answers
    severity: Severity = Severity.SOFT


class CalculatedType(StrEnum):
    NUMBER = "number"
    TEXT = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Calculated:
    """A number or words made of answers: never asked, never taken from anybody, made anew whenever they are judged."""

    id: str
    expression: Formula  # of questions, and of what stands before it
    text: Text  # what it is, in full
    short: Text  # a few words, for charts and tables
    decimals: int = 0
    unit: Text | None = None
    type: CalculatedType = CalculatedType.NUMBER
    each: str | None = None  # id of a section that repeats: one for each round, whatever it is made of

    @property
    def is_text(self) -> bool:
        return self.type is CalculatedType.TEXT

    def as_question(self) -> Question:
        """As whatever reads a number, or words, sees it."""
        return Question(
            id=self.id,
            type=QuestionType.SHORT_TEXT if self.is_text else QuestionType.NUMBER,
            text=self.text,
            short=self.short,
            decimals=self.decimals,
            unit=self.unit,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Sections, or questions, that are asked of a person together or not at all."""

    id: str
    label: Text  # a few words, for exports and for the paper that names what was drawn
    sections: tuple[str, ...] = ()  # ids; or
    questions: tuple[str, ...] = ()
    belongs_if: Condition | None = None  # None: it may be drawn for everyone


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """Blocks of which each person is asked ``take``, drawn with equal chances among those that belong to the person.

    Its answer is no answer: a ticket that the service gives, or the blocks themselves where somebody else drew.
    """

    id: str
    label: Text
    take: int
    blocks: tuple[Block, ...]

    @property
    def by_person(self) -> bool:
        """Whether it hangs on answers which blocks are drawn among."""
        return any(block.belongs_if is not None for block in self.blocks)

    @property
    def among(self) -> str:
        """Name of the variable that says which blocks belonged to the person."""
        return f"{self.id}.among"

    def variables(self) -> tuple[str, ...]:
        return (self.id, self.among) if self.by_person else (self.id,)

    def as_question(self, variable: str = "") -> Question:
        """As whatever reads several choices sees one of its variables."""
        named = Text(f"{self.label.zh}（可抽的）", f"{self.label.en} (drawn among)" if self.label.en else "")
        words = named if variable == self.among else self.label
        return Question(
            id=variable or self.id,
            type=QuestionType.MULTIPLE_CHOICE,
            text=words,
            short=words,
            options=tuple(Option(code=block.id, label=block.label) for block in self.blocks),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Questionnaire:
    key: str
    version: str
    title: Text
    header: Header
    notice: Notice
    sections: tuple[Section, ...]
    scales: tuple[Scale, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    languages: tuple[str, ...] = field(default=("zh", "en"))
    contradictions: tuple[Contradiction, ...] = ()  # soft checks across answers
    rules: tuple[Rule, ...] = ()  # the same, of which some refuse
    calculated: tuple[Calculated, ...] = ()
    lists: tuple[OptionList, ...] = ()
    draws: tuple[Draw, ...] = ()
    repeated: tuple[Indicator, ...] = ()  # templates: one indicator is made of each for every entry of a list
    written: Questionnaire | None = None  # the same as it is written, where sections repeat (``rosters``); never stored

    def questions(self) -> Iterator[Question]:
        for section in self.sections:
            yield from section.questions

    def question(self, question_id: str) -> Question:
        """The question of that id; KeyError when there is none."""
        for question in self.questions():
            if question.id == question_id:
                return question
        raise KeyError(question_id)

    def option_list(self, list_id: str) -> OptionList | None:
        return next((one for one in self.lists if one.id == list_id), None)

    def formulas(self) -> dict[str, Expression]:
        """What is calculated, each written out as an expression of answers alone and rounded as it is kept."""
        found: dict[str, Expression] = {}
        for one in self.calculated:
            tree = written_out(one.expression.tree, found)
            found[one.id] = tree if one.is_text else Rounded(tree, one.decimals)
        return found

    def of_answers(self, condition: Condition) -> Condition:
        """The condition without what is calculated: written out, as an expression of answers."""
        return condition.written_out(self.formulas()) if self.calculated else condition

    def behind(self, variables: Iterable[str]) -> tuple[str, ...]:
        """The variables that people answer, behind these: what is calculated stands for what it is made of."""
        formulas = self.formulas()
        named = ((name,) if name not in formulas else tuple(expression_variables(formulas[name])) for name in variables)
        return tuple(dict.fromkeys(name for names in named for name in names))

    def estimated(self) -> tuple[Indicator, ...]:
        """The indicators as they are estimated: each that has a second base is followed by itself over that."""
        return tuple(one for each in self.indicators for one in with_second_base(each))

    def indicator(self, indicator_id: str) -> Indicator:
        """The indicator of that id; KeyError when there is none."""
        for indicator in self.indicators:
            if indicator.id == indicator_id:
                return indicator
        raise KeyError(indicator_id)
