"""Draws and their blocks, from the nodes of a file."""

from __future__ import annotations

from questionnaires.fields import Fields, Notes
from questionnaires.model import Block, Draw
from questionnaires.text import Text
from questionnaires.yaml_nodes import Node

MOST_BLOCKS = 100


def draw(notes: Notes, node: Node) -> Draw:
    known = ("id", "label", "take", "blocks")
    name = Fields(Notes(), node, "a draw", known).string("id")
    fields = Fields(notes, node, f'draw "{name}"' if name else "a draw", known)
    if fields.get("take") is None:
        fields.lacks("take", "say how many blocks each person is asked")
    identifier = fields.identifier()
    return Draw(
        id=identifier,
        label=fields.text("label", needed=True) or Text(""),
        take=fields.whole("take", 1, MOST_BLOCKS) or 1,
        blocks=tuple(_block(notes, one, identifier) for one in fields.sequence("blocks", needed=True)),
    )


def _block(notes: Notes, node: Node, draw: str) -> Block:
    known = ("id", "label", "sections", "questions", "belongs_if")
    name = Fields(Notes(), node, "a block", known).string("id")
    fields = Fields(notes, node, f'block "{name}" of draw "{draw}"' if name else f'a block of draw "{draw}"', known)
    return Block(
        id=fields.identifier(),
        label=fields.text("label", needed=True) or Text(""),
        sections=fields.strings("sections"),
        questions=fields.strings("questions"),
        belongs_if=fields.condition("belongs_if"),
    )
