"""A questionnaire as the screens of a phone: one question in view, a long matrix in parts.

A pure function of the questionnaire; the templates under ``resident/`` draw what it returns.
"""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from questionnaires.draws import block_trees
from questionnaires.kinds.attachment import Reference, accepted, references_of
from questionnaires.kinds.place import GRAINS
from questionnaires.kinds.ranking import ranks_of
from questionnaires.model import Accepts, Item, Layout, Option, Order, Question, Questionnaire
from questionnaires.offer_words import narrowed_in_words
from questionnaires.offers import Offer, offer_of
from questionnaires.points import apart_from, points_of
from questionnaires.rosters import as_written, more_id
from questionnaires.text import Text
from survey_service.collection.kinds import PHONE, OnPhone
from survey_service.web.option_files import OptionFile, at_hand, file_of
from survey_service.web.option_search import LONG, SHOWN, LongOptions, is_filtered, is_searched, narrowing

ITEMS_PER_SCREEN = 6  # rows of a matrix on one screen; more are parted evenly
FILTER = Text("写名称或拼音首字母，在下面找", "Write a name or initials of pinyin to narrow what is below")
POINTS_PER_SCREEN = 3  # of those that are answered by points, in two lines each
LONGEST_IN_FIVE = 4  # characters of a label where five stand side by side, in two lines of two
ORDERS = 8  # arrangements of a shuffled question that are rendered; a page gets one of them by chance
# Names of the form that are no answers. Answers are named like variables, which never begin with an underscore.
RESERVED = frozenset(
    {"client_id", "action", "_page", "_lang", "_text", "_order", "_draw", "_blocks", "_version", "_seconds", "_receipt"}
)


_OFFERED = {
    Accepts.PICTURE: "image/*",
    Accepts.SOUND: "audio/*",
    Accepts.VIDEO: "video/*",
    Accepts.DOCUMENT: "application/pdf",
}


