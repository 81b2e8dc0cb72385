"""Rules for lists, and for questions whose options hang on an earlier answer."""

from __future__ import annotations

from questionnaires.condition_checks import check_condition
from questionnaires.fields import Notes
from questionnaires.kinds import kind_of
from questionnaires.kinds.kind import VariableType
from questionnaires.lists import MAX_OF_SEVERAL, is_open, own_options
from questionnaires.model import ListSource, OptionList, Question, Questionnaire
from questionnaires.places import Places
from questionnaires.problems import Code, Location, did_you_mean
from questionnaires.reach import Reach
from questionnaires.variables import Variables

_CHOSEN = (VariableType.CODE, VariableType.CODES, VariableType.RANKS)


def check_lists(reach: Reach, places: Places, notes: Notes, variables: Variables) -> None:
    """Adds every problem of lists, and of options that are offered to some, to the notes."""
    questionnaire = reach.questionnaire
    before = len(notes.problems)
    for one in questionnaire.lists:
        _parents(questionnaire, one, places, notes)
    if len(notes.problems) > before:
        return  # what hangs on a list follows from it
    number = 0
    for row, section in enumerate(questionnaire.sections):
        for column, question in enumerate(section.questions):
            if question.id not in variables.broken:
                path = ("sections", row, "questions", column)
                _Narrowing(reach, question, number, path, places, notes, variables).check()
            number += 1


def _parents(questionnaire: Questionnaire, one: OptionList, places: Places, notes: Notes) -> None:
    owner, place = f'list "{one.id}"', places.at("lists", one.id, "parent")
    if one.parent is None:
        for row, entry in enumerate(one.options):
            if entry.parent is not None:
                hint = 'name the list above: "parent" of the list itself'
                message = f'{owner}: "{entry.code}" has a parent, the list has none'
                notes.add(Code.LIST, places.at("lists", one.id, "options", row, "parent"), message, hint)
                return
        return
    above = questionnaire.option_list(one.parent)
    if above is None:
        message = f'{owner} lies below the list "{one.parent:.40}"'
        notes.add(Code.LIST, place, message, did_you_mean(one.parent, [each.id for each in questionnaire.lists]))
        return
    seen = [one.id]
    while above is not None and above.parent is not None:
        if above.id in seen:
            notes.add(Code.LIST, place, f"{owner} lies below itself", "take one parent out")
            return
        seen.append(above.id)
        above = questionnaire.option_list(above.parent)
    above = questionnaire.option_list(one.parent)
    assert above is not None
    if one.source is not ListSource.FILE and above.source is not one.source:
        message = f'{owner} and the list "{above.id}" have entries from two sources'
        notes.add(Code.LIST, place, message, "entries and their parents come from one source")
    if one.source is not ListSource.FILE:
        return
    codes = {entry.code for entry in above.options}
    for row, entry in enumerate(one.options):
        if above.source is ListSource.FILE and entry.parent not in codes:
            message = f'{owner}: the parent "{entry.parent or ""}" of "{entry.code}" is not in the list "{above.id}"'
            where = places.at("lists", one.id, "options", row, "parent")
            notes.add(Code.LIST, where, message, "an entry names a code of the list above")


