"""Where the parts of a questionnaire stand in its file."""

from __future__ import annotations

from questionnaires.problems import Location
from questionnaires.yaml_nodes import Mapping, Node, Sequence


class Places:
    """Where things stand in the file, by the path of names and numbers that leads to them."""

    def __init__(self, root: Node) -> None:
        self._root = root

    def at(self, *path: str | int) -> Location:
        """The place of the value at ``path``, or of the last thing on the way to it that exists."""
        node = self._root
        for step in path:
            inner: Node | None = None
            if isinstance(step, int) and isinstance(node, Sequence) and step < len(node.nodes):
                inner = node.nodes[step]
            elif isinstance(step, str) and isinstance(node, Mapping):
                inner = node.get(step)
            if inner is None:
                break
            node = inner
        return node.location
