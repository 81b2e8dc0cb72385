"""How a section repeats, from the nodes of a file."""

from __future__ import annotations

from questionnaires.fields import Fields, Notes
from questionnaires.model import Repeats, Section
from questionnaires.problems import Code
from questionnaires.rosters import MOST_MADE, MOST_ROUNDS
from questionnaires.yaml_nodes import Node

LONGEST_ID = 32  # of the section, behind which _more_12 is written
LONGEST_ASKED = 37  # of a question in it, behind which _12 is
_KNOWN = ("most", "count", "ask_for_more", "more", "no_more", "heading", "on_paper")
_SPOKEN = ("ask_for_more", "more", "no_more")


def repeats(notes: Notes, node: Node, owner: str) -> Repeats:
    fields = Fields(notes, node, f"the rounds of {owner}", _KNOWN)
    if fields.get("most") is None:
        fields.lacks("most", f"say how many rounds there are at most, up to {MOST_ROUNDS}")
    most = fields.whole("most", 1, MOST_ROUNDS)
    count = None if fields.get("count") is None else fields.formula("count")
    for name in _SPOKEN:
        if count is not None and fields.get(name) is not None:
            message = f'{fields.owner} has "{name}"'
            hint = 'nobody is asked for more where "count" says how many; delete one of the two'
            notes.add(Code.NOT_FOR_TYPE, fields.place(name), message, hint)
    return Repeats(
        most=most or 1,
        count=count,
        ask_for_more=fields.text("ask_for_more"),
        more=fields.text("more"),
        no_more=fields.text("no_more"),
        heading=fields.text("heading", piped=True),
        on_paper=fields.whole("on_paper", 1, most or MOST_ROUNDS),
    )


def checked(notes: Notes, node: Node, section: Section, made: int) -> Section:
    """The section as it may be written out: without its rounds where their names or their number do not fit.

    ``made``: questions of the sections before it, in all their rounds.
    """
    if section.repeats is None:
        return section
    place = node.location
    before = len(notes.problems)
    named = [(section.id, LONGEST_ID), *((one.id, LONGEST_ASKED) for one in section.questions)]
    for name, longest in named:
        if len(name) > longest:
            message = f'the id "{name}" has {len(name)} characters, and rounds'
            notes.add(Code.BAD_NAME, place, message, f"at most {longest}: the number of the round stands behind it")
    together = made + section.repeats.most * (len(section.questions) + 1)
    if together > MOST_MADE:
        message = f'with all rounds of section "{section.id}" there are {together:,} questions'
        notes.add(Code.OUT_OF_LIMITS, place, message, f"at most {MOST_MADE:,}; take fewer rounds")
    if len(notes.problems) == before:
        return section
    return Section(id=section.id, title=section.title, questions=section.questions, ask_if=section.ask_if)