class _Narrowing:
    """One question: what narrows its options exists, stands before it, and leaves every option to somebody."""

    def __init__(
        self,
        reach: Reach,
        question: Question,
        number: int,
        path: tuple[str | int, ...],
        places: Places,
        notes: Notes,
        variables: Variables,
    ) -> None:
        self._reach = reach
        self._questionnaire = reach.questionnaire
        self._question = question
        self._number = number
        self._path = path
        self._places = places
        self._notes = notes
        self._variables = variables
        self._owner = f'question "{question.id}"'

    def check(self) -> None:
        question = self._question
        if question.list is not None and kind_of(question).several and len(question.options) > MAX_OF_SEVERAL:
            message = f"{self._owner} has {len(question.options)} options"
            self._notes.add(Code.OUT_OF_LIMITS, self._at("list"), message, f"from 2 to {MAX_OF_SEVERAL}")
        if question.within is not None and (earlier := self._earlier("within", question.within)):
            self._within(earlier)
        elif question.within is None and question.list is None and any(one.parent for one in question.options):
            self._wrong("options", "has options with a parent", "name the question that they hang on: within")
        if question.chosen_in is not None and (earlier := self._earlier("chosen_in", question.chosen_in)):
            self._chosen_in(earlier)
        self._conditions()

    def _conditions(self) -> None:
        own = own_options(self._questionnaire, self._question)
        for row, option in enumerate(own):
            place = self._at("options", row, "offer_if")
            owner = f'{self._owner}: option "{option.code}"'
            if (
                option.offer_if is not None
                and check_condition(option.offer_if, self._number, self._variables, self._notes, place, owner)
                and not self._reach.can_offer(self._question, option)
            ):
                self._never(place, option.code)

    def _within(self, earlier: Question) -> None:
        question = self._question
        if kind_of(earlier).ordered:
            self._wrong("within", f'narrows by "{earlier.id}", which is a ranking', "name a choice")
            return
        offered = self._questionnaire.option_list(question.list) if question.list else None
        if offered is not None and offered.parent is None:
            self._wrong("within", f'offers the list "{offered.id}", which has no parent', "name the list above it")
            return
        if offered is not None and earlier.list != offered.parent:
            message = f'is within "{earlier.id}", which does not offer the list "{offered.parent}"'
            self._wrong("within", message, "name the question that offers the list above")
            return
        if offered is None and not any(one.parent for one in question.options):
            self._wrong("within", "has no option with a parent", "give options a parent, or a list that has one")
            return
        known = None if is_open(self._questionnaire, earlier) else {one.code for one in earlier.options}
        own = own_options(self._questionnaire, question)
        for row, option in enumerate(own):
            if option.parent is not None and known is not None and option.parent not in known:
                message = f'option "{option.code}" has the parent "{option.parent}"'
                hint = f"its codes: {', '.join(sorted(known)[:12])}"
                where = self._at("options", row, "parent")
                self._notes.add(Code.CONDITION_CODE, where, f"{self._owner}: {message}", hint)

    def _chosen_in(self, earlier: Question) -> None:
        question = self._question
        if question.list is not None and question.list == earlier.list:
            return
        if is_open(self._questionnaire, earlier) or is_open(self._questionnaire, question):
            self._wrong("chosen_in", f'and "{earlier.id}" offer two lists', "let both offer the same list")
            return
        there = {one.code: one for one in earlier.options}
        common = [one for one in question.options if one.code in there]
        if not common:
            self._wrong("chosen_in", f'has no code in common with "{earlier.id}"', "give both the same options or list")
        for one in common:
            if one.missing is None and one.offer_if is None and there[one.code].exclusive:
                place = self._at("options") if question.scale is None else self._at("scale")
                self._never(place, one.code)

    def _never(self, place: Location, code: str) -> None:
        message = f'{self._owner}: no answers lead to option "{code}"'
        self._notes.add(Code.NEVER_OFFERED, place, message, "delete it, or change what it hangs on")

    def _earlier(self, field: str, name: str) -> Question | None:
        """The question that a field names; None where it cannot be used, which is noted."""
        if self._variables.is_broken(name):
            return None
        found = next((one for one in self._questionnaire.questions() if one.id == name), None)
        if found is None:
            hint = did_you_mean(name, [one.id for one in self._questionnaire.questions()])
            self._code(Code.CONDITION_UNKNOWN, field, f'hangs on "{name:.40}", which does not exist', hint)
        elif name not in self._variables.order or found.items or kind_of(found).variable not in _CHOSEN:
            self._wrong(field, f'hangs on "{name}", where nothing is chosen', "name a choice")
        elif self._variables.order[name] >= self._number:
            self._code(
                Code.CONDITION_LATER, field, f'hangs on "{name}", which is asked later', "a condition looks back only"
            )
        else:
            return found
        return None

    def _at(self, *steps: str | int) -> Location:
        return self._places.at(*self._path, *steps)

    def _wrong(self, field: str, message: str, hint: str) -> None:
        self._code(Code.LIST, field, message, hint)

    def _code(self, code: Code, field: str, message: str, hint: str) -> None:
        self._notes.add(code, self._at(field), f"{self._owner} {message}", hint)
