"""What a kind of question has to say for itself, wherever it is asked, keyed, printed or read.

One module beside this one is one kind; the table in ``questionnaires.kinds`` names them all. What a room of the
service makes of a kind (a field of a page, a box on paper) stands in that room, in one table by kind.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from datetime import date, time
from enum import StrEnum
from typing import ClassVar, Protocol, TypedDict

from questionnaires.answer_forms import Canonical, FindingCode, Reader
from questionnaires.conditions import Literal
from questionnaires.model import (
    Accepts,
    Entry,
    Item,
    Layout,
    Option,
    Order,
    Precision,
    Question,
    QuestionType,
    StandsFor,
)
from questionnaires.text import Text


class VariableType(StrEnum):
    """What a variable holds, in the codebook and in every column of an export."""

    CODE = "code"  # one option code
    CODES = "codes"  # several; exported as one 0/1 column per option
    RANKS = "ranks"  # codes in order; exported as one column per rank
    NUMBER = "number"
    DATE = "date"
    TIME = "time"  # of the day: 08:30
    PLACE = "place"  # latitude,longitude or latitude,longitude,accuracy; exported as one column each
    FILES = "files"  # references to them
    TEXT = "text"


class Own(TypedDict, total=False):
    """The fields of a question that its kind fills in; every other keeps its default."""

    options: tuple[Option, ...]
    scale: str | None
    list: str | None
    within: str | None
    chosen_in: str | None
    items: tuple[Item, ...]
    rows: str | None
    order: Order
    layout: Layout
    minimum: float | date | time | None
    maximum: float | date | time | None
    minimum_choices: int | None
    maximum_choices: int | None
    ranks: int | None
    decimals: int
    unit: Text | None
    max_length: int | None
    accepts: tuple[Accepts, ...]
    maximum_files: int
    maximum_megabytes: int
    entry: Entry
    precision: Precision
    because: Text | None
    stands_for: StandsFor | None


class Given(Protocol):
    """The fields of one question in a definition file, as a kind asks for them. Faults are noted where they stand."""

    def options(self, *, several: bool, words: bool) -> tuple[Option, ...]:
        """The question's own options or those of its scale; ``words``: one of them may ask for words."""

    def scale(self) -> str | None: ...

    def list(self) -> str | None: ...

    def name(self, field_name: str) -> str | None:
        """The id of a question or a list that a field names."""

    def choosable(self, options: tuple[Option, ...]) -> int:
        """How many of these, with those of a list that is not known yet, can be chosen together."""

    def stands_for(self) -> StandsFor | None: ...

    def items(self) -> tuple[Item, ...]:
        """The question's own rows; none where it names a list of them."""

    def order(self) -> Order: ...

    def layout(self) -> Layout: ...

    def numbers(self) -> tuple[float | None, float | None]:
        """The smallest and the largest number accepted."""

    def days(self) -> tuple[date | None, date | None]:
        """The first and the last day accepted."""

    def times(self) -> tuple[time | None, time | None]:
        """The first and the last time of the day accepted."""

    def whole(self, name: str, least: int, most: int) -> int | None: ...

    def counts(self, options: tuple[Option, ...]) -> tuple[int | None, int | None]:
        """How many of these options are to be chosen, at least and at most."""

    def text(self, name: str) -> Text | None: ...

    def accepts(self) -> tuple[Accepts, ...]: ...

    def entry(self) -> Entry: ...

    def precision(self) -> tuple[Precision, Text | None]:
        """How exactly a place is kept, and why where that is exact."""


class Kind(ABC):
    """One kind of question."""

    type: ClassVar[QuestionType]
    fields: ClassVar[tuple[str, ...]]  # of a definition file, beside those that every question has
    variable: ClassVar[VariableType | None]  # what its variables hold; None: it yields none
    faults: ClassVar[frozenset[FindingCode]]  # what its own reader finds, beside what is common to all
    on_paper: ClassVar[bool] = True  # whether paper, and tables made of it, can answer it
    fills: ClassVar[bool] = True  # whether an answer may stand in the text of a later question
    opinion: ClassVar[bool] = False  # whether answers are people's own words about a matter, which others may read
    seconds: ClassVar[float] = 2.5  # to decide and tap, or to key a number, once the words are read: ``duration``

    @property
    def several(self) -> bool:
        """Whether an answer may hold more than one code."""
        return self.variable in (VariableType.CODES, VariableType.RANKS)

    @property
    def ticked(self) -> bool:
        """Whether each option is chosen or not for itself, so that a column of a table may hold one of them."""
        return self.variable is VariableType.CODES

    @property
    def ordered(self) -> bool:
        """Whether they stand in an order of the respondent's."""
        return self.variable is VariableType.RANKS

    @property
    def parts(self) -> Mapping[str, Text]:
        """What an answer is made of where each part stands in a column of its own; empty where it is one value."""
        return {}

    @property
    def one_code(self) -> bool:
        """Whether an answer is one code."""
        return self.variable is VariableType.CODE

    @abstractmethod
    def parse(self, given: Given) -> Own:
        """The fields of its own, from a definition file."""

    @abstractmethod
    def reader(self, question: Question) -> Reader:
        """A raw answer to its canonical form, or to what is wrong with it. What it returns never raises."""

    @abstractmethod
    def expected(self, question: Question, language: str) -> str:
        """What an answer looks like, in a sentence: for whoever has given none, or one that cannot be read."""

    @abstractmethod
    def in_words(self, question: Question, answer: Canonical, language: str) -> str:
        """A canonical answer as the person reads it who gave it."""

    @abstractmethod
    def refuses(self, name: str, literals: tuple[Literal, ...], *, ordering: bool) -> str:
        """How a condition should compare ``name`` with these; empty where it is right. ``ordering``: by < or >."""

    @abstractmethod
    def worth_trying(self, question: Question, literals: Iterable[Literal], most: int) -> list[object]:
        """An answer of each sort that these literals of conditions tell apart; more than ``most`` end a search."""

    def rule(self, question: Question) -> Text | None:
        """What the codebook says of an answer beside its values; None for nothing."""
        return None

    def fault(self, code: FindingCode, found: Mapping[str, object], question: Question, language: str) -> str:
        """What to do about a fault of its own: most say again what is expected. ``found``: what the finding says."""
        return self.expected(question, language)


def plain_words(answer: Canonical) -> str:
    """An answer that is no code: itself."""
    return "" if isinstance(answer, dict | list) else str(answer)


def leave_blank(question: Question, language: str) -> str:
    """The end of a sentence that says what is expected, where nobody has to answer."""
    if question.required:
        return ""
    return "不愿回答，请留空。" if language != "en" else " Leave it blank if you prefer not to answer."
