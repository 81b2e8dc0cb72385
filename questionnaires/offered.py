"""Which languages residents are offered: those in which every text is there that they meet.

Half a questionnaire in one's own language is worse than none: the question that nobody understands is the one that
stands in the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from questionnaires.languages import USUAL, english_name, holds_its_script, own_name
from questionnaires.lists import own_options
from questionnaires.model import ListSource, Question, Questionnaire, Section
from questionnaires.places import Places
from questionnaires.problems import Code, Problem
from questionnaires.rosters import as_written
from questionnaires.text import Text

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Met:
    """A text that residents meet, and where it stands in the file."""

    owner: str  # as messages name it
    field: str
    path: Path
    text: Text


def texts_met(questionnaire: Questionnaire) -> Iterator[Met]:
    """Every text that a resident may read, in the order of the file; of what repeats once. Names of charts and
    indicators are none."""
    questionnaire = as_written(questionnaire)
    yield Met("the questionnaire", "title", ("title",), questionnaire.title)
    for name in ("purpose", "body", "retention", "contact"):
        yield Met("the notice", name, ("notice", name), getattr(questionnaire.notice, name))
    told: set[Path] = set()  # the options of a scale, which ten questions may use
    for row, section in enumerate(questionnaire.sections):
        yield Met(f'section "{section.id}"', "title", ("sections", row, "title"), section.title)
        yield from _of_rounds(section, row)
        for column, question in enumerate(section.questions):
            for met in _of_question(questionnaire, question, ("sections", row, "questions", column)):
                if met.path not in told:
                    yield met
                told.add(met.path)
    for row, draw in enumerate(questionnaire.draws):
        for column, block in enumerate(draw.blocks):
            path: Path = ("draws", row, "blocks", column, "label")
            yield Met(f'block "{block.id}"', "label", path, block.label)
    for row, one in enumerate(questionnaire.contradictions):
        yield Met(f'contradiction "{one.id}"', "message", ("contradictions", row, "message"), one.message)
    for row, rule in enumerate(questionnaire.rules):
        yield Met(f'rule "{rule.id}"', "message", ("rules", row, "message"), rule.message)


def _of_rounds(section: Section, row: int) -> Iterator[Met]:
    """What is said between the rounds of a section that repeats, where the file says it."""
    if section.repeats is None:
        return
    for name in ("heading", "ask_for_more", "more", "no_more"):
        text = getattr(section.repeats, name)
        if text is not None:
            yield Met(f'section "{section.id}"', name, ("sections", row, "repeats", name), text)


def _of_question(questionnaire: Questionnaire, question: Question, path: Path) -> Iterator[Met]:
    owner = f'question "{question.id}"'
    yield Met(owner, "text", (*path, "text"), question.text)
    for name, text in (("hint", question.hint), ("because", question.because), ("unit", question.unit)):
        if text is not None:
            yield Met(owner, name, (*path, name), text)
    for row, item in enumerate(question.items):
        yield Met(f"an item of {owner}", "text", (*path, "items", row, "text"), item.text)
    holder, steps = (owner, (*path, "options"))
    if question.scale is not None:
        holder, steps = f'scale "{question.scale}"', ("scales", question.scale, "options")
    for row, option in enumerate(own_options(questionnaire, question)):
        yield Met(f"an option of {holder}", "label", (*steps, row, "label"), option.label)
    offered_list = questionnaire.option_list(question.list) if question.list else None
    if offered_list is None or offered_list.source is not ListSource.FILE:
        return  # names of places and of the city's own, which are what they are in every language
    for row, option in enumerate(offered_list.options):
        owner, where = f'an option of list "{offered_list.id}"', ("lists", offered_list.id, "options", row, "label")
        yield Met(owner, "label", where, option.label)


def lacking(questionnaire: Questionnaire, language: str) -> Iterator[Met]:
    """The texts that residents meet and that are not there in ``language``; what is blank in Chinese is no text yet."""
    return (one for one in texts_met(questionnaire) if one.text.zh and not one.text.said_in(language))


def offered(questionnaire: Questionnaire) -> tuple[str, ...]:
    """The languages in which residents may answer: those declared that are whole."""
    return tuple(
        tag for tag in questionnaire.languages if tag in USUAL or next(lacking(questionnaire, tag), None) is None
    )


@dataclass(frozen=True, slots=True)
class Spoken:
    """A language beyond Chinese and English, as a page says how far it is."""

    tag: str
    name: str  # in itself
    lacking: int  # texts that residents meet and that are not there


def further(questionnaire: Questionnaire) -> list[Spoken]:
    """Every language that is declared beyond Chinese and English."""
    return [Spoken(tag, own_name(tag), sum(1 for _ in lacking(questionnaire, tag))) for tag in others(questionnaire)]


def others(questionnaire: Questionnaire) -> tuple[str, ...]:
    """What it declares beside Chinese and English, whole or not."""
    return tuple(tag for tag in questionnaire.languages if tag not in USUAL)


def remarks(questionnaire: Questionnaire, places: Places) -> list[Problem]:
    """What keeps a further language from being offered, and what looks pasted: told, and nothing is refused for it."""
    found = []
    for tag in others(questionnaire):
        for met in texts_met(questionnaire):
            words, place = met.text.said_in(tag), places.as_written(*met.path)
            if met.text.zh and not words:
                message = f'"{met.field}" of {met.owner} has no {english_name(tag)}'
                hint = "the language is offered to nobody until every text is there"
                found.append(Problem(Code.LANGUAGE_IN_PART, place, message, hint))
            elif words and not holds_its_script(tag, words):
                message = f'"{met.field}" of {met.owner} has no letter of the script of {english_name(tag)}'
                found.append(Problem(Code.OTHER_SCRIPT, place, message, "look whether it is in the right language"))
    return sorted(found, key=lambda one: (one.location, one.code.number))
