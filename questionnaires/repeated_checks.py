"""Rules for templates of indicators: what is made of one for an entry is judged as any indicator is."""

from __future__ import annotations

from dataclasses import replace

from questionnaires.builders import Building
from questionnaires.condition_checks import check_calculated, check_condition
from questionnaires.fields import Notes
from questionnaires.indicator_checks import check_indicator
from questionnaires.indicators import Indicator, IndicatorKind
from questionnaires.lists import EntriesDoNotFit
from questionnaires.model import Questionnaire
from questionnaires.places import Places
from questionnaires.problems import Code, did_you_mean
from questionnaires.repeated import made_id, made_of
from questionnaires.sample_entries import with_samples
from questionnaires.variables import Variables


def check_repeated(questionnaire: Questionnaire, places: Places, building: Building) -> None:
    """Adds every problem of the templates to the notes of ``building``."""
    notes = building.notes
    for row, one in enumerate(questionnaire.indicators):
        if one.each is not None:
            message, hint = f'indicator "{one.id}" has "each"', 'what is made for each entry stands under "repeated"'
            notes.add(Code.NOT_FOR_KIND, places.at("indicators", row, "each"), message, hint)
    if not questionnaire.repeated:
        return
    try:
        filled = with_samples(questionnaire)
    except EntriesDoNotFit:
        return  # the lists themselves cannot be, which is told of them
    variables = Variables(filled, frozenset(building.broken))
    check_calculated(filled, places, Notes(), variables)  # what is wrong with them has been told
    for row, template in enumerate(questionnaire.repeated):
        if template.id not in building.broken_indicators and _can_be(questionnaire, template, row, places, building):
            _judge(filled, template, row, places, building, variables)


def _can_be(questionnaire: Questionnaire, template: Indicator, row: int, places: Places, building: Building) -> bool:
    """Whether it names a question whose entries there are, and clashes with no other indicator."""
    notes, owner = building.notes, f'indicator "{template.id}"'
    place = places.at("repeated", row, "each")
    if template.kind is IndicatorKind.INDEX:
        notes.add(Code.NOT_FOR_KIND, place, f"{owner} is an index", "name its parts: it is made once")
        return False
    if template.each is None:
        rows = {one.id for one in questionnaire.questions() if one.rows}
        if not rows & set(template.variables):
            message, hint = f'{owner} lacks "each"', "name the question for each of whose entries"
            notes.add(Code.MISSING_FIELD, place, message, hint)
            return False
        return _alone(questionnaire, template, row, places, building)
    if template.each in building.broken:
        return False
    question = next((one for one in questionnaire.questions() if one.id == template.each), None)
    if question is None:
        names = [one.id for one in questionnaire.questions() if one.rows or one.list]
        message = f'{owner} is made for each of "{template.each:.40}", which does not exist'
        notes.add(Code.INDICATOR_UNKNOWN, place, message, did_you_mean(template.each, names))
        return False
    if not (question.rows or question.list):
        message = f'{owner} is made for each of "{question.id}", which has no list'
        notes.add(Code.LIST, place, message, 'give the question "list" or "rows", or write each indicator')
        return False
    return _alone(questionnaire, template, row, places, building)


def _alone(questionnaire: Questionnaire, template: Indicator, row: int, places: Places, building: Building) -> bool:
    """Whether no other indicator is called like what is made."""
    taken = [one.id for one in (*questionnaire.indicators, *questionnaire.repeated[:row])]
    made = made_id(template, "")
    clash = template.id in taken or (template.each is not None and any(name.startswith(made) for name in taken))
    if clash:
        name = template.id if template.each is None else made_id(template, "…")
        message = f'indicator "{template.id}" makes indicators called "{name}", and there is another of that name'
        building.notes.add(Code.DUPLICATE_ID, places.at("repeated", row, "id"), message, "every id is used once")
    return not clash


def _judge(
    filled: Questionnaire, template: Indicator, row: int, places: Places, building: Building, variables: Variables
) -> None:
    """The first that is made stands for all: they differ by their entry alone."""
    first = next(iter(made_of(replace(filled, repeated=(template,)))), None)
    if first is None:
        return
    check_indicator(filled, first, ("repeated", row), places, building.notes, variables)
    for field in ("base", "numerator_if"):
        place = places.at("repeated", row, field)
        last = sum(1 for _ in filled.questions())
        owner = f'indicator "{template.id}"'
        check_condition(getattr(first, field), last, variables, building.notes, place, owner)
