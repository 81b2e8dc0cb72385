"""Options that hang on an earlier answer: which of them a person is offered.

Three things narrow a question. ``within`` names an earlier question: of the options with a parent those are offered
whose parent was answered there. ``chosen_in`` names one too: of the options that it has as well those are offered that
were chosen there. ``offer_if`` of an option is a condition. All that are given have to hold.

What narrows has to be there. Where ``within`` has no answer, or one that means missing (说不清), every option is
offered, for nothing says which do not belong. Where ``chosen_in`` has none, nothing was chosen, and nothing is carried
over: the question is not asked. An option that means missing is offered to everybody, unless its own condition says
otherwise. Who is left with nothing but such options is not asked either.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from questionnaires.answer_forms import Fault, FindingCode, Read, Reader
from questionnaires.conditions import And, Answered, Compare, Condition, Includes, Node, Not, Or
from questionnaires.kinds import kind_of
from questionnaires.model import Option, Question, Questionnaire

LONGEST_CODE = 20
MOST_TOLD = 200  # characters of the codes that are named
MOST_KEPT = 500
"""Narrowed questions that are remembered at once, by what was answered."""


@dataclass(frozen=True, slots=True)
class Offer:
    """How one question is narrowed."""

    question: Question
    about: tuple[str, ...]  # the variables that it hangs on
    wide: frozenset[str]  # answers of ``within`` that mean missing: nothing is narrowed by them
    carried: frozenset[str]  # codes that ``chosen_in`` has as well
    alone: frozenset[str]  # of these, those that stand alone there: 都没有 is no choice to go on with
    conditions: Mapping[str, Condition]  # code -> its own condition, of answers alone
    several_within: bool  # whether several may be chosen in the question that it is within
    several_chosen: bool  # and in the one whose choices it carries over

    def holds(self, option: Option, given: Mapping[str, object]) -> bool:
        """Whether the option is offered to whoever gave these canonical answers on the path."""
        own = self.conditions.get(option.code)
        if own is not None and not own.evaluate(given):
            return False
        if option.missing is not None:
            return True
        question = self.question
        if question.within is not None and option.parent is not None:
            chosen = _codes(given.get(question.within))
            if chosen and not chosen & self.wide and option.parent not in chosen:
                return False
        if question.chosen_in is not None and option.code in self.carried:
            return option.code not in self.alone and option.code in _codes(given.get(question.chosen_in))
        return True

    def narrowed(self, given: Mapping[str, object]) -> Question:
        """The question with the options that are offered; no options where it is not asked."""
        offered = tuple(one for one in self.question.options if self.holds(one, given))
        if len(offered) == len(self.question.options):
            return self.question
        carried = any(one.code in self.carried and one.missing is None for one in offered)
        if all(one.missing for one in offered) or (self.question.chosen_in is not None and not carried):
            offered = ()
        return replace(
            self.question,
            options=offered,
            minimum_choices=_at_most(self.question.minimum_choices, offered),
            maximum_choices=_at_most(self.question.maximum_choices, offered),
            ranks=_at_most(self.question.ranks, offered),
        )

    def condition(self, option: Option) -> Condition | None:
        """The same as a condition, for whoever asks with those alone; None where it is offered to everybody."""
        question = self.question
        own = self.conditions.get(option.code)
        trees: list[Node] = [] if own is None else [own.tree]
        if option.missing is None and question.within is not None and option.parent is not None:
            named = (option.parent, *sorted(self.wide))
            chosen = [_among(question.within, code, self.several_within) for code in named]
            trees.append(Or((Not(Answered(question.within)), *chosen)))
        if option.missing is None and question.chosen_in is not None and option.code in self.carried:
            if option.code in self.alone:
                trees.append(And((Answered(question.chosen_in), Not(Answered(question.chosen_in)))))
            else:
                trees.append(_among(question.chosen_in, option.code, self.several_chosen))
        if not trees:
            return None
        return Condition("", trees[0] if len(trees) == 1 else And(tuple(trees)))

    def asked(self) -> Condition | None:
        """Who is offered enough to be asked, as a condition; None where everybody is."""
        options = [one for one in self.question.options if one.missing is None]
        if self.question.chosen_in is not None:
            options = [one for one in options if one.code in self.carried - self.alone]
        conditions = [self.condition(one) for one in options]
        if any(one is None for one in conditions):
            return None
        trees = tuple(dict.fromkeys(one.tree for one in conditions if one is not None))
        return Condition("", trees[0] if len(trees) == 1 else Or(trees)) if trees else None

    def because_of(self, option: Option, given: Mapping[str, object]) -> str:
        """The variable for whose answer an option is not offered."""
        question = self.question
        own = self.conditions.get(option.code)
        if own is not None and not own.evaluate(given):
            return own.variables()[-1]
        if question.within is not None and option.parent is not None:
            chosen = _codes(given.get(question.within))
            if chosen and not chosen & self.wide and option.parent not in chosen:
                return question.within
        return question.chosen_in or question.within or ""


def narrowed_of(questionnaire: Questionnaire, question: Question) -> Narrowed | None:
    """``offer_of``, remembering."""
    offer = offer_of(questionnaire, question)
    return None if offer is None else Narrowed(offer)


def offer_of(questionnaire: Questionnaire, question: Question) -> Offer | None:
    """How a question is narrowed; None where everybody who is asked is offered everything."""
    own = {one.code: questionnaire.of_answers(one.offer_if) for one in question.options if one.offer_if is not None}
    if question.within is None and question.chosen_in is None and not own:
        return None
    known = {one.id: one for one in questionnaire.questions()}
    within = known.get(question.within or "")
    chosen = known.get(question.chosen_in or "")
    named = [name for one in own.values() for name in one.variables()]
    about = dict.fromkeys(name for name in (question.within, question.chosen_in, *named) if name is not None)
    there = {one.code: one for one in chosen.options} if chosen is not None else {}
    return Offer(
        question=question,
        about=tuple(about),
        wide=frozenset(one.code for one in within.options if one.missing) if within is not None else frozenset(),
        carried=frozenset(one.code for one in question.options if one.code in there),
        alone=frozenset(code for code, one in there.items() if one.exclusive),
        conditions=own,
        several_within=within is not None and kind_of(within).several,
        several_chosen=chosen is not None and kind_of(chosen).several,
    )


class Narrowed:
    """An offer that remembers the questions it made of the answers that it hangs on."""

    def __init__(self, offer: Offer) -> None:
        self.offer = offer
        self.about = offer.about
        self._kept: dict[tuple[object, ...], tuple[Question, Reader]] = {}

    def asked(self, given: Mapping[str, object]) -> bool:
        """Whether anything is offered to whoever gave these answers."""
        return bool(self.of(given).options)

    def of(self, given: Mapping[str, object]) -> Question:
        """The question as it is offered to whoever gave these canonical answers on the path."""
        return self._of(given)[0]

    def read(self, read: Read, given: Mapping[str, object]) -> Read:
        """What the whole question made of an answer, held against the options that are offered."""
        canonical, fault = read
        written = fault.written if fault is not None else canonical
        if written is None or isinstance(written, dict):
            return read
        question, narrow = self._of(given)
        if question is self.offer.question:
            return read
        for code in written if isinstance(written, list) else [written]:
            option = self.offer.question.option(str(code))
            if option is not None and option not in question.options:
                because = self.offer.because_of(option, given)
                found = {"option": option.code, "because": because, "chosen": _told(given.get(because))}
                return None, Fault(FindingCode.NOT_OFFERED, found, written)
        return narrow(written)

    def _of(self, given: Mapping[str, object]) -> tuple[Question, Reader]:
        key = tuple(_key(given.get(name)) for name in self.about)
        found = self._kept.get(key)
        if found is None:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            question = self.offer.narrowed(given)
            found = self._kept[key] = (question, kind_of(question).reader(question))
        return found


def _among(variable: str, code: str, several: bool) -> Node:
    return Includes(variable, code) if several else Compare(variable, "==", code)


def _key(answer: object) -> object:
    """An answer as a part of a key: 1 and 1.0 are one to every condition, the text is another."""
    if isinstance(answer, list):
        return tuple(answer)
    if isinstance(answer, Mapping):
        return None  # stated to be missing: no answer to any condition
    return answer


def _codes(answer: object) -> frozenset[str]:
    if isinstance(answer, str):
        return frozenset({answer})
    if isinstance(answer, list | tuple):
        return frozenset(one for one in answer if isinstance(one, str) and one)
    return frozenset()


def _told(answer: object) -> str:
    """The codes of an earlier answer, to be named; a text is nobody's to repeat in a finding."""
    return ",".join(sorted(code for code in _codes(answer) if len(code) <= LONGEST_CODE))[:MOST_TOLD]


def _at_most(bound: int | None, offered: tuple[Option, ...]) -> int | None:
    return None if bound is None else min(bound, sum(not one.exclusive for one in offered))
