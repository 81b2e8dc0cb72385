"""An analysis plan in the child: its plain values, or the line where it cannot be read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, BinaryIO

from questionnaires.yaml_nodes import MAX_BYTES, Node, Scalar, Sequence, parse
from survey_service.outside.children.bounds import Output

_NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?")


def answer(given: Mapping[str, Any], stream: BinaryIO, out: Output) -> None:
    root, problems = parse(stream.read(MAX_BYTES + 1), given["source"])
    if root is None or problems:
        out.line({"line": problems[0].location.line if problems else 0, "message": str(problems[0].message)})
    else:
        out.line({"document": _plain(root)})


def _plain(node: Node) -> Any:
    if isinstance(node, Scalar):
        return _scalar(node)
    if isinstance(node, Sequence):
        return [_plain(one) for one in node.nodes]
    return {entry.key.value: _plain(entry.value) for entry in node.entries}


def _scalar(node: Scalar) -> Any:
    """Numbers, true, false and null as JSON has them; everything else, and whatever is quoted, is a text."""
    if node.quoted:
        return node.value
    if node.empty:
        return None
    if node.value in ("true", "false"):
        return node.value == "true"
    if _NUMBER.fullmatch(node.value):
        with suppress(ValueError):
            return int(node.value)
        return float(node.value)
    return node.value
