"""Options that are offered to some, as columns of the sheet choices and a choice_filter that looks at them."""

from __future__ import annotations

from collections.abc import Mapping

from questionnaires.model import Option, Question, Questionnaire
from survey_service.xlsform.conditions_out import Writer

PARENT, OFFERED = "parent", "offered"  # columns: the code that an option hangs on; the number of its condition


class FiltersOut:
    def __init__(self, questionnaire: Questionnaire, names: Mapping[str, str], writer: Writer) -> None:
        self._questions = {one.id: one for one in questionnaire.questions()}
        self._names, self._writer = names, writer

    def of(self, question: Question) -> str:
        """The filter of a question, "" where everything is offered. Raises NotSayable."""
        found = []
        if question.within is not None:
            found.append(self._within(question.within))
        if question.chosen_in is not None:
            found.append(self._chosen_in(question, question.chosen_in))
        sources = conditions_of(question.options)
        if sources:
            trees = {one.offer_if.source: one.offer_if.tree for one in question.options if one.offer_if is not None}
            tests = [f"({OFFERED} = '{n}' and ({self._writer.written(trees[one])}))" for one, n in sources.items()]
            found.append(f"({' or '.join([f'{OFFERED} = {_BLANK}', *tests])})")
        return " and ".join(found)

    def _within(self, earlier: str) -> str:
        """Who gave no answer there, or cannot say, is offered everything."""
        name = f"${{{self._names[earlier]}}}"
        unsaid = [f"selected({name}, '{one.code}')" for one in self._questions[earlier].options if one.missing]
        tests = [f"{PARENT} = {_BLANK}", f"{name} = {_BLANK}", *unsaid, f"selected({name}, {PARENT})"]
        return f"({' or '.join(tests)})"

    def _chosen_in(self, question: Question, earlier: str) -> str:
        name, there = f"${{{self._names[earlier]}}}", {one.code: one for one in self._questions[earlier].options}
        own = [f"name = '{one.code}'" for one in question.options if one.code not in there or one.missing]
        alone = "".join(f" and name != '{code}'" for code, one in there.items() if one.exclusive and not one.missing)
        return f"({' or '.join([f'(selected({name}, name){alone})', *own])})"


_BLANK = "''"


def conditions_of(options: tuple[Option, ...]) -> dict[str, int]:
    """Sources of the conditions of options, each with a number from 1."""
    sources = dict.fromkeys(one.offer_if.source for one in options if one.offer_if is not None)
    return {source: number for number, source in enumerate(sources, start=1)}


def cells_of(option: Option, conditions: Mapping[str, int]) -> list[str]:
    """What stands in the two columns."""
    return [option.parent or "", str(conditions[option.offer_if.source]) if option.offer_if is not None else ""]


def is_narrowed(options: tuple[Option, ...]) -> bool:
    return any(one.parent or one.offer_if for one in options)