class NameTaken(ValueError):
    """A question has the name of a field that the page itself needs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One screen."""

    anchor: str
    question: Question
    number: int  # among the questions that are asked something, from 1; 0 for a note
    round: Text | None = None  # whose round it is, where a section is asked several times over
    past: str = ""  # of the question whether there is another round: where to go on if not, for a page without a script
    of_all: bool = True  # whether it is known of how many: nobody knows yet how many rounds there will be
    options: tuple[Option, ...]  # in the order of this arrangement
    items: tuple[Item, ...] = ()  # rows of this part of a matrix
    first_item: int = 1
    ask_if: str = ""  # JSON of the condition, empty when everyone is asked
    offer: Offer | None = None  # where its options hang on earlier answers
    said: Text | None = None  # which of them are meant, for a page that shows all
    search: LongOptions | None = None  # where there are too many to be read through
    index: LongOptions | None = None  # what is searched, or narrowed by typing
    found: tuple[Option, ...] = ()  # of those, what is shown for what was typed or answered before
    more: int = 0  # how many more were found
    found_none: bool = False
    handed_over: bool = False  # whoever answers takes the phone of the interviewer for it

    @property
    def offers(self) -> str:
        """JSON of code to condition, for options that are not offered to everybody; empty where there are none."""
        if self.offer is None:
            return ""
        options = self.question.options if self.search is None else self.search.apart
        conditions = {one.code: self.offer.condition(one) for one in options}
        if not any(conditions.values()):
            return ""
        return _json({code: one.to_json() for code, one in conditions.items() if one is not None})

    @property
    def narrowing(self) -> str:
        """JSON of what narrows a list that is searched."""
        if self.offer is None or self.search is None:
            return ""
        return _json(narrowing(self.search, self.offer))

    def typed(self, given: Sequence[str], language: str) -> str:
        """What stands in the field of a list; nothing where options to choose from stand below it in its place."""
        assert self.search is not None
        apart = {one.code for one in self.search.apart}
        value = next((one for one in given if one not in apart), "")
        if self.found and not self.search.is_open(value):
            return ""
        return self.search.shown(value, language)

    def data(self, language: str) -> Mapping[str, str]:
        """Data attributes of the fields, for the script."""
        own = dict(self.phone.data(self.question, language))
        if self.offers:
            own["offers"] = self.offers
        if self.filtered:
            own |= {"filter": FILTER.in_language(language), "filter-list": self.list_address(language)}
        return own

    def list_address(self, language: str) -> str:
        """Where the list is fetched that is searched."""
        return "" if self.index is None else at_hand(_file_of(_SameStep(self), language))

    @property
    def filtered(self) -> bool:
        """Whether what is shown of several choices can be narrowed by typing."""
        return self.index is not None and self.search is None

    def as_offered(self, question: Question, given: Sequence[str], language: str) -> Step:
        """The step with the options that are offered, where it is known what was answered before: those that meet
        what was typed, of many."""
        codes = {one.code for one in question.options}
        options = tuple(one for one in self.options if one.code in codes)
        step = replace(self, question=question, options=options)
        if self.search is None:
            return step
        typed = next((one for one in given if self.search.is_open(one)), "")
        found = self.search.found(typed, language, options)
        if not typed and len(found) > LONG:
            return step
        return replace(step, found=tuple(found[:SHOWN]), more=max(0, len(found) - SHOWN), found_none=not found)

    @property
    def last_item(self) -> int:
        return self.first_item + len(self.items) - 1

    @property
    def in_parts(self) -> bool:
        return len(self.items) < len(self.question.items)

    @property
    def phone(self) -> OnPhone:
        return PHONE[self.question.type]

    @property
    def fields(self) -> str:
        """The macro that draws them."""
        if self.search is not None:
            return "search"
        return self.phone.points if self.question.layout is Layout.POINTS else self.phone.fields

    @property
    def points(self) -> tuple[Option, ...]:
        return points_of(self.question)

    @property
    def apart(self) -> tuple[Option, ...]:
        """What stands below a row of points."""
        return apart_from(self.question)

    @property
    def decimals_of_place(self) -> int:
        return GRAINS[self.question.precision].decimals

    @property
    def accepts(self) -> str:
        """What the phone offers to choose from."""
        return ",".join(_OFFERED[one] for one in accepted(self.question))

    @property
    def sends_files(self) -> bool:
        return self.phone.input == "file"

    def files(self, given: Sequence[str]) -> Sequence[Reference]:
        """Those that were taken in already."""
        return references_of(" ".join(given))

    @property
    def ranks(self) -> int:
        return ranks_of(self.question)

    def ranked(self, given: Sequence[str]) -> Mapping[int, str]:
        """Rank to code, of what was sent by this page (2:5) or is stored (the codes in order)."""
        placed: dict[int, str] = {}
        for place, typed in enumerate(given, start=1):
            rank, colon, code = typed.partition(":")
            placed[int(rank) if colon and rank.isdecimal() else place] = code if colon else typed
        return placed

    @property
    def other(self) -> Option | None:
        return next((option for option in self.options if option.other), None)

    def columns(self, language: str) -> int:
        """Options of a matrix side by side at 360 px, so that every label stands on one or two short lines."""
        longest = max((len(option.label.in_language(language)) for option in self.options), default=0)
        three, two = (4, 8) if language == "zh" else (9, 20)
        if language == "zh" and longest <= LONGEST_IN_FIVE and len(self.options) == 5:
            return 5
        if longest <= three and len(self.options) in (3, 5, 6):
            return 3
        return 2 if longest <= two else 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Screens:
    questionnaire: Questionnaire
    steps: tuple[Step, ...]
    total: int  # questions, notes not counted
    told: int  # the same with what repeats counted once, as people are told beforehand

    @property
    def searched(self) -> Mapping[str, LongOptions]:
        """Questions whose options are searched."""
        return {step.question.id: step.search for step in self.steps if step.search is not None}

    def of_question(self, question_id: str) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if step.question.id == question_id)


def shuffles(questionnaire: Questionnaire) -> bool:
    return any(question.order is Order.SHUFFLED for question in questionnaire.questions())


def screens(questionnaire: Questionnaire, order: int) -> Screens:
    """The screens of one arrangement, kept: a frozen questionnaire never changes."""
    return _screens(Same(questionnaire), order)


class Same:
    """Key of the cache: known by identity, for comparing whole questionnaires costs more than making the screens."""

    def __init__(self, questionnaire: Questionnaire) -> None:
        self.questionnaire = questionnaire

    def __hash__(self) -> int:
        return id(self.questionnaire)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and other.questionnaire is self.questionnaire


