"""Entries that are made up, so that a questionnaire can be looked at before anybody has given its lists.

Each says that it is one. They are for looking only: nothing that is asked, printed for the field or stored has them.
"""

from __future__ import annotations

from typing import Final

from questionnaires.lists import filled, open_lists
from questionnaires.model import Option, OptionList, Questionnaire
from questionnaires.text import Text

# Codes of made-up entries are longer than an option of a question can have one, so that they never meet.
OF_A_LIST: Final = 8  # as many as a form with rows of a list is looked at with
PARENTS: Final = 3  # that entries of a list below stand under
UNDER_EACH: Final = 2


def with_samples(questionnaire: Questionnaire) -> Questionnaire:
    """The questionnaire with made-up entries in every list that has none; itself where all have theirs."""
    found: dict[str, tuple[Option, ...]] = {}
    for one in open_lists(questionnaire):  # each behind the one above it
        above = questionnaire.option_list(one.parent) if one.parent else None
        parents = found.get(above.id, above.options) if above is not None else ()
        found[one.id] = _under(one, parents[:PARENTS]) if parents else _alone(one)
    return filled(questionnaire, found) if found else questionnaire


def _alone(one: OptionList) -> tuple[Option, ...]:
    return tuple(Option(code=f"example0{number}", label=_label(one, str(number))) for number in range(1, OF_A_LIST + 1))


def _under(one: OptionList, parents: tuple[Option, ...]) -> tuple[Option, ...]:
    return tuple(
        Option(code=f"example{row}{number}", label=_label(one, f"{row}-{number}"), parent=parent.code)
        for row, parent in enumerate(parents, start=1)
        for number in range(1, UNDER_EACH + 1)
    )


def _label(one: OptionList, number: str) -> Text:
    return Text(f"〔举例〕{one.title.zh} {number}", f"[example] {one.title.in_language('en')} {number}")
