"""Rules for draws: their blocks are of this questionnaire, can be drawn, and their figures can come about."""

from __future__ import annotations

from collections.abc import Iterator

from questionnaires.condition_checks import check_condition
from questionnaires.draw_weights import Resting
from questionnaires.draws import places_of
from questionnaires.fields import Notes
from questionnaires.model import Block, Draw, Questionnaire
from questionnaires.places import Places
from questionnaires.problems import Code, did_you_mean
from questionnaires.variables import Variables

Path = tuple[str | int, ...]


def check_draws(questionnaire: Questionnaire, places: Places, notes: Notes, variables: Variables) -> None:
    """Adds every problem of the draws to ``notes``."""
    if not questionnaire.draws:
        return
    before = len(notes.problems)
    _names(questionnaire, places, notes, variables)
    taken: dict[str, str] = {}
    for draw, block, path in _blocks(questionnaire):
        owner = f'block "{block.id}" of draw "{draw.id}"'
        _parts(questionnaire, block, owner, path, places, notes)
        for name in _questions(questionnaire, block):
            if name in taken:
                message = f'{owner} has the question "{name}", which is in {taken[name]}'
                notes.add(Code.BAD_DRAW, places.at(*path), message, "a question is in one block")
            taken.setdefault(name, owner)
    if len(notes.problems) > before:
        return
    _conditions(questionnaire, places, notes, variables)
    _figures(questionnaire, places, notes)


def _blocks(questionnaire: Questionnaire) -> Iterator[tuple[Draw, Block, Path]]:
    for row, draw in enumerate(questionnaire.draws):
        for column, block in enumerate(draw.blocks):
            yield draw, block, ("draws", row, "blocks", column)


def _names(questionnaire: Questionnaire, places: Places, notes: Notes, variables: Variables) -> None:
    """Ids, and how many are drawn of how many."""
    taken = {*variables.questions, *(one.id for one in questionnaire.questions())}
    for row, draw in enumerate(questionnaire.draws):
        if draw.id in taken:
            message = f'draw "{draw.id}" has an id that is taken'
            notes.add(Code.DUPLICATE_ID, places.at("draws", row, "id"), message, "every id is used once")
        taken.add(draw.id)
        blocks: set[str] = set()
        for column, block in enumerate(draw.blocks):
            if block.id in blocks:
                message = f'draw "{draw.id}" has the block "{block.id}" twice'
                place = places.at("draws", row, "blocks", column, "id")
                notes.add(Code.DUPLICATE_ID, place, message, "every id is used once")
            blocks.add(block.id)
        if draw.blocks and draw.take >= len(draw.blocks):
            message = f'draw "{draw.id}" takes {draw.take} of {len(draw.blocks)} blocks'
            notes.add(Code.BAD_DRAW, places.at("draws", row, "take"), message, "take fewer than there are")


def _parts(questionnaire: Questionnaire, block: Block, owner: str, path: Path, places: Places, notes: Notes) -> None:
    if bool(block.sections) == bool(block.questions):
        notes.add(Code.BAD_DRAW, places.at(*path), f"{owner} has no parts, or two kinds", "name sections or questions")
    known = {
        "sections": [one.id for one in questionnaire.sections],
        "questions": [one.id for one in questionnaire.questions()],
    }
    for field, names in known.items():
        for number, name in enumerate(getattr(block, field)):
            if name not in names:
                message = f'{owner} names "{name}", which does not exist'
                notes.add(Code.BAD_DRAW, places.at(*path, field, number), message, did_you_mean(name, names))


def _questions(questionnaire: Questionnaire, block: Block) -> list[str]:
    inside = [one.id for part in questionnaire.sections if part.id in block.sections for one in part.questions]
    return [*block.questions, *inside]


def _conditions(questionnaire: Questionnaire, places: Places, notes: Notes, variables: Variables) -> None:
    """Whether a block belongs to a person is known before the first of the blocks is asked, and to nobody by draw."""
    first, resting = places_of(questionnaire), Resting(questionnaire)
    for draw, block, path in _blocks(questionnaire):
        owner, place = f'block "{block.id}" of draw "{draw.id}"', places.at(*path, "belongs_if")
        fine = check_condition(block.belongs_if, first.get(draw.id, 0), variables, notes, place, owner)
        if fine and resting.of_condition(block.belongs_if):
            message = f"{owner} belongs to a person by an answer that is itself asked by draw"
            notes.add(Code.BAD_DRAW, place, message, "ask it of everybody, before the blocks")


def _figures(questionnaire: Questionnaire, places: Places, notes: Notes) -> None:
    """No figure needs more blocks of one draw than a person is asked."""
    resting = Resting(questionnaire)
    for row, indicator in enumerate(questionnaire.indicators):
        for blocks in resting.together(indicator):
            for draw in questionnaire.draws:
                needed = [block for of, block in sorted(blocks) if of == draw.id]
                if len(needed) > draw.take:
                    message = (
                        f'indicator "{indicator.id}" needs {len(needed)} blocks of draw "{draw.id}" together '
                        f"({', '.join(needed)}), and each person is asked {draw.take}"
                    )
                    hint = "make a figure of each block, or draw more"
                    notes.add(Code.NEVER_TOGETHER, places.at("indicators", row), message, hint)