@lru_cache(maxsize=256)
def _screens(same: Same, order: int) -> Screens:
    steps: list[Step] = []
    numbers: dict[str, int] = {}
    number = 0
    drawn = block_trees(same.questionnaire)
    languages = same.questionnaire.languages
    for section in same.questionnaire.sections:
        for question in section.questions:
            taken = RESERVED.intersection(question.variables())
            if taken:
                raise NameTaken(f"a question cannot be named {sorted(taken)}: the page has a field of that name")
            asked = bool(question.variables())
            number += asked
            numbers[question.id] = number
            offer = offer_of(same.questionnaire, question)
            given = [one for one in (section.ask_if, question.ask_if) if one is not None]
            conditions = [same.questionnaire.of_answers(one).to_json() for one in given]
            if question.id in drawn:
                conditions.insert(0, drawn[question.id])
            if offer is not None and (offered := offer.asked()) is not None:
                conditions.append(offered.to_json())
            tree = ["and", *conditions] if len(conditions) > 1 else conditions[0] if conditions else None
            index = LongOptions(question, languages) if is_searched(question) or is_filtered(question) else None
            whole = Step(
                anchor=f"q-{question.id}",
                question=question,
                number=number if asked else 0,
                round=section.title if section.round is not None else None,
                of_all=same.questionnaire.written is None,
                options=question.options,
                ask_if=_json(tree) if tree else "",
                offer=offer,
                said=narrowed_in_words(offer, numbers) if offer is not None else None,
                search=index if is_searched(question) else None,
                index=index,
                handed_over=section.handed_over,
            )
            steps += _of_question(whole, order)
    steps = _with_ways_past(same.questionnaire, steps)
    told = sum(bool(one.variables()) for one in as_written(same.questionnaire).questions())
    return Screens(questionnaire=same.questionnaire, steps=tuple(steps), total=number, told=told)


def _with_ways_past(questionnaire: Questionnaire, steps: list[Step]) -> list[Step]:
    """Where a section repeats: from the question for more the way to the first screen behind all of its rounds."""
    rounds = {
        question.id: section.round
        for section in questionnaire.sections
        if section.round is not None
        for question in section.questions
    }
    found = []
    for place, step in enumerate(steps):
        here = rounds.get(step.question.id)
        if here is not None and step.question.id == more_id(here.roster, here.number):
            after = (one for one in steps[place:] if getattr(rounds.get(one.question.id), "roster", "") != here.roster)
            step = replace(step, past=next((one.anchor for one in after), ""))
        found.append(step)
    return found


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class _SameStep:
    """Key of the cache of files: a list is long, and known by identity."""

    def __init__(self, step: Step) -> None:
        assert step.index is not None
        self.index, self.offer = step.index, step.offer

    def __hash__(self) -> int:
        return id(self.index)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _SameStep) and other.index is self.index


@lru_cache(maxsize=256)
def _file_of(same: _SameStep, language: str) -> OptionFile:
    return file_of(same.index, language, same.offer)


def _of_question(whole: Step, order: int) -> list[Step]:
    """The screens of one question: a long matrix is parted."""
    options, items = _arranged(whole.question, order)
    most = POINTS_PER_SCREEN if whole.question.layout is Layout.POINTS else ITEMS_PER_SCREEN
    steps = []
    first = 1
    for position, part in enumerate(_parts(items, most), start=1):
        anchor = whole.anchor if position == 1 else f"{whole.anchor}-{position}"
        steps.append(replace(whole, anchor=anchor, options=options, items=part, first_item=first))
        first += len(part)
    return steps


def _arranged(question: Question, order: int) -> tuple[tuple[Option, ...], tuple[Item, ...]]:
    """Options and rows in one of ``ORDERS`` arrangements; what stands apart (其他, 都不是, 说不清) stays at the end.

    The options of a scale keep their order: their order is their meaning. Rows that are a list stand in one order for
    a person wherever they stand, so that what was second in one matrix is second in the next.
    """
    if question.order is Order.FIXED:
        return question.options, question.items
    chance = random.Random(f"{question.rows or question.id}:{order}")  # noqa: S311 -- an arrangement, not a secret
    items = list(question.items)
    chance.shuffle(items)
    if items:
        return question.options, tuple(items)
    apart = [option for option in question.options if option.other or option.exclusive or option.missing is not None]
    moved = [option for option in question.options if option not in apart]
    chance.shuffle(moved)
    return (*moved, *apart), tuple(items)


def _parts(items: Sequence[Item], most: int) -> list[tuple[Item, ...]]:
    """Rows in parts of equal length, the longer ones first: 22 rows are 6, 6, 5, 5."""
    count = max(1, -(-len(items) // most))
    short, longer = divmod(len(items), count)
    parts, start = [], 0
    for position in range(count):
        length = short + (position < longer)
        parts.append(tuple(items[start : start + length]))
        start += length
    return parts


def answered(given: Mapping[str, Sequence[str]], question: Question) -> bool:
    return any(any(given.get(variable, ())) for variable in question.variables())
