"""Leaving something out, with what was agreed to go with it."""

from __future__ import annotations

from ruamel.yaml.nodes import ScalarNode

from questionnaires.editing.addresses import way_to
from questionnaires.editing.document import CannotEdit, Document, Plain, Way
from questionnaires.editing.surgery import remove_field, remove_item, replace
from questionnaires.editing.uses import What, fingerprint, uses_of


class NotAgreed(CannotEdit):
    """What uses it is not what the person was shown."""


def removed(document: Document, at: str, agreed: str) -> Document:
    """Without ``at`` and everything that uses it. ``agreed`` is the fingerprint of what was shown; NotAgreed where the
    uses are others, CannotEdit where one of them cannot be taken out."""
    own = way_to(document.data, at)
    uses = uses_of(document.data, at)
    if fingerprint(uses) != agreed:
        raise NotAgreed(at)
    if any(one.what is What.ELSEWHERE for one in uses):
        raise CannotEdit(f"{at} is used where nothing can be taken out")
    # From the end of the text: what goes first moves nothing that goes later.
    becomes = {one.way: one.becomes for one in uses}
    for way in sorted([*becomes, own], key=_order, reverse=True):
        document = _with(document, way, becomes[way]) if becomes.get(way) else _without(document, way)
    return document


def _with(document: Document, way: Way, value: str) -> Document:
    """The value written anew, without quotes where it had none."""
    node = document.node(way)
    bare = isinstance(node, ScalarNode) and node.style is None
    cut = replace(document, way, Plain(value) if bare else value)
    return document.patched(cut.patches, [cut.change])


def _without(document: Document, way: Way) -> Document:
    holder = document.get(way[:-1])
    alone = isinstance(way[-1], str) and isinstance(holder, dict) and len(holder) == 1
    cut = remove_item(document, way) if isinstance(way[-1], int) else remove_field(document, way[:-1] if alone else way)
    return document.patched(cut.patches, [cut.change])


def _order(way: Way) -> tuple[tuple[int, str], ...]:
    """Numbers by size; of two ways one of which leads through the other the longer comes later."""
    return tuple((step, "") if isinstance(step, int) else (0, step) for step in way)
