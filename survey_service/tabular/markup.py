"""XML of a workbook's parts, read once from front to back; no document type, no entities, no tag without an end."""

from __future__ import annotations

from typing import IO, Protocol
from xml.parsers import expat

from survey_service.tabular.limits import Limits
from survey_service.tabular.problems import ProblemKind, TableProblem, Value
from survey_service.tabular.words import Reader

_CHUNK = 65_536


class Damaged(Exception):
    """The file is not what it says it is; the message says what was met."""


class TooMuch(Exception):
    """A limit was met, as ``problem`` says."""

    def __init__(self, kind: ProblemKind, **values: Value) -> None:
        self.problem = TableProblem(kind=kind, values=values)
        super().__init__(str(self.problem))


class Handler(Protocol):
    """What is told of an element. Names come without their prefix."""

    def start(self, name: str, attributes: dict[str, str]) -> None: ...
    def end(self, name: str) -> None: ...
    def text(self, characters: str) -> None: ...


class Enough(Exception):
    """Raised by a handler that has seen what it looks for."""


def walk(stream: IO[bytes], handler: Handler, limits: Limits) -> None:
    """Every element of ``stream`` to ``handler``. Raises Damaged, TooMuch, and what the handler raises but Enough."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    depth = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > limits.depth:
            raise TooMuch(Reader.MARKUP_TOO_DEEP, most=limits.depth)
        handler.start(name.rpartition(":")[2], attributes)

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        handler.end(name.rpartition(":")[2])

    def refuse(*_: object) -> None:
        raise Damaged("a document type is declared")  # no spreadsheet writes one; entities live in it

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = handler.text
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    fed = 0
    try:
        while chunk := stream.read(_CHUNK):
            parser.Parse(chunk, False)
            fed += len(chunk)
            # Older versions of expat read an unfinished tag from its beginning with every chunk.
            if fed - max(parser.CurrentByteIndex, 0) > limits.tag + _CHUNK:
                raise TooMuch(Reader.LONG_TAG, most=f"{limits.tag:,}")
        parser.Parse(b"", True)
    except Enough:
        return
    except expat.ExpatError as fault:
        raise Damaged(f"its XML ends or breaks at line {fault.lineno}") from fault
