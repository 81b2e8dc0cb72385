"""Where the parts of a questionnaire stand in its file."""

from __future__ import annotations

from collections.abc import Mapping as Given

from questionnaires.problems import Location
from questionnaires.yaml_nodes import Mapping, Node, Sequence


class Places:
    """Where things stand in the file, by the path of names and numbers that leads to them.

    ``origins``: by the name of a list of the file, which of its members each of the model's was made of.
    """

    def __init__(self, root: Node, origins: Given[str, tuple[int, ...]] | None = None) -> None:
        self._root = root
        self._origins = origins or {}

    def at(self, *path: str | int) -> Location:
        """The place of the value at ``path``, or of the last thing on the way to it that exists."""
        match path:
            case (str(name), int(row), *rest) if row < len(moved := self._origins.get(name, ())):
                path = (name, moved[row], *rest)
        return self.as_written(*path)

    def as_written(self, *path: str | int) -> Location:
        """The same by the numbers of the file itself."""
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
